//! What can happen. An event is one indivisible thing at one instant, with what caused it.

use crate::cache::{EvictionReason, Value};
use crate::units::{Key, Micros, Version};
use serde::{Deserialize, Serialize};

/// An event's number in the run's log.
pub type EventId = u32;

/// What a request asks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", expecting = "read or write")]
pub enum Operation {
    /// Read a key.
    Read,
    /// Write a key: its row gets the next version.
    Write,
}

/// Who sends and receives messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// The application, which executes the procedures.
    App,
    /// The cache node.
    Cache,
    /// The database.
    Database,
}

/// What a message asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    /// Read a key from the cache.
    Get,
    /// Store a key in the cache.
    Set,
    /// Delete a key from the cache.
    Delete,
    /// Read a row.
    Select,
    /// Write a row.
    Update,
}

impl Verb {
    /// As it stands on a message.
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Set => "SET",
            Verb::Delete => "DELETE",
            Verb::Select => "SELECT",
            Verb::Update => "UPDATE",
        }
    }

    /// Who answers it.
    pub const fn party(self) -> Party {
        match self {
            Verb::Get | Verb::Set | Verb::Delete => Party::Cache,
            Verb::Select | Verb::Update => Party::Database,
        }
    }
}

/// One thing that happened in one lane.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    /// When.
    pub at: Micros,
    /// For which request, by its number in the workload.
    pub request: u32,
    /// The key it is about: for an eviction the victim's, otherwise the request's.
    pub key: Key,
    /// The event that led to it; `None` where a request begins.
    pub cause: Option<EventId>,
    /// What happened.
    pub kind: EventKind,
}

/// What happened, with the values a person needs to see why.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EventKind {
    /// A client's request reached the application.
    Request {
        /// Which client.
        client: u32,
        /// What it wants.
        operation: Operation,
    },
    /// The application sent a message.
    Send {
        /// What it asks for.
        verb: Verb,
    },
    /// The cache had the key.
    Hit {
        /// What it held.
        value: Value,
        /// When the copy's time to live ends.
        expires_at: Option<Micros>,
    },
    /// The copy just read is older than the row.
    Stale {
        /// The copy's version.
        copy: Version,
        /// The row's version.
        row: Version,
        /// How long the row has held that version.
        since: Micros,
        /// When the copy's time to live ends.
        expires_at: Option<Micros>,
    },
    /// The cache did not have the key.
    Miss {
        /// Whether it had it, but expired.
        expired: bool,
    },
    /// The cache stored a value.
    Fill {
        /// What it stored.
        value: Value,
        /// The row's version at this moment: higher if a write has overtaken the copy.
        row: Version,
        /// The version that was overwritten, if the key was there.
        replaced: Option<Version>,
        /// When the copy's time to live ends.
        expires_at: Option<Micros>,
    },
    /// The cache removed an entry to make room.
    Evict {
        /// What was removed.
        value: Value,
        /// The policy's reason.
        reason: EvictionReason,
    },
    /// The cache removed an entry whose time to live had ended.
    Expire {
        /// The command that found it so.
        verb: Verb,
        /// What was removed.
        value: Value,
        /// When its time to live had ended.
        expired_at: Micros,
    },
    /// The cache deleted a key on request.
    Delete {
        /// Whether it was there.
        found: bool,
    },
    /// The database began to execute a query.
    Query {
        /// Which.
        verb: Verb,
        /// How long it had waited for a connection.
        waited: Micros,
    },
    /// All connections were busy: the query waits.
    Queue {
        /// How many wait, this one among them.
        waiting: u32,
    },
    /// The database read a row.
    Read {
        /// Its version.
        version: Version,
    },
    /// The database committed a write.
    Write {
        /// The new version.
        version: Version,
        /// The version of the copy that the cache holds at this moment, if it holds a live one.
        copy: Option<Version>,
    },
    /// The application answered the client.
    Reply {
        /// What the request had asked for.
        operation: Operation,
        /// How long it took, from the request's arrival.
        latency: Micros,
        /// How many trips to the cache and the database it made.
        trips: u32,
    },
}

impl EventKind {
    /// The kind's word, in `events()` and on screen.
    pub const fn name(&self) -> &'static str {
        match self {
            EventKind::Request { .. } => "request",
            EventKind::Send { .. } => "send",
            EventKind::Hit { .. } => "hit",
            EventKind::Stale { .. } => "stale",
            EventKind::Miss { .. } => "miss",
            EventKind::Fill { .. } => "fill",
            EventKind::Evict { .. } => "evict",
            EventKind::Expire { .. } => "expire",
            EventKind::Delete { .. } => "delete",
            EventKind::Query { .. } => "query",
            EventKind::Queue { .. } => "queue",
            EventKind::Read { .. } => "read",
            EventKind::Write { .. } => "write",
            EventKind::Reply { .. } => "reply",
        }
    }
}
