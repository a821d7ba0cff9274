//! The JavaScript API, `window.cachePlayground`: plain JSON in and out, through serde-wasm-bindgen.
//!
//! Every call either returns or throws an `Error` whose message names the field and whose `path` is
//! its JSON pointer. Nothing changes on a throw. Numbers stay below 2^53; seeds and hashes are text.

mod convert;
mod miss_counts;
mod plain;

use crate::scenario::Scenario;
use crate::session::Session;
use crate::timeline::{Command, LoggedEvent, sentence};
use convert::{thrown, to_js};
use serde::Serialize;
use std::rc::Rc;
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
    request: u32,
    key: Rc<str>,
    cause: Option<u32>,
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
        plain::check_plain(&scenario).map_err(thrown)?;
        let source = serde_wasm_bindgen::Deserializer::from(scenario.clone());
        let read = Scenario::read(source).map_err(thrown)?;
        let canonical = to_js(&*read.input)?;
        plain::check_known(&scenario, &canonical, "").map_err(thrown)?;
        self.session.load(read);
        Ok(())
    }

    /// The validated, canonical inputs.
    ///
    /// # Errors
    /// None in practice: every input can be converted.
    pub fn scenario(&self) -> Result<JsValue, JsValue> {
        to_js(&*self.session.scene().run.scenario().input)
    }

    /// How many steps the run has.
    #[wasm_bindgen(js_name = stepCount)]
    pub fn step_count(&self) -> u32 {
        self.session.scene().run.step_count()
    }

    /// Moves the playhead, plays or pauses.
    ///
    /// # Errors
    /// Throws if there is no such command or a value of it is out of range.
    pub fn command(&self, command: JsValue) -> Result<(), JsValue> {
        plain::check_plain(&command).map_err(thrown)?;
        let source = serde_wasm_bindgen::Deserializer::from(command.clone());
        let read = Command::read(source).map_err(thrown)?;
        plain::check_known(&command, &fields(&read), "").map_err(thrown)?;
        self.session.command(read).map_err(thrown)
    }

    /// What can be seen at the playhead.
    ///
    /// # Errors
    /// None in practice: every frame can be converted.
    pub fn frame(&self) -> Result<JsValue, JsValue> {
        to_js(&*self.session.scene().frame)
    }

    /// The events of the steps `from` to `to`, both included.
    ///
    /// # Errors
    /// Throws if either is not a step of this run.
    pub fn events(&self, from: JsValue, to: JsValue) -> Result<JsValue, JsValue> {
        let run = self.session.scene().run;
        let last = run.step_count();
        let from = convert::step("from", &from, last)?;
        let to = convert::step("to", &to, last)?;
        let mut events = Vec::new();
        for step in from..=to {
            for id in run.events_of(step) {
                events.push(event_out(&run, step, id));
            }
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
        format!("{:016x}", self.session.scene().run.log_hash())
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

fn event_out(run: &crate::timeline::Run, step: u32, id: usize) -> EventOut {
    let logged: &LoggedEvent = &run.log()[id];
    let event = &logged.event;
    EventOut {
        id: id as u32,
        step,
        at_us: event.at.0,
        lane: logged.lane,
        kind: event.kind.name(),
        request: event.request + 1,
        key: run.scenario().workload.keys[event.key.0 as usize].clone(),
        cause: event.cause,
        text: sentence(run.scenario(), logged).text(),
    }
}

/// An object with the fields that a command has.
fn fields(command: &Command) -> JsValue {
    let fields = js_sys::Object::new();
    for &field in command.fields() {
        // Setting a property of a new plain object cannot fail.
        js_sys::Reflect::set(&fields, &field.into(), &JsValue::NULL).ok();
    }
    fields.into()
}

/// Puts the API for `session` on the window, as `cachePlayground`.
pub fn install(session: Session) {
    let window = web_sys::window().expect("a page has a window");
    let api = JsValue::from(CachePlayground { session });
    // wasm-bindgen gives every object a `free` that would break each later call: nobody is to have it.
    js_sys::Reflect::set(&api, &"free".into(), &JsValue::UNDEFINED).ok();
    let installed = js_sys::Reflect::set(&window, &"cachePlayground".into(), &api);
    installed.expect("a window takes new properties");
}
