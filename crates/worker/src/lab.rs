//! The work on a whole trace, in slices: reading it, counting it for lanes, and finding its miss-ratio
//! curves. The lab knows neither the page nor whether it is in a worker.

use crate::{CurvesFound, TraceOpened, TraceSummary};
use cache::CAPACITY_MAX;
use scenario::{Scenario, ScenarioInput};
use sim::LaneSetup;
use std::rc::Rc;
use trace::{
    CurveJob, CurveOf, CurvePlan, CurvePoint, Curves, LruCurve, Reader, Replay, ReplayJob, Trace,
};

/// Reads one trace and keeps it.
pub struct Lab {
    /// The reader, until it has given the trace or what it had read before an error.
    reader: Option<Reader>,
    trace: Option<Rc<Trace>>,
    /// The lanes that are still to be replayed, last one first.
    lanes: Vec<Rc<LaneSetup>>,
    replay: Option<ReplayJob>,
    replays: Vec<Replay>,
    /// The curves that are being found, or have been.
    curves: Option<CurveJob>,
    found: Option<Curves>,
}

/// How many requests are counted between two looks at the clock: a fraction of a millisecond.
const COUNT_SLICE: u64 = 4_096;

/// How much is read between two looks at the clock, in bytes of data and in requests: one or two
/// milliseconds, whatever the file makes of its bytes.
const READ_SLICE: u64 = 8_192;

impl Lab {
    /// A lab that is to read the file of that name.
    pub fn new(name: &str) -> Self {
        Lab {
            reader: Some(Reader::new(name)),
            trace: None,
            lanes: Vec::new(),
            replay: None,
            replays: Vec::new(),
            curves: None,
            found: None,
        }
    }

    /// Reads a little of the next piece of the file, and returns how many bytes have been taken: the
    /// others have to be pushed again. It can be none, because a few bytes can stand for millions of
    /// requests.
    ///
    /// # Errors
    /// A sentence with the place of what is not as expected.
    pub fn push(&mut self, bytes: &[u8]) -> Result<usize, String> {
        let Some(reader) = &mut self.reader else {
            return Ok(bytes.len());
        };
        let pushed = reader.push_slice(bytes, READ_SLICE);
        pushed.map_err(|bad| bad.to_string())
    }

    /// Does a little of what is left of the reading, once all bytes have been taken. Returns whether that
    /// was all; if not, it has to be called again.
    ///
    /// # Errors
    /// A sentence with the place of what is not as expected.
    pub fn finish(&mut self) -> Result<bool, String> {
        let Some(reader) = &mut self.reader else {
            return Err("The file has been read already.".to_owned());
        };
        let trace = reader.finish_slice(READ_SLICE);
        self.trace = trace.map_err(|bad| bad.to_string())?.map(Rc::new);
        if self.trace.is_some() {
            self.reader = None;
        }
        Ok(self.trace.is_some())
    }

    /// How many requests have been read so far.
    pub fn requests(&self) -> u64 {
        let reader = self.reader.as_ref();
        let read = reader.map(|reader| reader.progress().records);
        let opened = self.trace.as_ref().map(|trace| trace.records.len() as u64);
        read.or(opened).unwrap_or(0)
    }

    /// After an error: goes on with what was read before it. Returns whether there was anything.
    pub fn keep(&mut self) -> bool {
        let reader = self.reader.take();
        self.trace = reader.and_then(Reader::so_far).map(Rc::new);
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

    /// What the page needs, once all lanes have been counted.
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

    /// Begins to find the misses of each policy, or of "belady", at each capacity, and those of exact LRU
    /// at all capacities.
    ///
    /// # Errors
    /// A sentence if there is no such policy, or if a capacity is out of range.
    pub fn find_curves(&mut self, policies: &[String], capacities: Vec<u32>) -> Result<(), String> {
        let of: Option<Vec<CurveOf>> = policies
            .iter()
            .map(|name| CurveOf::from_name(name))
            .collect();
        let in_range = |capacity: &u32| (1..=CAPACITY_MAX).contains(capacity);
        if !capacities.iter().all(in_range) {
            return Err(format!("Capacities go from 1 to {CAPACITY_MAX}."));
        }
        self.curves(CurvePlan {
            of: of.ok_or("There is no such policy.")?,
            capacities,
            every_lru: true,
        });
        Ok(())
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

    /// Does a little of what has been begun. Returns whether all of it is done.
    pub fn advance(&mut self) -> bool {
        let Some(trace) = &self.trace else {
            return true;
        };
        if self.replay.is_none() {
            let lane = self.lanes.pop();
            self.replay = lane.map(|lane| ReplayJob::new(trace.clone(), lane));
        }
        if let Some(replay) = &mut self.replay {
            replay.advance(COUNT_SLICE);
            if let Some(result) = replay.result() {
                self.replays.push(result);
                self.replay = None;
            }
        } else if let Some(curves) = &mut self.curves
            && curves.advance(COUNT_SLICE).is_finished()
        {
            self.found = self.curves.take().and_then(CurveJob::result);
        }
        !self.counting() && self.curves.is_none()
    }

    /// Drops the curves that are being found.
    pub fn stop(&mut self) {
        self.curves = None;
    }

    /// How much of the work on the curves is done, in thousandths.
    pub fn curves_per_mille(&self) -> u32 {
        let progress = self.curves.as_ref().map(CurveJob::progress);
        let share =
            progress.and_then(|progress| (progress.done * 1_000).checked_div(progress.total));
        share.unwrap_or(1_000) as u32
    }

    /// The counts of the whole trace, for each lane that has been counted.
    pub fn replays(&self) -> &[Replay] {
        &self.replays
    }

    /// The points of the curves found by now, and exact LRU at all capacities.
    pub fn found(&self) -> (&[CurvePoint], Option<&LruCurve>) {
        match (&self.curves, &self.found) {
            (Some(job), _) => (job.points(), job.lru()),
            (None, Some(found)) => (&found.points, found.lru.as_ref()),
            (None, None) => (&[], None),
        }
    }

    /// The same, as the page gets it.
    pub fn curves_found(&self) -> CurvesFound {
        let (points, lru) = self.found();
        CurvesFound::new(self.curves_per_mille(), points, lru)
    }
}
