//! The ranges of one lane's inputs, and what does not go together.

use super::Invalid;
use super::lane_input::{CacheInput, LaneInput};
use super::validate::{CAPACITY_MAX, NAME_CHARS_MAX, TIME_MAX_US, check_range, check_text};
use crate::cache::{CAPACITY_BYTES_MAX, CacheSettings, Capacity, Tuning};
use crate::sim::{
    CacheSetup, DatabaseSetup, LaneSetup, Latency, NetworkSetup, Pattern, ReadPath, ScheduledFault,
    Strategy, WritePath,
};
use crate::units::Micros;
use std::rc::Rc;

/// The longest latency: a minute, in microseconds.
const LATENCY_MAX_US: u64 = 60_000_000;
/// The most connections of a pool.
const CONNECTIONS_MAX: u64 = 64;
/// The most keys that a sampling policy looks at: the engines' own limit.
const SAMPLES_MAX: u64 = 64;
/// The largest `lfu-log-factor`.
const LOG_FACTOR_MAX: u64 = 10_000;
/// The longest that others wait for a lease, and that a flush, a second delete or the commit log is
/// late: a minute, in microseconds.
const DELAY_MAX_US: u64 = 60_000_000;

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
        1,
        CONNECTIONS_MAX,
    )?;
    let timeout_path = format!("{path}/network/timeout_us");
    check_range(
        &timeout_path,
        "",
        lane.network.timeout_us,
        1,
        LATENCY_MAX_US,
    )?;
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
        ("ttl_us", micros(strategy.ttl_us), 1, TIME_MAX_US),
        (
            "refresh_after_percent",
            number(strategy.refresh_after_percent),
            1,
            99,
        ),
        (
            "flush_delay_us",
            Some(strategy.flush_delay_us.0),
            1,
            DELAY_MAX_US,
        ),
        (
            "defences/ttl_jitter_percent",
            number(with.ttl_jitter_percent),
            0,
            90,
        ),
        ("defences/lease_us", micros(with.lease_us), 1, DELAY_MAX_US),
        (
            "defences/double_delete_us",
            micros(with.double_delete_us),
            1,
            DELAY_MAX_US,
        ),
        (
            "defences/soft_ttl_us",
            micros(with.soft_ttl_us),
            1,
            TIME_MAX_US,
        ),
        (
            "defences/xfetch_beta_percent",
            with.xfetch_beta_percent.map(u64::from),
            1,
            10_000,
        ),
        (
            "defences/negative_ttl_us",
            micros(with.negative_ttl_us),
            1,
            TIME_MAX_US,
        ),
        (
            "defences/commit_log_us",
            micros(with.commit_log_us),
            1,
            DELAY_MAX_US,
        ),
    ];
    for (field, value, low, high) in ranges {
        if let Some(value) = value {
            check_range(&format!("{path}/{field}"), "", value, low, high)?;
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
        ("capacity", cache.capacity.into(), 1, CAPACITY_MAX.into()),
        (
            "capacity_bytes",
            cache.capacity_bytes.unwrap_or(1),
            1,
            CAPACITY_BYTES_MAX,
        ),
        ("overhead_bytes", cache.overhead_bytes.into(), 0, 65_536),
        ("samples", cache.samples.into(), 1, SAMPLES_MAX),
        ("lru_clock_us", cache.lru_clock_us, 1, DELAY_MAX_US),
        (
            "lfu_log_factor",
            cache.lfu_log_factor.into(),
            0,
            LOG_FACTOR_MAX,
        ),
        ("lfu_decay_us", cache.lfu_decay_us, 0, TIME_MAX_US),
        (
            "replica_lag_us",
            cache.replica_lag_us.unwrap_or(0),
            0,
            DELAY_MAX_US,
        ),
    ];
    for (field, value, low, high) in ranges {
        check_range(&format!("{path}/{field}"), "", value, low, high)?;
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
        check_range(&format!("{path}/{name}"), "", value, low, max_us)?;
        low = value;
    }
    Ok(())
}
