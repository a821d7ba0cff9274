//! What is in flight, where it is at this instant of the picture.

use super::format::{fit, px};
use super::layout::Layout;
use super::stage::LETTER;
use crate::sim::{Party, Verb};
use crate::timeline::{Frame, MessageFrame};
use crate::units::Micros;
use std::rc::Rc;
use yew::prelude::*;

/// The most letters on a message.
const LABEL_LETTERS: usize = 15;

/// What is drawn.
#[derive(Properties, PartialEq)]
pub struct MessagesProps {
    /// The geometry.
    pub layout: Layout,
    /// Which lane.
    pub lane: usize,
    /// The frame.
    pub frame: Rc<Frame>,
    /// The frame left behind, while the picture is on the way from it.
    #[prop_or_default]
    pub before: Option<Rc<Frame>>,
    /// The instant of the picture.
    pub now: Micros,
}

/// The messages of a lane at an instant between two steps: where each is follows from when it left
/// and arrives, so that going back in time is the same picture in reverse.
#[function_component(Messages)]
pub fn messages(props: &MessagesProps) -> Html {
    let mut shown: Vec<&MessageFrame> = Vec::new();
    let frames = props.before.iter().chain([&props.frame]);
    for message in frames
        .filter_map(|frame| frame.lanes.get(props.lane))
        .flat_map(|lane| &lane.messages)
    {
        if message.departed_at_us <= props.now && !shown.contains(&message) {
            shown.push(message);
        }
    }
    html! {
        <g>
            { for shown.into_iter().map(|message| pill(props, message)) }
        </g>
    }
}

fn pill(props: &MessagesProps, message: &MessageFrame) -> Html {
    let label = label(message);
    let w = label.chars().count() as f64 * LETTER + 20.0;
    let (x, y) = place(&props.layout, message, props.now, w);
    let class = match (message.verb.party(), message.miss) {
        (_, true) => "pill-miss",
        (Party::Database, _) => "pill-database",
        _ => "pill-cache",
    };
    html! {
        <g key={format!("{}-{}-{}", message.request, message.departed_at_us.0, message.verb.name())}
            class={classes!("pill", class)} transform={format!("translate({} {})", px(x), px(y))}>
            <rect x={px(-w / 2.0)} y="-14" width={px(w)} height="28" rx="14" />
            <text class="p" y="5">{ label }</text>
        </g>
    }
}

/// Where the middle of a message of width `w` is.
fn place(layout: &Layout, message: &MessageFrame, now: Micros, w: f64) -> (f64, f64) {
    let span = message.arrives_at_us.since(message.departed_at_us).0.max(1) as f64;
    let gone = (now.since(message.departed_at_us).0 as f64 / span).min(1.0);
    let share = if message.from == Party::App {
        gone
    } else {
        1.0 - gone
    };
    let database = message.verb.party() == Party::Database;
    let way = if database {
        layout.to_database
    } else {
        layout.to_cache
    };
    let (x, y) = way.at(share);
    // Within the stage, and beside the party that it reaches.
    let right = match (layout.stacked, layout.cache) {
        (false, Some(cache)) if !database => cache.x - 5.0,
        (false, _) => layout.database.x - 5.0,
        (true, _) => layout.width - 4.0,
    };
    let x = x.min(right - w / 2.0).max(w / 2.0 + 4.0);
    let y = match (layout.stacked, database) {
        // In the gap between application and cache.
        (true, false) => layout.app.y + layout.app.h + 16.0 + 10.0 * share,
        // Along the rail, in the gaps below the application and above the database.
        (true, true) => {
            let low = layout.app.y + layout.app.h + 21.0;
            let high = layout.database.y - 21.0;
            low + (high - low) * share
        }
        _ => y,
    };
    (x, y)
}

/// What stands on a message: what is asked for, or what is answered.
fn label(message: &MessageFrame) -> String {
    let version = message
        .version
        .map(|version| format!(" v{}", version.0))
        .unwrap_or_default();
    let room = LABEL_LETTERS - version.len();
    if message.from == Party::App {
        let asked = format!("{} {}", message.verb.name(), message.key);
        return fit(&asked, room + 2) + &version;
    }
    match message.verb {
        Verb::Get if message.miss => "nothing".to_owned(),
        Verb::Get => fit(&format!("hit {}", message.key), room) + &version,
        Verb::Select => fit(&format!("row {}", message.key), room) + &version,
        Verb::Set | Verb::Delete | Verb::Update => "OK".to_owned(),
    }
}
