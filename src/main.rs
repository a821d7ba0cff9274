//! Mounts the view, nothing else.

use cache_playground::session::Session;
use cache_playground::view::{App, AppProps, open_address, report_panics};

fn main() {
    report_panics();
    let root = gloo::utils::document()
        .get_element_by_id("app")
        .expect("index.html has an element with the id app");
    let session = Session::new();
    cache_playground::api::install(session.clone());
    let start = open_address(&session);
    yew::Renderer::<App>::with_root_and_props(root, AppProps { session, start }).render();
}
