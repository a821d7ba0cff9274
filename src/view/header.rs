//! The page's own bar: what it is, what is open, and the colours.

use super::field::Field;
use super::state::{Action, Notice, Theme, ViewState};
use crate::scenario::{Scenario, opening};
use crate::session::{Edit, Session};
use crate::timeline::Run;
use crate::trace;
use gloo::file::{File, futures::read_as_bytes};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::platform::spawn_local;
use yew::prelude::*;

/// The largest file that is read, in bytes: more would not fit beside its keys in the memory that a
/// tab gets.
const FILE_BYTES_MAX: u64 = 200_000_000;
/// The id of the file input, which the keyboard opens too.
const FILE_INPUT: &str = "trace-file";

/// The session and the view.
#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    /// The session.
    pub session: Session,
    /// The view's dispatcher.
    pub view: UseReducerDispatcher<ViewState>,
    /// The run.
    pub run: Rc<Run>,
    /// The colours in force.
    pub theme: Theme,
}

/// The bar.
#[function_component(Header)]
pub fn header(props: &HeaderProps) -> Html {
    let input = &props.run.scenario().input;
    let opened = **input != opening();
    let theme_name = match props.theme {
        Theme::Auto => "the system's",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let on_theme = {
        let (view, theme) = (props.view.clone(), props.theme);
        Callback::from(move |_: MouseEvent| view.dispatch(Action::Theme(next_theme(theme))))
    };
    let on_opening = {
        let session = props.session.clone();
        Callback::from(move |_: MouseEvent| {
            session.load(Scenario::new(opening()).expect("the opening scene is valid"));
        })
    };
    let on_file = {
        let (session, view) = (props.session.clone(), props.view.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            else {
                return;
            };
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                open_file(session.clone(), view.clone(), File::from(file));
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
            <p class="scene-title">{ input.title.clone() }</p>
            <span class="spread"></span>
            <SeedField session={props.session.clone()} view={props.view.clone()} seed={AttrValue::from(input.seed.clone())} />
            if opened {
                <button class="btn ghost" type="button" onclick={on_opening}>{ "Opening scene" }</button>
            }
            <button class="btn" type="button" onclick={Callback::from(|_: MouseEvent| choose_file())}>{ "Open a trace" }</button>
            <input id={FILE_INPUT} class="sr-only" type="file" tabindex="-1" aria-label="Trace file" onchange={on_file} />
            <button class="btn ghost square" type="button" aria-label={format!("Theme: {theme_name}")} title={format!("Theme: {theme_name}")} onclick={on_theme}>
                <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
                    <circle cx="9" cy="9" r="7" fill="none" stroke="currentColor" stroke-width="1.6" />
                    <path d="M9 2a7 7 0 0 1 0 14z" fill="currentColor" />
                </svg>
            </button>
        </header>
    }
}

/// The seed that is in force.
#[derive(Properties, PartialEq)]
struct SeedFieldProps {
    session: Session,
    view: UseReducerDispatcher<ViewState>,
    seed: AttrValue,
}

#[function_component(SeedField)]
fn seed_field(props: &SeedFieldProps) -> Html {
    let (session, view) = (props.session.clone(), props.view.clone());
    let on_change = Callback::from(move |typed: String| {
        super::controls::apply(&session, &view, &Edit::Seed(typed));
    });
    html! {
        <label class="seed" title="Fixes every random draw: the same seed gives the same latencies">
            { "seed" }
            <Field label="Seed of every random draw" value={props.seed.clone()} digits={5} {on_change} />
        </label>
    }
}

/// Opens the browser's file chooser.
pub fn choose_file() {
    let input = gloo::utils::document().get_element_by_id(FILE_INPUT);
    if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlElement>().ok()) {
        input.click();
    }
}

/// The theme after this one.
pub fn next_theme(theme: Theme) -> Theme {
    match theme {
        Theme::Auto => Theme::Dark,
        Theme::Dark => Theme::Light,
        Theme::Light => Theme::Auto,
    }
}

/// Reads a file and opens it as a trace. Until it has been read and checked nothing changes.
fn open_file(session: Session, view: UseReducerDispatcher<ViewState>, file: File) {
    let name = file.name();
    let refused = format!("{name} was not opened. What you had is still here.");
    let refuse = move |view: &UseReducerDispatcher<ViewState>, why: String| {
        view.dispatch(Action::Notice(Some(Notice::Refused(refused.clone(), why))));
    };
    if file.size() > FILE_BYTES_MAX {
        let mb = file.size() / 1_000_000;
        let why = format!("A trace can have at most 200 MB, and this file has {mb} MB.");
        return refuse(&view, why);
    }
    view.dispatch(Action::Notice(Some(Notice::Busy(format!(
        "Reading {name}…"
    )))));
    spawn_local(async move {
        let bytes = match read_as_bytes(&file).await {
            Ok(bytes) => bytes,
            Err(error) => return refuse(&view, format!("The browser could not read it: {error}.")),
        };
        // One turn of the event loop, so that the notice is drawn before the work begins.
        gloo::timers::future::TimeoutFuture::new(0).await;
        match trace::read(&name, &bytes) {
            Err(bad) => refuse(&view, bad.to_string()),
            Ok(trace) => match session.open_trace(trace) {
                Err(invalid) => refuse(&view, invalid.message),
                Ok(()) => view.dispatch(Action::Notice(None)),
            },
        }
    });
}
