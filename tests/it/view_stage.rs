//! The stage shows what the frame says: it is drawn as text, for every policy and every kind of event,
//! and read again.

use cache::units::Micros;
use cache::{PolicyKind, QueueAbout};
use cache_playground::view::{AnimatedTime, Follow, Picture, PictureProps};
use scenario::{DeploymentKind, FaultInput, RequestInput, ScenarioInput, Scene, VALUE_BYTES};
use sim::{Failure, Fault, Operation, Party, ReadPath, WritePath, Zone};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use support::scenarios::{lane, run, scenario};
use timeline::{
    CacheFrame, DatabaseFrame, Frame, LaneFrame, MessageFrame, NodeFrame, PhaseFrame, Role, Run,
};
use yew::{Callback, LocalServerRenderer};

/// The widths of a stage on a phone and in one of two lanes.
const WIDTHS: [u32; 2] = [338, 613];

/// A stage as text. Nothing in it waits for anything, so one poll after the other ends it.
fn drawn(props: PictureProps) -> Element {
    let renderer = LocalServerRenderer::<Picture>::with_props(props).hydratable(false);
    let mut drawing = pin!(renderer.render());
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(text) = drawing.as_mut().poll(&mut context) {
            return Element::parse(&text);
        }
    }
}

fn props(run: &Run, step: u32, lane: usize, width: u32) -> PictureProps {
    let frame = Rc::new(Frame::of(run, &run.seek(step)));
    PictureProps {
        lane,
        setup: run.scenario().lanes[lane].clone(),
        now: AnimatedTime::new(frame.at_us),
        frame,
        before: None,
        width,
        clients: 3,
        emptied: false,
        followed: None,
        on_press: Callback::noop(),
    }
}

/// An element with its attributes, its text and what is in it, in the order of the document.
#[derive(Debug, Default)]
struct Element {
    attributes: BTreeMap<String, String>,
    text: String,
    inside: Vec<Element>,
}

impl Element {
    fn parse(mut text: &str) -> Element {
        let mut open = vec![Element::default()];
        while let Some((before, rest)) = text.split_once('<') {
            for element in &mut open {
                element.text += &unescaped(before);
            }
            let (tag, rest) = rest.split_once('>').expect("a tag ends");
            text = rest;
            if tag.starts_with('/') {
                let done = open.pop().expect("what ends has begun");
                open.last_mut().expect("the root").inside.push(done);
            } else if !tag.starts_with('!') {
                open.push(Element::of(tag));
                if tag.ends_with('/') {
                    let done = open.pop().expect("just begun");
                    open.last_mut().expect("the root").inside.push(done);
                }
            }
        }
        assert_eq!(open.len(), 1, "every element ends");
        open.pop().expect("the root")
    }

    fn of(tag: &str) -> Element {
        let mut attributes = BTreeMap::new();
        let mut rest = tag;
        while let Some((name, value)) = rest.split_once("=\"") {
            let (value, after) = value.split_once('"').expect("a value ends");
            let name = name.rsplit(' ').next().expect("a name");
            attributes.insert(name.to_owned(), unescaped(value));
            rest = after;
        }
        Element {
            attributes,
            ..Element::default()
        }
    }

    fn all(&self, class: &str) -> Vec<&Element> {
        let mut found = Vec::new();
        for element in &self.inside {
            if element.has(class) {
                found.push(element);
            }
            found.extend(element.all(class));
        }
        found
    }

    fn has(&self, class: &str) -> bool {
        let classes = self.attributes.get("class").map(String::as_str);
        classes
            .unwrap_or_default()
            .split(' ')
            .any(|one| one == class)
    }

    fn words(&self, class: &str) -> String {
        let found = self.all(class);
        found.iter().map(|element| &*element.text).collect()
    }

    /// The place and the size of a rectangle.
    fn rect(&self) -> [f64; 4] {
        let number = |name| self.attribute(name).parse().expect("a number");
        ["x", "y", "width", "height"].map(number)
    }

    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// Where it is moved to, the line first: elements in this order are as they are read.
    fn place(&self) -> (i64, i64) {
        let moved = self.attribute("transform");
        let numbers = moved.trim_start_matches("translate(").trim_end_matches(')');
        let (x, y) = numbers.split_once(' ').expect("two numbers");
        let tenths = |text: &str| (text.parse::<f64>().expect("a number") * 10.0) as i64;
        (tenths(y), tenths(x))
    }
}

