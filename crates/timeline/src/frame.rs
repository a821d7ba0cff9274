//! The frame: everything visible at a step as plain data. The view draws it, and `frame()` hands it to scripts.
//!
//! Numbers that people count from 1 (requests, lines of pseudocode) are counted from 1 here.

use super::cost_frame::CostFrame;
use super::shape_frame::ShapeFrame;
use cache::units::{Micros, Version};
use cache::{PolicyKind, Scope};
use serde::Serialize;
use sim::{
    DatabaseKind, Failure, InForce, LaneSetup, Line, Operation, Party, ReadPath, Verb, WritePath,
};
use std::rc::Rc;

/// Everything visible at a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Frame {
    /// The step.
    pub step: u32,
    /// Its instant.
    pub at_us: Micros,
    /// How many requests of the workload have reached the application.
    pub requests_begun: u32,
    /// The lanes, in the scenario's order.
    pub lanes: Vec<LaneFrame>,
    /// The numbers of the same requests without a cache.
    pub baseline: MetricsFrame,
}

/// One lane.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LaneFrame {
    /// Its name.
    pub name: Rc<str>,
    /// The cache; of capacity 0 where the strategy has none. Of several nodes all together.
    pub cache: Rc<CacheFrame>,
    /// The cache's nodes, where there are several; none where the cache is one node.
    pub nodes: Vec<NodeFrame>,
    /// The shard that joins or leaves at this moment; left out if none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resharding: Option<ReshardingFrame>,
    /// The database; without rows and connections where the strategy has none.
    pub database: Rc<DatabaseFrame>,
    /// The messages in flight, and those that wait where they arrived.
    pub messages: Vec<MessageFrame>,
    /// The requests under way; of more than 300 the oldest, and the one of the latest sentence.
    pub requests: Vec<RequestFrame>,
    /// How many requests are under way.
    pub request_count: u32,
    /// The request that was answered last.
    pub last_request: Option<RequestFrame>,
    /// The request of the latest sentence about this lane.
    pub told_request: Option<u32>,
    /// The faults in force.
    pub faults: InForce,
    /// The counts so far.
    pub metrics: MetricsFrame,
    /// What the lane costs a month.
    pub cost: CostFrame,
}

/// One of several cache nodes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NodeFrame {
    /// Its number, from 1.
    pub id: u16,
    /// What it is.
    pub role: Role,
    /// The slots that it owns in a cluster, the first and the last of each range; none for a Memcached node.
    pub slots: Vec<(u16, u16)>,
    /// Whether clients use it: a Memcached node may have left, or may be yet to join.
    pub in_use: bool,
    /// Whether it was in use at the start: it has left if it no longer is.
    pub at_start: bool,
    /// Whether messages reach it.
    pub reachable: bool,
    /// Whether it has stopped.
    pub stopped: bool,
    /// Its availability zone, where nodes have replicas.
    pub zone: Option<char>,
    /// Its Region, from 1, in a Global Datastore; left out elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<u16>,
    /// Whether a person promotes its Region at this moment; left out if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub promoting: bool,
    /// The shard that it belongs to, from 1.
    pub shard: u16,
    /// Whether it is a replica that loads its primary's data, and answers nothing meanwhile.
    pub syncing: bool,
    /// How many changes of its primary are on their way to it.
    pub behind: u32,
    /// How many of its changes are not in the log yet, if it is the primary of a durable shard.
    pub unlogged: Option<u32>,
    /// The slots that are on their way from it to another node; left out if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moving: Option<MovingFrame>,
    /// Whether its shard is to leave once its slots have moved; left out if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub leaving: bool,
    /// Its own part of the cache.
    #[serde(flatten)]
    pub cache: Rc<CacheFrame>,
}

/// Slots on their way from one node to another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MovingFrame {
    /// The first and the last of each range. One slot where slots move one after another.
    pub slots: Vec<(u16, u16)>,
    /// The node that they go to, from 1.
    pub to: u16,
}

/// A shard that joins or leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ReshardingFrame {
    /// The shard, from 1.
    pub shard: u16,
    /// Whether it joins.
    pub joins: bool,
    /// How many slots are still to be moved.
    pub slots_left: u16,
}

/// What one of several cache nodes is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The primary of a shard.
    Primary,
    /// A replica of a shard's primary.
    Replica,
    /// A Memcached node, which has no role.
    Node,
}

