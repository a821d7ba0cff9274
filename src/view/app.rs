//! The whole page.

use crate::session::Session;
use crate::view::context::Page;
use crate::view::dialogs::help::Help;
use crate::view::dialogs::share::Share;
use crate::view::numbers::compare::Compare;
use crate::view::numbers::metrics::{Metrics, has_reads};
use crate::view::panels::{PanelProps, Panels, use_first_panels, use_trace_panel, with_states};
use crate::view::print::{Handout, use_handout};
use crate::view::race::Race;
use crate::view::recap::Recap;
use crate::view::shell::address::{Start, use_address};
use crate::view::shell::dropping::use_dropping;
use crate::view::shell::embed::{EmbedLink, use_height_report};
use crate::view::shell::header::Header;
use crate::view::shell::keyboard::use_keyboard;
use crate::view::shell::narration::NarrationLine;
use crate::view::shell::notices::Notices;
use crate::view::shell::present::{Blank, PresentBar, use_present};
use crate::view::shell::screen::{use_motion_preference, use_page_width, use_theme};
use crate::view::stage::clock::use_clock;
use crate::view::stage::lanes::Lanes;
use crate::view::stage::marks::MarkSymbols;
use crate::view::state::{Action, ViewState};
use crate::view::timeline::dock::Dock;
use yew::prelude::*;

/// What the page begins with.
#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// The session.
    pub session: Session,
    /// What the page was opened with.
    pub start: Start,
}

/// The page.
#[function_component(App)]
pub fn app(props: &AppProps) -> Html {
    let AppProps { session, start } = props;
    let embedded = start.query.embed;
    let view = {
        let (snapshot, start) = (session.snapshot(), start.clone());
        use_reducer(move || ViewState::new(snapshot, &start))
    };
    let page = Page {
        session: session.clone(),
        view: view.dispatcher(),
        now: view.now.clone(),
    };
    use_session(session, &view);
    use_motion_preference(&view);
    use_clock(session, &view);
    use_keyboard(&page, &view);
    let held = use_dropping(&page);
    use_theme(view.theme, start.query.dark.is_none());
    use_address(session, &view, start);
    use_height_report(&start.query);
    use_page_width(&view);
    // After what it tells of the change.
    use_present(&page, &view);
    use_handout(&view);
    use_trace_panel(&view);
    use_first_panels(&view, embedded);

    let snapshot = &view.snapshot;
    let input = &snapshot.run.scenario().input;
    let of = PanelProps {
        snapshot: snapshot.clone(),
        follow: view.follow.clone(),
    };
    let dock = html! {
        <Dock snapshot={snapshot.clone()} unit={view.unit} pace={view.pace} zoom={view.zoom} />
    };
    // A frame is as high as its page, so nothing could stay at the foot of its window: the transport
    // stands between the sentences and the stage there.
    let (above, below) = if embedded {
        (Some(dock), None)
    } else {
        (None, Some(dock))
    };
    let content = html! {
        <>
            if view.present {
                <PresentBar title={input.title.clone()} />
            } else if !embedded {
                <Header run={snapshot.run.clone()} theme={view.theme} />
            }
            <main>
                if embedded && !view.present {
                    <h1 class="sr-only">{ input.title.clone() }</h1>
                }
                <NarrationLine snapshot={snapshot.clone()} follow={view.follow.clone()} told={view.told.clone()} />
                <Notices notice={view.notice.clone()} reading={view.reading.clone()} />
                { for above }
                if input.schedule.is_some() {
                    <Race snapshot={snapshot.clone()} />
                }
                <Lanes snapshot={snapshot.clone()} before={view.glide.as_ref().and_then(|glide| glide.before.clone())}
                    page_width={view.page} text={view.text} present={view.present} solo={view.solo} only={start.query.lane} follow={view.follow.clone()} />
                <Metrics frame={snapshot.frame.clone()} has_reads={has_reads(&snapshot.run.scenario().input.workload)} />
                <Recap snapshot={snapshot.clone()} />
                <div class="compared">
                    <Compare run={snapshot.run.clone()} />
                </div>
                <Panels of={of} open={view.panels.clone()} room={view.room} />
            </main>
            { for below }
            if embedded {
                <EmbedLink link={view.link.clone()} />
            }
            if view.sharing {
                <Share link={view.link.clone()} input={input.clone()} />
            }
            if view.help {
                <Help />
            }
            <div>
                if held {
                    <div class="dropping" role="alert"><p>{ "Drop a trace or a scenario to open it" }</p></div>
                }
            </div>
            if view.blank {
                <Blank />
            }
            if view.printing {
                <Handout snapshot={snapshot.clone()} />
            }
            <MarkSymbols />
        </>
    };
    html! { <ContextProvider<Page> context={page}>{ with_states(content) }</ContextProvider<Page>> }
}

/// Shows whatever the session changes to, whoever changed it.
#[hook]
fn use_session(session: &Session, view: &UseReducerHandle<ViewState>) {
    let dispatcher = view.dispatcher();
    use_effect_with(session.clone(), move |session| {
        let subscription = session
            .subscribe(move |snapshot| dispatcher.dispatch(Action::Snapshot(snapshot.clone())));
        // From here on the page answers; the first picture in index.html does not.
        if let Some(app) = gloo::utils::document().get_element_by_id("app") {
            app.remove_attribute("inert").ok();
            app.remove_attribute("aria-busy").ok();
        }
        gloo::utils::document_element()
            .set_attribute("data-ready", "true")
            .ok();
        move || drop(subscription)
    });
}
