//! Whether what is said of availability zones holds.

use super::facts::Point;
use super::state::Lane;
use sim::{ByHand, Deployment, Fault, NodeId, Zone};
use timeline::ZoneFact;

/// The zone of a node: those of a shard are in zones a, b, c and a again, each shard beginning one further on.
fn zone_of(lane: &Lane, node: NodeId) -> usize {
    let size = 1 + lane.deployment.replication().map_or(0, |of| of.replicas);
    (usize::from(node.0 % size) + lane.shard_of(node)) % 3
}

fn number(zone: Zone) -> usize {
    usize::from(zone.letter() as u8 - b'a')
}

impl Lane {
    /// The nodes of a zone. Regions have zones of their own, of which nothing is known.
    pub fn in_zone(&self, zone: Zone) -> Vec<NodeId> {
        let mut of_zone = self.in_use.clone();
        let known = !self.primaries.is_empty()
            && !matches!(self.deployment, Deployment::GlobalDatastore(_));
        of_zone.retain(|node| known && zone_of(self, *node) == number(zone));
        of_zone
    }
}

pub fn holds(fact: &ZoneFact, of: &Point) -> bool {
    match *fact {
        ZoneFact::Fault(fault, zone) | ZoneFact::FaultMeans(fault, zone) => {
            let nodes = of.before.in_zone(zone);
            let changes = nodes
                .iter()
                .any(|&node| of.before.is_changed_by(fault, node));
            changes && was_given(fault, zone, of)
        }
        ZoneFact::Crosses(node, client) => {
            let of_client = (of.story().client as usize - 1) % 3;
            of.setup.network.far.is_some()
                && number(client) == of_client
                && number(node) == zone_of(of.before, of.event.node)
                && node != client
        }
    }
}

/// Whether a fault of a zone was to happen, by schedule or by hand.
fn was_given(fault: Fault, zone: Zone, of: &Point) -> bool {
    let at_us = of.at().0;
    let mut scheduled = of.scenario.input.faults.iter();
    let mut by_hand = of.scenario.input.commands.iter();
    scheduled.any(|given| (given.at_us, given.fault, given.zone) == (at_us, fault, Some(zone)))
        || by_hand.any(|given| match &given.command {
            ByHand::Fault(of) => (of.fault, of.zone) == (fault, Some(zone)),
            _ => false,
        })
}

/// The zone that was to have a fault at this moment and has nothing to change.
pub fn given(fault: Fault, of: &Point) -> Option<Zone> {
    let unchanged = |zone: Zone| {
        let nodes = of.before.in_zone(zone);
        let mut changes = nodes
            .iter()
            .map(|&node| of.before.is_changed_by(fault, node));
        !changes.any(|changes| changes)
    };
    let mut all = Zone::ALL.into_iter();
    all.find(|&zone| was_given(fault, zone, of) && unchanged(zone))
}
