//! The playhead: a run, where a person is in it, and the commands that move them.

use super::frame::Frame;
use super::moment::Moment;
use super::run::Run;
use crate::scenario::{Invalid, Scenario};
use crate::sim::EventKind;
use crate::units::Micros;
use serde::{Deserialize, Deserializer};
use std::rc::Rc;

/// The slowest and fastest ratio of simulated to real time at which a run is played.
pub const SPEEDS: (f64, f64) = (1e-6, 1e6);

/// What can be asked of a player.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Command {
    /// Move by so many units, backward if negative.
    Step {
        /// How many.
        by: i32,
        /// Of what.
        unit: Unit,
    },
    /// Go to a step.
    Seek {
        /// Which, from 0 to the number of steps.
        step: u32,
    },
    /// Play from here on.
    Play {
        /// Simulated time over real time: 0.001 lets a simulated millisecond take a second.
        speed: f64,
    },
    /// Stop playing.
    Pause,
    /// Go back to before the first step.
    Reset,
}

/// A command as scripts write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a command object")]
struct CommandInput {
    r#type: CommandType,
    by: Option<i32>,
    #[serde(default)]
    unit: Unit,
    step: Option<u32>,
    speed: Option<f64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum CommandType {
    Step,
    Seek,
    Play,
    Pause,
    Reset,
}

impl Command {
    /// The fields that this command has, as scripts write it.
    pub const fn fields(&self) -> &'static [&'static str] {
        match self {
            Command::Step { .. } => &["type", "by", "unit"],
            Command::Seek { .. } => &["type", "step"],
            Command::Play { .. } => &["type", "speed"],
            Command::Pause | Command::Reset => &["type"],
        }
    }

    /// Reads `{type: "step", by, unit}`, `{type: "seek", step}`, `{type: "play", speed}`,
    /// `{type: "pause"}` or `{type: "reset"}`.
    ///
    /// # Errors
    /// The first field that is missing, unknown or of the wrong type, with its path.
    pub fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Command, Invalid> {
        let input: CommandInput = serde_path_to_error::deserialize(source)
            .map_err(|error| Invalid::from_serde("The command", error))?;
        let missing = |path: &str, expected: &str| Invalid::new(path, expected, "missing");
        Ok(match input.r#type {
            CommandType::Step => Command::Step {
                by: input.by.ok_or_else(|| missing("/by", "a whole number"))?,
                unit: input.unit,
            },
            CommandType::Seek => Command::Seek {
                step: input
                    .step
                    .ok_or_else(|| missing("/step", "a whole number"))?,
            },
            CommandType::Play => Command::Play {
                speed: input.speed.ok_or_else(|| missing("/speed", "a number"))?,
            },
            CommandType::Pause => Command::Pause,
            CommandType::Reset => Command::Reset,
        })
    }
}

/// What a step goes to the next or previous of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Anything that happens: one step.
    #[default]
    Event,
    /// A request that reaches the application.
    Request,
    /// A look-up that finds nothing.
    Miss,
    /// An entry removed to make room.
    Eviction,
    /// An entry removed because its time to live had ended.
    Expiration,
    /// A read of a copy older than the row.
    Stale,
    /// A request that fails. Nothing can fail yet, so there is none to go to.
    Error,
}

impl Unit {
    fn is(self, kind: &EventKind) -> bool {
        match self {
            Unit::Event => true,
            Unit::Request => matches!(kind, EventKind::Request { .. }),
            Unit::Miss => matches!(kind, EventKind::Miss { .. }),
            Unit::Eviction => matches!(kind, EventKind::Evict { .. }),
            Unit::Expiration => matches!(kind, EventKind::Expire { .. }),
            Unit::Stale => matches!(kind, EventKind::Stale { .. }),
            Unit::Error => false,
        }
    }
}

/// A run and a place in it.
pub struct Player {
    run: Rc<Run>,
    step: u32,
    /// Simulated over real time, while playing.
    speed: Option<f64>,
}

