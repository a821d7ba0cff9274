//! Notices above the lanes: something was refused, or a file is being read.

use crate::view::context::{Page, use_page};
use crate::view::shell::format::counted;
use crate::view::state::{Notice, Reading};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct NoticesProps {
    pub notice: Option<Notice>,
    /// The file that is being read.
    pub reading: Option<Reading>,
}

/// The notice, and how far the reading of a file has got.
#[function_component(Notices)]
pub fn notices(props: &NoticesProps) -> Html {
    let page = use_page();
    html! {
        <>
            <div class="notices" aria-live="assertive">{ for props.notice.as_ref().map(|notice| tell(notice, &page)) }</div>
            <div class="notices">{ for props.reading.as_ref().map(|reading| progress(reading, &page)) }</div>
        </>
    }
}

fn act(name: String, act: impl Fn() + 'static) -> Html {
    html! { <button class="btn" type="button" onclick={Callback::from(move |_: MouseEvent| act())}>{ name }</button> }
}

/// The button that closes a notice, and ends the reading of a file.
fn dismiss(name: &str, page: &Page) -> Html {
    let page = page.clone();
    act(name.to_owned(), move || page.notice(None))
}

fn progress(reading: &Reading, page: &Page) -> Html {
    let so_far = match reading.requests {
        0 => String::new(),
        requests => counted(requests as usize, "request"),
    };
    html! {
        <p class="notice">
            <span>{ format!("Reading {}…", reading.name) }</span>
            <progress aria-label={format!("Reading {}", reading.name)} max="1000"
                value={share_of(reading).to_string()}></progress>
            <span>{ so_far }</span>
            { dismiss("Cancel", page) }
        </p>
    }
}

fn tell(notice: &Notice, page: &Page) -> Html {
    let (what, why, kept) = match notice {
        Notice::Refused(what, why) => (what, why, html! {}),
        Notice::Partial(what, why, requests, lab) => {
            let lab = lab.clone();
            let requests = counted(*requests as usize, "request");
            let keep = act(format!("Use the {requests} read so far"), move || {
                lab.keep()
            });
            (what, why, keep)
        }
    };
    html! {
        <p class="notice refused">
            <span><b>{ what.clone() }</b>{ " " }{ why.clone() }</span>
            { kept }
            { dismiss("Dismiss", page) }
        </p>
    }
}

/// How much of a file has been read, in thousandths.
fn share_of(reading: &Reading) -> u32 {
    (reading.bytes * 1000.0 / reading.of.max(1.0)) as u32
}
