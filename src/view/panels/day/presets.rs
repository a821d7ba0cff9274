//! Days to begin with.

use sim::day::{DayInput, Shape};

/// A day to begin with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Preset {
    /// All requests of a day in ten minutes.
    Busy,
    /// The same, and serverless is prepared for it.
    BusyPreScaled,
    /// The same number of requests, spread evenly.
    Steady,
    /// People's day.
    Diurnal,
}

impl Preset {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Preset; 4] = [
        Preset::Busy,
        Preset::BusyPreScaled,
        Preset::Steady,
        Preset::Diurnal,
    ];

    /// The title on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Preset::Busy => "Ten busy minutes",
            Preset::BusyPreScaled => "Ten busy minutes, pre-scaled",
            Preset::Steady => "The same requests, steady",
            Preset::Diurnal => "A usual day",
        }
    }

    /// What is announced.
    pub const fn told(self) -> &'static str {
        match self {
            Preset::Busy => "144,000 requests per second from 12:00 to 12:10, and none otherwise.",
            Preset::BusyPreScaled => {
                "144,000 requests per second from 12:00 to 12:10; serverless is pre-scaled from 12:00 to 13:00."
            }
            Preset::Steady => {
                "1,000 requests per second all day: as many as in the ten busy minutes."
            }
            Preset::Diurnal => "A usual day with 100,000 requests per second at 19:00.",
        }
    }

    /// The day. Ten minutes are a 144th of it.
    pub fn input(self) -> DayInput {
        let busy = DayInput {
            shape: Shape::Spike,
            peak_per_second: 144_000,
            busy_minutes: 10,
            quiet_per_mille: 0,
            ..DayInput::default()
        };
        match self {
            Preset::Busy => busy,
            Preset::BusyPreScaled => DayInput {
                pre_scaled_ecpu_per_second: 144_000,
                pre_scaled_from_hour: 12,
                pre_scaled_hours: 1,
                ..busy
            },
            Preset::Steady => DayInput {
                shape: Shape::Steady,
                peak_per_second: 1_000,
                ..busy
            },
            Preset::Diurnal => DayInput::default(),
        }
    }
}
