//! The inputs as they are written down: in links, files and JavaScript objects.
//!
//! Numbers here are plain and may be out of range; `validate` turns them into what the simulation
//! takes. A field that is left out has the default documented with it; an unknown field is refused.

use crate::cache::PolicyKind;
use crate::sim::{Latency, Operation, Strategy, latency};
use serde::{Deserialize, Serialize};

/// A scenario.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a scenario object")]
pub struct ScenarioInput {
    /// What it is called on screen.
    #[serde(default)]
    pub title: String,
    /// What to look at, in a sentence or two; shown before the first step.
    #[serde(default)]
    pub intro: String,
    /// Fixes every random draw: a whole number below 2^64, as text because JavaScript's numbers are
    /// too small for it. "1" if left out.
    #[serde(default = "default_seed")]
    pub seed: String,
    /// What every cache holds before the first request, least recently used first.
    #[serde(default)]
    pub warm: Vec<WarmInput>,
    /// The requests that every lane gets.
    pub workload: WorkloadInput,
    /// The configurations that are compared: one to four.
    pub lanes: Vec<LaneInput>,
}

/// A copy, of version 1, that is in the cache from the start.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with a key and its age_us")]
pub struct WarmInput {
    /// Its key.
    pub key: String,
    /// How much of its time to live has passed, in microseconds; 0 if left out. A copy as old as
    /// its lane's time to live is not there.
    #[serde(default)]
    pub age_us: u64,
}

/// Where the requests come from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "an object with a script")]
pub enum WorkloadInput {
    /// Exactly these, in order of arrival.
    Script(Vec<RequestInput>),
}

/// One request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a request object")]
pub struct RequestInput {
    /// When it reaches the application, in microseconds from the start; no earlier than the one
    /// before it.
    pub at_us: u64,
    /// Which client sends it, from 1; 1 if left out.
    #[serde(default = "default_client")]
    pub client: u32,
    /// Read or write.
    pub op: Operation,
    /// Of which key: 1 to 250 bytes without spaces or control characters.
    pub key: String,
    /// A time to live of its own for what it stores, in microseconds, instead of the lane's; 0 for
    /// none.
    #[serde(default)]
    pub ttl_us: Option<u64>,
}

/// One configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a lane object")]
pub struct LaneInput {
    /// What it is called; its pattern's name if left out.
    #[serde(default)]
    pub name: Option<String>,
    /// How the application uses the cache.
    pub strategy: Strategy,
    /// The cache node.
    #[serde(default)]
    pub cache: CacheInput,
    /// The database.
    #[serde(default)]
    pub database: DatabaseInput,
    /// The round trips between them.
    #[serde(default)]
    pub network: NetworkInput,
}

/// A cache node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a cache object")]
pub struct CacheInput {
    /// Who is evicted; LRU if left out.
    pub policy: PolicyKind,
    /// How many entries fit; 4 if left out.
    pub capacity: u32,
    /// How long the engine works on a command.
    pub service: Latency,
}

impl Default for CacheInput {
    fn default() -> Self {
        CacheInput {
            policy: PolicyKind::Lru,
            capacity: 4,
            service: latency::ENGINE_SERVICE,
        }
    }
}

/// A database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a database object")]
pub struct DatabaseInput {
    /// How many queries run at once; 4 if left out.
    pub connections: u32,
    /// How long a read takes.
    pub read: Latency,
    /// How long a write takes.
    pub write: Latency,
}

impl Default for DatabaseInput {
    fn default() -> Self {
        DatabaseInput {
            connections: 4,
            read: latency::DATABASE_READ,
            write: latency::DATABASE_WRITE,
        }
    }
}

/// Round trips without the work at the far end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a network object")]
pub struct NetworkInput {
    /// Application to cache and back.
    pub cache: Latency,
    /// Application to database and back.
    pub database: Latency,
}

impl Default for NetworkInput {
    fn default() -> Self {
        NetworkInput {
            cache: latency::SAME_ZONE_ROUND_TRIP,
            database: latency::SAME_ZONE_ROUND_TRIP,
        }
    }
}

fn default_seed() -> String {
    "1".to_owned()
}

fn default_client() -> u32 {
    1
}
