//! The whole page.

use super::clock::use_clock;
use super::dock::Dock;
use super::format::{counted, letter};
use super::header::{Header, notice};
use super::help::Help;
use super::keyboard::use_keyboard;
use super::lane::Lane;
use super::marks::MarkSymbols;
use super::metrics::Metrics;
use super::moves::Moves;
use super::narration::NarrationLine;
use super::state::{Action, Notice, Reading, Theme, ViewState};
use super::story::Story;
use super::trace_panel::TracePanel;
use crate::session::{Scene, Session};
use crate::units::Micros;
use gloo::events::EventListener;
use web_sys::{Element, MediaQueryList};
use yew::prelude::*;

/// The key under which the theme is remembered, where that is allowed.
const THEME_KEY: &str = "cache-playground.theme";
/// Below this width the table of numbers stands on its side, and a lane can fill the screen.
const SIDEWAYS_BELOW: u32 = 621;
/// From this width on there is room for the story of the shown request.
const STORY_FROM: u32 = 1600;
/// While steps follow each other faster than this, a screen reader is not told of each.
const ANNOUNCE_MS: f64 = 1000.0;

/// Whose page.
#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// The session.
    pub session: Session,
}

/// The page.
#[function_component(App)]
pub fn app(props: &AppProps) -> Html {
    let session = &props.session;
    let view = {
        let scene = session.scene();
        use_reducer(move || {
            let reduced = reduced_motion().is_some_and(|query| query.matches());
            ViewState::new(scene, !reduced, remembered_theme())
        })
    };
    use_session(session, &view);
    use_motion_preference(&view);
    use_clock(session, &view);
    use_keyboard(session, &view);
    use_theme(view.theme);
    let (lanes_ref, width) = use_stage_width(session.scene().frame.lanes.len());

    let scene = &view.scene;
    let dispatcher = view.dispatcher();
    let before = view.glide.as_ref().and_then(|glide| glide.before.clone());
    let scale = scale(scene);
    let narrow = page_width() < SIDEWAYS_BELOW;
    let solo = view.solo.filter(|_| narrow);
    let setups = scene.run.scenario().lanes.iter().enumerate();
    let shown_lanes = setups.filter(|(lane, _)| solo.is_none_or(|solo| solo == *lane));
    let announce = scene.speed.is_none() || scene.wait_ms >= ANNOUNCE_MS;
    html! {
        <>
            <Header session={session.clone()} view={dispatcher.clone()} run={scene.run.clone()} theme={view.theme} />
            <main>
                <NarrationLine session={session.clone()} scene={scene.clone()} told={view.told.clone()} {announce} />
                <div class="notices" aria-live="assertive">{ for view.notice.as_ref().map(|notice| tell(notice, &dispatcher)) }</div>
                <div class="notices">{ for view.reading.as_ref().map(|reading| progress(reading, &dispatcher)) }</div>
                <Moves session={session.clone()} view={dispatcher.clone()} input={scene.run.scenario().input.clone()} />
                <TracePanel open={scene.trace.clone()} run={scene.run.clone()} session={session.clone()} />
                if narrow && scene.frame.lanes.len() > 1 {
                    <SoloSwitch view={dispatcher.clone()} lanes={scene.frame.lanes.len()} solo={view.solo} />
                }
                <div class={format!("lanes of-{}", scene.frame.lanes.len())} ref={lanes_ref}>
                    { for shown_lanes.map(|(lane, setup)| html! {
                        <Lane key={lane} session={session.clone()} view={dispatcher.clone()} {lane} setup={setup.clone()}
                            frame={scene.frame.clone()} before={before.clone()} now={view.now} {width} {scale} />
                    }) }
                </div>
                <Metrics frame={scene.frame.clone()} sideways={narrow} />
                if page_width() >= STORY_FROM {
                    <Story scene={scene.clone()} />
                }
            </main>
            <Dock session={session.clone()} view={dispatcher.clone()} scene={scene.clone()} unit={view.unit} speed={view.speed} />
            <Help view={dispatcher} open={view.help} />
            <MarkSymbols />
        </>
    }
}

/// The view and its lanes.
#[derive(Properties, PartialEq)]
struct SoloSwitchProps {
    view: UseReducerDispatcher<ViewState>,
    lanes: usize,
    solo: Option<usize>,
}

/// Which lane a narrow screen shows.
#[function_component(SoloSwitch)]
fn solo_switch(props: &SoloSwitchProps) -> Html {
    let choices = (0..props.lanes).map(Some).chain([None]);
    html! {
        <div class="solo" role="group" aria-label="Lanes on the screen">
            { for choices.map(|choice| {
                let view = props.view.clone();
                let onclick = Callback::from(move |_: MouseEvent| view.dispatch(Action::Solo(choice)));
                let name = choice.map_or_else(|| "all".to_owned(), |lane| letter(lane).to_string());
                html! { <button class="btn" type="button" aria-pressed={(choice == props.solo).to_string()} {onclick}>{ name }</button> }
            }) }
        </div>
    }
}

