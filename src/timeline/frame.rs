//! What can be seen at a step, as plain data: the view draws it, and `frame()` hands it to scripts.
//!
//! Numbers that people count from 1 (requests, lines of pseudocode) are counted from 1 here.

use super::moment::Moment;
use super::run::Run;
use crate::cache::{Cache, Entry, PolicyKind};
use crate::sim::{
    ActiveRequest, Instruction, Latencies, Metrics, Operation, Party, Phase, ReadPath, Verb, World,
    WritePath,
};
use crate::units::{Key, Micros, Version};
use serde::Serialize;
use std::rc::Rc;

/// Above so many rows a frame lists only those that matter at the moment.
const ROWS_MAX: usize = 300;

/// Everything visible at a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Frame {
    /// The step.
    pub step: u32,
    /// Its instant.
    pub at_us: Micros,
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
    /// The cache node; of capacity 0 where the strategy has none.
    pub cache: Rc<CacheFrame>,
    /// The database.
    pub database: Rc<DatabaseFrame>,
    /// What is in flight, or lies where it arrived until it is worked on.
    pub messages: Vec<MessageFrame>,
    /// The requests under way.
    pub requests: Vec<RequestFrame>,
    /// The request that was answered last.
    pub last_request: Option<RequestFrame>,
    /// The counts so far.
    pub metrics: MetricsFrame,
}

/// A cache node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CacheFrame {
    /// Who is evicted.
    pub policy: PolicyKind,
    /// How many entries fit.
    pub capacity: u32,
    /// How many are there.
    pub used: u32,
    /// They, in the policy's order, the next one out last.
    pub entries: Vec<EntryFrame>,
}

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EntryFrame {
    /// Its key.
    pub key: Rc<str>,
    /// The version of the copy.
    pub version: Version,
    /// The version of the row at this moment.
    pub row_version: Version,
    /// Whether the copy is older than the row.
    pub stale: bool,
    /// Whether its time to live has ended; it stays until an access finds it so.
    pub expired: bool,
    /// When its time to live ends.
    pub expires_at_us: Option<Micros>,
    /// When the key entered the cache.
    pub inserted_at_us: Micros,
    /// When it was last read or written.
    pub used_at_us: Micros,
    /// The request that stored the copy; `null` if it was there from the start.
    pub request: Option<u32>,
}

/// The database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DatabaseFrame {
    /// The rows, shorter keys first; of more than 300, only those cached, asked for now, or written.
    pub rows: Vec<RowFrame>,
    /// How many rows there are.
    pub row_count: u32,
    /// How many queries can run at once.
    pub connections: u32,
    /// How many run.
    pub busy: u32,
    /// How many wait.
    pub queued: u32,
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
    /// Who sent it.
    pub from: Party,
    /// Who gets it.
    pub to: Party,
    /// What was asked for.
    pub verb: Verb,
    /// Of which key.
    pub key: Rc<str>,
    /// The version it carries, if any.
    pub version: Option<Version>,
    /// Whether it answers a GET that found nothing.
    pub miss: bool,
    /// When it left.
    pub departed_at_us: Micros,
    /// When it arrives.
    pub arrives_at_us: Micros,
}

/// A request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RequestFrame {
    /// Its number, from 1.
    pub id: u32,
    /// Which client sent it.
    pub client: u32,
    /// What it wants.
    pub op: Operation,
    /// Of which key.
    pub key: Rc<str>,
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
    /// How long it will have taken when it is answered.
    pub total_us: Micros,
    /// Its trips so far. Their times add up to the time so far.
    pub parts: Vec<PartFrame>,
    /// The trips that the current line does not rule out.
    pub to_come: Vec<Verb>,
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
    /// The client has its answer.
    Answered,
}

/// One trip of a request, as far as it has got.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PartFrame {
    /// What was asked for.
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
    /// Entries removed because their time to live had ended.
    pub expirations: u64,
    /// Entries deleted on request.
    pub deletions: u64,
    /// Rows read.
    pub database_reads: u64,
    /// Rows written.
    pub database_writes: u64,
    /// Reads answered.
    pub reads: u64,
    /// Writes answered.
    pub writes: u64,
    /// The read latencies' percentiles; `null` while no read has been answered.
    pub read_p50_us: Option<Micros>,
    /// See above.
    pub read_p95_us: Option<Micros>,
    /// See above.
    pub read_p99_us: Option<Micros>,
    /// The median write latency; `null` while no write has been answered.
    pub write_p50_us: Option<Micros>,
}

