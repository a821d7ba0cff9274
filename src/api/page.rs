//! The JavaScript API, `window.cachePlayground`: plain JSON in and out.
//!
//! Every call either returns or throws an `Error` whose message names the field and whose `path` is
//! its JSON pointer. Nothing changes on a throw. Numbers stay below 2^53; seeds and hashes are text.

use super::convert::{shown, thrown};
use super::miss_counts;
use super::value::{read, to_js};
use crate::session::Session;
use scenario::{Invalid, Scenario};
use serde::Serialize;
use sim::EventKind;
use std::rc::Rc;
use timeline::{Command, ConsoleLine, LoggedEvent, Run, read_act, sentence};
use wasm_bindgen::prelude::*;

/// The version of this API.
const API_VERSION: u32 = 1;

/// What scripts call.
#[wasm_bindgen]
pub struct CachePlayground {
    session: Session,
}

/// One event as scripts get it.
#[derive(Serialize)]
struct EventOut {
    id: u32,
    step: u32,
    at_us: u64,
    lane: u8,
    kind: &'static str,
    /// From 1; `null` if no request caused it.
    request: Option<u32>,
    key: Option<Rc<str>>,
    cause: Option<u32>,
    /// The cache node, from 1, where there are several; `null` for what happens elsewhere.
    node: Option<u16>,
    text: String,
}

#[wasm_bindgen]
impl CachePlayground {
    /// The version of this API.
    #[wasm_bindgen(getter, js_name = apiVersion)]
    pub fn api_version(&self) -> u32 {
        API_VERSION
    }

    /// Runs another scenario and stands before its first step.
    ///
    /// # Errors
    /// Throws if it is not valid.
    pub fn load(&self, scenario: JsValue) -> Result<(), JsValue> {
        let value = read(scenario).map_err(thrown)?;
        self.session
            .load(Scenario::from_value(&value).map_err(thrown)?);
        self.session.begin_if_embedded();
        Ok(())
    }

    /// The validated, canonical inputs.
    ///
    /// # Errors
    /// None in practice: every input can be converted.
    pub fn scenario(&self) -> Result<JsValue, JsValue> {
        to_js(&self.session.snapshot().run.scenario().input.to_value())
    }

    /// How many steps the run has.
    #[wasm_bindgen(js_name = stepCount)]
    pub fn step_count(&self) -> u32 {
        self.session.snapshot().run.step_count()
    }

    /// Moves the playhead, plays or pauses, breaks something, moves a client, sends a request, lets a copy
    /// expire, or executes a line of the console. Returns the reply to a line of the console, as the engine's own command line shows it, and
    /// otherwise nothing.
    pub fn command(&self, command: JsValue) -> Result<JsValue, JsValue> {
        let value = read(command).map_err(thrown)?;
        if let Some(line) = ConsoleLine::read(&value).map_err(thrown)? {
            let reply = self.session.console(line.lane, &line.text);
            return Ok(reply.map_err(thrown)?.to_string().into());
        }
        if let Some(act) = read_act(&value).map_err(thrown)? {
            self.session.act(act).map_err(thrown)?;
            return Ok(JsValue::UNDEFINED);
        }
        let command = Command::read(&value).map_err(thrown)?;
        self.session.command(command).map_err(thrown)?;
        Ok(JsValue::UNDEFINED)
    }

    /// Everything that can be seen at the playhead.
    ///
    /// # Errors
    /// None in practice: every frame can be converted.
    pub fn frame(&self) -> Result<JsValue, JsValue> {
        to_js(&*self.session.snapshot().frame)
    }

    /// The events of the steps `from` to `to`, both included.
    ///
    /// # Errors
    /// Throws if either is not a step of this run.
    pub fn events(&self, from: JsValue, to: JsValue) -> Result<JsValue, JsValue> {
        let run = self.session.snapshot().run;
        let last = run.step_count();
        let from = step("from", &from, last)?;
        let to = step("to", &to, last)?;
        let mut events = Vec::new();
        for step in from..=to {
            let of_step = run.events_at(step);
            let numbered = of_step.ids().zip(of_step.iter());
            events.extend(numbered.map(|(id, logged)| event_out(&run, step, id, logged)));
        }
        to_js(&events)
    }

