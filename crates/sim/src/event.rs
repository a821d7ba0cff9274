//! The kinds of events. An event is one indivisible thing that happens at one instant, with its cause.

use super::deployment::{Exceeded, NodeId, Reach, ReshardStep, Stage};
use super::fault::Fault;
use super::monitor::Spoiled;
use cache::units::{Key, Micros, Version};
use cache::{EvictionReason, Value};
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};

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
    /// The name on a message.
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Set => "SET",
            Verb::Delete => "DELETE",
            Verb::Select => "SELECT",
            Verb::Update => "UPDATE",
        }
    }

    /// The party that answers it.
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
    /// The instant at which it happened.
    pub at: Micros,
    /// The number of its request, the workload's first and then those by hand; `None` for an event without
    /// a request, such as a fault.
    pub request: Option<u32>,
    /// The key of the entry that was evicted or expired, or otherwise of the request.
    pub key: Key,
    /// The event that led to it; `None` for the first event of a request and for one without a request.
    pub cause: Option<EventId>,
    /// The cache node at which it happened, or to which the message goes; the first one for what has nothing
    /// to do with the cache.
    pub node: NodeId,
    /// What happened.
    pub kind: EventKind,
}

/// What happened, with the values that explain why.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EventKind {
    /// A client's request reached the application.
    Request {
        /// The number of the client.
        client: u32,
        /// Whether it reads or writes.
        operation: Operation,
    },
    /// The application sent a message.
    Send {
        /// The command or query.
        verb: Verb,
    },
    /// The cache held a copy that had not expired.
    Hit {
        /// The copy.
        value: Value,
        /// When the copy expires.
        expires_at: Option<Micros>,
        /// The size of its key and value.
        size: MovedBytes,
    },
    /// The copy just read is older than the row.
    Stale {
        /// The copy's version.
        copy: Version,
        /// The row's version.
        row: Version,
        /// How long the row has had that version.
        since: Micros,
        /// When the copy expires.
        expires_at: Option<Micros>,
    },
    /// The cache held no copy, or one that had expired.
    Miss {
        /// Whether there was an expired copy.
        expired: bool,
    },
    /// The cache stored a value.
    Fill {
        /// The new value.
        value: Value,
        /// The row's version at this moment: higher than the value's if the row was written in the meantime.
        row: Version,
        /// The version of the copy that was overwritten, if there was one.
        replaced: Option<Version>,
        /// When the copy expires.
        expires_at: Option<Micros>,
        /// The size of its key and value, in bytes.
        size_bytes: u32,
        /// The size of the copy that was overwritten, in bytes; 0 if there was none.
        replaced_bytes: u32,
    },
    /// The cache removed an entry to make room.
    Evict {
        /// The value that was removed.
        value: Value,
        /// Why the policy chose this entry.
        reason: EvictionReason,
        /// The size of its key and value, in bytes.
        size_bytes: u32,
    },
    /// The cache removed an entry that had expired.
    Expire {
        /// The command that found it expired; `None` for the active expiry cycle.
        verb: Option<Verb>,
        /// The value that was removed.
        value: Value,
        /// When it had expired.
        expired_at: Micros,
        /// The size of its key and value, in bytes.
        size_bytes: u32,
    },
    /// The cache deleted a key on request.
    Delete {
        /// Whether there was a copy.
        found: bool,
        /// Whether the delete came from the database's commit log rather than the application.
        from_log: bool,
        /// The size of its key and value, in bytes; 0 if there was no copy.
        size_bytes: u32,
    },
    /// The database began to execute a query.
    Query {
        /// Whether it reads or writes the row.
        verb: Verb,
        /// How long it had waited for a connection.
        waited: Micros,
    },
    /// All connections were busy: the query waits.
    Queue {
        /// How many queries wait, this one included.
        waiting: u32,
    },
    /// The database refused a query.
    Refuse {
        /// How far the query had got.
        at: Refused,
    },
    /// The database read a row.
    Read {
        /// The version that was read; 0 if the row does not exist.
        version: Version,
        /// The primary's version: higher if the read went to a replica that lags.
        row: Version,
    },
    /// The database committed a write.
    Write {
        /// The new version.
        version: Version,
        /// The version of the copy that the cache holds at this moment, unless it has expired. The copy is
        /// stale only if this is lower than `version`: under write-behind both are the same.
        copy: Option<Version>,
    },
    /// The application answered the client.
    Reply {
        /// Whether the request was a read or a write.
        operation: Operation,
        /// The time since the request arrived.
        latency: Micros,
        /// How many trips to the cache and the database it made: one for a read that joined another's load.
        trips: u32,
        /// What the client got.
        outcome: Outcome,
    },
    /// A request has finished its work after its answer.
    Finish,
    /// A request waits for its client's next move.
    Hold,
    /// A client had its turn and nothing to do.
    Idle {
        /// The number of the client.
        client: u32,
    },
    /// A request does nothing for a while.
    Wait {
        /// What it waits for.
        why: Waiting,
    },
    /// A copy is reloaded before it expires.
    Refresh {
        /// The rule that asks for it.
        why: Refresh,
        /// How much of the copy's TTL is left; `None` without a TTL.
        left: Option<Micros>,
    },
    /// The cache refused to store a value.
    Reject {
        /// The version that was refused.
        version: Version,
        /// The reason.
        why: Rejection,
        /// The size of the key and the value that was refused.
        size: MovedBytes,
    },
    /// Write-behind: the cache queued a write for the database.
    Enqueue {
        /// The version that was written.
        version: Version,
        /// The queued version that it replaces, so that both cost a single database write.
        replaces: Option<Version>,
        /// How many writes are queued.
        waiting: u32,
    },
    /// A write has reached the replica of the database.
    Replicate {
        /// The version that the replica now has.
        version: Version,
    },
    /// A trip failed.
    Fail {
        /// The command or query.
        verb: Verb,
        /// The cause.
        failure: Failure,
    },
    /// A fault began or ended.
    Fault {
        /// The fault.
        fault: Fault,
        /// Which cache nodes it reaches, if it is one of theirs.
        reach: Reach,
        /// How many entries the cache holds after it.
        entries: u32,
        /// The size of their keys and values, in bytes.
        stored_bytes: u64,
        /// How many acknowledged writes are gone with it.
        gone: Gone,
    },
    /// A promise was broken.
    Violation {
        /// The promise.
        promise: Broken,
    },
    /// The cache executed a command from the console. What it stored or removed follows in events whose
    /// cause is this one.
    Console {
        /// The place of the command among the scenario's interventions.
        command: u32,
        /// The reply.
        answer: Answer,
        /// Whether the command deleted everything.
        flushed: bool,
    },
    /// A person let a copy expire.
    EndTtl {
        /// The version of the copy whose TTL ended; `None` if there was none, or if it had expired already.
        copy: Option<Version>,
    },
    /// A shard answered that another one owns the key's slot.
    Moved {
        /// The slot.
        slot: u16,
        /// Its owner.
        to: NodeId,
    },
    /// A change of the primary has reached a replica.
    Apply {
        /// What it changes.
        applied: Applied,
    },
    /// A replica has answered a look-up otherwise than its primary would have.
    Behind {
        /// The version that it found; `None` if it has no copy.
        found: Option<Version>,
        /// The version of the primary's copy; `None` if it has none.
        primary: Option<Version>,
    },
    /// A stage of a failover, or of what follows it.
    Failover {
        /// The stage.
        stage: Stage,
    },
    /// A change has got into a durable shard's log, after its reply.
    Logged {
        /// What it changes.
        applied: Applied,
        /// How long ago it was made.
        lag: Micros,
    },
    /// A serverless cache refused a command because of its rate or the slot's.
    Throttle {
        /// The command.
        verb: Verb,
        /// The rate that it exceeds.
        exceeded: Exceeded,
    },
    /// The rate of a serverless cache has grown.
    Grow {
        /// The ECPUs a second that it supported until now.
        before: u32,
        /// Those that it supports from now on.
        rate: u32,
    },
    /// A shard answered that the key's slot is being moved, and that another one is to be asked this once.
    Ask {
        /// The slot.
        slot: u16,
        /// The node that the slot goes to.
        to: NodeId,
    },
    /// A step of adding a shard or removing one.
    Reshard {
        /// The step.
        step: ReshardStep,
    },
}