impl MetricsFrame {
    fn of(metrics: &Metrics) -> Self {
        let percentile = |of: &Latencies, percent| of.percentile(percent);
        MetricsFrame {
            hits: metrics.hits,
            misses: metrics.misses,
            stale_reads: metrics.stale_reads,
            fills: metrics.fills,
            evictions: metrics.evictions,
            expirations: metrics.expirations,
            deletions: metrics.deletions,
            database_reads: metrics.database_reads,
            database_writes: metrics.database_writes,
            reads: metrics.read_latency.count(),
            writes: metrics.write_latency.count(),
            read_p50_us: percentile(&metrics.read_latency, 50),
            read_p95_us: percentile(&metrics.read_latency, 95),
            read_p99_us: percentile(&metrics.read_latency, 99),
            write_p50_us: percentile(&metrics.write_latency, 50),
        }
    }
}

impl Frame {
    /// What can be seen of `run` at `moment`.
    pub fn of(run: &Run, moment: &Moment) -> Frame {
        let lane = |(i, world): (usize, &World)| LaneBuilder::new(run, moment, i, world).build();
        Frame {
            step: moment.step,
            at_us: moment.at,
            lanes: moment.lanes.iter().enumerate().map(lane).collect(),
            baseline: MetricsFrame::of(moment.baseline.metrics()),
        }
    }
}

struct LaneBuilder<'a> {
    run: &'a Run,
    world: &'a World,
    lane: usize,
    now: Micros,
}

impl<'a> LaneBuilder<'a> {
    fn new(run: &'a Run, moment: &'a Moment, lane: usize, world: &'a World) -> Self {
        LaneBuilder {
            run,
            world,
            lane,
            now: moment.at,
        }
    }

    fn build(&self) -> LaneFrame {
        let world = self.world;
        let active = world.active();
        LaneFrame {
            name: world.setup().name.clone(),
            cache: Rc::new(self.cache()),
            database: Rc::new(self.database()),
            messages: active
                .iter()
                .filter_map(|active| self.message(active))
                .collect(),
            requests: active.iter().map(|active| self.request(active)).collect(),
            last_request: world.last_answered().map(|answered| self.request(answered)),
            metrics: MetricsFrame::of(world.metrics()),
        }
    }

    fn name(&self, key: Key) -> Rc<str> {
        self.run.scenario().workload.keys[key.0 as usize].clone()
    }

    fn cache(&self) -> CacheFrame {
        let cache = self.world.cache();
        let entries = cache.into_iter().flat_map(Cache::entries);
        CacheFrame {
            policy: self.world.setup().cache.policy,
            capacity: cache.map_or(0, Cache::capacity),
            used: cache.map_or(0, Cache::len),
            entries: entries.map(|entry| self.entry(entry)).collect(),
        }
    }

    fn entry(&self, entry: &Entry) -> EntryFrame {
        let row_version = self.world.database().row(entry.key).version;
        EntryFrame {
            key: self.name(entry.key),
            version: entry.value.version,
            row_version,
            stale: entry.value.version < row_version,
            expired: entry.is_expired(self.now),
            expires_at_us: entry.expires_at,
            inserted_at_us: entry.inserted_at,
            used_at_us: entry.used_at,
            request: entry.value.origin.map(|number| number + 1),
        }
    }

    fn database(&self) -> DatabaseFrame {
        let database = self.world.database();
        let row_count = self.run.scenario().workload.keys.len();
        let listed = (0..row_count as u32).map(Key).filter(|&key| {
            row_count <= ROWS_MAX
                || self
                    .world
                    .cache()
                    .is_some_and(|cache| cache.peek(key).is_some())
                || self.world.active().iter().any(|active| active.key == key)
                || database.row(key).version > Version(1)
        });
        let mut rows: Vec<RowFrame> = listed.map(|key| self.row(key)).collect();
        // `user:10` after `user:9`.
        rows.sort_unstable_by(|a, b| (a.key.len(), &a.key).cmp(&(b.key.len(), &b.key)));
        DatabaseFrame {
            rows,
            row_count: row_count as u32,
            connections: database.connections(),
            busy: database.busy(),
            queued: database.queued(),
        }
    }

    fn row(&self, key: Key) -> RowFrame {
        let executing = |active: &ActiveRequest| {
            active.key == key && matches!(active.phase, Phase::Executing { .. })
        };
        RowFrame {
            key: self.name(key),
            version: self.world.database().row(key).version,
            in_use: self.world.active().iter().any(executing),
        }
    }

