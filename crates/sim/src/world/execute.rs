//! Executes a request's instructions from one trip or wait to the next.

use super::{CacheNode, Due, Load, Slot, World};
use crate::draw::Stream;
use crate::event::{Broken, EventKind, Failure, Operation, Outcome, Refresh, Verb, Waiting};
use crate::latency::Latency;
use crate::log::Log;
use crate::procedure::Instruction;
use crate::request::{ActiveRequest, Phase};
use crate::workload::Request;
use cache::units::{Key, Micros, Version};

/// How long a request that was denied a lease sleeps before it tries again: a few tens of
/// milliseconds, longer than most loads take.
const LEASE_RETRY: Micros = Micros(50_000);

/// How many times a flush is tried.
const FLUSHES_MAX: u32 = 5;

/// What an instruction leads to.
enum Then {
    /// The next line.
    Next,
    /// The request waits for a trip, a delay or another request.
    Pause,
    /// The request waits for its client's next move.
    Hold,
    /// The end of the request.
    Stop,
}

impl World {
    /// Begins a request: it has reached the application and has executed nothing yet.
    pub(super) fn admit(&mut self, number: u32, request: Request, log: &mut dyn Log) -> Slot {
        let (client, operation) = (request.client, request.operation);
        let arrival = EventKind::Request { client, operation };
        let event = self.record(Some(number), request.key, None, arrival, log);
        if number < self.workload.len() {
            self.begun += 1;
        }
        let what = (client, operation, request.key);
        let active = ActiveRequest::new(number, what, self.now, event);
        self.requests.add(active)
    }

    /// Goes on from the line after the current one until the request has to wait or is over.
    pub(super) fn go_on(&mut self, slot: Slot, log: &mut dyn Log) {
        loop {
            self.request_mut(slot).line += 1;
            let line = self.request(slot).current_line(&self.setup);
            let Some(instruction) = line.map(|line| line.instruction) else {
                return self.conclude(slot, log);
            };
            match self.execute(slot, instruction, log) {
                Then::Next => {}
                Then::Pause => return,
                Then::Hold => {
                    let since = self.now;
                    let active = self.request_mut(slot);
                    active.line -= 1;
                    active.phase = Phase::Held { since };
                    return self.emit(slot, EventKind::Hold, log);
                }
                Then::Stop => return self.conclude(slot, log),
            }
        }
    }

    fn execute(&mut self, slot: Slot, instruction: Instruction, log: &mut dyn Log) -> Then {
        let active = self.request(slot);
        match instruction {
            Instruction::Begin => Then::Next,
            Instruction::ReplyIfHit if active.hit => {
                self.answer_with_version(slot, log);
                Then::Stop
            }
            Instruction::AnswerIfHit if active.hit => {
                self.answer_with_version(slot, log);
                Then::Next
            }
            Instruction::ReplyIfHit | Instruction::AnswerIfHit => Then::Next,
            Instruction::StopIfFresh => self.stop_if_fresh(slot, log),
            Instruction::MissIfEarly => self.miss_if_early(slot, log),
            Instruction::RetryUnlessLeased if active.lease_denied => self.retry(slot, log),
            Instruction::RetryUnlessLeased => Then::Next,
            Instruction::JoinLoad => self.join_load(slot, log),
            Instruction::ReplyIfAbsent if active.version == Some(Version(0)) => {
                self.answer_with_version(slot, log);
                Then::Stop
            }
            Instruction::ReplyIfAbsent => Then::Next,
            Instruction::StopIfQueued if active.coalesced => Then::Stop,
            Instruction::StopIfQueued => Then::Next,
            Instruction::Reply => {
                self.answer_at_the_end(slot, log);
                Then::Next
            }
            // After the cache has failed once, the request leaves it alone.
            Instruction::CacheFill if active.cache_failed => Then::Next,
            // A row that is not there is not cached. Where the workload asks for such rows the procedure has
            // a line for that; a person may ask for one anywhere.
            Instruction::CacheFill if self.finds_nothing_to_store(slot) => Then::Next,
            _ if !self.may_take_time(slot) => Then::Hold,
            Instruction::Wait(span) => {
                self.wait(slot, span, Waiting::Delay { span }, log);
                Then::Pause
            }
            Instruction::DatabaseFlush => self.flush(slot, log),
            Instruction::CacheGet
            | Instruction::CacheFill
            | Instruction::CacheSet
            | Instruction::CacheSetIfPresent
            | Instruction::CacheSetAndQueue
            | Instruction::CacheSetOnlyCopy
            | Instruction::CacheDelete
            | Instruction::DatabaseRead
            | Instruction::DatabaseWrite => {
                let verb = instruction.verb().expect("these send messages");
                if verb == Verb::Select {
                    let now = self.now;
                    self.request_mut(slot).load_began = now;
                }
                self.send(slot, verb, log);
                Then::Pause
            }
        }
    }

