//! A long run is simulated in slices between the frames, while a person looks at its beginning.

use crate::session::Session;
use gloo::events::EventListener;
use std::cell::Cell;
use std::rc::Rc;
use timeline::Run;
use wasm_bindgen::JsValue;
use web_sys::MessageChannel;
use yew::prelude::*;

/// A slice takes no longer than this and one piece, in milliseconds: the rest of a frame is the page's.
const SLICE_MS: f64 = 8.0;
/// The clock is looked at after so many events.
const PIECE_EVENTS: u32 = 1_000;
/// How often the page hears how far it has got, in milliseconds.
const TELL_MS: f64 = 250.0;

/// Simulates the rest of the session's run, and draws the component again now and then meanwhile.
#[hook]
pub fn use_simulation(session: &Session, run: &Rc<Run>) {
    let known = use_state_eq(|| 0);
    let deps = (session.clone(), run.clone());
    use_effect_with(deps, move |(session, run)| {
        let background = Background {
            session: session.clone(),
            run: run.clone(),
            known: known.setter(),
            told_ms: Cell::new(js_sys::Date::now()),
        };
        let turns = (!run.is_finished()).then(|| background.begin());
        // Cancels what is still to come.
        move || drop(turns)
    });
}

struct Background {
    session: Session,
    run: Rc<Run>,
    known: UseStateSetter<u32>,
    told_ms: Cell<f64>,
}

impl Background {
    /// Takes turns with the page until it is done or what this gives is dropped. Each turn is a message to
    /// itself: behind it browsers do whatever is more urgent, and nothing else; a timer would let them wait
    /// for 4 ms each time.
    fn begin(self) -> Option<EventListener> {
        let channel = MessageChannel::new().ok()?;
        let (here, there) = (channel.port1(), channel.port2());
        let next = there.clone();
        let turns = EventListener::new(&here, "message", move |_| {
            if !self.slice() {
                next.post_message(&JsValue::NULL).ok();
            }
        });
        here.start();
        there.post_message(&JsValue::NULL).ok();
        Some(turns)
    }

    /// Goes on for a while. Gives whether the end is reached.
    fn slice(&self) -> bool {
        let began_ms = js_sys::Date::now();
        let mut now_ms = began_ms;
        // A clock that is set back ends the slice as well.
        while (began_ms..began_ms + SLICE_MS).contains(&now_ms) {
            if self.session.simulate(PIECE_EVENTS) {
                return true;
            }
            now_ms = js_sys::Date::now();
        }
        let told_ms = self.told_ms.get();
        if !(told_ms..told_ms + TELL_MS).contains(&now_ms) {
            self.told_ms.set(now_ms);
            self.known.set(self.run.known_steps());
        }
        self.run.is_finished()
    }
}
