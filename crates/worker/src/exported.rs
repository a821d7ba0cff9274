//! The lab as `static/lab_host.js` drives it. What it gives is JSON text, which passes from a worker to the
//! page at once.

use cache::CAPACITY_MAX;
use scenario::{Scenario, json};
use serde::Serialize;
use trace::{CurveOf, CurvePlan, LruCurve};
use wasm_bindgen::prelude::*;

/// Reads one trace, keeps it, and counts.
#[wasm_bindgen]
pub struct Lab {
    lab: crate::Lab,
}

#[wasm_bindgen]
impl Lab {
    /// One that is to read the file of that name.
    #[wasm_bindgen(constructor)]
    pub fn new(name: String) -> Lab {
        let lab = crate::Lab::new(&name);
        Lab { lab }
    }

    /// Reads a little of the next piece of the file, and says how many of its bytes have been taken: the
    /// others have to be pushed again.
    ///
    /// # Errors
    /// Throws a sentence with the place of what is not as expected.
    pub fn push(&mut self, bytes: &[u8]) -> Result<usize, JsValue> {
        self.lab.push(bytes).map_err(JsValue::from)
    }

    /// Does a little of what is left of the reading. Whether that was all.
    ///
    /// # Errors
    /// Throws a sentence with the place of what is not as expected.
    pub fn finish(&mut self) -> Result<bool, JsValue> {
        self.lab.finish().map_err(JsValue::from)
    }

    /// How many requests have been read so far.
    pub fn requests(&self) -> f64 {
        self.lab.requests() as f64
    }

    /// Goes on with what was read before an error. Whether there was anything.
    pub fn keep(&mut self) -> bool {
        self.lab.keep()
    }

    /// Begins to count for the lanes that a trace has when it is opened.
    ///
    /// # Errors
    /// Throws a sentence if no scenario can be made of the trace.
    pub fn open(&mut self, seed: String) -> Result<(), JsValue> {
        self.lab.open(seed).map_err(JsValue::from)
    }

    /// What the page needs of the trace: a `TraceOpened`, as JSON.
    pub fn opened(&self, seed: String) -> String {
        json(&self.lab.opened(seed))
    }

    /// Begins to count for the lanes of this scenario, given as JSON.
    ///
    /// # Errors
    /// Throws if it is not valid.
    pub fn count(&mut self, scenario: &str) -> Result<(), JsValue> {
        let scenario = Scenario::read(&mut serde_json::Deserializer::from_str(scenario));
        self.lab
            .count(&scenario.map_err(|invalid| invalid.message)?);
        Ok(())
    }

    /// What the trace comes to in each lane: a list of `Replay`, as JSON.
    pub fn replays(&self) -> String {
        json(&self.lab.replays())
    }

    /// Begins to find the misses of each policy, or of "belady", at each capacity, and those of exact
    /// LRU at all capacities.
    ///
    /// # Errors
    /// Throws a sentence if there is no such policy, or a capacity is out of range.
    pub fn curves(&mut self, policies: Vec<String>, capacities: Vec<u32>) -> Result<(), JsValue> {
        let of: Option<Vec<CurveOf>> = policies
            .iter()
            .map(|name| CurveOf::from_name(name))
            .collect();
        let of = of.ok_or("There is no such policy.")?;
        if !capacities
            .iter()
            .all(|capacity| (1..=CAPACITY_MAX).contains(capacity))
        {
            return Err(format!("Capacities go from 1 to {CAPACITY_MAX}.").into());
        }
        self.lab.curves(CurvePlan {
            of,
            capacities,
            every_lru: true,
        });
        Ok(())
    }

    /// What has been found by now: `{per_mille, points: [{of, capacity, misses}], lru}`, where `lru` lists
    /// capacities with the misses of exact LRU, as many as can be drawn.
    pub fn found(&self) -> Result<JsValue, JsValue> {
        let found = Found::of(&self.lab);
        let plain = serde_wasm_bindgen::Serializer::json_compatible();
        Ok(found.serialize(&plain)?)
    }

    /// Whether lanes are still to be counted.
    pub fn counting(&self) -> bool {
        self.lab.counting()
    }

    /// Lets go of the curves that are being found.
    pub fn stop(&mut self) {
        self.lab.stop();
    }

    /// Does a little of what has been begun. Whether all of it is done.
    pub fn advance(&mut self) -> bool {
        self.lab.advance()
    }
}

/// Curves as JavaScript gets them.
#[derive(Serialize)]
struct Found {
    per_mille: u32,
    points: Vec<FoundPoint>,
    lru: Vec<(u32, u64)>,
}

#[derive(Serialize)]
struct FoundPoint {
    of: &'static str,
    capacity: u32,
    misses: u64,
}

impl Found {
    fn of(lab: &crate::Lab) -> Found {
        let (points, lru) = lab.found();
        let points = points.iter().map(|point| FoundPoint {
            of: point.of.name(),
            capacity: point.capacity,
            misses: point.misses,
        });
        Found {
            per_mille: lab.curves_per_mille(),
            points: points.collect(),
            lru: lru.map_or_else(Vec::new, LruCurve::thinned),
        }
    }
}
