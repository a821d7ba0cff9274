//! The cache node's inputs.

use super::super::ranges::{
    DELAY, DOUBLING, ECPU_RATE, LAG, MEMCACHED_NODES, NODE_TIMEOUT, PROMOTION, REGIONS, REPLICAS,
    SHARDS, SLOT_ECPU_RATE, TIME,
};
use super::cost::NODE_TYPES;
use super::lane::LATENCY;
use super::{Choice, Field, Kind, Optional, With, count, none_or};
use cache::PolicyKind;
use cache::{CAPACITY_BYTES_MAX, CAPACITY_MAX};
use serde_json::Value;

/// The place of a lane's kind of deployment.
const KIND: &str = "/lanes/*/cache/deployment/kind";

/// The place of a lane's durability.
const DURABILITY: &str = "/lanes/*/cache/durability";

const CLUSTER: &[With] = &[(KIND, &["cluster"])];
const GLOBAL: &[With] = &[(KIND, &["global-datastore"])];
const MEMCACHED: &[With] = &[(KIND, &["memcached"])];
const SERVERLESS: &[With] = &[(KIND, &["serverless"])];
const NODES: &[With] = &[(
    KIND,
    &[
        "node",
        "replication-group",
        "cluster",
        "memcached",
        "global-datastore",
    ],
)];
const LOGGED_BEFORE: &[With] = &[(KIND, &["cluster"]), (DURABILITY, &["sync"])];
const LOGGED_AFTER: &[With] = &[(KIND, &["cluster"]), (DURABILITY, &["async"])];

/// Deployments that have a node to read from beside the primary.
const READ_FROM: &[With] = &[(KIND, &["replication-group", "cluster", "global-datastore"])];

/// Deployments whose primaries can have replicas.
pub(super) const REPLICATED: &[With] = &[(KIND, &["replication-group", "cluster"])];

choices!(POLICIES: PolicyKind, kind => Choice {
    name: kind.name(),
    title: kind.title(),
    about: kind.about().rule,
});

static SCOPES: [Choice; 2] = [
    Choice {
        name: "allkeys",
        title: "Every entry",
        about: "",
    },
    Choice {
        name: "volatile",
        title: "Only entries with a TTL",
        about: "only entries with a TTL may be evicted; when none is left, a write that needs room is refused",
    },
];

static DEPLOYMENTS: [Choice; 6] = [
    Choice {
        name: "node",
        title: "One node",
        about: "all keys are in one node",
    },
    Choice {
        name: "replication-group",
        title: "Replication group",
        about: "a primary takes all writes, and replicas follow it: they answer reads, and one takes over when the primary fails",
    },
    Choice {
        name: "cluster",
        title: "Cluster",
        about: "every shard owns a share of the 16,384 slots, and a key's slot is a hash of its name",
    },
    Choice {
        name: "memcached",
        title: "Memcached nodes",
        about: "the client chooses a key's node by a hash of its name; the nodes know nothing of each other",
    },
    Choice {
        name: "serverless",
        title: "Serverless",
        about: "one endpoint, and nodes that nobody sees; a command that exceeds the rate of the cache or of its slot is throttled",
    },
    Choice {
        name: "global-datastore",
        title: "Global Datastore",
        about: "the primary Region takes all writes, and other Regions follow it within about a second; if it is lost, a person promotes another one",
    },
];

static CLIENTS: [Choice; 3] = [
    Choice {
        name: "cluster-aware",
        title: "Cluster-aware",
        about: "it loads the slot map and asks the right shard",
    },
    Choice {
        name: "follows-moved",
        title: "Follows MOVED",
        about: "it has no slot map: it asks shard 1, follows MOVED, and remembers the slot's owner",
    },
    Choice {
        name: "plain",
        title: "Made for one node",
        about: "it only knows shard 1 and takes MOVED for an error",
    },
];

static ENDPOINTS: [Choice; 3] = [
    Choice {
        name: "primary",
        title: "Primary for everything",
        about: "reads are as fresh as the primary",
    },
    Choice {
        name: "reader-for-reads",
        title: "Replicas for reads",
        about: "each client reads from one replica, which may be behind, and writes to the primary",
    },
    Choice {
        name: "reader",
        title: "Replicas for everything",
        about: "a mistake: a replica refuses writes with READONLY",
    },
];

