//! Choosing what is followed: a key by its name, a request by its number, or one of the latest.

use crate::session::Snapshot;
use crate::view::context::use_page;
use crate::view::shell::format::{fit, grouped};
use crate::view::state::{Action, Follow};
use scenario::Scenario;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// How many followed keys and requests are remembered.
const LATEST_MAX: usize = 5;
/// How many keys are offered for completion.
const OFFERED_MAX: usize = 40;

#[derive(PartialEq, Properties)]
pub struct ChooseProps {
    pub snapshot: Snapshot,
    pub follow: Option<Follow>,
}

/// The field, what was followed lately, and the way back to the request on the stage.
#[function_component(Choose)]
pub fn choose(props: &ChooseProps) -> Html {
    let page = use_page();
    let refused = use_state_eq(|| None::<String>);
    let latest = use_latest(&props.follow);
    let onchange = {
        let (view, refused) = (page.view.clone(), refused.clone());
        let run = props.snapshot.run.clone();
        Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let Some(input) = input.filter(|input| !input.value().trim().is_empty()) else {
                return refused.set(None);
            };
            match read(&input.value(), run.scenario()) {
                Ok(follow) => {
                    input.set_value("");
                    refused.set(None);
                    view.dispatch(Action::Follow(Some(follow)));
                }
                Err(why) => refused.set(Some(why)),
            }
        })
    };
    let follow = |to: Option<Follow>| {
        page.on_press(move |page| page.view.dispatch(Action::Follow(to.clone())))
    };
    let invalid = refused.is_some();
    html! {
        <div class="choose">
            <label class="choose-field">
                <span>{ "Follow" }</span>
                <input class="text-field" type="text" list="followable" autocomplete="off" spellcheck="false" placeholder="key or request number"
                    aria-label="Key or request number to follow" aria-invalid={invalid.then_some("true")} aria-describedby={invalid.then_some("follow-refused")} {onchange} />
            </label>
            <datalist id="followable">{ for offered(&props.snapshot).into_iter().map(|name| html! { <option value={name} /> }) }</datalist>
            { for latest.iter().map(|one| html! {
                <button class="btn" type="button" aria-pressed={(props.follow.as_ref() == Some(one)).to_string()} onclick={follow(Some(one.clone()))}>{ name(one) }</button>
            }) }
            if props.follow.is_some() {
                <button class="link" type="button" onclick={follow(None)}>{ "Stop following" }</button>
            }
            if let Some(why) = &*refused {
                <p id="follow-refused" class="choose-refused" role="alert">{ why.clone() }</p>
            }
        </div>
    }
}

/// What was followed lately, in the order in which it was first chosen, so that nothing jumps.
#[hook]
fn use_latest(follow: &Option<Follow>) -> UseStateHandle<Vec<Follow>> {
    let latest = use_state_eq(Vec::<Follow>::new);
    let kept = latest.clone();
    use_effect_with(follow.clone(), move |follow| {
        if let Some(new) = follow.as_ref().filter(|new| !kept.contains(*new)) {
            let dropped = (kept.len() + 1).saturating_sub(LATEST_MAX);
            let mut all: Vec<Follow> = kept[dropped..].to_vec();
            all.push(new.clone());
            kept.set(all);
        }
    });
    latest
}

/// The name of what is followed.
pub fn name(follow: &Follow) -> String {
    match follow {
        Follow::Key(key) => key.to_string(),
        Follow::Request(number) => format!("request {number}"),
    }
}

/// The keys that can be seen at the moment.
fn offered(snapshot: &Snapshot) -> Vec<String> {
    let keys = snapshot.keys_listed(0).into_iter().take(OFFERED_MAX);
    keys.map(|key| key.to_string()).collect()
}

/// Reads what to follow. A number is a request's unless a key has that name; with `#` before it, it always
/// is.
fn read(typed: &str, scenario: &Scenario) -> Result<Follow, String> {
    let typed = typed.trim();
    if let Some(key) = scenario.key_named(typed) {
        return Ok(Follow::Key(scenario.key_name(key)));
    }
    let number = typed.trim_start_matches("request").trim_start();
    let number = number.strip_prefix('#').unwrap_or(number);
    match number.replace(',', "").parse() {
        Ok(number) if (1..=scenario.request_count()).contains(&number) => {
            Ok(Follow::Request(number))
        }
        _ => Err(format!(
            "There is no “{}” here: write a key’s name, such as {}, or a request’s number, from 1 to {}.",
            fit(typed, 40),
            scenario.key_name(scenario.workload.listed(0)),
            grouped(scenario.request_count().into())
        )),
    }
}
