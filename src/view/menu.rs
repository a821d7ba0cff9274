//! A button that opens a list of things to do. The list is a popover of the platform: Escape, a press
//! elsewhere and the focus are its own.

use yew::prelude::*;

/// What can be done.
#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// The list's id, once a page.
    pub id: &'static str,
    /// What stands on the button …
    pub title: &'static str,
    /// … and what follows where there is room.
    #[prop_or_default]
    pub more: &'static str,
    /// What is on offer, in order.
    pub items: Vec<AttrValue>,
    /// Hears which is chosen.
    pub on_choose: Callback<usize>,
    /// The button's looks.
    pub class: &'static str,
}

/// The button and its list.
#[function_component(Menu)]
pub fn menu(props: &MenuProps) -> Html {
    let id = props.id;
    html! {
        <>
            <button class={props.class} type="button" popovertarget={id}>{ props.title }<span class="more">{ props.more }</span></button>
            <div {id} class="menu" popover="auto" role="group" aria-label={props.title}>
                { for props.items.iter().enumerate().map(|(i, item)| {
                    let onclick = props.on_choose.reform(move |_: MouseEvent| i);
                    html! {
                        <button class="link" type="button" popovertarget={id} popovertargetaction="hide" {onclick}>{ item.clone() }</button>
                    }
                }) }
            </div>
        </>
    }
}
