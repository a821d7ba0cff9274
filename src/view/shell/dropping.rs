//! A file may be dropped anywhere on the page: a trace, or a scenario in a `.json` file.

use crate::view::context::Page;
use crate::view::dialogs::share::open_scenario;
use crate::view::state::{Action, Notice};
use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Event, File};
use yew::prelude::*;

/// Listens for files. Returns whether one is held over the page.
#[hook]
pub fn use_dropping(page: &Page) -> bool {
    let held = use_state_eq(|| false);
    let setter = held.setter();
    use_effect_with(page.clone(), move |page| {
        let listen = |name: &'static str, hear: Box<dyn Fn(&DragEvent)>| {
            let options = EventListenerOptions::enable_prevent_default();
            let document = gloo::utils::document();
            EventListener::new_with_options(&document, name, options, move |event: &Event| {
                // Text and pictures of the page itself can be dragged too.
                if let Some(event) = event
                    .dyn_ref::<DragEvent>()
                    .filter(|event| has_files(event))
                {
                    event.prevent_default();
                    hear(event);
                }
            })
        };
        let (over, left, dropped) = (setter.clone(), setter.clone(), setter);
        let page = page.clone();
        let listeners = [
            listen("dragover", Box::new(move |_| over.set(true))),
            listen(
                "dragleave",
                Box::new(move |event| {
                    // It also fires for each element that is left for another one.
                    if event.related_target().is_none() {
                        left.set(false);
                    }
                }),
            ),
            listen(
                "drop",
                Box::new(move |event| {
                    dropped.set(false);
                    take(&page, event);
                }),
            ),
        ];
        move || drop(listeners)
    });
    *held
}

fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.includes(&"Files".into(), 0))
}

fn take(page: &Page, event: &DragEvent) {
    let files = event.data_transfer().and_then(|data| data.files());
    let Some((file, count)) = files.and_then(|files| Some((files.get(0)?, files.length()))) else {
        return;
    };
    open(page, file);
    if count > 1 {
        let why = "Only the first one is opened.".to_owned();
        let what = format!("{count} files were dropped.");
        let notice = Notice::Refused(what, why);
        page.view.dispatch(Action::Notice(Some(notice)));
    }
}

fn open(page: &Page, file: File) {
    if !file.name().to_ascii_lowercase().ends_with(".json") {
        return page.open_file(&file);
    }
    let view = page.view.clone();
    open_scenario(page.session.clone(), file, move |opened| {
        if let Err(why) = opened {
            let what = "What you had is still here.".to_owned();
            view.dispatch(Action::Notice(Some(Notice::Refused(why, what))));
        }
    });
}
