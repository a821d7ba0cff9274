//! Going to a step, at most once an animation frame: while somebody drags, positions come faster than
//! pictures.

use crate::session::Session;
use crate::timeline::Command;
use crate::view::dock::carry_out;
use gloo::render::{AnimationFrame, request_animation_frame};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Moves the playhead of a session.
pub struct Scrub {
    session: Session,
    wanted: Cell<Option<u32>>,
    /// Until it comes, the picture of the last step that was gone to is not shown yet.
    frame: RefCell<Option<AnimationFrame>>,
}

impl Scrub {
    /// For a session.
    pub fn new(session: Session) -> Rc<Self> {
        Rc::new(Scrub {
            session,
            wanted: Cell::new(None),
            frame: RefCell::default(),
        })
    }

    /// Goes to a step: at once, or with the next picture. Of several only the last counts.
    pub fn go(self: &Rc<Self>, step: u32) {
        self.wanted.set(Some(step));
        if self.frame.borrow().is_none() {
            self.go_on();
        }
    }

    fn go_on(self: &Rc<Self>) {
        let wanted = self.wanted.take();
        let Some(step) = wanted else { return };
        if self.session.scene().run.known_steps() >= step {
            carry_out(&self.session, Command::Seek { step });
        }
        // Not a strong one: with the timeline goes what it still wanted.
        let scrub = Rc::downgrade(self);
        let frame = request_animation_frame(move |_| {
            if let Some(scrub) = scrub.upgrade() {
                scrub.frame.take();
                scrub.go_on();
            }
        });
        *self.frame.borrow_mut() = Some(frame);
    }
}
