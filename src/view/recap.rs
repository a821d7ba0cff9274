//! The end of a scene: what each lane did, the sentence to remember, and where to go on.

use crate::session::{Snapshot, best_hit_per_mille};
use crate::view::context::{Page, use_page};
use crate::view::shell::focus::go_to;
use crate::view::shell::format::letter;
use scenario::{Listed, Scenario, Scene};
use timeline::{Frame, Part, RecapLine, per_mille, recap};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct RecapProps {
    pub snapshot: Snapshot,
}

/// The recap, once the playhead is at the last step of a run that is over. A race has a verdict instead.
///
/// What is announced is always in the document: a screen reader hears only what changes in it.
#[function_component(Recap)]
pub fn recap_of(props: &RecapProps) -> Html {
    let page = use_page();
    let snapshot = &props.snapshot;
    let (run, frame) = (&snapshot.run, &snapshot.frame);
    let input = &run.scenario().input;
    let at_end = run.is_finished() && frame.step > 0 && frame.step == run.known_steps();
    let is_over = at_end && input.schedule.is_none();
    let scene = Scene::of(input).filter(|_| is_over);
    let changed = is_over && Listed::of(input).is_some_and(|open| open.is_changed_in(input));
    let class = if is_over { "recap" } else { "recap-none" };
    let optimum = use_memo(is_over.then(|| input.clone()), |over| {
        let best = over
            .as_ref()
            .and_then(|_| best_hit_per_mille(run.scenario()));
        best.map(optimum)
    });
    html! {
        <div {class} role="group" tabindex="-1" aria-label="Recap">
            <div class="recap-told" role="status">
                if is_over {
                    <section>
                        <h2>{ "What happened" }</h2>
                        <ul>{ for told(frame, (*optimum).clone()).iter().map(line) }</ul>
                        if changed {
                            <p class="recap-changed">{ "You have changed this scene: these are the numbers of your own settings." }</p>
                        }
                    </section>
                }
                { for scene.map(remember) }
            </div>
            <div>{ for scene.map(|scene| next(&page, scene)) }</div>
        </div>
    }
}

/// The lines of a frame, the optimum behind the hit rates that it is a yardstick of.
fn told(frame: &Frame, optimum: Option<RecapLine>) -> Vec<RecapLine> {
    let mut told = recap(frame);
    if let Some(optimum) = optimum {
        let rates = told.iter().position(|line| line.about == "hit_rate");
        told.insert(rates.map_or(told.len(), |place| place + 1), optimum);
    }
    told
}

/// The yardstick of the lanes' hit rates.
fn optimum(best_per_mille: u64) -> RecapLine {
    let words =
        "The best that any policy could have done, knowing all reads to come (Bélády’s optimum): ";
    RecapLine {
        about: "best_hit_rate",
        parts: vec![
            Part::Words(words.to_owned()),
            Part::Number(per_mille(best_per_mille)),
            Part::Words(".".to_owned()),
        ],
    }
}

/// A line, with the field of the frame that it is about for scripts that check it.
fn line(told: &RecapLine) -> Html {
    let part = |part: &Part| match part {
        Part::Words(words) => html! { { words.clone() } },
        Part::Number(number) => html! { <b>{ number.clone() }</b> },
        Part::Lane(lane) => html! { <span class="recap-lane">{ letter(*lane) }</span> },
    };
    html! { <li data-about={told.about}>{ for told.parts.iter().map(part) }</li> }
}

fn remember(scene: &Scene) -> Html {
    html! {
        <section>
            <h2>{ "Remember" }</h2>
            <p>{ scene.remember.clone() }</p>
            <p class="recap-otherwise"><b>{ "When it is different: " }</b>{ scene.otherwise.clone() }</p>
        </section>
    }
}

fn next(page: &Page, scene: &Scene) -> Html {
    let named = scene.next.iter().filter_map(|name| Listed::named(name));
    let buttons = named.map(|listed| {
        let onclick = page.on_press(move |page| open(page, listed));
        html! {
            <li>
                <button class="btn" type="button" {onclick}>{ listed.title }</button>
                <span>{ listed.about }</span>
            </li>
        }
    });
    html! {
        <section class="recap-next">
            <h2>{ "Next" }</h2>
            <ul>{ for buttons }</ul>
        </section>
    }
}

/// Opens a scene, and brings its first sentence into view with the focus: the button that was pressed goes.
fn open(page: &Page, listed: Listed) {
    let scenario = Scenario::new(listed.scenario());
    page.session
        .load(scenario.expect("the page's own scenes are valid"));
    go_to(".say-text");
    gloo::utils::window().scroll_to_with_x_and_y(0.0, 0.0);
}
