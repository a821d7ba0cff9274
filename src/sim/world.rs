//! One lane's world: requests arrive, execute their procedures, and everything they do becomes an
//! event.
//!
//! A world is a value. Cloning it is a keyframe, and two worlds made from the same setup and
//! advanced equally often are equal.

use super::database::Database;
use super::draw::{Stream, draw};
use super::event::{Event, EventId, EventKind, Operation, Party, Verb};
use super::log::Log;
use super::metrics::Metrics;
use super::procedure::Instruction;
use super::queue::Queue;
use super::request::{ActiveRequest, Phase};
use super::setup::{LaneSetup, Workload};
use crate::cache::{Cache, Lookup, RemovalCause, Value};
use crate::units::{Key, Micros, Version};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// What the event queue holds: each names a request by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Due {
    /// A message reaches the cache node.
    CacheArrival(u32),
    /// The engine has done its work on it.
    CacheDone(u32),
    /// A message reaches the database.
    DatabaseArrival(u32),
    /// A query is done.
    DatabaseDone(u32),
    /// A reply reaches the application.
    Return(u32),
}

/// The state of one lane.
#[derive(Clone, Debug)]
pub struct World {
    setup: Rc<LaneSetup>,
    workload: Rc<Workload>,
    now: Micros,
    queue: Queue<Due>,
    next_request: usize,
    /// In order of their numbers.
    active: Vec<ActiveRequest>,
    last_answered: Option<ActiveRequest>,
    cache: Option<Cache>,
    /// The engine works on one command at a time: it is free again from here on.
    cache_free_at: Micros,
    database: Database,
    metrics: Metrics,
}

impl World {
    /// The world before the first request.
    pub fn new(setup: Rc<LaneSetup>, workload: Rc<Workload>) -> Self {
        let cached = !matches!(setup.strategy.read, super::ReadPath::NoCache);
        let mut cache = cached.then(|| Cache::new(setup.cache.policy, setup.cache.capacity));
        for warm in &workload.warm {
            let Some(cache) = &mut cache else { break };
            let left = setup.strategy.ttl_us.map(|ttl| ttl.since(warm.age));
            // A copy as old as its time to live would be gone by now.
            if left != Some(Micros::ZERO) {
                let value = Value {
                    version: Version(1),
                    origin: None,
                };
                cache.set(warm.key, value, left, Micros::ZERO, |_| {});
            }
        }
        World {
            now: Micros::ZERO,
            queue: Queue::new(),
            next_request: 0,
            active: Vec::new(),
            last_answered: None,
            cache,
            cache_free_at: Micros::ZERO,
            database: Database::new(workload.keys.len(), setup.database.connections),
            metrics: Metrics::default(),
            setup,
            workload,
        }
    }

    /// The lane's settings.
    pub fn setup(&self) -> &LaneSetup {
        &self.setup
    }

    /// The cache node, if the strategy has one.
    pub fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The counts so far.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The requests under way, in order of their numbers.
    pub fn active(&self) -> &[ActiveRequest] {
        &self.active
    }

    /// The request that was answered last.
    pub fn last_answered(&self) -> Option<&ActiveRequest> {
        self.last_answered.as_ref()
    }

    /// The next instant at which something is due, or `None` at the end.
    pub fn next_at(&self) -> Option<Micros> {
        let arrival = self.workload.requests.get(self.next_request);
        let arrival = arrival.map(|request| request.at);
        match (self.queue.next_at(), arrival) {
            (Some(due), Some(arrival)) => Some(due.min(arrival)),
            (due, arrival) => due.or(arrival),
        }
    }

    /// Lets everything that is due at `at` happen, which must be [`next_at`](Self::next_at).
    pub(crate) fn advance(&mut self, at: Micros, log: &mut impl Log) {
        self.now = at;
        // What begins now can have consequences now: a trip may take no time at all.
        while self.next_at() == Some(at) {
            match self.queue.pop_at(at) {
                Some(due) => self.happen(due, log),
                None => self.begin_request(log),
            }
        }
    }

