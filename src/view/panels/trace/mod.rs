//! The whole trace's counts in each lane.

mod curves;
mod files;

use self::curves::CurvesView;
use super::{Panel, PanelProps};
use crate::view::shell::format::{counted, grouped, letter, percent};
use cache::Capacity;
use scenario::REQUESTS_MAX;
use sim::LaneSetup;
use trace::Replay;
use worker::TraceSummary;
use yew::prelude::*;

/// The open trace and its miss-ratio curves.
pub const PANEL: Panel = Panel {
    name: "trace",
    title: "Trace",
    is_in: |snapshot| snapshot.trace.is_some(),
    draw: |props| html! { <TracePanel ..props /> },
    keep: |page| page,
};

/// The panel; nothing without a trace.
#[function_component(TracePanel)]
pub(super) fn trace_panel(props: &PanelProps) -> Html {
    let Some(open) = &props.snapshot.trace else {
        return html! {};
    };
    let (trace, lanes) = (&open.summary, &props.snapshot.run.scenario().lanes);
    html! {
        <div class="whole-file">
            <p>
                <b>{ trace.name.clone() }</b>
                { format!(": {} for {}. ", counted(trace.requests as usize, "request"), counted(trace.keys as usize, "key")) }
                { steps(trace) }
                { unused(trace) }
            </p>
            <ul aria-busy={open.replays.is_none().to_string()}>
                { for lanes.iter().enumerate().map(|(i, lane)| {
                    let replay = open.replays.as_ref().and_then(|replays| replays.get(i));
                    html! { <li><span class="tag small">{ letter(i) }</span><span>{ whole(lane, replay) }</span></li> }
                }) }
            </ul>
            <CurvesView ..props.clone() />
        </div>
    }
}

fn capacity(capacity: &Capacity) -> String {
    match *capacity {
        Capacity::Entries(entries) => grouped(entries.into()),
        Capacity::Bytes { capacity_bytes, .. } => format!("{} bytes", grouped(capacity_bytes)),
    }
}

fn unused(trace: &TraceSummary) -> String {
    match trace.unused.as_slice() {
        [] => String::new(),
        columns => format!(
            " Ignored columns: {}. If one of them is the time or the operation, rename it to time or op.",
            columns.join(", ")
        ),
    }
}

fn steps(trace: &TraceSummary) -> String {
    let when = if trace.timed {
        "at the file's own times"
    } else {
        "a second apart"
    };
    if trace.requests > REQUESTS_MAX as u64 {
        format!(
            "The stage steps through the first {}, {when}.",
            grouped(REQUESTS_MAX as u64)
        )
    } else {
        format!("The stage steps through all of them, {when}.")
    }
}

fn whole(lane: &LaneSetup, replay: Option<&Replay>) -> Html {
    let how = match lane.strategy.caches() {
        false => lane.name.to_string(),
        true => format!(
            "{}, {} at {}",
            lane.name,
            lane.cache.engine.policy.title(),
            capacity(&lane.cache.engine.capacity)
        ),
    };
    let (misses, rest) = match replay {
        None => (String::new(), "counting…".to_owned()),
        Some(replay) => (format!("{} misses", grouped(replay.misses)), others(replay)),
    };
    html! { <>{ how }{ ": " }<b>{ misses }</b>{ rest }</> }
}

/// Everything but the misses.
fn others(replay: &Replay) -> String {
    let share = match replay.reads {
        0 => String::new(),
        reads => format!(" ({} of reads)", percent(replay.misses, reads)),
    };
    format!(
        "{share}, {} hits, {} evictions, {} expired, {} writes",
        grouped(replay.hits),
        grouped(replay.evictions),
        grouped(replay.expirations),
        grouped(replay.writes)
    )
}
