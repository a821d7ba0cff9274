//! The page's own bar: what it is, what is open, and the colours.

use crate::session::{Edit, Session};
use crate::view::context::{Page, use_page};
use crate::view::shell::field::Field;
use crate::view::shell::format::letter;
use crate::view::shell::lab::LabHandle;
use crate::view::shell::menu::Menu;
use crate::view::state::{Action, Notice, Reading, Theme, ViewState};
use scenario::{PRESETS, RACES, Scenario, opening};
use std::rc::Rc;
use timeline::Run;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlElement, HtmlInputElement};
use worker::Answer;
use yew::prelude::*;

/// The largest file that is read, in bytes: with its keys a larger one would not fit in a tab's memory.
const FILE_BYTES_MAX: f64 = 200_000_000.0;
/// The id of the file input, which the keyboard opens too.
const FILE_INPUT: &str = "trace-file";
/// The id of the button that opens it.
const FILE_BUTTON: &str = "open-trace";

/// What the opening scene is, in the list of scenes.
const OPENING: &str = "Cache-aside next to write-through: which one waits for the database, and which one serves old data?";
/// Arrows back and forth.
const UNDO: &str = "M6.5 3.5L3 7l3.500 3.500M3.500 7H11a4 4 0 0 1 0 8H7";
const REDO: &str = "M11.500 3.500L15 7l-3.500 3.500M14.500 7H7a4 4 0 0 0 0 8h4";

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
    let input = &props.run.scenario().input;
    let theme_name = match props.theme {
        Theme::Auto => "automatic",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let on_theme = {
        let (view, theme) = (page.view.clone(), props.theme);
        Callback::from(move |_: MouseEvent| view.dispatch(Action::Theme(next_theme(theme))))
    };
    let on_share = {
        let view = page.view.clone();
        Callback::from(move |_: MouseEvent| view.dispatch(Action::Sharing(true)))
    };
    let on_scene = use_callback(page.session.clone(), |i: usize, session| {
        let input = match i.checked_sub(1) {
            None => opening(),
            Some(preset) if preset < PRESETS.len() => PRESETS[preset].scenario(),
            Some(race) if race - PRESETS.len() < RACES.len() => {
                RACES[race - PRESETS.len()].scenario()
            }
            Some(_) => {
                let done = session.start_over();
                debug_assert!(done.is_ok());
                return;
            }
        };
        session.load(Scenario::new(input).expect("the page's own scenes are valid"));
    });
    let mut scenes = vec![(AttrValue::from("Opening scene"), AttrValue::from(OPENING))];
    scenes.extend(
        PRESETS
            .iter()
            .map(|preset| (preset.title.clone().into(), preset.about.clone().into())),
    );
    let races = (scenes.len(), "Races");
    scenes.extend(
        RACES
            .iter()
            .map(|race| (race.title.clone().into(), race.about.clone().into())),
    );
    // A scene is known by its title: what was changed in it does not make it another.
    let opening = opening().title;
    let titles = [&opening].into_iter();
    let titles = titles.chain(PRESETS.iter().map(|preset| &preset.title));
    let mut titles = titles.chain(RACES.iter().map(|race| &race.title));
    let present = titles.position(|title| *title == input.title);
    if page.session.is_changed() {
        scenes.push((
            "Start this scene over".into(),
            "Everything back as it was when the scene was opened.".into(),
        ));
    }
    let (scenes, about): (Vec<_>, Vec<_>) = scenes.into_iter().unzip();
    let on_file = {
        let (session, view) = (page.session.clone(), page.view.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            else {
                return;
            };
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                open_file(session.clone(), view.clone(), &file);
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
            { undo_button(&page, false) }
            { undo_button(&page, true) }
            <SeedField seed={AttrValue::from(input.seed.clone())} />
            <Menu id="scenes" class="btn ghost" title="Scenes" section={races} items={scenes} {about} {present} on_choose={on_scene} />
            <button id={FILE_BUTTON} class="btn" type="button" onclick={Callback::from(|_: MouseEvent| choose_file())}><span class="more">{ "Open a " }</span>{ "trace" }</button>
            <input id={FILE_INPUT} class="sr-only" type="file" tabindex="-1" aria-label="Trace file" onchange={on_file} />
            <button class="btn ghost" type="button" aria-haspopup="dialog" onclick={on_share}>{ "Share" }</button>
            <button class="btn ghost square" type="button" aria-label={format!("Theme: {theme_name}")} title={format!("Theme: {theme_name}")} onclick={on_theme}>
                <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
                    <circle cx="9" cy="9" r="7" fill="none" stroke="currentColor" stroke-width="1.6" />
                    <path d="M9 2a7 7 0 0 1 0 14z" fill="currentColor" />
                </svg>
            </button>
        </header>
    }
}

/// The button that takes the last change back, or does it again.
fn undo_button(page: &Page, redo: bool) -> Html {
    let what = page.session.undoable(redo, letter);
    let does = if redo { "Redo" } else { "Undo" };
    let name = match &what {
        Some(what) => format!("{does}: {what}"),
        None => format!("{does}: nothing to {}", does.to_ascii_lowercase()),
    };
    let path = if redo { REDO } else { UNDO };
    let (session, view) = (page.session.clone(), page.view.clone());
    let onclick = Callback::from(move |_: MouseEvent| undo(&session, &view, redo));
    html! {
        <button class="btn ghost square" type="button" aria-label={name.clone()} title={name} aria-disabled={what.is_none().to_string()} {onclick}>
            <svg width="18" height="18" viewBox="0 0 18 18" fill="none" aria-hidden="true"><path class="undo-arrow" d={path} /></svg>
        </button>
    }
}

/// Takes the last change back, or does it again, and tells what is different.
pub fn undo(session: &Session, view: &UseReducerDispatcher<ViewState>, redo: bool) {
    match session.undo(redo, letter) {
        Ok(Some(told)) => view.dispatch(Action::Told(told.into())),
        Ok(None) => {}
        Err(invalid) => crate::view::stage::controls::refuse(view, invalid.message),
    }
}

#[derive(Properties, PartialEq)]
struct SeedFieldProps {
    seed: AttrValue,
}

#[function_component(SeedField)]
fn seed_field(props: &SeedFieldProps) -> Html {
    let page = use_page();
    let (session, view) = (page.session.clone(), page.view.clone());
    let on_change = Callback::from(move |typed: String| {
        crate::view::stage::controls::apply(&session, &view, &Edit::Seed(typed));
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

/// Has a file read, and opens it as a trace. Nothing changes until all of it has been read.
pub fn open_file(session: Session, view: UseReducerDispatcher<ViewState>, file: &File) {
    let (name, of) = (file.name(), file.size());
    let refused = format!("{name} was not opened. What you had is still here.");
    if of > FILE_BYTES_MAX {
        let mb = of as u64 / 1_000_000;
        let why = format!("A trace file can have at most 200 MB; this one has {mb} MB.");
        return view.dispatch(Action::Notice(Some(Notice::Refused(refused, why))));
    }
    let seed = session.scene().run.scenario().input.seed.clone();
    let reading = move |lab: &Rc<LabHandle>, bytes, requests| {
        let (name, lab) = (name.clone(), lab.clone());
        Some(Reading {
            name,
            bytes,
            of,
            requests,
            lab,
        })
    };
    let first = reading.clone();
    let hearer = view.clone();
    let lab = LabHandle::open(file, &seed, move |lab, answer| match answer {
        Answer::Progress { bytes, requests } => {
            hearer.dispatch(Action::Reading(reading(lab, bytes as f64, requests)));
        }
        Answer::Opened(opened) => match session.open_trace(*opened, lab.clone()) {
            Ok(()) => notice(&hearer, None),
            Err(invalid) => notice(
                &hearer,
                Some(Notice::Refused(refused.clone(), invalid.message)),
            ),
        },
        Answer::Refused { why, requests: 0 } => {
            notice(&hearer, Some(Notice::Refused(refused.clone(), why)))
        }
        Answer::Refused { why, requests } => {
            let partial = Notice::Partial(refused.clone(), why, requests, lab.clone());
            notice(&hearer, Some(partial));
        }
        Answer::Counted { number, replays } => session.counted(number, replays),
        Answer::Curves(found) => session.curves_found(found),
    });
    let first = first(&lab, 0.0, 0);
    view.dispatch(Action::Notice(None));
    view.dispatch(Action::Reading(first));
}

/// Shows a notice, or none, and ends the progress of a file that is being read. If the focus is on a button
/// of the present notice, it moves to the button that opens a trace: otherwise it would be lost.
pub fn notice(view: &UseReducerDispatcher<ViewState>, notice: Option<Notice>) {
    let document = gloo::utils::document();
    let focused = document.active_element();
    let in_notice =
        focused.is_some_and(|element| matches!(element.closest(".notices"), Ok(Some(_))));
    if in_notice {
        let button = document.get_element_by_id(FILE_BUTTON);
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            button.focus().ok();
        }
    }
    view.dispatch(Action::Reading(None));
    view.dispatch(Action::Notice(notice));
}
