//! A native `<select>`: the platform's own keyboard, touch and screen-reader behaviour.

use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What can be chosen.
#[derive(Properties, PartialEq)]
pub struct DropDownProps {
    /// What it is for, to a screen reader.
    pub label: AttrValue,
    /// What is on offer, in order.
    pub options: Vec<AttrValue>,
    /// Which is chosen.
    pub chosen: usize,
    /// Hears of another choice.
    pub on_choose: Callback<usize>,
    /// Its looks.
    #[prop_or_default]
    pub class: Classes,
}

/// A choice among a few.
#[function_component(DropDown)]
pub fn drop_down(props: &DropDownProps) -> Html {
    let onchange = {
        let on_choose = props.on_choose.clone();
        Callback::from(move |event: Event| {
            let select = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            if let Some(chosen) =
                select.and_then(|select| usize::try_from(select.selected_index()).ok())
            {
                on_choose.emit(chosen);
            }
        })
    };
    html! {
        <select class={classes!("drop-down", props.class.clone())} aria-label={props.label.clone()} {onchange}>
            { for props.options.iter().enumerate().map(|(i, option)| html! {
                <option selected={i == props.chosen}>{ option.clone() }</option>
            }) }
        </select>
    }
}
