//! Where lanes first do different things: each of the other lanes against the first one.
//!
//! Lanes need not do the same at the same instants. So a request's events in one lane are matched with
//! its events in the other, the first with the first, the second with the second, whenever they happen;
//! what has no partner yet waits. Events differ by their kind, key, or what came of them (a version, an
//! answer), but not by how long something took: that is told apart, for lanes that do the same at
//! different speeds.
//!
//! A long run is compared a piece at a time, and only so far: its events have to be executed again.

use super::log::LoggedEvent;
use super::run::Run;
use sim::{ByHand, Event, EventKind};
use std::collections::VecDeque;
use std::mem::discriminant;

/// The most events that are compared.
const EVENTS_MAX: u32 = 400_000;
/// The most events of a pair of lanes that wait for their partners.
const WAITING_MAX: usize = 20_000;
/// How many steps after a difference the partners of earlier events are still looked for: an event without
/// a partner is an earlier difference.
const FURTHER_STEPS: u32 = 5_000;

/// A difference between the first lane and another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Divergence {
    /// The step of the later of the two events, at which it can be seen.
    pub step: u32,
    /// The request, by its number; `None` for what happens by itself.
    pub request: Option<u32>,
    /// The first lane's event and the other's; `None` for a lane that did nothing there.
    pub events: [Option<LoggedEvent>; 2],
}

/// How a pair of lanes compares, as far as is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// They do the same at the same time, up to this step; that is the last one if `over`.
    Same {
        /// The last step compared.
        step: u32,
        /// Whether that is the run's last one.
        over: bool,
    },
    /// They do the same, not at the same time: this is the first thing that does not happen in both at
    /// once.
    Timing(Divergence),
    /// They do different things.
    Differs(Divergence),
}

/// The comparison of all lanes with the first, as far as it has come.
#[derive(Clone, Debug)]
pub struct Divergences {
    pairs: Vec<Pair>,
    step: u32,
    events: u32,
    over: bool,
}

impl Divergences {
    /// The comparison before the first step of a run with this many lanes.
    pub fn new(lanes: usize) -> Self {
        let pairs = (1..lanes).map(|lane| Pair::new(lane as u8));
        Divergences {
            pairs: pairs.collect(),
            step: 0,
            events: 0,
            over: lanes < 2,
        }
    }

    /// Compares this many more events, up to the end of a step. Returns whether there is nothing more to be
    /// found.
    ///
    /// The run is simulated no further than it is known: where that ends, there is nothing more to be
    /// found for now.
    pub fn advance(&mut self, run: &Run, events: u32) -> bool {
        let enough = self.events.saturating_add(events);
        while !self.over && self.events < enough {
            if self.step == run.known_steps() {
                if !run.is_finished() {
                    return true;
                }
                self.end();
                break;
            }
            self.step += 1;
            let of_step = run.events_at(self.step);
            self.events += of_step.len() as u32;
            for logged in of_step.iter() {
                for pair in &mut self.pairs {
                    pair.hear(run, self.step, logged);
                }
            }
            for pair in &mut self.pairs {
                pair.settle(self.step);
            }
            self.over = self.events >= EVENTS_MAX || self.pairs.iter().all(|pair| pair.done);
        }
        self.over
    }

    /// How many events have been compared.
    pub fn events(&self) -> u32 {
        self.events
    }

    /// Whether there is nothing more to be found, even if the run is simulated further.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Ends the comparison at the end of the run: what has no partner never gets one.
    fn end(&mut self) {
        for pair in &mut self.pairs {
            pair.give_up_waiting();
            pair.seen_all = true;
        }
        self.over = true;
    }

    /// How a lane (from 1) compares with the first.
    ///
    /// # Panics
    /// If there is no such lane.
    pub fn of(&self, lane: usize) -> Verdict {
        let pair = &self.pairs[lane - 1];
        match (pair.found, pair.timing) {
            (Some(found), _) => Verdict::Differs(found),
            (None, Some(timing)) => Verdict::Timing(timing),
            (None, None) => Verdict::Same {
                step: self.step,
                over: pair.seen_all,
            },
        }
    }
}

