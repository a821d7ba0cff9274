//! The network: messages leave, arrive or are lost, and come back.

use super::{Due, Slot, World};
use crate::event::{EventKind, Failure, Party, Verb};
use crate::log::Log;
use crate::request::Phase;
use crate::setup::way_out;

impl World {
    /// Sends a message. The request goes on when the reply arrives or the trip times out.
    pub(super) fn send(&mut self, slot: Slot, verb: Verb, log: &mut dyn Log) {
        let (now, seed) = (self.now, self.workload.seed);
        self.emit(slot, EventKind::Send { verb }, log);

        let active = self.requests.get_mut(slot);
        let (number, earlier) = (active.number, active.trips_to(verb.party()));
        let round_trip = self.setup.round_trip(seed, number, verb, earlier);
        let arrives_at = now.after(way_out(round_trip));
        active.begin_trip(verb, round_trip, now);
        active.phase = Phase::Outbound {
            departed_at: now,
            arrives_at,
        };
        let arrival = match verb.party() {
            Party::Database => Due::DatabaseArrival(slot),
            _ => Due::CacheArrival(slot),
        };
        self.queue.schedule(arrives_at, arrival);
    }

    pub(super) fn send_back(&mut self, slot: Slot) {
        let now = self.now;
        let active = self.request_mut(slot);
        let round_trip = active.round_trip();
        let arrives_at = now.after(round_trip.since(way_out(round_trip)));
        active.phase = Phase::Inbound {
            departed_at: now,
            arrives_at,
        };
        self.queue.schedule(arrives_at, Due::Return(slot));
    }

    /// Whether messages to and from a party are lost at this moment.
    fn is_cut(&self, party: Party) -> bool {
        match party {
            Party::Database => self.in_force.database_cut,
            _ => self.in_force.cache_cut,
        }
    }

    /// Loses the message that has just arrived if its connection is cut, and returns whether it did.
    #[inline]
    pub(super) fn lose_if_cut(&mut self, slot: Slot) -> bool {
        if !self.in_force.cache_cut && !self.in_force.database_cut {
            return false;
        }
        let party = self.request(slot).current_verb().party();
        let cut = self.is_cut(party);
        if cut {
            self.lose(slot);
        }
        cut
    }

    /// Loses a message or the reply to it: the application finds out at the timeout.
    pub(super) fn lose(&mut self, slot: Slot) {
        let now = self.now;
        let timeout = self.setup.network.timeout;
        let active = self.request_mut(slot);
        active.phase = Phase::Lost { since: now };
        let found_out_at = active.trip_began().after(timeout).max(now);
        self.queue.schedule(found_out_at, Due::TimedOut(slot));
    }

    pub(super) fn time_out(&mut self, slot: Slot, log: &mut dyn Log) {
        self.fail_now(slot, Failure::Timeout, log);
    }

    /// The trip fails at this moment.
    pub(super) fn fail_now(&mut self, slot: Slot, failure: Failure, log: &mut dyn Log) {
        let now = self.now;
        self.request_mut(slot).write_off_trip(now);
        self.fail(slot, failure, log);
    }

    /// A reply reaches the application.
    pub(super) fn come_back(&mut self, slot: Slot, log: &mut dyn Log) {
        if self.lose_if_cut(slot) {
            return;
        }
        match self.request_mut(slot).failure.take() {
            Some(failure) => self.fail(slot, failure, log),
            None => self.go_on(slot, log),
        }
    }
}
