//! What one of several cache nodes is called, and what it is like, in a few words.

use super::grouped;
use crate::frame::{NodeFrame, Role};

impl NodeFrame {
    /// Its name: `Shard 2`, `Node 2`.
    pub fn name(&self) -> String {
        match self.role {
            Role::Primary => format!("Shard {}", self.id),
            Role::Node => format!("Node {}", self.id),
        }
    }

    /// How full it is, or why it does not serve.
    pub fn state(&self) -> String {
        let cache = &self.cache;
        let full = match cache.capacity_bytes {
            Some(capacity) => {
                let used = grouped(cache.used_bytes);
                format!("{used} of {} bytes", grouped(capacity))
            }
            None => {
                let used = grouped(cache.used.into());
                format!("{used} of {}", grouped(cache.capacity.into()))
            }
        };
        match (self.in_use, self.stopped, self.reachable) {
            (false, ..) if self.at_start => "has left".to_owned(),
            (false, ..) => "can be added".to_owned(),
            (true, true, _) => "stopped".to_owned(),
            (true, false, false) => format!("{full}, cut off"),
            (true, false, true) => full,
        }
    }

    /// The slots that it owns; empty where nodes have none.
    pub fn slots_in_words(&self) -> String {
        match self.slot_ranges() {
            ranges if ranges.is_empty() => ranges,
            ranges => format!("slots {ranges}"),
        }
    }

    /// The ranges of its slots alone.
    pub fn slot_ranges(&self) -> String {
        let range = |(first, last): &(u16, u16)| format!("{first}–{last}");
        let ranges: Vec<String> = self.slots.iter().map(range).collect();
        ranges.join(", ")
    }
}
