//! How a frame is made from the state of the lanes at a step.

use super::explain::telling_request;
use super::frame::{
    CacheFrame, DatabaseFrame, EntryFrame, Frame, LaneFrame, MessageFrame, MetricsFrame, PartFrame,
    PhaseFrame, ProcedureName, RequestFrame, RowFrame,
};
use super::moment::Moment;
use super::run::Run;
use crate::cache::{Cache, Entry};
use crate::sim::{
    ActiveRequest, Instruction, Latencies, Line, Metrics, Operation, Part, Party, Phase, Verb,
    World,
};
use crate::units::{Key, Micros, Version};
use std::rc::Rc;

/// Above so many rows a frame lists only those that matter at the moment.
const ROWS_MAX: usize = 300;

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
            requests_begun: moment.lanes.first().map_or(0, World::begun),
            lanes: moment.lanes.iter().enumerate().map(lane).collect(),
            baseline: MetricsFrame::of(moment.baseline.metrics()),
        }
    }
}

struct LaneBuilder<'a> {
    run: &'a Run,
    world: &'a World,
    lane: usize,
    step: u32,
    now: Micros,
}

impl<'a> LaneBuilder<'a> {
    fn new(run: &'a Run, moment: &'a Moment, lane: usize, world: &'a World) -> Self {
        LaneBuilder {
            run,
            world,
            lane,
            step: moment.step,
            now: moment.at,
        }
    }

    fn build(&self) -> LaneFrame {
        let world = self.world;
        let active = world.active();
        let told = telling_request(self.run, self.step, self.lane);
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
            told_request: told.map(|number| number + 1),
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
        // By key: whether it is asked for now, and whether a query on it is running.
        let mut asked = vec![false; row_count];
        let mut in_use = vec![false; row_count];
        for active in self.world.active() {
            asked[active.key.0 as usize] = true;
            in_use[active.key.0 as usize] |= matches!(active.phase, Phase::Executing { .. });
        }
        let cached = |key| {
            self.world
                .cache()
                .is_some_and(|cache| cache.peek(key).is_some())
        };
        let listed = self.run.scenario().workload.listed.iter().filter(|&&key| {
            row_count <= ROWS_MAX
                || database.row(key).version > Version(1)
                || asked[key.0 as usize]
                || cached(key)
        });
        let row = |&key: &Key| RowFrame {
            key: self.name(key),
            version: database.row(key).version,
            in_use: in_use[key.0 as usize],
        };
        DatabaseFrame {
            rows: listed.map(row).collect(),
            row_count: row_count as u32,
            connections: database.connections(),
            busy: database.busy(),
            queued: database.queued(),
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
        let part = |(i, part): (usize, &Part)| {
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
        let unsettled = |line: &Line| line.instruction == Instruction::ReplyIfHit;
        let answer_is_out = !matches!(active.phase, Phase::Inbound { .. });
        let if_missed = answer_is_out && lines[active.line + 1..].iter().any(unsettled);
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
            to_come: to_come.filter_map(|line| line.instruction.verb()).collect(),
            if_missed,
        }
    }
}
