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
        match (self.in_use, self.reachable) {
            (false, _) => "not in use".to_owned(),
            (true, false) => "does not answer".to_owned(),
            (true, true) => match cache.capacity_bytes {
                Some(capacity) => {
                    let used = grouped(cache.used_bytes);
                    format!("{used} of {} bytes", grouped(capacity))
                }
                None => {
                    let used = grouped(cache.used.into());
                    format!("{used} of {}", grouped(cache.capacity.into()))
                }
            },
        }
    }

    /// The slots that it owns; empty where nodes have none.
    pub fn slots_in_words(&self) -> String {
        let range = |(first, last): &(u16, u16)| format!("{first}–{last}");
        let ranges: Vec<String> = self.slots.iter().map(range).collect();
        match ranges.is_empty() {
            true => String::new(),
            false => format!("slots {}", ranges.join(", ")),
        }
    }
}
