//! Makes a frame of the lanes' state at a step.

use super::cost_frame::CostFrame;
use super::frame::{
    CacheFrame, DatabaseFrame, EntryFrame, Frame, LaneFrame, MessageFrame, MetricsFrame,
    MovedFrame, MovingFrame, NodeFrame, PartFrame, PhaseFrame, ProcedureName, RequestFrame,
    ReshardingFrame, Role, RowFrame, ServerlessFrame, UnitsFrame,
};
use super::run::Run;
use super::shape_frame::ShapeFrame;
use cache::units::{Key, Micros};
use cache::{Cache, Capacity, Entry, Value};
use sim::database::PARTITION;
use sim::{
    ActiveRequest, Deployment, EventKind, Histogram, Intake, Moment, NodeId, Operation, Party,
    Phase, Trip, Units, Verb, World, Zone,
};
use std::rc::Rc;

/// Above this many rows, only those that matter at the moment are listed.
const ROWS_MAX: u32 = 300;

/// The most requests that are listed beside the one that the latest sentence tells of.
const REQUESTS_MAX: usize = 300;

/// Above this many rows, only requested ones are listed.
const ROWS_LOOKED_AT_MAX: u32 = 20_000;

impl MetricsFrame {
    /// Each lane's metrics at a moment, and after them those of the same requests without a cache.
    pub fn all(moment: &Moment) -> Vec<MetricsFrame> {
        moment.of_worlds(|world| MetricsFrame::of(world, moment.at))
    }

    fn of(world: &World, at: Micros) -> Self {
        let metrics = world.metrics();
        // Nothing has changed since the last event. The baseline may be ahead of the lanes.
        let series = &metrics.series;
        let since_us = at.0.saturating_sub(series.now().0);
        let busy_us = series.busy_us() + u64::from(series.gauges().busy) * since_us;
        let connections = u64::from(world.setup().database.intake.connections());
        let time_us = series.now().max(at).0 * connections;
        let percentile = |of: &Histogram, percent| of.percentile(percent);
        MetricsFrame {
            hits: metrics.hits,
            misses: metrics.misses,
            stale_reads: metrics.stale_age.count,
            fills: metrics.fills,
            evictions: metrics.evictions,
            expirations: metrics.expirations,
            deletions: metrics.deletions,
            database_reads: metrics.database_reads,
            database_writes: metrics.database_writes,
            failed_trips: metrics.failed_trips,
            failed_requests: metrics.failed_requests,
            rejected_writes: metrics.rejected_writes,
            redirects: metrics.redirects.0,
            throttled: metrics.throttled.0,
            throttled_commands: metrics.throttled_commands.0,
            commands: metrics.commands.count,
            milli_ecpu: metrics.commands.milli_ecpu,
            lost_writes: metrics.gone.0.into(),
            violations: metrics.violations,
            reads: metrics.read_replies.count(),
            writes: metrics.write_replies.count(),
            read_mean_us: metrics.read_replies.served.mean(),
            read_p50_us: percentile(&metrics.read_replies.served, 50),
            read_p95_us: percentile(&metrics.read_replies.served, 95),
            read_p99_us: percentile(&metrics.read_replies.served, 99),
            read_max_us: metrics.read_replies.served.max(),
            write_mean_us: metrics.write_replies.served.mean(),
            write_p50_us: percentile(&metrics.write_replies.served, 50),
            write_p95_us: percentile(&metrics.write_replies.served, 95),
            write_p99_us: percentile(&metrics.write_replies.served, 99),
            write_max_us: metrics.write_replies.served.max(),
            wait_mean_us: metrics.database_wait.mean(),
            wait_p99_us: percentile(&metrics.database_wait, 99),
            wait_max_us: metrics.database_wait.max(),
            stale_age_mean_us: metrics.stale_age.mean(),
            stale_age_max_us: metrics.stale_age.mean().and(Some(metrics.stale_age.max)),
            entries: metrics.series.gauges().entries,
            stored_bytes: metrics.series.gauges().stored_bytes,
            database_busy_per_mille: match world.setup().strategy.has_database() {
                true => (busy_us * 1_000).checked_div(time_us),
                false => None,
            },
            queued_max: metrics.series.queued_max(),
        }
    }
}

