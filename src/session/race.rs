//! What race mode says of a run whose moves a person makes: who can move, whether the goal is reached, and
//! what a defence did about it.

use scenario::{CLIENTS_MAX, DEFENCES, Defence, Goal, Race, Scenario, WorkloadInput};
use sim::{Broken, EventKind, Operation, Rejection, Turn, Verb, World, WritePath};
use timeline::{Frame, LoggedEvent, Run, Unit, duration, sentence};

/// The most steps searched for what a defence did: more than any race has.
const LOOKED_AT_MAX: u32 = 2_000;

/// What a client's next move does in one lane, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Next {
    /// It executes this line of pseudocode.
    Line(String),
    /// Nothing, for this reason.
    Cannot(String),
}

/// A client and what its next move does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientTurn {
    /// Its number.
    pub client: u32,
    /// Its present or next request: `reads user:7`; `None` once all are over.
    pub does: Option<String>,
    /// Its next move in each lane.
    pub next: Vec<Next>,
}

impl ClientTurn {
    /// Whether it can move in any lane.
    pub fn can_move(&self) -> bool {
        self.next.iter().any(|next| matches!(next, Next::Line(_)))
    }
}

/// The clients of a scenario, in order.
pub fn clients(scenario: &Scenario) -> Vec<u32> {
    let of = &scenario.workload;
    let most = match &scenario.input.workload {
        WorkloadInput::Script(_) => CLIENTS_MAX,
        WorkloadInput::Generated(settings) => settings.clients,
    };
    (1..=most).filter(|&client| of.has_client(client)).collect()
}

/// A client without requests, whose move lets a second pass. `None` if every number is taken.
pub fn nobody(scenario: &Scenario) -> Option<u32> {
    let of = &scenario.workload;
    // The races' own moves name the ninth.
    let mut numbers = (9..=CLIENTS_MAX).chain(1..9);
    numbers.find(|&client| !of.has_client(client))
}

/// What each client's next move does at a step.
pub fn turns(run: &Run, step: u32) -> Vec<ClientTurn> {
    let scenario = run.scenario();
    let moment = run.seek(step);
    let turn = |client: u32| {
        let turns = moment.lanes.iter().map(|world| (world, world.turn(client)));
        let request = turns.clone().find_map(|(_, turn)| request_of(turn));
        ClientTurn {
            client,
            does: request.map(|number| {
                let verb = match scenario.workload.operation(number) {
                    Operation::Read => "reads",
                    Operation::Write => "writes",
                };
                let key = scenario.workload.request(number).key;
                format!("{verb} {}", scenario.workload.key_name(key))
            }),
            next: turns
                .map(|(world, turn)| next(scenario, world, turn))
                .collect(),
        }
    };
    clients(scenario).into_iter().map(turn).collect()
}

fn request_of(turn: Turn) -> Option<u32> {
    match turn {
        Turn::Executes { request, .. }
        | Turn::Sleeps { request, .. }
        | Turn::Joins { request, .. }
        | Turn::Travels { request } => Some(request),
        Turn::Finished => None,
    }
}

fn next(scenario: &Scenario, world: &World, turn: Turn) -> Next {
    match turn {
        Turn::Executes { request, line } => {
            let operation = scenario.workload.operation(request);
            let lines = &world.setup().procedures.of(operation).lines;
            let line = lines.get(line as usize);
            let mut code = line.map_or("", |line| line.code.trim()).to_owned();
            // The version in hand is what a race is about.
            let stores = line.is_some_and(|line| line.instruction.verb() == Some(Verb::Set));
            let of = world
                .active()
                .into_iter()
                .find(|active| active.number == request);
            let held = of.and_then(|active| active.version).filter(|_| stores);
            if let Some(version) = held {
                code = code.replace("value", &format!("v{}", version.0));
            }
            Next::Line(code)
        }
        Turn::Sleeps { until, .. } => Next::Cannot(format!("sleeps until {}", duration(until))),
        Turn::Joins { load_of, .. } => Next::Cannot(format!("waits for request {}", load_of + 1)),
        Turn::Travels { .. } => Next::Cannot("waits for an answer".to_owned()),
        Turn::Finished => Next::Cannot("has finished".to_owned()),
    }
}

