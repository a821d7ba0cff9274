//! A request under way: its program counter, and how its time was spent.

use super::deployment::NodeId;
use super::event::{EventId, Failure, Operation, Party, Verb};
use super::procedure::{Line, Procedure};
use super::setup::LaneSetup;
use cache::units::{Key, Micros, Version};
use std::hash::{Hash, Hasher};

/// The most trips that any procedure makes. A trip that is tried again counts with the first attempt.
const TRIPS_MAX: usize = 4;

/// One trip to the cache or the database, and how its time was spent up to now.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Trip {
    /// The command or query.
    pub verb: Verb,
    /// The instant at which the message left.
    pub started_at: Micros,
    /// Time on the wire, there and back.
    pub network: Micros,
    /// Time spent waiting for the engine, a connection, an answer that never came, or another request
    /// that loads the key.
    pub waited: Micros,
    /// Time spent on the work itself.
    pub service: Micros,
}

impl Trip {
    pub(super) const fn new(verb: Verb, now: Micros) -> Self {
        Trip {
            verb,
            started_at: now,
            network: Micros::ZERO,
            waited: Micros::ZERO,
            service: Micros::ZERO,
        }
    }

    /// The whole trip.
    pub const fn total(&self) -> Micros {
        Micros(self.network.0 + self.waited.0 + self.service.0)
    }
}

/// Which cache node a request's trip goes to, and where it was told to go instead.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Route {
    /// The node.
    pub node: NodeId,
    /// The owner that the reply on its way back names.
    pub moved_to: Option<NodeId>,
    /// How many times the request has been told to ask another node.
    pub redirects: u32,
    /// Whether the latest trip is one that it was told to make.
    pub is_redirected: bool,
    /// Whether the reply on its way back says `ASK`, or the latest trip is one that `ASK` told it to make.
    pub asks: bool,
}

/// The way to the first node hashes as nothing, as it did when there was no other.
impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if *self != Route::default() {
            (self.node, self.moved_to, self.redirects, self.is_redirected).hash(state);
            if self.asks {
                self.asks.hash(state);
            }
        }
    }
}

/// What a request is doing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    /// Its message is on the way to the other party, or waits there for the engine.
    Outbound {
        /// When it left the application.
        departed_at: Micros,
        /// When it arrives, or arrived.
        arrives_at: Micros,
    },
    /// It waits for a database connection.
    Queued {
        /// Since when.
        since: Micros,
    },
    /// A database connection is executing it.
    Executing {
        /// Since when.
        since: Micros,
        /// Until when.
        until: Micros,
    },
    /// The reply is on its way back.
    Inbound {
        /// When it left the other party.
        departed_at: Micros,
        /// When it reaches the application.
        arrives_at: Micros,
    },
    /// Its message or the reply was lost, and the timeout has not passed yet.
    Lost {
        /// Since when.
        since: Micros,
    },
    /// It sleeps, or waits for another request.
    Waiting {
        /// Since when.
        since: Micros,
        /// The end of the sleep; `None` while it waits for another request.
        until: Option<Micros>,
    },
    /// It waits for its client's next move.
    Held {
        /// Since when.
        since: Micros,
    },
    /// It is over.
    Answered {
        /// Since when.
        at: Micros,
    },
}

/// A request that has begun.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ActiveRequest {
    /// Its number in the workload.
    pub number: u32,
    /// The client that sent it.
    pub client: u32,
    /// Whether it reads or writes.
    pub operation: Operation,
    /// The key that it reads or writes.
    pub key: Key,
    /// When it reached the application.
    pub started_at: Micros,
    /// The index of the current line in its procedure.
    pub line: u32,
    /// What it is doing.
    pub phase: Phase,
    /// The version that it has read from the cache or the row, or written.
    pub version: Option<Version>,
    /// Whether its look-up was a hit.
    pub hit: bool,
    /// When its client got the answer. The request may go on after that.
    pub answered_at: Option<Micros>,
    /// Whether its copy is due to be reloaded, if it was a hit.
    pub(super) due: bool,
    /// XFetch: how long the last load of the copy took.
    pub(super) rebuild: Micros,
    pub(super) copy_expires_at: Option<Micros>,
    /// Whether the cache refused it a lease because another request holds it.
    pub(super) lease_denied: bool,
    /// Whether other requests may wait for its load.
    pub(super) leads: bool,
    /// When it began to load; the time from there to the fill is XFetch's Δ.
    pub(super) load_began: Micros,
    /// Whether its write replaced one that was already queued.
    pub(super) coalesced: bool,
    /// The error that the reply on its way back carries.
    pub(super) failure: Option<Failure>,
    /// Whether its load or write failed.
    pub(super) load_failed: bool,
    /// How many times its flush has failed.
    pub(super) flushes_failed: u32,
    /// Whether a move allows it one more instruction that takes time.
    pub(super) granted: bool,
    /// Whether a trip to the cache failed, after which the request leaves the cache alone.
    pub(super) cache_failed: bool,
    /// The last event of this request: the cause of its next one.
    pub(super) last_event: EventId,
    trips: [Trip; TRIPS_MAX],
    trips_len: u32,
    /// How many trips the client had waited for when it got its answer.
    trips_answered: u32,
    /// The current trip as it was before this attempt, to go back to if the attempt fails.
    before_trip: Trip,
    trip_began: Micros,
    round_trip: Micros,
    cache_trips: u32,
    database_trips: u32,
    pub(super) route: Route,
}

