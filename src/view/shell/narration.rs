//! What has just happened: one or two sentences a lane, with the values. The page's first text.

use crate::session::Scene;
use crate::view::context::{Page, use_page};
use crate::view::panels::follow;
use crate::view::shell::format::{clock, grouped, letter};
use crate::view::stage::marks::{Mark, MarkIcon};
use crate::view::state::{Action, Follow};
use gloo::timers::callback::Timeout;
use scenario::Scenario;
use timeline::{IDLE_MS, Sentence, duration, narrate};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// With more requests than a person writes down, a cache is full for most of the run, and all lanes evict
/// at one step.
const SHORT_RUN: u32 = 100;

/// While steps follow each other faster than this, a screen reader is not told of each.
const ANNOUNCE_MS: f64 = 1000.0;

#[derive(Properties, PartialEq)]
pub struct NarrationProps {
    pub scene: Scene,
    pub follow: Option<Follow>,
    /// What a change has just made different, which comes before what happened.
    pub told: Option<AttrValue>,
}

/// The sentences.
#[function_component(NarrationLine)]
pub fn narration_line(props: &NarrationProps) -> Html {
    let page = use_page();
    let scene = &props.scene;
    let lanes = scene.frame.lanes.len();
    let (step, last) = (scene.frame.step, scene.run.known_steps());
    let said = use_memo((scene.run.clone(), step), |(run, step)| narrate(run, *step));
    let wordy = if is_wordy(scene.run.scenario()) {
        " wordy"
    } else {
        ""
    };
    let announce = scene.speed.is_none() || scene.wait_ms >= ANNOUNCE_MS;
    let live = if announce { "polite" } else { "off" };
    html! {
        <div class={format!("say of-{lanes}{wordy}")}>
            <p class="say-at">
                <span>{ format!("step {step} of {last}") }</span>
                <span class="say-clock">{ skipped(scene).unwrap_or_else(|| clock(scene.frame.at_us)) }</span>
            </p>
            { for props.follow.as_ref().and_then(|follow| following(&page, scene, follow)) }
            // Of one height in all of a run, so that the stage never moves; what has no room there is scrolled to,
            // which keys can do as well.
            <div class="say-text" role="group" aria-label="What has just happened" tabindex="0">
            <div role="status" aria-live={live} aria-atomic="true">
                if let Some(told) = &props.told {
                    <p>{ told.clone() }</p>
                } else if step == 0 {
                    <p>{ intro(scene) }</p>
                } else {
                    // Those of another step are other elements: a word that is changed in place would count as
                    // one that has moved.
                    { for said.iter().enumerate().map(|(nth, narration)| html! {
                        <p key={format!("{step}-{nth}")}>
                            <span class={format!("say-lanes of-{lanes}")}>{ lane_names(&narration.lanes, lanes) }</span>
                            <span>{ for narration.sentences.iter().map(one) }</span>
                        </p>
                    }) }
                }
            </div>
            </div>
            { for page.session.fork().parent.map(|parent| forked(&page, parent)) }
        </div>
    }
}

/// Whether room is kept for long sentences: many events, or a policy whose reasons are long.
fn is_wordy(scenario: &Scenario) -> bool {
    scenario.workload.len() > SHORT_RUN
        || scenario
            .lanes
            .iter()
            .any(|lane| !lane.cache.engine.policy.about().short_reasons)
}

/// What is followed, where one looks after a press on it: the way to its panel, which can be far below,
/// and the end of following. Nothing if the run does not have it.
fn following(page: &Page, scene: &Scene, follow: &Follow) -> Option<Html> {
    let workload = &scene.run.scenario().workload;
    let name = match follow {
        Follow::Key(key) => workload.key_named(key).map(|_| key.to_string()),
        Follow::Request(number) => Some(format!("request {number}")),
    }?;
    let show = page.on_press(|page| {
        page.view.dispatch(Action::Open(follow::PANEL));
        // It is drawn by then.
        Timeout::new(0, || go_to(".panel#follow")).forget();
    });
    let stop = page.on_press(|page| {
        // The button goes: the focus stays beside it.
        go_to(".say-text");
        page.view.dispatch(Action::Follow(None));
    });
    Some(html! {
        <p class="following">
            <button class="link" type="button" onclick={show}>
                <span>{ "following " }</span><b class="mono">{ name.clone() }</b><span>{ " · " }</span><u>{ "show" }</u>
            </button>
            <button class="link" type="button" aria-label={format!("Stop following {name}")} onclick={stop}><u>{ "stop" }</u></button>
        </p>
    })
}

/// Scrolls to an element and gives it the focus.
fn go_to(selector: &str) {
    let found = gloo::utils::document().query_selector(selector);
    if let Some(element) = found.ok().flatten() {
        Element::scroll_into_view(&element);
        element.unchecked_ref::<HtmlElement>().focus().ok();
    }
}

/// While playing, what is said of a stretch that is passed through faster than the rest, because nothing
/// is under way.
fn skipped(scene: &Scene) -> Option<String> {
    let (run, step) = (&scene.run, scene.frame.step);
    let speed = scene.speed.filter(|_| scene.next > step)?;
    let span = run.step_at(scene.next).since(run.step_at(step));
    let full_ms = span.0 as f64 / 1000.0 / speed;
    let shortened = run.is_idle_after(step) && full_ms > IDLE_MS;
    shortened.then(|| format!("skipping {} idle", duration(span)))
}

/// Where a run has its beginning from, and the way back to that one.
fn forked(page: &Page, (parent, step): (u32, u32)) -> Html {
    let back = page.on_press(move |page| page.switch_to(parent));
    html! {
        <p class="say-fork">
            <span>{ format!("You branched off at step {step}. ") }</span>
            <button class="link" type="button" onclick={back}>{ "Back to the run before" }</button>
        </p>
    }
}

/// A sentence with its mark.
pub fn one(said: &Sentence) -> Html {
    html! {
        <>
            <MarkIcon mark={Mark::of(said.kind)} />
            <b>{ said.what.clone() }</b>
            { if said.why.is_empty() { ". ".to_owned() } else { format!(": {}. ", said.why) } }
        </>
    }
}

fn intro(scene: &Scene) -> String {
    let input = &scene.run.scenario().input;
    if !input.intro.is_empty() {
        return input.intro.clone();
    }
    let requests = scene.run.scenario().workload.len();
    let curves = if scene.trace.is_some() {
        ", or scroll down for the miss-ratio curves"
    } else {
        ""
    };
    format!(
        "{} requests loaded. Press Step{curves}.",
        grouped(requests.into())
    )
}

/// Which lanes a sentence is about, as the letters that the lanes carry.
pub fn lane_names(lanes: &[u8], of: usize) -> Html {
    let all = lanes.len() == of && of > 1;
    let hidden = if all { "All lanes: " } else { "Lane " };
    html! {
        <>
            <span class="sr-only">{ hidden }</span>
            { for lanes.iter().map(|&lane| html! { <span class="tag small">{ letter(lane.into()) }</span> }) }
            <span class="sr-only">{ ": " }</span>
        </>
    }
}
