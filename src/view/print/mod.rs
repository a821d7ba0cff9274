//! What is printed: a handout of one page, with the scene at its decisive steps and a QR code to this very
//! moment. It is in the page only while the browser prints.

mod moments;
mod qr;

use crate::session::Snapshot;
use crate::view::shell::address;
use crate::view::shell::format::{grouped, letter, per_mille};
use crate::view::shell::narration::{lane_names, more, one};
use crate::view::stage::animated_time::AnimatedTime;
use crate::view::stage::lane::{clients, emptied};
use crate::view::stage::picture::Picture;
use crate::view::state::{Action, ViewState};
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use gloo::utils::window;
use moments::{Moment, moments};
use qr::QrCode;
use scenario::{Listed, ScenarioInput, Scene, link};
use sim::Party;
use std::rc::Rc;
use timeline::{Frame, MetricsFrame, Run, duration, narrate};
use yew::prelude::*;

/// The longest address that is printed: a longer one is a QR code that a telephone can't read from paper.
const ADDRESS_MAX: usize = 1_200;
/// The width that a picture is drawn for, in its own units. In one of two columns of a page its text is about
/// 7 points high.
const PICTURE_WIDTH: u32 = 510;

/// Draws the handout whenever the browser is about to print, however it was asked to.
#[hook]
pub fn use_handout(view: &UseReducerHandle<ViewState>) {
    let dispatcher = view.dispatcher();
    use_effect_with((), move |()| {
        let listeners = [("beforeprint", true), ("afterprint", false)].map(|(name, printing)| {
            let dispatcher = dispatcher.clone();
            EventListener::new(&window(), name, move |_| {
                dispatcher.dispatch(Action::Printing(printing));
            })
        });
        move || drop(listeners)
    });
}

/// Asks the browser to print. The handout is drawn first: while a script waits for the browser's dialog
/// nothing is.
pub fn print(view: &UseReducerDispatcher<ViewState>) {
    view.dispatch(Action::Printing(true));
    Timeout::new(0, || {
        // It can only fail where the page may not print, as in a sandboxed frame.
        window().print().ok();
    })
    .forget();
}

#[derive(Properties, PartialEq)]
pub struct HandoutProps {
    pub snapshot: Snapshot,
}

/// The question that a scene answers; of any other scenario its introduction.
fn question(input: &ScenarioInput) -> String {
    let listed = Listed::of(input);
    match (Scene::of(input), listed) {
        (Some(scene), Some(listed)) if listed.is_changed_in(input) => {
            format!("{} (This scene has been changed.)", scene.question)
        }
        (Some(scene), _) => scene.question.clone(),
        (None, _) => input.intro.clone(),
    }
}

/// The handout.
#[function_component(Handout)]
pub fn handout(props: &HandoutProps) -> Html {
    let (run, frame) = (&props.snapshot.run, &props.snapshot.frame);
    let input = &run.scenario().input;
    let lanes = frame.lanes.len();
    let fragment = link::encode(input, frame.step, None);
    let address = fragment.map(|fragment| address::whole(&fragment, ""));
    let address = address.filter(|address| address.len() <= ADDRESS_MAX);
    let title = match &*input.title {
        "" => "Cache Playground",
        title => title,
    };
    html! {
        <article class={format!("handout of-{lanes}")} aria-label="Handout">
            <header>
                <h1>{ title.to_owned() }</h1>
                <p>{ question(input) }</p>
            </header>
            <div class="handout-moments">
                { for moments(run, frame.step, lanes).iter().map(|moment| drawn(run, moment)) }
            </div>
            <footer>
                <div>
                    { numbers(frame) }
                    <p class="handout-address">
                        if let Some(address) = &address {
                            { "This moment: " }<a href={address.clone()}>{ address.clone() }</a>
                        } else {
                            { "The link to this moment is too long for paper. Share it from the page." }
                        }
                    </p>
                </div>
                { for address.as_deref().and_then(QrCode::of).map(|code| picture_of(&code)) }
            </footer>
        </article>
    }
}

/// A moment: what happened, and the picture of every lane.
fn drawn(run: &Rc<Run>, moment: &Moment) -> Html {
    let step = moment.step;
    let frame = Rc::new(Frame::of(run, &run.seek(step)));
    let setups = &run.scenario().lanes;
    let clients = clients(&run.scenario().input.workload);
    html! {
        <section>
            <h2>{ format!("{} · step {}", moment.name, grouped(step.into())) }</h2>
            { for narrate(run, step).iter().map(|narration| html! {
                <p>
                    { lane_names(&narration.lanes, setups.len()) }
                    { for narration.sentences.iter().map(one) }
                    { more(narration) }
                </p>
            }) }
            <div class="handout-lanes">
                { for setups.iter().enumerate().map(|(lane, setup)| html! {
                    <figure>
                        <figcaption><b>{ letter(lane) }</b>{ " " }{ setup.name.to_string() }</figcaption>
                        <Picture {lane} setup={setup.clone()} frame={frame.clone()} now={AnimatedTime::new(frame.at_us)}
                            width={PICTURE_WIDTH} {clients} emptied={emptied(run, step, lane)} />
                    </figure>
                }) }
            </div>
        </section>
    }
}

/// The four numbers that matter most, so far, of each lane and without a cache.
fn numbers(frame: &Frame) -> Html {
    type Text = fn(&MetricsFrame) -> Option<String>;
    /// A number of a lane, which may be one that only a cache or only a database has.
    struct Column(&'static str, Option<Party>, Text);
    let (cache, database) = (Some(Party::Cache), Some(Party::Database));
    let columns = [
        Column("Hit rate", cache, |m| m.hit_per_mille().map(per_mille)),
        Column("Typical read", None, |m| m.read_p50_us.map(duration)),
        Column("Database reads", database, |m| {
            Some(grouped(m.database_reads))
        }),
        Column("Stale reads", cache, |m| Some(grouped(m.stale_reads))),
    ];
    let of_lanes = frame.lanes.iter().enumerate().map(|(i, lane)| {
        let lacks = match (lane.cache.exists(), lane.database.exists()) {
            (false, _) => cache,
            (true, false) => database,
            (true, true) => None,
        };
        (format!("{} {}", letter(i), lane.name), lacks, &lane.metrics)
    });
    let rows = of_lanes.chain([(frame.without_cache().to_owned(), cache, &frame.baseline)]);
    let text = |Column(_, of, text): &Column, lacks: Option<Party>, metrics| {
        let text = text(metrics).filter(|_| of.is_none() || *of != lacks);
        text.unwrap_or_else(|| "–".to_owned())
    };
    html! {
        <table>
            <thead><tr>
                <th scope="col">{ format!("At step {}", grouped(frame.step.into())) }</th>
                { for columns.iter().map(|Column(name, ..)| html! { <th scope="col">{ *name }</th> }) }
            </tr></thead>
            <tbody>
                { for rows.map(|(name, lacks, metrics)| html! {
                    <tr>
                        <th scope="row">{ name }</th>
                        { for columns.iter().map(|column| html! { <td>{ text(column, lacks, metrics) }</td> }) }
                    </tr>
                }) }
            </tbody>
        </table>
    }
}

fn picture_of(code: &QrCode) -> Html {
    let side = code.side();
    html! {
        <svg class="handout-qr" viewBox={format!("0 0 {side} {side}")} role="img" aria-label="QR code of the link to this moment" shape-rendering="crispEdges">
            <rect width={side.to_string()} height={side.to_string()} fill="#fff" /><path d={code.path()} fill="#000" />
        </svg>
    }
}
