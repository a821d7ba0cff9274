//! All function components are one type to Yew (`lean/`): what each keeps is its own nevertheless, in a
//! real browser.
#![cfg(target_arch = "wasm32")]

use gloo::utils::document;
use std::cell::RefCell;
use std::future::poll_fn;
use std::task::Poll;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

thread_local! {
    /// What was begun and ended, in order.
    static HEARD: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    /// Shows another number.
    static SHOW: RefCell<Option<UseStateSetter<u32>>> = const { RefCell::new(None) };
}

fn hear(what: &'static str) {
    HEARD.with_borrow_mut(|heard| heard.push(what));
}

#[derive(Properties, PartialEq)]
struct Shown {
    number: u32,
}

/// Keeps the first number that it was given.
#[function_component(One)]
fn one(props: &Shown) -> Html {
    let first = use_state(|| props.number);
    use_effect_with((), |()| {
        hear("one begins");
        || hear("one ends")
    });
    html! { <p>{ format!("one: {} since {}", props.number, *first) }</p> }
}

/// The same with another name, and a hook more.
#[function_component(Other)]
fn other(props: &Shown) -> Html {
    let first = use_state(|| props.number);
    let doubled = use_memo(props.number, |number| number * 2);
    use_effect_with((), |()| {
        hear("other begins");
        || hear("other ends")
    });
    html! { <p>{ format!("other: {} since {}, doubled {}", props.number, *first, *doubled) }</p> }
}

/// One below ten and another from there on, in the same place.
#[function_component(Root)]
fn root() -> Html {
    let number = use_state(|| 1);
    SHOW.replace(Some(number.setter()));
    match *number {
        number @ 0..10 => html! { <One {number} /> },
        number => html! { <Other {number} /> },
    }
}

/// Lets Yew do what it has put off.
async fn settle() {
    for _ in 0..3 {
        let mut waited = false;
        poll_fn(|context| match std::mem::replace(&mut waited, true) {
            true => Poll::Ready(()),
            false => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        })
        .await;
    }
}

async fn show(number: u32) {
    SHOW.with_borrow(|show| show.as_ref().expect("the root is there").set(number));
    settle().await;
}

#[wasm_bindgen_test]
async fn another_component_in_the_same_place_starts_anew() {
    let place = document().create_element("div").expect("an element");
    let text = || place.text_content().unwrap_or_default();
    let app = yew::Renderer::<Root>::with_root(place.clone()).render();
    settle().await;
    assert_eq!(text(), "one: 1 since 1");
    show(2).await;
    assert_eq!(text(), "one: 2 since 1");
    show(10).await;
    assert_eq!(text(), "other: 10 since 10, doubled 20");
    show(11).await;
    assert_eq!(text(), "other: 11 since 10, doubled 22");
    show(3).await;
    assert_eq!(text(), "one: 3 since 3");
    app.destroy();
    settle().await;
    let heard = HEARD.with_borrow(Clone::clone);
    assert_eq!(
        heard,
        [
            "one begins",
            "one ends",
            "other begins",
            "other ends",
            "one begins",
            "one ends"
        ]
    );
}