fn unescaped(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ];
    pairs
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The keys of elements as they are read, line by line.
fn keys<'a>(elements: &[&'a Element]) -> Vec<&'a str> {
    let mut placed: Vec<_> = elements
        .iter()
        .map(|element| (element.place(), element.attribute("data-key")))
        .collect();
    placed.sort_unstable();
    placed.into_iter().map(|(_, key)| key).collect()
}

/// A few keys used unevenly by three clients, read and written, with TTLs that end in between.
fn busy(policy: PolicyKind) -> ScenarioInput {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let requests = (0..70).map(|n| RequestInput {
        at_us: n * 2_600,
        client: 1 + (n % 3) as u32,
        op: if draw(5) == 0 {
            Operation::Write
        } else {
            Operation::Read
        },
        key: format!("user:{}", draw(12).min(draw(12))),
        ttl_us: None,
        value_bytes: VALUE_BYTES,
    });
    let mut lane = lane((ReadPath::CacheAside, WritePath::WriteAround));
    lane.strategy.ttl_us = Some(Micros(60_000));
    lane.cache.policy = policy;
    lane.cache.capacity = 4;
    lane.database.connections = 1;
    scenario(requests.collect(), vec![lane])
}

/// What an entry's mark reads as.
fn mark(policy: PolicyKind, mark: u32) -> String {
    let in_words = policy.about().mark;
    in_words.map_or(String::new(), |words| words(mark))
}

fn assert_entries(picture: &Element, cache: &CacheFrame) {
    let chips = picture.all("chip");
    assert_eq!(chips.len(), cache.entries.len());
    let full = cache.used == cache.capacity && cache.policy != PolicyKind::NoEviction;
    for entry in &cache.entries {
        let of_key = |chip: &&&Element| chip.attribute("data-key") == &*entry.key;
        let chip = chips.iter().find(of_key).expect("every entry has a chip");
        assert_eq!(chip.words("k"), &*entry.key);
        assert_eq!(chip.words("v"), format!("v{}", entry.version.0));
        assert_eq!(chip.has("stale"), entry.stale);
        let row = if entry.stale {
            format!("row v{}", entry.row_version.0)
        } else {
            String::new()
        };
        assert_eq!(chip.words("row-v"), row);
        assert_eq!(chip.has("expired"), entry.expired);
        assert_eq!(
            chip.words("expired-text"),
            if entry.expired { "expired" } else { "" }
        );
        let goes = full && cache.next_out() == Some(&entry.key);
        assert_eq!(chip.all("out").len(), usize::from(goes), "{}", entry.key);
        let shape = cache.shape.as_ref().expect("a cache has a shape");
        let members = shape
            .queues
            .iter()
            .filter(|queue| !queue.ghosts)
            .flat_map(|queue| &queue.members);
        let member = members
            .clone()
            .find(|member| member.key == entry.key)
            .expect("a queue has it");
        let words = member
            .mark
            .map(|it| mark(cache.policy, it))
            .unwrap_or_default();
        assert_eq!(chip.words("mark"), words);
        assert_eq!(
            chip.words("hand"),
            if shape.hand.as_ref() == Some(&entry.key) {
                "hand"
            } else {
                ""
            }
        );
    }
}