    fn happen(&mut self, due: Due, log: &mut impl Log) {
        match due {
            Due::CacheArrival(number) => self.serve_at_cache(number),
            Due::CacheDone(number) => self.answer_from_cache(number, log),
            Due::DatabaseArrival(number) => self.enter_database(number, log),
            Due::DatabaseDone(number) => self.answer_from_database(number, log),
            Due::Return(number) => self.execute(number, log),
        }
    }

    fn begin_request(&mut self, log: &mut impl Log) {
        let number = self.next_request as u32;
        let request = self.workload.requests[self.next_request];
        self.next_request += 1;
        let event = self.record(
            Event {
                at: self.now,
                request: number,
                key: request.key,
                cause: None,
                kind: EventKind::Request {
                    client: request.client,
                    operation: request.operation,
                },
            },
            log,
        );
        let active = ActiveRequest::new(number, request.operation, request.key, self.now, event);
        self.active.push(active);
        self.execute(number, log);
    }

    /// Goes on from the line after the current one until the request has to wait or is answered.
    fn execute(&mut self, number: u32, log: &mut impl Log) {
        loop {
            let strategy = self.setup.strategy;
            let active = self.request_mut(number);
            active.line += 1;
            let verb = match active.current_line(&strategy).instruction {
                Instruction::Begin => continue,
                Instruction::ReplyIfHit if !active.hit => continue,
                Instruction::ReplyIfHit | Instruction::Reply => return self.reply(number, log),
                Instruction::CacheGet => Verb::Get,
                Instruction::CacheSet => Verb::Set,
                Instruction::CacheDelete => Verb::Delete,
                Instruction::DatabaseRead => Verb::Select,
                Instruction::DatabaseWrite => Verb::Update,
            };
            return self.send(number, verb, log);
        }
    }

    fn send(&mut self, number: u32, verb: Verb, log: &mut impl Log) {
        let now = self.now;
        let network = &self.setup.network;
        let (table, stream) = match verb.party() {
            Party::Database => (network.database, Stream::DatabaseNetwork),
            _ => (network.cache, Stream::CacheNetwork),
        };
        let round_trip = table.at(self.draw(stream, number, verb.party()));
        self.emit(number, EventKind::Send { verb }, log);

        let arrives_at = now.after(Micros(round_trip.0 / 2));
        let active = self.request_mut(number);
        active.begin_part(verb, now);
        active.part_mut().network = round_trip;
        active.phase = Phase::Outbound {
            departed_at: now,
            arrives_at,
        };
        let arrival = match verb.party() {
            Party::Database => Due::DatabaseArrival(number),
            _ => Due::CacheArrival(number),
        };
        self.queue.schedule(arrives_at, arrival);
    }

    /// The engine takes up a command when it has done the earlier ones.
    fn serve_at_cache(&mut self, number: u32) {
        let now = self.now;
        // The trip has begun, so it is the last of those counted.
        let service = self.setup.cache.service;
        let service = service.at(self.draw_again(Stream::CacheService, number, Party::Cache));
        let start = self.cache_free_at.max(now);
        self.cache_free_at = start.after(service);
        let part = self.request_mut(number).part_mut();
        part.waited = start.since(now);
        part.service = service;
        let done_at = self.cache_free_at;
        self.queue.schedule(done_at, Due::CacheDone(number));
    }

    fn answer_from_cache(&mut self, number: u32, log: &mut impl Log) {
        let active = self.request(number);
        let (key, verb, version) = (
            active.key,
            active.parts()[active.parts().len() - 1].verb,
            active.version,
        );
        match verb {
            Verb::Get => self.cache_get(number, key, log),
            Verb::Set => {
                let version = version.expect("a SET follows a read or a write of the row");
                self.cache_set(number, key, version, log);
            }
            Verb::Delete => self.cache_delete(number, key, log),
            Verb::Select | Verb::Update => unreachable!("the cache is not asked for rows"),
        }
        self.send_back(number);
    }

