//! What an open trace comes to as a whole, in each lane.

use super::format::{counted, grouped, letter};
use crate::scenario::REQUESTS_MAX;
use crate::session::OpenTrace;
use crate::sim::LaneSetup;
use crate::timeline::Run;
use crate::trace::{Replay, Trace};
use std::rc::Rc;
use yew::prelude::*;

/// Which trace, in which lanes.
#[derive(Properties, PartialEq)]
pub struct TracePanelProps {
    /// The trace that is open, if any.
    pub open: Option<Rc<OpenTrace>>,
    /// The run of its beginning.
    pub run: Rc<Run>,
}

/// The panel; nothing without a trace.
#[function_component(TracePanel)]
pub fn trace_panel(props: &TracePanelProps) -> Html {
    let Some(open) = &props.open else {
        return html! {};
    };
    let (trace, lanes) = (&open.trace, &props.run.scenario().lanes);
    html! {
        <section class="whole-file" aria-label="The whole file">
            <p>
                <b>{ trace.name.clone() }</b>
                { format!(": {} for {}. ", counted(trace.records.len(), "request"), counted(trace.keys.len(), "key")) }
                { steps(open) }
                { unused(trace) }
            </p>
            <ul>
                { for open.replays.iter().enumerate().map(|(i, replay)| html! {
                    <li><span class="tag small">{ letter(i) }</span><span>{ whole(&lanes[i], replay) }</span></li>
                }) }
            </ul>
        </section>
    }
}

fn unused(trace: &Trace) -> String {
    match trace.unused_columns.as_slice() {
        [] => String::new(),
        columns => format!(" Not used: {}.", columns.join(", ")),
    }
}

fn steps(open: &OpenTrace) -> String {
    let when = match open.trace.timed {
        true => "at the file's own times",
        false => "a second apart",
    };
    match open.trace.records.len() > REQUESTS_MAX {
        true => format!(
            "The stage steps through the first {}, {when}.",
            grouped(REQUESTS_MAX as u64)
        ),
        false => format!("The stage steps through all of them, {when}."),
    }
}

fn whole(lane: &LaneSetup, replay: &Replay) -> Html {
    let share = replay.miss_per_myriad();
    let share = share.map_or_else(String::new, |share| {
        format!(" ({}.{:02} % of reads)", share / 100, share % 100)
    });
    let how = match lane.strategy.read {
        crate::sim::ReadPath::NoCache => lane.name.to_string(),
        crate::sim::ReadPath::CacheAside => format!(
            "{}, {} at {}",
            lane.name,
            lane.cache.policy.title(),
            grouped(lane.cache.capacity.into())
        ),
    };
    let rest = format!(
        "{share}, {} hits, {} evictions, {} expired, {} writes",
        grouped(replay.hits),
        grouped(replay.evictions),
        grouped(replay.expirations),
        grouped(replay.writes)
    );
    html! {
        <>
            { how }{ ": " }
            <b>{ format!("{} misses", grouped(replay.misses)) }</b>
            { rest }
        </>
    }
}
