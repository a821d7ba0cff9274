//! Long work in slices, between which the browser draws and answers.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use gloo::utils::window;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::MessageChannel;
use yew::prelude::*;

/// A slice takes this long and one piece of work, in milliseconds: the rest of a frame is the page's.
const SLICE_MS: f64 = 8.0;

/// What comes after a piece of work.
pub enum Next {
    /// The next piece.
    Piece,
    /// Another piece, after this many milliseconds.
    Later(u32),
    /// Nothing: the work is done.
    Nothing,
}

/// Does the work that `begin` returns, piece by piece, until it is done. When `deps` change, the old work is
/// dropped and `begin` is called again.
#[hook]
pub fn use_slices<D, W>(deps: D, begin: impl FnOnce(&D) -> W + 'static)
where
    D: PartialEq + 'static,
    W: FnMut() -> Next + 'static,
{
    use_effect_with(deps, move |deps| {
        let turns = take_turns(begin(deps));
        move || drop(turns)
    });
}

/// Works for the length of a slice.
pub fn slice(piece: &mut impl FnMut() -> Next) -> Next {
    let end_ms = now_ms() + SLICE_MS;
    loop {
        match piece() {
            Next::Piece if now_ms() < end_ms => {}
            next => return next,
        }
    }
}

/// The time since the page was opened, in milliseconds.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Each slice is a message to itself: browsers let a timer wait for 4 ms each time. Dropping the listener
/// ends the work.
fn take_turns(mut piece: impl FnMut() -> Next + 'static) -> Option<EventListener> {
    let channel = MessageChannel::new().ok()?;
    let (here, there) = (channel.port1(), channel.port2());
    let port = there.clone();
    let pause = RefCell::new(None::<Timeout>);
    let turns = EventListener::new(&here, "message", move |_| {
        let port = port.clone();
        let next_turn = move || {
            port.post_message(&JsValue::NULL).ok();
        };
        match slice(&mut piece) {
            Next::Piece => next_turn(),
            Next::Later(ms) => {
                pause.replace(Some(Timeout::new(ms, next_turn)));
            }
            Next::Nothing => {}
        }
    });
    here.start();
    there.post_message(&JsValue::NULL).ok();
    Some(turns)
}
