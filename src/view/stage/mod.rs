//! The picture of one lane: application, cache node, database, and the ways between them. Messages
//! are drawn over it by `messages`, because only they move while nothing happens.

mod cache_box;
mod database_box;

use super::format::{fit, px};
use super::layout::{Curve, Layout, Rect};
use crate::sim::{InForce, Operation, Party};
use crate::timeline::{CacheFrame, DatabaseFrame, RequestFrame};
use crate::units::Micros;
use cache_box::CacheBox;
use database_box::DatabaseBox;
use std::rc::Rc;
use yew::prelude::*;

/// The width of a letter of 14 px monospaced type.
pub const LETTER: f64 = 8.45;

/// As many letters of proportional type fit into the application's box, where it is narrow.
const NUMBER_LETTERS: usize = 13;

/// What the picture is of.
#[derive(Properties, PartialEq)]
pub struct StageProps {
    /// The geometry.
    pub layout: Layout,
    /// The instant.
    pub at: Micros,
    /// The lane's time to live, which a full bar stands for.
    pub ttl: Option<Micros>,
    /// The cache node.
    pub cache: Rc<CacheFrame>,
    /// The database.
    pub database: Rc<DatabaseFrame>,
    /// The request that the application is shown working on.
    pub request: Option<RequestFrame>,
    /// How many more are under way.
    pub others: usize,
    /// The faults in force.
    pub faults: InForce,
    /// Which ways have something on them.
    pub lit: (bool, bool),
}

/// The picture without what moves.
#[function_component(Stage)]
pub fn stage(props: &StageProps) -> Html {
    let layout = &props.layout;
    let asked = props.request.as_ref().map(|request| request.key.clone());
    // Which rows are shown depends on the cache only where not all of them are.
    let some_left_out = props.database.rows.len() > layout.rows.cells;
    html! {
        <g>
            { way(layout, &layout.to_cache, "way-cache", props.lit.0, layout.cache.is_some()) }
            { way(layout, &layout.to_database, "way-database", props.lit.1, true) }
            { app(props) }
            <g>
            if let Some(rect) = layout.cache {
                <CacheBox {rect} grid={layout.chips} at={props.at} ttl={props.ttl} cache={props.cache.clone()} asked={asked.clone()} />
            }
            </g>
            <DatabaseBox rect={layout.database} grid={layout.rows} stacked={layout.stacked} database={props.database.clone()}
                {asked} cache={some_left_out.then(|| props.cache.clone())} />
            <g>{ for layout.cache.map(|rect| badge(rect, &cache_faults(&props.faults))) }</g>
            <g>{ badge(layout.database, &database_faults(&props.faults)) }</g>
        </g>
    }
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
    let w = faults.len() as f64 * 7.4 + 34.0;
    // Clear of the party's heading, and within the stage.
    let (x, y) = (rect.x + rect.w - 12.0 - w, (rect.y - 11.0).max(1.0));
    html! {
        <g class="badge">
            <rect x={px(x)} y={px(y)} width={px(w)} height="19" rx="6" />
            <use href="#mark-fault" x={px(x + 13.0)} y={px(y + 9.5)} />
            { text(x + 24.0, y + 14.5, "b", faults.to_owned()) }
        </g>
    }
}

fn way(layout: &Layout, curve: &Curve, class: &'static str, lit: bool, there: bool) -> Html {
    let [a, b, c, d] = curve.0.map(|(x, y)| format!("{} {}", px(x), px(y)));
    // A message keeps clear of the application's box; the way begins at its edge.
    let (x, y) = curve.0[0];
    // (`clamp` could panic with the numbers in its message, and so brings all that writes floats.)
    let edge = y.max(layout.app.y).min(layout.app.y + layout.app.h);
    let path = format!("M{} {}L{a}C{b}, {c}, {d}", px(x), px(edge));
    html! {
        <path class={classes!("way", class, lit.then_some("lit"), (!there).then_some("gone"))} d={path} />
    }
}

fn party(rect: Rect, class: &'static str) -> Html {
    html! {
        <rect class={classes!("party", class)} x={px(rect.x)} y={px(rect.y)}
            width={px(rect.w)} height={px(rect.h)} rx="10" />
    }
}

fn text(x: f64, y: f64, class: &'static str, content: impl Into<AttrValue>) -> Html {
    html! { <text x={px(x)} y={px(y)} class={class}>{ content.into() }</text> }
}

fn app(props: &StageProps) -> Html {
    let rect = props.layout.app;
    let (x, y) = (rect.x + 12.0, rect.y);
    let Some(request) = &props.request else {
        return html! {
            <g>
                { party(rect, "party-app") }
                { text(x, y + 26.0, "h", "App") }
                <g>{ if props.layout.stacked { text(x + 46.0, y + 26.0, "t", "idle") } else { text(x, y + 49.0, "t", "idle") } }</g>
            </g>
        };
    };
    let verb = match request.op {
        Operation::Read => "get",
        Operation::Write => "put",
    };
    let room = if props.layout.stacked {
        rect.w - 196.0
    } else {
        rect.w - 24.0
    };
    let call = fit(&format!("{verb} {}", request.key), (room / LETTER) as usize);
    let number = match props.others {
        0 => format!("request {}", request.id),
        n => format!("request {} +{n}", request.id),
    };
    // Large numbers explain themselves, if only they fit.
    let number = match number.strip_prefix("request ") {
        Some(short) if number.len() > NUMBER_LETTERS && !props.layout.stacked => short.to_owned(),
        _ => number,
    };
    if props.layout.stacked {
        return html! {
            <g>
                { party(rect, "party-app") }
                { text(x, y + 27.0, "h", "App") }
                { text(x + 40.0, y + 27.0, "k", call) }
                { text(rect.x + rect.w - 12.0, y + 27.0, "t end", number) }
            </g>
        };
    }
    html! {
        <g>
            { party(rect, "party-app") }
            { text(x, y + 24.0, "h", "App") }
            { text(x, y + 48.0, "t", number) }
            { text(x, y + 75.0, "k", call) }
        </g>
    }
}

/// Which ways have a message or a query on them: (to the cache, to the database).
pub fn lit(lane: &crate::timeline::LaneFrame) -> (bool, bool) {
    let on = |party: Party| {
        lane.messages
            .iter()
            .any(|message| message.from == party || message.to == party)
    };
    (
        on(Party::Cache),
        on(Party::Database) || lane.database.busy > 0,
    )
}
