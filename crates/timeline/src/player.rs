//! The player: a run, the playhead in it, and what commands do to them.

use super::command::{Command, Repeat, Unit};
use super::forks::{Fork, Forks};
use super::frame::Frame;
use super::pace::{Beat, Pace, Playing, ReadingPace, SPEEDS};
use super::run::Run;
use super::words::narrate;
use cache::units::Micros;
use scenario::{Invalid, Scenario, ScenarioInput, check_command};
use sim::{ByHand, ConsoleCommand, Moment, Reply};
use std::rc::Rc;

/// A run of at most this many requests is simulated at once when it is loaded or edited: within a frame on a
/// fast computer, and unnoticed on a slow one.
const REQUESTS_AT_ONCE: usize = 2_000;
/// The events that are simulated at once of a longer run: enough to look at.
const EVENTS_AT_ONCE: u32 = 1 << 14;

/// The current run, the others that one can return to, and the playhead.
pub struct Player {
    forks: Forks,
    step: u32,
    /// The pace, while playing.
    pace: Option<Pace>,
    repeat: Option<Repeat>,
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
            pace: None,
            repeat: None,
        }
    }

    /// Runs an edited scenario, at least up to the playhead, and keeps the playhead: it goes to the last step
    /// that is no later. A loop stays over the same stretch of time, as far as the run has it.
    pub fn with_edited(&self, scenario: Scenario) -> Self {
        let mut edited = Player::new(scenario);
        edited.step = match self.step {
            0 => 0,
            step => edited.run().step_before(self.run().step_at(step)),
        };
        edited.repeat = self.repeat;
        edited.fit_repeat(self.run(), 0);
        edited
    }

    /// The run.
    pub fn run(&self) -> &Rc<Run> {
        &self.forks.current().run
    }

    /// The current run and its origin.
    pub fn fork(&self) -> &Fork {
        self.forks.current()
    }

    /// The runs that one can go to, with the current one, oldest first.
    pub fn forks(&self) -> &[Fork] {
        self.forks.all()
    }

    /// Goes to another run and pauses: at the same step if both share it, or else at the last step that is no
    /// later.
    ///
    /// # Errors
    /// If there is no such run.
    pub fn switch_to(&mut self, id: u32) -> Result<(), Invalid> {
        let before = self.run().clone();
        if !self.forks.switch_to(id) {
            return Err(Invalid::new("/run", "the number of a run", id));
        }
        let shared = before.shared_with(self.run());
        let step = match self.step {
            same if same <= shared => same,
            step => self.run().step_before(before.step_at(step)),
        };
        self.fit_repeat(&before, shared);
        self.go(step);
        Ok(())
    }

    /// Takes over the loop of another run, which is the same up to a step: beyond it over the same stretch of
    /// time, if the current run has steps there.
    fn fit_repeat(&mut self, before: &Run, shared: u32) {
        let Some(repeat) = self.repeat else { return };
        let place = |step: u32| match step {
            same if same <= shared => same,
            step => self.run().step_before(before.step_at(step)),
        };
        let (from, to) = (place(repeat.from), place(repeat.to));
        self.repeat = (from < to).then_some(Repeat { from, to, ..repeat });
    }

    /// Goes to the run of these inputs, which have been a scenario's: to the kept run if there is one. Goes to
    /// the step if one is given, or else keeps the place.
    ///
    /// # Errors
    /// None if the inputs are a scenario's.
    pub fn return_to(
        &mut self,
        input: &Rc<ScenarioInput>,
        step: Option<u32>,
    ) -> Result<(), Invalid> {
        let mut kept = self.forks().iter();
        let kept = kept.find(|fork| Rc::ptr_eq(&fork.run.scenario().input, input));
        match kept.map(|fork| fork.id) {
            Some(id) => self.switch_to(id)?,
            None => *self = self.with_edited(Scenario::again(input)?),
        }
        if let Some(step) = step.filter(|&step| self.run().reach(step)) {
            self.go(step);
        }
        Ok(())
    }

    /// The step at the playhead.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// How the run is being played; `None` while paused.
    pub fn playing(&self) -> Option<Playing> {
        let pace = self.pace?;
        let next = self.next()?;
        let beat = self.beat(pace, next);
        Some(Playing { pace, next, beat })
    }

    /// The loop, whether it is switched on or not.
    pub fn repeat(&self) -> Option<Repeat> {
        self.repeat
    }

    /// The state at the playhead.
    pub fn moment(&self) -> Rc<Moment> {
        self.run().seek(self.step)
    }

    /// The frame at the playhead.
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
            Command::Play { pace } => {
                let (slowest, fastest) = SPEEDS;
                if let Pace::Proportional(speed) = pace
                    && !(slowest..=fastest).contains(&speed)
                {
                    let expected = format!("from {slowest} to {fastest}");
                    return Err(Invalid::new("/speed", &expected, format!("{speed:?}")));
                }
                self.enter_repeat();
                self.pace = self.next().map(|_| pace);
            }
            Command::Loop(repeat) => self.set_repeat(repeat)?,
            Command::Fault(command) => {
                self.by_hand(command.into())?;
            }
            Command::Move { client } => self.make_move(client)?,
            Command::Pause => self.pace = None,
            Command::Reset => self.go(0),
        }
        Ok(())
    }

    /// Does something to the worlds by hand: from here on there is another run.
    ///
    /// # Errors
    /// If it does not fit the scenario; nothing changes then.
    pub fn by_hand(&mut self, command: ByHand) -> Result<(), Invalid> {
        let before = self.run().clone();
        self.forks.fork(self.step, command)?;
        self.fit_repeat(&before, self.step);
        // The command makes a step of its own, and that is what there is to see.
        self.run().reach(self.step + 1);
        self.go(self.step + 1);
        Ok(())
    }

    /// Sends the cache of a lane, from 0, a line of the console at the playhead. One that changes
    /// something begins another run, as a fault does; any other is only answered.
    ///
    /// # Errors
    /// If there is no such lane, or the line is too long to be one.
    pub fn console(&mut self, lane: usize, line: &str) -> Result<Reply, Invalid> {
        let command = ByHand::Console(ConsoleCommand {
            console: line.trim().into(),
            lane: Some(u32::try_from(lane + 1).unwrap_or(u32::MAX)),
        });
        check_command("", &command, &self.run().scenario().input)?;
        let moment = self.moment();
        let mut trial = moment.lanes[lane].clone();
        let (reply, changed) = trial.try_console(line, moment.at);
        if changed {
            self.by_hand(command)?;
        }
        Ok(reply)
    }

    /// Adds a move after those made so far, and goes to its end.
    fn make_move(&mut self, client: u32) -> Result<(), Invalid> {
        let (input, number) = self.run().with_move(self.step, client)?;
        let moved = Player::new(Scenario::new(input)?);
        let before = self.run().clone();
        self.forks = moved.forks;
        self.fit_repeat(&before, 0);
        let end = self.run().end_of_move(number);
        self.go(end);
        Ok(())
    }

    /// Moves the playhead and pauses.
    fn go(&mut self, step: u32) {
        self.step = step;
        self.pace = None;
    }

    /// Sets the loop, switches it on or off, or takes it away.
    fn set_repeat(&mut self, repeat: Option<Repeat>) -> Result<(), Invalid> {
        if let Some(Repeat { from, to, .. }) = repeat {
            if !self.run().reach(to) {
                let expected = format!("from 1 to {}", self.run().step_count());
                return Err(Invalid::new("/to", &expected, to));
            }
            if from >= to {
                return Err(Invalid::new("/from", "a step before that of /to", from));
            }
        }
        self.repeat = repeat;
        if self.pace.is_some() {
            self.enter_repeat();
        }
        Ok(())
    }

    /// Goes to the loop's beginning if it is on and the playhead is outside it.
    fn enter_repeat(&mut self) {
        if let Some(Repeat { from, to, on: true }) = self.repeat
            && !(from..to).contains(&self.step)
        {
            self.step = from;
        }
    }

    /// The step that playing goes to from here: back to the beginning at the end of a loop; `None` at
    /// the end of the run.
    pub fn next(&self) -> Option<u32> {
        match self.repeat {
            Some(Repeat { from, to, on: true }) if self.step == to => Some(from),
            _ => self.run().reach(self.step + 1).then_some(self.step + 1),
        }
    }

    /// Goes on by one step while playing, and pauses at the end.
    pub fn play_on(&mut self) {
        if let Some(next) = self.next() {
            self.step = next;
        }
        if self.next().is_none() {
            self.pace = None;
        }
    }

    /// The step `by` units from here. If there are fewer, that of the last one; if there is none, the current
    /// step, except that past the last request is the end and before the first the start.
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

    /// What playing does between the current step and the next one. The end of a loop is shown for
    /// [`LOOP_MS`].
    fn beat(&self, pace: Pace, next: u32) -> Beat {
        let run = self.run();
        if next <= self.step {
            return Beat {
                hold_ms: LOOP_MS,
                move_ms: 0.0,
                skips: None,
            };
        }
        let span = run.step_at(next).since(run.step_at(self.step));
        let idle = run.is_idle_after(self.step);
        match pace {
            Pace::Proportional(speed) => {
                let full_ms = span.0 as f64 / 1000.0 / speed;
                let skips = idle && full_ms > IDLE_MS;
                Beat {
                    hold_ms: 0.0,
                    move_ms: if skips { IDLE_MS } else { full_ms },
                    skips: skips.then_some(span),
                }
            }
            Pace::Reading(reading) if run.is_long() => Beat {
                hold_ms: 0.0,
                move_ms: reading.whole_run_ms() / f64::from(run.known_steps().max(1)),
                skips: None,
            },
            Pace::Reading(reading) => Beat {
                hold_ms: self.reading_ms(reading),
                move_ms: (span.0 as f64 / 1000.0 / READ_SPEED).min(MOVE_MS),
                skips: (span > SKIPPED).then_some(span),
            },
        }
    }

    /// How long it takes to read what happened at the current step; 0 if nothing did that is worth it.
    fn reading_ms(&self, reading: ReadingPace) -> f64 {
        let run = self.run();
        match narrate(run, self.step).len() {
            _ if !run.is_worth_reading(self.step) => 0.0,
            1 => reading.sentence_ms(),
            _ => reading.sentence_ms() + reading.second_sentence_ms(),
        }
    }
}

/// How long a stretch without any request takes when played, in milliseconds.
const IDLE_MS: f64 = 700.0;
/// How long the end of a loop is shown before it begins again, in milliseconds.
const LOOP_MS: f64 = 700.0;
/// Simulated over real time while something moves at reading pace: a simulated millisecond takes a second.
const READ_SPEED: f64 = 0.001;
/// The longest movement between two steps at reading pace, in milliseconds.
const MOVE_MS: f64 = 600.0;
/// At reading pace, a longer wait is said to be skipped.
const SKIPPED: Micros = Micros(20_000);
