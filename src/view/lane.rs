//! One lane: its settings, its stage, the pseudocode and the request's time.

use super::code::Code;
use super::controls::Controls;
use super::format::{letter, px};
use super::layout::Layout;
use super::messages::Messages;
use super::request::RequestPanel;
use super::stage::{Stage, cache_faults, database_faults, lit};
use super::state::ViewState;
use crate::session::Session;
use crate::sim::LaneSetup;
use crate::timeline::{Frame, LaneFrame, PhaseFrame, duration};
use crate::units::Micros;
use std::rc::Rc;
use yew::prelude::*;

/// For how many entries there is room in the picture of a cache whose capacity is in bytes.
const PLACES_OF_BYTES: usize = 8;

/// Which lane, and when.
#[derive(Properties, PartialEq)]
pub struct LaneProps {
    /// The session that the controls edit.
    pub session: Session,
    /// The view's dispatcher.
    pub view: UseReducerDispatcher<ViewState>,
    /// Which lane, from 0.
    pub lane: usize,
    /// Its settings.
    pub setup: Rc<LaneSetup>,
    /// The frame.
    pub frame: Rc<Frame>,
    /// The frame left behind, while the picture is on the way from it.
    pub before: Option<Rc<Frame>>,
    /// The instant of the picture.
    pub now: Micros,
    /// The width of the stage, in CSS pixels.
    pub width: u32,
    /// How long the bar of a request's time is.
    pub scale: Micros,
}

/// A lane.
#[function_component(Lane)]
pub fn lane(props: &LaneProps) -> Html {
    let lane = &props.frame.lanes[props.lane];
    // How many entries fit into so many bytes changes with their sizes; the picture keeps its size.
    let capacity = match lane.cache.capacity_bytes {
        Some(_) if lane.cache.exists() => PLACES_OF_BYTES,
        _ => lane.cache.capacity as usize,
    };
    let layout = Layout::new(props.width, capacity, lane.database.row_count as usize);
    let request = lane.shown_request();
    let shown = request.map(|request| request.id);
    let others = lane.requests.iter().filter(|other| Some(other.id) != shown);
    let read = &props.setup.procedures.read.lines;
    let write = &props.setup.procedures.write.lines;
    let view_box = format!("0 0 {} {}", px(layout.width), px(layout.height));
    html! {
        <section class="lane" aria-label={format!("Lane {}: {}", letter(props.lane), lane.name)}>
            <Controls session={props.session.clone()} view={props.view.clone()} lane={props.lane} setup={props.setup.clone()} />
            <div class="stage-box">
                <svg class="stage" viewBox={view_box} role="img" aria-label={summary(lane)}>
                    <Stage {layout} at={props.frame.at_us} ttl={props.setup.strategy.ttl_us}
                        cache={lane.cache.clone()} database={lane.database.clone()}
                        request={request.cloned()} others={others.count()} faults={lane.faults} lit={lit(lane)} />
                    <Messages {layout} lane={props.lane} frame={props.frame.clone()} before={props.before.clone()} now={props.now} />
                </svg>
                { entries_table(lane, props.frame.at_us) }
            </div>
            <div class="under">
                <Code lines={request.map_or(read, |request| request.lines(&props.setup)).clone()}
                    line={request.map_or(0, |request| request.line)}
                    answered={request.is_some_and(|request| request.phase == PhaseFrame::Answered)}
                    room={read.len().max(write.len())} />
                <RequestPanel request={request.cloned()} at={props.frame.at_us} now={props.now} scale={props.scale} />
            </div>
        </section>
    }
}

fn summary(lane: &LaneFrame) -> String {
    let cache = match lane.cache.exists() {
        true => format!(
            "the cache holds {} of {} entries",
            lane.cache.used, lane.cache.capacity
        ),
        false => "there is no cache".to_owned(),
    };
    let faults = [
        ("Cache", cache_faults(&lane.faults)),
        ("Database", database_faults(&lane.faults)),
    ];
    let faults = faults.iter().filter(|(_, faults)| !faults.is_empty());
    let faults: String = faults
        .map(|(of, faults)| format!(" {of}: {faults}."))
        .collect();
    format!(
        "{}: {cache}, {} of {} database connections are busy, {} messages in flight.{faults}",
        lane.name,
        lane.database.busy,
        lane.database.connections,
        lane.messages.len()
    )
}

/// The cache as a table, for a screen reader: what the picture shows, in words. Only so many entries
/// are listed as anybody would listen to.
fn entries_table(lane: &LaneFrame, now: Micros) -> Html {
    const LISTED: usize = 50;
    if !lane.cache.exists() {
        return html! {};
    }
    let (first, last) = lane.cache.policy.ends();
    html! {
        <div class="sr-only">
        <table>
            <caption>{ format!("The cache's entries, from {first} to {last}") }</caption>
            <thead><tr><th>{ "Key" }</th><th>{ "Version" }</th><th>{ "Row's version" }</th><th>{ "Time to live left" }</th></tr></thead>
            <tbody>
                { for lane.cache.entries.iter().take(LISTED).map(|entry| {
                    let left = match entry.expires_at_us {
                        _ if entry.expired => "expired".to_owned(),
                        Some(end) => duration(end.since(now)),
                        None => "no limit".to_owned(),
                    };
                    let stale = if entry.stale { ", stale" } else { "" };
                    html! {
                        <tr>
                            <th scope="row">{ entry.key.to_string() }</th>
                            <td>{ format!("{}{stale}", entry.version.0) }</td>
                            <td>{ entry.row_version.0 }</td>
                            <td>{ left }</td>
                        </tr>
                    }
                }) }
            </tbody>
        </table>
        </div>
    }
}
