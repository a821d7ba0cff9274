//! A button that opens a list of things to do. The list is a popover of the platform: Escape, a press
//! elsewhere and the focus are its own.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// The list's id, unique in the page.
    pub id: &'static str,
    /// The list's name, with which the button's begins if its text is another.
    pub name: &'static str,
    /// The button's text, if it isn't the name.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// More of its text, where there is room.
    #[prop_or_default]
    pub more: AttrValue,
    /// The items, in order.
    pub items: Vec<AttrValue>,
    /// A sentence about each item.
    #[prop_or_default]
    pub about: Vec<AttrValue>,
    /// The present item, if the list is a choice.
    #[prop_or_default]
    pub present: Option<usize>,
    /// The headings, each with the item before which it stands.
    #[prop_or_default]
    pub headings: Vec<(usize, &'static str)>,
    /// Called with the chosen item.
    pub on_choose: Callback<usize>,
    /// The button's class.
    pub class: &'static str,
}

/// Closes a list once the focus has left it and its button: it could cover the focused element.
pub fn closes_behind(id: impl Into<AttrValue>) -> Callback<FocusEvent> {
    let id = id.into();
    Callback::from(move |event: FocusEvent| {
        let to = event.related_target();
        let to = to.and_then(|to| to.dyn_into::<Element>().ok());
        let within = format!("#{id}, [popovertarget=\"{id}\"]");
        let left = to.is_some_and(|to| matches!(to.closest(&within), Ok(None)));
        let list = gloo::utils::document().get_element_by_id(&id);
        if let Some(list) = list.and_then(|list| list.dyn_into::<HtmlElement>().ok())
            && left
        {
            // It can only fail where it is no popover.
            list.hide_popover().ok();
        }
    })
}

/// The button and its list.
#[function_component(Menu)]
pub fn menu(props: &MenuProps) -> Html {
    let id = props.id;
    let onfocusout = closes_behind(id);
    let title = props.title.clone().unwrap_or(props.name.into());
    let label = props
        .title
        .as_ref()
        .map(|title| format!("{}: {title}{}", props.name, props.more));
    html! {
        <>
            <button class={props.class} type="button" popovertarget={id} aria-label={label} onfocusout={onfocusout.clone()}><span>{ title }</span><span class="more">{ props.more.clone() }</span></button>
            <div {id} class="menu" popover="auto" role="group" aria-label={props.name} {onfocusout}>
                { for props.items.iter().enumerate().map(|(i, item)| {
                    let about = props.about.get(i).filter(|about| !about.is_empty());
                    let onclick = props.on_choose.reform(move |_: MouseEvent| i);
                    let heading = props.headings.iter().find(|&&(before, _)| before == i);
                    html! {
                        <>
                        { for heading.map(|(_, heading)| html! { <span class="menu-heading">{ heading }</span> }) }
                        <div class={about.map(|_| "told")}>
                            <button class="link" type="button" popovertarget={id} popovertargetaction="hide"
                                aria-describedby={about.map(|_| format!("{id}-{i}"))} aria-current={(props.present == Some(i)).then_some("true")} {onclick}>{ item.clone() }</button>
                            if let Some(about) = about { <span id={format!("{id}-{i}")} class="about">{ about.clone() }</span> }
                        </div>
                        </>
                    }
                }) }
            </div>
        </>
    }
}
