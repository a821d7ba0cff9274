//! Draws the opening scene into the built page, so that it is seen before the program is there: trunk
//! runs this after a release build, through `cargo xtask first-picture`.
//!
//! static/first_picture.js shows the one of these pictures that fits the window.

use cache_playground::session::Session;
use cache_playground::view::{App, AppProps, Screen, Start};
use std::path::PathBuf;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use yew::LocalServerRenderer;

/// The widths of the page that a picture is drawn for, in CSS pixels: each serves up to the next. They are
/// those at which the page or its stages become another height; tests/browser/first_picture.test.mjs fails
/// where one is missing.
const WIDTHS: [u32; 9] = [320, 388, 492, 621, 786, 994, 1021, 1254, 1334];

/// Where the pictures go in index.html.
const PLACE: &str = "</template>";

fn main() {
    let folder = std::env::var_os("TRUNK_STAGING_DIR").expect("trunk runs this program");
    let path = PathBuf::from(folder).join("index.html");
    let page = std::fs::read_to_string(&path).expect("trunk has written index.html");
    let (before, after) = page
        .split_once(PLACE)
        .expect("index.html has one template, for these pictures");
    let pictures: String = WIDTHS.map(picture).concat();
    let page = format!("{before}{pictures}{PLACE}{after}");
    std::fs::write(path, page).expect("index.html can be written");
}

/// The page as it begins in a window of this width.
fn picture(width: u32) -> String {
    let props = AppProps {
        session: Session::new(),
        start: Start::plain(Screen::usual(width)),
    };
    let renderer = LocalServerRenderer::<App>::with_props(props).hydratable(false);
    // Nothing in it waits for anything.
    let mut drawing = pin!(renderer.render());
    match drawing
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(html) => format!("<div data-from={width}>{html}</div>"),
        Poll::Pending => unreachable!("no component waits"),
    }
}
