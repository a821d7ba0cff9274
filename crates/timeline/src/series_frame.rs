//! A lane's numbers over time: not in the frame, because they are large and rarely asked for.

use cache::units::Micros;
use serde::Serialize;
use sim::{Interval, Moment, World};

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
                intervals: series.intervals().to_vec(),
            }
        };
        moment.of_worlds(series)
    }

    /// The same with one length of intervals for all, so that they can be compared: the longest that
    /// any has. Every length is a power of two times the shortest.
    pub fn aligned(mut all: Vec<SeriesFrame>) -> Vec<SeriesFrame> {
        let longest = all.iter().map(|series| series.interval_us).max();
        for series in &mut all {
            let longest = longest.unwrap_or(series.interval_us);
            let together = (longest.0 / series.interval_us.0).max(1) as usize;
            let merged = series.intervals.chunks(together).map(|chunk| {
                let mut merged = chunk[0];
                chunk[1..].iter().for_each(|later| merged.merge(later));
                merged
            });
            series.intervals = merged.collect();
            series.interval_us = longest;
        }
        all
    }
}
