//! Miss-ratio curves: how often a cache misses as a function of its capacity, for any policies, with
//! Bélády's bound, and for LRU at every capacity there is.
//!
//! The convention is that of the reference simulators: the cache starts empty, every read and every
//! write is a request, all objects have one size, every miss is stored, and nothing expires. Results are
//! counts of requests; whoever shows them divides.

mod belady;
mod lru;

pub use lru::{LruCurve, lru_curve};

use super::record::SPACING;
use belady::{Belady, NextUse};
use cache::units::{Key, Micros};
use cache::{BareCache, CAPACITY_MAX, PolicyKind};
use lru::StackDistances;
use std::rc::Rc;

/// The cache whose misses are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CurveOf {
    /// The engine under this policy.
    Policy(PolicyKind),
    /// Bélády's algorithm, which knows the future: no policy that stores its misses has fewer of them.
    Belady,
}

impl CurveOf {
    /// The name of the policy, or "belady".
    pub const fn name(self) -> &'static str {
        match self {
            CurveOf::Policy(policy) => policy.name(),
            CurveOf::Belady => "belady",
        }
    }

    /// The curve of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<CurveOf> {
        match name {
            "belady" => Some(CurveOf::Belady),
            _ => PolicyKind::from_name(name).map(CurveOf::Policy),
        }
    }
}

/// The points that a job has to find.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CurvePlan {
    /// The caches, each at every capacity of `capacities`.
    pub of: Vec<CurveOf>,
    /// The capacities in entries, from 1 to [`CAPACITY_MAX`].
    pub capacities: Vec<u32>,
    /// Whether to find the misses of exact LRU at all capacities as well.
    pub every_lru: bool,
}

/// One point of a curve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CurvePoint {
    /// The cache.
    pub of: CurveOf,
    /// Its capacity, in entries.
    pub capacity: u32,
    /// How many requests missed.
    pub misses: u64,
}

/// The result of a job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Curves {
    /// How many requests the stream has.
    pub requests: u64,
    /// The points in the plan's order: all capacities of the first curve, then of the second …
    pub points: Vec<CurvePoint>,
    /// The misses of exact LRU at all capacities, if the plan asks for them.
    pub lru: Option<LruCurve>,
}

/// How far a job has come, in requests through one cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The work that is done.
    pub done: u64,
    /// All of the work.
    pub total: u64,
}

impl Progress {
    /// Whether everything is done.
    pub fn is_finished(self) -> bool {
        self.done == self.total
    }
}

/// Finds what a plan asks for, in slices: the result does not depend on how they are cut.
///
/// To cancel, drop it.
pub struct CurveJob {
    keys: Rc<[Key]>,
    plan: CurvePlan,
    points: Vec<CurvePoint>,
    lru: Option<LruCurve>,
    next_use: Option<NextUse>,
    /// The current pass, and how many of its requests are done.
    task: Option<Task>,
    at: usize,
    done: u64,
}

/// One pass over the stream.
enum Task {
    Every(StackDistances),
    Cache { cache: Box<BareCache>, misses: u64 },
    Future(NextUse),
    Belady(Box<Belady>),
}

impl CurveJob {
    /// A job over a stream such as [`Records::requested`](super::Records::requested) gives. Memory is in
    /// proportion to the largest key, so keys should be numbered from 0 without gaps.
    ///
    /// # Panics
    /// If a capacity is 0 or above [`CAPACITY_MAX`].
    pub fn new(keys: Rc<[Key]>, plan: CurvePlan) -> Self {
        let in_range = |capacity: &u32| (1..=CAPACITY_MAX).contains(capacity);
        assert!(plan.capacities.iter().all(in_range));
        let mut job = CurveJob {
            keys,
            plan,
            points: Vec::new(),
            lru: None,
            next_use: None,
            task: None,
            at: 0,
            done: 0,
        };
        if job.keys.is_empty() {
            // No work: it is done already.
            job.advance(1);
        }
        job
    }

