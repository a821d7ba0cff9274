//! Buttons that break something at the playhead, and what is broken there.

use crate::session::Snapshot;
use crate::view::context::use_page;
use crate::view::shell::format::letter;
use sim::{Fault, FaultCommand};
use timeline::{Command, LaneFrame};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(super) struct FaultsNowProps {
    pub(super) snapshot: Snapshot,
}

/// The buttons, and what is in force.
#[function_component(FaultsNow)]
pub(super) fn faults_now(props: &FaultsNowProps) -> Html {
    let page = use_page();
    let chosen = use_state_eq(|| None::<u32>);
    let snapshot = &props.snapshot;
    let of_lanes = snapshot.frame.lanes.iter();
    let in_force: Vec<_> = of_lanes.map(broken).collect();
    let lanes = in_force.len();
    let lane = chosen.filter(|&lane| lane as usize <= lanes);
    let give = |fault: Fault, lane: Option<u32>| {
        let command = Command::Fault(FaultCommand {
            fault,
            lane,
            node: None,
            zone: None,
        });
        page.on_press(move |page| page.send(command))
    };
    let whose = [None].into_iter().chain((1..=lanes as u32).map(Some));
    html! {
        <div class="faults-now">
            <div class="setup-head">
                <h3>{ format!("Break it here, after step {}", snapshot.frame.step) }</h3>
                if lanes > 1 {
                    <div class="choices" role="group" aria-label="Lanes that are broken">
                        { for whose.map(|whose| {
                            let chosen = chosen.clone();
                            let name = whose.map_or_else(|| "All lanes".to_owned(), |lane| format!("Lane {}", letter(lane as usize - 1)));
                            let onclick = Callback::from(move |_: MouseEvent| chosen.set(whose));
                            html! { <button class="choice" type="button" aria-pressed={(lane == whose).to_string()} {onclick}>{ name }</button> }
                        }) }
                    </div>
                }
            </div>
            <div class="fault-buttons">
                { for snapshot.faults(lane.map(|lane| lane as usize - 1)).into_iter().map(|(fault, words)| html! {
                    <button class="fault-button" type="button" onclick={give(fault, lane)}>
                        <b>{ words.title }</b><span>{ words.about }</span>
                    </button>
                }) }
            </div>
            <h3>{ "Broken at this moment" }</h3>
            <ul class="in-force" aria-live="polite">
                { for in_force.iter().enumerate().flat_map(|(at, broken)| broken.iter().map(move |&broken| (at, broken))).map(|(at, (what, heal))| html! {
                    <li>
                        <span class="tag small" aria-hidden="true">{ letter(at) }</span>
                        <span><span class="sr-only">{ format!("Lane {}: ", letter(at)) }</span>{ what }</span>
                        if let Some((fault, name)) = heal {
                            <button class="btn" type="button" onclick={give(fault, Some(at as u32 + 1))}>
                                { name }<span class="sr-only">{ format!(" of lane {}", letter(at)) }</span>
                            </button>
                        }
                    </li>
                }) }
                if in_force.iter().all(Vec::is_empty) {
                    <li class="absent">{ "Nothing is broken." }</li>
                }
            </ul>
        </div>
    }
}

type Heal = (Fault, &'static str);

/// What is broken in a lane, and what mends it. Of a database that it does not have nothing is.
fn broken(lane: &LaneFrame) -> Vec<(&'static str, Option<Heal>)> {
    let (in_force, has_database) = (lane.faults, lane.database.exists());
    let cache = Some((Fault::HealCache, "Heal the cache"));
    let database = Some((Fault::HealDatabase, "Heal the database"));
    let all = [
        (in_force.cache_cut, "The cache is cut off.", cache),
        (
            in_force.database_slow && has_database,
            "The database is slow.",
            database,
        ),
        (
            in_force.database_down && has_database,
            "The database is stopped.",
            database,
        ),
        (
            in_force.database_cut && has_database,
            "The database is cut off.",
            database,
        ),
        (in_force.lose_delete, "The next DELETE will be lost.", None),
        (in_force.fail_cache_write, "The next SET will fail.", None),
    ];
    let there = all.into_iter().filter(|(there, ..)| *there);
    there.map(|(_, what, heal)| (what, heal)).collect()
}
