//! What one page holds: the player, the open trace, and who listens for changes. The page's
//! controls and its JavaScript API both act on this one session, so they can't disagree.

pub mod acts;
pub mod console;
mod edit;
mod faults;
mod open_trace;
mod optimum;
mod query;
pub mod race;
mod traffic;
mod undo;

pub use edit::{Edit, Set};
pub use open_trace::{LabOrders, OpenTrace};
pub use optimum::best_hit_per_mille;
pub use query::{Controls, Query, Resize};
pub use undo::ChangeKind;

use scenario::{Invalid, Scenario, ScenarioInput, opening};
use sim::{ByHand, Reply};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use timeline::{Command, Fork, Frame, Player, Playing, Repeat, Run};
use undo::{History, Place};

/// A handle to the page's session; clones are handles to the same one.
#[derive(Clone)]
pub struct Session {
    inner: Rc<Inner>,
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

struct Inner {
    player: RefCell<Player>,
    trace: RefCell<Option<Rc<OpenTrace>>>,
    snapshot: RefCell<Snapshot>,
    /// The inputs of the scene as it was loaded.
    loaded: RefCell<Rc<ScenarioInput>>,
    history: RefCell<History>,
    listeners: RefCell<Vec<(u32, Listener)>>,
    next_listener: Cell<u32>,
    /// Whether another page shows this one, and its host says what is loaded.
    embedded: Cell<bool>,
}

type Listener = Rc<dyn Fn(&Snapshot)>;

/// Everything to be shown at a moment. Cheap to clone; parts that did not change stay the same
/// allocation.
#[derive(Clone)]
pub struct Snapshot {
    /// The run.
    pub run: Rc<Run>,
    /// What can be seen at the playhead.
    pub frame: Rc<Frame>,
    /// How the run is being played; `None` while paused.
    pub playing: Option<Playing>,
    /// The loop, which may be switched off.
    pub repeat: Option<Repeat>,
    /// The trace that is open, if any.
    pub trace: Option<Rc<OpenTrace>>,
}

impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.run, &other.run)
            && Rc::ptr_eq(&self.frame, &other.frame)
            && self.playing == other.playing
            && self.repeat == other.repeat
            && self.trace == other.trace
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// A session that stands before the first step of the opening scene.
    pub fn new() -> Self {
        let scenario = Scenario::new(opening()).expect("the opening scene is valid");
        let loaded = scenario.input.clone();
        let player = Player::new(scenario);
        let snapshot = snapshot_of(&player, None);
        Session {
            inner: Rc::new(Inner {
                player: RefCell::new(player),
                trace: RefCell::new(None),
                snapshot: RefCell::new(snapshot),
                loaded: RefCell::new(loaded),
                history: RefCell::default(),
                listeners: RefCell::default(),
                next_listener: Cell::new(0),
                embedded: Cell::new(false),
            }),
        }
    }

    /// What is to be shown now.
    pub fn snapshot(&self) -> Snapshot {
        self.inner.snapshot.borrow().clone()
    }

    /// The canonical hash of all lanes at the playhead.
    pub fn state_hash(&self) -> u64 {
        self.inner.player.borrow().moment().state_hash()
    }

    /// Replaces the run by that of another scenario, and stands before its first step.
    pub fn load(&self, scenario: Scenario) {
        let before = self.place();
        *self.inner.trace.borrow_mut() = None;
        *self.inner.loaded.borrow_mut() = scenario.input.clone();
        *self.inner.player.borrow_mut() = Player::new(scenario);
        self.note(ChangeKind::Load, before);
        self.changed();
    }

    /// Makes what is there now the beginning: nothing before it can be undone.
    pub fn begin_here(&self) {
        self.inner.history.take();
        self.changed();
    }

    /// Marks the page as part of another one.
    pub fn set_embedded(&self) {
        self.inner.embedded.set(true);
    }

    /// In another page, makes what its host has loaded the beginning.
    pub fn begin_if_embedded(&self) {
        if self.inner.embedded.get() {
            self.begin_here();
        }
    }

    /// Whether the scenario is no longer the one that was loaded. A plan changes nothing in it.
    pub fn is_changed(&self) -> bool {
        let now = self.snapshot().run.scenario().input.clone();
        !now.runs_like(&self.inner.loaded.borrow())
    }

    /// Brings the scenario back as it was loaded, and stands before its first step. A trace stays open.
    pub fn start_over(&self) {
        let before = self.place();
        let scenario = Scenario::again(&before.loaded).expect("what was loaded is valid");
        self.count_in(&scenario.input);
        *self.inner.player.borrow_mut() = Player::new(scenario);
        self.note(ChangeKind::Load, before);
        self.changed();
    }

    /// Changes one thing of the scenario and keeps the place in time.
    ///
    /// # Errors
    /// If the changed scenario is not valid; nothing changes then.
    pub fn edit(&self, edit: &Edit) -> Result<(), Invalid> {
        let before = self.place();
        let run = self.snapshot().run;
        let scenario = run.edited(edit.apply(run.scenario())?)?;
        if scenario.input == before.input {
            return Ok(());
        }
        if !scenario.input.runs_like(&before.input) {
            self.count_in(&scenario.input);
        }
        let edited = self.inner.player.borrow().with_edited(scenario);
        *self.inner.player.borrow_mut() = edited;
        self.note(ChangeKind::Edit, before);
        self.changed();
        Ok(())
    }

    fn place(&self) -> Place {
        let player = self.inner.player.borrow();
        Place {
            input: player.run().scenario().input.clone(),
            step: player.step(),
            trace: self.inner.trace.borrow().clone(),
            forgotten: false,
            loaded: self.inner.loaded.borrow().clone(),
        }
    }

    /// Notes a change since a place.
    fn note(&self, kind: ChangeKind, before: Place) {
        let after = self.place();
        if !Rc::ptr_eq(&before.input, &after.input) {
            self.inner.history.borrow_mut().note(kind, before, after);
        }
    }

    /// The name of the change that undo or redo applies to, for the middle of a sentence; `None` if there
    /// is none.
    pub fn undoable(&self, redo: bool) -> Option<String> {
        self.inner.history.borrow().name(redo)
    }

    /// Undoes the last change of the scenario, or redoes the one that was undone last. The playhead goes to
    /// where that change was made or left, unless it has been moved since: then it keeps its place in time.
    /// Returns a sentence that says what is different; `None` if there was nothing to do.
    pub fn undo(&self, redo: bool) -> Option<String> {
        let here = self.place();
        let mut history = self.inner.history.borrow_mut();
        let change = if redo {
            history.last_undone()
        } else {
            history.last_done()
        };
        let change = change?;
        let sentence = change.sentence(redo);
        let loaded = change.kind == ChangeKind::Load;
        let (from, to) = if redo {
            (&mut change.before, &mut change.after)
        } else {
            (&mut change.after, &mut change.before)
        };
        let step = (loaded || from.step == here.step).then_some(to.step);
        let mut player = self.inner.player.borrow_mut();
        let returned = player.return_to(&to.input, step);
        returned.expect("what a scenario was, it can be again");
        // The way back leads to where this was asked for.
        from.step = here.step;
        from.trace = here.trace.clone();
        to.step = player.step();
        *self.inner.loaded.borrow_mut() = to.loaded.clone();
        let trace = to.trace.as_ref();
        let trace = trace.map(|trace| trace.again(here.trace.as_ref(), &to.input));
        *self.inner.trace.borrow_mut() = trace;
        history.moved(redo);
        drop((history, player));
        self.changed();
        Some(sentence)
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// If the command's values are out of range; nothing changes then.
    pub fn command(&self, command: Command) -> Result<(), Invalid> {
        let kind = match command {
            Command::Fault(_) => Some(ChangeKind::Command),
            Command::Move { .. } => Some(ChangeKind::Move),
            _ => None,
        };
        let before = kind.map(|_| self.place());
        self.inner.player.borrow_mut().command(command)?;
        if let (Some(kind), Some(before)) = (kind, before) {
            self.note(kind, before);
        }
        self.changed();
        Ok(())
    }

    /// Does something to the worlds by hand at the playhead: from there on there is another run.
    ///
    /// # Errors
    /// If it does not fit the scenario; nothing changes then.
    pub fn act(&self, command: ByHand) -> Result<(), Invalid> {
        let before = self.place();
        self.inner.player.borrow_mut().by_hand(command)?;
        self.note(ChangeKind::Command, before);
        self.changed();
        Ok(())
    }

    /// Has the cache of a lane, from 0, execute a line of the console at the playhead, and returns the reply.
    /// A line that changes something begins another run.
    ///
    /// # Errors
    /// If there is no such lane, or the line is too long to be one; nothing changes then.
    pub fn console(&self, lane: usize, line: &str) -> Result<Reply, Invalid> {
        let before = self.place();
        let run = self.snapshot().run;
        let reply = self.inner.player.borrow_mut().console(lane, line)?;
        if *self.inner.player.borrow().run() != run {
            self.note(ChangeKind::Command, before);
            self.changed();
        }
        Ok(reply)
    }

    /// Simulates at least this many events more of the present run. Returns whether its end is reached; only
    /// then listeners are called.
    pub fn simulate(&self, events: u32) -> bool {
        let run = self.snapshot().run;
        if run.is_finished() {
            return true;
        }
        let finished = run.advance(events);
        if finished {
            self.changed();
        }
        finished
    }

    /// All runs, the present one among them, the oldest first.
    pub fn forks(&self) -> Vec<Fork> {
        self.inner.player.borrow().forks().to_vec()
    }

    /// The present run, and where it branched off.
    pub fn fork(&self) -> Fork {
        self.inner.player.borrow().fork().clone()
    }

    /// Goes to another run, and keeps the place in time.
    ///
    /// # Errors
    /// If there is no such run; nothing changes then.
    pub fn switch_to(&self, id: u32) -> Result<(), Invalid> {
        let before = self.place();
        self.inner.player.borrow_mut().switch_to(id)?;
        self.note(ChangeKind::Switch, before);
        self.changed();
        Ok(())
    }

    /// Goes on by one step while playing, and by as many more as fit into the time to spare, in
    /// milliseconds: at high speeds several steps pass between two pictures.
    pub fn play_on(&self, mut spare_ms: f64) {
        let mut player = self.inner.player.borrow_mut();
        player.play_on();
        while let Some(playing) = player.playing() {
            let step_ms = playing.beat.whole_ms();
            if step_ms > spare_ms {
                break;
            }
            spare_ms -= step_ms;
            player.play_on();
        }
        drop(player);
        self.changed();
    }

    /// Calls `listener` after every change, until the subscription is dropped.
    pub fn subscribe(&self, listener: impl Fn(&Snapshot) + 'static) -> Subscription {
        let id = self.inner.next_listener.get();
        self.inner.next_listener.set(id + 1);
        let mut listeners = self.inner.listeners.borrow_mut();
        listeners.push((id, Rc::new(listener)));
        Subscription {
            session: self.clone(),
            id,
        }
    }

    fn changed(&self) {
        let snapshot = snapshot_of(
            &self.inner.player.borrow(),
            self.inner.trace.borrow().clone(),
        );
        *self.inner.snapshot.borrow_mut() = snapshot;
        self.tell();
    }

    fn tell(&self) {
        // A listener may act on the session: nothing is borrowed while they are called.
        let listeners = self.inner.listeners.borrow().clone();
        for (_, listener) in listeners {
            // An earlier listener may have changed the snapshot.
            listener(&self.snapshot());
        }
    }
}

/// Ends a subscription when dropped.
pub struct Subscription {
    session: Session,
    id: u32,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut listeners = self.session.inner.listeners.borrow_mut();
        listeners.retain(|(id, _)| *id != self.id);
    }
}

fn snapshot_of(player: &Player, trace: Option<Rc<OpenTrace>>) -> Snapshot {
    Snapshot {
        run: player.run().clone(),
        frame: Rc::new(player.frame()),
        playing: player.playing(),
        repeat: player.repeat(),
        trace,
    }
}
