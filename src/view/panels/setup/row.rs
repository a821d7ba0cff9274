//! One row of the table of inputs: its name, its control, and what it does. The control follows from what
//! the input can be; none is made for one input.

use super::entry::Entry;
use super::list::Listed;
use super::pick::{Pick, Toggle};
use super::target::Target;
use crate::session::{Edit, Set};
use crate::view::context::use_page;
use crate::view::shell::format::letter;
use cache::{PolicyKind, Scope, maxmemory_policies};
use scenario::field::{Choice, Field, Kind, Variant};
use serde_json::{Value, json};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct RowProps {
    /// The input.
    pub field: &'static Field,
    /// The lanes in which it is changed, from 0, the shown one first; none if all share it.
    #[prop_or_default]
    pub lanes: Vec<usize>,
    #[prop_or(1)]
    pub of: usize,
    /// What is in force in the shown lane.
    pub value: Value,
    /// What is in force in the other ones, if it is something else.
    #[prop_or_default]
    pub elsewhere: Option<AttrValue>,
    /// What the ids in it begin with, where two panels may show the same input.
    #[prop_or("about")]
    pub ids: &'static str,
}

/// The row.
#[function_component(Row)]
pub fn row(props: &RowProps) -> Html {
    let page = use_page();
    let field = props.field;
    let root = use_memo(props.value.clone(), Value::clone);
    let shown = props.lanes.first().copied();
    let name = match (props.lanes.as_slice(), props.of) {
        ([], _) => field.label.to_owned(),
        ([lane], _) => format!("{} of lane {}", field.label, letter(*lane)),
        _ => format!("{} of all lanes", field.label),
    };
    let places = match shown {
        None => vec![field.place(0)],
        Some(_) => props.lanes.iter().map(|&lane| field.place(lane)).collect(),
    };
    let to = Target {
        page,
        places: places.into(),
        root,
        within: String::new(),
        name: name.into(),
        list: None,
    };
    let id = format!("{}{}", props.ids, field.path.replace(['/', '*'], "-"));
    let about = about(&field.kind, &props.value);
    let sentences = [field.help, &about].map(str::trim).into_iter();
    let sentences = sentences.filter(|sentence| !sentence.is_empty());
    let sentences = sentences.collect::<Vec<_>>().join(" ");
    let help = (!sentences.is_empty()).then(|| AttrValue::from(id.clone()));
    let wide = is_wide(&field.kind, &props.value);
    html! {
        <div class={classes!("input", wide.then_some("wide"))} data-place={field.path}>
            <p class="input-name">
                { field.label }
                if !field.known_as.is_empty() { <span class="known-as">{ field.known_as }</span> }
            </p>
            { control(&to, &field.kind, &props.value, props.of, help) }
            if !sentences.is_empty() { <p class="input-about" {id}>{ sentences }</p> }
            if let Some(elsewhere) = &props.elsewhere { <p class="input-about">{ elsewhere.clone() }</p> }
        </div>
    }
}

/// Whether a control needs the whole width.
fn is_wide(kind: &Kind, value: &Value) -> bool {
    match kind {
        Kind::List(_) | Kind::Names | Kind::Numbers => true,
        Kind::Text(chars) => *chars > 20,
        Kind::OneOf(variants) => Variant::of(variants, value).is_some_and(|variant| {
            variant.fields.len() > 4
                || matches!(variant.fields.first(), Some(field) if is_wide(&field.kind, value))
        }),
        Kind::Optional(optional) => matches!(optional.of, Kind::Numbers),
        _ => false,
    }
}

