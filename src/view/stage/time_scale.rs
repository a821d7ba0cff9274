//! The scale on which the times of all requests of a scene are drawn: logarithmic, because a look-up takes
//! microseconds and a query milliseconds.

use crate::view::shell::format::place;
use cache::units::Micros;
use sim::log2;
use timeline::{Run, duration};
use yew::prelude::*;

/// Where the scale begins: shorter times have no length.
const BEGIN: Micros = Micros(100);
/// The most decades that all have their number.
const MARKS: u32 = 3;
/// The least that it reaches to.
const LEAST_END: Micros = Micros(10_000);

/// A logarithmic scale from 100 µs to a power of ten.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TimeScale {
    /// How many times ten times as long its end is as its beginning.
    decades: u32,
}

impl TimeScale {
    /// The scale that has room for every request of a run.
    pub fn of(run: &Run) -> Self {
        let end = run.longest_latency().max(LEAST_END);
        let mut decades = 1;
        while BEGIN.0 * 10_u64.pow(decades) < end.0 {
            decades += 1;
        }
        TimeScale { decades }
    }

    /// The place of a time, from 0 to 1.
    pub fn place(self, span: Micros) -> f64 {
        let end = BEGIN.0 * 10_u64.pow(self.decades);
        let of = |us: u64| (log2(us) - log2(BEGIN.0)) as f64;
        of(span.0.clamp(BEGIN.0, end)) / of(end)
    }

    /// Its lines and numbers.
    pub fn draw(self) -> Html {
        let mark = |decade: u32| {
            let at = place(f64::from(decade) / f64::from(self.decades));
            let class = match decade {
                0 => "t",
                last if last == self.decades => "t end",
                _ => "t middle",
            };
            let words = duration(Micros(BEGIN.0 * 10_u64.pow(decade)));
            // Where there is no room for all, every second line has its number, the last one among them.
            let named = self.decades <= MARKS || (self.decades - decade).is_multiple_of(2);
            html! {
                <>
                    <line class="grid" x1={at.clone()} y1="0" x2={at.clone()} y2="25" />
                    if named {
                        <text {class} x={at} y="40">{ words }</text>
                    }
                </>
            }
        };
        html! { <g>{ for (0..=self.decades).map(mark) }</g> }
    }
}
