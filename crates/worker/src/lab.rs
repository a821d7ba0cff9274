//! What is done with a whole trace, in slices: reading it, and counting what it comes to in lanes and
//! at other capacities. It knows neither the page nor whether it is in a worker.

use super::reading::Reading;
use scenario::{Scenario, ScenarioInput};
use serde::{Deserialize, Serialize};
use sim::LaneSetup;
use std::rc::Rc;
use trace::{CurveJob, CurvePlan, CurvePoint, Curves, LruCurve, Replay, ReplayJob, Trace};

/// A trace in short.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TraceSummary {
    /// What it is called: its file's name.
    pub name: String,
    /// How many requests it has.
    pub requests: u64,
    /// How many keys they name.
    pub keys: u32,
    /// Whether the file says when its requests came; if not they are a second apart.
    pub timed: bool,
    /// What the file has that nothing is done with.
    pub unused: Vec<String>,
}

/// What a page needs of a trace that has been read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TraceOpened {
    /// The trace in short.
    pub summary: TraceSummary,
    /// The scenario that steps through its beginning.
    pub scenario: ScenarioInput,
    /// What the whole of it comes to in each lane of that scenario.
    pub replays: Vec<Replay>,
}

/// How many requests of a trace a policy misses at a capacity.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct MissPoint {
    /// The policy's name, or "belady".
    pub of: String,
    /// The capacity, in entries.
    pub capacity: u32,
    /// How many requests missed.
    pub misses: u64,
}

/// What is known of a trace's miss-ratio curves.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct CurvesFound {
    /// How much of the work is done, in thousandths.
    pub per_mille: u32,
    /// Policy after policy, each at the same capacities; the last one may have fewer yet.
    pub points: Vec<MissPoint>,
    /// Exact LRU: capacities, as many as can be drawn, with their misses.
    pub lru: Vec<(u32, u64)>,
}

/// At so many capacities curves are found at most: more could not be told apart on a wide screen.
const CAPACITIES_MAX: usize = 320;

impl CurvesFound {
    /// Whose misses are known.
    pub fn policies(&self) -> Vec<String> {
        let groups = self.points.chunk_by(|a, b| a.of == b.of);
        groups.map(|group| group[0].of.clone()).collect()
    }

    /// The capacities in the middle, on a scale of ratios, between two at which misses are known. None if
    /// there are enough.
    pub fn between(&self) -> Vec<u32> {
        let first = self.points.chunk_by(|a, b| a.of == b.of).next();
        let known: Vec<u32> = first
            .unwrap_or_default()
            .iter()
            .map(|of| of.capacity)
            .collect();
        if known.len() > CAPACITIES_MAX / 2 {
            return Vec::new();
        }
        let middle = |ends: &[u32]| {
            let [from, to] = [ends[0], ends[1]];
            let middle = (u64::from(from) * u64::from(to)).isqrt() as u32;
            // Next to each other there is none in between.
            Some(middle.max(from + 1)).filter(|&middle| middle < to)
        };
        known.windows(2).filter_map(middle).collect()
    }

    /// The same with what has been found at other capacities.
    pub fn with(&self, more: CurvesFound) -> CurvesFound {
        let mut points = self.points.clone();
        let policies = self.policies();
        let place = |of: &str| policies.iter().position(|policy| policy == of);
        let order = |point: &MissPoint| (place(&point.of), point.capacity);
        for point in more.points {
            let at = points.partition_point(|before| order(before) <= order(&point));
            points.insert(at, point);
        }
        CurvesFound {
            per_mille: more.per_mille,
            points,
            lru: self.lru.clone(),
        }
    }
}

/// Reads one trace and keeps it.
pub struct Lab {
    reading: Reading,
    trace: Option<Rc<Trace>>,
    /// The lanes that are still to be replayed, last one first, and what came of the others.
    lanes: Vec<Rc<LaneSetup>>,
    replay: Option<ReplayJob>,
    replays: Vec<Replay>,
    /// The curves that are being found, or have been.
    curves: Option<CurveJob>,
    found: Option<Curves>,
}

/// So many requests are done between two looks at the clock: a fraction of a millisecond.
const SLICE: u64 = 4_096;

impl Lab {
    /// One that is to read the file of that name.
    pub fn new(name: &str) -> Self {
        Lab {
            reading: Reading::new(name),
            trace: None,
            lanes: Vec::new(),
            replay: None,
            replays: Vec::new(),
            curves: None,
            found: None,
        }
    }

    /// Reads a little of the next piece of the file, and says how many of its bytes have been taken: the
    /// others have to be pushed again. It can be none, because a few bytes can stand for millions of
    /// requests.
    ///
    /// # Errors
    /// A sentence with the place of what is not as expected.
    pub fn push(&mut self, bytes: &[u8]) -> Result<usize, String> {
        self.reading.push(bytes)
    }

    /// Does a little of what is left of the reading, once all bytes have been taken. Whether that was
    /// all; if not, it has to be called again.
    ///
    /// # Errors
    /// A sentence with the place of what is not as expected.
    pub fn finish(&mut self) -> Result<bool, String> {
        self.trace = self.reading.finish()?.map(Rc::new);
        Ok(self.trace.is_some())
    }

