//! A native `<select>`: the platform's own keyboard, touch and screen-reader behaviour.

use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct DropDownProps {
    /// What it is for, to a screen reader.
    pub label: AttrValue,
    /// The options, in order.
    pub options: Vec<AttrValue>,
    /// Headings: each with the first of the options below it. Without any, all options stand alone.
    #[prop_or_default]
    pub headings: Vec<(usize, AttrValue)>,
    /// The chosen one.
    pub chosen: usize,
    /// Called with another choice.
    pub on_choose: Callback<usize>,
    /// Its classes.
    #[prop_or_default]
    pub class: Classes,
}

/// A choice among a few.
#[function_component(DropDown)]
pub fn drop_down(props: &DropDownProps) -> Html {
    let select = use_node_ref();
    use_chosen(&select, props.chosen, props.options.len());
    // Who chooses with the mouse or a finger goes on with the page's keys; who chooses with the keyboard is
    // still in the list.
    let pressed = use_mut_ref(|| false);
    let onpointerdown = {
        let pressed = pressed.clone();
        Callback::from(move |_: PointerEvent| *pressed.borrow_mut() = true)
    };
    let onkeydown = {
        let pressed = pressed.clone();
        Callback::from(move |_: KeyboardEvent| *pressed.borrow_mut() = false)
    };
    let onchange = {
        let (on_choose, chosen) = (props.on_choose.clone(), props.chosen);
        Callback::from(move |event: Event| {
            let select = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            let Some(select) = select else { return };
            if let Ok(wanted) = usize::try_from(select.selected_index()) {
                // If it is accepted, the next drawing brings it back.
                select.set_selected_index(chosen as i32);
                if pressed.take() {
                    // Fails only for an element that cannot have the focus.
                    select.blur().ok();
                }
                on_choose.emit(wanted);
            }
        })
    };
    let option = |i: usize| html! { <option selected={i == props.chosen}>{ props.options[i].clone() }</option> };
    let count = props.options.len();
    let group = |(nth, (from, heading)): (usize, &(usize, AttrValue))| {
        let to = props.headings.get(nth + 1).map_or(count, |(next, _)| *next);
        html! { <optgroup label={heading.clone()}>{ for (*from..to).map(option) }</optgroup> }
    };
    let options: Vec<Html> = if props.headings.is_empty() {
        (0..count).map(option).collect()
    } else {
        props.headings.iter().enumerate().map(group).collect()
    };
    // Where the browser makes a select as wide as its widest option, the style sheet lays out the chosen one.
    let chosen = props.options.get(props.chosen).cloned();
    html! {
        <span class={classes!("drop-down-box", props.class.clone())} data-chosen={chosen}>
            <select ref={select} class={classes!("drop-down", props.class.clone())} aria-label={props.label.clone()} {onchange} {onpointerdown} {onkeydown}>
                { for options }
            </select>
        </span>
    }
}

/// Shows what is chosen. Once a person has chosen in it, a `<select>` no longer looks at the attributes of
/// its options.
#[hook]
pub fn use_chosen(select: &NodeRef, chosen: usize, options: usize) {
    let select = select.clone();
    use_effect_with((chosen, options), move |&(chosen, _)| {
        if let Some(select) = select.cast::<HtmlSelectElement>() {
            select.set_selected_index(chosen as i32);
        }
    });
}
