//! One lane's world: requests arrive, execute their procedures, and everything they do becomes an
//! event.
//!
//! What happens at the cache node is in `at_cache`, what happens at the database in `at_database`.
//!
//! A world is a value. Cloning it is a keyframe, and two worlds made from the same setup and
//! advanced equally often are equal.

mod at_cache;
mod at_database;

use super::database::Database;
use super::draw::{Stream, draw};
use super::event::{Event, EventId, EventKind, Party, Verb};
use super::log::Log;
use super::metrics::Metrics;
use super::procedure::Instruction;
use super::queue::Queue;
use super::request::{ActiveRequest, Phase};
use super::setup::{LaneSetup, Workload};
use crate::cache::{Cache, Value};
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

    /// How many requests have begun.
    pub fn begun(&self) -> u32 {
        self.next_request as u32
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
            let instruction = active.current_line(&strategy).instruction;
            let Some(verb) = instruction.verb() else {
                match instruction {
                    Instruction::ReplyIfHit if !active.hit => continue,
                    Instruction::Begin => continue,
                    _ => return self.reply(number, log),
                }
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

    /// Records an event of a request about its own key, caused by the request's event before.
    fn emit(&mut self, number: u32, kind: EventKind, log: &mut impl Log) {
        let key = self.request(number).key;
        let id = self.emit_about(number, key, kind, log);
        self.request_mut(number).last_event = id;
    }

    /// Records an event that may be about another key than the request's: an entry that had to go.
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
