//! The diagram's axis: time downwards, to scale or on a logarithmic scale, with its ticks.

use crate::view::numbers::plot::{Quantity, Scale};
use cache::units::Micros;
use std::iter::successors;
use timeline::duration;

/// Below this span the logarithmic scale is nearly linear, because no logarithm has a place for 0.
const LINEAR_BELOW_US: u64 = 100;

/// The least distance between two ticks: the room that their labels need.
const TICK_GAP: f64 = 24.0;

/// An axis that begins with a request.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TimeAxis {
    /// Whether it is logarithmic.
    pub log: bool,
    /// The span from its upper end to its lower one.
    pub span: Micros,
    /// Its length, in the drawing's units.
    pub length: f64,
}

impl TimeAxis {
    fn scale(&self) -> Scale {
        if self.log {
            Scale::log(LINEAR_BELOW_US, self.span.0.saturating_add(LINEAR_BELOW_US))
        } else {
            Scale::linear(self.span.0)
        }
    }

    /// The distance from the upper end to an instant this long after the beginning.
    pub fn at(&self, since: Micros) -> f64 {
        let from = if self.log { LINEAR_BELOW_US } else { 0 };
        self.scale().place(since.0.saturating_add(from)) * self.length
    }

    /// The instants that are labelled, with their places and labels; the beginning is the first.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let round: Vec<u64> = if self.log {
            let decades = successors(Some(LINEAR_BELOW_US), |decade| decade.checked_mul(10));
            decades
                .take_while(|decade| *decade <= self.span.0)
                .collect()
        } else {
            let most = (self.length / (TICK_GAP * 1.6)) as u64;
            let ticks = self.scale().ticks(Quantity::Time, most).into_iter();
            ticks.map(|tick| tick.value).collect()
        };
        let mut ticks = vec![(0.0, "0".to_owned())];
        for since in round {
            let (place, last) = (self.at(Micros(since)), ticks[ticks.len() - 1].0);
            if since <= self.span.0 && place - last >= TICK_GAP {
                ticks.push((place, duration(Micros(since))));
            }
        }
        ticks
    }
}

/// Moves places that are in order apart, so that each has `room`, and none farther than it has to.
/// They stay within `from..=to` where they fit.
pub fn spread(places: &mut [f64], room: f64, (from, to): (f64, f64)) {
    let mut least = from;
    for place in places.iter_mut() {
        *place = place.max(least);
        least = *place + room;
    }
    let mut most = to;
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - room;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(log: bool, us: u64) -> TimeAxis {
        let (span, length) = (Micros(us), 320.0);
        TimeAxis { log, span, length }
    }

    #[test]
    fn a_linear_axis_is_to_scale() {
        let axis = axis(false, 4_000);
        let places = [0, 1_000, 2_000, 4_000, 9_000].map(|us| axis.at(Micros(us)));
        assert_eq!(places, [0.0, 80.0, 160.0, 320.0, 320.0]);
        let labels: Vec<String> = axis.ticks().into_iter().map(|tick| tick.1).collect();
        assert_eq!(
            labels,
            [
                "0", "500 µs", "1 ms", "1.5 ms", "2 ms", "2.5 ms", "3 ms", "3.5 ms", "4 ms"
            ]
        );
    }

    #[test]
    fn a_logarithmic_axis_gives_every_decade_its_room() {
        let axis = axis(true, 1_000_000);
        let labels: Vec<String> = axis.ticks().into_iter().map(|tick| tick.1).collect();
        assert_eq!(labels, ["0", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"]);
        let places: Vec<f64> = axis.ticks().into_iter().map(|tick| tick.0).collect();
        assert!((places[4] - places[3] - (places[5] - places[4])).abs() < 1.0);
        assert_eq!(axis.at(Micros::ZERO), 0.0);
        assert_eq!(axis.at(Micros(1_000_000)), 320.0);
    }

    #[test]
    fn a_request_that_takes_no_time_has_an_axis() {
        for log in [false, true] {
            assert_eq!(axis(log, 0).at(Micros::ZERO), 0.0);
            assert_eq!(axis(log, 0).ticks().len(), 1);
        }
    }

    #[test]
    fn labels_get_their_room() {
        let mut places = [0.0, 2.0, 100.0, 119.0, 120.0];
        spread(&mut places, 20.0, (0.0, 120.0));
        assert_eq!(places, [0.0, 20.0, 80.0, 100.0, 120.0]);
    }
}
