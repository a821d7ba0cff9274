//! How the other lanes differ from the first: in their settings, and where their events first do.

use crate::view::context::{Page, use_page};
use crate::view::shell::format::{grouped, letter};
use crate::view::shell::slices::{Next, use_slices};
use crate::view::stage::lane_menu::AddLane;
use cache::Scope;
use scenario::Scenario;
use sim::LaneSetup;
use std::rc::Rc;
use timeline::{Divergence, Divergences, LoggedEvent, Run, Verdict, duration, sentence};
use yew::prelude::*;

/// The events compared at once: a few milliseconds' work on a slow computer.
const EVENTS_AT_ONCE: u32 = 4_000;
/// How often the lanes are compared again while the run is simulated on, in milliseconds.
const AGAIN_MS: u32 = 500;

#[derive(Properties, PartialEq)]
pub struct CompareProps {
    pub run: Rc<Run>,
}

/// A line for every lane but the first.
#[function_component(Compare)]
pub fn compare(props: &CompareProps) -> Html {
    let page = use_page();
    let run = &props.run;
    let lanes = run.scenario().lanes.len();
    let found = use_divergences(run);
    html! {
        <div class="compare" role="group" aria-label="Differences between the lanes">
            <ul>
                { for (1..lanes).map(|lane| html! { <li>{ pair(&page, props, lane, found.of(lane)) }</li> }) }
            </ul>
            <AddLane {lanes} />
        </div>
    }
}

/// Where the lanes of a run first differ. A first part is compared before the first drawing, so that
/// nothing jumps; the rest comes in slices between the frames.
#[hook]
fn use_divergences(run: &Rc<Run>) -> Rc<Divergences> {
    let first = use_memo(run.clone(), |run| {
        let mut found = Divergences::new(run.scenario().lanes.len());
        found.advance(run, EVENTS_AT_ONCE);
        found
    });
    let later = use_state(|| None::<Found>);
    let (begun, setter) = (first.clone(), later.setter());
    use_slices(run.clone(), move |run| {
        let (run, mut found) = (run.clone(), Divergences::clone(&begun));
        move || {
            let before = found.events();
            let caught_up = found.advance(&run, EVENTS_AT_ONCE);
            if caught_up && found.events() != before {
                setter.set(Some((run.clone(), Rc::new(found.clone()))));
            }
            match (found.is_over(), caught_up) {
                (true, _) => Next::Nothing,
                (false, true) => Next::Later(AGAIN_MS),
                (false, false) => Next::Piece,
            }
        }
    });
    match &*later {
        Some((of, later)) if Rc::ptr_eq(of, run) => later.clone(),
        _ => first,
    }
}

/// A run, and where its lanes differ.
type Found = (Rc<Run>, Rc<Divergences>);

/// The sentences about a lane beside the first.
fn pair(page: &Page, props: &CompareProps, lane: usize, verdict: Verdict) -> Html {
    let scenario = props.run.scenario();
    let (first, other) = (&scenario.lanes[0], &scenario.lanes[lane]);
    let mut differing = differences(first, other);
    let one_only = |number: u32| number == 1 || number as usize == lane + 1;
    if scenario
        .interventions
        .iter()
        .any(|given| given.command.lane().is_some_and(one_only))
    {
        differing.push("what was done to them");
    }
    let settings = match differing.as_slice() {
        [] => " have the same settings.".to_owned(),
        [one] => format!(" differ in {one}."),
        [most @ .., last] => format!(" differ in {} and {last}.", most.join(", ")),
    };
    let (said, to) = said(scenario, lane, verdict);
    let go = to.map(|step| {
        let onclick = page.on_press(move |page| page.go_to(step));
        let label = format!("Go there: step {step}, where lanes A and {} first differ", letter(lane));
        html! { <button class="link" type="button" aria-label={label} {onclick}>{ "Go there" }</button> }
    });
    html! {
        <>
            <span class="sr-only">{ format!("Lanes A and {}", letter(lane)) }</span>
            <span aria-hidden="true"><span class="tag small">{ "A" }</span><span class="tag small">{ letter(lane) }</span></span>
            <span>{ settings }{ " " }{ said }</span>
            { for go }
        </>
    }
}

