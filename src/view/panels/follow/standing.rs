//! The state of the followed key or request at the playhead, in each lane.

use crate::session::Snapshot;
use crate::view::shell::format::{letter, ms};
use crate::view::stage::code::Code;
use cache::units::{Key, Version};
use sim::Operation;
use timeline::{LaneFrame, PhaseFrame, RequestFrame, duration};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct KeyStandingProps {
    pub snapshot: Snapshot,
    /// The key.
    pub of: Key,
}

/// The key's versions in each lane's cache and row.
#[function_component(KeyStanding)]
pub fn key_standing(props: &KeyStandingProps) -> Html {
    let snapshot = &props.snapshot;
    let moment = snapshot.run.seek(snapshot.frame.step);
    let name = snapshot.run.scenario().key_name(props.of);
    let lanes = moment.lanes.len();
    html! {
        <ul class="standing" aria-label={format!("{name} now")}>
            { for moment.lanes.iter().enumerate().map(|(i, world)| {
                let row = world.row(props.of).version;
                let has_database = world.setup().strategy.has_database();
                let copy = world.cache().map(|_| world.copy(props.of));
                let (kind, text) = match copy {
                    None => (None, "no cache".to_owned()),
                    Some(None) => (None, "not in the cache".to_owned()),
                    Some(Some(entry)) => {
                        let version = entry.value.version;
                        let expired = entry.is_expired(moment.at);
                        let stale = version < row;
                        let left = match entry.expires_at {
                            _ if expired => ", expired".to_owned(),
                            Some(end) => format!("; expires in {}", duration(end.since(moment.at))),
                            None => ", no TTL".to_owned(),
                        };
                        let stale_word = if stale { ", stale" } else { "" };
                        (stale.then_some("stale"), format!("cache {}{stale_word}{left}", held(version)))
                    }
                };
                html! {
                    <li>
                        if lanes > 1 { <span class="tag small">{ letter(i) }</span> }
                        <span class={classes!("standing-copy", kind)}>{ text }</span>
                        <span class="standing-row">{ if has_database { row_words(row) } else { "no database".to_owned() } }</span>
                    </li>
                }
            }) }
        </ul>
    }
}

fn held(version: Version) -> String {
    match version {
        Version(0) => "“no row”".to_owned(),
        Version(version) => format!("v{version}"),
    }
}

fn row_words(version: Version) -> String {
    match version {
        Version(0) => "no row".to_owned(),
        Version(version) => format!("row v{version}"),
    }
}

#[derive(PartialEq, Properties)]
pub struct RequestStandingProps {
    pub snapshot: Snapshot,
    /// Its number, from 1.
    pub request: u32,
}

/// The pseudocode of a request that is not on the stage, with its current line in each lane.
#[function_component(RequestStanding)]
pub fn request_standing(props: &RequestStandingProps) -> Html {
    let snapshot = &props.snapshot;
    let number = props.request - 1;
    let scenario = snapshot.run.scenario();
    let (operation, _) = scenario.request(number);
    let setups = scenario.lanes.iter();
    let begun = match scenario.sent_by(number) {
        Some(given) => given.step < snapshot.frame.step,
        None => props.request <= snapshot.frame.requests_begun,
    };
    html! {
        <div class={format!("codes of-{}", snapshot.frame.lanes.len())}>
            { for setups.zip(&snapshot.frame.lanes).enumerate().map(|(i, (setup, lane))| {
                let procedure = match operation {
                    Operation::Read => &setup.procedures.read,
                    Operation::Write => &setup.procedures.write,
                };
                let listed = find(lane, props.request).cloned();
                let request = listed.or_else(|| {
                    let moment = snapshot.run.seek(snapshot.frame.step);
                    RequestFrame::of(&snapshot.run, &moment, i, number)
                });
                let state = match &request {
                    _ if !begun => "has not begun".to_owned(),
                    None if !scenario.reaches(number, i) => "was not sent in this lane".to_owned(),
                    None => "is over".to_owned(),
                    Some(request) => words(request),
                };
                let (line, answered) = request.map_or((0, false), |request| {
                    (request.line, request.phase == PhaseFrame::Answered)
                });
                html! {
                    <div class="codes-lane">
                        <h3><span class="tag small">{ letter(i) }</span>{ format!("request {} {state}", props.request) }</h3>
                        <Code lines={procedure.lines.clone()} {line} {answered} room={0} />
                    </div>
                }
            }) }
        </div>
    }
}

fn find(lane: &LaneFrame, request: u32) -> Option<&RequestFrame> {
    let known = lane.requests.iter().chain(&lane.last_request);
    known.into_iter().find(|other| other.id == request)
}

fn words(request: &RequestFrame) -> String {
    let so_far = ms(request.elapsed_us);
    let ended = if request.failed { "failed" } else { "answered" };
    let state = match request.phase {
        PhaseFrame::Answered => return format!("is over, {ended} after {so_far}"),
        PhaseFrame::Outbound => "has a message on the way",
        PhaseFrame::Queued => "waits for a connection",
        PhaseFrame::Executing => "is being executed by the database",
        PhaseFrame::Inbound => "has a reply on the way",
        PhaseFrame::Lost => "waits for an answer that is lost",
        PhaseFrame::Waiting => "waits",
        PhaseFrame::Held => "waits for its turn",
    };
    if request.answered {
        format!("{state}, {ended} after {so_far}")
    } else {
        format!("{state}, {so_far} so far")
    }
}