    /// Does up to `budget` of the work that is left, in requests through one cache.
    pub fn advance(&mut self, mut budget: u64) -> Progress {
        while budget > 0 {
            let Some(mut task) = self.task.take().or_else(|| self.next_task()) else {
                break;
            };
            let left = (self.keys.len() - self.at) as u64;
            let count = budget.min(left);
            let end = self.at + count as usize;
            task.run(&self.keys, self.at, end, self.next_use.as_ref());
            budget -= count;
            self.done += count;
            self.at = end;
            match self.at == self.keys.len() {
                false => self.task = Some(task),
                true => {
                    self.at = 0;
                    self.finish(task);
                }
            }
        }
        self.progress()
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        let of = &self.plan.of;
        let future = u64::from(!self.plan.capacities.is_empty() && of.contains(&CurveOf::Belady));
        let points = (of.len() * self.plan.capacities.len()) as u64;
        let passes = points + future + u64::from(self.plan.every_lru);
        Progress {
            done: self.done,
            total: passes * self.keys.len() as u64,
        }
    }

    /// The points that have been found by now, in the plan's order.
    pub fn points(&self) -> &[CurvePoint] {
        &self.points
    }

    /// The misses of exact LRU at all capacities, once they are known.
    pub fn lru(&self) -> Option<&LruCurve> {
        self.lru.as_ref()
    }

    /// The result, once the work is done.
    pub fn result(self) -> Option<Curves> {
        let curves = Curves {
            requests: self.keys.len() as u64,
            points: self.points,
            lru: self.lru,
        };
        let points = self.plan.of.len() * self.plan.capacities.len();
        let lru = curves.lru.is_some() || !self.plan.every_lru;
        (lru && curves.points.len() == points).then_some(curves)
    }

    /// The cache and the capacity of the next point.
    fn next_point(&self) -> Option<(CurveOf, u32)> {
        let capacities = &self.plan.capacities;
        let of = self.points.len().checked_div(capacities.len())?;
        let capacity = capacities[self.points.len() % capacities.len()];
        Some((*self.plan.of.get(of)?, capacity))
    }

    fn next_task(&self) -> Option<Task> {
        if self.plan.every_lru && self.lru.is_none() {
            return Some(Task::Every(StackDistances::new(&self.keys)));
        }
        let (of, capacity) = self.next_point()?;
        Some(match of {
            CurveOf::Policy(policy) => Task::Cache {
                cache: Box::new(BareCache::new(policy, capacity)),
                misses: 0,
            },
            CurveOf::Belady => match &self.next_use {
                None => Task::Future(NextUse::new(&self.keys)),
                Some(_) => Task::Belady(Box::new(Belady::new(&self.keys, capacity))),
            },
        })
    }

    fn finish(&mut self, task: Task) {
        let misses = match task {
            Task::Every(distances) => {
                self.lru = Some(distances.curve());
                return;
            }
            Task::Future(next_use) => {
                self.next_use = Some(next_use);
                return;
            }
            Task::Cache { misses, .. } => misses,
            Task::Belady(belady) => belady.misses(),
        };
        if let Some((of, capacity)) = self.next_point() {
            self.points.push(CurvePoint {
                of,
                capacity,
                misses,
            });
        }
    }
}

impl Task {
    /// Goes on with the requests from `begin` to `end`.
    fn run(&mut self, keys: &[Key], begin: usize, end: usize, next_use: Option<&NextUse>) {
        match self {
            Task::Every(distances) => {
                keys[begin..end]
                    .iter()
                    .for_each(|&key| distances.request(key));
            }
            Task::Cache { cache, misses } => {
                *misses += misses_of(cache, &keys[begin..end], begin);
            }
            Task::Future(next_use) => next_use.look_back(keys, begin, end),
            Task::Belady(belady) => {
                if let Some(next_use) = next_use {
                    belady.requests(keys, begin, end, next_use);
                }
            }
        }
    }
}

/// The misses of a cache over a stream of requests, as the reference simulators count them.
pub fn miss_count(keys: &[Key], policy: PolicyKind, capacity: u32) -> u64 {
    misses_of(&mut BareCache::new(policy, capacity), keys, 0)
}

/// The misses of the stretch of a stream that begins with its request `begin`. Requests are as far apart
/// as those of a file without times: on Valkey's clock they would all look equally old otherwise.
fn misses_of(cache: &mut BareCache, keys: &[Key], begin: usize) -> u64 {
    let times = (begin as u64..).map(|number| Micros(number * SPACING.0));
    cache.misses(keys.iter().copied().zip(times))
}

/// The length of a table with a place for each key.
fn key_count(keys: &[Key]) -> usize {
    keys.iter().map(|key| key.0 as usize + 1).max().unwrap_or(0)
}
