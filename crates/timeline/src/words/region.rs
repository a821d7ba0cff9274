//! What is said of the Regions of a Global Datastore.

use super::duration::duration;
use super::fact::NodeName;
use super::node;
use cache::units::Micros;
use sim::{Event, Fault, LaneSetup, NodeId, Spoiled, Spoiler, Stage};
use std::fmt::{Display, Formatter, Result};

/// A fact about Regions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegionFact {
    /// A client asks the cache in its own Region.
    OwnRegion(NodeName),
    /// A client uses the cache in its own Region for everything.
    OnlyOwnRegion(NodeName),
    /// This is the primary Region.
    PrimaryRegion(NodeName),
    /// The client is in this one.
    ClientIn(NodeName),
    /// A Region is promoted from now on, which takes this long.
    PromotionTakes(Micros),
    /// A Region becomes the primary one.
    Promoted(NodeName),
    /// A promotion made a copy stale, this long ago.
    LeftOldCopy(Micros),
    /// What a fault of a Region means.
    FaultMeans(Fault, NodeName),
}

impl Display for RegionFact {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            RegionFact::OwnRegion(_) => f.write_str("the client reads in its own Region"),
            RegionFact::OnlyOwnRegion(_) => {
                f.write_str("the client uses no other Region than its own")
            }
            RegionFact::PrimaryRegion(_) => f.write_str("it is the primary Region"),
            RegionFact::ClientIn(region) => write!(f, "the client is in {region}"),
            RegionFact::PromotionTakes(span) => {
                let span = duration(*span);
                write!(
                    f,
                    "in {span} it takes the writes, and what has not reached it by then is lost"
                )
            }
            RegionFact::Promoted(region) => {
                write!(f, "{} is the primary Region now", region.capital())
            }
            RegionFact::LeftOldCopy(ago) => {
                let ago = duration(*ago);
                write!(f, "{ago} ago a promotion left an old copy in the cache")
            }
            RegionFact::FaultMeans(fault, _) => f.write_str(means(*fault)),
        }
    }
}

/// What a fault of a Region means.
const fn means(fault: Fault) -> &'static str {
    match fault {
        Fault::RestartCache => {
            "it comes back empty; the primary Region empties the others, any other copies the primary Region's data"
        }
        Fault::StopCacheNode => {
            "its entries are lost, and so is every message to it; if it is the primary Region, no other takes over until a person promotes one"
        }
        Fault::CutCache => {
            "clients' messages to and from it are lost until it is reconnected; the other Regions still reach it"
        }
        _ => "messages reach it again",
    }
}

/// Why a command goes to a Region.
pub(super) fn route(lane: &LaneSetup, node: NodeId, reads: bool) -> RegionFact {
    let named = node::name(lane, node);
    let replication = lane.cache.deployment.replication();
    match replication.is_some_and(|of| of.endpoint.prefers_replica(reads)) {
        true if reads => RegionFact::OwnRegion(named),
        true => RegionFact::OnlyOwnRegion(named),
        false => RegionFact::PrimaryRegion(named),
    }
}

/// The Region of a client whose command goes to another one.
pub(super) fn crossed(lane: &LaneSetup, client: u32, event: &Event) -> Option<RegionFact> {
    let own = lane.cache.deployment.global()?.own_of(client);
    (own != event.node).then(|| RegionFact::ClientIn(node::name(lane, own)))
}

/// What a fault of a Region means.
pub(super) fn fault(lane: &LaneSetup, fault: Fault, node: NodeId) -> RegionFact {
    match (fault, lane.cache.deployment.global()) {
        (Fault::PromoteRegion, Some(global)) => RegionFact::PromotionTakes(global.promotion),
        _ => RegionFact::FaultMeans(fault, node::name(lane, node)),
    }
}

/// What made a copy stale, if it was a promotion.
pub(super) fn spoiled(lane: &LaneSetup, how: Spoiled, ago: Micros) -> Option<RegionFact> {
    lane.cache.deployment.global()?;
    (how.by == Spoiler::FailOver).then_some(RegionFact::LeftOldCopy(ago))
}

/// What is said of a Region's promotion, in place of a replica's.
pub(super) fn stage(lane: &LaneSetup, node: NodeId, stage: Stage) -> Option<RegionFact> {
    lane.cache.deployment.global()?;
    matches!(stage, Stage::Promoted { .. }).then(|| RegionFact::Promoted(node::name(lane, node)))
}
