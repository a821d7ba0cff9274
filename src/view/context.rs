//! What every component may use without being handed it.

use super::state::ViewState;
use crate::session::Session;
use yew::prelude::*;

/// The session, and the way to change the view's own state. Neither is ever replaced, so no component is
/// drawn again for them.
#[derive(Clone, PartialEq)]
pub struct Page {
    /// The session.
    pub session: Session,
    /// The view's dispatcher.
    pub view: UseReducerDispatcher<ViewState>,
}

/// The page that a component stands on.
#[hook]
pub fn use_page() -> Page {
    use_context().expect("App provides its page")
}
