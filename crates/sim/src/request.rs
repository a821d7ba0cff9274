//! A request under way: where its program counter stands, and where its time has gone.

use super::event::{EventId, Failure, Operation, Party, Verb};
use super::procedure::{Line, Procedure};
use super::setup::LaneSetup;
use cache::units::{Key, Micros, Version};

/// The most trips any procedure makes; a trip that is made again counts as part of the first.
const PARTS_MAX: usize = 4;

/// One trip to the cache or the database and where its time went, as far as it has got.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Part {
    /// What was asked for.
    pub verb: Verb,
    /// When the message left.
    pub started_at: Micros,
    /// Time on the wire, there and back.
    pub network: Micros,
    /// Time waiting: for the engine, for a connection, for an answer that never came, or for another
    /// request that loads the key.
    pub waited: Micros,
    /// Time being worked on.
    pub service: Micros,
}

impl Part {
    pub(super) const fn new(verb: Verb, now: Micros) -> Self {
        Part {
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

/// Where a request is at this moment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    /// Its message is on the way to the other party, or lies there until it is worked on.
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
    /// Its message or the reply to it is lost, which it does not know yet.
    Lost {
        /// Since when.
        since: Micros,
    },
    /// It lets time pass, or waits for another request.
    Waiting {
        /// Since when.
        since: Micros,
        /// Until when; `None` if that depends on another request.
        until: Option<Micros>,
    },
    /// It waits for a person to let it go on.
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
    /// Which client sent it.
    pub client: u32,
    /// What it wants.
    pub operation: Operation,
    /// Of which key.
    pub key: Key,
    /// When it reached the application.
    pub started_at: Micros,
    /// The line it is at: an index into its procedure's lines.
    pub line: u32,
    /// Where it is.
    pub phase: Phase,
    /// The version it has in hand: read from cache or row, or written.
    pub version: Option<Version>,
    /// Whether the cache had the key.
    pub hit: bool,
    /// When its client got an answer; it may go on after that.
    pub answered_at: Option<Micros>,
    /// Whether its copy is due to be reloaded, if it was a hit.
    pub(super) due: bool,
    /// XFetch: what the draw is compared with.
    pub(super) rebuild: Micros,
    pub(super) copy_expires_at: Option<Micros>,
    /// Whether the cache told it to wait for another's lease.
    pub(super) lease_denied: bool,
    /// Whether other requests wait for what it loads.
    pub(super) leads: bool,
    /// When it began to load: what XFetch calls Δ is the time since.
    pub(super) load_began: Micros,
    /// Whether its write has been added to another one that is queued.
    pub(super) coalesced: bool,
    /// What the reply on its way back will say went wrong.
    pub(super) failure: Option<Failure>,
    /// Whether what it loads, for others too, could not be had.
    pub(super) load_failed: bool,
    /// How many times its flush has failed.
    pub(super) flushes_failed: u32,
    /// Whether a person has let it execute one more instruction.
    pub(super) granted: bool,
    /// The cache could not be asked, so it is left alone.
    pub(super) cache_failed: bool,
    /// The last event of this request: the cause of its next one.
    pub(super) last_event: EventId,
    parts: [Part; PARTS_MAX],
    parts_len: u32,
    /// How many of its trips the client has waited for, once it has its answer.
    parts_answered: u32,
    /// The current part as it was before this trip, to go back to if the trip comes to nothing.
    before_trip: Part,
    trip_began: Micros,
    round_trip: Micros,
    cache_trips: u32,
    database_trips: u32,
}

impl ActiveRequest {
    pub(super) fn new(
        number: u32,
        (client, operation, key): (u32, Operation, Key),
        now: Micros,
        event: EventId,
    ) -> Self {
        let none = Part::new(Verb::Get, now);
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
            parts: [none; PARTS_MAX],
            parts_len: 0,
            parts_answered: 0,
            before_trip: none,
            trip_began: now,
            round_trip: Micros::ZERO,
            cache_trips: 0,
            database_trips: 0,
        }
    }

    /// Whether its client got an error. A read whose reload fails after its answer got that.
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

    /// The line it is at; `None` past the last.
    pub fn current_line<'a>(&self, setup: &'a LaneSetup) -> Option<&'a Line> {
        self.procedure(setup).lines.get(self.line as usize)
    }

    /// The trips so far; the last may still be under way.
    pub fn parts(&self) -> &[Part] {
        &self.parts[..self.parts_len as usize]
    }

    /// The trips that its client waits for, or waited for.
    pub fn parts_before_answer(&self) -> &[Part] {
        match self.answered_at {
            Some(_) => &self.parts[..self.parts_answered as usize],
            None => self.parts(),
        }
    }

    /// The client has its answer; what follows costs it nothing.
    pub(super) fn note_answer(&mut self, now: Micros) {
        self.answered_at = Some(now);
        self.parts_answered = self.parts_len;
    }

    /// What the reply on its way back will say went wrong.
    pub fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// How many trips it has begun.
    pub fn trips(&self) -> u32 {
        self.cache_trips + self.database_trips
    }

    /// Whether it waits for a message, the engine or a connection.
    pub(super) fn is_on_a_trip(&self) -> bool {
        !matches!(
            self.phase,
            Phase::Waiting { .. } | Phase::Held { .. } | Phase::Answered { .. }
        )
    }

    /// The trip under way, or the last one made.
    pub(super) fn part_mut(&mut self) -> &mut Part {
        &mut self.parts[self.parts_len as usize - 1]
    }

    /// What the trip under way asks for.
    pub(super) fn current_verb(&self) -> Verb {
        self.parts[self.parts_len as usize - 1].verb
    }

    /// Begins a trip that spends that long on the wire. The same trip again is one with the first.
    pub(super) fn begin_trip(&mut self, verb: Verb, network: Micros, now: Micros) {
        let waited_for = self.answered_at.is_none();
        let again = waited_for && self.parts().last().is_some_and(|part| part.verb == verb);
        if !again && self.parts_len < PARTS_MAX as u32 {
            self.parts[self.parts_len as usize] = Part::new(verb, now);
            self.parts_len += 1;
        }
        self.before_trip = *self.part_mut();
        self.trip_began = now;
        self.round_trip = network;
        self.part_mut().network.0 += network.0;
        match verb.party() {
            Party::Database => self.database_trips += 1,
            _ => self.cache_trips += 1,
        }
    }

    /// The trip came to nothing: all of its time was waiting.
    pub(super) fn write_off_trip(&mut self, now: Micros) {
        let mut part = self.before_trip;
        part.waited.0 += now.since(self.trip_began).0;
        *self.part_mut() = part;
    }

    /// How long this trip spends on the wire.
    pub(super) fn round_trip(&self) -> Micros {
        self.round_trip
    }

    pub(super) fn trip_began(&self) -> Micros {
        self.trip_began
    }

    /// Time spent waiting between trips counts with the last one made.
    pub(super) fn add_waiting(&mut self, span: Micros) {
        if self.parts_len > 0 {
            self.part_mut().waited.0 += span.0;
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