/// A cache, or one of its nodes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CacheFrame {
    /// The eviction policy.
    pub policy: PolicyKind,
    /// Which entries may be evicted.
    pub scope: Scope,
    /// How many entries fit; if bytes are counted, how many of the current average size would.
    pub capacity: u32,
    /// How many entries it holds.
    pub used: u32,
    /// How many bytes fit, if bytes are counted.
    pub capacity_bytes: Option<u64>,
    /// How many bytes the entries take, the engine's overhead included.
    pub used_bytes: u64,
    /// How many keys write-behind has queued for the database.
    pub queued_writes: u32,
    /// The entries in the policy's order, next victim last.
    pub entries: Vec<EntryFrame>,
    /// What the policy knows beyond that order; `null` without a cache, and for several nodes together.
    pub shape: Option<ShapeFrame>,
    /// Its rate, if it is serverless.
    pub serverless: Option<ServerlessFrame>,
}

/// The rate of a serverless cache, and what is used of it in this second.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ServerlessFrame {
    /// The ECPUs a second that it supports now.
    pub ecpu_per_second: u32,
    /// What is used in this second, in thousandths of an ECPU.
    pub used_milli_ecpu: u64,
    /// When it supports more; `null` while no more is asked for.
    pub grows_at_us: Option<Micros>,
    /// The ECPUs a second that a slot gets.
    pub slot_ecpu_per_second: u32,
    /// The slot that has used most in this second; `null` if none has used any.
    pub slot: Option<u16>,
    /// What that slot has used, in thousandths of an ECPU.
    pub slot_used_milli_ecpu: u64,
    /// How many commands have been throttled.
    pub throttled: u64,
}

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EntryFrame {
    /// Its key.
    pub key: Rc<str>,
    /// The version of the copy.
    pub version: Version,
    /// The version of the row at this moment; 0 where there is none.
    pub row_version: Version,
    /// Whether the copy is older than the row.
    pub stale: bool,
    /// Whether its TTL has run out; it stays until an access finds it so.
    pub expired: bool,
    /// When its TTL runs out.
    pub expires_at_us: Option<Micros>,
    /// When the key entered the cache.
    pub inserted_at_us: Micros,
    /// When it was last read or written.
    pub used_at_us: Micros,
    /// How many bytes its key and its value take, without the engine's overhead.
    pub size_bytes: u32,
    /// The request that stored the copy; `null` if it was there from the start.
    pub request: Option<u32>,
    /// The key's slot in a cluster.
    pub slot: Option<u16>,
}

/// The database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DatabaseFrame {
    /// The rows, shorter keys first; of more than 300, only those cached, written, or asked for by a request
    /// that is listed or whose query runs.
    pub rows: Vec<RowFrame>,
    /// How many rows there are.
    pub row_count: u32,
    /// Its kind; `null` where the strategy has none.
    pub kind: Option<DatabaseKind>,
    /// How many queries can run at once; 0 where there is no pool of connections.
    pub connections: u32,
    /// How many queries run.
    pub busy: u32,
    /// How many queries wait.
    pub queued: u32,
    /// How many queries have been throttled.
    pub throttled: u64,
    /// The units of each of DynamoDB's partitions in this second, and after them those of a provisioned table.
    pub units: Vec<UnitsFrame>,
}

/// What is used in this second of the units of one of DynamoDB's partitions, or of a provisioned table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct UnitsFrame {
    /// The partition's number, from 1; `null` for the table.
    pub partition: Option<u16>,
    /// The read units that are used.
    pub read_used: u32,
    /// The read units in a second.
    pub read_most: u32,
    /// The write units that are used.
    pub write_used: u32,
    /// The write units in a second.
    pub write_most: u32,
}

/// One row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RowFrame {
    /// Its key.
    pub key: Rc<str>,
    /// Its version.
    pub version: Version,
    /// Whether a query on it is running.
    pub in_use: bool,
}

/// A message between the application and another party.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MessageFrame {
    /// The request it belongs to.
    pub request: u32,
    /// The sender.
    pub from: Party,
    /// The recipient.
    pub to: Party,
    /// The command or query.
    pub verb: Verb,
    /// The key.
    pub key: Rc<str>,
    /// The version it carries, if any.
    pub version: Option<Version>,
    /// The cache node that it goes to or comes from, from 1, where there are several.
    pub node: Option<u16>,
    /// Where it says that the key's slot is, if it is a MOVED or an ASK.
    pub moved: Option<MovedFrame>,
    /// Whether it answers a GET that found nothing.
    pub miss: bool,
    /// Whether it answers a GET with a copy that is older than the row at this moment.
    pub stale: bool,
    /// Whether it answers a SET whose value the cache did not store, as it was told to.
    pub rejected: bool,
    /// The error, if it is a reply with one.
    pub error: Option<Failure>,
    /// When it left.
    pub departed_at_us: Micros,
    /// When it arrives.
    pub arrives_at_us: Micros,
}

