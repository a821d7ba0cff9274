//! How the shown request got here, lane by lane, where the screen has room for it: its sentences since
//! it began.

use super::format::{letter, ms};
use super::marks::{Mark, MarkIcon};
use crate::session::Scene;
use crate::timeline::{Narration, narrate};
use yew::prelude::*;

/// The most sentences of a lane.
const SENTENCES_MAX: usize = 12;

/// Of which scene.
#[derive(Properties, PartialEq)]
pub struct StoryProps {
    /// The scene.
    pub scene: Scene,
}

/// The sentences since the newest request began.
#[function_component(Story)]
pub fn story(props: &StoryProps) -> Html {
    let scene = &props.scene;
    let shown = scene
        .frame
        .lanes
        .iter()
        .filter_map(|lane| lane.shown_request());
    let newest = shown.map(|request| request.id).max();
    let first = newest.and_then(|id| Some((id, scene.run.step_of_request(id - 1)?)));
    let Some((id, first)) = first else {
        return html! {};
    };
    let from = first.max(scene.frame.step.saturating_sub(SENTENCES_MAX as u32 * 2));
    let told: Vec<(u32, Vec<Narration>)> = (from..=scene.frame.step)
        .map(|step| (step, narrate(&scene.run, step)))
        .collect();
    let began = scene.run.step_at(first);
    html! {
        <section class={format!("story of-{}", scene.frame.lanes.len())} aria-label="The story of this request">
            { for (0..scene.frame.lanes.len()).map(|lane| html! {
                <div class="story-lane">
                    <h3><span class="tag small">{ letter(lane) }</span>{ format!("since request {id} began") }</h3>
                    <ol>
                        { for told.iter().flat_map(|(step, narrations)| {
                            let of_lane = |narration: &&Narration| narration.lanes.contains(&(lane as u8));
                            let at = scene.run.step_at(*step).since(began);
                            let sentences = narrations.iter().filter(of_lane).flat_map(|n| &n.sentences);
                            sentences.map(move |said| html! {
                                <li>
                                    <span class="story-at">{ ms(at) }</span>
                                    <span><MarkIcon mark={Mark::of(said.kind)} />{ said.what.clone() }</span>
                                </li>
                            }).collect::<Vec<_>>()
                        }) }
                    </ol>
                </div>
            }) }
        </section>
    }
}
