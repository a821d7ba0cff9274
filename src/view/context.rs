//! What every component may use without getting it as a property.

use super::stage::animated_time::AnimatedTime;
use super::state::ViewState;
use crate::session::Session;
use yew::prelude::*;

/// The session, the way to change the view's own state, and the picture's instant. None of them is ever
/// replaced, so no component is drawn again for them.
#[derive(Clone, PartialEq)]
pub struct Page {
    /// The session.
    pub session: Session,
    /// The view's dispatcher.
    pub view: UseReducerDispatcher<ViewState>,
    /// The instant that the picture shows.
    pub now: AnimatedTime,
}

/// The page that a component stands on.
#[hook]
pub fn use_page() -> Page {
    use_context().expect("App provides its page")
}