/// The meaning of the chosen value.
fn about(kind: &Kind, value: &Value) -> String {
    let sentence = |title: &str, about: &str| match about {
        "" => String::new(),
        about => format!("{title}: {about}."),
    };
    match kind {
        Kind::Choice(choices) => {
            let chosen = choices
                .iter()
                .find(|choice| value.as_str() == Some(choice.name));
            chosen.map_or_else(String::new, |choice| sentence(choice.title, choice.about))
        }
        Kind::OneOf(variants) => {
            let variant = Variant::of(variants, value);
            variant.map_or_else(String::new, |variant| {
                sentence(variant.title, variant.about)
            })
        }
        Kind::Optional(optional) if *value != Value::Null => about(optional.of, value),
        _ => String::new(),
    }
}

/// The control of a value.
pub(super) fn control(
    to: &Target,
    kind: &'static Kind,
    value: &Value,
    lanes: usize,
    help: Option<AttrValue>,
) -> Html {
    let to = to.clone();
    match kind {
        Kind::Optional(optional) => match optional.of {
            // An empty field says as much as a switch.
            Kind::Text(_) => html! { <Entry {to} {kind} value={value.clone()} {help} /> },
            _ if to.list.is_some() => html! { <Entry {to} {kind} value={value.clone()} {help} /> },
            of => {
                let values = [(optional.when_on)(), Value::Null];
                let on = *value != Value::Null;
                html! {
                    <div class="optional">
                        <Toggle to={to.clone()} {kind} {values} {on} help={help.clone()} />
                        if on {
                            { control(&to, of, value, lanes, help) }
                        } else {
                            <span class="absent">{ optional.absent }</span>
                        }
                    </div>
                }
            }
        },
        Kind::Text(_) | Kind::Number(_) | Kind::Span(_) | Kind::Names | Kind::Numbers => {
            html! { <Entry {to} {kind} value={value.clone()} {help} /> }
        }
        Kind::Switch => {
            let values = [Value::Bool(true), Value::Bool(false)];
            let on = *value == Value::Bool(true);
            html! { <Toggle {to} {kind} {values} {on} {help} /> }
        }
        Kind::Choice(choices) => choice(to, kind, choices, value, help),
        Kind::Lane => lane(to, kind, value, lanes, help),
        Kind::MaxmemoryPolicy => maxmemory_policy(to, value, help),
        Kind::OneOf(variants) => one_of(to, kind, variants, value, lanes, help),
        Kind::List(list) => {
            html! { <Listed {to} {list} items={Rc::from(value.as_array().cloned().unwrap_or_default())} {lanes} /> }
        }
    }
}

fn choice(
    to: Target,
    kind: &'static Kind,
    choices: &'static [Choice],
    value: &Value,
    help: Option<AttrValue>,
) -> Html {
    let options: Vec<_> = choices
        .iter()
        .map(|choice| AttrValue::from(choice.title))
        .collect();
    let chosen = choices
        .iter()
        .position(|choice| value.as_str() == Some(choice.name));
    let name = to.name.clone();
    let on_choose = Callback::from(move |i: usize| to.set(kind, Value::from(choices[i].name)));
    html! { <Pick {name} {options} chosen={chosen.unwrap_or(0)} {on_choose} {help} /> }
}

fn lane(
    to: Target,
    kind: &'static Kind,
    value: &Value,
    lanes: usize,
    help: Option<AttrValue>,
) -> Html {
    let names = (0..lanes).map(|lane| format!("lane {}", letter(lane)).into());
    let options: Vec<AttrValue> = [AttrValue::from("every lane")]
        .into_iter()
        .chain(names)
        .collect();
    let chosen = value.as_u64().unwrap_or(0) as usize;
    let name = to.name.clone();
    let on_choose = Callback::from(move |i: usize| {
        let value = if i == 0 {
            Value::Null
        } else {
            Value::from(i as u64)
        };
        to.set(kind, value)
    });
    html! { <Pick {name} {options} {chosen} {on_choose} {help} /> }
}

