//! The sheet of keys: a native modal dialog, so that focus, Escape and the backdrop are the
//! platform's own.

use super::keyboard::KEYS;
use super::state::{Action, ViewState};
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Whose sheet.
#[derive(Properties, PartialEq)]
pub struct HelpProps {
    /// The view's dispatcher.
    pub view: UseReducerDispatcher<ViewState>,
    /// Whether it is open.
    pub open: bool,
}

/// The sheet.
#[function_component(Help)]
pub fn help(props: &HelpProps) -> Html {
    let dialog = use_node_ref();
    use_effect_with((props.open, dialog.clone()), |(open, dialog)| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            match (*open, dialog.open()) {
                // It can only fail where the dialog is not in the page, and then there is no sheet.
                (true, false) => drop(dialog.show_modal()),
                (false, true) => dialog.close(),
                _ => {}
            }
        }
    });
    let close = {
        let view = props.view.clone();
        Callback::from(move |()| view.dispatch(Action::Help(false)))
    };
    html! {
        <dialog ref={dialog} class="sheet" aria-labelledby="keys-title" onclose={close.reform(|_: Event| ())}>
            <h2 id="keys-title">{ "Keys" }</h2>
            <dl class="key-list">
                { for KEYS.iter().map(|(key, does)| html! { <div><dt><kbd>{ *key }</kbd></dt><dd>{ *does }</dd></div> }) }
            </dl>
            <button class="btn" type="button" onclick={close.reform(|_: MouseEvent| ())}>{ "Close" }</button>
        </dialog>
    }
}
