//! A world at rest, as keyframes keep it: what takes most of its memory is packed.

use super::World;
use crate::metrics::PackedHistogram;
use cache::PackedEntries;

/// What a world without it cannot go on without.
#[derive(Clone, Debug)]
pub struct PackedWorld {
    entries: Option<PackedEntries>,
    histograms: [PackedHistogram; 3],
}

impl World {
    /// Gives away the cache's entries and the histograms' buckets. Until they are back, nobody may let
    /// anything happen.
    pub fn pack(&mut self) -> PackedWorld {
        let metrics = &mut self.metrics;
        PackedWorld {
            entries: self.node.as_mut().map(|node| node.cache.pack()),
            histograms: [
                metrics.read_latency.pack(),
                metrics.write_latency.pack(),
                metrics.database_wait.pack(),
            ],
        }
    }

    /// Takes them back.
    pub fn unpack(&mut self, packed: &PackedWorld) {
        if let (Some(node), Some(entries)) = (&mut self.node, &packed.entries) {
            node.cache.unpack(entries);
        }
        let [read, write, wait] = &packed.histograms;
        self.metrics.read_latency.unpack(read);
        self.metrics.write_latency.unpack(write);
        self.metrics.database_wait.unpack(wait);
    }
}

impl PackedWorld {
    /// What it takes beside its own fields, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        let entries = self.entries.as_ref().map_or(0, PackedEntries::heap_bytes);
        let histograms = self.histograms.iter().map(PackedHistogram::heap_bytes);
        entries + histograms.sum::<u64>()
    }
}
