//! What happens at the database: a query gets a connection or waits for one, runs, and is answered.

use super::{Due, World};
use crate::sim::draw::Stream;
use crate::sim::event::{EventKind, Party, Verb};
use crate::sim::log::Log;
use crate::sim::request::Phase;
use crate::units::Micros;

impl World {
    pub(super) fn enter_database(&mut self, number: u32, log: &mut impl Log) {
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
        let verb = active.current_verb();
        let (table, stream) = match verb {
            Verb::Update => (self.setup.database.write, Stream::DatabaseWrite),
            _ => (self.setup.database.read, Stream::DatabaseRead),
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

    pub(super) fn answer_from_database(&mut self, number: u32, log: &mut impl Log) {
        let now = self.now;
        let active = self.request(number);
        let (key, verb) = (active.key, active.current_verb());
        let (version, kind) = match verb {
            Verb::Get | Verb::Set | Verb::Delete => {
                unreachable!("the database is not asked for copies")
            }
            Verb::Select => {
                let version = self.database.row(key).version;
                (version, EventKind::Read { version })
            }
            Verb::Update => {
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
}