impl Player {
    /// Runs a scenario and stands before its first step.
    pub fn new(scenario: Scenario) -> Self {
        Player {
            run: Rc::new(Run::new(Rc::new(scenario))),
            step: 0,
            speed: None,
        }
    }

    /// Runs an edited scenario and keeps the place: the last step that is no later than the
    /// present one.
    pub fn with_edited(&self, scenario: Scenario) -> Self {
        let run = Rc::new(Run::new(Rc::new(scenario)));
        let step = match self.step {
            0 => 0,
            step => run.step_before(self.run.step_at(step)),
        };
        Player {
            run,
            step,
            speed: None,
        }
    }

    /// The run.
    pub fn run(&self) -> &Rc<Run> {
        &self.run
    }

    /// The step at the playhead.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Simulated over real time while playing; `None` while paused.
    pub fn speed(&self) -> Option<f64> {
        self.speed
    }

    /// The state at the playhead.
    pub fn moment(&self) -> Rc<Moment> {
        self.run.seek(self.step)
    }

    /// What can be seen at the playhead.
    pub fn frame(&self) -> Frame {
        Frame::of(&self.run, &self.moment())
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// If a step or speed is out of its range; nothing changes then.
    pub fn command(&mut self, command: Command) -> Result<(), Invalid> {
        match command {
            Command::Step { by, unit } => self.go(self.target(by, unit)),
            Command::Seek { step } => {
                let last = self.run.step_count();
                if step > last {
                    return Err(Invalid::new("/step", &format!("from 0 to {last}"), step));
                }
                self.go(step);
            }
            Command::Play { speed } => {
                let (slowest, fastest) = SPEEDS;
                if !(slowest..=fastest).contains(&speed) {
                    let expected = format!("from {slowest} to {fastest}");
                    return Err(Invalid::new("/speed", &expected, speed));
                }
                self.speed = (self.step < self.run.step_count()).then_some(speed);
            }
            Command::Pause => self.speed = None,
            Command::Reset => self.go(0),
        }
        Ok(())
    }

    /// Moves the playhead and pauses.
    fn go(&mut self, step: u32) {
        self.step = step;
        self.speed = None;
    }

    /// Goes on by one step while playing, and pauses at the end.
    pub fn play_on(&mut self) {
        self.step = (self.step + 1).min(self.run.step_count());
        if self.step == self.run.step_count() {
            self.speed = None;
        }
    }

    /// Where `by` units from here is. Where there are not so many: the last one there is; with none
    /// at all, here, except that past the last request is the end and before the first the start.
    fn target(&self, by: i32, unit: Unit) -> u32 {
        let last = self.run.step_count();
        if unit == Unit::Event {
            return self.step.saturating_add_signed(by).min(last);
        }
        let mut left = by.unsigned_abs();
        let (mut step, mut found) = (self.step, self.step);
        while left > 0 {
            step = match by > 0 {
                true if step < last => step + 1,
                false if step > 0 => step - 1,
                _ => break,
            };
            let events = self.run.events_at(step);
            if events.iter().any(|logged| unit.is(&logged.event.kind)) {
                found = step;
                left -= 1;
            }
        }
        if left > 0 && unit == Unit::Request {
            return if by > 0 { last } else { 0 };
        }
        found
    }

    /// How long the step after the playhead takes on the wall, in milliseconds, at a speed: in
    /// proportion to simulated time, except that a stretch in which nothing is under way in any lane
    /// takes at most `IDLE_MS`.
    pub fn wait_ms(&self, speed: f64) -> f64 {
        if self.step >= self.run.step_count() {
            return 0.0;
        }
        let span = self
            .run
            .step_at(self.step + 1)
            .since(self.run.step_at(self.step));
        let Micros(span_us) = span;
        let wait_ms = span_us as f64 / 1000.0 / speed;
        if self.run.is_idle_after(self.step) {
            wait_ms.min(IDLE_MS)
        } else {
            wait_ms
        }
    }
}

/// How long a stretch without any request takes when played, in milliseconds.
pub const IDLE_MS: f64 = 700.0;