/// What a change of the primary does at a replica.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Applied {
    /// It stores a copy.
    Stored {
        /// The copy.
        value: Value,
        /// When the copy expires.
        expires_at: Option<Micros>,
    },
    /// It removes the copy, if there is one.
    Removed,
}

/// How many bytes a command moved. It hashes as nothing, as before it was noted: it follows from the workload and
/// from the events before, which tell the size of each value that is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MovedBytes(pub u32);

impl Hash for MovedBytes {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// How many keys' newest acknowledged writes are gone, so that no node, log, queue or database has them. It hashes as
/// nothing, as before it was counted: it follows from the events before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Gone(pub u32);

impl Hash for Gone {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// The kind of reply to a console command.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// `OK`.
    Ok,
    /// No value.
    Nil,
    /// A whole number.
    Integer(i64),
    /// A value or a text, which the event does not keep.
    Told,
    /// An error.
    Error,
}

/// How far a query had got when the database refused it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refused {
    /// It had just arrived.
    Arriving,
    /// It waited for a connection.
    Waiting,
    /// A connection was executing it.
    Executing,
    /// It had just arrived, and no more queries may wait.
    QueueFull {
        /// How many queries wait.
        waiting: u32,
    },
    /// It had just arrived, and too few units were left in this second.
    Throttled(Throttle),
}