/// A verdict in words, and the step to go to.
fn said(scenario: &Scenario, lane: usize, verdict: Verdict) -> (String, Option<u32>) {
    let place = |at: &Divergence| match at.request {
        Some(number) => format!("step {}, request {}", grouped(at.step.into()), number + 1),
        None => format!("step {}", grouped(at.step.into())),
    };
    let what = |event: Option<LoggedEvent>| match event {
        Some(logged) => sentence(scenario, &logged).what,
        None => "no such event".to_owned(),
    };
    match verdict {
        Verdict::Same { over: true, .. } => ("They behave exactly the same.".to_owned(), None),
        Verdict::Same { step, .. } => (
            format!("No difference in the first {} steps.", grouped(step.into())),
            None,
        ),
        Verdict::Timing(at) => {
            let instants = at.events.map(|event| event.map(|logged| logged.event.at));
            let apart = match instants {
                [Some(a), Some(b)] if a < b => {
                    format!("{} later in {}", duration(b.since(a)), letter(lane))
                }
                [Some(a), Some(b)] => format!("{} later in A", duration(a.since(b))),
                _ => String::new(),
            };
            let what = what(at.events[0]);
            (
                format!(
                    "They do the same at different times; first at {}: {what}, {apart}.",
                    place(&at)
                ),
                Some(at.step),
            )
        }
        Verdict::Differs(at) => (
            format!(
                "They first diverge at {}. A: {}. {}: {}.",
                place(&at),
                what(at.events[0]),
                letter(lane),
                what(at.events[1])
            ),
            Some(at.step),
        ),
    }
}

/// The settings in which two lanes differ, as the page names them.
fn differences(a: &LaneSetup, b: &LaneSetup) -> Vec<&'static str> {
    let (s, t) = (&a.strategy, &b.strategy);
    let (c, d) = (&a.cache, &b.cache);
    let scope = |scope: Scope| scope == Scope::AllKeys;
    let parts = [
        ("reads", s.read != t.read),
        ("writes", s.write != t.write),
        ("TTL", s.ttl_us != t.ttl_us || s.write_ttl != t.write_ttl),
        (
            "refresh-ahead",
            s.refresh_after_percent != t.refresh_after_percent,
        ),
        ("write-behind's delay", s.flush_delay_us != t.flush_delay_us),
        ("defences", s.defences != t.defences),
        (
            "eviction policy",
            c.engine.policy != d.engine.policy || scope(c.engine.scope) != scope(d.engine.scope),
        ),
        ("capacity", c.engine.capacity != d.engine.capacity),
        ("deployment", c.deployment != d.deployment),
        ("durability", c.durability != d.durability),
        ("node type", c.node_type != d.node_type),
        ("tuning of the policy", c.engine.tuning != d.engine.tuning),
        (
            "cache node",
            (c.service, c.active_expiry, c.replica_lag)
                != (d.service, d.active_expiry, d.replica_lag),
        ),
        ("database", a.database != b.database),
        ("network", ways_differ(a, b)),
        ("faults", a.faults != b.faults),
    ];
    let differing = parts.into_iter().filter(|(_, differ)| *differ);
    differing.map(|(name, _)| name).collect()
}

/// Whether a trip takes longer in one of two lanes. A way to another Region and one to another zone are not compared:
/// they go with the deployment.
fn ways_differ(a: &LaneSetup, b: &LaneSetup) -> bool {
    let in_regions = |of: &LaneSetup| of.cache.deployment.global().is_some();
    let mut network = b.network;
    if in_regions(a) != in_regions(b) {
        network.far = a.network.far;
    }
    a.network != network
}
