//! A lane's numbers over time. Apart from the frame, because it is large and few ask for it.

use super::moment::Moment;
use crate::sim::{Interval, World};
use crate::units::Micros;
use serde::Serialize;

/// One lane's numbers over time, from the start to a moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SeriesFrame {
    /// How long each interval is; the first begins at the scenario's start.
    pub interval_us: Micros,
    /// The intervals, at most 128. The last one is still under way.
    pub intervals: Vec<Interval>,
}

impl SeriesFrame {
    /// Each lane's numbers over time, and after them the baseline's. As time goes on intervals become
    /// longer, and lanes need not agree on their length.
    pub fn of(moment: &Moment) -> Vec<SeriesFrame> {
        let series = |world: &World| {
            let series = &world.metrics().series;
            SeriesFrame {
                interval_us: series.length(),
                intervals: series.intervals(),
            }
        };
        let worlds = moment.lanes.iter().chain([&moment.baseline]);
        worlds.map(series).collect()
    }
}
