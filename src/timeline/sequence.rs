//! One request as a sequence diagram: who told whom what, when it left and arrived, and where the time
//! between went. Plain data, made from the events of the run: the view draws it.
//!
//! The log says when a message left and when somebody was done with it. How long it was on the wire, and
//! how long the cache's engine worked, are draws of the request alone ([`LaneSetup::round_trip`]), so
//! nothing has to be executed again to know them.

use super::duration::duration;
use super::explain::sentence;
use super::log::LoggedEvent;
use super::run::Run;
use crate::sim::{
    EventKind, Failure, LaneSetup, Operation, Outcome, Party, ReadPath, Refused, Verb, Waiting,
    way_out,
};
use crate::units::{Micros, Version};

/// So many events are looked through for a request's.
const EVENTS_MAX: usize = 1 << 13;

/// Who takes part: a line of the diagram.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lifeline {
    /// The client, whose request it is.
    Client,
    /// The application.
    App,
    /// The cache node.
    Cache,
    /// The database.
    Database,
}

impl Lifeline {
    /// All of them, in the order in which they stand.
    pub const ALL: [Lifeline; 4] = [
        Lifeline::Client,
        Lifeline::App,
        Lifeline::Cache,
        Lifeline::Database,
    ];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Lifeline::Client => "client",
            Lifeline::App => "app",
            Lifeline::Cache => "cache",
            Lifeline::Database => "database",
        }
    }
}

impl From<Party> for Lifeline {
    fn from(party: Party) -> Self {
        match party {
            Party::App => Lifeline::App,
            Party::Cache => Lifeline::Cache,
            Party::Database => Lifeline::Database,
        }
    }
}

/// A message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrow {
    /// Who sent it.
    pub from: Lifeline,
    /// Who gets it, or would have got it.
    pub to: Lifeline,
    /// What it carries, in a word or three.
    pub label: String,
    /// The command that it is or answers; `None` between client and application.
    pub verb: Option<Verb>,
    /// The version of the value it carries, if any.
    pub version: Option<Version>,
    /// When it left.
    pub departed_at: Micros,
    /// When it arrived; where it is lost, when it was.
    pub arrives_at: Micros,
    /// Whether it is lost.
    pub lost: bool,
    /// Whether it says that something went wrong.
    pub error: bool,
    /// The trip it belongs to, from 1; 0 for what the application does not wait for.
    pub trip: u32,
    /// The step that shows it, and …
    pub step: u32,
    /// … what is said there.
    pub said: String,
}

/// What somebody does for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doing {
    /// Works on the request.
    Works,
    /// Has the request wait, or waits itself.
    Waits,
}

/// A stretch of time on a lifeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// Whose.
    pub at: Lifeline,
    /// What is done.
    pub doing: Doing,
    /// The same in words, with what it waits for.
    pub label: String,
    /// Since when.
    pub from: Micros,
    /// Until when.
    pub until: Micros,
    /// The trip it belongs to, from 1; 0 if it is the application's own.
    pub trip: u32,
    /// The step at which it ends.
    pub step: u32,
}

/// A request in one lane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sequence {
    /// The request, from 1.
    pub request: u32,
    /// The lane, from 0.
    pub lane: usize,
    /// When it reached the application.
    pub began_at: Micros,
    /// When its client got an answer, if that is known.
    pub answered_at: Option<Micros>,
    /// The end of the last thing that is known of it.
    pub ends_at: Micros,
    /// The messages, in the order in which they left.
    pub arrows: Vec<Arrow>,
    /// Where the time between them went, in the order in which it ended.
    pub spans: Vec<Span>,
    /// Whether that is all: a request that goes on for very long is not looked at to its end.
    pub complete: bool,
}

