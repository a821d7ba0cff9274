//! A request under way: where its program counter stands, and where its time has gone.

use super::event::{EventId, Operation, Party, Verb};
use super::procedure::{Line, Procedure};
use super::strategy::Strategy;
use crate::units::{Key, Micros, Version};

/// The most trips any procedure makes.
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
    /// Time waiting for the engine or for a connection.
    pub waited: Micros,
    /// Time being worked on.
    pub service: Micros,
}

impl Part {
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
    /// The client has its answer.
    Answered {
        /// Since when.
        at: Micros,
    },
}

/// A request that has begun.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ActiveRequest {
    /// Its number in the workload.
    pub number: u32,
    /// What it wants.
    pub operation: Operation,
    /// Of which key.
    pub key: Key,
    /// When it reached the application.
    pub started_at: Micros,
    /// The line it is at: an index into its procedure's lines.
    pub line: usize,
    /// Where it is.
    pub phase: Phase,
    /// The version it has in hand: read from cache or row, or written.
    pub version: Option<Version>,
    /// Whether the cache had the key.
    pub hit: bool,
    /// The last event of this request: the cause of its next one.
    pub(super) last_event: EventId,
    parts: [Part; PARTS_MAX],
    parts_len: usize,
}

impl ActiveRequest {
    pub(super) fn new(
        number: u32,
        operation: Operation,
        key: Key,
        now: Micros,
        event: EventId,
    ) -> Self {
        let none = Part {
            verb: Verb::Get,
            started_at: now,
            network: Micros::ZERO,
            waited: Micros::ZERO,
            service: Micros::ZERO,
        };
        ActiveRequest {
            number,
            operation,
            key,
            started_at: now,
            line: 0,
            phase: Phase::Answered { at: now },
            version: None,
            hit: false,
            last_event: event,
            parts: [none; PARTS_MAX],
            parts_len: 0,
        }
    }

    /// The procedure it executes under `strategy`.
    pub fn procedure(&self, strategy: &Strategy) -> &'static Procedure {
        match self.operation {
            Operation::Read => strategy.read.procedure(),
            Operation::Write => strategy.write.procedure(),
        }
    }

    pub(super) fn current_line(&self, strategy: &Strategy) -> &'static Line {
        &self.procedure(strategy).lines[self.line]
    }

    /// The trips so far; the last may still be under way.
    pub fn parts(&self) -> &[Part] {
        &self.parts[..self.parts_len]
    }

    /// The trip under way, or the last one made.
    pub(super) fn part_mut(&mut self) -> &mut Part {
        &mut self.parts[self.parts_len - 1]
    }

    /// What the trip under way asks for.
    pub(super) fn current_verb(&self) -> Verb {
        self.parts[self.parts_len - 1].verb
    }

    pub(super) fn begin_part(&mut self, verb: Verb, now: Micros) {
        self.parts[self.parts_len] = Part {
            verb,
            started_at: now,
            network: Micros::ZERO,
            waited: Micros::ZERO,
            service: Micros::ZERO,
        };
        self.parts_len += 1;
    }

    /// How many trips to `party` it has begun.
    pub(super) fn trips_to(&self, party: Party) -> u32 {
        let there = |part: &&Part| part.verb.party() == party;
        self.parts().iter().filter(there).count() as u32
    }
}
