//! What an observer knows of the Regions of a Global Datastore, and whether what is said of them holds.

use super::facts::Point;
use super::state::Lane;
use cache::units::Micros;
use sim::{Deployment, Endpoint, NodeId, Spoiler};
use timeline::{NodeName, RegionFact};

impl Lane {
    /// A person promotes a Region, which takes its time.
    pub fn promote(&mut self, region: NodeId, at: Micros) {
        if let Deployment::GlobalDatastore(global) = self.deployment {
            self.promoting = Some((region, at.after(global.promotion)));
        }
    }

    /// A Region that stops, or has to copy everything, is not promoted.
    pub fn give_up_promoting(&mut self, region: NodeId) {
        self.promoting = self.promoting.filter(|(of, _)| *of != region);
    }

    /// A Region is the primary one, and clients know it.
    pub fn become_primary_region(&mut self, region: NodeId) {
        if let Deployment::GlobalDatastore(_) = self.deployment {
            self.promoting = None;
            self.named = vec![region];
        }
    }
}

impl Point<'_> {
    pub fn is_global(&self) -> bool {
        matches!(self.setup.cache.deployment, Deployment::GlobalDatastore(_))
    }

    /// The Region of the request's client, from 1: client 1 is in Region 1, and so on in turn.
    fn of_client(&self) -> u16 {
        let regions = self.before.in_use.len() as u32;
        ((self.story().client - 1) % regions + 1) as u16
    }
}

pub fn holds(fact: &RegionFact, of: &Point) -> bool {
    let is_region = |name: &NodeName| of.is_global() && of.is_node(name, of.event.node);
    match fact {
        RegionFact::OwnRegion(region) => is_region(region) && region.number == of.of_client(),
        RegionFact::OnlyOwnRegion(region) => {
            let everything = match of.setup.cache.deployment {
                Deployment::GlobalDatastore(global) => global.replication.endpoint,
                _ => Endpoint::Primary,
            };
            is_region(region) && region.number == of.of_client() && everything == Endpoint::Reader
        }
        RegionFact::LeftOldCopy(ago) => {
            let since = Micros(of.at().0 - ago.0);
            let spoiled = of.live().and_then(|copy| copy.spoiled);
            of.is_global() && spoiled == Some((Spoiler::FailOver, since, None))
        }
        RegionFact::PrimaryRegion(region) => {
            is_region(region) && of.before.primaries == [of.event.node]
        }
        RegionFact::ClientIn(region) => {
            of.is_global()
                && region.noun == "Region"
                && region.number == of.of_client()
                && region.number != of.event.node.0 + 1
        }
        RegionFact::PromotionTakes(span) => match of.setup.cache.deployment {
            Deployment::GlobalDatastore(global) => global.promotion == *span,
            _ => false,
        },
        RegionFact::Promoted(region) => {
            is_region(region) && of.before.promoting == Some((of.event.node, of.at()))
        }
        RegionFact::FaultMeans(fault, region) => {
            let id = NodeId(region.number - 1);
            of.is_node(region, id)
                && of.was_given(*fault, id)
                && of.before.is_changed_by(*fault, id)
        }
    }
}
