//! A choice among a few, and a switch. What is refused gives way to what is in force once the control is
//! left; until then the reason stands beside it.

use super::target::Target;
use crate::view::shell::drop_down::use_chosen;
use scenario::field::Kind;
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(super) struct PickProps {
    pub(super) name: AttrValue,
    /// What is on offer.
    pub(super) options: Vec<AttrValue>,
    /// Which is in force.
    pub(super) chosen: usize,
    /// Puts another in force, or says why not.
    pub(super) on_choose: Callback<usize, Result<(), String>>,
    /// The id of the sentence that says what it does.
    #[prop_or_default]
    pub(super) help: Option<AttrValue>,
}

/// A choice among a few.
#[function_component(Pick)]
pub(super) fn pick(props: &PickProps) -> Html {
    let refused = use_state_eq(|| None::<(usize, AttrValue)>);
    let chosen = refused.as_ref().map_or(props.chosen, |refused| refused.0);
    let select = use_node_ref();
    use_chosen(&select, chosen, props.options.len());
    let onchange = {
        let (on_choose, refused) = (props.on_choose.clone(), refused.clone());
        Callback::from(move |event: Event| {
            let select = event.target();
            let select = select.and_then(|select| select.dyn_into::<HtmlSelectElement>().ok());
            let index = select.map(|select| select.selected_index());
            if let Some(index) = index.and_then(|index| usize::try_from(index).ok()) {
                let why = on_choose.emit(index).err();
                refused.set(why.map(|why| (index, why.into())));
            }
        })
    };
    let onblur = {
        let refused = refused.clone();
        Callback::from(move |_: FocusEvent| refused.set(None))
    };
    html! {
        <span class="entry">
            <select ref={select} class={classes!("entry-select", refused.is_some().then_some("refused"))} aria-label={props.name.clone()}
                aria-describedby={props.help.clone()} aria-invalid={refused.is_some().to_string()} {onchange} {onblur}>
                { for props.options.iter().enumerate().map(|(i, option)| html! {
                    <option selected={i == chosen}>{ option.clone() }</option>
                }) }
            </select>
            if let Some((_, why)) = &*refused { <span class="why" role="alert">{ why.clone() }</span> }
        </span>
    }
}

#[derive(Properties, PartialEq)]
pub(super) struct ToggleProps {
    /// Where it goes.
    pub(super) to: Target,
    /// What it can be: the words for what is set.
    pub(super) kind: &'static Kind,
    /// What is put there when it is switched on, and off.
    pub(super) values: [Value; 2],
    /// Whether it is on.
    pub(super) on: bool,
    /// The id of the sentence that says what it does.
    #[prop_or_default]
    pub(super) help: Option<AttrValue>,
}

/// A switch.
#[function_component(Toggle)]
pub(super) fn toggle(props: &ToggleProps) -> Html {
    let refused = use_state_eq(|| None::<AttrValue>);
    let onchange = {
        let (to, kind, on) = (props.to.clone(), props.kind, props.on);
        let (values, refused) = (props.values.clone(), refused.clone());
        Callback::from(move |event: Event| {
            let [when_on, when_off] = &values;
            let value = if on { when_off } else { when_on };
            let why = to.set(kind, value.clone()).err();
            if why.is_some()
                && let Some(input) = event.target_dyn_into::<HtmlInputElement>()
            {
                input.set_checked(on);
            }
            refused.set(why.map(AttrValue::from));
        })
    };
    let onblur = {
        let refused = refused.clone();
        Callback::from(move |_: FocusEvent| refused.set(None))
    };
    html! {
        <span class="entry">
            <input class="toggle" type="checkbox" role="switch" checked={props.on} aria-label={props.to.name.clone()}
                aria-describedby={props.help.clone()} {onchange} {onblur} />
            if let Some(why) = &*refused { <span class="why" role="alert">{ why.clone() }</span> }
        </span>
    }
}
