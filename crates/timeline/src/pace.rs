//! How fast a run is played: at a pace at which it can be read, or in proportion to simulated time.

use cache::units::Micros;
use serde::Deserialize;

/// The slowest and fastest ratio of simulated to real time at which a run is played.
pub const SPEEDS: (f64, f64) = (1e-6, 1e6);

/// How fast a run is played.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Pace {
    /// From one telling event to the next, each shown for long enough to be read. A run with too many of
    /// them is shown in a few minutes, every step for the same time.
    Reading(ReadingPace),
    /// In proportion: simulated time over real time. 0.001 lets a simulated millisecond take a second.
    Proportional(f64),
}

/// The reader's pace.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadingPace {
    /// With time to think about each sentence.
    Slow,
    /// As most people read.
    #[default]
    Normal,
    /// For who has seen it before.
    Fast,
}

impl ReadingPace {
    /// How long a step with one sentence is shown, in milliseconds.
    pub const fn sentence_ms(self) -> f64 {
        match self {
            ReadingPace::Slow => 4_000.0,
            ReadingPace::Normal => 2_200.0,
            ReadingPace::Fast => 1_500.0,
        }
    }

    /// How much longer a step is shown in which lanes differ, so that each has a sentence, in milliseconds.
    pub const fn second_sentence_ms(self) -> f64 {
        match self {
            ReadingPace::Slow => 1_500.0,
            ReadingPace::Normal => 800.0,
            ReadingPace::Fast => 300.0,
        }
    }

    /// How long a run takes that has too many sentences to be read, in milliseconds.
    pub const fn whole_run_ms(self) -> f64 {
        match self {
            ReadingPace::Slow => 360_000.0,
            ReadingPace::Normal => 180_000.0,
            ReadingPace::Fast => 90_000.0,
        }
    }
}

/// What playing does at a step and on the way to the next one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Beat {
    /// How long the picture rests at the step, in milliseconds.
    pub hold_ms: f64,
    /// How long the way to the next step takes, in milliseconds.
    pub move_ms: f64,
    /// The simulated time that is passed through faster than the rest.
    pub skips: Option<Micros>,
}

impl Beat {
    /// How long both take together, in milliseconds.
    pub fn whole_ms(self) -> f64 {
        self.hold_ms + self.move_ms
    }
}

/// A run that is being played.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Playing {
    /// The pace.
    pub pace: Pace,
    /// The step that comes next: an earlier one at the end of a loop.
    pub next: u32,
    /// What is done until then.
    pub beat: Beat,
}

impl Playing {
    /// Whether each telling event is shown for long enough to be read.
    pub fn is_read(&self) -> bool {
        matches!(self.pace, Pace::Reading(_))
    }
}
