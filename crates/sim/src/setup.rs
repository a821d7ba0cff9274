//! The settings of one lane. All lanes of a scenario share the `workload`. Everything in
//! these types has been validated by `scenario`.

use super::cost::NodeType;
use super::database::Intake;
use super::deployment::Deployment;
use super::draw::{Stream, draw};
use super::durability::{Durability, DurabilitySetup};
use super::event::{Party, Verb};
use super::fault::ScheduledFault;
use super::latency::Latency;
use super::strategy::{Procedures, Strategy};
use cache::CacheSettings;
use cache::units::Micros;
use std::rc::Rc;

/// One configuration under test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LaneSetup {
    /// The name on screen.
    pub name: Rc<str>,
    /// Whether the name was given, rather than made of what the lane differs in.
    pub is_named: bool,
    /// How the application uses the cache.
    pub strategy: Strategy,
    /// The procedures of that strategy.
    pub procedures: Procedures,
    /// The cache.
    pub cache: CacheSetup,
    /// The database.
    pub database: DatabaseSetup,
    /// The network between the application and the two.
    pub network: NetworkSetup,
    /// The scheduled faults, in order of time.
    pub faults: Vec<ScheduledFault>,
}

impl LaneSetup {
    /// How long a request's trip spends on the wire, there and back, under the workload's seed. The request
    /// has made `earlier` trips to the same party before. A cache node can be `far`, in another zone.
    pub fn round_trip(
        &self,
        seed: u64,
        request: u32,
        verb: Verb,
        earlier: u32,
        far: bool,
    ) -> Micros {
        let (table, stream) = match verb.party() {
            Party::Database => (&self.network.database, Stream::DatabaseNetwork),
            _ => (self.network.way_to_cache(far), Stream::CacheNetwork),
        };
        table.at(draw(seed, stream, request, earlier))
    }

    /// How long a trip spends on the wire, there and back, that a request makes because a shard named another
    /// one, which can be `far`, in another zone. It is the request's `nth` such trip, from 1.
    pub fn redirected_trip(&self, seed: u64, request: u32, nth: u32, far: bool) -> Micros {
        let table = self.network.way_to_cache(far);
        table.at(draw(seed, Stream::Redirect, request, nth))
    }

    /// How long the engine works on the command of such a trip.
    pub fn redirected_service(&self, seed: u64, request: u32, nth: u32) -> Micros {
        self.cache
            .service
            .at(draw(seed, Stream::RedirectService, request, nth))
    }

    /// How long the cache's engine works on a request's command, after `earlier` other ones of the request.
    pub fn cache_service(&self, seed: u64, request: u32, earlier: u32) -> Micros {
        let drawn = draw(seed, Stream::CacheService, request, earlier);
        self.cache.service.at(drawn)
    }

    /// Whether the changes of its cache are logged.
    pub fn is_durable(&self) -> bool {
        self.strategy.caches() && self.cache.durability.mode != Durability::Off
    }

    /// When a fault begins, by its place in the list, or [`Micros::NEVER`].
    pub(super) fn fault_at(&self, place: u32) -> Micros {
        let fault = self.faults.get(place as usize);
        fault.map_or(Micros::NEVER, |fault| fault.at)
    }
}

/// The time that the way out takes of a round trip; the rest is the way back.
pub const fn way_out(round_trip: Micros) -> Micros {
    Micros(round_trip.0 / 2)
}

/// A cache's settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CacheSetup {
    /// The engine's settings: policy, capacity and tuning.
    pub engine: CacheSettings,
    /// How long the engine works on one command; it works on one at a time.
    pub service: Latency,
    /// Whether the active expiry cycle runs, ten times a second.
    pub active_expiry: bool,
    /// What the cache is made of; each of its nodes has these settings.
    pub deployment: Deployment,
    /// The type of every node. It decides what they cost, and nothing in the run.
    pub node_type: NodeType,
    /// The lag of the replica that can take over; `None` without a replica.
    pub replica_lag: Option<Micros>,
    /// Whether its shards' changes are logged.
    pub durability: DurabilitySetup,
}

/// A database's settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DatabaseSetup {
    /// The kind of database, which decides when a query begins.
    pub intake: Intake,
    /// How long a read takes once it has begun.
    pub read: Latency,
    /// How long a write takes once it has begun.
    pub write: Latency,
    /// The lag of the replica that answers reads; `None` if the primary answers
    /// them.
    pub replica_lag: Option<Latency>,
}

/// Round trips, without the work at the far end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NetworkSetup {
    /// Application to cache and back.
    pub cache: Latency,
    /// The same for a cache node in another zone than the client, or in another Region; `None` if that makes no
    /// difference.
    pub far: Option<Latency>,
    /// Application to database and back.
    pub database: Latency,
    /// How long the application waits for an answer before the trip times out.
    pub timeout: Micros,
}

impl NetworkSetup {
    /// The round trip to a cache node, which can be `far`, in another zone or Region.
    fn way_to_cache(&self, far: bool) -> &Latency {
        match &self.far {
            Some(way) if far => way,
            _ => &self.cache,
        }
    }
}
