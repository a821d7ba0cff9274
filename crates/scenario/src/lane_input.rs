//! The inputs of one lane: strategy, cache, database and network.

use cache::units::Micros;
use cache::{PolicyKind, Scope, Tuning};
use serde::{Deserialize, Deserializer, Serialize};
use sim::cost::NodeType;
use sim::{
    Client, Cluster, DatabaseKind, Deployment, Durability, DurabilitySetup, Endpoint,
    GlobalDatastore, Hashing, Intake, Latency, Memcached, NODE_TIMEOUT, Pool, Replication,
    Resharding, Serverless, Strategy, Table, Units, latency,
};

/// About the bytes that a measured engine needs for an entry beyond its key and value.
const OVERHEAD_BYTES: u32 = 56;

/// One second: longer than any healthy answer.
const TIMEOUT_US: u64 = 1_000_000;

/// What a new serverless cache supports, and one slot of it, in ECPUs a second.
const ECPU_PER_SECOND: u32 = 30_000;

/// What a serverless cache supports at most, in ECPUs a second.
pub(super) const ECPU_PER_SECOND_MAX: u32 = 15_000_000;

/// Half of the minute within which a Region is typically promoted.
const PROMOTION_US: u64 = 30_000_000;

/// Valkey 8 doubles the rate in two to three minutes.
const DOUBLING_US: u64 = 150_000_000;

/// One configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a lane object")]
pub struct LaneInput {
    /// The name; if left out, what it differs in from the other lanes.
    #[serde(default)]
    pub name: Option<String>,
    /// How the application uses the cache.
    pub strategy: Strategy,
    /// The cache.
    #[serde(default)]
    pub cache: CacheInput,
    /// The database.
    #[serde(default)]
    pub database: DatabaseInput,
    /// The round trips between them.
    #[serde(default)]
    pub network: NetworkInput,
}

/// A cache.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a cache object")]
pub struct CacheInput {
    /// The eviction policy; LRU if left out.
    pub policy: PolicyKind,
    /// Which entries may be evicted: all, or only those with a TTL.
    pub scope: Scope,
    /// How many entries fit; 4 if left out. Ignored if there is a capacity in bytes.
    pub capacity: u32,
    /// How many bytes fit; if left out, entries are counted.
    pub capacity_bytes: Option<u64>,
    /// The engine's overhead for each entry beyond its key and value, in bytes.
    pub overhead_bytes: u32,
    /// How many keys the sampling policies look at: Valkey's `maxmemory-samples`.
    pub samples: u32,
    /// The resolution of Valkey's LRU clock, in microseconds; a second in the engine. A short scene
    /// needs a finer one, or all entries look equally old.
    pub lru_clock_us: u64,
    /// How slowly Valkey's LFU counter grows: `lfu-log-factor`.
    pub lfu_log_factor: u32,
    /// How long without a use it takes Valkey's LFU counter to drop by one, in microseconds; 0 for never.
    pub lfu_decay_us: u64,
    /// Whether the engine looks for expired entries ten times a second. Without that an expired entry
    /// stays until it is asked for or evicted, and can be seen.
    pub active_expiry: bool,
    /// How far behind a replica is that takes over when the node fails, in microseconds; `null`
    /// without one.
    pub replica_lag_us: Option<u64>,
    /// How long the engine executes a command.
    pub service: Latency,
    /// What the cache is made of; one node if left out.
    pub deployment: DeploymentInput,
    /// Whether the changes of its shards are logged in two zones, and when; not if left out.
    pub durability: Durability,
    /// How long a write waits for the log, if it is logged before its reply.
    pub log_write: Latency,
    /// How long after its reply a write is logged, if it is logged after it.
    pub log_lag: Latency,
}

impl CacheInput {
    /// The durability with its times.
    pub fn durability_setup(&self) -> DurabilitySetup {
        DurabilitySetup {
            mode: self.durability,
            write: self.log_write,
            lag: self.log_lag,
        }
    }
}

