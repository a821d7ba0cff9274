//! What one page holds: the player, the open trace, and who wants to hear of changes. The page's
//! controls and its JavaScript API both act on this one session, so they can't disagree.

mod edit;

pub use edit::Edit;

use crate::scenario::{Invalid, Scenario, opening};
use crate::timeline::{Command, Frame, Narration, Player, Run, narrate};
use crate::trace::{Replay, Trace, replay};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

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
    scene: RefCell<Scene>,
    listeners: RefCell<Vec<(u32, Listener)>>,
    next_listener: Cell<u32>,
}

type Listener = Rc<dyn Fn(&Scene)>;

/// Everything to be shown at this moment. Cheap to clone; parts that did not change stay the same
/// allocation.
#[derive(Clone)]
pub struct Scene {
    /// The run.
    pub run: Rc<Run>,
    /// What can be seen at the playhead.
    pub frame: Rc<Frame>,
    /// What has just happened, in words.
    pub narration: Rc<Vec<Narration>>,
    /// Simulated over real time while playing.
    pub speed: Option<f64>,
    /// How long the next step takes while playing, in milliseconds.
    pub wait_ms: f64,
    /// The trace that is open, if any.
    pub trace: Option<Rc<OpenTrace>>,
}

impl PartialEq for Scene {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.run, &other.run)
            && Rc::ptr_eq(&self.frame, &other.frame)
            && self.speed == other.speed
            && self.wait_ms == other.wait_ms
    }
}

/// A trace and what the whole of it comes to in each lane.
pub struct OpenTrace {
    /// The trace.
    pub trace: Rc<Trace>,
    /// For each lane.
    pub replays: Vec<Replay>,
}

/// Equal to itself only: comparing two is asking whether one has been replaced.
impl PartialEq for OpenTrace {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for OpenTrace {}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// A session that stands before the first step of the opening scene.
    pub fn new() -> Self {
        let scenario = Scenario::new(opening()).expect("the opening scene is valid");
        let player = Player::new(scenario);
        let scene = scene_of(&player, None);
        Session {
            inner: Rc::new(Inner {
                player: RefCell::new(player),
                trace: RefCell::new(None),
                scene: RefCell::new(scene),
                listeners: RefCell::default(),
                next_listener: Cell::new(0),
            }),
        }
    }

    /// What is to be shown now.
    pub fn scene(&self) -> Scene {
        self.inner.scene.borrow().clone()
    }

    /// The canonical hash of all lanes at the playhead.
    pub fn state_hash(&self) -> u64 {
        self.inner.player.borrow().moment().state_hash()
    }

    /// Replaces the run by that of another scenario, and stands before its first step.
    pub fn load(&self, scenario: Scenario) {
        *self.inner.trace.borrow_mut() = None;
        *self.inner.player.borrow_mut() = Player::new(scenario);
        self.changed();
    }

    /// Opens a trace: its beginning becomes the run, and the whole of it is counted.
    ///
    /// # Errors
    /// If no scenario can be made of it; nothing changes then.
    pub fn open_trace(&self, trace: Trace) -> Result<(), Invalid> {
        let seed = self.scene().run.scenario().input.seed.clone();
        let scenario = Scenario::new(trace.scenario(trace.lanes(), seed))?;
        let open = OpenTrace::new(Rc::new(trace), &scenario);
        *self.inner.trace.borrow_mut() = Some(Rc::new(open));
        *self.inner.player.borrow_mut() = Player::new(scenario);
        self.changed();
        Ok(())
    }

    /// Changes one thing of the scenario and keeps the place in time.
    ///
    /// # Errors
    /// If the changed scenario is not valid; nothing changes then.
    pub fn edit(&self, edit: &Edit) -> Result<(), Invalid> {
        let input = self.scene().run.scenario().input.clone();
        let scenario = Scenario::new(edit.apply(&input))?;
        let open = self.inner.trace.borrow().clone();
        if let Some(open) = open {
            let open = OpenTrace::new(open.trace.clone(), &scenario);
            *self.inner.trace.borrow_mut() = Some(Rc::new(open));
        }
        let edited = self.inner.player.borrow().with_edited(scenario);
        *self.inner.player.borrow_mut() = edited;
        self.changed();
        Ok(())
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// If the command's values are out of range; nothing changes then.
    pub fn command(&self, command: Command) -> Result<(), Invalid> {
        self.inner.player.borrow_mut().command(command)?;
        self.changed();
        Ok(())
    }

    /// Goes on by one step while playing, and by as many more as fit into the time to spare, in
    /// milliseconds: at high speeds several steps pass between two pictures.
    pub fn play_on(&self, mut spare_ms: f64) {
        let mut player = self.inner.player.borrow_mut();
        player.play_on();
        while let Some(speed) = player.speed() {
            let wait_ms = player.wait_ms(speed);
            if wait_ms > spare_ms {
                break;
            }
            spare_ms -= wait_ms;
            player.play_on();
        }
        drop(player);
        self.changed();
    }

    /// Calls `listener` after every change, until the subscription is dropped.
    pub fn subscribe(&self, listener: impl Fn(&Scene) + 'static) -> Subscription {
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
        let scene = scene_of(
            &self.inner.player.borrow(),
            self.inner.trace.borrow().clone(),
        );
        *self.inner.scene.borrow_mut() = scene;
        // A listener may act on the session: nothing is borrowed while they are called.
        let listeners = self.inner.listeners.borrow().clone();
        for (_, listener) in listeners {
            // What an earlier one changed is what the later ones hear of.
            listener(&self.scene());
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

impl OpenTrace {
    fn new(trace: Rc<Trace>, scenario: &Scenario) -> Self {
        let replays = scenario.lanes.iter().map(|lane| replay(&trace, lane));
        OpenTrace {
            replays: replays.collect(),
            trace,
        }
    }
}

fn scene_of(player: &Player, trace: Option<Rc<OpenTrace>>) -> Scene {
    Scene {
        run: player.run().clone(),
        frame: Rc::new(player.frame()),
        narration: Rc::new(narrate(player.run(), player.step())),
        speed: player.speed(),
        wait_ms: player.speed().map_or(0.0, |speed| player.wait_ms(speed)),
        trace,
    }
}