impl Sequence {
    /// A request, by its number from 1, in each lane that it has reached. Simulates on until it is
    /// over; what comes much later is left out.
    pub fn of(run: &Run, request: u32) -> Vec<Sequence> {
        let first = request
            .checked_sub(1)
            .filter(|&number| number < run.scenario().workload.len())
            .and_then(|number| run.step_of_request(number));
        let Some(first) = first else {
            return Vec::new();
        };
        let lanes = run.scenario().lanes.iter().enumerate();
        let mut drafts: Vec<Draft> = lanes
            .map(|(lane, setup)| Draft::new(run, setup, lane, request))
            .collect();
        let (mut step, mut seen) = (first, 0);
        while seen < EVENTS_MAX && drafts.iter().any(|draft| !draft.is_over()) && run.reach(step) {
            let events = run.events_at(step);
            seen += events.len();
            let of_request = |logged: &&LoggedEvent| logged.event.request == Some(request - 1);
            for logged in events.iter().filter(of_request) {
                drafts[usize::from(logged.lane)].hear(step, logged);
            }
            step += 1;
        }
        let ended = !run.reach(step);
        let begun = drafts
            .into_iter()
            .filter(|draft| !draft.sequence.arrows.is_empty());
        begun
            .map(|draft| Sequence {
                complete: draft.is_over() || ended,
                ..draft.sequence
            })
            .collect()
    }

    /// How long the client waited; `None` where no answer is known.
    pub fn latency(&self) -> Option<Micros> {
        Some(self.answered_at?.since(self.began_at))
    }
}

/// A trip to the cache or the database that has begun.
struct Trip {
    verb: Verb,
    sent_at: Micros,
    round_trip: Micros,
    /// How many trips to the same party came before.
    earlier: u32,
    /// The message out, as a place among the arrows.
    out: usize,
    /// The reply, once it has left.
    back: Option<usize>,
    /// Since when the query waits for a connection, or runs.
    queued_at: Option<Micros>,
    queried_at: Option<Micros>,
}

/// Something that the application itself waits for.
struct Idle {
    since: Micros,
    /// In words, before and after how long it takes.
    words: (&'static str, String),
}

/// A sequence in the making.
struct Draft<'a> {
    run: &'a Run,
    setup: &'a LaneSetup,
    sequence: Sequence,
    key: String,
    trips: u32,
    cache_trips: u32,
    database_trips: u32,
    trip: Option<Trip>,
    idle: Option<Idle>,
    /// The version that the request has in hand.
    version: Option<Version>,
    /// When its write was committed, while the commit log has yet to delete the copy.
    logged_at: Option<Micros>,
    /// Whether it has begun something since it was last at an end.
    busy: bool,
    finished: bool,
}

impl<'a> Draft<'a> {
    fn new(run: &'a Run, setup: &'a LaneSetup, lane: usize, request: u32) -> Self {
        Draft {
            run,
            setup,
            sequence: Sequence {
                request,
                lane,
                began_at: Micros::ZERO,
                answered_at: None,
                ends_at: Micros::ZERO,
                arrows: Vec::new(),
                spans: Vec::new(),
                complete: false,
            },
            key: String::new(),
            trips: 0,
            cache_trips: 0,
            database_trips: 0,
            trip: None,
            idle: None,
            version: None,
            logged_at: None,
            busy: false,
            finished: false,
        }
    }

    /// Whether nothing more of it is to come: it has its answer and has begun nothing since, which it
    /// would have done at the instant of the answer.
    fn is_over(&self) -> bool {
        let answered = self.sequence.answered_at.is_some();
        (self.finished || (answered && !self.busy)) && self.logged_at.is_none()
    }

