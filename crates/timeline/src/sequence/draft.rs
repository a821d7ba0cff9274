//! A sequence in the making: each event of the request draws something more of it.

use super::{Arrow, Doing, Lifeline, Sequence, Span};
use crate::log::LoggedEvent;
use crate::run::Run;
use crate::words::duration;
use crate::words::sentence;
use cache::units::{Micros, Version};
use sim::{
    EventKind, Failure, LaneSetup, Operation, Outcome, Party, ReadPath, Refused, Verb, Waiting,
    way_out,
};

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
pub(super) struct Draft<'a> {
    run: &'a Run,
    setup: &'a LaneSetup,
    pub(super) sequence: Sequence,
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
    pub(super) fn new(run: &'a Run, setup: &'a LaneSetup, lane: usize, request: u32) -> Self {
        Draft {
            run,
            setup,
            sequence: Sequence {
                request,
                lane,
                began_at: Micros::ZERO,
                answered_at: None,
                failed: false,
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
    pub(super) fn is_over(&self) -> bool {
        let answered = self.sequence.answered_at.is_some();
        (self.finished || (answered && !self.busy)) && self.logged_at.is_none()
    }

    pub(super) fn hear(&mut self, step: u32, logged: &LoggedEvent) {
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
        self.sequence.failed = outcome == Outcome::Failed;
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
