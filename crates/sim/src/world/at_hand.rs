//! Commands that a person gives while the world runs, and how much memory the world takes.

use super::World;
use crate::command::ByHand;
use crate::log::Log;
use cache::Cache;
use cache::units::Micros;

impl World {
    /// Carries out a command at `now`, the instant of the latest step. Every command records at least
    /// one event, so that the step it makes has something to tell.
    /// `place` is the command's place among the scenario's interventions.
    pub fn command(&mut self, place: u32, command: &ByHand, now: Micros, log: &mut dyn Log) {
        self.now = now;
        match command {
            ByHand::Fault(command) => self.suffer(command.fault, log),
            ByHand::Console(command) => self.console(&command.console, place, log),
        }
        self.next_at = self.find_next_at();
    }

    /// About how much memory it takes beside its own fields, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        let active = self.requests.heap_bytes() + self.queue.heap_bytes();
        let cache = self.cache().map_or(0, Cache::heap_bytes);
        let beside = self.node.as_ref().map_or(0, |node| node.heap_bytes());
        let counted = self.metrics.heap_bytes();
        let monitor = self.monitor.heap_bytes();
        active + cache + beside + self.database.heap_bytes() + counted + monitor
    }
}
