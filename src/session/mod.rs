//! What one page holds: the player, the open trace, and who wants to hear of changes. The page's
//! controls and its JavaScript API both act on this one session, so they can't disagree.

mod edit;
mod lab;
mod reading;

pub use edit::Edit;
pub use lab::{Lab, MissPoint, TraceOpened, TraceSummary};

use crate::cache::{CAPACITY_MAX, PolicyKind};
use crate::scenario::{Invalid, Scenario, ScenarioInput, WorkloadInput, opening};
use crate::timeline::{Command, Fork, Frame, Narration, Player, Run, narrate};
use crate::trace::Replay;
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
            && self.trace == other.trace
    }
}

/// A trace and what the whole of it comes to in each lane.
pub struct OpenTrace {
    /// The trace in short.
    pub summary: Rc<TraceSummary>,
    /// For each lane; `None` while they are counted.
    pub replays: Option<Vec<Replay>>,
    /// What every policy misses at some capacities, once somebody has asked.
    pub comparison: Comparison,
    /// Counts them.
    counter: Rc<dyn CountLanes>,
    /// Which count this is: the answer to an earlier one is of no use any more.
    count: u32,
}

/// Whoever holds a whole trace and can tell what it comes to in other lanes.
pub trait CountLanes {
    /// Replays the trace through the lanes of `scenario`; the answer goes to [`Session::counted`] with
    /// this number.
    fn count_lanes(&self, count: u32, scenario: &ScenarioInput);

    /// Finds what these policies miss at these capacities; the answer goes to [`Session::compared`].
    fn compare(&self, policies: Vec<String>, capacities: &[u32]);
}

/// What is known of all policies' misses of a trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Comparison {
    /// Nothing: nobody has asked.
    Unasked,
    /// Nothing yet.
    Asked,
    /// This, policy after policy.
    Found(Rc<[MissPoint]>),
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

    /// Opens a trace that has been read: its beginning becomes the run.
    ///
    /// # Errors
    /// If the scenario is not valid; nothing changes then.
    pub fn open_trace(
        &self,
        opened: TraceOpened,
        counter: Rc<dyn CountLanes>,
    ) -> Result<(), Invalid> {
        let scenario = Scenario::new(opened.scenario)?;
        *self.inner.trace.borrow_mut() = Some(Rc::new(OpenTrace {
            summary: Rc::new(opened.summary),
            replays: Some(opened.replays),
            comparison: Comparison::Unasked,
            counter,
            count: 0,
        }));
        *self.inner.player.borrow_mut() = Player::new(scenario);
        self.changed();
        Ok(())
    }

    /// What the open trace comes to in the lanes of the scenario in force. Nothing happens if `count`
    /// is not the latest count, or another trace has been opened.
    pub fn counted(&self, count: u32, replays: Vec<Replay>) {
        let open = self.inner.trace.borrow().clone();
        let Some(open) = open.filter(|open| open.count == count) else {
            return;
        };
        self.replace_trace(OpenTrace {
            summary: open.summary.clone(),
            replays: Some(replays),
            comparison: open.comparison.clone(),
            counter: open.counter.clone(),
            count,
        });
    }

    /// Has the misses of every policy found for the open trace, and Bélády's, which none can be below
    /// that stores what it misses: at a quarter of the first lane's capacity, half of it, and so on up
    /// to four times as much.
    pub fn compare(&self) {
        let open = self.inner.trace.borrow().clone();
        let Some(open) = open.filter(|open| open.comparison != Comparison::Asked) else {
            return;
        };
        let capacity = self.scene().frame.lanes[0].cache.capacity.max(1);
        let capacities = [4, 2, 1].map(|part| (capacity / part).max(1));
        let more = [2, 4].map(|times| capacity.saturating_mul(times).min(CAPACITY_MAX));
        let mut capacities: Vec<u32> = capacities.into_iter().chain(more).collect();
        capacities.dedup();
        let names = PolicyKind::ALL.iter().map(|policy| policy.name());
        let names = ["belady"].into_iter().chain(names).map(str::to_owned);
        open.counter.compare(names.collect(), &capacities);
        self.replace_comparison(Comparison::Asked);
    }

    /// The answer to [`compare`](Self::compare).
    pub fn compared(&self, points: Vec<MissPoint>) {
        self.replace_comparison(Comparison::Found(points.into()));
    }

    fn replace_comparison(&self, comparison: Comparison) {
        let open = self.inner.trace.borrow().clone();
        if let Some(open) = open {
            self.replace_trace(OpenTrace {
                summary: open.summary.clone(),
                replays: open.replays.clone(),
                comparison,
                counter: open.counter.clone(),
                count: open.count,
            });
        }
    }

    fn replace_trace(&self, open: OpenTrace) {
        let open = Rc::new(open);
        *self.inner.trace.borrow_mut() = Some(open.clone());
        self.inner.scene.borrow_mut().trace = Some(open);
        self.tell();
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
            let open = open.in_other_lanes(&scenario.input);
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

    /// Simulates at least so many events more of the present run, without telling anybody before its
    /// end. Gives whether the end is reached.
    ///
    /// What can be seen depends on it in nothing but how far one sees.
    pub fn simulate(&self, events: u32) -> bool {
        let run = self.scene().run;
        if run.is_finished() {
            return true;
        }
        let finished = run.advance(events);
        if finished {
            self.changed();
        }
        finished
    }

    /// The runs that one can go to, the present one among them, in the order in which they came to be.
    pub fn forks(&self) -> Vec<Fork> {
        self.inner.player.borrow().forks().to_vec()
    }

    /// The present run and where it comes from.
    pub fn fork(&self) -> Fork {
        self.inner.player.borrow().fork().clone()
    }

    /// Goes to another of them, and keeps the place in time.
    ///
    /// # Errors
    /// If there is no such run; nothing changes then.
    pub fn switch_to(&self, id: u32) -> Result<(), Invalid> {
        self.inner.player.borrow_mut().switch_to(id)?;
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
        self.tell();
    }

    fn tell(&self) {
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
    /// The same trace, to be counted for the lanes of another scenario.
    fn in_other_lanes(&self, input: &ScenarioInput) -> Self {
        let count = self.count + 1;
        let mut lanes = input.clone();
        // The whole trace is replayed, whatever the stage steps through: one request is enough.
        if let WorkloadInput::Script(script) = &mut lanes.workload {
            script.truncate(1);
        }
        self.counter.count_lanes(count, &lanes);
        OpenTrace {
            summary: self.summary.clone(),
            replays: None,
            // The count takes the comparison's place in the lab if that is not done yet.
            comparison: match &self.comparison {
                Comparison::Found(points) => Comparison::Found(points.clone()),
                _ => Comparison::Unasked,
            },
            counter: self.counter.clone(),
            count,
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
