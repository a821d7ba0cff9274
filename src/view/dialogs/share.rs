//! Sharing what is on the page: a link, a piece of HTML for another page, a file.

use crate::session::Session;
use crate::view::context::use_page;
use crate::view::dialogs::export::{download, file_name};
use crate::view::dialogs::modal::use_modal;
use crate::view::print::print;
use crate::view::shell::address;
use crate::view::state::Action;
use scenario::{Scenario, ScenarioInput, parse};
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};
use yew::platform::spawn_local;
use yew::prelude::*;

/// The largest file that is read as a scenario, in bytes: 10,000 requests and as many warm entries take
/// less.
const FILE_BYTES_MAX: f64 = 8_000_000.0;

#[derive(Properties, PartialEq)]
pub struct ShareProps {
    /// The state as it stands in a link, if it fits into one.
    pub link: Option<AttrValue>,
    /// The inputs.
    pub input: Rc<ScenarioInput>,
}

/// The sheet: a native modal dialog.
#[function_component(Share)]
pub fn share(props: &ShareProps) -> Html {
    let page = use_page();
    let dialog = use_modal();
    let said = use_state_eq(|| AttrValue::from(""));
    let close = {
        let view = page.view.clone();
        Callback::from(move |()| view.dispatch(Action::Sharing(false)))
    };
    let on_file = {
        let (session, close, said) = (page.session.clone(), close.clone(), said.setter());
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let Some(input) = input else { return };
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                let (close, said) = (close.clone(), said.clone());
                open_scenario(session.clone(), file, move |opened| match opened {
                    Ok(()) => close.emit(()),
                    Err(why) => said.set(why.into()),
                });
            }
            // So that choosing the same file again is a change again.
            input.set_value("");
        })
    };
    let on_save = {
        let (input, said) = (props.input.clone(), said.setter());
        Callback::from(move |_: MouseEvent| {
            let name = file_name(&input.title, "json");
            let saved = download(&name, "application/json", &input.to_json());
            said.set(saved.map_or_else(AttrValue::from, |()| format!("Saved as {name}.").into()));
        })
    };
    html! {
        <dialog ref={dialog} class="sheet share" aria-labelledby="share-title" onclose={close.reform(|_: Event| ())}>
            <div class="sheet-head">
                <h2 id="share-title">{ "Share" }</h2>
                <button class="btn" type="button" onclick={close.reform(|_: MouseEvent| ())}>{ "Close" }</button>
            </div>
            <div class="share-parts">
            if let Some(link) = &props.link {
                <Copied label="Link to this moment" said={said.setter()}
                    about="Opens this scene at this exact step."
                    text={AttrValue::from(address::whole(link, ""))} />
                <Copied label="Embed code" said={said.setter()}
                    about="An iframe that reports its height (postMessage lti.frameResize)."
                    text={AttrValue::from(snippet(&address::whole(link, "?embed=1"), &props.input.title))} />
            } else {
                <p>{ "This scenario is too large for a link, which has at most 4,096 characters. Save it as a file instead: whoever opens the file has the same scenario." }</p>
            }
            </div>
            <div class="share-files">
                <button class="btn" type="button" onclick={on_save}>{ "Save the scenario" }</button>
                <button class="btn" type="button" onclick={page.on_press(|page| print(&page.view))}>{ "Print a handout" }</button>
                <label class="btn">{ "Open a scenario" }<input class="sr-only" type="file" accept=".json,application/json" onchange={on_file} /></label>
            </div>
            <p class="share-said" role="status">{ (*said).clone() }</p>
        </dialog>
    }
}

#[derive(Properties, PartialEq)]
struct CopiedProps {
    label: AttrValue,
    about: AttrValue,
    text: AttrValue,
    said: UseStateSetter<AttrValue>,
}

#[function_component(Copied)]
fn copied(props: &CopiedProps) -> Html {
    let field = use_node_ref();
    let onclick = {
        let (field, text, said) = (field.clone(), props.text.clone(), props.said.clone());
        Callback::from(move |_: MouseEvent| {
            let (field, text, said) = (field.clone(), text.clone(), said.clone());
            spawn_local(async move {
                let copied = copy(&text).await;
                if !copied && let Some(field) = field.cast::<HtmlInputElement>() {
                    field.focus().ok();
                    field.select();
                }
                said.set(AttrValue::from(if copied {
                    "Copied."
                } else {
                    "Copying is blocked here. The text is selected: press Ctrl+C (⌘C on a Mac)."
                }));
            });
        })
    };
    html! {
        <div class="share-part">
            <label><b>{ props.label.clone() }</b><span>{ props.about.clone() }</span>
                <input ref={field} class="mono" type="text" readonly={true} value={props.text.clone()} />
            </label>
            <button class="btn" type="button" aria-label={format!("Copy: {}", props.label)} {onclick}>{ "Copy" }</button>
        </div>
    }
}

/// Puts a text on the clipboard. Returns whether that was allowed.
async fn copy(text: &str) -> bool {
    let navigator = gloo::utils::window().navigator();
    // There is none in a page that came by plain http.
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into());
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .is_ok()
}

/// A frame with the page in it, as a host's page has it.
fn snippet(address: &str, title: &str) -> String {
    let escaped = |text: &str| {
        text.replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;")
    };
    let title = match title {
        "" => "Cache Playground".to_owned(),
        title => format!("Cache Playground: {}", escaped(title)),
    };
    format!(
        "<iframe src=\"{}\" title=\"{title}\" width=\"100%\" height=\"900\" loading=\"lazy\" \
         sandbox=\"allow-scripts allow-popups\" allow=\"clipboard-write; fullscreen\" \
         referrerpolicy=\"no-referrer\"></iframe>",
        escaped(address)
    )
}

/// Reads a file as a scenario and loads it. `done` hears whether it was, or why not.
pub fn open_scenario(session: Session, file: File, done: impl Fn(Result<(), String>) + 'static) {
    let name = file.name();
    spawn_local(async move {
        let read = if file.size() > FILE_BYTES_MAX {
            Err("A scenario takes at most 8 MB.".to_owned())
        } else {
            match JsFuture::from(file.text()).await {
                Ok(text) => read(&text.as_string().unwrap_or_default()),
                Err(_) => Err("The browser could not read the file.".to_owned()),
            }
        };
        done(match read {
            Ok(scenario) => {
                session.load(scenario);
                Ok(())
            }
            Err(why) => Err(format!("{name} was not opened. {why}")),
        });
    });
}

fn read(text: &str) -> Result<Scenario, String> {
    parse("The file", text)
        .and_then(|value| Scenario::from_value(&value))
        .map_err(|invalid| invalid.message)
}