    fn message(&self, active: &ActiveRequest) -> Option<MessageFrame> {
        let part = active.parts().last()?;
        let party = part.verb.party();
        let (from, to, departed_at, arrives_at) = match active.phase {
            Phase::Outbound {
                departed_at,
                arrives_at,
            } => (Party::App, party, departed_at, arrives_at),
            Phase::Inbound {
                departed_at,
                arrives_at,
            } => (party, Party::App, departed_at, arrives_at),
            Phase::Queued { .. } | Phase::Executing { .. } | Phase::Answered { .. } => return None,
        };
        let inbound = to == Party::App;
        let carries = match part.verb {
            Verb::Get | Verb::Select => inbound,
            Verb::Set => !inbound,
            Verb::Update | Verb::Delete => false,
        };
        Some(MessageFrame {
            request: active.number + 1,
            from,
            to,
            verb: part.verb,
            key: self.name(active.key),
            version: active.version.filter(|_| carries),
            miss: inbound && part.verb == Verb::Get && !active.hit,
            departed_at_us: departed_at,
            arrives_at_us: arrives_at,
        })
    }

    fn request(&self, active: &ActiveRequest) -> RequestFrame {
        let strategy = &self.world.setup().strategy;
        let until = match active.phase {
            Phase::Answered { at } => at,
            _ => self.now,
        };
        let answered = matches!(active.phase, Phase::Answered { .. });
        let last = active.parts().len().wrapping_sub(1);
        let part = |(i, part): (usize, &crate::sim::Part)| {
            let done = answered || i != last;
            PartFrame {
                verb: part.verb,
                elapsed_us: if done {
                    part.total()
                } else {
                    until.since(part.started_at)
                },
                network_us: part.network,
                waited_us: part.waited,
                service_us: part.service,
                done,
            }
        };
        let lines = active.procedure(strategy).lines;
        let to_come = lines[active.line + 1..].iter().filter(|_| !answered);
        // Once the cache has answered with the key, the rest of the procedure is not executed.
        let to_come = to_come.filter(|_| !active.hit);
        RequestFrame {
            id: active.number + 1,
            client: self.run.scenario().workload.requests[active.number as usize].client,
            op: active.operation,
            key: self.name(active.key),
            procedure: match active.operation {
                Operation::Read => ProcedureName::Read(strategy.read),
                Operation::Write => ProcedureName::Write(strategy.write),
            },
            line: active.line as u32 + 1,
            phase: match active.phase {
                Phase::Outbound { .. } => PhaseFrame::Outbound,
                Phase::Queued { .. } => PhaseFrame::Queued,
                Phase::Executing { .. } => PhaseFrame::Executing,
                Phase::Inbound { .. } => PhaseFrame::Inbound,
                Phase::Answered { .. } => PhaseFrame::Answered,
            },
            started_at_us: active.started_at,
            elapsed_us: until.since(active.started_at),
            total_us: self.run.latency(active.number, self.lane),
            parts: active.parts().iter().enumerate().map(part).collect(),
            to_come: to_come
                .filter_map(|line| verb_of(line.instruction))
                .collect(),
        }
    }
}

fn verb_of(instruction: Instruction) -> Option<Verb> {
    match instruction {
        Instruction::CacheGet => Some(Verb::Get),
        Instruction::CacheSet => Some(Verb::Set),
        Instruction::CacheDelete => Some(Verb::Delete),
        Instruction::DatabaseRead => Some(Verb::Select),
        Instruction::DatabaseWrite => Some(Verb::Update),
        Instruction::Begin | Instruction::ReplyIfHit | Instruction::Reply => None,
    }
}

impl LaneFrame {
    /// The request to show: the first one under way, or else the one answered last.
    pub fn shown_request(&self) -> Option<&RequestFrame> {
        self.requests.first().or(self.last_request.as_ref())
    }
}

impl RequestFrame {
    /// Its pseudocode.
    pub fn lines(&self) -> &'static [crate::sim::Line] {
        match self.procedure {
            ProcedureName::Read(path) => path.procedure().lines,
            ProcedureName::Write(path) => path.procedure().lines,
        }
    }
}

impl CacheFrame {
    /// Whether the lane has a cache at all.
    pub fn exists(&self) -> bool {
        self.capacity > 0
    }

    /// The key that the next insertion would evict if the cache is full.
    pub fn next_out(&self) -> Option<&Rc<str>> {
        self.entries.last().map(|entry| &entry.key)
    }
}

impl MetricsFrame {
    /// Hits of all look-ups in tenths of a percent; `None` while there were none.
    pub fn hit_per_mille(&self) -> Option<u64> {
        (self.hits * 1000 + (self.hits + self.misses) / 2).checked_div(self.hits + self.misses)
    }
}
