//! The page's address: what it says when the page is opened, and that it says where the person is.

use crate::session::{Query, Session};
use crate::view::panels::{self, Panel};
use crate::view::shell::embed::mark_document;
use crate::view::shell::screen::Screen;
use crate::view::state::{Action, Notice, ViewState};
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use js_sys::Array;
use scenario::{Scenario, ScenarioInput, link, opening};
use std::cell::RefCell;
use std::rc::Rc;
use timeline::Command;
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;
use yew::prelude::*;

/// How long nothing has to change before the address is written, in milliseconds. Browsers allow a hundred
/// changes in half a minute.
const REST_MS: u32 = 350;

/// What the page was opened with.
#[derive(Clone, PartialEq, Debug)]
pub struct Start {
    /// The browser's window and settings.
    pub screen: Screen,
    /// The options.
    pub query: Query,
    /// The panel that the link had open.
    pub panel: Option<Panel>,
    /// Sentences about what could not be understood of either.
    pub warnings: Vec<String>,
    /// The fragment of the address, with its `#`.
    pub hash: String,
}

impl Start {
    /// The page's own address, without options.
    pub fn plain(screen: Screen) -> Self {
        Self {
            screen,
            query: Query::default(),
            panel: None,
            warnings: Vec::new(),
            hash: String::new(),
        }
    }
}

/// Reads the address, and brings the session to where it points.
pub fn open(session: &Session) -> Start {
    let screen = Screen::read();
    let location = gloo::utils::window().location();
    let (search, hash) = (location.search(), location.hash());
    let (search, hash) = (search.unwrap_or_default(), hash.unwrap_or_default());
    if search.is_empty() && hash.is_empty() {
        return Start::plain(screen);
    }
    let query = read_query(&search);
    mark_document(&query);
    if query.embed {
        session.set_embedded();
    }
    let mut warnings = query.warnings.clone();
    let mut panel = None;
    match hash.strip_prefix('#') {
        Some(fragment) => match restore(session, fragment) {
            Ok(open) => panel = open,
            Err(why) => warnings.push(why),
        },
        None => warnings.extend(set_up(session, &query).err()),
    }
    // Nobody has seen the opening scene that was there before.
    session.begin_here();
    Start {
        screen,
        query,
        panel,
        warnings,
        hash,
    }
}

fn read_query(search: &str) -> Query {
    let Ok(parameters) = UrlSearchParams::new_with_str(search) else {
        return Query::default();
    };
    let pairs: Vec<(String, String)> = Array::from(&parameters)
        .iter()
        .map(|pair| {
            let pair = Array::from(&pair);
            let text = |i| pair.get(i).as_string().unwrap_or_default();
            (text(0), text(1))
        })
        .collect();
    Query::read(pairs.iter().map(|(name, value)| (&**name, &**value)))
}

/// Brings the session to the scene, seed and step that the options ask for.
fn set_up(session: &Session, query: &Query) -> Result<(), String> {
    if query.scene.is_some() || query.seed.is_some() {
        let mut input = query.scene.map_or_else(opening, |scene| scene.scenario());
        if let Some(seed) = query.seed {
            input.seed = seed.to_string();
        }
        session.load(Scenario::new(input).expect("the page's own scenes are valid with any seed"));
    }
    go_to(session, query.step)
}

/// Goes to a step, or to the last one if the run is shorter.
fn go_to(session: &Session, step: u32) -> Result<(), String> {
    if step == 0 {
        return Ok(());
    }
    // A long run is simulated as far as that step, not to its end.
    let run = session.snapshot().run;
    let there = run.reach(step);
    let nearest = step.min(run.known_steps());
    let moved = session.command(Command::Seek { step: nearest });
    debug_assert!(moved.is_ok());
    if there {
        Ok(())
    } else {
        Err(format!(
            "The address asks for step {step}, and this run has {nearest}."
        ))
    }
}

