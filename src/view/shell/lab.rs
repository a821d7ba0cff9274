//! The lab, as the page sees it: a program of its own, in a worker where one starts, that reads traces
//! and counts their misses. It is fetched when the first file is opened (`static/lab_host.js`).

use crate::session::LabOrders;
use std::cell::OnceCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::File;
use worker::{Answer, Order, from_text, to_text};

#[wasm_bindgen]
extern "C" {
    /// `static/start.js`: a lab for one file. `say` gets its answers, `fail` a sentence if the program
    /// cannot be loaded or breaks down.
    #[wasm_bindgen(js_name = cachePlaygroundLab)]
    fn open_lab(say: &JsValue, fail: &JsValue) -> JsLab;

    type JsLab;

    #[wasm_bindgen(method)]
    fn hear(this: &JsLab, order: &str, file: Option<&File>);

    #[wasm_bindgen(method)]
    fn close(this: &JsLab);
}

type Listener = Closure<dyn Fn(String)>;

/// A lab with its file. Dropping it ends whatever it is doing.
pub struct LabHandle {
    js: OnceCell<JsLab>,
    /// What JavaScript calls with the lab's answers and failures.
    closures: OnceCell<[Listener; 2]>,
}

impl LabHandle {
    /// Reads a file, with `seed` for the scenario that steps through it. `hear` gets the answers.
    pub fn open(
        file: &File,
        seed: &str,
        hear: impl Fn(&Rc<LabHandle>, Answer) + 'static,
    ) -> Rc<Self> {
        let lab = Rc::new(LabHandle {
            js: OnceCell::new(),
            closures: OnceCell::new(),
        });
        let hear = Rc::new(hear);
        let closure = |answer: fn(String) -> Answer| {
            let (weak, hear) = (Rc::downgrade(&lab), hear.clone());
            Closure::new(move |text: String| {
                // A lab that was dropped has no listener.
                if let Some(lab) = weak.upgrade() {
                    hear(&lab, answer(text));
                }
            })
        };
        let say = closure(|text| {
            from_text(&text).unwrap_or_else(|error| refused(format!("{text}: {error}")))
        });
        let fail = closure(refused);
        let js = open_lab(say.as_ref(), fail.as_ref());
        let read = Order::Read {
            seed: seed.to_owned(),
        };
        js.hear(&to_text(&read), Some(file));
        // Both are empty: this is the only place that fills them.
        lab.js.set(js).ok();
        lab.closures.set([say, fail]).ok();
        lab
    }

    /// After a refusal: opens what was read before it.
    pub fn keep(&self) {
        self.order(Order::Keep);
    }
}

/// A failure without anything that could be kept.
fn refused(why: String) -> Answer {
    Answer::Refused { why, requests: 0 }
}

impl LabOrders for LabHandle {
    fn order(&self, order: Order) {
        if let Some(js) = self.js.get() {
            js.hear(&to_text(&order), None);
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
