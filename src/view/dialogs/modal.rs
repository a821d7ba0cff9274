//! A native modal dialog that is in the page only while it is open: focus, Escape and the backdrop are
//! the platform's own.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Opens the dialog that gets this reference when it is drawn, and closes it before it goes.
#[hook]
pub fn use_modal() -> NodeRef {
    let dialog = use_node_ref();
    use_effect_with(dialog.clone(), |dialog| {
        let dialog = dialog.cast::<HtmlDialogElement>();
        if let Some(dialog) = &dialog {
            // It can only fail where the dialog is not in the page, and then there is no sheet.
            dialog.show_modal().ok();
        }
        // Closing gives the focus back to where it was.
        move || dialog.iter().for_each(HtmlDialogElement::close)
    });
    dialog
}