impl Frame {
    /// The frame of `run` at `moment`. A request under way shows how long it will take, so the run is simulated
    /// on until its answer.
    pub fn of(run: &Run, moment: &Moment) -> Frame {
        let lane = |(i, world): (usize, &World)| LaneBuilder::new(run, moment, i, world).build();
        Frame {
            step: moment.step,
            at_us: moment.at,
            requests_begun: moment.lanes.first().map_or(0, World::begun),
            lanes: moment.lanes.iter().enumerate().map(lane).collect(),
            baseline: MetricsFrame::of(moment.baseline(), moment.at),
        }
    }
}

impl PartFrame {
    /// A trip as far as it has got at `now`.
    fn of(part: &Trip, done: bool, now: Micros) -> Self {
        PartFrame {
            verb: part.verb,
            elapsed_us: match done {
                true => part.total(),
                false => now.since(part.started_at),
            },
            network_us: part.network,
            waited_us: part.waited,
            service_us: part.service,
            done,
        }
    }
}

/// How many entries fit; if bytes are counted, how many of the current average size.
fn fits(cache: &Cache) -> u32 {
    match cache.settings().capacity {
        Capacity::Bytes { capacity_bytes, .. } if !cache.is_empty() => {
            let each = (cache.used_bytes() / u64::from(cache.len())).max(1);
            u32::try_from(capacity_bytes / each).unwrap_or(u32::MAX)
        }
        _ => cache.capacity(),
    }
}

impl RequestFrame {
    /// Request `number`, from 0, in a lane, from 0, if it is under way; a frame lists only some where very
    /// many are.
    pub fn of(run: &Run, moment: &Moment, lane: usize, number: u32) -> Option<RequestFrame> {
        let world = &moment.lanes[lane];
        let active = world.active_request(number)?;
        Some(LaneBuilder::new(run, moment, lane, world).request(active))
    }
}

struct LaneBuilder<'a> {
    run: &'a Run,
    world: &'a World,
    lane: usize,
    told: Option<u32>,
    now: Micros,
    step: u32,
}

impl<'a> LaneBuilder<'a> {
    fn new(run: &'a Run, moment: &'a Moment, lane: usize, world: &'a World) -> Self {
        LaneBuilder {
            run,
            world,
            lane,
            told: moment.telling_request(lane),
            now: moment.at,
            step: moment.step,
        }
    }

    fn build(&self) -> LaneFrame {
        let world = self.world;
        let listed = self.listed();
        let moving = world.on_the_move();
        let cache = self.cache();
        let input = &self.run.scenario().input;
        let cost = CostFrame::of(world, cache.used_bytes, self.now, input);
        LaneFrame {
            name: world.setup().name.clone(),
            cache: Rc::new(cache),
            nodes: self.nodes(),
            resharding: world
                .deployed()
                .resharding()
                .map(|(shard, joins, slots_left)| ReshardingFrame {
                    shard: shard + 1,
                    joins,
                    slots_left,
                }),
            database: Rc::new(self.database(&listed, &moving)),
            messages: moving
                .iter()
                .filter_map(|active| self.message(active))
                .collect(),
            requests: listed.iter().map(|active| self.request(active)).collect(),
            request_count: world.active_count(),
            last_request: world.last_answered().map(|answered| self.request(answered)),
            told_request: self.told.map(|number| number + 1),
            faults: world.in_force(),
            metrics: MetricsFrame::of(world, self.now),
            cost,
        }
    }

