//! The whole page.

use crate::session::Session;
use crate::view::dialogs::help::Help;
use crate::view::dialogs::share::Share;
use crate::view::numbers::compare::Compare;
use crate::view::numbers::metrics::Metrics;
use crate::view::panels::race::Race;
use crate::view::panels::{Panel, PanelProps, Panels};
use crate::view::shell::address::{self, Start, use_address};
use crate::view::shell::dropping::use_dropping;
use crate::view::shell::embed::use_height_report;
use crate::view::shell::format::counted;
use crate::view::shell::header::{Header, notice};
use crate::view::shell::keyboard::use_keyboard;
use crate::view::shell::narration::NarrationLine;
use crate::view::shell::screen::{THEME_KEY, USUAL_TEXT, page_width, reduced_motion};
use crate::view::shell::solo::SoloSwitch;
use crate::view::stage::clock::use_clock;
use crate::view::stage::lane::Lane;
use crate::view::stage::marks::MarkSymbols;
use crate::view::state::{Action, Notice, Reading, Theme, ViewState};
use crate::view::timeline::dock::Dock;
use gloo::events::EventListener;
use web_sys::Element;
use yew::prelude::*;

/// Below this width a lane can fill the screen.
const NARROW_BELOW: u32 = 621;
/// Below this width the table of numbers stands on its side.
const SIDEWAYS_BELOW: u32 = 1101;
/// From this size of text on there is less room, in CSS pixels.
const LARGER_FROM: f64 = 18.0;
/// No stage is drawn for less than this, in CSS pixels: nothing on it would have room.
const STAGE_MIN: u32 = 300;
/// While steps follow each other faster than this, a screen reader is not told of each.
const ANNOUNCE_MS: f64 = 1000.0;

/// Whose page.
#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// The session.
    pub session: Session,
    /// What the page was opened with.
    pub start: Start,
}

