//! The page inside another one: it leaves out its own frame, and tells its host how tall it is.

use crate::session::{Controls, Query, Resize};
use crate::view::shell::{address, present};
use gloo::timers::callback::Timeout;
use js_sys::{Array, Object};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{ResizeObserver, Window};
use yew::prelude::*;

/// The least change of height that the host is told of, in pixels.
const CHANGE_MIN: i32 = 2;
/// The least time between two messages, in milliseconds.
const PAUSE_MS: u32 = 100;

#[derive(Properties, PartialEq)]
pub struct EmbedLinkProps {
    /// The state as a fragment; `None` if it is too large for a link.
    pub link: Option<AttrValue>,
}

/// The link from a frame to the whole page.
#[function_component(EmbedLink)]
pub fn embed_link(props: &EmbedLinkProps) -> Html {
    let href = address::whole(props.link.as_deref().unwrap_or_default(), "");
    html! {
        <nav class="embed-link" aria-label="This page by itself">
            <a {href} target="_blank" rel="noopener">{ "Open in Cache Playground" }</a>
        </nav>
    }
}

/// Sets the attributes by which the style sheet knows the options.
pub fn mark_document(query: &Query) {
    let root = gloo::utils::document_element();
    let controls = match query.controls {
        Controls::Full => "full",
        Controls::Step => "step",
        Controls::None => "none",
    };
    let mut marks = vec![("data-controls", controls)];
    marks.extend(query.embed.then_some(("data-embed", "")));
    marks.extend(query.present.then_some((present::MARK, "")));
    let without = query.without.join(" ");
    marks.extend((!without.is_empty()).then_some(("data-without", &*without)));
    for (name, value) in marks {
        // Fails only for an invalid attribute name.
        root.set_attribute(name, value).ok();
    }
}

/// Tells the host the page's height, whenever it changes.
#[hook]
pub fn use_height_report(query: &Query) {
    use_effect_with(query.clone(), |query| {
        let reporter = host().filter(|_| query.resize != Resize::None).map(|host| {
            let reporter = Rc::new(Reporter {
                host,
                query: query.clone(),
                told: Cell::new(0),
                pause: RefCell::new(None),
            });
            let heard = reporter.clone();
            let closure = Closure::<dyn Fn(JsValue)>::new(move |_| heard.clone().changed());
            let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok();
            if let Some(observer) = &observer {
                observer.observe(&gloo::utils::body());
            }
            (observer, closure)
        });
        move || {
            if let Some((Some(observer), _)) = &reporter {
                observer.disconnect();
            }
        }
    });
}

/// The window of the page that this one is in, if it is in one.
fn host() -> Option<Window> {
    let window = gloo::utils::window();
    let parent = window.parent().ok().flatten()?;
    (!Object::is(&parent, &window)).then_some(parent)
}

struct Reporter {
    host: Window,
    query: Query,
    told: Cell<i32>,
    pause: RefCell<Option<Timeout>>,
}

impl Reporter {
    /// Tells the height, unless that has just been done: then when the pause is over.
    fn changed(self: Rc<Self>) {
        if self.pause.borrow().is_some() {
            return;
        }
        self.tell();
        let later = self.clone();
        let pause = Timeout::new(PAUSE_MS, move || {
            later.pause.replace(None);
            if later.is_news() {
                later.clone().changed();
            }
        });
        self.pause.replace(Some(pause));
    }

    fn is_news(&self) -> bool {
        (gloo::utils::body().offset_height() - self.told.get()).abs() >= CHANGE_MIN
    }

    fn tell(&self) {
        if !self.is_news() {
            return;
        }
        let height = gloo::utils::body().offset_height();
        self.told.set(height);
        let message = match self.query.resize {
            Resize::H5p => object(&[
                ("context", "h5p".into()),
                ("action", "resize".into()),
                ("scrollHeight", height.into()),
            ]),
            _ => object(&[
                ("subject", "lti.frameResize".into()),
                ("height", height.into()),
            ]),
        };
        let message = match self.query.resize {
            Resize::LtiString => js_sys::JSON::stringify(&message).map_or(message, JsValue::from),
            _ => message,
        };
        let origin = self.query.parent_origin.as_deref().unwrap_or("*");
        // A host of another origin than the one given hears nothing, as it should.
        self.host.post_message(&message, origin).ok();
    }
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let fields = fields
        .iter()
        .map(|(name, value)| Array::of2(&(*name).into(), value));
    let entries: Array = fields.collect();
    Object::from_entries(&entries).map_or(JsValue::NULL, JsValue::from)
}