/// The events of one request that one lane is ahead by.
#[derive(Clone, Debug)]
struct Waiting {
    request: Option<u32>,
    first_lane: bool,
    events: VecDeque<(u32, LoggedEvent)>,
}

/// The first lane and another.
#[derive(Clone, Debug)]
struct Pair {
    lane: u8,
    /// In order of the requests' numbers.
    waiting: Vec<Waiting>,
    waiting_count: usize,
    found: Option<Divergence>,
    timing: Option<Divergence>,
    done: bool,
    seen_all: bool,
}

impl Pair {
    fn new(lane: u8) -> Self {
        Pair {
            lane,
            waiting: Vec::new(),
            waiting_count: 0,
            found: None,
            timing: None,
            done: false,
            seen_all: false,
        }
    }

    fn hear(&mut self, run: &Run, step: u32, logged: &LoggedEvent) {
        let first_lane = logged.lane == 0;
        // What replicas do among themselves is no difference in what requests get.
        let of_replicas = matches!(
            logged.event.kind,
            EventKind::Apply { .. }
                | EventKind::Logged { .. }
                | EventKind::Failover { .. }
                | EventKind::Reshard { .. }
        );
        if of_replicas || self.done || !(first_lane || logged.lane == self.lane) {
            return;
        }
        let request = logged.event.request;
        let place = self.waiting.binary_search_by_key(&request, |w| w.request);
        let place = match place {
            Ok(place) if self.waiting[place].first_lane != first_lane => {
                return self.match_at(place, run, step, logged);
            }
            Ok(place) => place,
            Err(place) => {
                let waiting = Waiting {
                    request,
                    first_lane,
                    events: VecDeque::new(),
                };
                self.waiting.insert(place, waiting);
                place
            }
        };
        self.waiting[place].events.push_back((step, *logged));
        self.waiting_count += 1;
    }

    /// Compares an event with the one of the other lane that waits at `place`.
    fn match_at(&mut self, place: usize, run: &Run, step: u32, logged: &LoggedEvent) {
        let waiting = &mut self.waiting[place];
        let earlier = waiting.events.pop_front();
        let (_, earlier) = earlier.expect("whoever waits has an event");
        self.waiting_count -= 1;
        let events = match waiting.first_lane {
            true => [Some(earlier), Some(*logged)],
            false => [Some(*logged), Some(earlier)],
        };
        let same = is_same(run, &earlier.event, &logged.event);
        // What follows a difference in the same request has no partner that it could be compared with.
        if !same || waiting.events.is_empty() {
            self.waiting_count -= waiting.events.len();
            self.waiting.remove(place);
        }
        let divergence = Divergence {
            step,
            request: logged.event.request,
            events,
        };
        if !same {
            self.found.get_or_insert(divergence);
        } else if earlier.event.at != logged.event.at {
            self.timing.get_or_insert(divergence);
        }
    }

    /// Decides after a step whether the difference found is the first one.
    fn settle(&mut self, step: u32) {
        if self.done {
            return;
        }
        if let Some(found) = self.found {
            let earlier = self.oldest().is_some_and(|oldest| oldest.step < found.step);
            if !earlier || step - found.step >= FURTHER_STEPS {
                self.give_up_waiting();
            }
        } else if self.waiting_count > WAITING_MAX {
            self.give_up_waiting();
        }
    }

    /// Takes all that waits to have no partner, and ends the comparison.
    fn give_up_waiting(&mut self) {
        if let Some(oldest) = self.oldest()
            && self.found.is_none_or(|found| oldest.step < found.step)
        {
            self.found = Some(oldest);
        }
        self.waiting.clear();
        self.done = true;
    }

    fn oldest(&self) -> Option<Divergence> {
        let alone = self.waiting.iter().filter_map(|waiting| {
            let &(step, logged) = waiting.events.front()?;
            let events = match waiting.first_lane {
                true => [Some(logged), None],
                false => [None, Some(logged)],
            };
            let request = waiting.request;
            Some(Divergence {
                step,
                request,
                events,
            })
        });
        alone.min_by_key(|divergence| divergence.step)
    }
}

