//! The trace that is open: what the whole of it comes to in each lane, and its miss-ratio curves.

use super::{ChangeKind, Session};
use cache::CAPACITY_MAX;
use scenario::{Invalid, Scenario, ScenarioInput, WorkloadInput};
use std::rc::Rc;
use timeline::Player;
use trace::Replay;
use worker::{CurvesFound, TraceOpened, TraceSummary};

/// A trace and what the whole of it comes to in each lane.
pub struct OpenTrace {
    /// The trace in short.
    pub summary: Rc<TraceSummary>,
    /// For each lane; `None` while they are counted.
    pub replays: Option<Vec<Replay>>,
    /// What is known of its miss-ratio curves, once somebody has asked.
    pub curves: Option<Rc<CurvesFound>>,
    /// Whether they are still being found.
    pub finding: bool,
    /// What was known of them before more capacities were asked for, which are found alone.
    finer_than: Option<Rc<CurvesFound>>,
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

    /// Finds what these policies miss at these capacities; what is known by and by goes to
    /// [`Session::curves_found`].
    fn find_curves(&self, policies: Vec<String>, capacities: &[u32]);

    /// Finds no more of them.
    fn stop_curves(&self);
}

/// Equal to itself only: comparing two is asking whether one has been replaced.
impl PartialEq for OpenTrace {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for OpenTrace {}

impl Session {
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
        let mut before = self.place();
        // One whole file at a time is enough to keep in memory.
        self.inner.history.borrow_mut().forget_traces();
        before.forget_trace();
        *self.inner.loaded.borrow_mut() = scenario.input.clone();
        *self.inner.trace.borrow_mut() = Some(Rc::new(OpenTrace {
            summary: Rc::new(opened.summary),
            replays: Some(opened.replays),
            curves: None,
            finding: false,
            finer_than: None,
            counter,
            count: 0,
        }));
        *self.inner.player.borrow_mut() = Player::new(scenario);
        self.note(ChangeKind::Load, before);
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
            curves: open.curves.clone(),
            finding: open.finding,
            finer_than: open.finer_than.clone(),
            counter: open.counter.clone(),
            count,
        });
    }

    /// Has the miss-ratio curves of these policies found for the open trace, "belady" among them or not,
    /// at some twenty capacities: in even ratios up to the number of keys, and the lanes' own.
    pub fn find_curves(&self, policies: Vec<String>) {
        let open = self.inner.trace.borrow().clone();
        let Some(open) = open else { return };
        let lanes = &self.scene().frame.lanes;
        let own = lanes.iter().map(|lane| lane.cache.capacity);
        let capacities = capacities(open.summary.keys, own);
        open.counter.find_curves(policies, &capacities);
        self.replace_curves(None, true, None);
    }

    /// Has the curves that are known found at more capacities: those in the middle between two at which
    /// they are. What is known stays, and is not counted again.
    pub fn refine_curves(&self) {
        let open = self.inner.trace.borrow().clone();
        let Some((open, known)) = open.and_then(|open| Some((open.clone(), open.curves.clone()?)))
        else {
            return;
        };
        let between = known.between();
        if !between.is_empty() && !open.finding {
            open.counter.find_curves(known.policies(), &between);
            let shown = CurvesFound {
                per_mille: 0,
                ..CurvesFound::clone(&known)
            };
            self.replace_curves(Some(Rc::new(shown)), true, Some(known));
        }
    }

    /// What is known of them by now.
    pub fn curves_found(&self, found: CurvesFound) {
        let finding = found.per_mille < 1_000;
        let open = self.inner.trace.borrow().clone();
        let before = open.and_then(|open| open.finer_than.clone());
        let found = match &before {
            Some(before) => before.with(found),
            None => found,
        };
        self.replace_curves(Some(Rc::new(found)), finding, before.filter(|_| finding));
    }

    /// Finds no more of them. What is known stays.
    pub fn stop_curves(&self) {
        let open = self.inner.trace.borrow().clone();
        if let Some(open) = open {
            open.counter.stop_curves();
            self.replace_curves(open.curves.clone(), false, None);
        }
    }

    fn replace_curves(
        &self,
        curves: Option<Rc<CurvesFound>>,
        finding: bool,
        finer_than: Option<Rc<CurvesFound>>,
    ) {
        let open = self.inner.trace.borrow().clone();
        if let Some(open) = open {
            self.replace_trace(OpenTrace {
                summary: open.summary.clone(),
                replays: open.replays.clone(),
                curves,
                finding,
                finer_than,
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

    /// Has the open trace, if there is one, counted for the lanes of other inputs.
    pub(super) fn count_in(&self, input: &ScenarioInput) {
        let open = self.inner.trace.borrow().clone();
        if let Some(open) = open {
            *self.inner.trace.borrow_mut() = Some(Rc::new(open.in_other_lanes(input)));
        }
    }
}

impl OpenTrace {
    /// The same trace as it was with these inputs, after what has come of it since: answers to what was
    /// asked meanwhile are of no use any more.
    pub(super) fn again(
        self: &Rc<Self>,
        since: Option<&Rc<Self>>,
        input: &ScenarioInput,
    ) -> Rc<Self> {
        let since = since.filter(|since| Rc::ptr_eq(&since.summary, &self.summary));
        let since = since.unwrap_or(self);
        if self.replays.is_none() {
            return Rc::new(since.in_other_lanes(input));
        }
        Rc::new(OpenTrace {
            summary: self.summary.clone(),
            replays: self.replays.clone(),
            curves: since.curves.clone(),
            finding: since.finding,
            finer_than: since.finer_than.clone(),
            counter: self.counter.clone(),
            count: since.count + 1,
        })
    }

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
            curves: self.curves.clone(),
            finding: self.finding,
            finer_than: self.finer_than.clone(),
            counter: self.counter.clone(),
            count,
        }
    }
}

/// The capacities at which curves are found: 1, 2, 3, 4, 6, 8, 12 and so on, the number of keys,
/// and those given.
fn capacities(keys: u32, own: impl Iterator<Item = u32>) -> Vec<u32> {
    let most = keys.clamp(1, CAPACITY_MAX);
    let doubled = (0..u32::BITS).map(|power| 1_u32 << power);
    let between = (1..u32::BITS - 1).map(|power| 3_u32 << (power - 1));
    let mut capacities: Vec<u32> = doubled.chain(between).chain(own).chain([most]).collect();
    capacities.retain(|capacity| (1..=most).contains(capacity));
    capacities.sort_unstable();
    capacities.dedup();
    capacities
}
