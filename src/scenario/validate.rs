//! From inputs to a scenario: every range is checked here, once, and nowhere else.

use super::input::{LaneInput, ScenarioInput, WorkloadInput};
use super::{Invalid, KeyTable, Scenario};
use crate::sim::{
    CacheSetup, DatabaseSetup, LaneSetup, Latency, NetworkSetup, OwnTtl, Pattern, ReadPath,
    Request, Warm, Workload, WritePath,
};
use crate::units::{Key, Micros};
use std::rc::Rc;

pub use crate::cache::CAPACITY_MAX;

/// The most lanes that are compared.
pub const LANES_MAX: usize = 4;
/// The most requests of a script.
pub const REQUESTS_MAX: usize = 10_000;
/// The most clients.
pub const CLIENTS_MAX: u32 = 64;
/// The longest key, in bytes: memcached's limit.
pub const KEY_BYTES_MAX: usize = 250;
/// The latest arrival, and the longest time to live: about 31 years, in microseconds.
pub const TIME_MAX_US: u64 = 1_000_000_000_000_000;
/// The longest latency: a minute, in microseconds.
const LATENCY_MAX_US: u64 = 60_000_000;
/// The most connections of a pool.
const CONNECTIONS_MAX: u32 = 64;
/// The longest title or lane name, in characters.
const NAME_CHARS_MAX: usize = 120;
/// The longest introduction, in characters.
const INTRO_CHARS_MAX: usize = 400;

/// Whether a text can be a key: 1 to 250 bytes, no spaces, no control characters.
pub fn valid_key(key: &str) -> bool {
    (1..=KEY_BYTES_MAX).contains(&key.len())
        && !key.chars().any(|c| c.is_whitespace() || c.is_control())
}

pub(super) fn validate(mut input: ScenarioInput) -> Result<Scenario, Invalid> {
    check_text("/title", &input.title, NAME_CHARS_MAX)?;
    check_text("/intro", &input.intro, INTRO_CHARS_MAX)?;
    let seed: u64 = input.seed.parse().map_err(|_| {
        let expected = "a whole number from 0 to 18446744073709551615, in quotes";
        Invalid::new("/seed", expected, format!("{:?}", input.seed))
    })?;
    input.seed = seed.to_string();

    let mut keys = KeyTable::default();
    let mut warm = Vec::with_capacity(input.warm.len());
    check_range(
        "/warm",
        "entries",
        input.warm.len() as u64,
        0,
        u64::from(CAPACITY_MAX),
    )?;
    // These keys come first, so each must get the next number unless it has occurred before.
    for (i, entry) in input.warm.iter().enumerate() {
        let path = format!("/warm/{i}");
        let key = number(&mut keys, &format!("{path}/key"), &entry.key)?;
        check_range(&format!("{path}/age_us"), "", entry.age_us, 0, TIME_MAX_US)?;
        if key.0 as usize != i {
            let expected = "a key that occurs once under warm";
            return Err(Invalid::new(
                format!("{path}/key"),
                expected,
                format!("{:?} again", entry.key),
            ));
        }
        let age = Micros(entry.age_us);
        warm.push(Warm { key, age });
    }
    let requests = check_workload(&input.workload, &mut keys)?;

    let lanes_path = "/lanes";
    check_range(
        lanes_path,
        "lanes",
        input.lanes.len() as u64,
        1,
        LANES_MAX as u64,
    )?;
    let mut lanes = Vec::with_capacity(input.lanes.len());
    for (i, lane) in input.lanes.iter_mut().enumerate() {
        lanes.push(Rc::new(check_lane(&format!("{lanes_path}/{i}"), lane)?));
    }
    Ok(Scenario {
        workload: Rc::new(Workload {
            seed,
            listed: keys.listed(),
            keys: keys.into_names(),
            warm,
            requests,
        }),
        lanes,
        input: Rc::new(input),
    })
}