    fn cache_get(&mut self, number: u32, key: Key, log: &mut impl Log) {
        let now = self.now;
        match self.cache_mut().get(key, now) {
            Lookup::Hit(entry) => {
                let active = self.request_mut(number);
                active.hit = true;
                active.version = Some(entry.value.version);
                let hit = EventKind::Hit {
                    value: entry.value,
                    expires_at: entry.expires_at,
                };
                self.emit(number, hit, log);
                let row = self.database.row(key);
                if entry.value.version < row.version {
                    let stale = EventKind::Stale {
                        copy: entry.value.version,
                        row: row.version,
                        since: now.since(row.committed_at),
                        expires_at: entry.expires_at,
                    };
                    self.emit(number, stale, log);
                }
            }
            Lookup::Miss { expired } => {
                if let Some(removal) = expired {
                    self.emit_removal(number, removal.entry.key, expire(&removal.entry), log);
                }
                let expired = expired.is_some();
                self.emit(number, EventKind::Miss { expired }, log);
            }
        }
    }

    fn cache_set(&mut self, number: u32, key: Key, version: Version, log: &mut impl Log) {
        let now = self.now;
        let own_ttl = self.workload.requests[number as usize].ttl;
        let ttl = own_ttl.or(self.setup.strategy.ttl_us);
        let expires_at = ttl.map(|ttl| now.after(ttl));
        let value = Value {
            version,
            origin: Some(number),
        };
        // At most one entry has to go for a new one, and at most one value is overwritten.
        let mut removed = [None; 2];
        let mut count = 0;
        self.cache_mut()
            .set(key, value, expires_at, now, |removal| {
                removed[count] = Some(removal);
                count += 1;
            });
        let mut replaced = None;
        for removal in removed.into_iter().flatten() {
            let entry = removal.entry;
            let kind = match removal.cause {
                RemovalCause::Replaced => {
                    replaced = Some(entry.value.version);
                    continue;
                }
                RemovalCause::Evicted(reason) => EventKind::Evict {
                    value: entry.value,
                    reason,
                },
                RemovalCause::Expired => expire(&entry),
                RemovalCause::Deleted => unreachable!("a SET deletes nothing"),
            };
            self.emit_removal(number, entry.key, kind, log);
        }
        let fill = EventKind::Fill {
            value,
            replaced,
            expires_at,
        };
        self.emit(number, fill, log);
    }

    fn cache_delete(&mut self, number: u32, key: Key, log: &mut impl Log) {
        let now = self.now;
        let removal = self.cache_mut().delete(key, now);
        let mut found = false;
        if let Some(removal) = removal {
            match removal.cause {
                RemovalCause::Expired => {
                    self.emit_removal(number, key, expire(&removal.entry), log);
                }
                _ => found = true,
            }
        }
        self.emit(number, EventKind::Delete { found }, log);
    }

    fn enter_database(&mut self, number: u32, log: &mut impl Log) {
        let now = self.now;
        if self.database.enter(number) {
            self.start_query(number, log);
        } else {
            self.request_mut(number).phase = Phase::Queued { since: now };
            let waiting = self.database.queued();
            self.emit(number, EventKind::Queue { waiting }, log);
        }
    }

    fn start_query(&mut self, number: u32, log: &mut impl Log) {
        let now = self.now;
        let active = self.request(number);
        let waited = match active.phase {
            Phase::Queued { since } => now.since(since),
            _ => Micros::ZERO,
        };
        let (verb, table, stream) = match active.operation {
            Operation::Read => (Verb::Select, self.setup.database.read, Stream::DatabaseRead),
            Operation::Write => (
                Verb::Update,
                self.setup.database.write,
                Stream::DatabaseWrite,
            ),
        };
        let service = table.at(self.draw_again(stream, number, Party::Database));
        let until = now.after(service);
        self.emit(number, EventKind::Query { verb, waited }, log);
        let active = self.request_mut(number);
        active.part_mut().waited = waited;
        active.part_mut().service = service;
        active.phase = Phase::Executing { since: now, until };
        self.queue.schedule(until, Due::DatabaseDone(number));
    }

