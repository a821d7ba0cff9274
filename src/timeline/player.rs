//! The playhead: a run, where a person is in it, and the commands that move them.

use super::forks::{Fork, Forks};
use super::frame::Frame;
use super::moment::Moment;
use super::run::Run;
use crate::scenario::{CLIENTS_MAX, Invalid, Plain, Scenario, ScenarioInput, number};
use crate::sim::{EventKind, Fault, WorldCommand};
use crate::units::Micros;
use serde::Deserialize;
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
    /// Do something to a world, here and now: from here on there is another run.
    World(WorldCommand),
    /// Where people schedule: let a client execute one more instruction. Moves that were made after
    /// the present ones are dropped.
    Move {
        /// Which, from 1.
        client: u32,
    },
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
    fault: Option<Fault>,
    lane: Option<u32>,
    client: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum CommandType {
    Step,
    Seek,
    Play,
    Pause,
    Reset,
    Fault,
    Move,
}

impl Command {
    /// The fields that this command has, as scripts write it.
    const fn fields(&self) -> &'static [&'static str] {
        match self {
            Command::Step { .. } => &["type", "by", "unit"],
            Command::Seek { .. } => &["type", "step"],
            Command::Play { .. } => &["type", "speed"],
            Command::World(_) => &["type", "fault", "lane"],
            Command::Move { .. } => &["type", "client"],
            Command::Pause | Command::Reset => &["type"],
        }
    }

    /// Reads `{type: "step", by, unit}`, `{type: "seek", step}`, `{type: "play", speed}`,
    /// `{type: "pause"}`, `{type: "reset"}`, `{type: "fault", fault, lane}` or `{type: "move", client}`.
    ///
    /// # Errors
    /// The first field that is missing, unknown or of the wrong type, with its path.
    pub fn read(plain: &Plain) -> Result<Command, Invalid> {
        let input: CommandInput = plain.read("The command")?;
        let missing = |path: &str, expected: &str| Invalid::new(path, expected, "missing");
        let command = match input.r#type {
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
            CommandType::Fault => Command::World(WorldCommand {
                fault: input
                    .fault
                    .ok_or_else(|| missing("/fault", "the name of a fault"))?,
                lane: input.lane,
            }),
            CommandType::Move => Command::Move {
                client: input
                    .client
                    .ok_or_else(|| missing("/client", "a whole number"))?,
            },
        };
        // A field that only other commands have must not be passed over.
        if let Plain::Object(given) = plain {
            let known = command.fields();
            if let Some((field, _)) = given
                .iter()
                .find(|(field, _)| !known.contains(&field.as_str()))
            {
                return Err(Invalid::unknown(format!("/{field}"), &known.join(", ")));
            }
        }
        Ok(command)
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
    /// A trip that fails, or a promise that is broken.
    Error,
}

impl Unit {
    /// How many there are.
    pub(super) const COUNT: usize = Unit::Error as usize + 1;

    /// What an event is beside an event, if anything.
    pub(super) fn of(kind: &EventKind) -> Option<Unit> {
        match kind {
            EventKind::Request { .. } => Some(Unit::Request),
            EventKind::Miss { .. } => Some(Unit::Miss),
            EventKind::Evict { .. } => Some(Unit::Eviction),
            EventKind::Expire { .. } => Some(Unit::Expiration),
            EventKind::Stale { .. } => Some(Unit::Stale),
            EventKind::Fail { .. } | EventKind::Violation { .. } => Some(Unit::Error),
            _ => None,
        }
    }
}

/// So many requests are simulated at once when a run is loaded, a fraction of a second's work …
const REQUESTS_AT_ONCE: usize = 20_000;
/// … and of a run with more so many events: enough to look at.
const EVENTS_AT_ONCE: u32 = 1 << 14;

/// A run, the others that one can return to, and a place in it.
pub struct Player {
    forks: Forks,
    step: u32,
    /// Simulated over real time, while playing.
    speed: Option<f64>,
}

impl Player {
    /// Runs a scenario and stands before its first step. A long one is simulated only as far as is seen
    /// at first; [`Run::advance`] goes on.
    pub fn new(scenario: Scenario) -> Self {
        let requests = scenario.workload.len() as usize;
        let run = Run::new(Rc::new(scenario));
        if requests <= REQUESTS_AT_ONCE {
            run.complete();
        } else {
            run.advance(EVENTS_AT_ONCE);
        }
        Player {
            forks: Forks::new(run),
            step: 0,
            speed: None,
        }
    }

    /// Runs an edited scenario and keeps the place: the last step that is no later than the
    /// present one. What it is simulated up to is at least that place.
    pub fn with_edited(&self, scenario: Scenario) -> Self {
        let mut edited = Player::new(scenario);
        edited.step = match self.step {
            0 => 0,
            step => edited.run().step_before(self.run().step_at(step)),
        };
        edited
    }

    /// The run.
    pub fn run(&self) -> &Rc<Run> {
        &self.forks.current().run
    }

