//! The shapes of a day: how much of the peak's traffic there is at each second, in millionths.
//!
//! They are made up to show one thing each, not taken from a trace.

use serde::{Deserialize, Serialize};

/// The seconds of a day.
pub const SECONDS: u64 = 86_400;
/// The whole of the peak.
const WHOLE: u64 = 1_000_000;
/// When a spike begins: at noon.
const SPIKE_AT: u64 = 12 * 3_600;
/// When a launch is.
const LAUNCH_AT: u64 = 9 * 3_600;
/// How long the interest after a launch takes to halve.
const LAUNCH_HALVING: u64 = 2 * 3_600;

/// People's day at each full hour, in thousandths of the peak: a fifth before dawn, the peak at 19:00.
const HOURS: [u64; 24] = [
    400, 300, 240, 200, 200, 240, 350, 500, 650, 750, 800, 830, 850, 830, 810, 800, 820, 870, 940,
    1_000, 980, 880, 720, 550,
];

/// How traffic goes over a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a day's shape")]
pub enum Shape {
    /// The same all day.
    Steady,
    /// Little at night, most in the evening.
    #[default]
    Diurnal,
    /// A few busy minutes at noon.
    Spike,
    /// Nearly nothing until 9:00, then everybody at once.
    Launch,
}

impl Shape {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Shape; 4] = [Shape::Steady, Shape::Diurnal, Shape::Spike, Shape::Launch];

    /// The name in inputs.
    pub const fn name(self) -> &'static str {
        match self {
            Shape::Steady => "steady",
            Shape::Diurnal => "diurnal",
            Shape::Spike => "spike",
            Shape::Launch => "launch",
        }
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Shape::Steady => "Steady",
            Shape::Diurnal => "Diurnal",
            Shape::Spike => "Spike",
            Shape::Launch => "Launch",
        }
    }

    /// What it does, in words that go on after its title and a colon.
    pub const fn about(self) -> &'static str {
        match self {
            Shape::Steady => "the peak rate all day",
            Shape::Diurnal => "a fifth of the peak before dawn, the peak at 19:00",
            Shape::Spike => "the peak rate for the busy minutes from 12:00 on",
            Shape::Launch => {
                "the peak rate for the busy minutes from 9:00 on; then it halves every 2 hours"
            }
        }
    }

    /// How much of the peak there is at a second of the day, in millionths. `busy` is how many seconds a spike or
    /// launch lasts, and `quiet` what there is besides, in millionths.
    pub fn millionths(self, second: u64, busy: u64, quiet: u64) -> u64 {
        let second = second % SECONDS;
        match self {
            Shape::Steady => WHOLE,
            Shape::Diurnal => {
                let (hour, into) = (second / 3_600, second % 3_600);
                let [from, to] = [hour, hour + 1].map(|hour| HOURS[hour as usize % 24] * 1_000);
                (from * (3_600 - into) + to * into) / 3_600
            }
            Shape::Spike => match (SPIKE_AT..SPIKE_AT + busy).contains(&second) {
                true => WHOLE,
                false => quiet,
            },
            Shape::Launch if second < LAUNCH_AT => quiet,
            Shape::Launch => halved((second - LAUNCH_AT).saturating_sub(busy)).max(quiet),
        }
    }
}

/// The whole, halved every two hours, on a straight line between two halvings.
fn halved(after: u64) -> u64 {
    let from = WHOLE >> (after / LAUNCH_HALVING);
    from - from / 2 * (after % LAUNCH_HALVING) / LAUNCH_HALVING
}