/// Whether two events of a request are the same thing, but for when it happened and how long it took.
fn is_same(run: &Run, a: &Event, b: &Event) -> bool {
    use EventKind::*;
    if a.key != b.key {
        return false;
    }
    match (a.kind, b.kind) {
        (Send { verb: a }, Send { verb: b }) => a == b,
        (Query { verb: a, .. }, Query { verb: b, .. }) => a == b,
        (Hit { value: a, .. }, Hit { value: b, .. })
        | (Fill { value: a, .. }, Fill { value: b, .. })
        | (Evict { value: a, .. }, Evict { value: b, .. })
        | (Expire { value: a, .. }, Expire { value: b, .. }) => a.version == b.version,
        (
            Stale {
                copy: a, row: x, ..
            },
            Stale {
                copy: b, row: y, ..
            },
        ) => (a, x) == (b, y),
        (Delete { found: a, .. }, Delete { found: b, .. }) => a == b,
        (Read { version: a, .. }, Read { version: b, .. })
        | (Write { version: a, .. }, Write { version: b, .. })
        | (Enqueue { version: a, .. }, Enqueue { version: b, .. })
        | (Replicate { version: a }, Replicate { version: b }) => a == b,
        (
            Reject {
                version: a, why: x, ..
            },
            Reject {
                version: b, why: y, ..
            },
        ) => (a, x) == (b, y),
        (Reply { outcome: a, .. }, Reply { outcome: b, .. }) => a == b,
        (
            Fail {
                verb: a,
                failure: x,
            },
            Fail {
                verb: b,
                failure: y,
            },
        ) => (a, x) == (b, y),
        (Fault { fault: a, .. }, Fault { fault: b, .. }) => a == b,
        (EndTtl { copy: a }, EndTtl { copy: b }) => a == b,
        (
            Behind {
                found: a,
                primary: x,
            },
            Behind {
                found: b,
                primary: y,
            },
        ) => (a, x) == (b, y),
        (Failover { stage: a }, Failover { stage: b }) => a == b,
        (Reshard { step: a }, Reshard { step: b }) => a == b,
        (Apply { applied: a }, Apply { applied: b }) => a == b,
        (Logged { applied: a, .. }, Logged { applied: b, .. }) => a == b,
        (Grow { rate: a, .. }, Grow { rate: b, .. }) => a == b,
        (Violation { promise: a }, Violation { promise: b }) => {
            discriminant(&a) == discriminant(&b)
        }
        (
            Console {
                command: a,
                answer: x,
                ..
            },
            Console {
                command: b,
                answer: y,
                ..
            },
        ) => x == y && line(run, a) == line(run, b),
        // These have no values that two lanes could differ in but times, and the number of a shard.
        (
            a @ (Request { .. }
            | Moved { .. }
            | Ask { .. }
            | Miss { .. }
            | Queue { .. }
            | Refuse { .. }
            | Throttle { .. }
            | Finish
            | Hold
            | Idle { .. }
            | Wait { .. }
            | Refresh { .. }),
            b,
        ) => discriminant(&a) == discriminant(&b),
        // Any of the others beside another kind; a new kind has to be told from itself above.
        (
            Send { .. }
            | Query { .. }
            | Hit { .. }
            | Fill { .. }
            | Evict { .. }
            | Expire { .. }
            | Stale { .. }
            | Delete { .. }
            | Read { .. }
            | Write { .. }
            | Enqueue { .. }
            | Replicate { .. }
            | Reject { .. }
            | Reply { .. }
            | Fail { .. }
            | Fault { .. }
            | Violation { .. }
            | Console { .. }
            | Behind { .. }
            | Failover { .. }
            | Reshard { .. }
            | Apply { .. }
            | Logged { .. }
            | Grow { .. }
            | EndTtl { .. },
            _,
        ) => false,
    }
}

/// The line that was typed: each lane may have been given the same line by itself.
fn line(run: &Run, command: u32) -> Option<&str> {
    let given = run.scenario().interventions.get(command as usize)?;
    match &given.command {
        ByHand::Console(typed) => Some(&typed.console),
        ByHand::Fault(_) | ByHand::Request(_) | ByHand::Expire(_) => None,
    }
}
