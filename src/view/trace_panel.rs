//! What an open trace comes to as a whole, in each lane.

use super::format::{counted, grouped, letter};
use crate::cache::{Capacity, PolicyKind};
use crate::scenario::REQUESTS_MAX;
use crate::session::{Comparison, OpenTrace, Session, TraceSummary};
use crate::sim::LaneSetup;
use crate::timeline::Run;
use crate::trace::Replay;
use std::rc::Rc;
use yew::prelude::*;

/// Which trace, in which lanes.
#[derive(Properties, PartialEq)]
pub struct TracePanelProps {
    /// The trace that is open, if any.
    pub open: Option<Rc<OpenTrace>>,
    /// The run of its beginning.
    pub run: Rc<Run>,
    /// Who can be asked for more.
    pub session: Session,
}

/// The panel; nothing without a trace.
#[function_component(TracePanel)]
pub fn trace_panel(props: &TracePanelProps) -> Html {
    let Some(open) = &props.open else {
        return html! {};
    };
    let (trace, lanes) = (&open.summary, &props.run.scenario().lanes);
    html! {
        <section class="whole-file" aria-label="The whole file">
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
            { comparison(open, &props.session) }
        </section>
    }
}

/// What every policy misses, or how to ask for it.
fn comparison(open: &OpenTrace, session: &Session) -> Html {
    let points = match &open.comparison {
        Comparison::Unasked => {
            let session = session.clone();
            let onclick = Callback::from(move |_: MouseEvent| session.compare());
            return html! { <button class="btn" type="button" {onclick}>{ "Compare all policies" }</button> };
        }
        Comparison::Asked => return html! { <p role="status">{ "Comparing all policies…" }</p> },
        Comparison::Found(points) => points,
    };
    let columns = points
        .chunk_by(|a, b| a.of == b.of)
        .next()
        .unwrap_or_default();
    html! {
        <div class="scrolled" tabindex="0" role="region" aria-label="Misses of every policy">
            <table class="curves">
                <caption>{ "Misses of every policy, if every request reads and every miss is stored. Bélády knows the future." }</caption>
                <thead><tr>
                    <th scope="col">{ "Capacity" }</th>
                    { for columns.iter().map(|point| html! { <th scope="col">{ grouped(point.capacity.into()) }</th> }) }
                </tr></thead>
                <tbody>
                { for points.chunk_by(|a, b| a.of == b.of).map(|row| html! {
                    <tr>
                        <th scope="row">{ policy_title(&row[0].of) }</th>
                        { for row.iter().map(|point| html! { <td>{ grouped(point.misses) }</td> }) }
                    </tr>
                }) }
                </tbody>
            </table>
        </div>
    }
}

fn policy_title(name: &str) -> &'static str {
    PolicyKind::from_name(name).map_or("Bélády", PolicyKind::title)
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
        columns => format!(" Not used: {}.", columns.join(", ")),
    }
}

fn steps(trace: &TraceSummary) -> String {
    let when = match trace.timed {
        true => "at the file's own times",
        false => "a second apart",
    };
    match trace.requests > REQUESTS_MAX as u64 {
        true => format!(
            "The stage steps through the first {}, {when}.",
            grouped(REQUESTS_MAX as u64)
        ),
        false => format!("The stage steps through all of them, {when}."),
    }
}

fn whole(lane: &LaneSetup, replay: Option<&Replay>) -> Html {
    let how = match lane.strategy.read {
        crate::sim::ReadPath::NoCache => lane.name.to_string(),
        _ => format!(
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
    let share = replay.miss_per_myriad().map_or_else(String::new, |share| {
        format!(" ({}.{:02} % of reads)", share / 100, share % 100)
    });
    format!(
        "{share}, {} hits, {} evictions, {} expired, {} writes",
        grouped(replay.hits),
        grouped(replay.evictions),
        grouped(replay.expirations),
        grouped(replay.writes)
    )
}