fn assert_order(picture: &Element, cache: &CacheFrame) {
    let shape = cache.shape.as_ref().expect("a cache has a shape");
    let queue = |name: &str| {
        shape
            .queues
            .iter()
            .find(|queue| queue.name == name)
            .expect("a queue of that name")
    };
    let mut expected: Vec<&str> = Vec::new();
    let queues = cache.policy.about().queues;
    for QueueAbout {
        name, ghosts, hard, ..
    } in queues
    {
        let queue = queue(name);
        let members = queue.members.iter().map(|member| &*member.key);
        if *ghosts {
            // On a phone three have room, and of more than those two and how many more.
            let at_least = match members.clone().count() {
                count @ 0..=3 => count,
                _ => 2,
            };
            let shown = keys(&picture.all("ghost"))
                .into_iter()
                .filter(|key| members.clone().any(|it| it == *key));
            assert!(shown.count() >= at_least, "{name}");
        } else {
            expected.extend(members);
        }
        if queues.len() > 1 {
            // These never hold more than their limit; to the others it is the share beyond which keys leave them.
            let count = match queue.limit {
                Some(limit) if *hard || *ghosts => format!("{name}{} of {limit}", queue.count),
                Some(limit) => format!("{name}{}, share {limit}", queue.count),
                None => format!("{name}{}", queue.count),
            };
            assert!(picture.text.contains(&count), "{count}");
        }
    }
    let shown = keys(&picture.all("chip"));
    match cache.policy {
        PolicyKind::Random | PolicyKind::NoEviction => {
            expected.sort_unstable_by_key(|key| (key.len(), *key))
        }
        // In a circle the hand comes first, at the upper left; the rest is beside and below it.
        PolicyKind::Clock => {
            assert_eq!(shown.first(), expected.last());
            return;
        }
        _ => {}
    }
    assert_eq!(shown, expected);
    let ghosts = shape
        .queues
        .iter()
        .filter(|queue| queue.ghosts)
        .map(|queue| queue.count)
        .sum::<u32>();
    assert!(picture.all("ghost").len() as u32 <= ghosts);
    let sampled: Vec<&str> = picture
        .all("sample")
        .iter()
        .map(|slip| slip.attribute("data-key"))
        .collect();
    let listed = shape
        .sample
        .iter()
        .map(|drawn| &*drawn.key)
        .take(sampled.len());
    assert!(sampled.iter().copied().eq(listed));
    assert_eq!(sampled.is_empty(), shape.sample.is_empty());
    let pool: Vec<&str> = picture
        .all("pool")
        .iter()
        .map(|slip| slip.attribute("data-key"))
        .collect();
    let best_first = shape
        .pool
        .iter()
        .rev()
        .map(|drawn| &*drawn.key)
        .take(pool.len());
    assert!(pool.iter().copied().eq(best_first));
    assert_eq!(pool.is_empty(), shape.pool.is_empty());
}

/// Without a pool there is the service's name, how many queries run or were throttled, and how far the partitions
/// are used.
fn assert_no_pool(picture: &Element, database: &DatabaseFrame) {
    let columns = picture.all("partition").len();
    assert_eq!(
        columns,
        2 * database
            .units
            .iter()
            .filter(|of| of.partition.is_some())
            .count()
    );
    if !database.exists() || database.connections > 0 {
        return;
    }
    assert!(picture.text.contains(database.name()));
    assert_eq!(picture.all("connection").len(), 0);
    let throttled = format!("{} throttled", database.throttled);
    assert_eq!(picture.text.contains(&throttled), database.throttled > 0);
    let running = format!("{} running", database.busy);
    assert!(picture.text.contains(&running) || database.throttled > 0);
    let words = picture.words("units");
    match database.hottest() {
        Some((units, reads)) => assert!(units.in_words(reads).contains(&words), "{words}"),
        None => assert!(picture.text.contains("no pool: queries begin at once")),
    }
}

/// A serverless cache says how far its rate and that of its busiest slot are used, as far as there is room what is
/// throttled, and another cache says nothing of it.
fn assert_rate(picture: &Element, cache: &CacheFrame) {
    let lines = picture.all("rate-words");
    let Some(rate) = &cache.serverless else {
        assert!(lines.is_empty() && picture.all("rate").is_empty());
        return;
    };
    let words: Vec<&str> = lines.iter().map(|line| line.text.trim()).collect();
    assert_eq!(words, [rate.of_cache(), rate.of_slot()]);
    assert_eq!(picture.all("rate").len(), 4);
    for news in picture.all("rate-news") {
        let news = news.text.trim();
        let grows = news.starts_with("more in ") && rate.grows_at_us.is_some();
        assert!(grows || news == rate.throttled_in_words(), "{news}");
    }
}