    fn hear(&mut self, step: u32, logged: &LoggedEvent) {
        let at = logged.event.at;
        self.sequence.ends_at = self.sequence.ends_at.max(at);
        match logged.event.kind {
            EventKind::Request { operation, .. } => self.begin(operation, step, logged),
            EventKind::Send { verb } => self.send(verb, step, logged),
            EventKind::Queue { .. } => {
                if let Some(trip) = &mut self.trip {
                    trip.queued_at = Some(at);
                }
            }
            EventKind::Query { .. } => self.query(step, at),
            EventKind::Hit { value, .. } => {
                self.version = Some(value.version);
                let label = version_label(value.version);
                self.reply(label, Some(value.version), step, logged);
            }
            EventKind::Stale { .. } => self.amend(", stale", logged),
            EventKind::Miss { .. } => self.reply("nothing".to_owned(), None, step, logged),
            EventKind::Fill { value, .. } => {
                self.version = Some(value.version);
                self.reply("stored".to_owned(), None, step, logged);
            }
            EventKind::Reject { .. } => self.reply("not stored".to_owned(), None, step, logged),
            EventKind::Enqueue { .. } => self.amend(", queued", logged),
            EventKind::Delete { from_log: true, .. } => self.delete_by_log(false, step, logged),
            // A SET that is refused for its size takes what was there with it: no answer to a DELETE.
            EventKind::Delete { found, .. } if self.asks(Verb::Delete) => {
                let label = if found { "deleted" } else { "was not there" };
                self.reply(label.to_owned(), None, step, logged);
            }
            EventKind::Read { version, .. } => {
                self.version = Some(version);
                let label = match version {
                    Version(0) => "no row".to_owned(),
                    version => format!("row {}", version_label(version)),
                };
                self.end_query(step, at);
                self.reply(label, Some(version), step, logged);
            }
            EventKind::Write { version, .. } => {
                self.version = Some(version);
                let strategy = &self.setup.strategy;
                let cached = strategy.read != ReadPath::NoCache;
                if cached && strategy.defences.commit_log_us.is_some() {
                    self.logged_at = Some(at);
                }
                self.end_query(step, at);
                let label = format!("wrote {}", version_label(version));
                self.reply(label, None, step, logged);
            }
            EventKind::Refuse { at: place } => {
                match place {
                    Refused::Executing => self.end_query(step, at),
                    Refused::Waiting => self.end_queue(step, at),
                    Refused::Arriving => {}
                }
                self.reply("refused".to_owned(), None, step, logged);
                self.blame();
            }
            EventKind::Fail { verb, failure } => self.fail(verb, failure, step, logged),
            EventKind::Wait { why } => {
                self.end_idle(step, at);
                let words = match why {
                    Waiting::Lease { .. } => ("sleeps", " for want of a lease".to_owned()),
                    Waiting::Load { request } => ("waits", format!(" for request {}", request + 1)),
                    Waiting::Delay { .. } => ("sleeps", String::new()),
                };
                self.idle = Some(Idle { since: at, words });
                self.busy = true;
            }
            EventKind::Hold => {
                self.end_idle(step, at);
                let words = ("waits", " for its turn".to_owned());
                self.idle = Some(Idle { since: at, words });
                self.busy = true;
            }
            EventKind::Reply { outcome, .. } => self.answer(outcome, step, logged),
            EventKind::Finish => {
                self.end_idle(step, at);
                self.finished = true;
            }
            _ => {}
        }
    }

    fn said(&self, logged: &LoggedEvent) -> String {
        sentence(self.run.scenario(), logged).text()
    }

    fn asks(&self, verb: Verb) -> bool {
        let trip = self.trip.as_ref();
        trip.is_some_and(|trip| trip.verb == verb && trip.back.is_none())
    }

    fn begin(&mut self, operation: Operation, step: u32, logged: &LoggedEvent) {
        let at = logged.event.at;
        let key = self.run.scenario().workload.key_name(logged.event.key);
        self.key = key.to_string();
        self.sequence.began_at = at;
        self.busy = true;
        let what = match operation {
            Operation::Read => "get",
            Operation::Write => "put",
        };
        let said = self.said(logged);
        self.add(Arrow {
            from: Lifeline::Client,
            to: Lifeline::App,
            label: format!("{what} {key}"),
            verb: None,
            version: None,
            departed_at: at,
            arrives_at: at,
            lost: false,
            error: false,
            trip: 0,
            step,
            said,
        });
    }

    fn answer(&mut self, outcome: Outcome, step: u32, logged: &LoggedEvent) {
        let at = logged.event.at;
        self.end_idle(step, at);
        self.sequence.answered_at = Some(at);
        self.busy = false;
        let (label, version) = match outcome {
            Outcome::Value(version) => (version_label(version), Some(version)),
            Outcome::Absent => ("no such row".to_owned(), None),
            Outcome::Written => ("done".to_owned(), None),
            Outcome::Failed => ("error".to_owned(), None),
        };
        let said = self.said(logged);
        self.add(Arrow {
            from: Lifeline::App,
            to: Lifeline::Client,
            label,
            verb: None,
            version,
            departed_at: at,
            arrives_at: at,
            lost: false,
            error: outcome == Outcome::Failed,
            trip: 0,
            step,
            said,
        });
    }

