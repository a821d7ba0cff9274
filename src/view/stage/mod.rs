//! The picture of one lane: application, cache node, database, and the ways between them. Messages
//! are drawn over it by `messages`, because only they move while nothing happens.

pub mod act_menu;
pub mod animated_time;
mod app_box;
mod cache_box;
mod cells;
mod chip;
pub mod clock;
pub mod code;
pub mod controls;
mod database_box;
pub mod entries_table;
pub mod grid;
mod labels;
pub mod lane;
pub mod lane_menu;
pub mod lanes;
pub mod layout;
pub mod marks;
pub mod messages;
mod node_heading;
pub mod node_places;
mod nodes_box;
mod order;
pub mod picture;
mod rate_lines;
pub mod request;
mod shapes;
mod slips;
mod time_scale;
pub mod trip;
mod ways;
pub mod width;
pub mod zone_grid;
mod zone_rows;

use crate::view::shell::format::px;
use crate::view::stage::animated_time::AnimatedTime;
use crate::view::stage::layout::{Layout, Rect};
use crate::view::state::Follow;
use app_box::app_box;
pub use app_box::{Working, client};
use cache::units::Micros;
use cache_box::CacheBox;
use database_box::{DatabaseBox, no_database};
pub use order::{Order, mark};
pub use shapes::{candidate_words, mark_words, needs};
use sim::{InForce, Party};
use std::rc::Rc;
use timeline::{CacheFrame, DatabaseFrame, LaneFrame, NodeFrame};
pub use ways::Traffic;
use ways::{broken, nodes_with_ways, way};
use yew::prelude::*;

/// The width of a letter of 14 px monospaced type.
pub const LETTER: f64 = 8.45;

#[derive(Properties, PartialEq)]
pub struct StageProps {
    pub layout: Layout,
    /// The time of the frame.
    pub at: Micros,
    pub now: AnimatedTime,
    /// The lane's TTL, which a full bar stands for.
    pub ttl: Option<Micros>,
    /// The cache.
    pub cache: Rc<CacheFrame>,
    /// Its nodes, where there are several.
    pub nodes: Vec<NodeFrame>,
    pub database: Rc<DatabaseFrame>,
    /// Whether its reads are answered by a replica that lags behind.
    pub replica: bool,
    /// The requests that the application works on.
    pub working: Working,
    /// The faults in force.
    pub faults: InForce,
    /// The traffic on the way to the cache.
    pub to_cache: Traffic,
    /// The traffic on the way to the database.
    pub to_database: Traffic,
    /// Whether the cache node has lost its contents at this very step.
    pub emptied: bool,
    pub follow: Option<Follow>,
}

/// The picture without what moves.
#[function_component(Stage)]
pub fn stage(props: &StageProps) -> Html {
    let layout = &props.layout;
    let asked = props
        .working
        .told
        .as_ref()
        .map(|request| request.key.clone());
    let (key, request) = match &props.follow {
        Some(Follow::Key(key)) => (Some(key.clone()), None),
        Some(Follow::Request(number)) => (None, Some(*number)),
        None => (None, None),
    };
    // Which rows are shown depends on the cache only where not all of them are.
    let some_left_out = props.database.rows.len() > layout.rows.cells;
    html! {
        <g>
            <g>{ for layout.cache.map(|_| ways_to_cache(props)) }</g>
            <g>{ for layout.has_database.then(|| way(layout, &layout.to_database, "way-database", &props.to_database)) }</g>
            { app_box(layout, &props.working, request) }
            <CacheBox layout={layout.clone()} at={props.at} now={props.now.clone()} ttl={props.ttl} cache={props.cache.clone()}
                nodes={props.nodes.clone()} asked_node={props.to_cache.node}
                asked={asked.clone()} followed={key.clone()} emptied={props.emptied} />
            if layout.has_database {
                <DatabaseBox rect={layout.database} grid={layout.rows} replica={props.replica} database={props.database.clone()}
                    {asked} followed={key} cache={some_left_out.then(|| props.cache.clone())} />
            } else {
                { no_database(layout.database) }
            }
            <g>{ for layout.cache.map(|_| broken(layout, &layout.to_cache, false, &props.to_cache)) }</g>
            <g>{ for layout.has_database.then(|| broken(layout, &layout.to_database, true, &props.to_database)) }</g>
            <g>{ for layout.cache.map(|rect| badge(rect, &cache_faults(&props.faults))) }</g>
            <g>{ for layout.has_database.then(|| badge(layout.database, &database_faults(&props.faults))) }</g>
        </g>
    }
}