/// What a MOVED or an ASK says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct MovedFrame {
    /// The key's slot.
    pub slot: u16,
    /// The node that has it, from 1.
    pub to: u16,
    /// Whether it is an ASK: the slot is being moved, and that node is to be asked this once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ask: bool,
}

/// A request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RequestFrame {
    /// Its number, from 1.
    pub id: u32,
    /// The client that sent it.
    pub client: u32,
    /// Whether that is the person at the page.
    pub by_hand: bool,
    /// Whether it reads or writes.
    pub op: Operation,
    /// The key.
    pub key: Rc<str>,
    /// Whether its client has its answer; it may go on after that.
    pub answered: bool,
    /// Whether that answer is an error.
    pub failed: bool,
    /// The version that it has read or written last.
    pub version: Option<Version>,
    /// The path it follows: a read path's or a write path's name.
    pub procedure: ProcedureName,
    /// The line it is at, from 1.
    pub line: u32,
    /// Where it is.
    pub phase: PhaseFrame,
    /// When it reached the application.
    pub started_at_us: Micros,
    /// How long it has taken so far.
    pub elapsed_us: Micros,
    /// How long it takes until it is answered. The run is simulated on until then.
    pub total_us: Micros,
    /// Its client's trips so far. Their times add up to the time so far.
    pub parts: Vec<PartFrame>,
    /// The trips that it makes after its answer.
    pub afterwards: Vec<PartFrame>,
    /// How long the same request takes without a cache, once the run is simulated that far.
    pub without_cache_us: Option<Micros>,
    /// Whether its client gets an error without a cache.
    pub without_cache_failed: bool,
}

/// The path a request follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum ProcedureName {
    /// A read.
    Read(ReadPath),
    /// A write.
    Write(WritePath),
}

/// Where a request is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PhaseFrame {
    /// Its message is on the way out.
    Outbound,
    /// It waits for a connection.
    Queued,
    /// A connection executes it.
    Executing,
    /// The reply is on the way back.
    Inbound,
    /// Its message or the reply is lost, which it does not know yet.
    Lost,
    /// It sleeps, or waits for another request.
    Waiting,
    /// A person has to let it go on.
    Held,
    /// It is over.
    Answered,
}

/// One trip of a request, as far as it has got.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PartFrame {
    /// The command or query.
    pub verb: Verb,
    /// How much of the trip has passed.
    pub elapsed_us: Micros,
    /// Of the whole trip: time on the wire.
    pub network_us: Micros,
    /// Of the whole trip: time waiting for the engine or a connection.
    pub waited_us: Micros,
    /// Of the whole trip: time being worked on.
    pub service_us: Micros,
    /// Whether it is over.
    pub done: bool,
}