fn check_workload(workload: &WorkloadInput, keys: &mut KeyTable) -> Result<Vec<Request>, Invalid> {
    let WorkloadInput::Script(script) = workload;
    let path = "/workload/script";
    check_range(
        path,
        "requests",
        script.len() as u64,
        1,
        REQUESTS_MAX as u64,
    )?;
    let mut requests: Vec<Request> = Vec::with_capacity(script.len());
    for (i, request) in script.iter().enumerate() {
        let path = |field: &str| format!("{path}/{i}/{field}");
        check_range(&path("at_us"), "", request.at_us, 0, TIME_MAX_US)?;
        let before = requests.last().map_or(0, |last| last.at.0);
        if request.at_us < before {
            let expected = format!("at least {before}, the arrival of the request before it");
            return Err(Invalid::new(path("at_us"), &expected, request.at_us));
        }
        check_range(
            &path("client"),
            "",
            request.client.into(),
            1,
            CLIENTS_MAX.into(),
        )?;
        if let Some(ttl_us) = request.ttl_us {
            check_range(&path("ttl_us"), "", ttl_us, 0, TIME_MAX_US)?;
        }
        requests.push(Request {
            at: Micros(request.at_us),
            client: request.client,
            operation: request.op,
            key: number(keys, &path("key"), &request.key)?,
            ttl: OwnTtl::from_us(request.ttl_us),
        });
    }
    Ok(requests)
}

fn check_lane(path: &str, lane: &mut LaneInput) -> Result<LaneSetup, Invalid> {
    let pattern = Pattern::of(&lane.strategy);
    let name: Rc<str> = lane.name.as_deref().unwrap_or(pattern.title()).into();
    check_text(&format!("{path}/name"), &name, NAME_CHARS_MAX)?;
    if let Some(ttl) = lane.strategy.ttl_us {
        check_range(
            &format!("{path}/strategy/ttl_us"),
            "",
            ttl.0,
            1,
            TIME_MAX_US,
        )?;
    }
    let (read, write) = (lane.strategy.read, lane.strategy.write);
    if read == ReadPath::NoCache && write != WritePath::WriteAround {
        let expected = "\"write-around\" when reads use no cache";
        let found = "a write path that needs a cache";
        return Err(Invalid::new(
            format!("{path}/strategy/write"),
            expected,
            found,
        ));
    }
    let capacity_path = format!("{path}/cache/capacity");
    check_range(
        &capacity_path,
        "",
        lane.cache.capacity.into(),
        1,
        CAPACITY_MAX.into(),
    )?;
    let connections_path = format!("{path}/database/connections");
    let connections = lane.database.connections;
    check_range(
        &connections_path,
        "",
        connections.into(),
        1,
        CONNECTIONS_MAX.into(),
    )?;
    for (field, table) in [
        ("cache/service", &lane.cache.service),
        ("database/read", &lane.database.read),
        ("database/write", &lane.database.write),
        ("network/cache", &lane.network.cache),
        ("network/database", &lane.network.database),
    ] {
        check_latency(&format!("{path}/{field}"), table)?;
    }
    Ok(LaneSetup {
        name,
        strategy: lane.strategy,
        cache: CacheSetup {
            policy: lane.cache.policy,
            capacity: lane.cache.capacity,
            service: lane.cache.service,
        },
        database: DatabaseSetup {
            connections: lane.database.connections,
            read: lane.database.read,
            write: lane.database.write,
        },
        network: NetworkSetup {
            cache: lane.network.cache,
            database: lane.network.database,
        },
    })
}

fn check_latency(path: &str, table: &Latency) -> Result<(), Invalid> {
    let quantiles = [
        ("p50_us", table.p50_us),
        ("p90_us", table.p90_us),
        ("p99_us", table.p99_us),
        ("max_us", table.max_us),
    ];
    let mut low = 1;
    for (name, value) in quantiles {
        check_range(&format!("{path}/{name}"), "", value, low, LATENCY_MAX_US)?;
        low = value;
    }
    Ok(())
}

/// Texts are shown as they are, so they only have to be of a length that can be shown.
fn check_text(path: &str, text: &str, chars_max: usize) -> Result<(), Invalid> {
    let length = text.chars().count();
    if length > chars_max {
        let expected = format!("at most {chars_max} characters long");
        return Err(Invalid::new(path, &expected, format!("{length} long")));
    }
    Ok(())
}

fn check_range(path: &str, what: &str, value: u64, low: u64, high: u64) -> Result<(), Invalid> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let expected = match what {
        "" => format!("from {low} to {high}"),
        what => format!("{low} to {high} {what}"),
    };
    Err(Invalid::new(path, &expected, value))
}

/// The number of a key that has to be valid.
fn number(keys: &mut KeyTable, path: &str, name: &str) -> Result<Key, Invalid> {
    if let Some(key) = keys.get(name) {
        return Ok(key);
    }
    if !valid_key(name) {
        let expected = "a key of 1 to 250 bytes without spaces or control characters";
        return Err(Invalid::new(path, expected, format!("{name:?}")));
    }
    Ok(keys.number(name))
}