/// Why DynamoDB throttled a query.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Throttle {
    /// Whose units were too few.
    pub limit: Limit,
    /// Whether they were those of reads or of writes.
    pub verb: Verb,
    /// How many had been used in this second.
    pub used: u32,
    /// How many there are in a second.
    pub most: u32,
    /// How many the query needs.
    pub needs: u32,
}

/// Whose units a query needs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Limit {
    /// The partition of its key, from 0.
    Partition(u16),
    /// The table, which has provisioned units.
    Table,
}

/// The answer that a client got.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// The row's value, in this version.
    Value(Version),
    /// The row does not exist.
    Absent,
    /// Its write succeeded.
    Written,
    /// An error.
    Failed,
}

/// What a request waits for, other than a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Waiting {
    /// Another request holds the key's lease; this one tries again later.
    Lease {
        /// How long it waits before it tries again.
        retry_after: Micros,
    },
    /// Another request loads the key.
    Load {
        /// The number of the request that loads.
        request: u32,
    },
    /// A fixed delay after its answer.
    Delay {
        /// The length of the delay.
        span: Micros,
    },
}

/// Why a copy is reloaded before it expires.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refresh {
    /// It is older than its soft TTL, or than the share of its TTL at which refresh-ahead reloads.
    Due,
    /// XFetch picked this read at random.
    Early {
        /// How long the last load of the copy took: Δ in the paper.
        rebuild: Micros,
    },
}

/// Why the cache did not store a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rejection {
    /// The cache holds this newer version.
    Newer(Version),
    /// The request's lease is void, because the key was deleted or written in the meantime.
    LeaseVoid,
    /// There is no copy, and the SET only overwrites an existing one.
    NotThere,
    /// The copy that the request reloads has been removed or overwritten in the meantime.
    CopyGone,
}

