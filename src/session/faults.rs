//! Which faults can be chosen at the playhead.

use super::Snapshot;
use scenario::field::{Choice, fault_words};
use sim::{Fault, Party, Reach};

impl Snapshot {
    /// The faults that would change something at the playhead, in one lane (from 0) or in any of them.
    /// There is nothing to heal where nothing is broken, nothing to fail over to without a replica, and nothing
    /// to break in a database where there is none.
    pub fn faults(&self, lane: Option<usize>) -> Vec<(Fault, &'static Choice)> {
        let setups = &self.run.scenario().lanes;
        let lanes = self.frame.lanes.iter().zip(setups.iter());
        let asked: Vec<_> = match lane {
            Some(lane) => lanes.skip(lane).take(1).collect(),
            None => lanes.collect(),
        };
        let changes = |fault: Fault| {
            asked.iter().any(|(frame, setup)| {
                let deployment = setup.cache.deployment;
                let has_replica = setup.cache.replica_lag.is_some() || deployment.fails_over();
                (frame.faults.is_changed_by(fault)
                    || fault.is_of_nodes() && !frame.nodes.is_empty()
                    || fault == Fault::AddShard)
                    && !fault.needs_node()
                    && (fault != Fault::StopCacheNode || !frame.nodes.is_empty())
                    && (fault != Fault::AddShard || frame.can_reshard())
                    && (fault != Fault::FailOverCache || has_replica)
                    && !setup.cache.deployment.hides_nodes_from(fault, Reach::All)
                    && (fault.party() != Party::Database || setup.strategy.has_database())
            })
        };
        let all = Fault::ALL.into_iter().filter(|&fault| changes(fault));
        all.map(|fault| (fault, fault_words(fault))).collect()
    }
}