/// Brings the session to what a fragment holds. Returns the panel that was open, or why the fragment could
/// not be used.
fn restore(session: &Session, fragment: &str) -> Result<Option<Panel>, String> {
    let linked = link::decode(fragment)
        .map_err(|invalid| format!("The link was not opened. {}", invalid.message))?;
    session.load(linked.scenario);
    go_to(session, linked.step)?;
    let named = |name: String| panels::ALL.into_iter().find(|panel| panel.name == name);
    Ok(linked.panel.and_then(named))
}

/// The notice for what could not be understood; `None` if everything was.
pub fn notice(warnings: &[String]) -> Option<Notice> {
    let what = "Not all of the address could be used.".to_owned();
    (!warnings.is_empty()).then(|| Notice::Refused(what, warnings.join(" ")))
}

/// Keeps the address in step with the page, and the page with an address that a person puts in.
#[hook]
pub fn use_address(session: &Session, view: &UseReducerHandle<ViewState>, start: &Start) {
    let written = use_mut_ref(|| start.hash.clone());
    let snapshot = &view.snapshot;
    let state = State {
        input: snapshot.run.scenario().input.clone(),
        step: snapshot.frame.step,
        panel: view.panels.first().copied(),
        waits: snapshot.playing.is_some(),
    };
    let began = use_mut_ref(|| Some((state.input.clone(), state.step)));
    let dispatcher = view.dispatcher();
    use_effect_with(state, {
        let (written, dispatcher) = (written.clone(), dispatcher.clone());
        move |state| {
            // Until something changes, the address stays as it was typed. A change may have come while it
            // could not be written yet.
            let at_first = !state.waits
                && began
                    .take()
                    .is_some_and(|(input, step)| (&input, step) == (&state.input, state.step));
            let state = state.clone();
            let rest = (!state.waits).then(|| {
                Timeout::new(REST_MS, move || {
                    let panel = state.panel.map(|panel| panel.name);
                    let fragment = link::encode(&state.input, state.step, panel);
                    if !at_first {
                        write(&written, fragment.as_deref());
                    }
                    dispatcher.dispatch(Action::Link(fragment.map(AttrValue::from)));
                })
            });
            move || drop(rest)
        }
    });
    use_effect_with(session.clone(), move |session| {
        let session = session.clone();
        let listener = EventListener::new(&gloo::utils::window(), "hashchange", move |_| {
            let hash = gloo::utils::window().location().hash().unwrap_or_default();
            let Some(fragment) = hash.strip_prefix('#').filter(|_| *written.borrow() != hash)
            else {
                return;
            };
            match restore(&session, fragment) {
                Ok(panel) => {
                    session.begin_if_embedded();
                    dispatcher.dispatch(Action::Panels(panel.into_iter().collect()));
                }
                Err(why) => dispatcher.dispatch(Action::Notice(notice(&[why]))),
            }
        });
        move || drop(listener)
    });
}

/// What the address is written from.
#[derive(Clone, PartialEq)]
struct State {
    input: Rc<ScenarioInput>,
    step: u32,
    panel: Option<Panel>,
    /// Nothing is written while playing.
    waits: bool,
}

/// Writes the fragment, or takes it away where the state has none. A page without an address of its
/// own, as in `srcdoc`, does not take it.
fn write(written: &RefCell<String>, fragment: Option<&str>) {
    let hash = fragment.map_or_else(String::new, |fragment| format!("#{fragment}"));
    if *written.borrow() == hash {
        return;
    }
    let window = gloo::utils::window();
    let location = window.location();
    let path = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    let address = path + &hash;
    *written.borrow_mut() = hash;
    if let Ok(history) = window.history() {
        let replaced = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        drop(replaced);
    }
}

/// The whole address of a state, without the options that are for a host only.
pub fn whole(fragment: &str, query: &str) -> String {
    let href = gloo::utils::window().location().href().unwrap_or_default();
    let page = href.split(['?', '#']).next().unwrap_or_default();
    format!("{page}{query}#{fragment}")
}
