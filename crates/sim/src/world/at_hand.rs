//! Commands that a person gives while the world runs, and how much memory the world takes.

use super::World;
use crate::command::{Ask, ByHand};
use crate::event::EventKind;
use crate::log::Log;
use crate::workload::{OwnTtl, Request};
use cache::units::{Key, Micros};

impl World {
    /// Takes note of a command, whether it reaches this world or not: the keys and requests that it adds
    /// have the same numbers in all lanes.
    pub fn note(&mut self, command: &ByHand) {
        self.added.note(&self.workload, command);
    }

    /// Carries out a command, which has been noted, at `now`, the instant of the latest step. Every command
    /// records at least one event, so that the step it makes has something to tell.
    /// `place` is the command's place among the scenario's interventions.
    pub fn command(&mut self, place: u32, command: &ByHand, now: Micros, log: &mut dyn Log) {
        // After the lanes' last step the baseline is ahead of them, and does not go back.
        self.now = self.now.max(now);
        match command {
            ByHand::Fault(command) => self.suffer(command.fault, command.reach(), log),
            ByHand::Console(command) => self.console(&command.console, place, log),
            ByHand::Request(command) => self.ask(&command.request, log),
            ByHand::Expire(command) => self.end_ttl(&command.expire, log),
        }
        self.next_at = self.find_next_at();
    }

    /// Begins a person's request, the latest that has been noted.
    fn ask(&mut self, ask: &Ask, log: &mut dyn Log) {
        let key = self.noted_key(&ask.key);
        let number = self.added.request_count(&self.workload) - 1;
        let request = Request {
            at: self.now,
            client: self.workload.client_by_hand(),
            operation: ask.op,
            key,
            ttl: OwnTtl::Unsaid,
            size_bytes: self.added.size_bytes(&self.workload, number, key),
        };
        let slot = self.admit(number, request, log);
        self.go_on(slot, log);
    }

    /// Ends the TTL of a key's copy, which stays until something finds it expired.
    fn end_ttl(&mut self, name: &str, log: &mut dyn Log) {
        let (key, now) = (self.noted_key(name), self.now);
        let entry = self.copy(key);
        let live = entry.filter(|entry| !entry.is_expired(now));
        if live.is_some() {
            // A copy is valid up to the very instant of its expiry, so that is a microsecond ago.
            let end = Micros(now.0.saturating_sub(1));
            self.holder_mut(key).cache.end_ttl(key, end);
            self.tell_replica_of(key);
        }
        let copy = live.map(|entry| entry.value.version);
        let (node, kind) = (self.holder(key), EventKind::EndTtl { copy });
        self.record_at(node, None, key, None, kind, log);
    }

    fn noted_key(&self, name: &str) -> Key {
        let key = self.added.key_named(&self.workload, name);
        key.expect("a command is noted before it is carried out")
    }

    /// About how much memory it takes beside its own fields, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        let active = self.requests.heap_bytes() + self.queue.heap_bytes();
        let caches = self.nodes().map(|(_, cache)| cache.heap_bytes());
        let cache: u64 = caches.sum();
        let beside: u64 = self.nodes.iter().map(|node| node.heap_bytes()).sum();
        let counted = self.metrics.heap_bytes();
        let monitor = self.monitor.heap_bytes();
        let logs: u64 = self.shard_logs.iter().map(|log| log.heap_bytes()).sum();
        let moving = self.moving_keys.heap_bytes();
        let nodes = cache + logs + beside + moving + self.deployed.heap_bytes();
        active + nodes + self.database.heap_bytes() + counted + monitor
    }
}
