//! What can happen. An event is one indivisible thing at one instant, with what caused it.

use super::fault::Fault;
use super::monitor::Spoiled;
use cache::units::{Key, Micros, Version};
use cache::{EvictionReason, Value};
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
    /// For which request, by its number in the workload; `None` for what happens by itself.
    pub request: Option<u32>,
    /// The key it is about: for an eviction the victim's, otherwise the request's.
    pub key: Key,
    /// The event that led to it; `None` where a request begins and for what happens by itself.
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
        /// How many bytes its key and its value take.
        size_bytes: u32,
        /// How many those took that were overwritten; 0 if the key was not there.
        replaced_bytes: u32,
    },
    /// The cache removed an entry to make room.
    Evict {
        /// What was removed.
        value: Value,
        /// The policy's reason.
        reason: EvictionReason,
        /// How many bytes its key and its value took.
        size_bytes: u32,
    },
    /// The cache removed an entry whose time to live had ended.
    Expire {
        /// The command that found it so; `None` for the active expiry cycle.
        verb: Option<Verb>,
        /// What was removed.
        value: Value,
        /// When its time to live had ended.
        expired_at: Micros,
        /// How many bytes its key and its value took.
        size_bytes: u32,
    },
    /// The cache deleted a key on request.
    Delete {
        /// Whether it was there.
        found: bool,
        /// Whether the database's commit log asked for it, not the application.
        from_log: bool,
        /// How many bytes its key and its value took; 0 if it was not there.
        size_bytes: u32,
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
    /// The database refused a query.
    Refuse {
        /// Where the query was at that moment.
        at: Refused,
    },
    /// The database read a row.
    Read {
        /// The version that was read; 0 if there is no such row.
        version: Version,
        /// The primary's version: higher if a replica that lags was read.
        row: Version,
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
        /// What the client got.
        outcome: Outcome,
    },
    /// A request has done what it had to do after its answer.
    Finish,
    /// A request has an answer from the cache or the database and waits for its client's turn.
    Hold,
    /// A client had its turn and could not move.
    Idle {
        /// Which.
        client: u32,
    },
    /// A request does nothing for a while.
    Wait {
        /// What for.
        why: Waiting,
    },
    /// A copy is reloaded before its end.
    Refresh {
        /// By which rule.
        why: Refresh,
        /// How long the copy would still have been valid; `None` without a time to live.
        left: Option<Micros>,
    },
    /// The cache did not store a value, as it was told to.
    Reject {
        /// Which.
        version: Version,
        /// Why not.
        why: Rejection,
    },
    /// The cache queued a written key for the database.
    Enqueue {
        /// Its version.
        version: Version,
        /// The queued version that it replaces: the two writes have become one.
        replaces: Option<Version>,
        /// How many keys are queued.
        waiting: u32,
    },
    /// A replica of the database has caught up with a write.
    Replicate {
        /// The version that it holds now.
        version: Version,
    },
    /// A trip failed.
    Fail {
        /// What had been asked for.
        verb: Verb,
        /// Why.
        failure: Failure,
    },
    /// A fault began or ended.
    Fault {
        /// Which.
        fault: Fault,
        /// How many entries the cache holds after it.
        entries: u32,
        /// How many bytes their keys and values take.
        stored_bytes: u64,
    },
    /// A promise was broken.
    Violation {
        /// Which.
        promise: Broken,
    },
    /// A line of the console was executed at the cache. What it stored or removed are events of their
    /// own, of which this one is the cause.
    Console {
        /// Which of the scenario's commands.
        command: u32,
        /// What the cache replied.
        answer: Answer,
        /// Whether everything was deleted.
        flushed: bool,
    },
}

/// What the cache replied to a line of the console, as far as an event keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// That it is done.
    Ok,
    /// That there is nothing.
    Nil,
    /// A whole number.
    Integer(i64),
    /// A value, or a text.
    Told,
    /// That it is refused.
    Error,
}

/// Where a query was when the database refused it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refused {
    /// It had just arrived.
    Arriving,
    /// It waited for a connection.
    Waiting,
    /// A connection was executing it.
    Executing,
}

/// What a client got.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// The row's value, in this version.
    Value(Version),
    /// That there is no such row.
    Absent,
    /// That its write is done.
    Written,
    /// An error.
    Failed,
}

/// What a request waits for, other than a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Waiting {
    /// Another request holds the key's lease: it will ask again.
    Lease {
        /// After how long.
        retry_after: Micros,
    },
    /// Another request loads the key.
    Load {
        /// Which.
        request: u32,
    },
    /// A fixed time, after its answer.
    Delay {
        /// How long.
        span: Micros,
    },
}

/// Why a copy is reloaded before its end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refresh {
    /// It is older than its soft time to live, or in the last part that refresh-ahead watches.
    Due,
    /// XFetch's draw said so.
    Early {
        /// How long the last reload of the copy took: the paper's Δ.
        rebuild: Micros,
    },
}

/// Why the cache did not store a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rejection {
    /// It holds this newer version.
    Newer(Version),
    /// The request's lease is void: the key was deleted or written in the meantime.
    LeaseVoid,
    /// The key is not there, and was only to be overwritten.
    NotThere,
    /// The copy that the request reloads was removed or overwritten in the meantime.
    CopyGone,
}

/// Why a trip failed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// No answer within the client's patience.
    Timeout,
    /// The database refused it.
    DatabaseDown,
    /// The cache node failed to execute it.
    CacheError,
    /// The cache has no memory and may evict nothing.
    OutOfMemory,
    /// The value is larger than the cache.
    TooLarge,
}

/// A promise that was broken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Broken {
    /// A stale copy was read, and no time to live or pending delete bounds how long it will be.
    BoundedStaleness {
        /// How the copy came to be stale.
        since: Spoiled,
    },
    /// A write that was acknowledged is lost.
    Durability {
        /// The version that never reached the row.
        version: Version,
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
            EventKind::Refuse { .. } => "refuse",
            EventKind::Read { .. } => "read",
            EventKind::Write { .. } => "write",
            EventKind::Reply { .. } => "reply",
            EventKind::Finish => "finish",
            EventKind::Hold => "hold",
            EventKind::Idle { .. } => "idle",
            EventKind::Wait { .. } => "wait",
            EventKind::Refresh { .. } => "refresh",
            EventKind::Reject { .. } => "reject",
            EventKind::Enqueue { .. } => "enqueue",
            EventKind::Replicate { .. } => "replicate",
            EventKind::Fail { .. } => "error",
            EventKind::Fault { .. } => "fault",
            EventKind::Violation { .. } => "violation",
            EventKind::Console { .. } => "console",
        }
    }
}