/// The page.
#[function_component(App)]
pub fn app(props: &AppProps) -> Html {
    let session = &props.session;
    let view = {
        let (scene, start) = (session.scene(), props.start.clone());
        use_reducer(move || {
            let Start { query, screen, .. } = &start;
            let still = screen.still || query.still;
            let theme = match query.dark {
                None => screen.theme,
                Some(false) => Theme::Light,
                Some(true) => Theme::Dark,
            };
            let mut state = ViewState::new(scene, !still, theme, screen.width);
            state.panels = start.panel.into_iter().collect();
            state.notice = address::notice(&start.warnings);
            // A frame is as high as its page: one lane at a time is near enough to the transport.
            state.solo = query.embed.then_some(0);
            state
        })
    };
    use_session(session, &view);
    use_motion_preference(&view);
    use_clock(session, &view);
    use_keyboard(session, &view);
    let held = use_dropping(session, &view);
    use_theme(view.theme, props.start.query.dark.is_none());
    use_address(session, &view, &props.start);
    use_height_report(&props.start.query);
    use_page_width(&view);
    use_trace_panel(&view);
    use_first_panels(&view, props.start.query.embed);
    let (lanes_ref, width) = use_stage_width(view.page, view.scene.frame.lanes.len());

    // Larger text needs more room.
    let text = props.start.screen.text;
    let larger = text > LARGER_FROM;
    // What is drawn for a narrower stage and shown as wide is as much larger.
    let drawn_width = match larger {
        true => width.min(((f64::from(width) * USUAL_TEXT / text) as u32).max(STAGE_MIN)),
        false => width,
    };
    let scene = &view.scene;
    let dispatcher = view.dispatcher();
    let before = view.glide.as_ref().and_then(|glide| glide.before.clone());
    let narrow = view.page < NARROW_BELOW;
    let solo = view.solo.filter(|_| narrow);
    let setups = scene.run.scenario().lanes.iter().enumerate();
    let shown_lanes = setups.filter(|(lane, _)| solo.is_none_or(|solo| solo == *lane));
    let of = PanelProps {
        session: session.clone(),
        view: dispatcher.clone(),
        scene: scene.clone(),
        follow: view.follow.clone(),
        setup: view.setup,
        console: view.console.clone(),
        now: view.now.clone(),
    };
    let embedded = props.start.query.embed;
    let dock = html! {
        <Dock session={session.clone()} view={dispatcher.clone()} scene={scene.clone()} unit={view.unit} speed={view.speed} zoom={view.zoom} />
    };
    // In a frame that is as high as its page nothing stays at the foot of a window: there the transport
    // stands between the sentences and the stage.
    let (above, below) = match embedded {
        true => (Some(dock), None),
        false => (None, Some(dock)),
    };
    let announce = scene.speed.is_none() || scene.wait_ms >= ANNOUNCE_MS;
    html! {
        <>
            if !embedded {
                <Header session={session.clone()} view={dispatcher.clone()} run={scene.run.clone()} theme={view.theme} />
            }
            <main>
                if embedded {
                    <h1 class="sr-only">{ scene.run.scenario().input.title.clone() }</h1>
                }
                <NarrationLine session={session.clone()} view={dispatcher.clone()} scene={scene.clone()} follow={view.follow.clone()} told={view.told.clone()} {announce} />
                <div class="notices" aria-live="assertive">{ for view.notice.as_ref().map(|notice| tell(notice, &dispatcher)) }</div>
                <div class="notices">{ for view.reading.as_ref().map(|reading| progress(reading, &dispatcher)) }</div>
                { for above }
                if scene.run.scenario().input.schedule.is_some() {
                    <Race session={session.clone()} view={dispatcher.clone()} scene={scene.clone()} />
                }
                if narrow && scene.frame.lanes.len() > 1 {
                    <SoloSwitch view={dispatcher.clone()} lanes={scene.frame.lanes.len()} solo={view.solo} at={lanes_ref.clone()} />
                }
                <div class={format!("lanes of-{}", scene.frame.lanes.len())} ref={lanes_ref}>
                    { for shown_lanes.map(|(lane, setup)| html! {
                        <Lane key={lane} session={session.clone()} view={dispatcher.clone()} {lane} setup={setup.clone()}
                            frame={scene.frame.clone()} before={before.clone()} now={view.now.clone()} width={drawn_width} follow={view.follow.clone()} />
                    }) }
                </div>
                <Metrics frame={scene.frame.clone()} sideways={larger || view.page < SIDEWAYS_BELOW + if props.start.query.present { SIDEWAYS_BELOW / 4 } else { 0 }} />
                <div class="compared">
                    <Compare session={session.clone()} view={dispatcher.clone()} run={scene.run.clone()} />
                </div>
                <Panels of={of} open={view.panels.clone()} room={view.room} />
            </main>
            { for below }
            if embedded {
                <nav class="embed-link" aria-label="This page by itself"><a href={address::whole(view.link.as_deref().unwrap_or_default(), "")} target="_blank" rel="noopener">{ "Open in Cache Playground" }</a></nav>
            }
            if view.sharing {
                <Share session={session.clone()} view={dispatcher.clone()} link={view.link.clone()} input={scene.run.scenario().input.clone()} />
            }
            if view.help {
                <Help view={dispatcher} />
            }
            <div>
            if held {
                <div class="dropping" role="alert"><p>{ "Drop a trace, or a scenario, to open it" }</p></div>
            }
            </div>
            <MarkSymbols />
        </>
    }
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
        // From here on the page answers: index.html begins with a picture that does not.
        if let Some(app) = gloo::utils::document().get_element_by_id("app") {
            app.remove_attribute("inert").ok();
            app.remove_attribute("aria-busy").ok();
        }
        gloo::utils::document_element()
            .set_attribute("data-ready", "true")
            .ok();
        move || drop(subscription)
    });
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

