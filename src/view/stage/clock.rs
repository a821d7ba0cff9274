//! Moves the picture between two steps: by animation frames, which count only time that was really shown (a
//! hidden or frozen tab pauses them), or with reduced motion by a time-out for each step.

use crate::session::Session;
use crate::view::stage::animated_time::AnimatedTime;
use crate::view::state::{Action, Glide, ViewState};
use cache::units::Micros;
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// The longest time that one animation frame can stand for, in milliseconds: after a longer one the page was
/// not being shown.
const FRAME_MS_MAX: f64 = 100.0;

/// Passes through the glide of the view's state, and takes the next step at its end while playing.
#[hook]
pub fn use_clock(session: &Session, view: &UseReducerHandle<ViewState>) {
    let (dispatcher, now) = (view.dispatcher(), view.now.clone());
    let session = session.clone();
    let playing = view.snapshot.playing.is_some();
    let deps = (view.glide.clone(), view.motion, playing);
    use_effect_with(deps, move |(glide, motion, playing)| {
        let running: Option<Box<dyn std::any::Any>> = glide.as_ref().map(|glide| {
            let glide = Rc::new(Passage {
                glide: glide.clone(),
                session,
                dispatcher,
                now,
                playing: *playing,
            });
            if *motion { animate(glide) } else { wait(glide) }
        });
        // Dropping the handle cancels what is still to come.
        move || drop(running)
    });
}

struct Passage {
    glide: Glide,
    session: Session,
    dispatcher: UseReducerDispatcher<ViewState>,
    now: AnimatedTime,
    playing: bool,
}

impl Passage {
    fn arrive(&self, spare_ms: f64) {
        if self.playing {
            self.session.play_on(spare_ms)
        } else {
            self.dispatcher.dispatch(Action::Arrived)
        }
    }
}

fn wait(passage: Rc<Passage>) -> Box<dyn std::any::Any> {
    // Discrete pictures can't be followed any faster, and a browser's timer wraps round after a month.
    let ms = ((passage.glide.hold_ms + passage.glide.ms) as u32).clamp(50, i32::MAX as u32);
    Box::new(Timeout::new(ms, move || passage.arrive(0.0)))
}

fn animate(passage: Rc<Passage>) -> Box<dyn std::any::Any> {
    let handle = Rc::new(RefCell::new(None));
    next_frame(passage, handle.clone(), None, 0.0);
    Box::new(Cancel(handle))
}

/// Holds the pending animation frame, and drops it when dropped itself.
struct Cancel(Rc<RefCell<Option<AnimationFrame>>>);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.borrow_mut().take();
    }
}

fn next_frame(
    passage: Rc<Passage>,
    handle: Rc<RefCell<Option<AnimationFrame>>>,
    last_ms: Option<f64>,
    gone_ms: f64,
) {
    let slot = handle.clone();
    let frame = request_animation_frame(move |at_ms| {
        let since = last_ms.map_or(0.0, |last| (at_ms - last).clamp(0.0, FRAME_MS_MAX));
        let gone_ms = gone_ms + since;
        let glide = &passage.glide;
        let moved_ms = gone_ms - glide.hold_ms;
        if moved_ms >= glide.ms {
            return passage.arrive(moved_ms - glide.ms);
        }
        if moved_ms > 0.0 {
            let now = between(glide.from, glide.to, moved_ms / glide.ms);
            passage.now.pass(now);
        }
        next_frame(passage, handle, Some(at_ms), gone_ms);
    });
    *slot.borrow_mut() = Some(frame);
}

fn between(from: Micros, to: Micros, share: f64) -> Micros {
    let (from, to) = (from.0 as f64, to.0 as f64);
    Micros((from + (to - from) * share) as u64)
}
