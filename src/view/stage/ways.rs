//! The ways between the parties, what is lost on them, and where they are cut.

use super::{LETTER, text, text_w};
use crate::view::shell::format::{fit, grouped, px};
use crate::view::stage::layout::{Curve, Layout};
use crate::view::stage::node_places::NodePlaces;
use sim::Party;
use std::rc::Rc;
use timeline::{NodeFrame, PhaseFrame, RequestFrame};
use yew::prelude::*;

/// What is on a way.
#[derive(Clone, PartialEq, Default)]
pub struct Traffic {
    /// Whether a message or a query is on it.
    pub lit: bool,
    /// The cache node that the shown request asks, where there are several.
    pub node: Option<u16>,
    /// Whether what is sent on it is lost.
    pub cut: bool,
    /// What has been lost on it first, of requests that do not know it yet.
    pub lost: Option<Lost>,
    /// How many more have.
    pub more_lost: usize,
}

/// A message that will not arrive, or the reply to it.
#[derive(Clone, PartialEq)]
pub struct Lost {
    request: u32,
    verb: &'static str,
    key: Rc<str>,
}

impl Traffic {
    /// What the requests under way have lost on the way to `party`.
    pub(super) fn lose(&mut self, requests: &[RequestFrame], party: Party) {
        for request in requests {
            let trips = request.parts.iter().chain(&request.afterwards);
            let Some(trip) = trips.last().filter(|_| request.phase == PhaseFrame::Lost) else {
                continue;
            };
            if trip.verb.party() != party {
                continue;
            }
            match &self.lost {
                None => {
                    self.lost = Some(Lost {
                        request: request.id,
                        verb: trip.verb.name(),
                        key: request.key.clone(),
                    });
                }
                Some(_) => self.more_lost += 1,
            }
        }
    }
}

/// The nodes to which a way is drawn: each that shows its entries, but one a row of a zone, and the one that is asked.
pub(super) fn nodes_with_ways<'a>(
    places: &NodePlaces,
    nodes: &'a [NodeFrame],
    asked: Option<u16>,
) -> Vec<&'a NodeFrame> {
    let in_use = || nodes.iter().filter(|node| node.in_use);
    let is_asked = |node: &&NodeFrame| asked == Some(node.id);
    if places.zones.is_empty() {
        let shown = in_use().filter(|node| places.show_entries() || is_asked(node));
        return shown.collect();
    }
    let of_row = |zone: char| {
        let here = || in_use().filter(move |node| node.zone == Some(zone));
        let first = || here().find(|node| node.reachable).or(here().next());
        here().find(is_asked).or_else(first)
    };
    let rows = places.zones.iter();
    rows.filter_map(|row| of_row(row.zone)).collect()
}

/// A way, whole or cut, with an area around it that is wide enough to be pressed.
pub(super) fn way(layout: &Layout, curve: &Curve, name: &'static str, traffic: &Traffic) -> Html {
    let [a, b, c, d] = curve.0.map(|(x, y)| format!("{} {}", px(x), px(y)));
    // A message keeps clear of the application's box; the way begins at its edge.
    let (x, y) = curve.0[0];
    let edge = y.clamp(layout.app.y, layout.app.y + layout.app.h);
    let path = format!("M{} {}L{a}C{b}, {c}, {d}", px(x), px(edge));
    let lit = (traffic.lit && !traffic.cut).then_some("lit");
    let cut = traffic.cut.then_some("cut");
    let label = format!("Connection to the {}", name.trim_start_matches("way-"));
    html! {
        <g>
            <path class={classes!("way", name, lit, cut)} d={path.clone()} />
            <path class="way-area" d={path} data-thing={name} role="button" tabindex="-1" aria-haspopup="menu" aria-label={label} />
        </g>
    }
}

/// The break of a cut way, and what has been lost on it.
pub(super) fn broken(layout: &Layout, curve: &Curve, database: bool, traffic: &Traffic) -> Html {
    let (x, y) = middle(layout, curve, database);
    let cut = traffic.cut.then(|| {
        html! {
            <g class="break">
                <circle cx={px(x)} cy={px(y)} r="9" />
                <path d={format!("M{} {}l8-14m-2 14l8-14", px(x - 7.0), px(y + 7.0))} />
            </g>
        }
    });
    let lost = traffic.lost.as_ref().map(|lost| {
        let more = match traffic.more_lost {
            0 => String::new(),
            more => format!(" +{}", grouped(more as u64)),
        };
        let words = format!("lost{more}");
        let (left, top) = corner(layout, database);
        // The key says more than the verb where there is no room for both.
        let room = (LOST_WIDTH - 50.0 - text_w(&words)) / LETTER;
        let what = format!("{} {}", lost.verb, lost.key);
        let what = if what.chars().count() as f64 > room {
            fit(&lost.key, room as usize)
        } else {
            what
        };
        let w = what.chars().count() as f64 * LETTER + text_w(&words) + 50.0;
        html! {
            <g class="lost" data-request={lost.request.to_string()} role="button" tabindex="-1" aria-haspopup="menu">
                <title>{ format!("{words}: {} {}, request {}", lost.verb, lost.key, lost.request) }</title>
                <rect x={px(left)} y={px(top)} width={px(w)} height="28" rx="14" />
                <use href="#mark-error" x={px(left + 15.0)} y={px(top + 14.0)} />
                { text(left + 27.0, top + 19.0, "p", what.clone()) }
                { text(left + w - 12.0, top + 19.0, "t end", words.clone()) }
            </g>
        }
    });
    html! { <g>{ for cut }{ for lost }</g> }
}

/// The greatest width of a loss, which has room beside the cache's box.
const LOST_WIDTH: f64 = 190.0;

/// Where a way's loss is written: beside the way, where nothing else stands.
fn corner(layout: &Layout, database: bool) -> (f64, f64) {
    let app_end = layout.app.y + layout.app.h;
    match (layout.stacked, database) {
        (false, false) => (4.0, 4.0),
        (false, true) => (4.0, layout.height - 34.0),
        (true, false) => (layout.width - LOST_WIDTH - 26.0, app_end + 8.0),
        (true, true) => (layout.width - LOST_WIDTH - 26.0, layout.database.y - 36.0),
    }
}

/// Where a way is broken: half-way, and clear of the parties.
fn middle(layout: &Layout, curve: &Curve, database: bool) -> (f64, f64) {
    if !layout.stacked {
        return curve.at(if database { 0.45 } else { 0.5 });
    }
    let app_end = layout.app.y + layout.app.h;
    if database {
        (curve.0[0].0, layout.database.y - 21.0)
    } else {
        (layout.width * 0.2, app_end + 14.0)
    }
}