    fn finds_nothing_to_store(&self, slot: Slot) -> bool {
        let negative_ttl = self.setup.strategy.defences.negative_ttl_us;
        self.request(slot).version == Some(Version(0)) && negative_ttl.is_none()
    }

    /// Where a person schedules the clients, each move allows one instruction that takes time.
    fn may_take_time(&mut self, slot: Slot) -> bool {
        let timed = self.workload.schedule.is_none();
        timed || std::mem::take(&mut self.request_mut(slot).granted)
    }

    fn stop_if_fresh(&mut self, slot: Slot, log: &mut dyn Log) -> Then {
        let active = self.request(slot);
        if !active.hit {
            return Then::Next;
        }
        if !active.due {
            return Then::Stop;
        }
        let left = active.copy_expires_at.map(|end| end.since(self.now));
        let why = Refresh::Due;
        self.emit(slot, EventKind::Refresh { why, left }, log);
        Then::Next
    }

    /// XFetch reloads if now − Δ·β·ln(U) is at or past the expiry, for U uniform in (0, 1).
    fn miss_if_early(&mut self, slot: Slot, log: &mut dyn Log) -> Then {
        let active = self.request(slot);
        let (number, rebuild) = (active.number, active.rebuild);
        let (Some(end), true) = (active.copy_expires_at, active.hit) else {
            return Then::Next;
        };
        let beta_percent = self.setup.strategy.defences.xfetch_beta_percent;
        // -Δ·β·ln(U) is exponentially distributed, with a mean of Δ·β.
        let mean_us = rebuild.0 * u64::from(beta_percent.unwrap_or(0)) / 100;
        let draw = self.draw(Stream::EarlyReload, number, 0);
        let head_start = Latency::Exponential { mean_us }.at(draw);
        let left = end.since(self.now);
        if head_start < left {
            return Then::Next;
        }
        let why = Refresh::Early { rebuild };
        let left = Some(left);
        self.emit(slot, EventKind::Refresh { why, left }, log);
        self.request_mut(slot).hit = false;
        Then::Next
    }

    /// Goes back to the line before the look-up, after a sleep.
    fn retry(&mut self, slot: Slot, log: &mut dyn Log) -> Then {
        let setup = self.setup.clone();
        let active = self.request_mut(slot);
        let look_up = active.procedure(&setup).find(Instruction::CacheGet);
        active.line = look_up.map_or(0, |line| line as u32 - 1);
        active.lease_denied = false;
        let retry_after = LEASE_RETRY;
        self.wait(slot, retry_after, Waiting::Lease { retry_after }, log);
        Then::Pause
    }

    fn join_load(&mut self, slot: Slot, log: &mut dyn Log) -> Then {
        let key = self.request(slot).key;
        let Some(load) = self.loads.get_mut(&key) else {
            let waiting = Vec::new();
            let leader = slot;
            self.loads.insert(key, Load { leader, waiting });
            self.request_mut(slot).leads = true;
            return Then::Next;
        };
        // Another request already reloads this copy.
        if self.requests.get(slot).answered_at.is_some() {
            return Then::Stop;
        }
        load.waiting.push(slot);
        let request = self.requests.get(load.leader).number;
        let since = self.now;
        let why = Waiting::Load { request };
        self.emit(slot, EventKind::Wait { why }, log);
        self.request_mut(slot).phase = Phase::Waiting { since, until: None };
        Then::Pause
    }

    /// Sends the queued write to the database, unless it has been lost.
    fn flush(&mut self, slot: Slot, log: &mut dyn Log) -> Then {
        let active = self.requests.get(slot);
        let (key, number) = (active.key, active.number);
        // The key may have another node since the write was queued.
        let mut nodes = self.nodes.iter_mut();
        let taken = nodes.find_map(|node| node.write_queue.take(key, number));
        let Some(version) = taken else {
            return Then::Stop;
        };
        self.request_mut(slot).version = Some(version);
        self.send(slot, Verb::Update, log);
        Then::Pause
    }

    pub(super) fn wait(&mut self, slot: Slot, span: Micros, why: Waiting, log: &mut dyn Log) {
        self.emit(slot, EventKind::Wait { why }, log);
        let (since, until) = (self.now, self.now.after(span));
        let active = self.request_mut(slot);
        active.phase = Phase::Waiting {
            since,
            until: Some(until),
        };
        if active.answered_at.is_none() {
            active.add_waiting(span);
        }
        self.queue.schedule(until, Due::Resume(slot));
    }

    fn answer_with_version(&mut self, slot: Slot, log: &mut dyn Log) {
        let outcome = match self.request(slot).version {
            Some(Version(0)) | None => Outcome::Absent,
            Some(version) => Outcome::Value(version),
        };
        self.answer(slot, outcome, log);
    }

    fn answer_at_the_end(&mut self, slot: Slot, log: &mut dyn Log) {
        match self.request(slot).operation {
            Operation::Read => self.answer_with_version(slot, log),
            Operation::Write => self.answer(slot, Outcome::Written, log),
        }
    }

