//! What is said of availability zones.

use sim::{Event, Fault, LaneSetup, Zone};
use std::fmt::{Display, Formatter, Result};

/// A fact about availability zones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ZoneFact {
    /// A fault reaches every node of a zone.
    Fault(Fault, Zone),
    /// What it means.
    FaultMeans(Fault, Zone),
    /// The node is in another zone than the client: first the node's, then the client's.
    Crosses(Zone, Zone),
}

impl Display for ZoneFact {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            ZoneFact::Fault(fault, zone) => write!(f, "{} {}", capital(*zone), happens(*fault).0),
            ZoneFact::FaultMeans(fault, _) => f.write_str(happens(*fault).1),
            ZoneFact::Crosses(node, client) => {
                write!(f, "it is in {node}, while the client is in {client}")
            }
        }
    }
}

fn capital(zone: Zone) -> String {
    format!("Zone {}", zone.letter())
}

/// What happens to a zone, and what it means.
const fn happens(fault: Fault) -> (&'static str, &'static str) {
    match fault {
        Fault::StopCacheNode => (
            "is down",
            "its cache nodes are gone with all that they held, while the application goes on elsewhere",
        ),
        Fault::CutCache => (
            "is cut off",
            "messages to and from its cache nodes are lost until it is reconnected",
        ),
        Fault::HealCache => ("is connected", "messages reach its cache nodes again"),
        Fault::RestartCache => (
            "restarts",
            "its cache nodes come back empty, and those that are replicas copy their primary's data",
        ),
        _ => ("", ""),
    }
}

/// What a fault of a zone does.
pub(super) fn fault(fault: Fault, zone: Zone) -> Vec<ZoneFact> {
    vec![
        ZoneFact::Fault(fault, zone),
        ZoneFact::FaultMeans(fault, zone),
    ]
}

/// That a client's command goes to another zone, if the way there is longer.
pub(super) fn crossed(lane: &LaneSetup, client: u32, event: &Event) -> Option<ZoneFact> {
    lane.network.far?;
    let own = Zone::of_client(client);
    let zone = lane.cache.deployment.zone_of(event.node)?;
    (zone != own).then_some(ZoneFact::Crosses(zone, own))
}