static DURABILITIES: [Choice; 3] = [
    Choice {
        name: "off",
        title: "No durability",
        about: "what is in memory is lost when a node restarts or fails",
    },
    Choice {
        name: "async",
        title: "Asynchronous durability",
        about: "a write is logged after its reply: what was not in the log yet is lost; writes are rejected while the log is more than 10 s behind",
    },
    Choice {
        name: "sync",
        title: "Synchronous durability",
        about: "a write is logged in two zones before its reply: no acknowledged write is lost, and each takes milliseconds",
    },
];

static RESHARDINGS: [Choice; 2] = [
    Choice {
        name: "legacy",
        title: "Slot by slot",
        about: "before Valkey 9: the keys of one slot after another move, ten at a time; meanwhile a node that no longer has a key answers ASK",
    },
    Choice {
        name: "atomic",
        title: "Atomic",
        about: "Valkey 9: a snapshot, a stream of changes, a short pause of writes; then all slots have their new owner, and nobody sees ASK",
    },
];

static HASHINGS: [Choice; 2] = [
    Choice {
        name: "ketama",
        title: "Ketama ring",
        about: "consistent hashing: each node has 160 points on a ring; when one leaves, only its keys move",
    },
    Choice {
        name: "modulo",
        title: "Modulo",
        about: "the remainder of the hash divided by the number of nodes; when one leaves, most keys move",
    },
];

