//! Every input, to be changed in place, in groups, one row an input. The rows are those of
//! `scenario::field`; only the buttons that break something are made here.

mod entry;
mod faults;
mod list;
mod pick;
mod row;
mod target;

use super::{Panel, PanelProps};
use crate::session::Edit;
use crate::view::context::use_page;
use crate::view::shell::format::letter;
use crate::view::state::Action;
use faults::FaultsNow;
use pick::Pick;
pub use row::Row;
use scenario::field::{Field, Group, Kind};
use scenario::{Chapter, ScenarioInput, Scene};
use serde_json::Value;
use std::rc::Rc;
use web_sys::HtmlElement;
use yew::html::ChildrenProps;
use yew::prelude::*;

/// Which inputs are shown, and of which lanes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The group.
    pub group: Group,
    /// The lane, from 0.
    pub lane: usize,
    /// Whether all lanes are changed alike.
    pub all: bool,
    /// How often a lane's menu has asked for its inputs: the panel then takes the focus.
    pub asked: u32,
}

impl Default for Shown {
    fn default() -> Self {
        Shown {
            group: Group::Strategy,
            lane: 0,
            all: false,
            asked: 0,
        }
    }
}

/// Every input, to be changed in place.
pub const PANEL: Panel = Panel {
    name: "set-up",
    title: "Set-up",
    is_in: |_| true,
    draw: |props| html! { <SetupPanel ..props /> },
    keep: |page| html! { <KeepShown>{ page }</KeepShown> },
};

type ShownHandle = UseStateHandle<Shown>;

#[function_component(KeepShown)]
fn keep_shown(props: &ChildrenProps) -> Html {
    let shown = use_state_eq(Shown::default);
    html! {
        <ContextProvider<ShownHandle> context={shown}>{ props.children.clone() }</ContextProvider<ShownHandle>>
    }
}

#[hook]
fn use_shown() -> ShownHandle {
    use_context().expect("the page is within the panels' states")
}

/// A listener that opens the panel at a lane's inputs.
#[hook]
pub fn use_setup_of(lane: usize) -> Callback<MouseEvent> {
    let (page, shown) = (use_page(), use_shown());
    Callback::from(move |_| {
        let group = if shown.group.of_lanes() {
            shown.group
        } else {
            Shown::default().group
        };
        let asked = shown.asked + 1;
        shown.set(Shown {
            group,
            lane,
            all: false,
            asked,
        });
        page.view.dispatch(Action::Open(PANEL));
    })
}

