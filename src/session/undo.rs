//! Undo and redo: what the scenario was before each change, and what it became.
//!
//! Only inputs and steps are kept. A run follows from its inputs, so going back to them is going back to
//! the run, and to the same state at the same step.

use super::OpenTrace;
use scenario::field::fault_words;
use scenario::{Difference, ScenarioInput, WorkloadInput, differences, letter};
use sim::{ByHand, Operation};
use std::rc::Rc;

/// The most changes that can be undone.
const CHANGES_MAX: usize = 100;
/// The most scripted requests that they hold in all: some 10 MB.
const REQUESTS_MAX: usize = 100_000;

/// A scenario and a step in its run.
#[derive(Clone)]
pub(super) struct Place {
    /// The inputs.
    pub(super) input: Rc<ScenarioInput>,
    /// The step.
    pub(super) step: u32,
    /// The trace that was open.
    pub(super) trace: Option<Rc<OpenTrace>>,
    /// Whether a trace was open that is no longer in memory.
    pub(super) forgotten: bool,
    /// The inputs of the scene as it was loaded.
    pub(super) loaded: Rc<ScenarioInput>,
}

impl Place {
    /// Drops the trace that was open.
    pub(super) fn forget_trace(&mut self) {
        self.forgotten |= self.trace.take().is_some();
    }
}

/// What kind of change it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeKind {
    /// Inputs were edited.
    Edit,
    /// Another scenario was loaded.
    Load,
    /// A command was given to the worlds at the playhead.
    Command,
    /// A client was moved.
    Move,
    /// The session went to another run.
    Switch,
}

/// A change that can be undone or redone.
pub(super) struct Change {
    pub(super) kind: ChangeKind,
    pub(super) before: Place,
    pub(super) after: Place,
    /// The inputs that an edit changed.
    differences: Vec<Difference>,
}

/// All changes; those that have been undone come last.
#[derive(Default)]
pub(super) struct History {
    changes: Vec<Change>,
    /// How many of them are done.
    done: usize,
}

impl History {
    /// Notes a change, after which what had been undone can't be redone.
    pub(super) fn note(&mut self, kind: ChangeKind, before: Place, after: Place) {
        self.changes.truncate(self.done);
        let differences = match kind {
            ChangeKind::Edit => differences(&before.input, &after.input),
            _ => Vec::new(),
        };
        self.changes.push(Change {
            kind,
            before,
            after,
            differences,
        });
        let mut requests = 0;
        let fits = |change: &&Change| {
            requests += requests_of(&change.before.input);
            requests <= REQUESTS_MAX
        };
        let newest = self.changes.iter().rev().take(CHANGES_MAX);
        // The newest one can always be undone.
        let kept = newest.take_while(fits).count().max(1);
        self.changes.drain(..self.changes.len() - kept);
        self.done = self.changes.len();
    }

    /// Forgets the traces that were open: only one whole file at a time is kept in memory.
    pub(super) fn forget_traces(&mut self) {
        for change in &mut self.changes {
            change.before.forget_trace();
            change.after.forget_trace();
        }
    }

    /// The change to undo.
    pub(super) fn last_done(&mut self) -> Option<&mut Change> {
        self.changes.get_mut(self.done.checked_sub(1)?)
    }

    /// The change to redo.
    pub(super) fn last_undone(&mut self) -> Option<&mut Change> {
        self.changes.get_mut(self.done)
    }

    /// Notes that the last change was undone or redone.
    pub(super) fn moved(&mut self, redone: bool) {
        self.done = if redone { self.done + 1 } else { self.done - 1 };
    }

    /// The name of the change that can be undone or redone.
    pub(super) fn name(&self, redo: bool) -> Option<String> {
        let place = if redo {
            self.done
        } else {
            self.done.checked_sub(1)?
        };
        let change = self.changes.get(place)?;
        Some(match change.kind {
            ChangeKind::Edit => match change.differences.first() {
                Some(first) => name(first),
                None => "an edit".to_owned(),
            },
            ChangeKind::Load => format!("“{}”", change.after.input.title),
            ChangeKind::Command => change.command(),
            ChangeKind::Move => "a move".to_owned(),
            ChangeKind::Switch => "going to another run".to_owned(),
        })
    }
}

/// How many scripted requests a scenario has: nearly all of its memory.
fn requests_of(input: &ScenarioInput) -> usize {
    match &input.workload {
        WorkloadInput::Script(script) => script.len() + input.warm.len(),
        WorkloadInput::Generated(_) => input.warm.len(),
    }
}

impl Change {
    /// What a command did, for the middle of a sentence. A run that a command makes has it as its last one.
    fn command(&self) -> String {
        match self.after.input.commands.last() {
            Some(given) => command_name(&given.command),
            None => "a command".to_owned(),
        }
    }

    /// What has been undone or redone, for the person who did it.
    pub(super) fn sentence(&self, redone: bool) -> String {
        let (done, place) = if redone {
            ("Redone", &self.after)
        } else {
            ("Undone", &self.before)
        };
        let now = &place.input;
        match self.kind {
            ChangeKind::Load => {
                let more = match place.trace {
                    None if place.forgotten => " For its curves, open the file again.",
                    _ => "",
                };
                format!("{done}: “{}” is back.{more}", now.title)
            }
            ChangeKind::Command => format!("{done}: {}.", self.command()),
            ChangeKind::Move => {
                let moves = now.schedule.as_ref().map_or(0, Vec::len);
                let plural = if moves == 1 { "move has" } else { "moves have" };
                format!("{done}: {moves} {plural} been made.")
            }
            ChangeKind::Switch => format!("{done}: showing the other run."),
            ChangeKind::Edit => {
                let all = &self.differences;
                let Some(first) = all.first() else {
                    return format!("{done}.");
                };
                let value = if redone { &first.after } else { &first.before };
                let back = if redone { "is again" } else { "back to" };
                let more = match all.len() {
                    1 => String::new(),
                    2 => ", and one more input with it".to_owned(),
                    more => format!(", and {} more inputs with it", more - 1),
                };
                format!("{done}: {} {back} {value}{more}.", name(first))
            }
        }
    }
}

/// What a command does, for the middle of a sentence: `read user:7 by hand in lane A`.
fn command_name(command: &ByHand) -> String {
    let what = match command {
        ByHand::Fault(command) => in_sentence(fault_words(command.fault).title),
        ByHand::Console(command) => format!("{} by hand", command.console),
        ByHand::Request(command) => {
            let verb = match command.request.op {
                Operation::Read => "read",
                Operation::Write => "write",
            };
            format!("{verb} {} by hand", command.request.key)
        }
        ByHand::Expire(command) => format!("let {} expire", command.expire),
    };
    match command.lane() {
        Some(lane) => format!("{what} in lane {}", letter(lane as usize - 1)),
        None => what,
    }
}

/// What an input is called in the middle of a sentence: `capacity of lane A`.
fn name(of: &Difference) -> String {
    let label = in_sentence(of.field.label);
    let letters: Vec<String> = of
        .lanes
        .iter()
        .map(|&lane| letter(lane).to_string())
        .collect();
    match letters.as_slice() {
        [] => label,
        [one] => format!("{label} of lane {one}"),
        several => format!("{label} of lanes {}", several.join(", ")),
    }
}

/// A label that does not begin a sentence: `Capacity` becomes `capacity`, `XFetch` stays.
fn in_sentence(label: &str) -> String {
    let mut chars = label.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    match chars.clone().next() {
        Some(second) if second.is_lowercase() => {
            first.to_ascii_lowercase().to_string() + chars.as_str()
        }
        _ => label.to_owned(),
    }
}