/// One scale for the bars of all lanes: the longest that any of the shown requests takes.
fn scale(scene: &Scene) -> Micros {
    let shown = scene
        .frame
        .lanes
        .iter()
        .filter_map(|lane| lane.shown_request());
    let newest = shown.clone().map(|request| request.id).max();
    let of_newest = newest.into_iter().flat_map(|id| {
        (0..scene.frame.lanes.len()).filter_map(move |lane| scene.run.latency(id - 1, lane))
    });
    let all = shown.map(|request| request.total_us).chain(of_newest);
    all.max().unwrap_or(Micros(1))
}

fn act(name: String, act: impl Fn() + 'static) -> Html {
    html! { <button class="btn" type="button" onclick={Callback::from(move |_: MouseEvent| act())}>{ name }</button> }
}

/// The button that takes away what is told, and ends the reading of a file.
fn dismiss(name: &str, view: &UseReducerDispatcher<ViewState>) -> Html {
    let view = view.clone();
    act(name.to_owned(), move || notice(&view, None))
}

fn progress(reading: &Reading, view: &UseReducerDispatcher<ViewState>) -> Html {
    let so_far = match reading.requests {
        0 => String::new(),
        requests => counted(requests as usize, "request"),
    };
    html! {
        <p class="notice">
            <span>{ format!("Reading {}…", reading.name) }</span>
            <progress aria-label={format!("Reading {}", reading.name)} max="1000"
                value={share_of(reading).to_string()}></progress>
            <span>{ so_far }</span>
            { dismiss("Cancel", view) }
        </p>
    }
}

fn tell(notice: &Notice, view: &UseReducerDispatcher<ViewState>) -> Html {
    let (what, why, kept) = match notice {
        Notice::Refused(what, why) => (what, why, html! {}),
        Notice::Partial(what, why, requests, lab) => {
            let lab = lab.clone();
            let requests = counted(*requests as usize, "request");
            let keep = act(format!("Use the {requests} read so far"), move || {
                lab.keep()
            });
            (what, why, keep)
        }
    };
    html! {
        <p class="notice refused">
            <span><b>{ what.clone() }</b>{ " " }{ why.clone() }</span>
            { kept }
            { dismiss("Dismiss", view) }
        </p>
    }
}

/// How much of a file has been read, in thousandths.
fn share_of(reading: &Reading) -> u32 {
    (reading.bytes * 1000.0 / reading.of.max(1.0)) as u32
}

/// Shows whatever the session changes to, whoever changed it.
#[hook]
fn use_session(session: &Session, view: &UseReducerHandle<ViewState>) {
    let dispatcher = view.dispatcher();
    use_effect_with(session.clone(), move |session| {
        let subscription =
            session.subscribe(move |scene| dispatcher.dispatch(Action::Scene(scene.clone())));
        gloo::utils::document_element()
            .set_attribute("data-ready", "true")
            .ok();
        move || drop(subscription)
    });
}

fn reduced_motion() -> Option<MediaQueryList> {
    gloo::utils::window()
        .match_media("(prefers-reduced-motion: reduce)")
        .ok()?
}

#[hook]
fn use_motion_preference(view: &UseReducerHandle<ViewState>) {
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

/// What was chosen on an earlier visit. Reading the storage throws where it is blocked: then nothing
/// is remembered.
fn remembered_theme() -> Theme {
    let storage = gloo::utils::window().local_storage().ok().flatten();
    let theme = storage.and_then(|storage| storage.get_item(THEME_KEY).ok().flatten());
    match theme.as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Auto,
    }
}

#[hook]
fn use_theme(theme: Theme) {
    use_effect_with(theme, |theme| {
        let name = match theme {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        gloo::utils::document_element()
            .set_attribute("data-theme", name)
            .ok();
        if let Ok(Some(storage)) = gloo::utils::window().local_storage() {
            storage.set_item(THEME_KEY, name).ok();
        }
    });
}

fn page_width() -> u32 {
    u32::try_from(gloo::utils::document_element().client_width()).unwrap_or(1280)
}

/// The width that the style sheet will give a stage: lanes stand side by side above 1020 px, and the
/// page's margins shrink at 620 px. Drawing with the right width at once keeps the first picture from
/// moving; what is measured afterwards corrects it.
fn expected_stage_width(lane_count: usize) -> u32 {
    let page = page_width();
    match page {
        1021.. if lane_count == 1 => page.min(1760) - 42,
        0..=620 => page.saturating_sub(22),
        621..=1020 => page - 42,
        _ => (page.min(1760) - 50) / 2 - 2,
    }
}

/// The width of a lane's stage, followed as the page changes its size.
#[hook]
fn use_stage_width(lane_count: usize) -> (NodeRef, u32) {
    let lanes = use_node_ref();
    let width = use_state_eq(|| expected_stage_width(lane_count));
    let measure = {
        let (lanes, width) = (lanes.clone(), width.clone());
        move || {
            let stage = lanes.cast::<Element>();
            let stage = stage.and_then(|lanes| lanes.query_selector(".stage-box").ok().flatten());
            if let Some(measured) = stage.map(|stage| stage.client_width()) {
                width.set(u32::try_from(measured).unwrap_or_default());
            }
        }
    };
    use_effect_with(lane_count, move |_| {
        measure();
        let listener = EventListener::new(&gloo::utils::window(), "resize", move |_| measure());
        move || drop(listener)
    });
    (lanes, *width)
}
