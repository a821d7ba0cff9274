//! A list of requests, faults and the like: a row each, with a control for every field.

use super::row::control;
use super::target::Target;
use crate::view::shell::format::grouped;
use scenario::field::List;
use serde_json::Value;
use std::rc::Rc;
use web_sys::HtmlElement;
use yew::prelude::*;

/// How many are shown at a time.
const PAGE: usize = 20;

#[derive(Properties)]
pub(super) struct ListedProps {
    /// Where the list is.
    pub(super) to: Target,
    /// What it is.
    pub(super) list: &'static List,
    /// What is in it.
    pub(super) items: Rc<[Value]>,
    pub(super) lanes: usize,
}

/// The target has changed whenever the list has, so 10,000 requests need not be compared.
impl PartialEq for ListedProps {
    fn eq(&self, other: &Self) -> bool {
        self.to == other.to && self.lanes == other.lanes
    }
}

/// The list.
#[function_component(Listed)]
pub(super) fn listed(props: &ListedProps) -> Html {
    let (to, list, items) = (&props.to, props.list, &props.items);
    let refused = use_state_eq(|| None::<AttrValue>);
    let page = use_state_eq(|| 0_usize);
    let add = use_node_ref();
    let last_page = items.len().saturating_sub(1) / PAGE;
    let shown_page = (*page).min(last_page);
    let put = {
        let (to, items, refused) = (to.clone(), items.clone(), refused.clone());
        move |change: &dyn Fn(&mut Vec<Value>), told: String| {
            let mut items = items.to_vec();
            change(&mut items);
            list.arrange(&mut items);
            let why = to.put(Value::Array(items), told).err();
            refused.set(why.map(AttrValue::from));
        }
    };
    let remove = |place: usize| {
        let (put, add) = (put.clone(), add.clone());
        let number = place + 1;
        let onclick = Callback::from(move |_: MouseEvent| {
            let told = format!("Removed {} {number}.", list.noun);
            put(&|items| drop(items.remove(place)), told);
            // The button that had the focus goes with its row.
            if let Some(add) = add.cast::<HtmlElement>() {
                add.focus().ok();
            }
        });
        let name = format!("Remove {} {number}", list.noun);
        html! {
            <button class="btn ghost square remove" type="button" aria-label={name.clone()} title={name} {onclick}>
                <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><path class="cross" d="M2 2l10 10M12 2L2 12" /></svg>
            </button>
        }
    };
    let from = shown_page * PAGE;
    let shown = items.iter().enumerate().skip(from).take(PAGE);
    let on_add = list.more.map(|more| {
        let (put, page, count) = (put.clone(), page.clone(), items.len());
        Callback::from(move |_: MouseEvent| {
            let told = format!("Added {} {}.", list.noun, count + 1);
            put(&|items| items.push(more(items)), told);
            page.set(count / PAGE);
        })
    });
    let turn = |to: Option<usize>, name: &'static str| {
        let page = page.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some(to) = to {
                page.set(to);
            }
        });
        html! { <button class="btn" type="button" aria-disabled={to.is_none().to_string()} {onclick}>{ name }</button> }
    };
    html! {
        <div class="listed">
            if items.is_empty() {
                <p class="absent">{ format!("No {}s.", list.noun) }</p>
            } else {
                <table>
                    <thead><tr>
                        <th scope="col"><span class="sr-only">{ "Number" }</span></th>
                        { for list.of.iter().map(|field| html! { <th scope="col">{ field.label }</th> }) }
                        <th scope="col"><span class="sr-only">{ "Remove" }</span></th>
                    </tr></thead>
                    <tbody>
                        { for shown.map(|(place, item)| html! {
                            <tr key={place}>
                                <th scope="row">{ grouped(place as u64 + 1) }</th>
                                { for list.of.iter().map(|field| {
                                    let to = to.item(list, place, field.path, field.label);
                                    let value = item.pointer(field.path).cloned().unwrap_or(Value::Null);
                                    html! { <td data-label={field.label}>{ control(&to, &field.kind, &value, props.lanes, None) }</td> }
                                }) }
                                <td>{ remove(place) }</td>
                            </tr>
                        }) }
                    </tbody>
                </table>
            }
            <div class="list-foot">
                if let Some(onclick) = on_add {
                    <button ref={add} class="btn" type="button" {onclick}>{ format!("Add a {}", list.noun) }</button>
                }
                if last_page > 0 {
                    { turn(shown_page.checked_sub(1), "Earlier") }
                    { turn((shown_page < last_page).then_some(shown_page + 1), "Later") }
                    <span class="absent">{ format!("{} to {} of {}", grouped(from as u64 + 1), grouped((from + PAGE).min(items.len()) as u64), grouped(items.len() as u64)) }</span>
                }
            </div>
            if let Some(why) = &*refused { <p class="why" role="alert">{ why.clone() }</p> }
        </div>
    }
}
