//! A long run is simulated in slices between the frames, while a person looks at its beginning.

use crate::session::Session;
use crate::timeline::Run;
use gloo::timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// A slice takes no longer than this and one piece, in milliseconds: the rest of a frame is the page's.
/// Between two slices browsers let 4 ms pass, so that a shorter one would waste more of the time.
const SLICE_MS: f64 = 12.0;
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
        let background = Rc::new(Background {
            session: session.clone(),
            run: run.clone(),
            known: known.setter(),
            next: RefCell::default(),
        });
        background.clone().wait(js_sys::Date::now());
        // Cancels what is still to come.
        move || drop(background.next.take())
    });
}

struct Background {
    session: Session,
    run: Rc<Run>,
    known: UseStateSetter<u32>,
    next: RefCell<Option<Timeout>>,
}

impl Background {
    fn wait(self: Rc<Self>, told_ms: f64) {
        if !self.run.is_finished() {
            let background = self.clone();
            let timeout = Timeout::new(0, move || background.go_on(told_ms));
            *self.next.borrow_mut() = Some(timeout);
        }
    }

    fn go_on(self: Rc<Self>, mut told_ms: f64) {
        let began_ms = js_sys::Date::now();
        let mut now_ms = began_ms;
        // A clock that is set back ends the slice as well.
        while (began_ms..began_ms + SLICE_MS).contains(&now_ms) {
            if self.session.simulate(PIECE_EVENTS) {
                return;
            }
            now_ms = js_sys::Date::now();
        }
        if !(told_ms..told_ms + TELL_MS).contains(&now_ms) {
            told_ms = now_ms;
            self.known.set(self.run.known_steps());
        }
        self.wait(told_ms);
    }
}