    fn send(&mut self, verb: Verb, step: u32, logged: &LoggedEvent) {
        let at = logged.event.at;
        self.end_idle(step, at);
        let earlier = match verb.party() {
            Party::Database => &mut self.database_trips,
            _ => &mut self.cache_trips,
        };
        let made_before = *earlier;
        *earlier += 1;
        self.trips += 1;
        self.busy = true;
        let seed = self.run.scenario().workload.seed;
        let number = self.sequence.request - 1;
        let round_trip = self.setup.round_trip(seed, number, verb, made_before);
        let version = self.version.filter(|_| verb == Verb::Set);
        let carried = version.map_or_else(String::new, |v| format!(" {}", version_label(v)));
        let said = self.said(logged);
        self.trip = Some(Trip {
            verb,
            sent_at: at,
            round_trip,
            earlier: made_before,
            out: self.sequence.arrows.len(),
            back: None,
            queued_at: None,
            queried_at: None,
        });
        self.add(Arrow {
            from: Lifeline::App,
            to: verb.party().into(),
            label: format!("{} {}{carried}", verb.name(), self.key),
            verb: Some(verb),
            version,
            departed_at: at,
            arrives_at: at.after(way_out(round_trip)),
            lost: false,
            error: false,
            trip: self.trips,
            step,
            said,
        });
    }

    /// Whoever was asked is done: the reply leaves. What else happens at that instant changes nothing.
    fn reply(&mut self, label: String, version: Option<Version>, step: u32, logged: &LoggedEvent) {
        self.reply_at(logged.event.at, (label, version), step, logged);
    }

    fn reply_at(
        &mut self,
        at: Micros,
        (label, version): (String, Option<Version>),
        step: u32,
        logged: &LoggedEvent,
    ) {
        let said = self.said(logged);
        let Some(trip) = self.trip.as_mut().filter(|trip| trip.back.is_none()) else {
            return;
        };
        trip.back = Some(self.sequence.arrows.len());
        let (verb, earlier) = (trip.verb, trip.earlier);
        let arrived_at = trip.sent_at.after(way_out(trip.round_trip));
        let way_back = trip.round_trip.since(way_out(trip.round_trip));
        let from = Lifeline::from(verb.party());
        if from == Lifeline::Cache {
            let seed = self.run.scenario().workload.seed;
            let number = self.sequence.request - 1;
            let worked = self.setup.cache_service(seed, number, earlier);
            let began = at.since(worked);
            let waited = began.since(arrived_at);
            let label = format!("waits {} for the engine", duration(waited));
            self.spend(from, Doing::Waits, label, (arrived_at, began), step);
            let label = format!("works {}", duration(worked));
            self.spend(from, Doing::Works, label, (began, at), step);
        }
        self.add(Arrow {
            from,
            to: Lifeline::App,
            label,
            verb: Some(verb),
            version,
            departed_at: at,
            arrives_at: at.after(way_back),
            lost: false,
            error: false,
            trip: self.trips,
            step,
            said,
        });
    }

    /// The reply says something more, which is what is worth telling.
    fn amend(&mut self, label: &str, logged: &LoggedEvent) {
        let said = self.said(logged);
        let back = self.trip.as_ref().and_then(|trip| trip.back);
        if let Some(place) = back {
            let arrow = &mut self.sequence.arrows[place];
            arrow.label.push_str(label);
            arrow.said = said;
        }
    }

    /// The reply says that something went wrong.
    fn blame(&mut self) {
        let back = self.trip.as_ref().and_then(|trip| trip.back);
        if let Some(place) = back {
            self.sequence.arrows[place].error = true;
        }
    }

    fn query(&mut self, step: u32, at: Micros) {
        self.end_queue(step, at);
        if let Some(trip) = &mut self.trip {
            trip.queried_at = Some(at);
        }
    }

    fn end_queue(&mut self, step: u32, at: Micros) {
        let since = self.trip.as_mut().and_then(|trip| trip.queued_at.take());
        if let Some(since) = since {
            let label = format!("waits {} for a connection", duration(at.since(since)));
            self.spend(Lifeline::Database, Doing::Waits, label, (since, at), step);
        }
    }

