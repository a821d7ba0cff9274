//! The messages in flight, where they are at the picture's instant.

use crate::view::shell::format::{fit, grouped, px};
use crate::view::stage::animated_time::{AnimatedTime, Resolution, use_animated_time, use_moving};
use crate::view::stage::layout::Layout;
use crate::view::stage::trip::Trip;
use crate::view::stage::{LETTER, client};
use cache::units::Micros;
use sim::{Failure, Party, Verb};
use std::fmt::Write;
use std::rc::Rc;
use timeline::{Frame, MessageFrame};
use web_sys::Element;
use yew::prelude::*;

/// The most letters on a message.
const LABEL_LETTERS: usize = 15;
/// With more on one way they could not be read: each is a disc with its client's number.
const PILLS_MAX: usize = 3;
/// With more in a lane they are dots with a count.
const DISCS_MAX: usize = 24;
/// With more in all lanes they are dots as well, because each picture draws them again.
const DISCS_MAX_IN_ALL: usize = 60;

#[derive(Properties, PartialEq)]
pub struct MessagesProps {
    pub layout: Layout,
    pub lane: usize,
    pub frame: Rc<Frame>,
    /// The frame left behind, while the picture is on the way from it.
    #[prop_or_default]
    pub before: Option<Rc<Frame>>,
    pub now: AnimatedTime,
    /// The request that is followed.
    #[prop_or_default]
    pub followed: Option<u32>,
}

/// The messages of a lane at an instant between two steps: where each is follows from when it left
/// and arrives, so that going back in time is the same picture in reverse.
#[function_component(Messages)]
pub fn messages(props: &MessagesProps) -> Html {
    let frames = props.before.iter().chain([&props.frame]);
    let in_frames = frames
        .filter_map(|frame| frame.lanes.get(props.lane))
        .flat_map(|lane| &lane.messages);
    let lanes = props.frame.lanes.iter();
    let in_all: usize = lanes.map(|lane| lane.messages.len()).sum();
    let as_dots = in_frames.clone().count() > DISCS_MAX || in_all > DISCS_MAX_IN_ALL;
    // On the way from another frame, messages depart meanwhile. Otherwise the same ones move.
    let changes = in_frames.clone().next().is_some() && (as_dots || props.before.is_some());
    let drawn_at = use_animated_time(&props.now, changes.then_some(Resolution::EachFrame));
    let now = if changes { drawn_at } else { props.now.at() };
    let mut shown: Vec<&MessageFrame> = Vec::new();
    for message in in_frames {
        if message.departed_at_us <= now && !shown.contains(&message) {
            shown.push(message);
        }
    }
    let on = |database: bool| {
        let on_it = shown.iter().filter(|it| is_database(it) == database);
        on_it.count()
    };
    let pills = on(false) <= PILLS_MAX && on(true) <= PILLS_MAX;
    let moving: Vec<Moving> = if as_dots {
        Vec::new()
    } else {
        shown
            .iter()
            .map(|it| Moving::new(props, it, pills))
            .collect()
    };
    let at_first = places(&props.layout, &moving, pills, now);
    let drawn: Vec<Html> = moving
        .iter()
        .zip(at_first)
        .map(|(moving, (x, y))| {
            let key = key(&moving.message);
            let transform = format!("translate({} {})", px(x), px(y));
            if pills {
                pill(props, key, moving, transform)
            } else {
                disc(props, key, moving, transform)
            }
        })
        .collect();
    let layout = props.layout.clone();
    let moves = !moving.is_empty();
    let move_them: Rc<dyn Fn(Micros)> = Rc::new(move |now: Micros| {
        for (moving, (x, y)) in moving.iter().zip(places(&layout, &moving, pills, now)) {
            if let Some(node) = moving.node.cast::<Element>() {
                let transform = format!("translate({} {})", px(x), px(y));
                // Fails only for an invalid attribute name.
                node.set_attribute("transform", &transform).ok();
            }
        }
    });
    use_moving(&props.now, moves.then_some(move_them));
    if as_dots {
        html! { <g>{ for [false, true].map(|database| dots(props, now, &shown, database)) }</g> }
    } else {
        html! { <g>{ for drawn }</g> }
    }
}

/// A message that is drawn.
struct Moving {
    message: MessageFrame,
    /// The text on it.
    label: String,
    /// The client's number, if several clients have requests under way.
    whose: Option<u32>,
    /// Its width.
    w: f64,
    node: NodeRef,
}

