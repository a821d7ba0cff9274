//! The trace that is open: the counts of the whole file for each lane, and its miss-ratio curves.

use super::{ChangeKind, Session};
use cache::CAPACITY_MAX;
use scenario::{Invalid, Scenario, ScenarioInput, WorkloadInput};
use std::rc::Rc;
use timeline::Player;
use trace::Replay;
use worker::{CurvesFound, Order, TraceOpened, TraceSummary};

/// A trace with the counts of the whole file.
#[derive(Clone)]
pub struct OpenTrace {
    /// The trace without its requests.
    pub summary: Rc<TraceSummary>,
    /// The counts for each lane; `None` while they are being counted.
    pub replays: Option<Vec<Replay>>,
    /// Its miss-ratio curves, as far as they are known.
    pub curves: Option<Rc<CurvesFound>>,
    /// Whether curves are being found.
    pub finding: bool,
    /// The curves that were known before more capacities were asked for.
    finer_than: Option<Rc<CurvesFound>>,
    lab: Rc<dyn LabOrders>,
    /// The number of the latest count: answers to earlier ones are ignored.
    count: u32,
}

/// The lab that holds the whole trace. Its answers go to [`Session::counted`] and
/// [`Session::curves_found`].
pub trait LabOrders {
    /// Sends an order.
    fn order(&self, order: Order);
}

/// Equal to itself only, so that a comparison tells whether it has been replaced.
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
    pub fn open_trace(&self, opened: TraceOpened, lab: Rc<dyn LabOrders>) -> Result<(), Invalid> {
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
            lab,
            count: 0,
        }));
        *self.inner.player.borrow_mut() = Player::new(scenario);
        self.note(ChangeKind::Load, before);
        self.changed();
        Ok(())
    }

    /// Takes the open trace's counts for the lanes in force. Ignored if `count` is not the latest count.
    pub fn counted(&self, count: u32, replays: Vec<Replay>) {
        let open = self.inner.trace.borrow().clone();
        let Some(open) = open.filter(|open| open.count == count) else {
            return;
        };
        self.replace_trace(OpenTrace {
            replays: Some(replays),
            ..OpenTrace::clone(&open)
        });
    }

    /// Has the miss-ratio curves of these policies ("belady" may be one) found for the open trace, at some
    /// twenty capacities: evenly spaced on a logarithmic scale up to the number of keys, and the lanes' own.
    pub fn find_curves(&self, policies: Vec<String>) {
        let open = self.inner.trace.borrow().clone();
        let Some(open) = open else { return };
        let lanes = &self.snapshot().frame.lanes;
        let own = lanes.iter().map(|lane| lane.cache.capacity);
        let capacities = capacities(open.summary.keys, own);
        open.lab.order(Order::FindCurves {
            policies,
            capacities,
        });
        self.replace_curves(None, true, None);
    }

    /// Has the present curves found at more capacities, between those at which they are known.
    pub fn refine_curves(&self) {
        let open = self.inner.trace.borrow().clone();
        let Some((open, known)) = open.and_then(|open| Some((open.clone(), open.curves.clone()?)))
        else {
            return;
        };
        let between = known.between();
        if !between.is_empty() && !open.finding {
            open.lab.order(Order::FindCurves {
                policies: known.policies(),
                capacities: between,
            });
            let shown = CurvesFound {
                per_mille: 0,
                ..CurvesFound::clone(&known)
            };
            self.replace_curves(Some(Rc::new(shown)), true, Some(known));
        }
    }

    /// Takes the curves as far as the lab has found them.
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

    /// Stops finding curves, and keeps what is known.
    pub fn stop_curves(&self) {
        let open = self.inner.trace.borrow().clone();
        if let Some(open) = open {
            open.lab.order(Order::StopCurves);
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
                curves,
                finding,
                finer_than,
                ..OpenTrace::clone(&open)
            });
        }
    }

    fn replace_trace(&self, open: OpenTrace) {
        let open = Rc::new(open);
        *self.inner.trace.borrow_mut() = Some(open.clone());
        self.inner.snapshot.borrow_mut().trace = Some(open);
        self.tell();
    }

    /// Has the open trace, if there is one, counted for the lanes of these inputs.
    pub(super) fn count_in(&self, input: &ScenarioInput) {
        let open = self.inner.trace.borrow().clone();
        if let Some(open) = open {
            *self.inner.trace.borrow_mut() = Some(Rc::new(open.in_other_lanes(input)));
        }
    }
}

impl OpenTrace {
    /// This trace as it was with these inputs, with the curves that have been found since. Answers to
    /// counts asked for meanwhile are ignored.
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
            replays: self.replays.clone(),
            count: since.count + 1,
            ..OpenTrace::clone(since)
        })
    }

    /// Has the trace counted for the lanes of another scenario.
    fn in_other_lanes(&self, input: &ScenarioInput) -> Self {
        let count = self.count + 1;
        let mut lanes = input.clone();
        // The whole trace is replayed, whatever the stage steps through: one request is enough.
        if let WorkloadInput::Script(script) = &mut lanes.workload {
            script.truncate(1);
        }
        self.lab.order(Order::Count {
            number: count,
            scenario: Box::new(lanes),
        });
        OpenTrace {
            replays: None,
            count,
            ..self.clone()
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