/// Policy and scope under one name. Only those two are put anywhere: lanes keep the rest of their caches.
fn maxmemory_policy(to: Target, value: &Value, help: Option<AttrValue>) -> Html {
    let part = |name: &str| value.get(name).cloned().unwrap_or(Value::Null);
    let policy = serde_json::from_value::<PolicyKind>(part("policy")).ok();
    let scope = serde_json::from_value::<Scope>(part("scope")).ok();
    let settings: Vec<_> = maxmemory_policies().collect();
    let known: Vec<AttrValue> = settings.iter().map(|setting| setting.0.into()).collect();
    let chosen = settings
        .iter()
        .position(|&(_, kind, of)| (Some(kind), Some(of)) == (policy, scope));
    // What Valkey has no name for stands above the others.
    let other = chosen.is_none();
    let options: Vec<AttrValue> = other
        .then(|| "(not a Valkey policy)".into())
        .into_iter()
        .chain(known)
        .collect();
    let name = to.name.clone();
    let on_choose = Callback::from(move |i: usize| {
        let Some(i) = i.checked_sub(usize::from(other)) else {
            return Ok(());
        };
        let (setting, policy, scope) = settings[i];
        let values = to.places.iter().flat_map(|place| {
            [
                (format!("{place}/policy"), json!(policy)),
                (format!("{place}/scope"), json!(scope)),
            ]
        });
        to.carry_out(&Edit::Set(Set {
            values: values.collect(),
            told: format!("{} set to {setting}.", to.name),
        }))
    });
    html! { <Pick {name} {options} chosen={chosen.unwrap_or(0)} {on_choose} {help} /> }
}

fn one_of(
    to: Target,
    kind: &'static Kind,
    variants: &'static [Variant],
    value: &Value,
    lanes: usize,
    help: Option<AttrValue>,
) -> Html {
    let options: Vec<_> = variants
        .iter()
        .map(|variant| AttrValue::from(variant.title))
        .collect();
    let chosen = variants
        .iter()
        .position(|variant| variant.is(value))
        .unwrap_or(0);
    let on_choose = {
        let (to, value) = (to.clone(), value.clone());
        Callback::from(move |i: usize| match variants[i].tag {
            _ if i == chosen => Ok(()),
            // Requests are made of requests, which only the session has.
            "script" => to.carry_out(&Edit::WriteDown),
            "generated" => to.carry_out(&Edit::Generate),
            _ => to.set(kind, (variants[i].make)(&value)),
        })
    };
    let fields = variants[chosen].fields;
    let parts = fields.iter().filter_map(|field| {
        let value = value.pointer(field.path)?;
        let to = to.part(field.path, field.label);
        Some(part(&to, field, value, lanes))
    });
    let settings = fields.len() > 4;
    html! {
        <>
            <Pick name={to.name.clone()} {options} {chosen} {on_choose} {help} />
            if !fields.is_empty() {
                <div class={if settings { "inputs" } else { "parts" }}>{ for parts }</div>
            }
        </>
    }
}

/// A part with its name; one with a name of its own looks like a row.
fn part(to: &Target, field: &'static Field, value: &Value, lanes: usize) -> Html {
    let about = about(&field.kind, value);
    let sentences = [field.help, &about].join(" ");
    let wide = is_wide(&field.kind, value);
    if matches!(field.kind, Kind::List(_)) {
        return control(to, &field.kind, value, lanes, None);
    }
    if field.label.starts_with(char::is_uppercase) {
        html! {
            <div class={classes!("input", wide.then_some("wide"))} data-place={field.path}>
                <p class="input-name">
                    { field.label }
                    if !field.known_as.is_empty() { <span class="known-as">{ field.known_as }</span> }
                </p>
                { control(to, &field.kind, value, lanes, None) }
                if !sentences.trim().is_empty() { <p class="input-about">{ sentences.trim().to_owned() }</p> }
            </div>
        }
    } else {
        html! {
            <div class="part" data-place={field.path}>
                <span class="part-name">{ field.label }</span>
                { control(to, &field.kind, value, lanes, None) }
            </div>
        }
    }
}
