//! The lab, as the page sees it: a program of its own, in a worker where one starts, that reads traces
//! and counts what they come to. It is fetched when the first file is opened (`static/lab_host.js`).

use crate::session::CountLanes;
use js_sys::JSON;
use scenario::{Plain, ScenarioInput, json};
use std::cell::OnceCell;
use std::rc::Rc;
use trace::Replay;
use wasm_bindgen::prelude::*;
use worker::{CurvesFound, TraceOpened};

#[wasm_bindgen]
extern "C" {
    /// `static/start.js`: a lab that reads this file. `hear` gets its answers.
    #[wasm_bindgen(js_name = cachePlaygroundLab)]
    fn open_lab(file: &web_sys::File, seed: &str, hear: &JsValue) -> JsLab;

    type JsLab;

    #[wasm_bindgen(method)]
    fn keep(this: &JsLab);

    #[wasm_bindgen(method)]
    fn count(this: &JsLab, number: u32, scenario: &str);

    #[wasm_bindgen(method)]
    fn curves(this: &JsLab, policies: Vec<String>, capacities: &[u32]);

    #[wasm_bindgen(method)]
    fn stop(this: &JsLab);

    #[wasm_bindgen(method)]
    fn close(this: &JsLab);
}

/// What a lab answers.
pub enum Answer {
    /// So many bytes of the file have been read, and so many requests.
    Progress(f64, u64),
    /// The trace is there.
    Opened(Box<TraceOpened>),
    /// It is not: why, and how many requests were read before that.
    Refused(String, u64),
    /// What it comes to in other lanes, and which count that answers.
    Counted(u32, Vec<Replay>),
    /// What is known of its miss-ratio curves.
    Curves(CurvesFound),
}

/// Hears an answer: its kind, two numbers and a text.
type Hear = dyn Fn(String, f64, f64, JsValue);

/// A lab with its file. Dropping it ends whatever it is doing.
pub struct LabHandle {
    js: OnceCell<JsLab>,
    hear: OnceCell<Closure<Hear>>,
}

impl LabHandle {
    /// Has a file read, with `seed` for the latencies of its lanes. `hear` gets the answers.
    pub fn open(
        file: &web_sys::File,
        seed: &str,
        hear: impl Fn(&Rc<LabHandle>, Answer) + 'static,
    ) -> Rc<Self> {
        let lab = Rc::new(LabHandle {
            js: OnceCell::new(),
            hear: OnceCell::new(),
        });
        let weak = Rc::downgrade(&lab);
        let closure = Closure::new(move |kind: String, a: f64, b: f64, text: JsValue| {
            // Whoever let go of the lab does not want to hear of it.
            if let Some(lab) = weak.upgrade() {
                hear(&lab, answer(&kind, a, b, &text));
            }
        });
        let js = open_lab(file, seed, closure.as_ref());
        // Both are empty: this is the only place that fills them.
        lab.js.set(js).ok();
        lab.hear.set(closure).ok();
        lab
    }

    /// After a refusal: opens what was read before it.
    pub fn keep(&self) {
        if let Some(js) = self.js.get() {
            js.keep();
        }
    }
}

impl CountLanes for LabHandle {
    fn count_lanes(&self, count: u32, scenario: &ScenarioInput) {
        if let Some(js) = self.js.get() {
            js.count(count, &json(scenario));
        }
    }

    fn find_curves(&self, policies: Vec<String>, capacities: &[u32]) {
        if let Some(js) = self.js.get() {
            js.curves(policies, capacities);
        }
    }

    fn stop_curves(&self) {
        if let Some(js) = self.js.get() {
            js.stop();
        }
    }
}

impl Drop for LabHandle {
    fn drop(&mut self) {
        if let Some(js) = self.js.get() {
            js.close();
        }
    }
}

fn answer(kind: &str, a: f64, b: f64, text: &JsValue) -> Answer {
    let text = text.as_string().unwrap_or_default();
    let read = || -> Option<Plain> {
        let value = JSON::parse(&text).ok()?;
        crate::api::read(&value).ok()
    };
    let understood = match kind {
        "progress" => Some(Answer::Progress(a, b as u64)),
        "opened" => read()
            .and_then(|plain| plain.read("The trace").ok())
            .map(|opened| Answer::Opened(Box::new(opened))),
        "counted" => read()
            .and_then(|plain| plain.read("The count").ok())
            .map(|replays| Answer::Counted(a as u32, replays)),
        "curves" => read()
            .and_then(|plain| plain.read("The curves").ok())
            .map(Answer::Curves),
        _ => None,
    };
    understood.unwrap_or(Answer::Refused(text, b as u64))
}