/// What to bring about, in words.
pub fn goal(scenario: &Scenario) -> &'static str {
    match Race::of(&scenario.input).map(|race| race.goal) {
        Some(Goal::UnboundedStaleness) => "Make the cache serve stale data for good.",
        Some(Goal::LostWrite) => "Lose a write that its client believes is done.",
        None => "Break a promise: make the cache serve stale data for good, or lose a write.",
    }
}

/// What can be switched on in a scenario.
pub fn defences(scenario: &Scenario) -> &'static [Defence] {
    Race::of(&scenario.input).map_or(DEFENCES, |race| &race.defences)
}

/// A promise that was broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reached {
    /// The step at which it was broken.
    pub step: u32,
    /// The monitor's sentence.
    pub text: String,
    /// The step that caused it, if it was an earlier one.
    pub cause: Option<u32>,
}

/// The first promise that a lane has broken by a step.
pub fn reached(run: &Run, lane: usize, step: u32) -> Option<Reached> {
    if run.seek(step).lanes[lane].metrics().violations == 0 {
        return None;
    }
    let broken = |logged: &LoggedEvent| match logged.event.kind {
        EventKind::Violation { promise } => Some(promise),
        _ => None,
    };
    let (at, logged) = find(run, lane, step, Unit::Error, |logged| {
        broken(logged).is_some()
    })?;
    let cause = match broken(&logged)? {
        Broken::BoundedStaleness { since } => run.step_before(since.at),
        Broken::Durability { .. } => at,
    };
    Some(Reached {
        step: at,
        text: sentence(run.scenario(), &logged).text(),
        cause: (cause < at).then_some(cause),
    })
}

/// What kept a lane's promise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// The step at which it happened.
    pub step: u32,
    /// The sentence of what happened.
    pub text: String,
}

/// The latest event by a step in which a lane's defences did their work: a SET that was refused, a delete,
/// an expiry.
pub fn kept(run: &Run, lane: usize, step: u32) -> Option<Kept> {
    let scenario = run.scenario();
    let strategy = &scenario.lanes[lane].strategy;
    let on: Vec<Defence> = defences(scenario)
        .iter()
        .copied()
        .filter(|defence| defence.is_on(strategy))
        .collect();
    if on.is_empty() {
        return None;
    }
    // A delete after its request's answer is the second one.
    let mut answered = Vec::new();
    let mut kept = None;
    for at in 1..=step.min(LOOKED_AT_MAX) {
        let events = run.events_at(at);
        for logged in events.iter().filter(|of| usize::from(of.lane) == lane) {
            let kind = &logged.event.kind;
            if let EventKind::Reply { .. } = kind {
                answered.push(logged.event.request);
            }
            let is_late = answered.contains(&logged.event.request);
            if on.iter().any(|of| is_work_of(*of, kind, is_late)) {
                let text = sentence(scenario, logged).text();
                kept = Some(Kept { step: at, text });
            }
        }
    }
    kept
}

