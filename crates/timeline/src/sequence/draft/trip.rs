//! The part of a sequence that is made of trips: what is sent to the cache and the database, and what comes
//! back.

use super::{Arrow, Doing, Draft, Idle, Lifeline, version_label};
use crate::log::LoggedEvent;
use crate::words::duration;
use cache::units::{Micros, Version};
use sim::{Durability, Failure, Party, Verb, way_out};

/// A trip to the cache or the database that has begun.
pub(super) struct Trip {
    verb: Verb,
    sent_at: Micros,
    round_trip: Micros,
    /// How long the cache's engine works on the command, if it is one.
    service: Micros,
    /// The message out, as a place among the arrows.
    out: usize,
    /// The reply, once it has left.
    back: Option<usize>,
    /// Since when the query waits for a connection, or runs.
    pub(super) queued_at: Option<Micros>,
    queried_at: Option<Micros>,
}

impl Draft<'_> {
    pub(super) fn asks(&self, verb: Verb) -> bool {
        let trip = self.trip.as_ref();
        trip.is_some_and(|trip| trip.verb == verb && trip.back.is_none())
    }

    pub(super) fn send(&mut self, verb: Verb, step: u32, logged: &LoggedEvent) {
        let at = logged.event.at;
        self.end_idle(step, at);
        let seed = self.run.scenario().workload.seed;
        let number = self.sequence.request - 1;
        let client = self.run.scenario().client_of(number);
        let deployment = self.setup.cache.deployment;
        let far = deployment.is_far(client, logged.event.node);
        let (round_trip, service) = if std::mem::take(&mut self.is_redirected) {
            self.redirects += 1;
            (
                self.setup
                    .redirected_trip(seed, number, self.redirects, far),
                self.setup.redirected_service(seed, number, self.redirects),
            )
        } else {
            let earlier = match verb.party() {
                Party::Database => &mut self.database_trips,
                _ => &mut self.cache_trips,
            };
            let made_before = *earlier;
            *earlier += 1;
            (
                self.setup.round_trip(seed, number, verb, made_before, far),
                self.setup.cache_service(seed, number, made_before),
            )
        };
        self.trips += 1;
        self.busy = true;
        let version = self.version.filter(|_| verb == Verb::Set);
        let carried = version.map_or_else(String::new, |v| format!(" {}", version_label(v)));
        self.trip = Some(Trip {
            verb,
            sent_at: at,
            round_trip,
            service,
            out: self.sequence.arrows.len(),
            back: None,
            queued_at: None,
            queried_at: None,
        });
        let ends = (Lifeline::App, verb.party().into());
        let label = format!("{} {}{carried}", verb.name(), self.key);
        self.add(Arrow {
            verb: Some(verb),
            version,
            arrives_at: at.after(way_out(round_trip)),
            trip: self.trips,
            ..self.arrow(ends, label, step, logged)
        });
    }

    /// Adds the reply; ignores later events of that instant.
    pub(super) fn reply(
        &mut self,
        label: String,
        version: Option<Version>,
        step: u32,
        logged: &LoggedEvent,
    ) {
        self.reply_at(logged.event.at, (label, version), step, logged);
    }

    fn reply_at(
        &mut self,
        at: Micros,
        (label, version): (String, Option<Version>),
        step: u32,
        logged: &LoggedEvent,
    ) {
        let Some(trip) = self.trip.as_mut().filter(|trip| trip.back.is_none()) else {
            return;
        };
        trip.back = Some(self.sequence.arrows.len());
        let (verb, worked) = (trip.verb, trip.service);
        let arrived_at = trip.sent_at.after(way_out(trip.round_trip));
        let way_back = trip.round_trip.since(way_out(trip.round_trip));
        let from = Lifeline::from(verb.party());
        let logs = matches!(verb, Verb::Set | Verb::Delete) && self.waits_for_log();
        if from == Lifeline::Cache && logs {
            let label = format!("works and logs it in {}", duration(at.since(arrived_at)));
            self.spend(from, Doing::Works, label, (arrived_at, at), step);
        } else if from == Lifeline::Cache {
            let began = at.since(worked);
            let waited = began.since(arrived_at);
            let label = format!("waits {} for the engine", duration(waited));
            self.spend(from, Doing::Waits, label, (arrived_at, began), step);
            let label = format!("works {}", duration(worked));
            self.spend(from, Doing::Works, label, (began, at), step);
        }
        self.add(Arrow {
            verb: Some(verb),
            version,
            departed_at: at,
            arrives_at: at.after(way_back),
            trip: self.trips,
            ..self.arrow((from, Lifeline::App), label, step, logged)
        });
    }

    /// Extends the reply's label and replaces its sentence.
    pub(super) fn amend(&mut self, label: &str, logged: &LoggedEvent) {
        let said = self.said(logged);
        let back = self.trip.as_ref().and_then(|trip| trip.back);
        if let Some(place) = back {
            let arrow = &mut self.sequence.arrows[place];
            arrow.label.push_str(label);
            arrow.said = said;
        }
    }

    /// Marks the reply as an error.
    pub(super) fn blame(&mut self) {
        let back = self.trip.as_ref().and_then(|trip| trip.back);
        if let Some(place) = back {
            self.sequence.arrows[place].error = true;
        }
    }

    pub(super) fn query(&mut self, step: u32, at: Micros) {
        self.end_queue(step, at);
        if let Some(trip) = &mut self.trip {
            trip.queried_at = Some(at);
        }
    }

    pub(super) fn end_queue(&mut self, step: u32, at: Micros) {
        let since = self.trip.as_mut().and_then(|trip| trip.queued_at.take());
        if let Some(since) = since {
            let label = format!("waits {} for a connection", duration(at.since(since)));
            self.spend(Lifeline::Database, Doing::Waits, label, (since, at), step);
        }
    }

    pub(super) fn end_query(&mut self, step: u32, at: Micros) {
        let since = self.trip.as_mut().and_then(|trip| trip.queried_at.take());
        if let Some(since) = since {
            let label = format!("works {}", duration(at.since(since)));
            self.spend(Lifeline::Database, Doing::Works, label, (since, at), step);
        }
    }

    pub(super) fn fail(&mut self, verb: Verb, failure: Failure, step: u32, logged: &LoggedEvent) {
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
                // whose departure no event recorded.
                let arrived = back.is_none() && verb == Verb::Set && !self.is_cut_at_arrival(lost);
                self.sequence.arrows[lost].lost = !arrived;
                self.idle = Some(Idle {
                    since: sent_at,
                    words: ("waits", " for an answer".to_owned()),
                });
                self.end_idle(step, at);
            }
            // The refusal has been told when it left.
            Failure::DatabaseDown
            | Failure::Overloaded
            | Failure::Moved
            | Failure::Asked
            | Failure::Throttled
            | Failure::CacheThrottled => {}
            // Nothing was stored, and nothing was told: the reply left that much before it came.
            Failure::CacheError
            | Failure::OutOfMemory
            | Failure::TooLarge
            | Failure::ReadOnly
            | Failure::ClusterDown
            | Failure::Loading
            | Failure::Restoring
            | Failure::LogBehind => {
                let label = match failure {
                    Failure::ReadOnly => "READONLY",
                    Failure::Loading | Failure::Restoring => "LOADING",
                    Failure::LogBehind => "log behind",
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

    /// Whether a write is in the log before it is answered.
    fn waits_for_log(&self) -> bool {
        self.setup.is_durable() && self.setup.cache.durability.mode == Durability::Sync
    }

    fn is_cut_at_arrival(&self, out: usize) -> bool {
        let step = self.run.step_before(self.sequence.arrows[out].arrives_at);
        let moment = self.run.seek(step);
        moment.lanes[self.sequence.lane].in_force().cache_cut
    }
}
