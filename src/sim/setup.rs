//! What a world is made from: the workload that all lanes share, and what differs between them.
//! Everything in these types has been validated by `scenario`.

use super::event::Operation;
use super::latency::Latency;
use super::strategy::Strategy;
use crate::cache::PolicyKind;
use crate::units::{Key, Micros};
use std::rc::Rc;

/// The requests and the state that every lane starts from.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Fixes every random draw.
    pub seed: u64,
    /// The names of the keys, by number.
    pub keys: Vec<Rc<str>>,
    /// The keys as people list them: shorter names first, so that `user:10` comes after `user:9`.
    pub listed: Vec<Key>,
    /// What each cache holds before the first request, least recently used first.
    pub warm: Vec<Warm>,
    /// The requests, in order of arrival.
    pub requests: Vec<Request>,
}

/// A copy that is in the cache from the start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Warm {
    /// Its key; the copy is of version 1.
    pub key: Key,
    /// How much of its time to live has passed already.
    pub age: Micros,
}

/// One request of the workload.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request {
    /// When it reaches the application.
    pub at: Micros,
    /// Which client sends it, from 1.
    pub client: u32,
    /// What it wants.
    pub operation: Operation,
    /// Of which key.
    pub key: Key,
    /// What it says about the time to live of what it stores.
    pub ttl: OwnTtl,
}

/// What a request says about the time to live of what it stores.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OwnTtl {
    /// Nothing: the strategy's holds.
    #[default]
    Unsaid,
    /// That it has none.
    Never,
    /// That it is this long.
    After(Micros),
}

impl OwnTtl {
    /// From a number as inputs give it: 0 says that there is none.
    pub fn from_us(ttl_us: Option<u64>) -> OwnTtl {
        match ttl_us {
            None => OwnTtl::Unsaid,
            Some(0) => OwnTtl::Never,
            Some(us) => OwnTtl::After(Micros(us)),
        }
    }

    /// The number as inputs give it.
    pub fn as_us(self) -> Option<u64> {
        match self {
            OwnTtl::Unsaid => None,
            OwnTtl::Never => Some(0),
            OwnTtl::After(ttl) => Some(ttl.0),
        }
    }

    /// The time to live that holds over the strategy's.
    pub fn over(self, of_strategy: Option<Micros>) -> Option<Micros> {
        match self {
            OwnTtl::Unsaid => of_strategy,
            OwnTtl::Never => None,
            OwnTtl::After(ttl) => Some(ttl),
        }
    }
}

/// One configuration under test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LaneSetup {
    /// What it is called on screen.
    pub name: Rc<str>,
    /// How the application uses the cache.
    pub strategy: Strategy,
    /// The cache node.
    pub cache: CacheSetup,
    /// The database.
    pub database: DatabaseSetup,
    /// The network between the application and the two.
    pub network: NetworkSetup,
}

/// A cache node's settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CacheSetup {
    /// Who is evicted.
    pub policy: PolicyKind,
    /// How many entries fit.
    pub capacity: u32,
    /// How long the engine works on one command; it works on one at a time.
    pub service: Latency,
}

/// A database's settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DatabaseSetup {
    /// How many queries run at once; more wait.
    pub connections: u32,
    /// How long a read takes once it has a connection.
    pub read: Latency,
    /// How long a write takes once it has a connection.
    pub write: Latency,
}

/// Round trips, without the work at the far end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NetworkSetup {
    /// Application to cache and back.
    pub cache: Latency,
    /// Application to database and back.
    pub database: Latency,
}
