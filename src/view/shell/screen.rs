//! The browser's width and text size, and a person's theme and preference for motion. Components get these as
//! properties, so that they can be drawn without a browser too.

use crate::view::state::{Action, Theme, ViewState};
use gloo::events::EventListener;
use gloo::utils::{document_element, window};
use web_sys::MediaQueryList;
use yew::prelude::*;

/// The key of the chosen theme in the browser's storage; static/first_picture.js reads it too.
pub const THEME_KEY: &str = "cache-playground.theme";
/// The usual size of text, in CSS pixels.
pub const USUAL_TEXT: f64 = 16.0;

/// The browser's window and a person's settings in it.
#[derive(Clone, PartialEq, Debug)]
pub struct Screen {
    /// The width of the page, in CSS pixels.
    pub width: u32,
    /// The size of text, in CSS pixels.
    pub text: f64,
    /// Whether motion is to be reduced.
    pub still: bool,
    /// The theme that was chosen on an earlier visit.
    pub theme: Theme,
}

impl Screen {
    /// A usual browser with a page of this width.
    pub fn usual(width: u32) -> Self {
        Self {
            width,
            text: USUAL_TEXT,
            still: false,
            theme: Theme::Auto,
        }
    }

    /// This browser's.
    pub fn read() -> Self {
        Self {
            width: page_width(),
            text: text_size(),
            still: reduced_motion().is_some_and(|query| query.matches()),
            theme: remembered_theme(),
        }
    }
}

/// The width of the page, in CSS pixels.
pub fn page_width() -> u32 {
    u32::try_from(document_element().client_width()).unwrap_or(1280)
}

/// Whether the window is wider than it is high, as a projector's is.
pub fn is_landscape() -> bool {
    let query = window().match_media("(min-aspect-ratio: 1)");
    query.is_ok_and(|query| query.is_some_and(|query| query.matches()))
}

/// Whether a person wants less motion, now and when that changes.
fn reduced_motion() -> Option<MediaQueryList> {
    window()
        .match_media("(prefers-reduced-motion: reduce)")
        .ok()?
}

/// Follows the preference for less motion as it changes.
#[hook]
pub fn use_motion_preference(view: &UseReducerHandle<ViewState>) {
    let dispatcher = view.dispatcher();
    use_effect_with((), move |()| {
        let listener = reduced_motion().map(|query| {
            let target = query.clone();
            EventListener::new(&target, "change", move |_| {
                dispatcher.dispatch(Action::Motion(!query.matches()));
            })
        });
        move || drop(listener)
    });
}

/// Shows a theme, and remembers it for the next visit.
#[hook]
pub fn use_theme(theme: Theme, remembered: bool) {
    use_effect_with(theme, move |theme| {
        let name = match theme {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        document_element().set_attribute("data-theme", name).ok();
        // A link's theme is not this person's choice.
        if !remembered {
            return;
        }
        if let Ok(Some(storage)) = window().local_storage() {
            storage.set_item(THEME_KEY, name).ok();
        }
    });
}

/// Follows the page as it changes its width.
#[hook]
pub fn use_page_width(view: &UseReducerHandle<ViewState>) {
    let dispatcher = view.dispatcher();
    use_effect_with((), move |()| {
        let listener = EventListener::new(&window(), "resize", move |_| {
            dispatcher.dispatch(Action::Page(page_width(), text_size()));
        });
        move || drop(listener)
    });
}

fn text_size() -> f64 {
    let style = window().get_computed_style(&document_element());
    let size = style.ok().flatten();
    let size = size.and_then(|style| style.get_property_value("font-size").ok());
    // parseFloat stops at the unit.
    let size = size.map(|size| js_sys::Number::parse_float(&size));
    size.filter(|size| size.is_finite()).unwrap_or(USUAL_TEXT)
}

/// Where reading the storage is blocked, nothing is remembered.
fn remembered_theme() -> Theme {
    let storage = window().local_storage().ok().flatten();
    let theme = storage.and_then(|storage| storage.get_item(THEME_KEY).ok().flatten());
    match theme.as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Auto,
    }
}