/// What the moves have come to in a lane, as the rest of a sentence that begins with them. It is judged at
/// the end of the moves, wherever the playhead is.
pub fn verdict(run: &Run, lane: usize) -> String {
    let last = run.step_count();
    if let Some(reached) = reached(run, lane, last) {
        return format!(
            "still reach the goal at step {}: {}",
            reached.step, reached.text
        );
    }
    let moment = run.seek(last);
    let frame = Frame::of(run, &moment);
    let copy = frame.lanes[lane].cache.entries.first();
    if let Some(copy) = copy.filter(|copy| copy.stale) {
        let end = match copy.expires_at_us {
            Some(at) if at > moment.at => {
                format!("it expires in {}", duration(at.since(moment.at)))
            }
            Some(_) => "it has expired".to_owned(),
            None => "a delete of it is still to come".to_owned(),
        };
        return format!(
            "do not reach the goal: {} v{} is older than the row, but {end}.",
            copy.key, copy.version.0
        );
    }
    let ends = match copy {
        Some(copy) => format!("The copy is up to date: {} v{}.", copy.key, copy.version.0),
        None => "No copy is left.".to_owned(),
    };
    match kept(run, lane, last) {
        Some(kept) => format!(
            "do not reach the goal. Step {}: {} {ends}",
            kept.step, kept.text
        ),
        None => format!("do not reach the goal. {ends}"),
    }
}

/// Whether a defence caused an event, which is late if its request was answered before.
fn is_work_of(defence: Defence, kind: &EventKind, is_late: bool) -> bool {
    match (defence, kind) {
        (Defence::Lease(_), EventKind::Reject { why, .. }) => *why == Rejection::LeaseVoid,
        (Defence::VersionCheck, EventKind::Reject { why, .. }) => {
            matches!(why, Rejection::Newer(_))
        }
        (Defence::DoubleDelete(_), EventKind::Delete { from_log, .. }) => is_late && !from_log,
        (Defence::CommitLog(_), EventKind::Delete { from_log, .. }) => *from_log,
        (Defence::Ttl(_), EventKind::Expire { .. }) => true,
        (Defence::Ttl(_), EventKind::Stale { expires_at, .. }) => expires_at.is_some(),
        (Defence::Path { with, .. }, EventKind::Delete { found, .. }) => {
            with == WritePath::Invalidate && *found
        }
        (Defence::Path { with, .. }, EventKind::Write { .. }) => with == WritePath::WriteThrough,
        _ => false,
    }
}

/// The first event of a kind in a lane that fits, up to a step.
fn find(
    run: &Run,
    lane: usize,
    last: u32,
    unit: Unit,
    fits: impl Fn(&LoggedEvent) -> bool,
) -> Option<(u32, LoggedEvent)> {
    let mut step = 0;
    loop {
        let (next, missing) = run.find(step, unit, true, 1);
        step = next.filter(|&next| missing == 0 && next <= last)?;
        let events = run.events_at(step);
        let of_lane = events
            .iter()
            .find(|logged| usize::from(logged.lane) == lane && fits(logged));
        if let Some(logged) = of_lane {
            return Some((step, *logged));
        }
    }
}

/// A defence's name on its switch.
pub fn title(defence: Defence) -> String {
    match defence {
        Defence::Lease(_) => "Lease".to_owned(),
        Defence::VersionCheck => "Version check".to_owned(),
        Defence::DoubleDelete(span) => format!("Delete again after {}", duration(span)),
        Defence::CommitLog(_) => "Commit log deletes".to_owned(),
        Defence::Ttl(span) => format!("TTL of {}", duration(span)),
        Defence::Path { with, .. } => match with {
            WritePath::Invalidate => "Row first, then delete".to_owned(),
            _ => "Row first, then cache".to_owned(),
        },
    }
}

/// What a defence does, in a clause.
pub fn rule(defence: Defence) -> &'static str {
    match defence {
        Defence::Lease(_) => {
            "a miss gives a lease, a delete cancels it, and a SET without one is refused"
        }
        Defence::VersionCheck => "the cache refuses to overwrite a newer version",
        Defence::DoubleDelete(_) => "the writer deletes the key a second time, later",
        Defence::CommitLog(_) => {
            "a change-data-capture job deletes each written key, retrying until it succeeds"
        }
        Defence::Ttl(_) => "a copy expires after this long, stale or not",
        Defence::Path { with, .. } => match with {
            WritePath::Invalidate => "the row is written, and then the copy is deleted",
            _ => "the row is written before the cache has the new value",
        },
    }
}
