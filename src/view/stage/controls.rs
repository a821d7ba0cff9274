//! A lane's heading with its settings: pattern, writes, policy, capacity, TTL.

use crate::session::Edit;
use crate::view::context::{Page, use_page};
use crate::view::shell::drop_down::DropDown;
use crate::view::shell::field::Field;
use crate::view::shell::format::letter;
use crate::view::stage::lane_menu::LaneMenu;
use cache::units::Micros;
use cache::{CAPACITY_BYTES_MAX, CAPACITY_MAX, Capacity, PolicyKind};
use sim::{LaneSetup, Pattern, WritePath};
use std::rc::Rc;
use timeline::duration;
use yew::prelude::*;

/// The TTLs on offer, in seconds; 0 stands for none.
const TTLS_S: [u64; 6] = [0, 10, 60, 300, 3_600, 86_400];

#[derive(Properties, PartialEq)]
pub struct ControlsProps {
    /// Which lane, from 0.
    pub lane: usize,
    /// How many lanes there are.
    pub lanes: usize,
    pub setup: Rc<LaneSetup>,
    /// The running cache's policy, which the console can change from what the settings say.
    pub running: PolicyKind,
}

/// A lane's heading with its settings.
#[function_component(Controls)]
pub fn controls(props: &ControlsProps) -> Html {
    let page = use_page();
    let setup = &props.setup;
    let name = letter(props.lane);
    let pattern = Pattern::of(&setup.strategy);
    let cached = setup.strategy.caches();
    // With one there is nothing to choose.
    let writes: Vec<WritePath> = setup.strategy.read.writes().collect();
    let lane = props.lane;
    let edit = |to_edit: fn(usize, usize) -> Edit| {
        let page = page.clone();
        Callback::from(move |chosen: usize| page.edit(&to_edit(lane, chosen)))
    };
    let pattern_chosen = Pattern::ALL.iter().position(|&p| p == pattern).unwrap_or(0);
    html! {
        <div class="top">
            <LaneMenu {lane} lanes={props.lanes} />
            <h2 class="lane-name">
                <span class="sr-only">{ format!("Lane {name}: {}", setup.name) }</span>
                <DropDown class="pick" label={format!("Pattern of lane {name}")}
                    options={Pattern::ALL.map(|p| AttrValue::from(p.title())).to_vec()}
                    chosen={pattern_chosen}
                    on_choose={edit(|lane, i| Edit::Pattern(lane, Pattern::ALL[i]))} />
                if *setup.name != *pattern.title() {
                    // What a lane differs in stands beside its pattern.
                    <span class={classes!("own-name", (!setup.is_named).then_some("derived"))} aria-hidden="true">{ &*setup.name }</span>
                }
            </h2>
            <div class="chips">
            if writes.len() > 1 {
                <label class="chip-control">
                    <span>{ "writes" }</span>
                    { write_path(&page, props, writes) }
                </label>
            }
            if cached {
                <label class="chip-control">
                    { policy(&page, props) }
                </label>
                <label class="chip-control">
                    <span>{ if setup.cache.deployment.has_several() { "per node" } else { "capacity" } }</span>
                    { capacity(&page, props) }
                </label>
                <label class="chip-control">
                    <span>{ "TTL" }</span>
                    { ttl(&page, props) }
                </label>
            }
            </div>
        </div>
    }
}

/// The write path, of those that go with the read path.
fn write_path(page: &Page, props: &ControlsProps, offered: Vec<WritePath>) -> Html {
    let (page, lane) = (page.clone(), props.lane);
    let title = |path: &WritePath| AttrValue::from(path.about().short_title);
    let options: Vec<_> = offered.iter().map(title).collect();
    let now = props.setup.strategy.write;
    let chosen = offered.iter().position(|&path| path == now).unwrap_or(0);
    let on_choose = Callback::from(move |i: usize| page.edit(&Edit::Write(lane, offered[i])));
    html! { <DropDown label={format!("Writes of lane {}", letter(lane))} {options} {chosen} {on_choose} /> }
}

/// The policy. If the running cache has another one than it was set up with, that one comes first and is
/// shown.
fn policy(page: &Page, props: &ControlsProps) -> Html {
    let set_up = props.setup.cache.engine.policy;
    let differs = props.running != set_up;
    let now = differs.then(|| AttrValue::from(format!("{} now", props.running.title())));
    let title = |policy: PolicyKind| {
        if differs && policy == set_up {
            AttrValue::from(format!("{}, set up", policy.title()))
        } else {
            policy.title().into()
        }
    };
    let options: Vec<_> = now.into_iter().chain(PolicyKind::ALL.map(title)).collect();
    let chosen = if differs { 0 } else { set_up as usize };
    let name = letter(props.lane);
    let label = if differs {
        format!(
            "Eviction policy of lane {name}, set up as {} and changed by CONFIG SET",
            set_up.title()
        )
    } else {
        format!("Eviction policy of lane {name}")
    };
    let (page, lane) = (page.clone(), props.lane);
    let on_choose = Callback::from(move |i: usize| {
        if let Some(i) = i.checked_sub(usize::from(differs)) {
            page.edit(&Edit::Policy(lane, PolicyKind::ALL[i]));
        }
    });
    html! { <DropDown {label} {options} {chosen} {on_choose} class={classes!(differs.then_some("differs"))} /> }
}

fn capacity(page: &Page, props: &ControlsProps) -> Html {
    let (page, lane) = (page.clone(), props.lane);
    type Make = fn(usize, u64) -> Edit;
    let (value, most, unit, make) = match props.setup.cache.engine.capacity {
        Capacity::Entries(entries) => {
            let make: Make = Edit::Capacity;
            (u64::from(entries), u64::from(CAPACITY_MAX), "entries", make)
        }
        Capacity::Bytes { capacity_bytes, .. } => {
            let make: Make = Edit::CapacityBytes;
            (capacity_bytes, CAPACITY_BYTES_MAX, "bytes", make)
        }
    };
    let on_change = Callback::from(move |typed: String| match typed.trim().parse() {
        Ok(capacity) => page.edit(&make(lane, capacity)),
        Err(_) => page.refuse(format!("A capacity is a whole number from 1 to {most}.")),
    });
    let label = format!("Capacity of lane {}, in {unit}", letter(lane));
    let value = value.to_string();
    let digits = value.len();
    html! { <Field {label} {value} {digits} range={(1, most)} {on_change} /> }
}

fn ttl(page: &Page, props: &ControlsProps) -> Html {
    let current = props.setup.strategy.ttl_us;
    let mut offered: Vec<Option<Micros>> = TTLS_S
        .iter()
        .map(|&s| (s > 0).then_some(Micros(s * 1_000_000)))
        .collect();
    if !offered.contains(&current) {
        let place = offered.partition_point(|ttl| *ttl < current);
        offered.insert(place, current);
    }
    let title = |ttl: &Option<Micros>| match ttl {
        None => AttrValue::from("none"),
        Some(ttl) => duration(*ttl).into(),
    };
    let chosen = offered.iter().position(|ttl| *ttl == current).unwrap_or(0);
    let options = offered.iter().map(title).collect::<Vec<_>>();
    let (page, lane) = (page.clone(), props.lane);
    let on_choose = Callback::from(move |i: usize| page.edit(&Edit::Ttl(lane, offered[i])));
    html! {
        <DropDown label={format!("TTL of lane {}", letter(lane))} {options} {chosen} {on_choose} />
    }
}
