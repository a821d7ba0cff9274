//! A field for one short value, which takes effect on Enter or on leaving the field. A refused value is
//! replaced by the one in force.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct FieldProps {
    /// What it is for, to a screen reader.
    pub label: AttrValue,
    pub value: AttrValue,
    /// The range, if it is a whole number: the browser then offers the right keys and steps.
    #[prop_or_default]
    pub range: Option<(u64, u64)>,
    /// The digits to leave room for.
    pub digits: usize,
    /// Called with what was typed.
    pub on_change: Callback<String>,
}

/// A field.
#[function_component(Field)]
pub fn field(props: &FieldProps) -> Html {
    let onchange = {
        let (value, on_change) = (props.value.clone(), props.on_change.clone());
        Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(input) = input {
                let typed = input.value();
                // If it is accepted, the next drawing brings it back.
                input.set_value(&value);
                on_change.emit(typed);
            }
        })
    };
    let bound = |of: fn((u64, u64)) -> u64| props.range.map(|range| of(range).to_string());
    html! {
        <input class={format!("number digits-{}", props.digits.max(2))} inputmode="numeric" autocomplete="off"
            type={if props.range.is_some() { "number" } else { "text" }}
            min={bound(|(low, _)| low)} max={bound(|(_, high)| high)}
            aria-label={props.label.clone()} value={props.value.clone()} data-kept={props.value.clone()} {onchange} />
    }
}