impl Moving {
    fn new(props: &MessagesProps, message: &MessageFrame, pill: bool) -> Self {
        let label = label(message);
        let whose = if pill {
            client_of(props, message)
        } else {
            None
        };
        let mark = if message.error.is_some() { 14.0 } else { 0.0 };
        let aside = mark + if whose.is_some() { 22.0 } else { 0.0 };
        let w = if pill {
            label.chars().count() as f64 * LETTER + 20.0 + aside
        } else {
            24.0
        };
        Moving {
            message: message.clone(),
            label,
            whose,
            w,
            node: NodeRef::default(),
        }
    }
}

/// The places of messages at an instant.
fn places(layout: &Layout, moving: &[Moving], pills: bool, now: Micros) -> Vec<(f64, f64)> {
    let mut taken: Vec<(f64, f64, f64)> = Vec::with_capacity(moving.len());
    for (nth, moving) in moving.iter().enumerate() {
        let w = moving.w;
        let (x, mut y) = place(layout, &moving.message, now, w);
        if pills {
            // Two that would cover each other stand one below the other.
            while taken.iter().any(|&(other_x, other_y, other_w)| {
                (x - other_x).abs() < (w + other_w) / 2.0 && (y - other_y).abs() < 28.0
            }) {
                y += if layout.stacked { -30.0 } else { 30.0 };
            }
        } else {
            // Beside the way, so that those that travel together can be told apart.
            y += (nth % 3) as f64 * 15.0 - 15.0;
        }
        taken.push((x, y, w));
    }
    taken.into_iter().map(|(x, y, _)| (x, y)).collect()
}

fn is_database(message: &MessageFrame) -> bool {
    message.verb.party() == Party::Database
}

fn class(message: &MessageFrame) -> &'static str {
    match (message.verb.party(), message.miss, message.error) {
        (.., Some(_)) => "pill-error",
        _ if message.moved.is_some() => "pill-moved",
        _ if message.rejected => "pill-reject",
        (_, true, _) => "pill-miss",
        _ if message.stale => "pill-stale",
        (Party::Database, ..) => "pill-database",
        _ => "pill-cache",
    }
}

/// The client's number, if several clients have requests under way.
fn client_of(props: &MessagesProps, message: &MessageFrame) -> Option<u32> {
    let lane = props.frame.lanes.get(props.lane)?;
    let of = |id: u32| lane.requests.iter().find(move |request| request.id == id);
    let several = lane.requests.len() > 1;
    of(message.request)
        .filter(|_| several)
        .map(|request| request.client)
}

fn pill(props: &MessagesProps, key: String, moving: &Moving, transform: String) -> Html {
    let Moving {
        message, label, w, ..
    } = moving;
    let mark = if message.error.is_some() { 14.0 } else { 0.0 };
    let aside = mark + if moving.whose.is_some() { 22.0 } else { 0.0 };
    let followed = (props.followed == Some(message.request)).then_some("followed");
    let text_x = aside / 2.0;
    html! {
        <g {key} ref={moving.node.clone()} class={classes!("pill", class(message), followed)} {transform}
            data-request={message.request.to_string()} role="button" tabindex="-1" aria-haspopup="menu">
            <title>{ format!("{label}, in flight for request {}", message.request) }</title>
            <rect x={px(-w / 2.0)} y="-14" width={px(*w)} height="28" rx="14" />
            { for moving.whose.map(|whose| client(-w / 2.0 + 16.0, 0.0, whose)) }
            if message.error.is_some() {
                <path class="pill-mark" d={format!("M{} -6v7m0 4v.1", px(-w / 2.0 + aside + 2.0))} />
            }
            <text class="p" x={px(text_x)} y="5">{ label.clone() }</text>
        </g>
    }
}

fn key(message: &MessageFrame) -> String {
    let MessageFrame {
        request,
        departed_at_us,
        verb,
        ..
    } = message;
    format!("{request}-{}-{}", departed_at_us.0, verb.name())
}

