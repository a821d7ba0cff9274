//! The page's own bar: the scene, undo, files, sharing, the theme.

use crate::view::actions::{FILE_BUTTON, FILE_INPUT, choose_file};
use crate::view::context::{Page, use_page};
use crate::view::shell::menu::Menu;
use crate::view::state::{Action, Theme};
use scenario::{Listed, Scenario};
use std::rc::Rc;
use timeline::Run;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Arrows back and forth.
const UNDO: &str = "M6.5 3.5L3 7l3.5 3.5M3.5 7H11a4 4 0 0 1 0 8H7";
const REDO: &str = "M11.5 3.5L15 7l-3.5 3.5M14.5 7H7a4 4 0 0 0 0 8h4";

#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    pub run: Rc<Run>,
    /// The colours in force.
    pub theme: Theme,
}

/// The bar.
#[function_component(Header)]
pub fn header(props: &HeaderProps) -> Html {
    let page = use_page();
    let theme_name = match props.theme {
        Theme::Auto => "automatic",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let next = props.theme.next();
    let on_theme = page.on_press(move |page| page.view.dispatch(Action::Theme(next)));
    let on_share = page.on_press(|page| {
        page.hold_still();
        page.view.dispatch(Action::Sharing(true));
    });
    let on_file = {
        let page = page.clone();
        Callback::from(move |event: Event| {
            let Some(input) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            else {
                return;
            };
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                page.open_file(&file);
            }
            // So that choosing the same file again is a change again.
            input.set_value("");
        })
    };
    html! {
        <header class="bar-top">
            <h1>
                <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
                    <rect class="logo-cache" x="1" y="3" width="12" height="16" rx="4" />
                    <rect class="logo-database" x="15" y="3" width="6" height="16" rx="3" />
                </svg>
                <span>{ "Cache Playground" }</span>
            </h1>
            <Scenes run={props.run.clone()} />
            <span class="spread"></span>
            { undo_button(&page, false) }
            { undo_button(&page, true) }
            <button id={FILE_BUTTON} class="btn" type="button" onclick={Callback::from(|_: MouseEvent| choose_file())}><span class="more">{ "Open a " }</span>{ "trace" }</button>
            <input id={FILE_INPUT} class="sr-only" type="file" tabindex="-1" aria-label="Trace file" onchange={on_file} />
            <button class="btn ghost" type="button" aria-haspopup="dialog" onclick={on_share}>{ "Share" }</button>
            <button id="present" class="btn ghost" type="button" title="Larger text, without this bar" onclick={page.on_press(|page| page.view.dispatch(Action::Present(true)))}>{ "Present" }</button>
            <button class="btn ghost square" type="button" aria-label={format!("Theme: {theme_name}")} title={format!("Theme: {theme_name}")} onclick={on_theme}>
                <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
                    <circle cx="9" cy="9" r="7" fill="none" stroke="currentColor" stroke-width="1.6" />
                    <path d="M9 2a7 7 0 0 1 0 14z" fill="currentColor" />
                </svg>
            </button>
        </header>
    }
}

#[derive(Properties, PartialEq)]
struct ScenesProps {
    run: Rc<Run>,
}

/// The list of scenes; its button says which one is open, and whether it has been changed.
#[function_component(Scenes)]
fn scenes(props: &ScenesProps) -> Html {
    let page = use_page();
    let input = &props.run.scenario().input;
    let listed: Vec<Listed> = Listed::all().collect();
    let on_choose = use_callback(
        page.session.clone(),
        |place: usize, session| match Listed::all().nth(place) {
            Some(listed) => {
                let scenario = Scenario::new(listed.scenario());
                session.load(scenario.expect("the page's own scenes are valid"));
            }
            None => session.start_over(),
        },
    );
    let open = Listed::of(input);
    let changed = match open {
        Some(open) => open.is_changed_in(input),
        None => page.session.is_changed(),
    };
    let mut items: Vec<AttrValue> = listed.iter().map(|of| of.title.into()).collect();
    let mut about: Vec<AttrValue> = listed.iter().map(|of| of.about.into()).collect();
    if page.session.is_changed() {
        items.push("Start this scene over".into());
        about.push("Everything back as it was when the scene was opened.".into());
    }
    let begins =
        |&(place, of): &(usize, &Listed)| place == 0 || listed[place - 1].heading != of.heading;
    let places = listed.iter().enumerate().filter(begins);
    let headings: Vec<_> = places.map(|(place, of)| (place, of.heading)).collect();
    let present = open.and_then(|open| listed.iter().position(|of| of.name == open.name));
    let place = open.map(|open| {
        let (place, of) = open.place();
        let changed = if changed { ", changed" } else { "" };
        AttrValue::from(format!("{} {place} of {of}{changed}", open.heading))
    });
    let more = match input.title.as_str() {
        "" => String::new(),
        title => format!(" · {title}"),
    };
    html! {
        <Menu id="scenes" class="btn scene-button" name="Scenes" title={place} {more} {items} {about} {headings} {present} {on_choose} />
    }
}

/// The button that undoes or redoes the last change.
fn undo_button(page: &Page, redo: bool) -> Html {
    let what = page.session.undoable(redo);
    let does = if redo { "Redo" } else { "Undo" };
    let name = match &what {
        Some(what) => format!("{does}: {what}"),
        None => format!("{does}: nothing to {}", does.to_ascii_lowercase()),
    };
    let path = if redo { REDO } else { UNDO };
    let onclick = page.on_press(move |page| page.undo(redo));
    html! {
        <button class="btn ghost square" type="button" aria-label={name.clone()} title={name} aria-disabled={what.is_none().to_string()} {onclick}>
            <svg width="18" height="18" viewBox="0 0 18 18" fill="none" aria-hidden="true"><path class="undo-arrow" d={path} /></svg>
        </button>
    }
}
