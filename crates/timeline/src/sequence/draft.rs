//! A sequence in the making: each event of the request adds to it.

mod trip;

use super::{Arrow, Doing, Lifeline, Sequence, Span};
use crate::log::LoggedEvent;
use crate::run::Run;
use crate::words::{duration, sentence};
use cache::units::{Micros, Version};
use sim::{EventKind, LaneSetup, Operation, Outcome, Refused, Verb, Waiting};
use trip::Trip;

/// A wait of the application itself.
struct Idle {
    since: Micros,
    /// The words before and after its length.
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
    /// How many times it was told to ask another shard.
    redirects: u32,
    /// Whether its next trip is one that it was told to make.
    is_redirected: bool,
    trip: Option<Trip>,
    idle: Option<Idle>,
    /// The version that the request has read or written last.
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
                has_database: setup.strategy.has_database(),
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
            redirects: 0,
            is_redirected: false,
            trip: None,
            idle: None,
            version: None,
            logged_at: None,
            busy: false,
            finished: false,
        }
    }

    /// Whether it is complete: it has its answer and has begun nothing since, which it would have done at the
    /// instant of the answer.
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
            EventKind::Moved { slot, .. } => {
                self.reply(format!("MOVED {slot}"), None, step, logged);
                self.is_redirected = true;
            }
            EventKind::Ask { slot, .. } => {
                self.reply(format!("ASK {slot}"), None, step, logged);
                self.is_redirected = true;
            }
            EventKind::Reject { .. } => self.reply("not stored".to_owned(), None, step, logged),
            EventKind::Enqueue { .. } => self.amend(", queued", logged),
            EventKind::Delete { from_log: true, .. } => self.delete_by_log(false, step, logged),
            EventKind::Delete { found, .. } => {
                // A SET that is refused for its size takes what was there with it: no answer to a DELETE.
                if self.asks(Verb::Delete) {
                    let label = if found { "deleted" } else { "was not there" };
                    self.reply(label.to_owned(), None, step, logged);
                }
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
                if strategy.caches() && strategy.defences.commit_log_us.is_some() {
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
                    Refused::Arriving | Refused::QueueFull { .. } | Refused::Throttled(_) => {}
                }
                let label = match place {
                    Refused::Throttled(_) => "throttled",
                    _ => "refused",
                };
                self.reply(label.to_owned(), None, step, logged);
                self.blame();
            }
            EventKind::Throttle { .. } => {
                self.reply("throttled".to_owned(), None, step, logged);
                self.blame();
            }
            EventKind::Fail { verb, failure } => {
                self.is_redirected = false;
                self.fail(verb, failure, step, logged);
            }
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
            // No message leaves or arrives then.
            EventKind::Evict { .. }
            | EventKind::Expire { .. }
            | EventKind::Refresh { .. }
            | EventKind::Replicate { .. }
            | EventKind::Apply { .. }
            | EventKind::Logged { .. }
            | EventKind::Behind { .. }
            | EventKind::Failover { .. }
            | EventKind::Grow { .. }
            | EventKind::Reshard { .. }
            | EventKind::Fault { .. }
            | EventKind::Violation { .. }
            | EventKind::Idle { .. }
            | EventKind::Console { .. }
            | EventKind::EndTtl { .. } => {}
        }
    }

    fn said(&self, logged: &LoggedEvent) -> String {
        sentence(self.run.scenario(), logged).text()
    }

    fn begin(&mut self, operation: Operation, step: u32, logged: &LoggedEvent) {
        let at = logged.event.at;
        let key = self.run.scenario().key_name(logged.event.key);
        self.key = key.to_string();
        self.sequence.began_at = at;
        self.busy = true;
        let what = match operation {
            Operation::Read => "get",
            Operation::Write => "put",
        };
        let label = format!("{what} {key}");
        self.add(self.arrow((Lifeline::Client, Lifeline::App), label, step, logged));
    }

    fn answer(&mut self, outcome: Outcome, step: u32, logged: &LoggedEvent) {
        let at = logged.event.at;
        self.end_idle(step, at);
        self.sequence.answered_at = Some(at);
        self.sequence.failed = outcome == Outcome::Failed;
        self.busy = false;
        let (label, version) = match outcome {
            Outcome::Value(version) => (version_label(version), Some(version)),
            Outcome::Absent => {
                let of = match self.sequence.has_database {
                    true => "row",
                    false => "key",
                };
                (format!("no such {of}"), None)
            }
            Outcome::Written => ("done".to_owned(), None),
            Outcome::Failed => ("error".to_owned(), None),
        };
        self.add(Arrow {
            version,
            error: outcome == Outcome::Failed,
            ..self.arrow((Lifeline::App, Lifeline::Client), label, step, logged)
        });
    }

    fn delete_by_log(&mut self, lost: bool, step: u32, logged: &LoggedEvent) {
        let departed_at = self.logged_at.unwrap_or(logged.event.at);
        // One that finds the cache cut off waits until it can be reached.
        if !lost {
            self.logged_at = None;
        }
        let label = format!("commit log: DELETE {}", self.key);
        self.add(Arrow {
            verb: Some(Verb::Delete),
            departed_at,
            lost,
            ..self.arrow((Lifeline::Database, Lifeline::Cache), label, step, logged)
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

    /// An arrow that leaves and arrives at the instant of an event.
    fn arrow(
        &self,
        (from, to): (Lifeline, Lifeline),
        label: String,
        step: u32,
        logged: &LoggedEvent,
    ) -> Arrow {
        Arrow {
            from,
            to,
            label,
            verb: None,
            version: None,
            departed_at: logged.event.at,
            arrives_at: logged.event.at,
            lost: false,
            error: false,
            trip: 0,
            step,
            said: self.said(logged),
        }
    }

    fn add(&mut self, arrow: Arrow) {
        let sequence = &mut self.sequence;
        sequence.ends_at = sequence.ends_at.max(arrow.arrives_at);
        sequence.arrows.push(arrow);
    }

    /// Adds a stretch of time, unless it is empty.
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