/// Why a trip failed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// No answer came before the timeout.
    Timeout,
    /// The database refused it.
    DatabaseDown,
    /// The cache node failed to execute it.
    CacheError,
    /// The cache is full and may evict nothing.
    OutOfMemory,
    /// The value is larger than the cache.
    TooLarge,
    /// The database refused it because too many queries wait.
    Overloaded,
    /// Another shard owns the key's slot, and the client does not follow.
    Moved,
    /// It was a write, and the node is a replica: `READONLY`.
    ReadOnly,
    /// The node is a replica that is loading its primary's contents: `LOADING`.
    Loading,
    /// The database throttled it.
    Throttled,
    /// The node loads what is in its shard's log: `LOADING`.
    Restoring,
    /// It was a write, and the shard's log is too far behind.
    LogBehind,
    /// The serverless cache throttled it.
    CacheThrottled,
    /// The key's slot is being moved, and the client does not ask the node that it goes to.
    Asked,
    /// Some slot is not served, and the cluster serves none then: `CLUSTERDOWN`.
    ClusterDown,
}

/// A promise that was broken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Broken {
    /// A stale copy was read that no TTL and no pending write or delete will ever replace.
    BoundedStaleness {
        /// What made the copy stale.
        since: Spoiled,
    },
    /// A write that was acknowledged is lost.
    Durability {
        /// The version that never reached the row.
        version: Version,
    },
}

impl EventKind {
    /// How many bytes of a key and its value a command of the cache moved; `None` if the event is no command's
    /// answer.
    pub fn moved_bytes(&self) -> Option<u32> {
        match *self {
            EventKind::Hit { size, .. } | EventKind::Reject { size, .. } => Some(size.0),
            EventKind::Fill { size_bytes, .. } => Some(size_bytes),
            EventKind::Miss { .. } | EventKind::Delete { .. } => Some(0),
            _ => None,
        }
    }

    /// How many acknowledged writes are gone since it happened.
    pub const fn gone(&self) -> u32 {
        match self {
            EventKind::Fault { gone, .. }
            | EventKind::Failover {
                stage: Stage::Promoted { gone, .. } | Stage::Leaderless { gone },
            } => gone.0,
            _ => 0,
        }
    }

    /// Whether it happens at a cache node, or on the way to one.
    pub const fn is_at_cache(&self) -> bool {
        match self {
            EventKind::Send { verb } | EventKind::Fail { verb, .. } => {
                matches!(verb.party(), Party::Cache)
            }
            EventKind::Hit { .. }
            | EventKind::Stale { .. }
            | EventKind::Miss { .. }
            | EventKind::Fill { .. }
            | EventKind::Evict { .. }
            | EventKind::Expire { .. }
            | EventKind::Delete { .. }
            | EventKind::Moved { .. }
            | EventKind::Apply { .. }
            | EventKind::Logged { .. }
            | EventKind::Behind { .. }
            | EventKind::Failover { .. }
            | EventKind::Ask { .. }
            | EventKind::Reshard { .. }
            | EventKind::Reject { .. }
            | EventKind::Enqueue { .. }
            | EventKind::Throttle { .. }
            | EventKind::EndTtl { .. } => true,
            _ => false,
        }
    }

    /// The kind's name, in `events()` and on screen.
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
            EventKind::Moved { .. } => "moved",
            EventKind::Reject { .. } => "reject",
            EventKind::Enqueue { .. } => "enqueue",
            EventKind::Replicate { .. } => "replicate",
            EventKind::Fail { .. } => "error",
            EventKind::Fault { .. } => "fault",
            EventKind::Throttle { .. } => "throttle",
            EventKind::Grow { .. } => "grow",
            EventKind::Violation { .. } => "violation",
            EventKind::Console { .. } => "console",
            EventKind::EndTtl { .. } => "end-ttl",
            EventKind::Apply { .. } => "apply",
            EventKind::Logged { .. } => "logged",
            EventKind::Behind { .. } => "behind",
            EventKind::Failover { .. } => "failover",
            EventKind::Ask { .. } => "ask",
            EventKind::Reshard { .. } => "reshard",
        }
    }
}
