//! Where a line is typed: Enter executes it, the arrows bring earlier lines back, Tab completes a word
//! and leaves the field where there is nothing to complete.

use super::{Lines, Typed};
use crate::session::Session;
use crate::session::console::{complete, usage};
use crate::view::context::use_page;
use crate::view::shell::format::letter;
use sim::{CONSOLE_LINE_MAX, Reply};
use std::rc::Rc;
use timeline::Frame;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The most lines kept.
const LINES_MAX: usize = 200;
/// The most completions listed.
const LISTED_MAX: usize = 8;

/// What stands before a line.
pub(super) fn sign(lane: usize, several: bool) -> String {
    if several {
        format!("{}>", letter(lane))
    } else {
        ">".to_owned()
    }
}

#[derive(Properties, PartialEq)]
pub(super) struct PromptProps {
    pub(super) frame: Rc<Frame>,
    pub(super) lane: usize,
    pub(super) lines: Lines,
}

/// The field.
#[function_component(Prompt)]
pub(super) fn prompt(props: &PromptProps) -> Html {
    let page = use_page();
    let text = use_state_eq(String::new);
    // How many lines back the field is in what was typed before; 0 for a new one.
    let back = use_state_eq(|| 0_usize);
    let several = props.frame.lanes.len() > 1;
    let keys = page.session.snapshot().keys_listed(props.lane);
    let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
    let completions = complete(&text, &keys);

    let oninput = {
        let (text, back) = (text.clone(), back.clone());
        Callback::from(move |event: InputEvent| {
            let input = event.target().and_then(|of| of.dyn_into().ok());
            if let Some(input) = input.map(|input: HtmlInputElement| input.value()) {
                text.set(input);
                back.set(0);
            }
        })
    };
    let execute = {
        let (session, lane, lines) = (page.session.clone(), props.lane, props.lines.clone());
        let (text, back) = (text.clone(), back.clone());
        Callback::from(move |()| {
            if !text.trim().is_empty() {
                let oldest = (lines.len() + 1).saturating_sub(LINES_MAX);
                let mut kept = lines[oldest..].to_vec();
                kept.push(ask(&session, lane, text.trim()));
                lines.set(kept);
                text.set(String::new());
                back.set(0);
            }
        })
    };
    let onkeydown = {
        let (text, back, lines) = (text.clone(), back.clone(), props.lines.clone());
        let execute = execute.clone();
        let completed = completed(&text, &completions);
        Callback::from(move |event: KeyboardEvent| {
            let bring = |to: usize| {
                let place = lines.len().checked_sub(to);
                let line = place.and_then(|place| lines.get(place));
                text.set(line.map_or_else(String::new, |typed| typed.line.to_string()));
                back.set(to);
            };
            match event.key().as_str() {
                "Enter" => execute.emit(()),
                "ArrowUp" if *back < lines.len() => bring(*back + 1),
                "ArrowDown" if *back > 0 => bring(*back - 1),
                "Tab" if !event.shift_key() => match &completed {
                    Some(completed) => text.set(completed.clone()),
                    None => return,
                },
                _ => return,
            }
            event.prevent_default();
        })
    };
    let onclick = execute.reform(|_: MouseEvent| ());
    html! {
        <div class="console-prompt">
            <label class="console-field">
                <span class="console-sign" aria-hidden="true">{ sign(props.lane, several) }</span>
                <input type="text" aria-label={format!("Command to the cache of lane {}", letter(props.lane))}
                    aria-describedby="console-hint" autocomplete="off" autocapitalize="off" spellcheck="false"
                    maxlength={CONSOLE_LINE_MAX.to_string()} value={(*text).clone()} {oninput} {onkeydown} />
            </label>
            <button class="btn" type="button" {onclick}>{ "Run" }</button>
            <p id="console-hint" class="console-hint">{ hint(&text, &completions) }</p>
        </div>
    }
}

/// Has the cache execute a line.
fn ask(session: &Session, lane: usize, line: &str) -> Typed {
    let before = session.snapshot();
    let (reply, refused) = match session.console(lane, line) {
        Ok(reply) => (reply.to_string(), matches!(reply, Reply::Error(_))),
        Err(invalid) => (invalid.message, true),
    };
    Typed {
        lane,
        step: before.frame.step,
        line: line.to_owned().into(),
        reply: reply.into(),
        refused,
        forked: session.snapshot().run != before.run,
    }
}

/// The line with its last word completed: as far as all completions agree, or else the first of them.
fn completed(line: &str, completions: &[String]) -> Option<String> {
    let first = completions.first()?;
    let word = line.split_whitespace().next_back()?;
    let head = &line[..line.len() - word.len()];
    let agree = |end: usize| {
        let part = first.get(..end);
        part.is_some_and(|part| completions.iter().all(|of| of.starts_with(part)))
    };
    let mut end = word.len();
    while end < first.len() && agree(end + 1) {
        end += 1;
    }
    Some(match completions {
        [only] => format!("{head}{only} "),
        _ if end > word.len() && first.is_char_boundary(end) => format!("{head}{}", &first[..end]),
        _ => format!("{head}{first} "),
    })
}

/// What can be typed next, or how the command is used.
fn hint(line: &str, completions: &[String]) -> String {
    if !completions.is_empty() {
        let more = if completions.len() > LISTED_MAX {
            " …"
        } else {
            ""
        };
        let listed = &completions[..completions.len().min(LISTED_MAX)];
        return format!("Tab: {}{more}", listed.join("  "));
    }
    match usage(line) {
        Some((usage, does)) => format!("{usage}: {does}"),
        None => "↑ ↓ earlier lines, Tab completes, Enter runs".to_owned(),
    }
}