#[hook]
fn use_theme(theme: Theme, remembered: bool) {
    use_effect_with(theme, move |theme| {
        let name = match theme {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        gloo::utils::document_element()
            .set_attribute("data-theme", name)
            .ok();
        // What a host's page asks for is not what a person has chosen.
        if !remembered {
            return;
        }
        if let Ok(Some(storage)) = gloo::utils::window().local_storage() {
            storage.set_item(THEME_KEY, name).ok();
        }
    });
}

/// Follows the page as it changes its width.
#[hook]
fn use_page_width(view: &UseReducerHandle<ViewState>) {
    let dispatcher = view.dispatcher();
    use_effect_with((), move |()| {
        let listener = EventListener::new(&gloo::utils::window(), "resize", move |_| {
            dispatcher.dispatch(Action::Page(page_width()));
        });
        move || drop(listener)
    });
}

/// Opens two panels where there is room for them. Nothing moves: they are below everything else, and so
/// the first picture does not wait for them.
#[hook]
fn use_first_panels(view: &UseReducerHandle<ViewState>, embedded: bool) {
    let dispatcher = view.dispatcher();
    let wanted = view.room > 1 && view.panels.is_empty() && !embedded;
    use_effect_with((), move |()| {
        if wanted {
            dispatcher.dispatch(Action::Panels(vec![Panel::Follow, Panel::Plots]));
        }
    });
}

/// Opening a trace opens its panel.
#[hook]
fn use_trace_panel(view: &UseReducerHandle<ViewState>) {
    let name = view.scene.trace.as_ref().map(|open| open.summary.clone());
    let dispatcher = view.dispatcher();
    use_effect_with(name, move |name| {
        if name.is_some() {
            dispatcher.dispatch(Action::Open(Panel::Trace));
        }
    });
}

/// The width that the style sheet will give a stage: lanes stand side by side above 1020 px, three or
/// four of them in one row where each has at least 400 px, and the page's margins shrink at 620 px. A
/// lane alone has its pseudocode at its side. Drawing with the right width at once keeps the first
/// picture from moving; what is measured afterwards corrects it.
fn expected_stage_width(page: u32, lane_count: usize) -> u32 {
    const GAP: u32 = 10;
    const BORDERS: u32 = 2;
    let most = if lane_count > 2 { 2_600 } else { 1_760 };
    let room = page.min(most).saturating_sub(40);
    let columns = match (page, lane_count) {
        (0..=620, _) => return page.saturating_sub(20 + BORDERS),
        (621..=1020, _) => 1,
        (1021.., 1) => return (room - BORDERS) * 62 / 100,
        (1600.., 3) => 3,
        (1760.., 4) => 4,
        _ => 2,
    };
    (room - GAP * (columns - 1)) / columns - BORDERS
}

/// The width of a lane's stage, followed as the page changes its size.
#[hook]
fn use_stage_width(page: u32, lane_count: usize) -> (NodeRef, u32) {
    let lanes = use_node_ref();
    let width = use_state_eq(|| expected_stage_width(page, lane_count));
    let measure = {
        let (lanes, width) = (lanes.clone(), width.clone());
        move || {
            let stage = lanes.cast::<Element>();
            let stage = stage.and_then(|lanes| lanes.query_selector(".stage-box").ok().flatten());
            // Rounded down: drawn for more than there is, its text would shrink.
            if let Some(measured) = stage.map(|stage| stage.get_bounding_client_rect().width()) {
                width.set(measured as u32);
            }
        }
    };
    use_effect_with(lane_count, move |lane_count| {
        // The style sheet keeps the focus clear of the transport, which is higher with more lanes.
        gloo::utils::document_element()
            .set_attribute("data-lanes", &lane_count.to_string())
            .ok();
        measure();
        let listener = EventListener::new(&gloo::utils::window(), "resize", move |_| measure());
        move || drop(listener)
    });
    (lanes, *width)
}
