//! A field for a number, a span of time or a text. What is typed takes effect when it is committed: by
//! Enter, by an arrow key of a number, or by leaving the field.

use super::target::Target;
use scenario::field::{Kind, Number};
use serde_json::Value;
use std::cell::Cell;
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(super) struct EntryProps {
    /// Where it goes.
    pub(super) to: Target,
    /// What it can be.
    pub(super) kind: &'static Kind,
    pub(super) value: Value,
    /// The id of the sentence that says what it does.
    #[prop_or_default]
    pub(super) help: Option<AttrValue>,
}

/// What was refused, and why.
#[derive(Clone, PartialEq)]
struct Refused {
    typed: AttrValue,
    why: AttrValue,
}

/// The field. What is refused stays in it, with the reason beside it, until it is mended or left.
#[function_component(Entry)]
pub(super) fn entry(props: &EntryProps) -> Html {
    let input = use_node_ref();
    let refused = use_state_eq(|| None::<Refused>);
    // Whether the reason was shown while the field had the focus: leaving it then restores the value.
    let seen = use_memo((), |()| Cell::new(false));
    let kind = props.kind;
    let in_force = AttrValue::from(kind.typed(&props.value));
    let put = {
        let (input, refused) = (input.clone(), refused.clone());
        move |text: &str, why: Option<Refused>| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.set_value(text);
            }
            refused.set(why);
        }
    };
    let onchange = {
        let (to, value) = (props.to.clone(), props.value.clone());
        let (input, put) = (input.clone(), put.clone());
        Callback::from(move |_: Event| {
            let input = input.cast::<HtmlInputElement>();
            let typed = input.map_or_else(String::new, |input| input.value());
            let read = kind.read(&typed, &value);
            let done = read.and_then(|read| {
                if let Some(why) = kind.out_of_range(&to.name, &read) {
                    return Err(why);
                }
                let set = to.set(kind, read.clone());
                set.map(|()| read).map_err(|why| why + &in_units(kind))
            });
            match done {
                // However it was typed, it is shown in its usual form.
                Ok(set) => put(&kind.typed(&set), None),
                Err(why) => {
                    let refused = Refused {
                        typed: typed.clone().into(),
                        why: why.into(),
                    };
                    put(&typed, Some(refused));
                }
            }
        })
    };
    let onblur = {
        let (put, seen, in_force) = (put.clone(), seen.clone(), in_force.clone());
        let is_refused = refused.is_some();
        Callback::from(move |_: FocusEvent| {
            if seen.replace(true) && is_refused {
                put(&in_force, None);
            }
        })
    };
    let onkeydown = {
        let (put, seen, in_force) = (put.clone(), seen.clone(), in_force.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => seen.set(true),
            "Escape" => put(&in_force, None),
            "Tab" | "Shift" => {}
            _ => seen.set(false),
        })
    };
    let (number, unit) = match kind.single() {
        Kind::Number(number) => (Some(number), number.unit),
        _ => (None, ""),
    };
    let room = match kind.single() {
        Kind::Text(chars) if *chars > 300 => Some("longest"),
        Kind::Text(_) | Kind::Names | Kind::Numbers => Some("long"),
        _ => None,
    };
    let end = |of: u64| kind.typed(&Value::from(of));
    let absent = match kind {
        Kind::Optional(optional) => optional.absent,
        _ => "",
    };
    html! {
        <span class="entry">
            <input ref={input} class={classes!("entry-field", room, refused.is_some().then_some("refused"))}
                type={if number.is_some() { "number" } else { "text" }} autocomplete="off" spellcheck="false"
                inputmode={number.map(|number| if number.decimals > 0 { "decimal" } else { "numeric" })}
                min={number.map(|number| end(number.range.0))} max={number.map(|number| end(number.range.1))}
                step={number.map(step)} placeholder={absent}
                aria-label={props.to.name.clone()} aria-describedby={props.help.clone()} aria-invalid={refused.is_some().to_string()}
                value={refused.as_ref().map_or(in_force.clone(), |refused| refused.typed.clone())} data-kept={in_force}
                {onchange} {onblur} {onkeydown} />
            if !unit.is_empty() { <span class="unit" aria-hidden="true">{ unit }</span> }
            if let Some(refused) = &*refused { <span class="why" role="alert">{ refused.why.clone() }</span> }
        </span>
    }
}

/// The range in the field's units, where the sentence before it has others.
fn in_units(kind: &Kind) -> String {
    match kind.single() {
        Kind::Number(number) if number.decimals == 0 => String::new(),
        Kind::Number(_) | Kind::Span(_) => format!(" Here that is {}.", kind.range_text()),
        _ => String::new(),
    }
}

/// What an arrow key adds.
fn step(number: &Number) -> &'static str {
    ["1", "0.1", "0.01", "0.001"][usize::from(number.decimals.min(3))]
}