pub(super) static FIELDS: [Field; 36] = [
    Field::new(
        "/lanes/*/cache/policy",
        "Policy",
        Kind::Choice(&POLICIES),
        "",
    ),
    Field::new(
        "/lanes/*/cache/scope",
        "What may be evicted",
        Kind::Choice(&SCOPES),
        "",
    ),
    Field::new(
        "/lanes/*/cache",
        "maxmemory-policy",
        Kind::MaxmemoryPolicy,
        "Policy and scope together, under the names of Valkey and Redis.",
    ),
    Field::new(
        "/lanes/*/cache/capacity",
        "Capacity",
        count((1, CAPACITY_MAX as u64), "entries"),
        "Maximum number of entries. Ignored if a capacity in bytes is set.",
    ),
    Field::new(
        "/lanes/*/cache/capacity_bytes",
        "Capacity in bytes",
        Kind::Optional(Optional {
            of: &count((1, CAPACITY_BYTES_MAX), "bytes"),
            when_on: || Value::from(1_024),
            absent: "entries are counted",
        }),
        "Maximum size in bytes, including keys, values and engine overhead.",
    )
    .known_as("maxmemory; BytesUsedForCache"),
    Field::new(
        "/lanes/*/cache/overhead_bytes",
        "Overhead of an entry",
        count((0, 65_536), "bytes"),
        "Engine overhead per entry; used with a capacity in bytes.",
    ),
    Field::new(
        "/lanes/*/cache/deployment/kind",
        "Deployment",
        Kind::Choice(&DEPLOYMENTS),
        "What the cache is made of. Each node has the policy and the capacity above; for serverless the capacity is the storage maximum.",
    )
    .under("What it is made of"),
    Field::new(
        "/lanes/*/cache/deployment/shards",
        "Shards",
        count(SHARDS, "shards"),
        "How many shards share the slots at the start.",
    )
    .only_with(CLUSTER)
    .known_as("NumNodeGroups"),
    Field::new(
        "/lanes/*/cache/deployment/replicas",
        "Replicas",
        count(REPLICAS, "replicas"),
        "How many replicas each primary has. They stand in other zones, and follow with a lag.",
    )
    .only_with(REPLICATED)
    .known_as("ReplicasPerNodeGroup"),
    Field::new(
        "/lanes/*/cache/deployment/endpoint",
        "Endpoint",
        Kind::Choice(&ENDPOINTS),
        "Which nodes the client uses. In a Global Datastore the reader is the node in the client's own Region.",
    )
    .only_with(READ_FROM),
    Field::new(
        "/lanes/*/cache/deployment/lag",
        "Replication lag",
        Kind::OneOf(&LATENCY),
        "With replicas: how long a change of the primary takes to reach a replica.",
    )
    .only_with(REPLICATED)
    .known_as("ReplicationLag"),
    Field::new(
        "/lanes/*/cache/deployment/node_timeout_us",
        "Node timeout",
        Kind::Span(NODE_TIMEOUT),
        "A node that is silent for this long counts as failed. A replica takes over after 1.4 times as long. Without replicas it matters only where full coverage is required.",
    )
    .only_with(REPLICATED)
    .known_as("cluster-node-timeout"),
    Field::new(
        "/lanes/*/cache/deployment/client",
        "Client",
        Kind::Choice(&CLIENTS),
        "What the client knows of the cluster.",
    )
    .only_with(CLUSTER),
    Field::new(
        "/lanes/*/cache/deployment/resharding",
        "Resharding",
        Kind::Choice(&RESHARDINGS),
        "How slots and their keys move when a shard is added or removed.",
    )
    .only_with(CLUSTER),
    Field::new(
        "/lanes/*/cache/deployment/full_coverage",
        "Full coverage",
        Kind::Switch,
        "On: if one slot is not served, every node answers CLUSTERDOWN. Off, as ElastiCache sets it: a lost shard takes only its own slots with it.",
    )
    .only_with(CLUSTER)
    .known_as("cluster-require-full-coverage"),
    Field::new(
        "/lanes/*/cache/deployment/nodes",
        "Memcached nodes",
        count(MEMCACHED_NODES, "nodes"),
        "How many there are at the start.",
    )
    .only_with(MEMCACHED)
    .known_as("NumCacheNodes"),
    Field::new(
        "/lanes/*/cache/deployment/hashing",
        "Hashing",
        Kind::Choice(&HASHINGS),
        "How the client chooses the node of a key.",
    )
    .only_with(MEMCACHED),
    Field::new(
        "/lanes/*/cache/deployment/node_type",
        "Node type",
        Kind::Choice(&NODE_TYPES),
        "Decides what each node costs. Capacity and speed stay as they are set here.",
    )
    .only_with(NODES)
    .known_as("CacheNodeType"),
    Field::new(
        "/lanes/*/cache/deployment/ecpu_per_second",
        "ECPU per second",
        count(ECPU_RATE, "ECPU/s"),
        "The rate that it supports at the start. A new cache supports 30,000 ECPU/s; a lower rate shows with little traffic what a spike does.",
    )
    .only_with(SERVERLESS)
    .known_as("ElastiCacheProcessingUnits"),
    Field::new(
        "/lanes/*/cache/deployment/minimum_ecpu_per_second",
        "Pre-scaled ECPU per second",
        none_or(&count(ECPU_RATE, "ECPU/s"), || Value::from(60_000)),
        "The rate that it was pre-scaled for, within an hour, before the run. It is paid for, used or not.",
    )
    .only_with(SERVERLESS)
    .known_as("ECPUPerSecond Minimum"),
    Field::new(
        "/lanes/*/cache/deployment/maximum_ecpu_per_second",
        "Maximum ECPU per second",
        count(ECPU_RATE, "ECPU/s"),
        "The rate beyond which it does not grow, which also limits what it costs. The service's own limit is 15,000,000 ECPU/s.",
    )
    .only_with(SERVERLESS)
    .known_as("ECPUPerSecond Maximum"),
    Field::new(
        "/lanes/*/cache/deployment/slot_ecpu_per_second",
        "ECPU per second of a slot",
        count(SLOT_ECPU_RATE, "ECPU/s"),
        "The most that one slot gets, and so one key. The service gives a slot 30,000 ECPU/s, and 90,000 if clients also read from replicas, which may be behind; that is not simulated.",
    )
    .only_with(SERVERLESS),
    Field::new(
        "/lanes/*/cache/deployment/doubling_us",
        "Time to double",
        Kind::Span(DOUBLING),
        "How long it takes from the first command that exceeds the rate until the rate has doubled. Valkey 8 and later: 2 to 3 minutes; other engines: up to 12.",
    )
    .only_with(SERVERLESS),
    Field::new(
        "/lanes/*/cache/deployment/regions",
        "Regions",
        count(REGIONS, "Regions"),
        "One is the primary Region, which takes the writes; the others follow it and only answer reads. Clients are spread over all of them.",
    )
    .only_with(GLOBAL),
    Field::new(
        "/lanes/*/cache/deployment/region_lag",
        "Lag between Regions",
        Kind::OneOf(&LATENCY),
        "How long a change of the primary Region takes to reach another one. ElastiCache says typically less than a second.",
    )
    .only_with(GLOBAL)
    .known_as("GlobalDatastoreReplicationLag"),
    Field::new(
        "/lanes/*/cache/deployment/promotion_us",
        "Time to promote",
        Kind::Span(PROMOTION),
        "How long it takes until a Region that a person promotes is the primary one. ElastiCache says typically less than a minute. No Region is promoted by itself.",
    )
    .only_with(GLOBAL),
    Field::new(
        "/lanes/*/cache/durability",
        "Durability",
        Kind::Choice(&DURABILITIES),
        "Valkey 9: a log in several zones, from which nodes get their data back. Takes a cluster of at least 1 replica a shard, of m7g.large or r7g.large nodes.",
    )
    .only_with(CLUSTER)
    .under("What survives"),
    Field::new(
        "/lanes/*/cache/log_write",
        "Log write",
        Kind::OneOf(&LATENCY),
        "How long a write waits until it is in the log.",
    )
    .only_with(LOGGED_BEFORE),
    Field::new(
        "/lanes/*/cache/log_lag",
        "Log lag",
        Kind::OneOf(&LATENCY),
        "How long after its reply a write is in the log.",
    )
    .only_with(LOGGED_AFTER),
    Field::new(
        "/lanes/*/cache/samples",
        "Sample",
        count((1, 64), "keys"),
        "How many keys Valkey samples per eviction.",
    )
    .known_as("maxmemory-samples")
    .under("How the engine works"),
    Field::new(
        "/lanes/*/cache/lru_clock_us",
        "Valkey LRU clock resolution",
        Kind::Span(DELAY),
        "Uses within one tick look equally old. Valkey uses 1 s.",
    )
    .known_as("LRU_CLOCK_RESOLUTION"),
    Field::new(
        "/lanes/*/cache/lfu_log_factor",
        "Valkey LFU log factor",
        count((0, 10_000), ""),
        "The higher it is, the more slowly counters grow.",
    )
    .known_as("lfu-log-factor"),
    Field::new(
        "/lanes/*/cache/lfu_decay_us",
        "Valkey LFU decay time",
        Kind::Span(TIME),
        "A counter drops by one after this long without use. 0 = never.",
    )
    .known_as("lfu-decay-time"),
    Field::new(
        "/lanes/*/cache/active_expiry",
        "Active expiry",
        Kind::Switch,
        "The engine removes expired entries ten times a second. Off: they stay until they are read or evicted.",
    )
    .known_as("active-expire-effort; Reclaimed"),
    Field::new(
        "/lanes/*/cache/replica_lag_us",
        "Lag of the cache's replica",
        none_or(&Kind::Span(LAG), || Value::from(5_000)),
        "Adds a replica this far behind, which takes over on failover.",
    )
    .only_with(&[(KIND, &["node", "replication-group", "cluster"])])
    .known_as("ReplicationLag"),
    Field::new(
        "/lanes/*/cache/service",
        "Service time",
        Kind::OneOf(&LATENCY),
        "Time the engine needs per command; it runs one at a time.",
    )
    .known_as("SuccessfulReadRequestLatency"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DeploymentKind, read};
    use cache::Scope;
    use sim::{Client, Durability, Endpoint, Hashing};

    #[test]
    fn names_are_those_of_the_inputs() {
        for (choice, kind) in POLICIES.iter().zip(PolicyKind::ALL) {
            assert_eq!(read("It", &Value::from(choice.name)), Ok(kind));
        }
        for choice in &SCOPES {
            read::<Scope>("It", &Value::from(choice.name)).expect("a scope");
        }
        for (choice, kind) in DEPLOYMENTS.iter().zip(DeploymentKind::ALL) {
            assert_eq!(read("It", &Value::from(choice.name)), Ok(kind));
        }
        for (choice, client) in CLIENTS.iter().zip(Client::ALL) {
            assert_eq!(read("It", &Value::from(choice.name)), Ok(client));
        }
        for (choice, endpoint) in ENDPOINTS.iter().zip(Endpoint::ALL) {
            assert_eq!(read("It", &Value::from(choice.name)), Ok(endpoint));
        }
        for (choice, durability) in DURABILITIES.iter().zip(Durability::ALL) {
            assert_eq!(read("It", &Value::from(choice.name)), Ok(durability));
        }
        for (choice, hashing) in HASHINGS.iter().zip(Hashing::ALL) {
            assert_eq!(read("It", &Value::from(choice.name)), Ok(hashing));
        }
    }
}
