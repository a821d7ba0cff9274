//! The network: messages leave, arrive or are lost, and come back.

use super::{Due, Slot, World};
use crate::deployment::NodeId;
use crate::event::{EventKind, Failure, Party, Verb};
use crate::log::Log;
use crate::request::Phase;
use crate::setup::way_out;

impl World {
    /// Sends a message. The request goes on when the reply arrives or the trip times out.
    pub(super) fn send(&mut self, slot: Slot, verb: Verb, log: &mut dyn Log) {
        if verb.party() == Party::Cache {
            let place = self.place(self.request(slot).key);
            let client = self.request(slot).client;
            let node = self.deployed.asked(place, client, verb == Verb::Get);
            let route = &mut self.request_mut(slot).route;
            (route.node, route.asks) = (node, false);
        }
        self.depart(slot, verb, false, log);
    }

    /// Sends a message to the party, or the cache node, that the request has chosen.
    fn depart(&mut self, slot: Slot, verb: Verb, redirected: bool, log: &mut dyn Log) {
        let (now, seed) = (self.now, self.workload.seed);
        self.emit(slot, EventKind::Send { verb }, log);

        let deployment = self.setup.cache.deployment;
        let active = self.requests.get_mut(slot);
        let number = active.number;
        active.route.is_redirected = redirected;
        let far = deployment.is_far(active.client, active.route.node);
        // A redirected trip draws for itself, so that it does not shift what later trips draw.
        let round_trip = match redirected {
            true => self
                .setup
                .redirected_trip(seed, number, active.route.redirects, far),
            false => {
                self.setup
                    .round_trip(seed, number, verb, active.own_trips_to(verb.party()), far)
            }
        };
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

    /// Whether a cache node can't be reached at this moment.
    pub(super) fn is_cut_off(&self, node: NodeId) -> bool {
        let deployed = &self.deployed;
        self.in_force.cache_cut || !deployed.is_reachable(node) || !deployed.is_in_use(node)
    }

    /// Loses the message that has just arrived if its connection is cut, and returns whether it did.
    #[inline]
    pub(super) fn lose_if_cut(&mut self, slot: Slot) -> bool {
        let active = self.request(slot);
        let cut = match active.current_verb().party() {
            Party::Database => self.in_force.database_cut,
            _ => self.is_cut_off(active.route.node),
        };
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
        let active = self.request(slot);
        let (party, node) = (active.current_verb().party(), active.route.node);
        if party == Party::Cache {
            self.look_for_primary(node, log);
            self.fetch_map(node, log);
        }
        // The reply that was lost may have named another node.
        self.request_mut(slot).route.moved_to = None;
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
        let active = self.request_mut(slot);
        match (active.route.moved_to.take(), active.failure.take()) {
            (Some(owner), _) => self.follow(slot, owner, log),
            (None, Some(failure)) => self.fail(slot, failure, log),
            (None, None) => self.go_on(slot, log),
        }
    }

    /// Asks the node that a shard has named, if the client can.
    fn follow(&mut self, slot: Slot, owner: NodeId, log: &mut dyn Log) {
        let cluster_slot = self.place(self.request(slot).key) as u16;
        let (follows, refuses) = match self.request(slot).route.asks {
            true => (self.deployed.follows_ask(), Failure::Asked),
            false => (self.deployed.learn(cluster_slot, owner), Failure::Moved),
        };
        if !follows {
            return self.fail(slot, refuses, log);
        }
        let active = self.request_mut(slot);
        active.route.node = owner;
        active.route.redirects += 1;
        let verb = active.current_verb();
        self.depart(slot, verb, true, log);
    }
}