/// What a cache is made of. Each of its nodes has the cache's policy and capacity.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a deployment object")]
pub struct DeploymentInput {
    /// The kind of deployment.
    pub kind: DeploymentKind,
    /// How many shards a cluster has; 3 if left out.
    pub shards: u16,
    /// What the client knows of a cluster.
    pub client: Client,
    /// How many Memcached nodes there are at the start; 3 if left out.
    pub nodes: u16,
    /// How the client chooses among Memcached nodes.
    pub hashing: Hashing,
    /// The type of every node, for its price; the smallest if left out.
    pub node_type: NodeType,
    /// How many replicas each shard of a cluster has, or the primary of a replication group; none if left
    /// out.
    pub replicas: u16,
    /// Which nodes of a shard with replicas the client uses.
    pub endpoint: Endpoint,
    /// How long a change takes to reach a replica.
    pub lag: Latency,
    /// How long a node has to be silent before the others take it for failed, in microseconds.
    pub node_timeout_us: u64,
    /// The ECPUs a second that a serverless cache supports at the start; 30,000 if left out.
    pub ecpu_per_second: u32,
    /// The ECPUs a second for which a serverless cache was pre-scaled; `null` if it was not.
    pub minimum_ecpu_per_second: Option<u32>,
    /// The ECPUs a second that a serverless cache supports at most; 15,000,000 if left out.
    pub maximum_ecpu_per_second: u32,
    /// The ECPUs a second that one slot of a serverless cache gets at most; 30,000 if left out.
    pub slot_ecpu_per_second: u32,
    /// How long it takes until a serverless cache supports twice as much, in microseconds.
    pub doubling_us: u64,
    /// How a cluster moves slots when a shard is added or removed.
    pub resharding: Resharding,
    /// Whether a cluster serves nothing while a slot is not served.
    pub full_coverage: bool,
    /// How many Regions a Global Datastore has; 2 if left out.
    pub regions: u16,
    /// How long a change takes to reach another Region.
    pub region_lag: Latency,
    /// How long a Region's promotion takes once a person has asked for it, in microseconds.
    pub promotion_us: u64,
}

/// The kinds of deployment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a deployment")]
pub enum DeploymentKind {
    /// One node.
    #[default]
    Node,
    /// Shards that share the slots.
    Cluster,
    /// Memcached nodes among which the client chooses.
    Memcached,
    /// A primary with replicas.
    ReplicationGroup,
    /// One endpoint with a rate that grows.
    Serverless,
    /// A primary Region, and others that follow it.
    GlobalDatastore,
}

impl DeploymentKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [DeploymentKind; 6] = [
        DeploymentKind::Node,
        DeploymentKind::ReplicationGroup,
        DeploymentKind::Cluster,
        DeploymentKind::Memcached,
        DeploymentKind::Serverless,
        DeploymentKind::GlobalDatastore,
    ];
}

impl Default for DeploymentInput {
    fn default() -> Self {
        DeploymentInput {
            kind: DeploymentKind::Node,
            shards: 3,
            client: Client::ClusterAware,
            nodes: 3,
            hashing: Hashing::Ketama,
            node_type: NodeType::T4gMicro,
            replicas: 0,
            endpoint: Endpoint::Primary,
            lag: latency::REPLICA_LAG,
            node_timeout_us: NODE_TIMEOUT.0,
            ecpu_per_second: ECPU_PER_SECOND,
            minimum_ecpu_per_second: None,
            maximum_ecpu_per_second: ECPU_PER_SECOND_MAX,
            slot_ecpu_per_second: ECPU_PER_SECOND,
            doubling_us: DOUBLING_US,
            resharding: Resharding::Legacy,
            full_coverage: false,
            regions: 2,
            region_lag: latency::REGION_LAG,
            promotion_us: PROMOTION_US,
        }
    }
}