    /// The requests to list: with a database that is hopelessly late there can be a million.
    fn listed(&self) -> Vec<&'a ActiveRequest> {
        let world = self.world;
        let mut listed = world.oldest_active(REQUESTS_MAX);
        let told = self.told.filter(|told| {
            let last = listed.last();
            last.is_some_and(|last| last.number < *told)
        });
        listed.extend(told.and_then(|told| world.active_request(told)));
        listed
    }

    /// The trips after the answer: only the last can be under way.
    fn afterwards(&self, active: &ActiveRequest) -> Vec<PartFrame> {
        let waited_for = active.trips_before_answer().len();
        let over = matches!(active.phase, Phase::Answered { .. });
        let count = active.trips().len();
        let part = |(i, part): (usize, &Trip)| {
            let done = over || i + 1 != count;
            PartFrame::of(part, done, self.now)
        };
        let parts = active.trips().iter().enumerate();
        parts.skip(waited_for).map(part).collect()
    }

    fn name(&self, key: Key) -> Rc<str> {
        self.run.scenario().key_name(key)
    }

    /// The cache as a whole: of several nodes those in use together, replicas aside.
    fn cache(&self) -> CacheFrame {
        let deployed = self.world.deployed();
        let nodes = self.world.nodes();
        let nodes = nodes.filter(|&(id, _)| deployed.is_in_use(id) && deployed.is_primary(id));
        let caches: Vec<&Cache> = nodes.map(|(_, cache)| cache).collect();
        self.of_caches(&caches)
    }

    /// The nodes, where there are several.
    fn nodes(&self) -> Vec<NodeFrame> {
        let deployment = self.world.setup().cache.deployment;
        if !deployment.has_several() {
            return Vec::new();
        }
        let deployed = self.world.deployed();
        let on_the_way = deployed.on_the_way();
        let resharding = deployed.resharding().filter(|(_, joins, _)| !joins);
        let leaves = resharding.map(|(shard, ..)| shard);
        let moving = |id: NodeId| {
            let (slots, from, to) = on_the_way.as_ref()?;
            let ranges = slots.iter().map(|of| (of.first, of.last));
            (*from == id).then(|| MovingFrame {
                slots: ranges.collect(),
                to: to.0 + 1,
            })
        };
        let node = |(id, cache): (NodeId, &Cache)| NodeFrame {
            id: id.0 + 1,
            role: match deployment {
                Deployment::Memcached(_) => Role::Node,
                _ if deployed.is_primary(id) => Role::Primary,
                _ => Role::Replica,
            },
            slots: deployed.slots(id),
            in_use: deployed.is_in_use(id),
            at_start: deployed.was_in_use(id),
            reachable: deployed.is_reachable(id),
            stopped: deployed.is_stopped(id),
            zone: deployment.zone_of(id).map(Zone::letter),
            region: deployment.region_of(id),
            promoting: deployed.is_promoting(id),
            shard: deployment.shard_of(id) + 1,
            syncing: deployed.is_syncing(id),
            behind: self.world.changes_behind(id),
            unlogged: self.world.unlogged(id),
            moving: moving(id),
            leaving: leaves == Some(deployment.shard_of(id)),
            cache: Rc::new(self.of_caches(&[cache])),
        };
        self.world.nodes().map(node).collect()
    }

    fn of_caches(&self, caches: &[&Cache]) -> CacheFrame {
        let entries = caches.iter().flat_map(|cache| cache.entries());
        // The console can have changed the policy since the lane was set up.
        let setup = &self.world.setup().cache.engine;
        let engine = caches.first().map_or(setup, |cache| cache.settings());
        let sum = |of: fn(&Cache) -> u64| -> u64 { caches.iter().map(|cache| of(cache)).sum() };
        CacheFrame {
            policy: engine.policy,
            scope: engine.scope,
            capacity: caches.iter().map(|cache| fits(cache)).sum(),
            used: caches.iter().map(|cache| cache.len()).sum(),
            capacity_bytes: match engine.capacity {
                Capacity::Bytes { capacity_bytes, .. } => {
                    Some(capacity_bytes * caches.len().max(1) as u64)
                }
                Capacity::Entries(_) => None,
            },
            used_bytes: sum(Cache::used_bytes),
            queued_writes: self.world.queued_writes(),
            entries: entries.map(|entry| self.entry(&entry)).collect(),
            shape: match caches {
                [cache] => Some(ShapeFrame::of(cache, |key| self.name(key))),
                _ => None,
            },
            serverless: self.serverless(),
        }
    }

    /// The rate of a serverless cache.
    fn serverless(&self) -> Option<ServerlessFrame> {
        let setup = self.world.setup();
        let of = setup.cache.serverless();
        let of = of.filter(|_| setup.strategy.caches())?;
        let meter = self.world.deployed().meter()?;
        let busiest = meter.busiest_slot(self.now);
        Some(ServerlessFrame {
            ecpu_per_second: meter.rate(),
            used_milli_ecpu: meter.used_milli(self.now),
            grows_at_us: meter.grows_at(),
            slot_ecpu_per_second: of.slot_rate,
            slot: busiest.map(|(slot, _)| slot),
            slot_used_milli_ecpu: busiest.map_or(0, |(_, used)| used),
            throttled: self.world.metrics().throttled_commands.0,
        })
    }

    fn entry(&self, entry: &Entry) -> EntryFrame {
        let row_version = self.world.row(entry.key).version;
        EntryFrame {
            key: self.name(entry.key),
            version: entry.value.version,
            row_version,
            stale: entry.value.version < row_version,
            expired: entry.is_expired(self.now),
            expires_at_us: entry.expires_at,
            inserted_at_us: entry.inserted_at,
            used_at_us: entry.used_at,
            size_bytes: entry.size_bytes,
            request: {
                let request = entry.value.origin;
                let request = request.filter(|&number| number != Value::BY_HAND);
                request.map(|number| number + 1)
            },
            slot: {
                let has_slots = self.world.setup().cache.deployment.has_slots();
                has_slots.then(|| self.world.place(entry.key) as u16)
            },
        }
    }

    fn database(&self, listed: &[&ActiveRequest], moving: &[&ActiveRequest]) -> DatabaseFrame {
        if !self.world.setup().strategy.has_database() {
            return DatabaseFrame::NONE;
        }
        let database = self.world.database();
        let workload = &self.run.scenario().workload;
        let row_count = self.world.key_count();
        // Each in order, for binary searches.
        let (mut asked, mut in_use) = (Vec::new(), Vec::new());
        for active in listed.iter().chain(moving) {
            insert(&mut asked, active.key);
            if matches!(active.phase, Phase::Executing { .. }) {
                insert(&mut in_use, active.key);
            }
        }
        let cached = |key| {
            let mut nodes = self.world.nodes();
            nodes.any(|(_, cache)| cache.peek(key).is_some())
        };
        let matters = |&key: &Key| {
            row_count <= ROWS_MAX
                || asked.binary_search(&key).is_ok()
                || database.written(key).is_some()
                || cached(key)
        };
        let row = |key: Key| RowFrame {
            key: self.name(key),
            version: self.world.row(key).version,
            in_use: in_use.binary_search(&key).is_ok(),
        };
        let (own, by_hand) = (workload.key_count(), workload.key_count()..row_count);
        let mut rows: Vec<RowFrame> = if row_count > ROWS_LOOKED_AT_MAX {
            asked.iter().copied().map(row).collect()
        } else {
            let listed = (0..own).map(|place| workload.listed(place));
            let listed = listed.chain(by_hand.clone().map(Key));
            listed.filter(matters).map(row).collect()
        };
        if !by_hand.is_empty() {
            rows.sort_by(|a, b| (a.key.len(), &a.key).cmp(&(b.key.len(), &b.key)));
        }
        DatabaseFrame {
            rows,
            row_count,
            kind: Some(self.world.setup().database.intake.kind()),
            connections: self.world.setup().database.intake.connections(),
            busy: database.busy(),
            queued: database.queued(),
            throttled: self.world.metrics().throttled.0,
            units: self.units(),
        }
    }

    /// What is used in this second of DynamoDB's partitions, and of the table if it is provisioned.
    fn units(&self) -> Vec<UnitsFrame> {
        let Intake::DynamoDb(table) = self.world.setup().database.intake else {
            return Vec::new();
        };
        let used = self.world.database().used(self.now);
        let units = |partition, used: Units, most: Units| UnitsFrame {
            partition,
            read_used: used.read,
            read_most: most.read,
            write_used: used.write,
            write_most: most.write,
        };
        let of_partition = |(number, used): (u16, &Units)| units(Some(number), *used, PARTITION);
        let of_table = table.provisioned.map(|most| {
            let all = Units {
                read: used.iter().map(|used| used.read).sum(),
                write: used.iter().map(|used| used.write).sum(),
            };
            units(None, all, most)
        });
        let partitions = (1..).zip(&used).map(of_partition);
        partitions.chain(of_table).collect()
    }

    fn message(&self, active: &ActiveRequest) -> Option<MessageFrame> {
        let part = active.trips().last()?;
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
            _ => return None,
        };
        let inbound = to == Party::App;
        let error = active.failure().filter(|_| inbound);
        let several = self.world.setup().cache.deployment.has_several();
        let moved = active.moved_to().filter(|_| inbound);
        let moved = moved.map(|to| MovedFrame {
            slot: self.world.place(active.key) as u16,
            to: to.0 + 1,
            ask: active.is_to_ask(),
        });
        let carries = match part.verb {
            // What the request has in hand then is from an earlier trip.
            _ if error.is_some() || moved.is_some() => false,
            Verb::Get | Verb::Select => inbound,
            Verb::Set => !inbound,
            Verb::Update | Verb::Delete => false,
        };
        let version = active.version.filter(|_| carries);
        let of_cache = inbound && part.verb == Verb::Get;
        let stale = |version| of_cache && version < self.world.row(active.key).version;
        Some(MessageFrame {
            request: active.number + 1,
            from,
            to,
            verb: part.verb,
            key: self.name(active.key),
            version,
            node: (several && party == Party::Cache).then(|| active.node().0 + 1),
            moved,
            miss: of_cache && !active.hit && error.is_none() && moved.is_none(),
            stale: version.is_some_and(stale),
            rejected: inbound
                && part.verb == Verb::Set
                && moved.is_none()
                && self.rejected(active.number, departed_at),
            error,
            departed_at_us: departed_at,
            arrives_at_us: arrives_at,
        })
    }

    /// Whether the reply that left at `then` says that the cache did not store the request's value. A request
    /// keeps no note of that, so the log is searched.
    fn rejected(&self, number: u32, then: Micros) -> bool {
        let last = if then == self.now {
            self.step
        } else {
            self.run.step_before(then)
        };
        let of_then = |step: &u32| *step > 0 && self.run.step_at(*step) == then;
        let mut steps = (0..=last).rev().take_while(of_then);
        steps.any(|step| {
            self.run.events_at(step).iter().any(|logged| {
                usize::from(logged.lane) == self.lane
                    && logged.event.request == Some(number)
                    && matches!(logged.event.kind, EventKind::Reject { .. })
            })
        })
    }

    fn request(&self, active: &ActiveRequest) -> RequestFrame {
        let setup = self.world.setup();
        let answered = active.answered_at.is_some();
        let until = active.answered_at.unwrap_or(self.now);
        let last = active.trips_before_answer().len().wrapping_sub(1);
        let part = |(i, part): (usize, &Trip)| PartFrame::of(part, answered || i != last, until);
        let lines = &active.procedure(setup).lines;
        let without_cache = self.run.answer_without_cache(active.number);
        RequestFrame {
            id: active.number + 1,
            client: active.client,
            by_hand: self.run.scenario().is_by_hand(active.number),
            op: active.operation,
            key: self.name(active.key),
            procedure: match active.operation {
                Operation::Read => ProcedureName::Read(setup.strategy.read),
                Operation::Write => ProcedureName::Write(setup.strategy.write),
            },
            line: (active.line + 1).min(lines.len() as u32),
            phase: match active.phase {
                Phase::Outbound { .. } => PhaseFrame::Outbound,
                Phase::Queued { .. } => PhaseFrame::Queued,
                Phase::Executing { .. } => PhaseFrame::Executing,
                Phase::Inbound { .. } => PhaseFrame::Inbound,
                Phase::Lost { .. } => PhaseFrame::Lost,
                Phase::Waiting { .. } => PhaseFrame::Waiting,
                Phase::Held { .. } => PhaseFrame::Held,
                Phase::Answered { .. } => PhaseFrame::Answered,
            },
            started_at_us: active.started_at,
            elapsed_us: until.since(active.started_at),
            // One that is never answered has no total but what it has waited so far.
            total_us: self
                .run
                .latency(active.number, self.lane)
                .unwrap_or(until.since(active.started_at)),
            parts: active
                .trips_before_answer()
                .iter()
                .enumerate()
                .map(part)
                .collect(),
            afterwards: self.afterwards(active),
            answered,
            failed: active.has_failed(),
            version: active.version,
            without_cache_us: without_cache.map(|of| of.latency),
            without_cache_failed: without_cache.is_some_and(|of| of.failed),
        }
    }
}

/// Puts a key into a list in order, unless it is there.
fn insert(keys: &mut Vec<Key>, key: Key) {
    if let Err(place) = keys.binary_search(&key) {
        keys.insert(place, key);
    }
}
