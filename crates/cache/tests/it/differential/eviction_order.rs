//! How well a sampling policy finds those that should go: entries whose idle times or ends are known
//! are pushed out, on the server and in the engine, by twice as few new ones.

use super::hit_ratio::setting;
use super::server::{Reply, Server};
use crate::streams::SplitMix;
use cache::units::{Key, Micros, Version};
use cache::{Cache, CacheSettings, Ttl, Value};

const OLD: u32 = 1_000;
const NEW: u32 = 500;
const VALUE_BYTES: usize = 1_000;

/// Between the idle times, or the ends, of two entries that follow each other: many ticks of the
/// clock, and longer than a test takes.
const STEP_S: u64 = 1_000;

/// In which order the keys would go at best: each key's place.
fn places(seed: u64) -> Vec<u32> {
    let mut random = SplitMix::new(seed);
    let mut places: Vec<u32> = (0..OLD).collect();
    for last in (1..places.len()).rev() {
        places.swap(last, random.below(last as u32 + 1) as usize);
    }
    places
}

/// Of those that went, how many in ten thousand would have gone from an exact policy as well.
fn right(places: &[u32], gone: &[u32]) -> u32 {
    let count = gone.len() as u32;
    let right = gone.iter().filter(|&&key| places[key as usize] < count);
    right.count() as u32 * 10_000 / count
}

fn on_server(server: &mut Server, policy: &str, seed: u64) -> u32 {
    server.configure("maxmemory", "0");
    server.configure("maxmemory-policy", policy);
    assert_eq!(server.call(&["FLUSHALL"]), Reply::ok());
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|&word| word.to_owned())
            .collect::<Vec<_>>()
    };
    let value = "x".repeat(VALUE_BYTES);
    assert_eq!(server.call(&["SET", "0", &value]), Reply::ok());
    // RESTORE is the one command that sets how long a key has been idle.
    let dump = server.call(&["DUMP", "0"]).text().to_owned();
    let places = places(seed);
    let fill: Vec<Vec<String>> = (0..OLD)
        .map(|key| {
            let (key, place) = (key.to_string(), u64::from(places[key as usize]));
            let idle = (STEP_S * (u64::from(OLD) - place)).to_string();
            let ttl_ms = (1_000 * STEP_S * (place + 1)).to_string();
            match policy {
                "volatile-ttl" => words(&["SET", &key, &value, "PX", &ttl_ms]),
                _ => words(&["RESTORE", &key, "0", &dump, "REPLACE", "IDLETIME", &idle]),
            }
        })
        .collect();
    assert!(
        server
            .pipeline(&fill)
            .iter()
            .all(|reply| *reply == Reply::ok())
    );
    let used = server.info("memory", "used_memory");
    server.configure("maxmemory", &used.to_string());
    for key in OLD..OLD + NEW {
        let name = key.to_string();
        let end = (1_000 * STEP_S * u64::from(OLD + 1)).to_string();
        assert_eq!(
            server.call(&["SET", &name, &value, "PX", &end]),
            Reply::ok()
        );
    }
    let exist: Vec<Vec<String>> = (0..OLD)
        .map(|key| words(&["EXISTS", &key.to_string()]))
        .collect();
    let there = server.pipeline(&exist);
    let gone: Vec<u32> = (0..OLD)
        .filter(|&key| there[key as usize] == Reply::Integer(0))
        .collect();
    assert!(gone.len().abs_diff(NEW as usize) < 100, "{}", gone.len());
    right(&places, &gone)
}

fn in_engine(policy: &str, seed: u64) -> u32 {
    let (kind, scope) = setting(policy);
    let mut settings = CacheSettings::new(kind, OLD);
    settings.scope = scope;
    settings.seed = seed;
    let mut cache = Cache::new(&settings);
    let places = places(seed);
    let second = 1_000_000;
    let mut in_order: Vec<u32> = (0..OLD).collect();
    in_order.sort_by_key(|&key| places[key as usize]);
    let value = Value {
        version: Version(1),
        origin: None,
        ..Value::FIRST
    };
    let mut gone = Vec::new();
    for key in in_order.into_iter().chain(OLD..OLD + NEW) {
        let place = places.get(key as usize).copied().unwrap_or(OLD);
        let at = Micros(STEP_S * second * u64::from(place));
        let end = Micros(STEP_S * second * u64::from(OLD + place + 1));
        let stored = cache.set(Key(key), value, 1, Ttl::Until(end), at, |removal| {
            gone.extend(Some(removal.entry.key.0).filter(|&key| key < OLD));
        });
        assert_eq!(stored, Ok(()));
    }
    right(&places, &gone)
}

/// On average over several fillings, the engine finds as many of the right ones as the server, and
/// two or three in a hundred more: the server draws keys that are neighbours in its table
/// (`dictGetSomeKeys`), the engine draws each by itself. Servers differ among themselves by a point or two, since each has a hash of
/// its own. Half as many samples, or twice as many, would be seen.
pub fn agrees(policy: &str) {
    let Some(mut server) = Server::start() else {
        return;
    };
    let runs = 20;
    let served: u32 = (0..runs)
        .map(|seed| on_server(&mut server, policy, seed))
        .sum();
    let server = served / runs as u32;
    let seeds = 40;
    let played: u32 = (0..seeds).map(|seed| in_engine(policy, seed)).sum();
    let engine = played / seeds as u32;
    println!(
        "{policy}: server {server}, engine {engine} of 10,000 evictions are the exact policy's"
    );
    assert!(
        (server - 100..server + 600).contains(&engine),
        "{policy}: server {server}, engine {engine} of 10,000"
    );
}