    fn answer_from_database(&mut self, number: u32, log: &mut impl Log) {
        let now = self.now;
        let active = self.request(number);
        let (key, operation) = (active.key, active.operation);
        let (version, kind) = match operation {
            Operation::Read => {
                let version = self.database.row(key).version;
                (version, EventKind::Read { version })
            }
            Operation::Write => {
                let version = self.database.commit(key, now);
                let copy = self.cache.as_ref().and_then(|cache| cache.peek(key));
                let copy = copy.filter(|entry| !entry.is_expired(now));
                let copy = copy.map(|entry| entry.value.version);
                (version, EventKind::Write { version, copy })
            }
        };
        self.request_mut(number).version = Some(version);
        self.emit(number, kind, log);
        self.send_back(number);
        if let Some(next) = self.database.leave() {
            self.start_query(next, log);
        }
    }

    fn send_back(&mut self, number: u32) {
        let now = self.now;
        let active = self.request_mut(number);
        let round_trip = active.part_mut().network;
        let arrives_at = now.after(round_trip.since(Micros(round_trip.0 / 2)));
        active.phase = Phase::Inbound {
            departed_at: now,
            arrives_at,
        };
        self.queue.schedule(arrives_at, Due::Return(number));
    }

    fn reply(&mut self, number: u32, log: &mut impl Log) {
        let now = self.now;
        let active = self.request(number);
        let reply = EventKind::Reply {
            operation: active.operation,
            latency: now.since(active.started_at),
            trips: active.parts().len() as u32,
        };
        self.emit(number, reply, log);
        let place = self.place(number);
        let mut answered = self.active.remove(place);
        answered.phase = Phase::Answered { at: now };
        self.last_answered = Some(answered);
    }

    /// A draw for the trip that `number` is about to begin.
    fn draw(&self, stream: Stream, number: u32, party: Party) -> u64 {
        let occurrence = self.request(number).trips_to(party);
        draw(self.workload.seed, stream, number, occurrence)
    }

    /// A draw for the trip that `number` is making.
    fn draw_again(&self, stream: Stream, number: u32, party: Party) -> u64 {
        let occurrence = self.request(number).trips_to(party) - 1;
        draw(self.workload.seed, stream, number, occurrence)
    }

    fn place(&self, number: u32) -> usize {
        self.active
            .binary_search_by_key(&number, |active| active.number)
            .expect("whatever is due belongs to a request under way")
    }

    fn request(&self, number: u32) -> &ActiveRequest {
        &self.active[self.place(number)]
    }

    fn request_mut(&mut self, number: u32) -> &mut ActiveRequest {
        let place = self.place(number);
        &mut self.active[place]
    }

    fn cache_mut(&mut self) -> &mut Cache {
        self.cache
            .as_mut()
            .expect("only strategies with a cache send it messages")
    }

    /// Records an event of a request about its own key, caused by the request's event before.
    fn emit(&mut self, number: u32, kind: EventKind, log: &mut impl Log) {
        let key = self.request(number).key;
        let id = self.emit_about(number, key, kind, log);
        self.request_mut(number).last_event = id;
    }

    /// Records the removal of an entry, which may be of another key, as a side effect of a request.
    fn emit_removal(&mut self, number: u32, key: Key, kind: EventKind, log: &mut impl Log) {
        self.emit_about(number, key, kind, log);
    }

    fn emit_about(
        &mut self,
        number: u32,
        key: Key,
        kind: EventKind,
        log: &mut impl Log,
    ) -> EventId {
        let event = Event {
            at: self.now,
            request: number,
            key,
            cause: Some(self.request(number).last_event),
            kind,
        };
        self.record(event, log)
    }

    fn record(&mut self, event: Event, log: &mut impl Log) -> EventId {
        self.metrics.count(&event);
        log.record(event)
    }
}

fn expire(entry: &crate::cache::Entry) -> EventKind {
    EventKind::Expire {
        value: entry.value,
        expired_at: entry.expires_at.unwrap_or_default(),
    }
}

/// The state only: two worlds of one scenario differ in nothing else.
impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.now.hash(state);
        self.queue.hash(state);
        self.next_request.hash(state);
        self.active.hash(state);
        self.last_answered.hash(state);
        self.cache.hash(state);
        self.cache_free_at.hash(state);
        self.database.hash(state);
        self.metrics.hash(state);
    }
}