    /// Answers the client, unless it already has an answer.
    fn answer(&mut self, slot: Slot, outcome: Outcome, log: &mut dyn Log) {
        let now = self.now;
        let active = self.request(slot);
        if active.answered_at.is_some() {
            return;
        }
        let reply = EventKind::Reply {
            operation: active.operation,
            latency: now.since(active.started_at),
            trips: active.trip_count(),
            outcome,
        };
        self.emit(slot, reply, log);
        self.request_mut(slot).note_answer(now);
    }

    /// Handles a failed trip: the request goes on if the application can do without it.
    pub(super) fn fail(&mut self, slot: Slot, failure: Failure, log: &mut dyn Log) {
        let active = self.request(slot);
        let verb = active.current_verb();
        let instruction = active
            .current_line(&self.setup)
            .map(|line| line.instruction);
        // Whether only the party that failed could have served the request.
        let is_needed = match instruction {
            Some(
                Instruction::DatabaseRead
                | Instruction::DatabaseWrite
                | Instruction::CacheSetAndQueue
                | Instruction::CacheSetOnlyCopy,
            ) => true,
            Some(Instruction::CacheGet) => !self.setup.strategy.has_database(),
            _ => false,
        };
        self.emit(slot, EventKind::Fail { verb, failure }, log);
        match instruction {
            Some(Instruction::DatabaseFlush) => self.flush_later(slot, log),
            _ if is_needed => {
                self.answer(slot, Outcome::Failed, log);
                self.request_mut(slot).load_failed = true;
                match self.has_queued(slot) {
                    true => self.go_on(slot, log),
                    false => self.conclude(slot, log),
                }
            }
            // A cache that fails must not fail the request: a read becomes a miss, and a write goes on.
            _ => {
                let active = self.request_mut(slot);
                active.cache_failed = true;
                active.hit = false;
                self.go_on(slot, log);
            }
        }
    }

    /// Whether the node has queued this request's write. If only the reply was lost, the client gets an error
    /// although the row will be written, and later writes of the key build on that version.
    fn has_queued(&self, slot: Slot) -> bool {
        let active = self.requests.get(slot);
        let is_from = |node: &CacheNode| node.write_queue.is_from(active.key, active.number);
        self.nodes.iter().any(is_from)
    }

    /// Whether any node has queued a write of a key.
    fn is_queued(&self, key: Key) -> bool {
        let mut nodes = self.nodes.iter();
        nodes.any(|node| node.write_queue.version(key).is_some())
    }

    /// A flush that failed is tried again after the flush delay, a few times.
    fn flush_later(&mut self, slot: Slot, log: &mut dyn Log) {
        let active = self.request_mut(slot);
        active.flushes_failed += 1;
        let (key, number, version) = (active.key, active.number, active.version);
        let version = version.expect("a flush has something to write");
        if active.flushes_failed == FLUSHES_MAX {
            // The row may have been written although every reply was lost.
            if self.row(key).version < version {
                let promise = Broken::Durability { version };
                self.emit(slot, EventKind::Violation { promise }, log);
            }
            return self.conclude(slot, log);
        }
        // If a newer version has been queued in the meantime, its own request will write it.
        let elsewhere = self.deployed.is_resharded() && self.is_queued(key);
        let queue = &mut self.holder_mut(key).write_queue;
        if elsewhere || !queue.push_back(key, version, number) {
            return self.conclude(slot, log);
        }
        let span = self.setup.strategy.flush_delay_us;
        let setup = self.setup.clone();
        let active = self.request_mut(slot);
        let wait = active.procedure(&setup).find(Instruction::Wait(span));
        active.line = wait.map_or(0, |line| line as u32);
        self.wait(slot, span, Waiting::Delay { span }, log);
    }

    /// Ends a request, and gives its result to the requests that waited for its load.
    pub(super) fn conclude(&mut self, slot: Slot, log: &mut dyn Log) {
        let now = self.now;
        if self.request(slot).answered_at.is_some_and(|at| at < now) {
            self.emit(slot, EventKind::Finish, log);
        }
        let over = self.requests.get_mut(slot);
        over.phase = Phase::Answered { at: now };
        let load = match over.leads {
            true => self.loads.remove(&over.key),
            false => None,
        };
        let (version, failed) = (over.version, over.load_failed);
        self.last_answered = Some(self.requests.take(slot));
        for follower in load.into_iter().flat_map(|load| load.waiting) {
            let active = self.request_mut(follower);
            if let Phase::Waiting { since, .. } = active.phase {
                active.add_waiting(now.since(since));
            }
            active.version = version;
            active.load_failed = failed;
            match failed {
                true => self.answer(follower, Outcome::Failed, log),
                false => self.answer_with_version(follower, log),
            }
            self.conclude(follower, log);
        }
    }
}
