//! From a lane's inputs to its setup. Refuses what does not go together.

use super::Invalid;
use super::lane_input::{CacheInput, DatabaseInput, DeploymentKind, LaneInput};
use super::ranges::CLUSTER_NODES_MAX;
use super::validate_serverless::check_serverless;
use cache::units::Micros;
use cache::{CacheSettings, Capacity, Tuning};
use sim::cost::NodeType;
use sim::{
    CacheSetup, DatabaseKind, DatabaseSetup, Durability, Endpoint, LaneSetup, Latency,
    NetworkSetup, ReadPath, ScheduledFault, Strategy, WritePath,
};

pub(super) fn check_lane(
    path: &str,
    lane: &LaneInput,
    name: String,
    seed: u64,
    faults: Vec<ScheduledFault>,
    rows_may_be_absent: bool,
) -> Result<LaneSetup, Invalid> {
    check_strategy(&format!("{path}/strategy"), &lane.strategy)?;
    check_replica(path, &lane.cache)?;
    check_serverless(path, &lane.cache)?;
    check_replication(path, lane)?;
    check_regions(path, &lane.cache)?;
    check_durability(path, &lane.cache)?;
    check_database(path, &lane.database)?;
    let engine = cache_settings(&lane.cache, seed);
    let tables = [
        ("cache/service", Some(&lane.cache.service)),
        ("cache/deployment/lag", Some(&lane.cache.deployment.lag)),
        ("cache/log_write", Some(&lane.cache.log_write)),
        ("cache/log_lag", Some(&lane.cache.log_lag)),
        ("database/read", Some(&lane.database.read)),
        ("database/write", Some(&lane.database.write)),
        ("database/replica_lag", lane.database.replica_lag.as_ref()),
        ("network/cache", Some(&lane.network.cache)),
        ("network/database", Some(&lane.network.database)),
        ("network/other_zone", lane.network.other_zone.as_ref()),
        ("network/other_region", Some(&lane.network.other_region)),
        (
            "cache/deployment/region_lag",
            Some(&lane.cache.deployment.region_lag),
        ),
    ];
    for (field, table) in tables {
        if let Some(table) = table {
            check_quantiles(&format!("{path}/{field}"), table)?;
        }
    }
    Ok(LaneSetup {
        name: name.into(),
        is_named: lane.name.is_some(),
        strategy: lane.strategy,
        procedures: lane.strategy.procedures(rows_may_be_absent),
        cache: CacheSetup {
            engine,
            service: lane.cache.service,
            active_expiry: lane.cache.active_expiry,
            deployment: lane.cache.deployment.deployment(),
            node_type: lane.cache.deployment.node_type,
            replica_lag: lane.cache.replica_lag_us.map(Micros),
            durability: lane.cache.durability_setup(),
        },
        database: DatabaseSetup {
            intake: lane.database.intake(),
            read: lane.database.read,
            write: lane.database.write,
            replica_lag: lane.database.replica_lag,
        },
        network: NetworkSetup {
            cache: lane.network.cache,
            far: match lane.cache.deployment.kind {
                DeploymentKind::GlobalDatastore => Some(lane.network.other_region),
                _ => lane.network.other_zone,
            },
            database: lane.network.database,
            timeout: Micros(lane.network.timeout_us),
        },
        faults,
    })
}

/// Checks that a replica that only takes over stands beside nodes without replicas of their own, and none
/// beside nodes of Memcached.
fn check_replica(path: &str, cache: &CacheInput) -> Result<(), Invalid> {
    let replicated = cache.deployment.deployment().replication().is_some();
    let expected = match (cache.deployment.kind, cache.replica_lag_us) {
        (DeploymentKind::Memcached, Some(_)) => "none, because Memcached does not replicate",
        (DeploymentKind::Serverless, Some(_)) => {
            "none, because serverless keeps its replicas to itself"
        }
        (_, Some(_)) if replicated => "none, because the deployment has replicas of its own",
        _ => return Ok(()),
    };
    let path = format!("{path}/cache/replica_lag_us");
    Err(Invalid::new(
        path,
        expected,
        cache.replica_lag_us.unwrap_or(0),
    ))
}

/// Checks that a deployment's nodes are not too many, and that a strategy with leases asks the primary, which
/// gives them.
fn check_replication(path: &str, lane: &LaneInput) -> Result<(), Invalid> {
    let deployment = &lane.cache.deployment;
    let path = format!("{path}/cache/deployment");
    if deployment.kind == DeploymentKind::Cluster {
        let most = CLUSTER_NODES_MAX / deployment.shards.max(1) - 1;
        if deployment.replicas > most {
            let expected = format!(
                "from 0 to {most} with {} shards: a cluster has at most {CLUSTER_NODES_MAX} nodes",
                deployment.shards
            );
            let path = format!("{path}/replicas");
            return Err(Invalid::new(path, &expected, deployment.replicas));
        }
    }
    let replicated = deployment.deployment().replication().is_some();
    let leases = lane.strategy.defences.lease_us.is_some();
    if replicated && leases && deployment.endpoint != Endpoint::Primary {
        let path = format!("{path}/endpoint");
        let expected = "\"primary\" with leases, because the primary gives them";
        let found = match deployment.endpoint {
            Endpoint::Reader => "\"reader\"",
            _ => "\"reader-for-reads\"",
        };
        return Err(Invalid::new(path, expected, found));
    }
    Ok(())
}