/// A message as a disc with its client's number.
fn disc(props: &MessagesProps, key: String, moving: &Moving, transform: String) -> Html {
    let message = &moving.message;
    let lane = props.frame.lanes.get(props.lane);
    let requests = lane.into_iter().flat_map(|lane| &lane.requests);
    let mut of = requests.filter(|request| request.id == message.request);
    let number = of.next().map(|request| request.client.to_string());
    let followed = (props.followed == Some(message.request)).then_some("followed");
    let w = if number.as_ref().is_some_and(|number| number.len() > 2) {
        34.0
    } else {
        24.0
    };
    html! {
        <g {key} ref={moving.node.clone()} class={classes!("pill", class(message), followed)} {transform}
            data-request={message.request.to_string()} role="button" tabindex="-1" aria-haspopup="menu">
            <title>{ format!("{}, in flight for request {}", moving.label, message.request) }</title>
            <rect x={px(-w / 2.0)} y="-12" width={px(w)} height="24" rx="12" />
            { for number.map(|number| html! { <text class="p" y="5">{ number }</text> }) }
        </g>
    }
}

/// The messages of a way as dots, with their count.
fn dots(props: &MessagesProps, now: Micros, shown: &[&MessageFrame], database: bool) -> Html {
    let on_it = || {
        shown
            .iter()
            .filter(|message| is_database(message) == database)
    };
    let count = on_it().count();
    if count == 0 {
        return html! {};
    }
    let mut paths = [String::new(), String::new()];
    for (nth, message) in on_it().enumerate() {
        let (x, y) = place(&props.layout, message, now, 8.0);
        let aside = (nth % 5) as f64 * 5.0 - 10.0;
        let wrong = usize::from(message.miss || message.error.is_some());
        let written = write!(paths[wrong], "M{} {}v.1", px(x + aside), px(y));
        debug_assert!(written.is_ok());
    }
    let layout = &props.layout;
    let (x, y) = match (layout.stacked, database) {
        (false, false) => (14.0, (layout.app.y - 14.0).min(40.0)),
        (false, true) => (14.0, layout.height - 10.0),
        (true, false) => (layout.width * 0.58, layout.app.y + layout.app.h + 26.0),
        (true, true) => (24.0, layout.database.y - 16.0),
    };
    let class = if database {
        "dots dots-database"
    } else {
        "dots dots-cache"
    };
    let [fine, wrong] = paths;
    html! {
        <g>
            <path {class} d={fine} />
            <path class="dots dots-wrong" d={wrong} />
            <text class="b" x={px(x)} y={px(y)}>{ format!("{} in flight", grouped(count as u64)) }</text>
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
    let database = is_database(message);
    let way = match message.node {
        _ if database => layout.to_database.into(),
        Some(node) => layout.way_to_node(node),
        None => Trip::from(layout.to_cache),
    };
    let (x, y) = way.at(share);
    // Within the stage, and beside the party that it reaches.
    let right = match (layout.stacked, layout.cache) {
        (false, Some(cache)) if !database => way.right(layout).unwrap_or(cache.x - 5.0),
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

/// The text on a message: the request, or the reply.
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
    if let Some(error) = message.error {
        return word(error).to_owned();
    }
    if let Some(moved) = message.moved {
        let word = if moved.ask { "ASK" } else { "MOVED" };
        return format!("{word} {}", moved.slot);
    }
    match message.verb {
        Verb::Get if message.miss => "nothing".to_owned(),
        Verb::Get if message.stale => fit(&format!("stale {}", message.key), room) + &version,
        Verb::Get => fit(&format!("hit {}", message.key), room) + &version,
        Verb::Select => fit(&format!("row {}", message.key), room) + &version,
        Verb::Set if message.rejected => "not stored".to_owned(),
        Verb::Set | Verb::Delete | Verb::Update => "OK".to_owned(),
    }
}

/// An error as a reply says it.
const fn word(error: Failure) -> &'static str {
    match error {
        Failure::Timeout => "timeout",
        Failure::DatabaseDown => "refused: down",
        Failure::Overloaded => "refused: queue",
        Failure::CacheError => "error",
        Failure::OutOfMemory => "OOM: refused",
        Failure::TooLarge => "too large",
        Failure::Moved => "MOVED",
        Failure::Asked => "ASK",
        Failure::ClusterDown => "CLUSTERDOWN",
        Failure::ReadOnly => "READONLY",
        Failure::Loading => "LOADING",
        Failure::Throttled | Failure::CacheThrottled => "throttled",
        Failure::Restoring => "LOADING",
        Failure::LogBehind => "log behind",
    }
}
