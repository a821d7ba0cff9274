//! The cache's picture as a table for a screen reader.

use crate::view::shell::format::grouped;
use crate::view::stage::{Order, candidate_words, mark, mark_words};
use cache::units::Micros;
use std::rc::Rc;
use timeline::{
    CacheFrame, CandidateFrame, EntryFrame, MemberFrame, NodeFrame, ShapeFrame, duration,
};
use yew::prelude::*;

/// The most entries listed: more would not be listened to.
const LISTED: usize = 50;

#[derive(Properties, PartialEq)]
pub struct EntriesTableProps {
    pub cache: Rc<CacheFrame>,
    /// The cache's nodes, where there are several.
    #[prop_or_default]
    pub nodes: Vec<NodeFrame>,
    /// Whether there are rows to compare the entries with.
    pub has_database: bool,
    /// The instant.
    pub now: Micros,
}

/// The entries in the policy's order, and what the policy knows besides.
#[function_component(EntriesTable)]
pub fn entries_table(props: &EntriesTableProps) -> Html {
    let cache = &*props.cache;
    if !cache.exists() {
        return html! {};
    }
    let (first, last) = cache.policy.about().ends;
    let order = Order::of(cache);
    let rows = cache.entries.iter().take(LISTED).enumerate();
    html! {
        <div class="sr-only">
            <table>
                <caption>{ format!("The cache's entries, from {first} to {last}") }</caption>
                <thead><tr>
                    <th>{ "Key" }</th><th>{ "Version" }</th>
                    if props.has_database { <th>{ "Row's version" }</th> }
                    <th>{ "TTL left" }</th><th>{ if props.nodes.is_empty() { "Queue" } else { "Node" } }</th><th>{ "Noted" }</th><th>{ "Bytes" }</th>
                </tr></thead>
                <tbody>{ for rows.map(|(nth, entry)| row(props, &order, nth, entry)) }</tbody>
            </table>
            { for cache.shape.iter().map(|shape| besides(cache, shape, props.now)) }
        </div>
    }
}

fn row(props: &EntriesTableProps, order: &Order, nth: usize, entry: &EntryFrame) -> Html {
    let (cache, now) = (&props.cache, props.now);
    let left = match entry.expires_at_us {
        _ if entry.expired => "expired".to_owned(),
        Some(end) => duration(end.since(now)),
        None => "no limit".to_owned(),
    };
    let stale = if entry.stale { ", stale" } else { "" };
    let node = node_of(&props.nodes, nth);
    let place = order.place_of_listed(nth);
    let (queue, noted) = match order.queue_at(place) {
        Some((queue, begin)) => {
            let noted = mark(queue, begin, place).map(|mark| mark_words(cache.policy, mark));
            (queue.name, noted.unwrap_or_default())
        }
        None => ("", String::new()),
    };
    html! {
        <tr>
            <th scope="row">{ entry.key.to_string() }</th>
            <td>{ format!("{}{stale}", entry.version.0) }</td>
            if props.has_database { <td>{ entry.row_version.0 }</td> }
            <td>{ left }</td>
            <td>{ node.unwrap_or_else(|| queue.to_owned()) }</td>
            <td>{ noted }</td>
            <td>{ grouped(entry.size_bytes.into()) }</td>
        </tr>
    }
}

/// The name of the node that has the entry at a place of the list, which goes from node to node.
fn node_of(nodes: &[NodeFrame], place: usize) -> Option<String> {
    let mut end = 0;
    let in_use = nodes.iter().filter(|node| node.in_use);
    let mut behind = in_use.skip_while(|node| {
        end += node.cache.entries.len();
        end <= place
    });
    behind.next().map(NodeFrame::name)
}

/// Ghosts, the hand, the target, the sample and the pool.
fn besides(cache: &CacheFrame, shape: &ShapeFrame, now: Micros) -> Html {
    let keys = |members: &[MemberFrame]| {
        let keys: Vec<&str> = members
            .iter()
            .take(LISTED)
            .map(|member| &*member.key)
            .collect();
        keys.join(", ")
    };
    let candidates = |candidates: &[CandidateFrame]| {
        let said: Vec<String> = candidates
            .iter()
            .map(|candidate| {
                let compared = cache.policy.about().compares;
                let value = compared
                    .map(|compared| candidate_words(compared, candidate.value, now))
                    .unwrap_or_default();
                format!("{} {value}", candidate.key)
            })
            .collect();
        said.join(", ")
    };
    let ghosts = shape
        .queues
        .iter()
        .filter(|queue| queue.ghosts && queue.count > 0);
    html! {
        <>
            { for ghosts.map(|queue| html! {
                <p>{ format!("Ghosts in {}: {}.", queue.name, keys(&queue.members)) }</p>
            }) }
            { for shape.hand.iter().map(|hand| html! { <p>{ format!("The hand is at {hand}.") }</p> }) }
            if !shape.sample.is_empty() {
                <p>{ format!("The last eviction drew {}.", candidates(&shape.sample)) }</p>
            }
            if !shape.pool.is_empty() {
                <p>{ format!("In the pool, the best last: {}.", candidates(&shape.pool)) }</p>
            }
        </>
    }
}