fn assert_rest(picture: &Element, lane: &LaneFrame) {
    let database = &lane.database;
    assert_rate(picture, &lane.cache);
    for row in picture.all("row") {
        let key = row.attribute("data-key");
        let in_frame = database
            .rows
            .iter()
            .find(|it| *it.key == *key)
            .expect("a row of the frame");
        let version = match in_frame.version.0 {
            0 => "none".to_owned(),
            version => format!("v{version}"),
        };
        assert_eq!(row.words("v"), version);
        assert_eq!(row.has("in-use"), in_frame.in_use);
    }
    let none = picture.words("no-database");
    let words = "No database:the cache holds the only copy.";
    assert_eq!(
        none.replace(": ", ":"),
        if database.exists() { "" } else { words }
    );
    let parts = picture.all("party-database").len() + picture.all("way-database").len();
    assert_eq!(parts, if database.exists() { 2 } else { 0 });
    let has_pool = database.connections > 0;
    let busy = format!("{} of {} busy", database.busy, database.connections);
    assert_eq!(picture.text.contains(&busy), has_pool);
    assert_no_pool(picture, database);
    if (1..=16).contains(&database.connections) {
        assert_eq!(picture.all("connection").len() as u32, database.connections);
        assert_eq!(picture.all("busy").len() as u32, database.busy);
    }
    let waiting = format!("{} wait", database.queued);
    assert_eq!(
        database.queued > 0,
        picture.text.contains(&waiting),
        "{waiting}"
    );
    assert_eq!(database.queued > 0, !picture.all("waiting").is_empty());
    let shown: BTreeSet<&str> = picture
        .all("request")
        .iter()
        .map(|it| it.attribute("data-request"))
        .collect();
    if let Some(told) = lane.shown_request() {
        assert!(shown.contains(&*told.id.to_string()));
        let others = lane.requests.iter().filter(|other| other.id != told.id);
        let lines = others.count().min(2);
        assert_eq!(shown.len(), 1 + lines, "three clients have a line each");
    }
    // So many can be told apart; more are counted.
    let of_database = |message: &&MessageFrame| message.verb.party() == Party::Database;
    let to_database = lane.messages.iter().filter(of_database).count();
    let counts = [lane.messages.len() - to_database, to_database];
    if lane.messages.len() <= 24 {
        assert_eq!(picture.all("pill").len(), lane.messages.len());
    } else {
        for count in counts.into_iter().filter(|&count| count > 0) {
            assert!(picture.text.contains(&format!("{count} in flight")));
        }
        let dots = picture.all("dots").into_iter();
        let drawn = dots.map(|path| path.attribute("d").matches('M').count());
        assert_eq!(drawn.sum::<usize>(), lane.messages.len());
    }
}

#[test]
fn every_policy_is_drawn_as_the_frame_has_it() {
    for policy in PolicyKind::ALL {
        let run = run(busy(policy));
        let last = run.step_count();
        let (mut stale, mut expired, mut special) = (0, 0, 0);
        for step in (0..=last).step_by(9).chain([last]) {
            for width in WIDTHS {
                let props = props(&run, step, 0, width);
                let lane = props.frame.lanes[0].clone();
                let picture = drawn(props);
                assert_entries(&picture, &lane.cache);
                assert_order(&picture, &lane.cache);
                assert_rest(&picture, &lane);
                stale += picture.all("stale").len();
                expired += picture.all("expired").len();
                special += picture.all("ghost").len()
                    + picture.all("pool").len()
                    + picture.all("hand").len();
            }
        }
        // The tests above would pass on a run in which nothing happens.
        assert!(stale > 0 && expired > 0, "{}", policy.name());
        let about = policy.about();
        let has_ghosts = about.queues.iter().any(|queue| queue.ghosts);
        let has_more = has_ghosts || about.hand || about.compares.is_some();
        assert_eq!(special > 0, has_more, "{}", policy.name());
    }
}

/// The stage does not change its height during a run, whatever is in the queues.
#[test]
fn no_policy_moves_the_stage() {
    for policy in PolicyKind::ALL {
        let run = run(busy(policy));
        for width in WIDTHS {
            let sizes: BTreeSet<String> = (0..=run.step_count())
                .step_by(23)
                .map(|step| {
                    let picture = drawn(props(&run, step, 0, width));
                    picture.all("stage")[0].attribute("viewBox").to_owned()
                })
                .collect();
            assert_eq!(sizes.len(), 1, "{}: {sizes:?}", policy.name());
        }
    }
}