/// Counts and latencies.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MetricsFrame {
    /// Look-ups that found the key.
    pub hits: u64,
    /// Look-ups that did not.
    pub misses: u64,
    /// Hits whose copy was older than the row.
    pub stale_reads: u64,
    /// Values stored in the cache.
    pub fills: u64,
    /// Entries removed to make room.
    pub evictions: u64,
    /// Entries removed because their TTL had run out.
    pub expirations: u64,
    /// Entries deleted on request.
    pub deletions: u64,
    /// Rows read.
    pub database_reads: u64,
    /// Rows written.
    pub database_writes: u64,
    /// Trips to the cache or the database that failed.
    pub failed_trips: u64,
    /// Requests whose client got an error.
    pub failed_requests: u64,
    /// Values that the cache was told not to store.
    pub rejected_writes: u64,
    /// Commands that a shard answered with MOVED.
    pub redirects: u64,
    /// Queries that DynamoDB throttled (CloudWatch: ThrottledRequests).
    pub throttled: u64,
    /// Commands that a serverless cache throttled (CloudWatch: ThrottledCmds).
    pub throttled_commands: u64,
    /// Commands that the cache has executed.
    pub commands: u64,
    /// The ECPUs that serverless would charge for them, in thousandths.
    pub milli_ecpu: u64,
    /// Acknowledged writes that are gone: keys of whose newest one nothing is left.
    pub lost_writes: u64,
    /// Promises that were broken.
    pub violations: u64,
    /// Reads answered, be it with an error.
    pub reads: u64,
    /// Writes answered, be it with an error.
    pub writes: u64,
    /// The mean latency of reads answered without an error, as all that follow; `null`, as they are, while there is nothing to say.
    pub read_mean_us: Option<Micros>,
    /// Half of those reads took at most this.
    pub read_p50_us: Option<Micros>,
    /// 95 of 100 did.
    pub read_p95_us: Option<Micros>,
    /// 99 of 100 did.
    pub read_p99_us: Option<Micros>,
    /// The longest.
    pub read_max_us: Option<Micros>,
    /// The mean write latency.
    pub write_mean_us: Option<Micros>,
    /// Half of those writes took at most this.
    pub write_p50_us: Option<Micros>,
    /// 95 of 100 did.
    pub write_p95_us: Option<Micros>,
    /// 99 of 100 did.
    pub write_p99_us: Option<Micros>,
    /// The longest.
    pub write_max_us: Option<Micros>,
    /// How long queries waited for a connection, on average, those that did not have to among them.
    pub wait_mean_us: Option<Micros>,
    /// 99 of 100 waited at most this.
    pub wait_p99_us: Option<Micros>,
    /// The longest wait.
    pub wait_max_us: Option<Micros>,
    /// How long the rows of stale copies had held a newer version when they were read, on average.
    pub stale_age_mean_us: Option<Micros>,
    /// The longest.
    pub stale_age_max_us: Option<Micros>,
    /// How many entries the cache holds, expired ones among them (CloudWatch: CurrItems).
    pub entries: u32,
    /// How many bytes their keys and values take. CloudWatch's BytesUsedForCache counts the engine's
    /// overhead too.
    pub stored_bytes: u64,
    /// How much of the time so far the database's connections were busy, in thousandths; `null` without a pool
    /// of connections.
    pub database_busy_per_mille: Option<u64>,
    /// The most queries that have waited for a connection at once.
    pub queued_max: u32,
}

impl LaneFrame {
    /// The request to show: the one that is told about. Where that is over, or what is told is about
    /// none, the oldest under way, and after that the one answered last.
    pub fn shown_request(&self) -> Option<&RequestFrame> {
        let begun = || self.requests.iter().chain(&self.last_request);
        let told = begun().find(|request| Some(request.id) == self.told_request);
        told.or_else(|| begun().next())
    }

    /// Whether a shard can join or leave: it is a cluster without logs, no slots are on their way, and every primary
    /// works.
    pub fn can_reshard(&self) -> bool {
        let stopped = |of: &NodeFrame| of.role == Role::Primary && of.in_use && of.stopped;
        let has_slots = self.nodes.iter().any(|node| !node.slots.is_empty());
        let durable = self.nodes.iter().any(|node| node.unlogged.is_some());
        has_slots && !durable && self.resharding.is_none() && !self.nodes.iter().any(stopped)
    }
}

impl RequestFrame {
    /// Its pseudocode in a lane.
    pub fn lines<'a>(&self, setup: &'a LaneSetup) -> &'a Rc<[Line]> {
        match self.procedure {
            ProcedureName::Read(_) => &setup.procedures.read.lines,
            ProcedureName::Write(_) => &setup.procedures.write.lines,
        }
    }
}

impl DatabaseFrame {
    /// Where the strategy has none.
    pub(super) const NONE: DatabaseFrame = DatabaseFrame {
        rows: Vec::new(),
        row_count: 0,
        kind: None,
        connections: 0,
        busy: 0,
        queued: 0,
        throttled: 0,
        units: Vec::new(),
    };

    /// Whether the lane has a database at all.
    pub fn exists(&self) -> bool {
        self.kind.is_some()
    }
}

impl CacheFrame {
    /// Whether the lane has a cache at all.
    pub fn exists(&self) -> bool {
        self.capacity > 0
    }

    /// The key that the next insertion would evict if the cache is full. Where only keys with a TTL may
    /// go, there can be none.
    pub fn next_out(&self) -> Option<&Rc<str>> {
        let may_go = |entry: &&EntryFrame| match self.scope {
            Scope::AllKeys => true,
            Scope::Volatile => entry.expires_at_us.is_some(),
        };
        let next = self.entries.iter().rfind(may_go);
        next.map(|entry| &entry.key)
    }
}

impl MetricsFrame {
    /// Hits of all look-ups in tenths of a percent; `None` while there were none.
    pub fn hit_per_mille(&self) -> Option<u64> {
        (self.hits * 1000 + (self.hits + self.misses) / 2).checked_div(self.hits + self.misses)
    }
}