impl DeploymentInput {
    /// The deployment itself.
    pub fn deployment(&self) -> Deployment {
        let replication = Replication {
            replicas: self.replicas,
            endpoint: self.endpoint,
            lag: self.lag,
            node_timeout: Micros(self.node_timeout_us),
        };
        match self.kind {
            DeploymentKind::Node => Deployment::Node,
            DeploymentKind::ReplicationGroup => Deployment::ReplicationGroup(replication),
            DeploymentKind::Cluster => Deployment::Cluster(Cluster {
                shards: self.shards,
                client: self.client,
                replication,
                resharding: self.resharding,
                full_coverage: self.full_coverage,
            }),
            DeploymentKind::Memcached => Deployment::Memcached(Memcached {
                nodes: self.nodes,
                hashing: self.hashing,
            }),
            DeploymentKind::Serverless => Deployment::Serverless(Serverless {
                rate: self.ecpu_per_second,
                minimum: self.minimum_ecpu_per_second,
                maximum: self.maximum_ecpu_per_second,
                slot_rate: self.slot_ecpu_per_second,
                doubling: Micros(self.doubling_us),
            }),
            DeploymentKind::GlobalDatastore => Deployment::GlobalDatastore(GlobalDatastore {
                replication: Replication {
                    replicas: self.regions - 1,
                    lag: self.region_lag,
                    ..replication
                },
                promotion: Micros(self.promotion_us),
            }),
        }
    }
}

impl Default for CacheInput {
    fn default() -> Self {
        let tuning = Tuning::default();
        CacheInput {
            policy: PolicyKind::Lru,
            scope: Scope::AllKeys,
            capacity: 4,
            capacity_bytes: None,
            overhead_bytes: OVERHEAD_BYTES,
            samples: tuning.samples,
            lru_clock_us: tuning.lru_clock.0,
            lfu_log_factor: tuning.lfu_log_factor,
            lfu_decay_us: tuning.lfu_decay.0,
            active_expiry: false,
            replica_lag_us: None,
            service: latency::ENGINE_SERVICE,
            deployment: DeploymentInput::default(),
            durability: Durability::Off,
            log_write: latency::LOG_WRITE,
            log_lag: latency::LOG_LAG,
        }
    }
}

/// A database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(from = "WrittenDatabase")]
pub struct DatabaseInput {
    /// The kind of database.
    pub kind: DatabaseKind,
    /// How many queries run at once in a relational database; 4 if left out.
    pub connections: u32,
    /// How long a read takes; if left out, as long as the kind usually takes.
    pub read: Latency,
    /// How long a write takes; if left out, as long as the kind usually takes.
    pub write: Latency,
    /// How far behind the replica is that answers reads; `null` if the primary answers them.
    pub replica_lag: Option<Latency>,
    /// How many queries may wait for a connection; one more is refused at once. `null` for any number.
    pub queue_max: Option<u32>,
    /// How many partitions a DynamoDB table has; 4 if left out.
    pub partitions: u16,
    /// Whether the DynamoDB table has units of its own.
    pub capacity_mode: CapacityMode,
    /// The read units of a provisioned table in a second.
    pub read_units: u32,
    /// The write units of a provisioned table in a second.
    pub write_units: u32,
}

/// A DynamoDB table's capacity mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a capacity mode")]
pub enum CapacityMode {
    /// Only the partitions have a limit.
    #[default]
    OnDemand,
    /// The table has a limit too.
    Provisioned,
}

impl CapacityMode {
    /// Every mode, in the order in which they are offered.
    pub const ALL: [CapacityMode; 2] = [CapacityMode::OnDemand, CapacityMode::Provisioned];
}

impl Default for DatabaseInput {
    fn default() -> Self {
        DatabaseInput::of(DatabaseKind::default())
    }
}