#[test]
fn every_kind_of_event_can_be_drawn() {
    let mut seen = BTreeSet::new();
    let mut words = BTreeSet::new();
    for (name, scenario) in support::golden::scenarios() {
        if name.starts_with("matrix/") && !name.starts_with("matrix/lru/") {
            continue;
        }
        let run = Run::new(Rc::new(scenario));
        for step in 1..=run.step_count().min(900) {
            let events = run.events_at(step);
            let kinds = events
                .iter()
                .map(|logged| (logged.event.kind.name(), logged.lane));
            let new: Vec<_> = kinds.filter(|&(kind, _)| seen.insert(kind)).collect();
            let frame = Frame::of(&run, &run.seek(step));
            for (lane, of_lane) in frame.lanes.iter().enumerate() {
                // Everything of interest that a lane can be in, once.
                // (Of dots only the colour tells.)
                let told_apart = of_lane
                    .messages
                    .iter()
                    .filter(|_| of_lane.messages.len() <= 24);
                let errors = told_apart.filter_map(|message| message.error);
                let mut states: Vec<String> = errors.map(|error| format!("{error:?}")).collect();
                let rejected = of_lane.messages.iter().any(|message| message.rejected);
                states.extend(rejected.then(|| "rejected".to_owned()));
                let lost = of_lane
                    .requests
                    .iter()
                    .any(|request| request.phase == PhaseFrame::Lost);
                let faults = of_lane.faults;
                states.extend(lost.then(|| "lost".to_owned()));
                states.extend((faults.cache_cut || faults.database_cut).then(|| "cut".to_owned()));
                // A lane without a database has none of these.
                let faults_of = of_lane.database.exists().then_some(faults);
                states.extend(
                    faults_of
                        .filter(|faults| faults.database_down)
                        .map(|_| "down".to_owned()),
                );
                states.extend(
                    faults_of
                        .filter(|faults| faults.database_slow)
                        .map(|_| "slow".to_owned()),
                );
                states.retain(|state| words.insert(state.clone()));
                let told = new.iter().any(|&(_, of)| usize::from(of) == lane);
                if told || !states.is_empty() {
                    for width in WIDTHS {
                        let picture = drawn(props(&run, step, lane, width));
                        assert_rest(&picture, of_lane);
                        for state in &states {
                            assert_shown(&picture, state, of_lane);
                        }
                    }
                }
            }
        }
    }
    assert_eq!(seen.len(), 36, "all kinds: {seen:?}");
    for state in [
        "lost",
        "cut",
        "down",
        "slow",
        "DatabaseDown",
        "Throttled",
        "CacheThrottled",
        "ClusterDown",
        "rejected",
    ] {
        assert!(words.contains(state), "{state} in {words:?}");
    }
}

fn assert_shown(picture: &Element, state: &str, lane: &LaneFrame) {
    let error = |word: &str| {
        picture
            .all("pill-error")
            .iter()
            .any(|pill| pill.text.contains(word))
    };
    let shown = match state {
        "lost" => picture
            .all("lost")
            .iter()
            .any(|lost| lost.text.contains("lost")),
        "cut" => {
            picture.all("break").len()
                == usize::from(lane.faults.cache_cut && lane.cache.exists())
                    + usize::from(lane.faults.database_cut && lane.database.exists())
                && picture.words("badge").contains("cut off")
        }
        "rejected" => picture
            .all("pill-reject")
            .iter()
            .any(|pill| pill.text.contains("not stored")),
        "down" | "slow" => picture.words("badge").contains(state),
        _ if state == format!("{:?}", Failure::DatabaseDown) => error("refused: down"),
        _ if state == format!("{:?}", Failure::Overloaded) => error("refused: queue"),
        _ if state == format!("{:?}", Failure::Restoring) => error("LOADING"),
        _ if state == format!("{:?}", Failure::LogBehind) => error("log behind"),
        _ if state == format!("{:?}", Failure::Throttled)
            || state == format!("{:?}", Failure::CacheThrottled) =>
        {
            error("throttled")
        }
        _ if state == format!("{:?}", Failure::ClusterDown) => error("CLUSTERDOWN"),
        _ if state == format!("{:?}", Failure::ReadOnly) => error("READONLY"),
        _ if state == format!("{:?}", Failure::Loading) => error("LOADING"),
        _ if state == format!("{:?}", Failure::OutOfMemory) => error("OOM"),
        _ if state == format!("{:?}", Failure::CacheError) => error("error"),
        _ if state == format!("{:?}", Failure::TooLarge) => error("too large"),
        _ => false,
    };
    assert!(shown, "{state}");
}