    /// The canonical hash of all lanes at the playhead: 16 hexadecimal digits.
    #[wasm_bindgen(js_name = stateHash)]
    pub fn state_hash(&self) -> String {
        format!("{:016x}", self.session.state_hash())
    }

    /// The canonical hash of the whole run's log: 16 hexadecimal digits.
    #[wasm_bindgen(js_name = logHash)]
    pub fn log_hash(&self) -> String {
        format!("{:016x}", self.session.snapshot().run.log_hash())
    }

    /// Node-based against serverless, for the plan and the prices of the scenario.
    ///
    /// # Errors
    /// None in practice: every plan can be converted.
    pub fn plan(&self) -> Result<JsValue, JsValue> {
        let input = self.session.snapshot().run.scenario().input.clone();
        to_js(&sim::cost::plan(&input.plan, &input.prices))
    }

    /// A day of traffic, for the day, the plan and the prices of the scenario.
    ///
    /// # Errors
    /// None in practice: every day can be converted.
    pub fn day(&self) -> Result<JsValue, JsValue> {
        let input = self.session.snapshot().run.scenario().input.clone();
        to_js(&sim::day::day(&input.day, &input.plan, &input.prices))
    }

    /// The misses of a bare cache over a stream of reads: one number a capacity.
    ///
    /// # Errors
    /// Throws if the keys are not an array of texts and numbers or a `Uint32Array`, if there is no
    /// such policy, or if a capacity is out of range.
    #[wasm_bindgen(js_name = missCounts)]
    pub fn miss_counts(
        &self,
        keys: JsValue,
        policy: JsValue,
        capacities: JsValue,
    ) -> Result<JsValue, JsValue> {
        miss_counts::miss_counts(keys, policy, capacities)
    }
}

fn event_out(run: &Run, step: u32, id: u32, logged: &LoggedEvent) -> EventOut {
    let event = &logged.event;
    EventOut {
        id,
        step,
        at_us: event.at.0,
        lane: logged.lane,
        kind: event.kind.name(),
        request: event.request.map(|number| number + 1),
        key: match event.kind {
            EventKind::Fault { .. }
            | EventKind::Failover { .. }
            | EventKind::Idle { .. }
            | EventKind::Console { .. } => None,
            _ => Some(run.scenario().key_name(event.key)),
        },
        cause: event.cause,
        node: run.scenario().node_of(logged.lane.into(), event),
        text: sentence(run.scenario(), logged).text(),
    }
}

/// An argument that has to be a whole number from `low` to `high`.
pub(super) fn whole(path: &str, value: &JsValue, low: u32, high: u32) -> Result<u32, JsValue> {
    let range = f64::from(low)..=f64::from(high);
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 && range.contains(&number) => Ok(number as u32),
        _ => {
            let expected = format!("a whole number from {low} to {high}");
            Err(thrown(Invalid::new(path, &expected, shown(value))))
        }
    }
}

/// An argument that has to be a step of the run.
pub(super) fn step(name: &str, value: &JsValue, last: u32) -> Result<u32, JsValue> {
    whole(&format!("/{name}"), value, 0, last)
}

/// Puts the API for `session` on the window, as `cachePlayground`.
pub fn install(session: Session) {
    let window = web_sys::window().expect("a page has a window");
    let api = JsValue::from(CachePlayground { session });
    // Hides wasm-bindgen's `free`, which would break later calls.
    js_sys::Reflect::set(&api, &"free".into(), &JsValue::UNDEFINED).ok();
    let installed = js_sys::Reflect::set(&window, &"cachePlayground".into(), &api);
    installed.expect("a window takes new properties");
}