    fn end_query(&mut self, step: u32, at: Micros) {
        let since = self.trip.as_mut().and_then(|trip| trip.queried_at.take());
        if let Some(since) = since {
            let label = format!("works {}", duration(at.since(since)));
            self.spend(Lifeline::Database, Doing::Works, label, (since, at), step);
        }
    }

    fn fail(&mut self, verb: Verb, failure: Failure, step: u32, logged: &LoggedEvent) {
        let at = logged.event.at;
        // The commit log's delete fails as well, without having been sent, and long before anybody's
        // patience ends.
        let timeout = self.setup.network.timeout;
        let is_own = |trip: &Trip| {
            let patience_ends = at >= trip.sent_at.after(timeout);
            trip.verb == verb && (failure != Failure::Timeout || patience_ends)
        };
        if !self.trip.as_ref().is_some_and(is_own) {
            return self.delete_by_log(true, step, logged);
        }
        let Some(trip) = &self.trip else { return };
        let (back, way_back) = (trip.back, trip.round_trip.since(way_out(trip.round_trip)));
        match failure {
            Failure::Timeout => {
                let (lost, sent_at) = (back.unwrap_or(trip.out), trip.sent_at);
                // A SET that is refused leaves no trace at the cache: then its reply is what was lost,
                // and nobody has noted when that left.
                let arrived = back.is_none() && verb == Verb::Set && !self.is_cut_at_arrival(lost);
                self.sequence.arrows[lost].lost = !arrived;
                self.idle = Some(Idle {
                    since: sent_at,
                    words: ("waits", " for an answer".to_owned()),
                });
                self.end_idle(step, at);
            }
            // The refusal has been told when it left.
            Failure::DatabaseDown => {}
            // Nothing was stored, and nothing was told: the reply left that much before it came.
            Failure::CacheError | Failure::OutOfMemory | Failure::TooLarge => {
                let label = match failure {
                    Failure::OutOfMemory => "out of memory",
                    Failure::TooLarge => "too large",
                    _ => "error",
                };
                let left_at = at.since(way_back);
                self.reply_at(left_at, (label.to_owned(), None), step, logged);
                self.blame();
            }
        }
        self.trip = None;
    }

    fn is_cut_at_arrival(&self, out: usize) -> bool {
        let step = self.run.step_before(self.sequence.arrows[out].arrives_at);
        let moment = self.run.seek(step);
        moment.lanes[self.sequence.lane].in_force().cache_cut
    }

    fn delete_by_log(&mut self, lost: bool, step: u32, logged: &LoggedEvent) {
        let at = logged.event.at;
        let said = self.said(logged);
        let departed_at = self.logged_at.unwrap_or(at);
        // One that finds the cache cut off waits until it can be reached.
        if !lost {
            self.logged_at = None;
        }
        self.add(Arrow {
            from: Lifeline::Database,
            to: Lifeline::Cache,
            label: format!("commit log: DELETE {}", self.key),
            verb: Some(Verb::Delete),
            version: None,
            departed_at,
            arrives_at: at,
            lost,
            error: false,
            trip: 0,
            step,
            said,
        });
    }

    fn end_idle(&mut self, step: u32, at: Micros) {
        if let Some(idle) = self.idle.take() {
            let (before, after) = idle.words;
            let label = format!("{before} {}{after}", duration(at.since(idle.since)));
            let over = (idle.since, at);
            self.spend(Lifeline::App, Doing::Waits, label, over, step);
        }
    }

    fn add(&mut self, arrow: Arrow) {
        let sequence = &mut self.sequence;
        sequence.ends_at = sequence.ends_at.max(arrow.arrives_at);
        sequence.arrows.push(arrow);
    }

    /// Notes how time was spent, if any was.
    fn spend(
        &mut self,
        at: Lifeline,
        doing: Doing,
        label: String,
        (from, until): (Micros, Micros),
        step: u32,
    ) {
        if from < until {
            self.sequence.spans.push(Span {
                at,
                doing,
                label,
                from,
                until,
                trip: if at == Lifeline::App { 0 } else { self.trips },
                step,
            });
        }
    }
}

fn version_label(version: Version) -> String {
    match version {
        // What negative caching stores: that there is no row.
        Version(0) => "“no row”".to_owned(),
        Version(version) => format!("v{version}"),
    }
}