/// The panel.
#[function_component(SetupPanel)]
fn setup_panel(props: &PanelProps) -> Html {
    let snapshot = &props.snapshot;
    let shown = use_shown();
    html! {
        <div class="setup">
            <Groups lanes={snapshot.frame.lanes.len()} shown={shown.clone()} />
            if shown.group == Group::Faults {
                <FaultsNow snapshot={snapshot.clone()} />
            }
            <Inputs input={snapshot.run.scenario().input.clone()} shown={*shown} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct GroupsProps {
    lanes: usize,
    shown: ShownHandle,
}

#[function_component(Groups)]
fn groups(props: &GroupsProps) -> Html {
    let shown = *props.shown;
    let chosen = use_node_ref();
    {
        let chosen = chosen.clone();
        use_effect_with(shown.asked, move |&asked| {
            if asked > 0
                && let Some(chosen) = chosen.cast::<HtmlElement>()
            {
                chosen.focus().ok();
            }
        });
    }
    let show = |to: Shown| {
        let handle = props.shown.clone();
        Callback::from(move |_: MouseEvent| handle.set(to))
    };
    let lane = shown.lane.min(props.lanes - 1);
    html! {
        <div class="setup-head">
            <div class="choices" role="group" aria-label="Groups of inputs">
                { for Group::ALL.into_iter().map(|group| {
                    let pressed = group == shown.group;
                    html! {
                        <button key={group.title()} class="choice" type="button" ref={if pressed { chosen.clone() } else { NodeRef::default() }}
                            aria-pressed={pressed.to_string()} onclick={show(Shown { group, ..shown })}>{ group.title() }</button>
                    }
                }) }
            </div>
            if shown.group.of_lanes() && props.lanes > 1 {
                <div class="choices" role="group" aria-label="Lanes that are changed">
                    { for (0..props.lanes).map(|of| html! {
                        <button key={of} class="choice" type="button" aria-pressed={(!shown.all && of == lane).to_string()}
                            onclick={show(Shown { lane: of, all: false, ..shown })}>{ format!("Lane {}", letter(of)) }</button>
                    }) }
                    <button key="all" class="choice" type="button" aria-pressed={shown.all.to_string()}
                        onclick={show(Shown { all: !shown.all, ..shown })}>{ "All lanes" }</button>
                </div>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct InputsProps {
    input: Rc<ScenarioInput>,
    shown: Shown,
}

/// The rows of the group that is shown.
#[function_component(Inputs)]
fn inputs(props: &InputsProps) -> Html {
    let plain = use_memo(props.input.clone(), |input| input.to_value());
    let shown = props.shown;
    let of = props.input.lanes.len();
    let lane = shown.lane.min(of - 1);
    let lanes: Vec<usize> = match (shown.group.of_lanes(), shown.all) {
        (false, _) => Vec::new(),
        (true, false) => vec![lane],
        (true, true) => [lane]
            .into_iter()
            .chain((0..of).filter(|&other| other != lane))
            .collect(),
    };
    // Of several lanes that are changed alike, one in which it matters is enough.
    let matters = |field: &&'static Field| match lanes.as_slice() {
        [] => field.matters(&plain, lane),
        lanes => lanes.iter().any(|&lane| field.matters(&plain, lane)),
    };
    let row = |field: &'static Field| {
        let value = plain
            .pointer(&field.place(lane))
            .cloned()
            .unwrap_or(Value::Null);
        let elsewhere = shown.all.then(|| elsewhere(&plain, field, of)).flatten();
        html! {
            <>
            if !field.heading.is_empty() { <h3 class="wide">{ field.heading }</h3> }
            <Row key={format!("{}{lane}", field.path)}
                {field} lanes={lanes.clone()} {of} {value} {elsewhere} />
            </>
        }
    };
    html! {
        <>
            if shown.group == Group::Traffic {
                <Traffic input={props.input.clone()} />
            }
            <div class="inputs">{ for shown.group.fields().iter().filter(matters).map(row) }</div>
        </>
    }
}

/// What an input is in each lane, where it is not the same in all.
fn elsewhere(plain: &Value, field: &Field, lanes: usize) -> Option<AttrValue> {
    if matches!(field.kind, Kind::MaxmemoryPolicy) || !field.path.contains('*') {
        return None;
    }
    let values: Vec<_> = (0..lanes)
        .map(|lane| plain.pointer(&field.place(lane)))
        .collect();
    if values.iter().all(|value| *value == values[0]) {
        return None;
    }
    let each = values.iter().enumerate().filter_map(|(lane, value)| {
        Some(format!(
            "{} {}",
            letter(lane),
            field.kind.written((*value)?)
        ))
    });
    let each = each.collect::<Vec<_>>().join(", ");
    Some(format!("The lanes differ: {each}.").into())
}

#[derive(Properties, PartialEq)]
struct TrafficProps {
    input: Rc<ScenarioInput>,
}

/// The requests of workloads that people meet.
#[function_component(Traffic)]
fn traffic(props: &TrafficProps) -> Html {
    let page = use_page();
    let scenes: Vec<&'static Scene> = Chapter::Workloads.scenes().collect();
    let known = scenes
        .iter()
        .position(|scene| scene.scenario().workload == props.input.workload);
    // What is no scene's stands above the others.
    let own = known.is_none();
    let titles = scenes
        .iter()
        .map(|scene| AttrValue::from(scene.title.clone()));
    let options: Vec<AttrValue> = own
        .then(|| "its own".into())
        .into_iter()
        .chain(titles)
        .collect();
    let about = known.map_or("", |known| &*scenes[known].about);
    let on_choose = {
        let page = page.clone();
        Callback::from(move |i: usize| {
            let Some(place) = i.checked_sub(usize::from(own)) else {
                return Ok(());
            };
            let edit = Edit::Traffic(scenes[place]);
            page.session
                .edit(&edit)
                .map_err(|invalid| invalid.message)?;
            page.tell(edit.sentence() + " You are at the same moment of the new run.");
            Ok(())
        })
    };
    html! {
        <div class="input wide">
            <p class="input-name">{ "Use the traffic of" }</p>
            <Pick name="Use the traffic of" {options} chosen={known.unwrap_or(0)} {on_choose} />
            if !about.is_empty() { <p class="input-about">{ about }</p> }
        </div>
    }
}