impl DatabaseInput {
    /// What a database of a kind is like if nothing else is said.
    pub const fn of(kind: DatabaseKind) -> Self {
        let (read, write) = match kind {
            DatabaseKind::Relational => (latency::DATABASE_READ, latency::DATABASE_WRITE),
            DatabaseKind::DynamoDb => (latency::DYNAMODB_READ, latency::DYNAMODB_WRITE),
            DatabaseKind::MemoryDb => (latency::MEMORYDB_READ, latency::MEMORYDB_WRITE),
        };
        DatabaseInput {
            kind,
            connections: 4,
            read,
            write,
            replica_lag: None,
            queue_max: None,
            partitions: 4,
            capacity_mode: CapacityMode::OnDemand,
            read_units: 100,
            write_units: 100,
        }
    }

    /// The kind with its settings.
    pub fn intake(&self) -> Intake {
        match self.kind {
            DatabaseKind::Relational => Intake::Relational(Pool {
                connections: self.connections,
                queue_max: self.queue_max,
            }),
            DatabaseKind::DynamoDb => Intake::DynamoDb(Table {
                partitions: self.partitions,
                provisioned: match self.capacity_mode {
                    CapacityMode::OnDemand => None,
                    CapacityMode::Provisioned => Some(Units {
                        read: self.read_units,
                        write: self.write_units,
                    }),
                },
            }),
            DatabaseKind::MemoryDb => Intake::MemoryDb,
        }
    }
}

/// A database as it is written down: what is left out depends on the kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a database object")]
struct WrittenDatabase {
    kind: DatabaseKind,
    connections: u32,
    #[serde(deserialize_with = "some")]
    read: Option<Latency>,
    #[serde(deserialize_with = "some")]
    write: Option<Latency>,
    replica_lag: Option<Latency>,
    queue_max: Option<u32>,
    partitions: u16,
    capacity_mode: CapacityMode,
    read_units: u32,
    write_units: u32,
}

/// Reads a value that may be left out, but not be `null`.
fn some<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Latency>, D::Error> {
    Latency::deserialize(from).map(Some)
}

impl Default for WrittenDatabase {
    fn default() -> Self {
        let usual = DatabaseInput::default();
        WrittenDatabase {
            kind: usual.kind,
            connections: usual.connections,
            read: None,
            write: None,
            replica_lag: usual.replica_lag,
            queue_max: usual.queue_max,
            partitions: usual.partitions,
            capacity_mode: usual.capacity_mode,
            read_units: usual.read_units,
            write_units: usual.write_units,
        }
    }
}

impl From<WrittenDatabase> for DatabaseInput {
    fn from(written: WrittenDatabase) -> DatabaseInput {
        let usual = DatabaseInput::of(written.kind);
        DatabaseInput {
            kind: written.kind,
            connections: written.connections,
            read: written.read.unwrap_or(usual.read),
            write: written.write.unwrap_or(usual.write),
            replica_lag: written.replica_lag,
            queue_max: written.queue_max,
            partitions: written.partitions,
            capacity_mode: written.capacity_mode,
            read_units: written.read_units,
            write_units: written.write_units,
        }
    }
}

/// Round trips without the work at the far end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a network object")]
pub struct NetworkInput {
    /// Application to cache and back.
    pub cache: Latency,
    /// The same for a cache node with replicas in another zone than the client; as in the same zone if `null`.
    pub other_zone: Option<Latency>,
    /// The same for a cache in another Region than the client.
    pub other_region: Latency,
    /// Application to database and back.
    pub database: Latency,
    /// How long the application waits for an answer before it takes it for lost, in microseconds.
    pub timeout_us: u64,
}

impl Default for NetworkInput {
    fn default() -> Self {
        NetworkInput {
            cache: latency::SAME_ZONE_ROUND_TRIP,
            other_zone: None,
            other_region: latency::OTHER_REGION_ROUND_TRIP,
            database: latency::SAME_ZONE_ROUND_TRIP,
            timeout_us: TIMEOUT_US,
        }
    }
}
