//! The sheet of keys: a native modal dialog, so that focus, Escape and the backdrop are the
//! platform's own. It is there only while it is open.

use crate::view::context::use_page;
use crate::view::dialogs::modal::use_modal;
use crate::view::shell::keyboard::SHEET;
use crate::view::state::Action;
use yew::prelude::*;

/// The sheet.
#[function_component(Help)]
pub fn help() -> Html {
    let page = use_page();
    let dialog = use_modal();
    let close = {
        let view = page.view.clone();
        Callback::from(move |()| view.dispatch(Action::Help(false)))
    };
    html! {
        <dialog ref={dialog} class="sheet" aria-labelledby="keys-title" onclose={close.reform(|_: Event| ())}>
            // First, so that the dialog opens at its top: it has the focus.
            <div class="sheet-head">
                <h2 id="keys-title">{ "Keys" }</h2>
                <button class="btn" type="button" onclick={close.reform(|_: MouseEvent| ())}>{ "Close" }</button>
            </div>
            <div class="key-groups">
                { for SHEET.iter().map(|(title, keys)| html! {
                    <section>
                        <h3>{ *title }</h3>
                        <dl class="key-list">
                            { for keys.iter().map(|(key, does)| html! { <div><dt><kbd>{ *key }</kbd></dt><dd>{ *does }</dd></div> }) }
                        </dl>
                    </section>
                }) }
            </div>
        </dialog>
    }
}
