//! The map of runs: the loaded run and its forks.

use crate::view::context::use_page;
use crate::view::shell::format::{grouped, share};
use std::rc::Rc;
use timeline::{Fork, Run, narrate};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct RunMapProps {
    /// The present run.
    pub run: Rc<Run>,
    /// Its last step, as far as it is known.
    pub last: u32,
}

/// A line for each run, from the step where it began; nothing while there is only one.
#[function_component(RunMap)]
pub fn run_map(props: &RunMapProps) -> Html {
    let page = use_page();
    let forks = page.session.forks();
    let ids: Vec<u32> = forks.iter().map(|fork| fork.id).collect();
    // Naming a run may execute a part of it again.
    let named = use_memo((page.session.clone(), ids), |(session, _)| {
        session.forks().iter().map(name).collect::<Vec<_>>()
    });
    let current = use_node_ref();
    let several = forks.len() > 1;
    use_effect_with((current.clone(), props.run.clone()), move |(current, _)| {
        // The style sheet keeps the focus clear of the transport, which is higher with a map.
        let page = gloo::utils::document_element();
        let told = if several {
            page.set_attribute("data-runs", "true")
        } else {
            page.remove_attribute("data-runs")
        };
        debug_assert!(told.is_ok());
        if let Some(row) = current.cast::<web_sys::HtmlElement>()
            && let Some(list) = row.offset_parent()
        {
            // Only the list is scrolled, not the page.
            let bottom = row.offset_top() + row.offset_height();
            let shown = list.scroll_top()..=list.scroll_top() + list.client_height();
            if !(shown.contains(&row.offset_top()) && shown.contains(&bottom)) {
                list.set_scroll_top(bottom - list.client_height());
            }
        }
    });
    if !several {
        return html! {};
    }
    html! {
        <ol class="runs" aria-label="Runs">
            { for forks.iter().enumerate().map(|(row, fork)| {
                let here = fork.run == props.run;
                let id = fork.id;
                let onclick = page.on_press(move |page| page.switch_to(id));
                html! {
                    <li key={id} ref={if here { current.clone() } else { NodeRef::default() }}>
                        <button class="run" type="button" aria-current={here.then_some("true")} {onclick}>
                            <span class="run-name" title={named.get(row).cloned().unwrap_or_default()}>{ named.get(row).cloned().unwrap_or_default() }</span>
                            { line(&forks, row, props.last) }
                        </button>
                    </li>
                }
            }) }
        </ol>
    }
}

/// The step at which a run branched off, and the command there, which makes the next step.
fn name(fork: &Fork) -> AttrValue {
    let Some((_, step)) = fork.parent else {
        return AttrValue::from("The run as loaded");
    };
    let told = narrate(&fork.run, step + 1);
    let what = told.first().and_then(|told| told.sentences.first());
    let what = what.map_or("", |sentence| &sentence.what);
    AttrValue::from(format!("Step {}: {what}", grouped(step.into())))
}

/// The line of a run, and the connections that pass it from a run above to one below. The scale is the
/// timeline's when it shows the whole present run, which ends at step `last`.
fn line(forks: &[Fork], row: usize, last: u32) -> Html {
    let at = |step: u32| share(step.min(last).into(), last.into());
    let row_of = |id: u32| forks.iter().position(|fork| fork.id == id);
    let begins = forks[row].parent.map_or(0, |(_, step)| step);
    let ends = forks[row].run.known_steps().max(begins);
    let ways = forks.iter().enumerate().filter_map(|(to, fork)| {
        let (parent, step) = fork.parent?;
        let from = row_of(parent)?;
        let (y1, y2) = match row {
            row if row == from => ("12", "24"),
            row if row == to => ("0", "12"),
            row if (from..to).contains(&row) => ("0", "24"),
            _ => return None,
        };
        Some(html! { <line class="run-way" x1={at(step)} x2={at(step)} {y1} {y2} /> })
    });
    html! {
        <span class="run-lines"><svg class="run-line" width="100%" height="24" aria-hidden="true">
            { for ways }
            <line class="run-way own" x1={at(begins)} x2={at(ends)} y1="12" y2="12" />
            <circle class="run-start" cx={at(begins)} cy="12" r="4" />
        </svg></span>
    }
}
