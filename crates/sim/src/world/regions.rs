//! Regions of a Global Datastore: one is promoted when a person asks for it, and not before.

use super::{Due, World};
use crate::deployment::NodeId;
use crate::fault::Fault;
use crate::log::Log;

impl World {
    /// A person promotes a secondary Region, which takes its time.
    pub(super) fn begin_promotion(&mut self, region: NodeId) {
        let global = self.setup.cache.deployment.global();
        let takes = global.expect("only a Region is promoted").promotion;
        self.deployed.promoting = Some(region);
        let at = self.now.after(takes);
        self.queue.schedule(at, Due::RegionPromoted(region));
    }

    /// The promotion of a Region comes to nothing, because it has stopped or has lost its data.
    pub(super) fn stop_promotion_of(&mut self, region: NodeId) {
        if self.deployed.promoting == Some(region) {
            self.deployed.promoting = None;
            self.queue
                .forget(|due| matches!(due, Due::RegionPromoted(_)));
        }
    }

    /// A Region's promotion is done: what had not reached it from the former primary Region is lost.
    pub(super) fn promote_region(&mut self, to: NodeId, log: &mut dyn Log) {
        self.deployed.promoting = None;
        let shard = self.deployed.shard(to).expect("it has replicas");
        let from = shard.primary;
        let lost = match shard.stopped_at.contains_key(&from) {
            true => shard.missed.get(&to).copied().unwrap_or(0),
            false => {
                // It still works, and drops what it holds, as in a failover that somebody asks for.
                self.put_at_stake(Fault::FailOverCache, from);
                self.changes_behind(to)
            }
        };
        self.take_over(from, to, lost, log);
    }
}
