//! The diagram's axis: time downwards, to scale or on a logarithmic scale, with its ticks.

use cache::units::Micros;
use sim::log2;
use timeline::duration;

/// What is as long as the space up to it on a logarithmic scale: below it the scale is nearly linear,
/// because no logarithm has a place for 0.
const LINEAR_BELOW_US: u64 = 100;

/// How far apart ticks are at least, so that their labels have room.
const TICK_GAP: f64 = 24.0;

/// How instants become places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// Equal spans are equally long.
    Linear,
    /// Ten times the time since the beginning is a fixed length further.
    Log,
}

/// An axis: from a request's beginning, so far.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Axis {
    /// How.
    pub scale: Scale,
    /// The span from its upper end to its lower one.
    pub span: Micros,
    /// Its length, in the drawing's units.
    pub length: f64,
}

/// The logarithm of how often a span has the unit, and one more, so that none at all is at 0.
fn log(span: Micros) -> u64 {
    log2(span.0.saturating_add(LINEAR_BELOW_US)).saturating_sub(log2(LINEAR_BELOW_US))
}

impl Axis {
    /// How far from the upper end an instant is that is so much later than the beginning.
    pub fn at(&self, since: Micros) -> f64 {
        let since = since.min(self.span);
        let (part, whole) = match self.scale {
            Scale::Linear => (since.0, self.span.0),
            Scale::Log => (log(since), log(self.span)),
        };
        part as f64 / whole.max(1) as f64 * self.length
    }

    /// The instants that are labelled, with their places and labels; the beginning is the first.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let mut ticks = vec![(0.0, "0".to_owned())];
        let mut add = |since: u64| {
            let (place, last) = (self.at(Micros(since)), ticks[ticks.len() - 1].0);
            if since <= self.span.0 && place - last >= TICK_GAP {
                ticks.push((place, duration(Micros(since))));
            }
        };
        match self.scale {
            Scale::Linear => {
                let step = self.step();
                for tick in 1..=self.span.0 / step {
                    add(tick * step);
                }
            }
            Scale::Log => {
                let mut decade = LINEAR_BELOW_US;
                while decade <= self.span.0 {
                    add(decade);
                    decade = decade.saturating_mul(10);
                }
            }
        }
        ticks
    }

    /// The span between two ticks of a linear axis: 1, 2 or 5 times a power of ten.
    fn step(&self) -> u64 {
        let room = ((self.length / (TICK_GAP * 1.6)) as u64).max(1);
        let mut decade = 1_u64;
        loop {
            for times in [1, 2, 5] {
                if self.span.0 / (times * decade) <= room {
                    return times * decade;
                }
            }
            decade *= 10;
        }
    }
}

/// Moves places that are in order apart, so that each has so much room, and none more than it has to.
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

    fn axis(scale: Scale, us: u64) -> Axis {
        let (span, length) = (Micros(us), 320.0);
        Axis {
            scale,
            span,
            length,
        }
    }

    #[test]
    fn a_linear_axis_is_to_scale() {
        let axis = axis(Scale::Linear, 4_000);
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
        let axis = axis(Scale::Log, 1_000_000);
        let labels: Vec<String> = axis.ticks().into_iter().map(|tick| tick.1).collect();
        assert_eq!(labels, ["0", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"]);
        let places: Vec<f64> = axis.ticks().into_iter().map(|tick| tick.0).collect();
        assert!((places[4] - places[3] - (places[5] - places[4])).abs() < 1.0);
        assert_eq!(axis.at(Micros::ZERO), 0.0);
        assert_eq!(axis.at(Micros(1_000_000)), 320.0);
    }

    #[test]
    fn a_request_that_takes_no_time_has_an_axis() {
        for scale in [Scale::Linear, Scale::Log] {
            assert_eq!(axis(scale, 0).at(Micros::ZERO), 0.0);
            assert_eq!(axis(scale, 0).ticks().len(), 1);
        }
    }

    #[test]
    fn labels_get_their_room() {
        let mut places = [0.0, 2.0, 100.0, 119.0, 120.0];
        spread(&mut places, 20.0, (0.0, 120.0));
        assert_eq!(places, [0.0, 20.0, 80.0, 100.0, 120.0]);
    }
}
