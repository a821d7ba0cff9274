//! The ranges of one lane's inputs, and what does not go together.

use super::Invalid;
use super::lane_input::{CacheInput, LaneInput};
use super::ranges::{
    BETA_PERCENT, CAPACITY, CAPACITY_BYTES, CONNECTIONS, DELAY, JITTER_PERCENT, LAG,
    LATENCY_MAX_US, LOG_FACTOR, NAME_CHARS_MAX, OVERHEAD_BYTES, REFRESH_PERCENT, SAMPLES, TIME,
    TIMEOUT, TTL,
};
use super::validate::{check_range, check_text};
use cache::units::Micros;
use cache::{CacheSettings, Capacity, Tuning};
use sim::{
    CacheSetup, DatabaseSetup, LaneSetup, Latency, NetworkSetup, Pattern, ReadPath, ScheduledFault,
    Strategy, WritePath,
};
use std::rc::Rc;

pub(super) fn check_lane(
    path: &str,
    lane: &mut LaneInput,
    seed: u64,
    faults: Vec<ScheduledFault>,
    rows_may_be_absent: bool,
) -> Result<LaneSetup, Invalid> {
    let pattern = Pattern::of(&lane.strategy);
    let name: Rc<str> = lane.name.as_deref().unwrap_or(pattern.title()).into();
    check_text(&format!("{path}/name"), &name, NAME_CHARS_MAX)?;
    check_strategy(&format!("{path}/strategy"), &lane.strategy)?;
    let engine = check_cache(&format!("{path}/cache"), &lane.cache, seed)?;
    check_range(
        &format!("{path}/database/connections"),
        "",
        lane.database.connections.into(),
        CONNECTIONS,
    )?;
    let timeout_path = format!("{path}/network/timeout_us");
    check_range(&timeout_path, "", lane.network.timeout_us, TIMEOUT)?;
    let tables = [
        ("cache/service", Some(&lane.cache.service)),
        ("database/read", Some(&lane.database.read)),
        ("database/write", Some(&lane.database.write)),
        ("database/replica_lag", lane.database.replica_lag.as_ref()),
        ("network/cache", Some(&lane.network.cache)),
        ("network/database", Some(&lane.network.database)),
    ];
    for (field, table) in tables {
        if let Some(table) = table {
            check_span(&format!("{path}/{field}"), table, LATENCY_MAX_US)?;
        }
    }
    Ok(LaneSetup {
        name,
        strategy: lane.strategy,
        procedures: lane.strategy.procedures(rows_may_be_absent),
        cache: CacheSetup {
            engine,
            service: lane.cache.service,
            active_expiry: lane.cache.active_expiry,
            replica_lag: lane.cache.replica_lag_us.map(Micros),
        },
        database: DatabaseSetup {
            connections: lane.database.connections,
            read: lane.database.read,
            write: lane.database.write,
            replica_lag: lane.database.replica_lag,
        },
        network: NetworkSetup {
            cache: lane.network.cache,
            database: lane.network.database,
            timeout: Micros(lane.network.timeout_us),
        },
        faults,
    })
}

fn check_strategy(path: &str, strategy: &Strategy) -> Result<(), Invalid> {
    let (read, write) = (strategy.read, strategy.write);
    if read == ReadPath::NoCache && write != WritePath::WriteAround {
        let expected = "\"write-around\" when reads use no cache";
        let found = "a write path that needs a cache";
        return Err(Invalid::new(format!("{path}/write"), expected, found));
    }
    let with = &strategy.defences;
    let micros = |micros: Option<Micros>| micros.map(|micros| micros.0);
    let number = |number: u32| Some(u64::from(number));
    let ranges = [
        ("ttl_us", micros(strategy.ttl_us), TTL),
        (
            "refresh_after_percent",
            number(strategy.refresh_after_percent),
            REFRESH_PERCENT,
        ),
        ("flush_delay_us", Some(strategy.flush_delay_us.0), DELAY),
        (
            "defences/ttl_jitter_percent",
            number(with.ttl_jitter_percent),
            JITTER_PERCENT,
        ),
        ("defences/lease_us", micros(with.lease_us), DELAY),
        (
            "defences/double_delete_us",
            micros(with.double_delete_us),
            DELAY,
        ),
        ("defences/soft_ttl_us", micros(with.soft_ttl_us), TTL),
        (
            "defences/xfetch_beta_percent",
            with.xfetch_beta_percent.map(u64::from),
            BETA_PERCENT,
        ),
        (
            "defences/negative_ttl_us",
            micros(with.negative_ttl_us),
            TTL,
        ),
        ("defences/commit_log_us", micros(with.commit_log_us), DELAY),
    ];
    for (field, value, range) in ranges {
        if let Some(value) = value {
            check_range(&format!("{path}/{field}"), "", value, range)?;
        }
    }
    if let (Some(soft), Some(hard)) = (with.soft_ttl_us, strategy.ttl_us)
        && soft >= hard
    {
        let expected = format!("shorter than the time to live, {}", hard.0);
        let path = format!("{path}/defences/soft_ttl_us");
        return Err(Invalid::new(path, &expected, soft.0));
    }
    Ok(())
}

fn check_cache(path: &str, cache: &CacheInput, seed: u64) -> Result<CacheSettings, Invalid> {
    let ranges = [
        ("capacity", cache.capacity.into(), CAPACITY),
        (
            "capacity_bytes",
            cache.capacity_bytes.unwrap_or(CAPACITY_BYTES.0),
            CAPACITY_BYTES,
        ),
        (
            "overhead_bytes",
            cache.overhead_bytes.into(),
            OVERHEAD_BYTES,
        ),
        ("samples", cache.samples.into(), SAMPLES),
        ("lru_clock_us", cache.lru_clock_us, DELAY),
        ("lfu_log_factor", cache.lfu_log_factor.into(), LOG_FACTOR),
        ("lfu_decay_us", cache.lfu_decay_us, TIME),
        ("replica_lag_us", cache.replica_lag_us.unwrap_or(LAG.0), LAG),
    ];
    for (field, value, range) in ranges {
        check_range(&format!("{path}/{field}"), "", value, range)?;
    }
    Ok(CacheSettings {
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
    })
}

/// A distribution whose usual values are from 1 (a constant from 0) to `max_us`.
pub(super) fn check_span(path: &str, span: &Latency, max_us: u64) -> Result<(), Invalid> {
    let (fields, mut low) = match *span {
        Latency::Constant { us } => (vec![("constant_us", us)], 0),
        Latency::Exponential { mean_us } => (vec![("exponential_mean_us", mean_us)], 1),
        Latency::Quantiles {
            p50_us,
            p90_us,
            p99_us,
            max_us,
        } => {
            let fields = [p50_us, p90_us, p99_us, max_us];
            let names = ["p50_us", "p90_us", "p99_us", "max_us"];
            (names.into_iter().zip(fields).collect(), 1)
        }
    };
    for (name, value) in fields {
        check_range(&format!("{path}/{name}"), "", value, (low, max_us))?;
        low = value;
    }
    Ok(())
}