impl ActiveRequest {
    pub(super) fn new(
        number: u32,
        (client, operation, key): (u32, Operation, Key),
        now: Micros,
        event: EventId,
    ) -> Self {
        let none = Trip::new(Verb::Get, now);
        ActiveRequest {
            number,
            client,
            operation,
            key,
            started_at: now,
            line: 0,
            phase: Phase::Held { since: now },
            version: None,
            hit: false,
            answered_at: None,
            due: false,
            rebuild: Micros::ZERO,
            copy_expires_at: None,
            lease_denied: false,
            leads: false,
            load_began: now,
            coalesced: false,
            failure: None,
            load_failed: false,
            flushes_failed: 0,
            granted: false,
            cache_failed: false,
            last_event: event,
            trips: [none; TRIPS_MAX],
            trips_len: 0,
            trips_answered: 0,
            before_trip: none,
            trip_began: now,
            round_trip: Micros::ZERO,
            cache_trips: 0,
            database_trips: 0,
            route: Route::default(),
        }
    }

    /// Whether its client got an error. A read whose reload fails after the answer does not count.
    pub fn has_failed(&self) -> bool {
        let at_once = match self.phase {
            Phase::Answered { at } => self.answered_at == Some(at),
            _ => false,
        };
        self.answered_at.is_some()
            && self.load_failed
            && (at_once || self.operation == Operation::Write)
    }

    /// Whether what it stores replaces a copy that its look-up found: one that is due, or of which XFetch drew
    /// that it ends soon.
    pub(super) const fn reloads(&self) -> bool {
        self.due || self.copy_expires_at.is_some()
    }

    /// The procedure it executes in a lane.
    pub fn procedure<'a>(&self, setup: &'a LaneSetup) -> &'a Procedure {
        setup.procedures.of(self.operation)
    }

    /// The current line; `None` past the last.
    pub fn current_line<'a>(&self, setup: &'a LaneSetup) -> Option<&'a Line> {
        self.procedure(setup).lines.get(self.line as usize)
    }

    /// Its trips up to now. The last may still be under way.
    pub fn trips(&self) -> &[Trip] {
        &self.trips[..self.trips_len as usize]
    }

    /// The trips that its client waits for or has waited for.
    pub fn trips_before_answer(&self) -> &[Trip] {
        match self.answered_at {
            Some(_) => &self.trips[..self.trips_answered as usize],
            None => self.trips(),
        }
    }

    /// Notes the answer: the client does not wait for later trips.
    pub(super) fn note_answer(&mut self, now: Micros) {
        self.answered_at = Some(now);
        self.trips_answered = self.trips_len;
    }

    /// The error that the reply on its way back carries.
    pub fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// The cache node that its latest trip to the cache goes to.
    pub fn node(&self) -> NodeId {
        self.route.node
    }

    /// The owner of its key's slot, if the reply on its way back says MOVED.
    pub fn moved_to(&self) -> Option<NodeId> {
        self.route.moved_to
    }

    /// Whether that reply says `ASK`: the node that it names is to be asked this once.
    pub fn is_to_ask(&self) -> bool {
        self.route.asks
    }

    /// How many trips it has begun.
    pub fn trip_count(&self) -> u32 {
        self.cache_trips + self.database_trips
    }

    /// Whether it waits for a message, the engine or a connection.
    pub(super) fn is_on_a_trip(&self) -> bool {
        !matches!(
            self.phase,
            Phase::Waiting { .. } | Phase::Held { .. } | Phase::Answered { .. }
        )
    }

    /// The current or last trip.
    pub(super) fn trip_mut(&mut self) -> &mut Trip {
        &mut self.trips[self.trips_len as usize - 1]
    }

    /// The command or query of the current trip.
    pub(super) fn current_verb(&self) -> Verb {
        self.trips[self.trips_len as usize - 1].verb
    }

    /// Begins a trip that spends `network` on the wire. Another attempt counts with the first trip.
    pub(super) fn begin_trip(&mut self, verb: Verb, network: Micros, now: Micros) {
        let waited_for = self.answered_at.is_none();
        let again = waited_for && self.trips().last().is_some_and(|trip| trip.verb == verb);
        if !again && self.trips_len < TRIPS_MAX as u32 {
            self.trips[self.trips_len as usize] = Trip::new(verb, now);
            self.trips_len += 1;
        }
        self.before_trip = *self.trip_mut();
        self.trip_began = now;
        self.round_trip = network;
        self.trip_mut().network.0 += network.0;
        match verb.party() {
            Party::Database => self.database_trips += 1,
            _ => self.cache_trips += 1,
        }
    }

    /// Marks the trip as failed: all of its time was waiting.
    pub(super) fn write_off_trip(&mut self, now: Micros) {
        let mut trip = self.before_trip;
        trip.waited.0 += now.since(self.trip_began).0;
        *self.trip_mut() = trip;
    }

    /// The current trip's time on the wire.
    pub(super) fn round_trip(&self) -> Micros {
        self.round_trip
    }

    pub(super) fn trip_began(&self) -> Micros {
        self.trip_began
    }

    /// Adds time spent waiting between trips to the last trip.
    pub(super) fn add_waiting(&mut self, span: Micros) {
        if self.trips_len > 0 {
            self.trip_mut().waited.0 += span.0;
        }
    }

    /// How many trips to `party` it has begun of itself, without those that it was redirected to.
    pub(super) fn own_trips_to(&self, party: Party) -> u32 {
        match party {
            Party::Database => self.database_trips,
            _ => self.cache_trips - self.route.redirects,
        }
    }

    /// How many trips to `party` it has begun.
    pub(super) fn trips_to(&self, party: Party) -> u32 {
        match party {
            Party::Database => self.database_trips,
            _ => self.cache_trips,
        }
    }
}