/// The way to the cache; where its nodes can be told apart, one to each.
fn ways_to_cache(props: &StageProps) -> Html {
    let layout = &props.layout;
    if layout.node_places.is_empty() || layout.stacked {
        return way(layout, &layout.to_cache, "way-cache", &props.to_cache);
    }
    let to_node = |node: &NodeFrame| {
        let traffic = Traffic {
            lit: props.to_cache.lit && props.to_cache.node == Some(node.id),
            cut: !node.reachable,
            ..Traffic::default()
        };
        let way_there = layout.way_to_node(node.id).curve;
        way(layout, &way_there, "way-cache", &traffic)
    };
    let shown = nodes_with_ways(&layout.node_places, &props.nodes, props.to_cache.node);
    html! { <g>{ for shown.into_iter().map(to_node) }</g> }
}

/// The cache node that the shown request's message is about, where there are several.
fn node_in_question(lane: &LaneFrame) -> Option<u16> {
    let request = lane.shown_request()?;
    let mut messages = lane.messages.iter();
    let message = messages.find(|message| message.request == request.id)?;
    message.node
}

/// What is wrong with the cache and the way to it, in words; empty if nothing is.
pub fn cache_faults(faults: &InForce) -> String {
    listed([
        (faults.cache_cut, "cut off"),
        (faults.fail_cache_write, "next SET fails"),
        (faults.lose_delete, "next DELETE lost"),
    ])
}

/// What is wrong with the database and the way to it.
pub fn database_faults(faults: &InForce) -> String {
    listed([
        (faults.database_down, "down"),
        (faults.database_slow, "slow"),
        (faults.database_cut, "cut off"),
    ])
}

fn listed(faults: [(bool, &'static str); 3]) -> String {
    let in_force = faults.into_iter().filter(|(is, _)| *is);
    in_force
        .map(|(_, word)| word)
        .collect::<Vec<_>>()
        .join(", ")
}

/// A party's faults on its upper edge, where they take no room from anything.
fn badge(rect: Rect, faults: &str) -> Html {
    if faults.is_empty() {
        return html! {};
    }
    let w = faults.len() as f64 * 8.9 + 34.0;
    // Clear of the party's heading, and within the stage.
    let (x, y) = (rect.x + rect.w - 12.0 - w, (rect.y - 13.0).max(1.0));
    html! {
        <g class="badge">
            <rect x={px(x)} y={px(y)} width={px(w)} height="20" rx="6" />
            <use href="#mark-fault" x={px(x + 13.0)} y={px(y + 10.0)} />
            { text(x + 24.0, y + 15.0, "b", faults.to_owned()) }
        </g>
    }
}

/// A party's box, which can be pressed. What is in it is drawn over it, and can be pressed by itself.
fn party(rect: Rect, name: &'static str, label: &'static str) -> Html {
    html! {
        <rect class={classes!("party", format!("party-{name}"))} x={px(rect.x)} y={px(rect.y)}
            width={px(rect.w)} height={px(rect.h)} rx="10"
            data-thing={name} role="button" tabindex="-1" aria-haspopup="menu" aria-label={label} />
    }
}

fn text(x: f64, y: f64, class: &'static str, content: impl Into<AttrValue>) -> Html {
    html! { <text x={px(x)} y={px(y)} class={class}>{ content.into() }</text> }
}

/// About how wide a text of 14 px proportional type is.
fn text_w(text: &str) -> f64 {
    text.chars().count() as f64 * 7.6
}

/// The traffic on the ways to the cache and to the database.
pub fn traffic(lane: &LaneFrame) -> (Traffic, Traffic) {
    let on = |party: Party| {
        lane.messages
            .iter()
            .any(|message| message.from == party || message.to == party)
    };
    let mut to_cache = Traffic {
        lit: on(Party::Cache),
        node: node_in_question(lane),
        cut: lane.faults.cache_cut,
        ..Traffic::default()
    };
    let mut to_database = Traffic {
        lit: on(Party::Database) || lane.database.busy > 0,
        cut: lane.faults.database_cut,
        ..Traffic::default()
    };
    to_cache.lose(&lane.requests, Party::Cache);
    to_database.lose(&lane.requests, Party::Database);
    (to_cache, to_database)
}
