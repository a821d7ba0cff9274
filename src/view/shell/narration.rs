//! What has just happened: one or two sentences for each lane, with the values.

use crate::session::Snapshot;
use crate::view::context::{Page, use_page};
use crate::view::glossary::explained;
use crate::view::panels::follow;
use crate::view::shell::focus::go_to;
use crate::view::shell::format::{clock, grouped, letter};
use crate::view::stage::marks::{Mark, MarkIcon};
use crate::view::state::{Action, Follow};
use gloo::timers::callback::Timeout;
use scenario::Scenario;
use timeline::{Narration, Sentence, duration, narrate};
use yew::prelude::*;

/// In runs with more requests than this, a cache is full most of the time, and all lanes can evict at one
/// step.
const SHORT_RUN: u32 = 100;

/// While steps follow each other faster than this, a screen reader is not told of each.
const ANNOUNCE_MS: f64 = 1000.0;

#[derive(Properties, PartialEq)]
pub struct NarrationProps {
    pub snapshot: Snapshot,
    pub follow: Option<Follow>,
    /// What a change made different, shown in place of what happened.
    pub told: Option<AttrValue>,
}

/// The sentences.
#[function_component(NarrationLine)]
pub fn narration_line(props: &NarrationProps) -> Html {
    let page = use_page();
    let snapshot = &props.snapshot;
    let lanes = snapshot.frame.lanes.len();
    let (step, last) = (snapshot.frame.step, snapshot.run.known_steps());
    let told_step = told_step(snapshot);
    let said = use_memo((snapshot.run.clone(), told_step), |(run, step)| {
        step.map(|step| narrate(run, step)).unwrap_or_default()
    });
    let wordy = if is_wordy(snapshot.run.scenario()) {
        " wordy"
    } else {
        ""
    };
    let announce = is_announced(snapshot);
    let live = if announce { "polite" } else { "off" };
    html! {
        <div class={format!("say of-{lanes}{wordy}")}>
            <p class="say-at">
                <span>{ format!("step {} of {}", grouped(step.into()), grouped(last.into())) }</span>
                <span class="say-clock">{ skipped(snapshot).unwrap_or_else(|| clock(snapshot.frame.at_us)) }</span>
            </p>
            { for props.follow.as_ref().and_then(|follow| following(&page, snapshot, follow)) }
            // Of one height throughout a run, so that the stage never moves; longer text scrolls, by keys too.
            <div class="say-text" role="group" aria-label="What has just happened" tabindex="0">
            <div role="status" aria-live={live} aria-atomic="true">
                if let Some(told) = &props.told {
                    <p>{ explained(told) }</p>
                } else if told_step.is_none() {
                    <p key="dense">{ dense(snapshot) }</p>
                } else if told_step == Some(0) {
                    <p>{ explained(&intro(snapshot)) }</p>
                } else {
                    // Keyed by step: text that is changed in place would count as a layout shift.
                    { for said.iter().enumerate().map(|(nth, narration)| html! {
                        <p key={format!("{}-{nth}", told_step.unwrap_or_default())}>
                            <span class={format!("say-lanes of-{lanes}")}>{ lane_names(&narration.lanes, lanes) }</span>
                            <span>{ for narration.sentences.iter().map(one_explained) }{ more(narration) }</span>
                        </p>
                    }) }
                }
            </div>
            if has_recap(snapshot) {
                <p><button class="link" type="button" onclick={Callback::from(|_: MouseEvent| go_to(".recap"))}>{ "That was the last step: see what happened" }</button></p>
            }
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

/// The name of what is followed, with a button to its panel, which can be far below, and one that stops
/// following. Nothing if the run does not have it.
fn following(page: &Page, snapshot: &Snapshot, follow: &Follow) -> Option<Html> {
    let scenario = snapshot.run.scenario();
    let name = match follow {
        Follow::Key(key) => scenario.key_named(key).map(|_| key.to_string()),
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

/// While playing, the words for a span that is passed through faster.
fn skipped(snapshot: &Snapshot) -> Option<String> {
    let span = snapshot.playing?.beat.skips?;
    Some(format!("skipping {}", duration(span)))
}

/// The step whose sentences are shown: while playing at reading pace the last one with something to read.
/// `None` while a long run is played, in which they would follow each other too fast.
fn told_step(snapshot: &Snapshot) -> Option<u32> {
    let step = snapshot.frame.step;
    match snapshot.playing {
        Some(playing) if playing.is_read() && snapshot.run.is_long() => None,
        Some(playing) if playing.is_read() => Some(snapshot.run.last_worth_reading(step)),
        _ => Some(step),
    }
}

/// Whether the page has a recap below the lanes now.
fn has_recap(snapshot: &Snapshot) -> bool {
    let run = &snapshot.run;
    let race = run.scenario().input.schedule.is_some();
    !race && run.is_finished() && snapshot.frame.step == run.known_steps()
}

/// Whether a screen reader is told what is shown: not while sentences follow each other too fast.
fn is_announced(snapshot: &Snapshot) -> bool {
    snapshot.playing.is_none_or(|playing| {
        playing.is_read() && !snapshot.run.is_long() || playing.beat.whole_ms() >= ANNOUNCE_MS
    })
}

/// What stands in place of sentences that would follow each other too fast.
fn dense(snapshot: &Snapshot) -> String {
    format!(
        "Playing {} requests: watch the numbers and the timeline. Pause to read what happens.",
        grouped(snapshot.run.scenario().workload.len().into())
    )
}

/// The step at which a run branched off, and the way back.
fn forked(page: &Page, (parent, step): (u32, u32)) -> Html {
    let back = page.on_press(move |page| page.switch_to(parent));
    html! {
        <p class="say-fork">
            <span>{ format!("You branched off at step {step}. ") }</span>
            <button class="link" type="button" onclick={back}>{ "Back to the run before" }</button>
        </p>
    }
}

/// A sentence with its mark, in which the words of the field explain themselves.
fn one_explained(said: &Sentence) -> Html {
    html! {
        <>
            <MarkIcon mark={Mark::of(said.kind)} />
            <b>{ explained(&said.what) }</b>
            { explained(&rest_of(said)) }
        </>
    }
}

/// Why something happened, with what joins it to what happened.
fn rest_of(said: &Sentence) -> String {
    if said.why.is_empty() {
        ". ".to_owned()
    } else {
        format!(": {}. ", said.why)
    }
}

/// What is said of further events of the same kind.
pub fn more(narration: &Narration) -> String {
    match narration.more {
        0 => String::new(),
        more => format!("And {} more like these.", grouped(more as u64)),
    }
}

/// A sentence with its mark.
pub fn one(said: &Sentence) -> Html {
    html! {
        <>
            <MarkIcon mark={Mark::of(said.kind)} />
            <b>{ said.what.clone() }</b>
            { rest_of(said) }
        </>
    }
}

fn intro(snapshot: &Snapshot) -> String {
    let input = &snapshot.run.scenario().input;
    if !input.intro.is_empty() {
        return input.intro.clone();
    }
    let requests = snapshot.run.scenario().workload.len();
    let curves = if snapshot.trace.is_some() {
        ", or scroll down for the miss-ratio curves"
    } else {
        ""
    };
    format!(
        "{} requests loaded. Press Step{curves}.",
        grouped(requests.into())
    )
}

/// The letters of the lanes that a sentence is about.
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
