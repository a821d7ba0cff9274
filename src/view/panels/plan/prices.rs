//! The prices, each with its source and date, to be changed in place.

use super::super::setup::Row;
use crate::session::{Edit, Set};
use crate::view::context::use_page;
use scenario::field::{Field, Group};
use serde_json::{Value, json};
use sim::cost::{Prices, Published};
use std::rc::Rc;
use yew::prelude::*;

/// Where prices are in the inputs.
const PLACE: &str = "/prices/";

#[derive(Properties, PartialEq)]
pub(super) struct PriceListProps {
    /// The inputs, as they are written down.
    pub(super) plain: Rc<Value>,
    pub(super) are_published: bool,
}

/// The list, closed at first.
#[function_component(PriceList)]
pub(super) fn price_list(props: &PriceListProps) -> Html {
    let page = use_page();
    let file = Published::get();
    let published = props.are_published;
    let back = page.on_press(move |page| {
        if !published {
            page.edit(&Edit::Set(Set {
                values: vec![("/prices".to_owned(), json!(Prices::default()))],
                told: "The prices are the published ones again.".to_owned(),
            }));
        }
    });
    let fields = Group::Cost.fields().iter();
    let rows = fields.filter_map(|field| {
        let known = file.price(field.path.strip_prefix(PLACE)?)?;
        let value = props.plain.pointer(field.path)?.clone();
        let changed = value != known.value;
        Some(row(
            field,
            value,
            &known.date,
            &known.source,
            changed.then_some(known.value),
        ))
    });
    html! {
        <details class="plan-more">
            <summary>{ "Prices" }</summary>
            <div class="plan-prices">
                <p class="absent">
                    { format!("{}, {}, put together on {}. Change any of them: the link keeps those that differ.", file.region, file.currency, file.compiled) }
                </p>
                <div class="inputs">{ for rows }</div>
                <button class="btn" type="button" aria-disabled={published.to_string()} onclick={back}>{ "Back to the published prices" }</button>
            </div>
        </details>
    }
}

fn row(
    field: &'static Field,
    value: Value,
    date: &str,
    source: &str,
    published: Option<u64>,
) -> Html {
    let published = published.map(|value| {
        let written = field.kind.written(&Value::from(value));
        format!("Published: {written}. ")
    });
    html! {
        <div key={field.path} class="plan-price">
            <Row {field} {value} ids="plan-about" />
            <p class="input-about">{ published.unwrap_or_default() }{ format!("Source: {source}, {date}.") }</p>
        </div>
    }
}