#[test]
fn what_is_followed_is_marked() {
    let run = run(busy(PolicyKind::Lru));
    let step = run.step_count() / 2;
    for width in WIDTHS {
        let bare = props(&run, step, 0, width);
        let lane = bare.frame.lanes[0].clone();
        let key = lane.cache.entries[0].key.clone();
        assert!(drawn(bare).all("followed").is_empty());
        let mut of_key = props(&run, step, 0, width);
        of_key.followed = Some(Follow::Key(key.clone()));
        let picture = drawn(of_key);
        let followed = picture.all("followed");
        assert!(
            !followed.is_empty() && followed.iter().all(|it| it.attribute("data-key") == &*key)
        );
        let request = lane.shown_request().expect("one has begun").id;
        let mut of_request = props(&run, step, 0, width);
        of_request.followed = Some(Follow::Request(request));
        let picture = drawn(of_request);
        let followed = picture.all("followed");
        assert!(!followed.is_empty());
        assert!(
            followed
                .iter()
                .all(|it| it.attribute("data-request") == request.to_string())
        );
    }
}

/// Where there is room, the lines of the rate end with what was throttled and when the cache supports more.
#[test]
fn a_rate_tells_what_it_throttles_and_when_it_grows() {
    let run = run(Scene::named("spike-serverless")
        .expect("a scene")
        .scenario());
    let throttles = |step: &u32| {
        let events = run.events_at(*step);
        let mut kinds = events.iter().map(|logged| logged.event.kind.name());
        kinds.any(|kind| kind == "throttle")
    };
    let step = (1..=run.step_count())
        .find(throttles)
        .expect("it throttles");
    let picture = drawn(props(&run, step, 0, 613));
    let news: Vec<&str> = picture
        .all("rate-news")
        .iter()
        .map(|of| of.text.trim())
        .collect();
    assert_eq!(news, ["1 throttled", "more in 1.5 s"]);
    let last = drawn(props(&run, run.step_count(), 0, 613));
    let throttled = props(&run, run.step_count(), 0, 613).frame.lanes[0]
        .metrics
        .throttled_commands;
    assert_eq!(
        last.words("rate-news").trim(),
        format!("{throttled} throttled")
    );
}

/// Each of several nodes shows its slots, how full it is and its first entries; a node that leaves is seen to.
#[test]
fn several_nodes_are_drawn_as_the_frame_has_them() {
    for (name, step_of) in [("moved", 3), ("lost-memcached-node", 1)] {
        let scene = Scene::named(name).expect("a scene").scenario();
        let run = run(scene);
        for step in (0..=run.step_count()).step_by(37) {
            for width in WIDTHS {
                let props = props(&run, step, step_of % run.scenario().lanes.len(), width);
                let lane = props.frame.lanes[props.lane].clone();
                let picture = drawn(props);
                let boxes = picture.all("node-box");
                assert_eq!(boxes.len(), lane.nodes.len());
                for (node, drawn) in lane.nodes.iter().zip(boxes) {
                    assert_eq!(drawn.attribute("data-node"), node.id.to_string());
                    assert_eq!(drawn.has("unused"), !node.in_use);
                    let words = picture.words("nodes");
                    for told in [node.name(), node.slots_in_words(), node.state()] {
                        assert!(words.contains(&told), "{told} in {words}");
                    }
                }
                let drawn = picture.all("chip");
                let shown = keys(&drawn);
                for node in &lane.nodes {
                    let held = node.cache.entries.iter().map(|entry| &*entry.key);
                    let seen = held.filter(|key| shown.contains(key)).count();
                    assert!(
                        seen >= node.cache.entries.len().min(2),
                        "{shown:?} of {node:?}"
                    );
                }
                for message in &lane.messages {
                    if let Some(moved) = message.moved {
                        let pills = picture.all("pill-moved");
                        let says = format!("MOVED {}", moved.slot);
                        assert!(pills.iter().any(|pill| pill.text.contains(&says)));
                    }
                }
            }
        }
    }
}

