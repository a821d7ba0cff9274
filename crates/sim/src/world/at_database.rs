//! The database's work: a query begins, waits for a connection or is refused, runs, and is answered;
//! a commit reaches the replica and the commit log.

use super::{Due, LogDelete, Slot, World};
use crate::database::{Arrival, Intake, Item, Query};
use crate::draw::Stream;
use crate::event::{EventKind, Failure, Party, Refused, Verb};
use crate::fault::SLOW_FACTOR;
use crate::log::Log;
use crate::monitor::Spoiler;
use crate::procedure::Instruction;
use crate::request::Phase;
use cache::units::{Key, Micros, Version};

impl World {
    pub(super) fn arrive_at_database(&mut self, slot: Slot, log: &mut dyn Log) {
        if self.lose_if_cut(slot) {
            return;
        }
        let now = self.now;
        if self.in_force.database_down {
            self.refuse(slot, Refused::Arriving, log);
            self.send_back(slot);
            return;
        }
        let query = Query {
            slot,
            verb: self.request(slot).current_verb(),
            item: self.item(slot),
            at: now,
        };
        match self.database.arrive(&query) {
            Arrival::Begins => self.start_query(slot, log),
            Arrival::Waits => {
                self.request_mut(slot).phase = Phase::Queued { since: now };
                let waiting = self.database.queued();
                self.emit(slot, EventKind::Queue { waiting }, log);
            }
            Arrival::Refused(at) => {
                self.refuse(slot, at, log);
                self.send_back(slot);
            }
        }
    }

    /// What a request's query reads or writes, where the kind of database wants to know.
    fn item(&self, slot: Slot) -> Item {
        let Intake::DynamoDb(table) = self.setup.database.intake else {
            return Item::default();
        };
        let active = self.request(slot);
        let (number, key) = (active.number, active.key);
        let reads_nothing =
            active.current_verb() == Verb::Select && self.row(key).version == Version(0);
        Item {
            partition: table.partition_of(&self.added.key_name(&self.workload, key)),
            size_bytes: match reads_nothing {
                true => 0,
                false => self.added.size_bytes(&self.workload, number, key),
            },
        }
    }

    fn start_query(&mut self, slot: Slot, log: &mut dyn Log) {
        let now = self.now;
        let active = self.request(slot);
        let waited = match active.phase {
            Phase::Queued { since } => now.since(since),
            _ => Micros::ZERO,
        };
        let verb = active.current_verb();
        let (table, stream) = match verb {
            Verb::Update => (&self.setup.database.write, Stream::DatabaseWrite),
            _ => (&self.setup.database.read, Stream::DatabaseRead),
        };
        let mut service = table.at(self.draw_for_trip(stream, slot, Party::Database));
        if self.in_force.database_slow {
            service.0 *= SLOW_FACTOR;
        }
        let until = now.after(service);
        self.emit(slot, EventKind::Query { verb, waited }, log);
        let active = self.request_mut(slot);
        let trip = active.trip_mut();
        trip.waited.0 += waited.0;
        trip.service.0 += service.0;
        active.phase = Phase::Executing { since: now, until };
        self.queue.schedule(until, Due::DatabaseDone(slot));
    }

    pub(super) fn answer_from_database(&mut self, slot: Slot, log: &mut dyn Log) {
        if self.in_force.database_down {
            self.refuse(slot, Refused::Executing, log);
        } else if self.request(slot).current_verb() == Verb::Update {
            self.commit(slot, log);
        } else {
            self.read_row(slot, log);
        }
        self.send_back(slot);
        if let Some(next) = self.database.leave() {
            self.start_query(next, log);
        }
    }

    /// Refuses every query that waits for a connection.
    pub(super) fn turn_away_queries(&mut self, log: &mut dyn Log) {
        for slot in self.database.turn_away() {
            let now = self.now;
            let active = self.request_mut(slot);
            if let Phase::Queued { since } = active.phase {
                active.trip_mut().waited.0 += now.since(since).0;
            }
            self.refuse(slot, Refused::Waiting, log);
            self.send_back(slot);
        }
    }

    fn refuse(&mut self, slot: Slot, at: Refused, log: &mut dyn Log) {
        self.request_mut(slot).failure = Some(match at {
            Refused::QueueFull { .. } => Failure::Overloaded,
            Refused::Throttled(_) => Failure::Throttled,
            Refused::Arriving | Refused::Waiting | Refused::Executing => Failure::DatabaseDown,
        });
        self.emit(slot, EventKind::Refuse { at }, log);
    }

    fn read_row(&mut self, slot: Slot, log: &mut dyn Log) {
        let key = self.request(slot).key;
        let row = self.row(key).version;
        let version = match self.setup.database.replica_lag {
            Some(_) => self.version_at_replica(key),
            None => row,
        };
        self.request_mut(slot).version = Some(version);
        self.emit(slot, EventKind::Read { version, row }, log);
    }

    fn version_at_replica(&self, key: Key) -> Version {
        let first = Version(u32::from(self.workload.exists_at_start(key)));
        self.database.replicated(key).unwrap_or(first)
    }

    fn commit(&mut self, slot: Slot, log: &mut dyn Log) {
        let now = self.now;
        let active = self.request(slot);
        let (key, number) = (active.key, active.number);
        // A flush writes the queued version; any other write makes the next version.
        let line = active.current_line(&self.setup);
        let flushed = line.is_some_and(|line| line.instruction == Instruction::DatabaseFlush);
        let version = match active.version {
            Some(queued) if flushed => queued,
            _ => Version(self.newest(key).0 + 1),
        };
        let version = self.database.commit(key, version, now);
        self.request_mut(slot).version = Some(version);

        let copy = self.copy(key);
        let copy = copy.filter(|entry| !entry.is_expired(now));
        let copy = copy.map(|entry| entry.value.version);
        self.emit(slot, EventKind::Write { version, copy }, log);
        if copy.is_some_and(|copy| copy < version) {
            self.spoil(key, Spoiler::Write, slot);
        }
        if let Some(lag) = self.setup.database.replica_lag {
            let lag = lag.at(self.draw(Stream::ReplicaLag, number, 0));
            let due = Due::Replicate(key, version);
            self.queue.schedule(now.after(lag), due);
        }
        if let (Some(delay), true) = (
            self.setup.strategy.defences.commit_log_us,
            !self.nodes.is_empty(),
        ) {
            let cause = self.request(slot).last_event;
            let delete = LogDelete {
                key,
                request: number,
                cause,
            };
            self.queue
                .schedule(now.after(delay), Due::LogDelete(delete));
        }
    }

    pub(super) fn replicate(&mut self, key: Key, version: Version, log: &mut dyn Log) {
        // A commit that a later one has overtaken has an event as well, although it changes nothing.
        let version = self.database.replicate(key, version);
        self.record(None, key, None, EventKind::Replicate { version }, log);
    }
}