/// Checks that a Global Datastore has nodes that ElastiCache allows it: no t4g.
fn check_regions(path: &str, cache: &CacheInput) -> Result<(), Invalid> {
    let deployment = &cache.deployment;
    if deployment.kind == DeploymentKind::GlobalDatastore
        && deployment.node_type == NodeType::T4gMicro
    {
        let path = format!("{path}/cache/deployment/node_type");
        let expected = "\"m7g.large\" or \"r7g.large\" in a Global Datastore";
        return Err(Invalid::new(path, expected, "\"t4g.micro\""));
    }
    Ok(())
}

/// Checks that a durable cache is what ElastiCache makes durable: a cluster with replicas, of nodes other than t4g.
fn check_durability(path: &str, cache: &CacheInput) -> Result<(), Invalid> {
    let deployment = &cache.deployment;
    let fits = deployment.kind == DeploymentKind::Cluster
        && deployment.replicas > 0
        && deployment.node_type != NodeType::T4gMicro;
    let found = match cache.durability {
        Durability::Off => return Ok(()),
        _ if fits => return Ok(()),
        Durability::Async => "\"async\"",
        Durability::Sync => "\"sync\"",
    };
    let path = format!("{path}/cache/durability");
    if deployment.kind == DeploymentKind::GlobalDatastore {
        let expected = "\"off\" in a Global Datastore, which can't be durable";
        return Err(Invalid::new(path, expected, found));
    }
    let expected = "\"off\" without a cluster of at least 1 replica a shard and node type m7g.large or r7g.large";
    Err(Invalid::new(path, expected, found))
}

/// Checks that DynamoDB has no read replica: its reads are strongly consistent.
fn check_database(path: &str, database: &DatabaseInput) -> Result<(), Invalid> {
    match (database.kind, &database.replica_lag) {
        (DatabaseKind::DynamoDb, Some(_)) => {
            let path = format!("{path}/database/replica_lag");
            let expected = "null, because reads of DynamoDB are strongly consistent here";
            Err(Invalid::new(path, expected, "a lag"))
        }
        _ => Ok(()),
    }
}

fn check_strategy(path: &str, strategy: &Strategy) -> Result<(), Invalid> {
    check_paths(&format!("{path}/write"), strategy.read, strategy.write)?;
    let with = &strategy.defences;
    if let (Some(soft), Some(hard)) = (with.soft_ttl_us, strategy.ttl_us)
        && soft >= hard
    {
        let expected = format!("shorter than the TTL, {}", hard.0);
        let path = format!("{path}/defences/soft_ttl_us");
        return Err(Invalid::new(path, &expected, soft.0));
    }
    Ok(())
}

/// Checks that a lane's two paths go together; `path` is that of the write path.
fn check_paths(path: &str, read: ReadPath, write: WritePath) -> Result<(), Invalid> {
    if read.goes_with(write) {
        return Ok(());
    }
    let names: Vec<String> = read
        .writes()
        .map(|write| format!("{:?}", write.name()))
        .collect();
    let names = match &names[..] {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        names => names.concat(),
    };
    let (reads, writes) = (read.about(), write.about());
    let when = match (reads.caches, reads.database) {
        (false, _) => "reads use no cache",
        (true, false) => "reads use no database",
        (true, true) => "reads use a database",
    };
    let found = match writes.database {
        true if reads.database => "a write path that needs a cache",
        true => "a write path that needs a database",
        false => "a write path without a database",
    };
    let expected = format!("{names} when {when}");
    Err(Invalid::new(path, &expected, found))
}

fn cache_settings(cache: &CacheInput, seed: u64) -> CacheSettings {
    CacheSettings {
        policy: cache.policy,
        scope: cache.scope,
        capacity: match cache.capacity_bytes {
            None => Capacity::Entries(cache.capacity),
            Some(capacity_bytes) => Capacity::Bytes {
                capacity_bytes,
                overhead_bytes: cache.overhead_bytes,
            },
        },
        tuning: Tuning {
            samples: cache.samples,
            lru_clock: Micros(cache.lru_clock_us),
            lfu_log_factor: cache.lfu_log_factor,
            lfu_decay: Micros(cache.lfu_decay_us),
            ..Tuning::default()
        },
        seed,
    }
}

/// Checks that the quantiles of a distribution never decrease.
pub(super) fn check_quantiles(path: &str, span: &Latency) -> Result<(), Invalid> {
    let Latency::Quantiles {
        p50_us,
        p90_us,
        p99_us,
        max_us,
    } = *span
    else {
        return Ok(());
    };
    check_order(
        path,
        [
            ("p50_us", p50_us),
            ("p90_us", p90_us),
            ("p99_us", p99_us),
            ("max_us", max_us),
        ],
    )
}

/// Checks that no value is below the one before it.
pub(super) fn check_order(path: &str, values: [(&str, u64); 4]) -> Result<(), Invalid> {
    for pair in values.windows(2) {
        let [(before, low), (name, value)] = [pair[0], pair[1]];
        if value < low {
            let expected = format!("at least {low}, which is {before}");
            return Err(Invalid::new(format!("{path}/{name}"), &expected, value));
        }
    }
    Ok(())
}