    /// The present run and where it comes from.
    pub fn fork(&self) -> &Fork {
        self.forks.current()
    }

    /// The runs that one can go to, the present one among them, in the order in which they came to be.
    pub fn forks(&self) -> &[Fork] {
        self.forks.all()
    }

    /// Goes to another run and pauses: to the same step if the two are the same up to there, or else to
    /// the last one that is no later than the present one.
    ///
    /// # Errors
    /// If there is no such run.
    pub fn switch_to(&mut self, id: u32) -> Result<(), Invalid> {
        let before = self.run().clone();
        if !self.forks.switch_to(id) {
            return Err(Invalid::new("/run", "the number of a run", id));
        }
        let step = match self.step {
            same if same <= before.shared_with(self.run()) => same,
            step => self.run().step_before(before.step_at(step)),
        };
        self.go(step);
        Ok(())
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
        self.run().seek(self.step)
    }

    /// What can be seen at the playhead.
    pub fn frame(&self) -> Frame {
        Frame::of(self.run(), &self.moment())
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// If a step or speed is out of its range; nothing changes then.
    pub fn command(&mut self, command: Command) -> Result<(), Invalid> {
        match command {
            Command::Step { by, unit } => self.go(self.target(by, unit)),
            Command::Seek { step } => {
                if !self.run().reach(step) {
                    let expected = format!("from 0 to {}", self.run().step_count());
                    return Err(Invalid::new("/step", &expected, step));
                }
                self.go(step);
            }
            Command::Play { speed } => {
                let (slowest, fastest) = SPEEDS;
                if !(slowest..=fastest).contains(&speed) {
                    let expected = format!("from {} to {}", number(slowest), number(fastest));
                    return Err(Invalid::new("/speed", &expected, number(speed)));
                }
                self.speed = self.run().reach(self.step + 1).then_some(speed);
            }
            Command::World(command) => {
                self.forks.fork(self.step, command)?;
                // The command makes a step of its own, and that is what there is to see.
                self.run().reach(self.step + 1);
                self.go(self.step + 1);
            }
            Command::Move { client } => self.make_move(client)?,
            Command::Pause => self.speed = None,
            Command::Reset => self.go(0),
        }
        Ok(())
    }

    /// Adds a move after those made so far, and goes to its end.
    fn make_move(&mut self, client: u32) -> Result<(), Invalid> {
        let mut input = ScenarioInput::clone(&self.run().scenario().input);
        let made = self.moment().lanes[0].moves_made() as usize;
        let Some(schedule) = &mut input.schedule else {
            let expected = "a command that fits: only a scenario with a schedule has moves";
            return Err(Invalid::new("/type", expected, "\"move\""));
        };
        if !(1..=CLIENTS_MAX).contains(&client) {
            let expected = format!("from 1 to {CLIENTS_MAX}");
            return Err(Invalid::new("/client", &expected, client));
        }
        schedule.truncate(made);
        schedule.push(client);
        let moved = Player::new(Scenario::new(input)?);
        self.forks = moved.forks;
        let end = self.run().step_count();
        self.go(end);
        Ok(())
    }

    /// Moves the playhead and pauses.
    fn go(&mut self, step: u32) {
        self.step = step;
        self.speed = None;
    }

    /// Goes on by one step while playing, and pauses at the end.
    pub fn play_on(&mut self) {
        if self.run().reach(self.step + 1) {
            self.step += 1;
        }
        if !self.run().reach(self.step + 1) {
            self.speed = None;
        }
    }

    /// Where `by` units from here is. Where there are not so many: the last one there is; with none
    /// at all, here, except that past the last request is the end and before the first the start.
    fn target(&self, by: i32, unit: Unit) -> u32 {
        let run = self.run();
        if unit == Unit::Event {
            let step = self.step.saturating_add_signed(by);
            return if run.reach(step) {
                step
            } else {
                run.known_steps()
            };
        }
        let (found, missing) = run.find(self.step, unit, by > 0, by.unsigned_abs());
        match unit {
            Unit::Request if missing > 0 && by > 0 => run.step_count(),
            Unit::Request if missing > 0 => 0,
            _ => found.unwrap_or(self.step),
        }
    }

    /// How long the step after the playhead takes on the wall, in milliseconds, at a speed: in
    /// proportion to simulated time, except that a stretch in which nothing is under way in any lane
    /// takes at most `IDLE_MS`.
    pub fn wait_ms(&self, speed: f64) -> f64 {
        let run = self.run();
        if !run.reach(self.step + 1) {
            return 0.0;
        }
        let span = run.step_at(self.step + 1).since(run.step_at(self.step));
        let Micros(span_us) = span;
        let wait_ms = span_us as f64 / 1000.0 / speed;
        if run.is_idle_after(self.step) {
            wait_ms.min(IDLE_MS)
        } else {
            wait_ms
        }
    }
}

/// How long a stretch without any request takes when played, in milliseconds.
pub const IDLE_MS: f64 = 700.0;