/// Each zone is a row with the nodes that the frame has in it. It goes dark when none of them can be reached, and no box
/// moves, whatever happens.
#[test]
fn each_zone_is_a_row_that_goes_dark() {
    for (shards, replicas) in [(1, 1), (1, 4), (2, 1), (3, 1), (3, 2)] {
        let mut input = busy(PolicyKind::Lru);
        let deployment = &mut input.lanes[0].cache.deployment;
        deployment.kind = DeploymentKind::Cluster;
        (deployment.shards, deployment.replicas) = (shards, replicas);
        input.faults.push(FaultInput {
            at_us: 90_000,
            fault: Fault::StopCacheNode,
            lane: None,
            node: None,
            zone: Some(Zone::B),
        });
        let run = run(input);
        for width in WIDTHS {
            let mut stood = Vec::new();
            let mut reached = 0;
            for step in 0..=run.step_count() {
                let props = props(&run, step, 0, width);
                let lane = props.frame.lanes[0].clone();
                let picture = drawn(props);
                let (rows, boxes) = (picture.all("zone-row"), picture.all("node-box"));
                assert_eq!(boxes.len(), lane.nodes.len());
                for row in &rows {
                    let zone = row.attribute("data-zone");
                    let here =
                        |node: &&NodeFrame| node.zone.map(String::from).as_deref() == Some(zone);
                    let down = lane.nodes.iter().filter(here).all(|node| !node.reachable);
                    assert_eq!(row.has("dark"), down, "zone {zone}");
                    assert_eq!(
                        row.attribute("aria-label").ends_with("no node answers"),
                        down
                    );
                    for (node, of) in lane.nodes.iter().zip(&boxes) {
                        assert_eq!(here(&node), within(of, row), "node {} in {zone}", node.id);
                        assert_eq!(of.has("primary"), node.role == Role::Primary);
                        assert_eq!(of.has("replica"), node.role == Role::Replica);
                    }
                }
                let now: Vec<[f64; 4]> = rows.iter().chain(&boxes).map(|of| of.rect()).collect();
                assert!(stood.is_empty() || stood == now, "something moved");
                stood = now;
                let inside = picture.all("inside");
                for way in inside.iter().filter(|way| way.has("lit")) {
                    let end = way.attribute("d").rsplit('L').next().expect("its end");
                    let end: Vec<f64> = end
                        .split(' ')
                        .map(|at| at.parse().expect("a number"))
                        .collect();
                    let asked = picture.all("asked");
                    let asked = asked
                        .iter()
                        .find(|of| of.has("node-box"))
                        .expect("it is asked");
                    let [x, y, w, h] = asked.rect();
                    assert!((x..=x + w).contains(&end[0]) && (y..=y + h).contains(&end[1]));
                    reached += 1;
                }
            }
            let beside = width == WIDTHS[1];
            assert_eq!(reached > 0, beside, "ways are drawn beside the application");
        }
    }
}

/// Whether a rectangle is inside another one.
fn within(inner: &Element, outer: &Element) -> bool {
    let ([x, y, w, h], [left, top, width, height]) = (inner.rect(), outer.rect());
    x >= left && y >= top && x + w <= left + width && y + h <= top + height
}

#[test]
fn a_node_that_has_just_lost_everything_says_so() {
    let run = run(busy(PolicyKind::Lru));
    let mut props = props(&run, 30, 0, 613);
    props.emptied = true;
    assert!(drawn(props).text.contains("just emptied"));
}

/// A large cache is drawn as cells, of which there are as many as entries that have room.
#[test]
fn a_large_cache_is_drawn_as_cells() {
    for (policy, capacity) in [
        (PolicyKind::Lru, 60),
        (PolicyKind::Sieve, 100),
        (PolicyKind::Arc, 40),
    ] {
        let mut input = busy(policy);
        input.lanes[0].cache.capacity = capacity;
        let run = run(input);
        for width in WIDTHS {
            let props = props(&run, run.step_count() * 2 / 3, 0, width);
            let cache = props.frame.lanes[0].cache.clone();
            let picture = drawn(props);
            assert!(picture.all("chip").is_empty());
            let of_class = |class: &str| {
                let cells = picture.all("cells");
                let paths = cells.iter().flat_map(|cells| cells.all(class));
                paths
                    .map(|path| path.attribute("d").matches('M').count())
                    .sum::<usize>()
            };
            let count = |of: &dyn Fn(bool, bool) -> bool| {
                cache
                    .entries
                    .iter()
                    .filter(|entry| of(entry.stale, entry.expired))
                    .count()
            };
            assert_eq!(of_class("cell-expired"), count(&|_, expired| expired));
            assert_eq!(
                of_class("cell-stale"),
                count(&|stale, expired| stale && !expired)
            );
            assert_eq!(
                of_class("cell-fresh"),
                count(&|stale, expired| !stale && !expired)
            );
        }
    }
}
