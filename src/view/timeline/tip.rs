//! The tooltip: a step's sentences, or a stretch's counts.

use super::drawn::{DrawnPart, rare};
use crate::view::shell::format::{clock, counted, grouped, letter};
use crate::view::shell::narration::{lane_names, more, one};
use crate::view::stage::marks::{Mark, MarkIcon};
use timeline::{Stretch, narrate};
use web_sys::HtmlElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct TipProps {
    /// What the timeline draws.
    pub part: DrawnPart,
    pub step: u32,
    /// The other end of a loop that is being drawn.
    pub band: Option<u32>,
}

/// A small text above the timeline, no wider than it, so that it stays on the screen.
#[function_component(Tip)]
pub fn tip(props: &TipProps) -> Html {
    let node = use_node_ref();
    // At the same share of its own width as of the timeline's. The security policy allows no style
    // attribute.
    let place = props.part.window.place(props.step);
    use_effect_with((node.clone(), place), |(node, place)| {
        if let Some(element) = node.cast::<HtmlElement>() {
            // Fails only for an invalid property name.
            element.style().set_property("--place", place).ok();
        }
    });
    let content = match (props.band, props.part.stretch_at(props.step)) {
        (Some(anchor), _) => band(anchor.min(props.step), anchor.max(props.step)),
        (None, Some(stretch)) => summary(stretch),
        (None, None) => sentences(&props.part, props.step),
    };
    html! { <div ref={node} class="tip" aria-hidden="true">{ content }</div> }
}

fn band(from: u32, to: u32) -> Html {
    let (from, to) = (grouped(from.into()), grouped(to.into()));
    html! { <p class="tip-at">{ format!("Loop from step {from} to {to}") }</p> }
}

fn sentences(part: &DrawnPart, step: u32) -> Html {
    let run = &part.run;
    let at = clock(run.step_at(step));
    let lanes = run.scenario().lanes.len();
    html! {
        <>
            <p class="tip-at">{ format!("step {} · {at}", grouped(step.into())) }</p>
            if step == 0 {
                <p>{ "Before the first request." }</p>
            }
            { for narrate(run, step).iter().map(|told| html! {
                <p class="tip-said"><span>{ lane_names(&told.lanes, lanes) }</span><span>{ for told.sentences.iter().map(one) }{ more(told) }</span></p>
            }) }
        </>
    }
}

/// A count in words.
fn amount(mark: Mark, times: u32) -> String {
    let many = grouped(times.into());
    match mark {
        Mark::Evict => format!("{many} evicted"),
        Mark::Expire => format!("{many} expired"),
        Mark::Reject => format!("{many} rejected"),
        Mark::Stale => counted(times as usize, "stale read"),
        noun => counted(times as usize, noun.word()),
    }
}

fn summary(stretch: &Stretch) -> Html {
    let (from, to) = (stretch.from + 1, stretch.to);
    html! {
        <>
            <p class="tip-at">{ format!("steps {} to {}", grouped(from.into()), grouped(to.into())) }</p>
            { for stretch.lanes.iter().enumerate().map(|(lane, of)| {
                let lookups = of.hits + of.misses;
                let missed = match lookups {
                    0 => "no look-ups".to_owned(),
                    _ => format!("{} of {} missed", grouped(of.misses.into()), counted(lookups as usize, "look-up")),
                };
                let others = rare(of).into_iter().filter(|(_, times)| *times > 0);
                html! {
                    <p class="tip-said">
                        <span class="tag small">{ letter(lane) }</span>
                        <span>
                            { missed }
                            { for others.map(|(mark, times)| html! {
                                <span class="tip-count"><MarkIcon mark={Some(mark)} />{ amount(mark, times) }</span>
                            }) }
                        </span>
                    </p>
                }
            }) }
        </>
    }
}