    /// How many requests have been read so far.
    pub fn requests(&self) -> u64 {
        self.reading.requests()
    }

    /// After an error: goes on with what was read before it. Whether there was anything.
    pub fn keep(&mut self) -> bool {
        self.trace = self.reading.so_far().map(Rc::new);
        self.trace.is_some()
    }

    /// The scenario that steps through the trace's beginning, with the latencies of this seed.
    fn scenario(&self, seed: String) -> Option<ScenarioInput> {
        let trace = self.trace.as_ref()?;
        Some(trace.scenario(trace.lanes(), seed))
    }

    /// Begins to count for the lanes that a trace has when it is opened.
    ///
    /// # Errors
    /// If no scenario can be made of the trace.
    pub fn open(&mut self, seed: String) -> Result<(), String> {
        let input = self.scenario(seed).ok_or("Nothing has been read.")?;
        let scenario = Scenario::new(input).map_err(|invalid| invalid.message)?;
        self.count(&scenario);
        Ok(())
    }

    /// What a page needs, once all lanes have been counted.
    pub fn opened(&self, seed: String) -> Option<TraceOpened> {
        let trace = self.trace.as_ref()?;
        Some(TraceOpened {
            summary: TraceSummary {
                name: trace.name.clone(),
                requests: trace.records.len() as u64,
                keys: trace.keys.len(),
                timed: trace.timed(),
                unused: trace.unused.clone(),
            },
            scenario: self.scenario(seed)?,
            replays: self.replays.clone(),
        })
    }

    /// Begins to replay the whole trace through the lanes of a scenario, whatever its requests are.
    /// Curves that are being found wait until that is done.
    pub fn count(&mut self, scenario: &Scenario) {
        self.lanes = scenario.lanes.iter().rev().cloned().collect();
        self.replay = None;
        self.replays.clear();
    }

    /// Whether lanes are still to be counted.
    pub fn counting(&self) -> bool {
        !self.lanes.is_empty() || self.replay.is_some()
    }

    /// Begins to find the misses that a plan asks for.
    pub fn curves(&mut self, plan: CurvePlan) {
        let Some(trace) = &self.trace else { return };
        let keys = trace.records.requested();
        self.curves = Some(CurveJob::new(keys, plan));
        self.found = None;
        self.lanes.clear();
        self.replay = None;
    }

    /// Does a little of what has been begun. Whether all of it is done.
    pub fn advance(&mut self) -> bool {
        let Some(trace) = &self.trace else {
            return true;
        };
        if self.replay.is_none() {
            let lane = self.lanes.pop();
            self.replay = lane.map(|lane| ReplayJob::new(trace.clone(), lane));
        }
        if let Some(replay) = &mut self.replay {
            replay.advance(SLICE);
            if let Some(result) = replay.result() {
                self.replays.push(result);
                self.replay = None;
            }
        } else if let Some(curves) = &mut self.curves
            && curves.advance(SLICE).is_finished()
        {
            self.found = self.curves.take().and_then(CurveJob::result);
        }
        !self.counting() && self.curves.is_none()
    }

    /// Lets go of the curves that are being found.
    pub fn stop(&mut self) {
        self.curves = None;
    }

    /// How much of the curves has been done, in thousandths.
    pub fn curves_per_mille(&self) -> u32 {
        let progress = self.curves.as_ref().map(CurveJob::progress);
        let share =
            progress.and_then(|progress| (progress.done * 1_000).checked_div(progress.total));
        share.unwrap_or(1_000) as u32
    }

    /// What the trace comes to in each lane, once it has been counted.
    pub fn replays(&self) -> &[Replay] {
        &self.replays
    }

    /// What has been found of the curves by now.
    pub fn found(&self) -> (&[CurvePoint], Option<&LruCurve>) {
        match (&self.curves, &self.found) {
            (Some(job), _) => (job.points(), job.lru()),
            (None, Some(found)) => (&found.points, found.lru.as_ref()),
            (None, None) => (&[], None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(capacities: &[u32]) -> CurvesFound {
        let point = |of: &str, capacity: u32| MissPoint {
            of: of.to_owned(),
            capacity,
            misses: 1_000 - u64::from(capacity),
        };
        let points = ["belady", "sieve", "arc"].into_iter();
        CurvesFound {
            per_mille: 1_000,
            points: points
                .flat_map(|of| capacities.iter().map(move |&capacity| point(of, capacity)))
                .collect(),
            lru: vec![(1, 7)],
        }
    }

    #[test]
    fn finer_curves_have_the_middles_and_everything_that_was_known() {
        let known = found(&[1, 2, 3, 8, 100]);
        assert_eq!(known.between(), [4, 28]);
        let both = known.with(CurvesFound {
            lru: Vec::new(),
            ..found(&[4, 28])
        });
        assert_eq!(both, found(&[1, 2, 3, 4, 8, 28, 100]));
        assert_eq!(both.policies(), ["belady", "sieve", "arc"]);
        let many: Vec<u32> = (1..400).collect();
        assert_eq!(found(&many).between(), [0; 0]);
    }
}
