//! One skewed stream through the server and through the engine: for the policies that sample, the
//! hit ratios agree.

use super::server::{Reply, Server, time_us};
use crate::streams::STREAMS;
use cache::units::{Key, Micros, Version};
use cache::{Cache, CacheSettings, Lookup, PolicyKind, Scope, Ttl, Value, from_maxmemory_policy};
use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

/// The keys taken from the stream.
const REQUESTS: usize = 60_000;

/// Reads that are sent together, before what they missed is stored. Both sides do it like that.
const BATCH: usize = 20;

/// The entries that fit.
const RESIDENT: u64 = 1_000;

/// Long values, beside which a server's own varying needs weigh little.
const VALUE_BYTES: usize = 1_000;

/// What the server did with one batch.
struct Batch {
    now: Micros,
    keys: Vec<u32>,
    hits: Vec<bool>,
    resident: u64,
}

/// The engine's policy and scope for a server's `maxmemory-policy`.
pub fn setting(name: &str) -> (PolicyKind, Scope) {
    from_maxmemory_policy(name).expect("a setting of the server")
}

/// A server under `policy` in which about a thousand entries fit, and no entry yet.
fn server(policy: &str, ttl: bool) -> Option<Server> {
    let mut server = Server::start()?;
    server.configure("maxmemory-policy", policy);
    let fill: Vec<Vec<String>> = (0..RESIDENT as u32)
        .map(|key| store(1_000_000 + key, ttl))
        .collect();
    for reply in server.pipeline(&fill) {
        assert_eq!(reply, Reply::ok());
    }
    let used = server.info("memory", "used_memory");
    server.configure("maxmemory", &used.to_string());
    assert_eq!(server.call(&["FLUSHALL"]), Reply::ok());
    Some(server)
}

fn store(key: u32, ttl: bool) -> Vec<String> {
    let mut words = vec!["SET".to_owned(), key.to_string(), "x".repeat(VALUE_BYTES)];
    if ttl {
        words.extend(["EX".to_owned(), ttl_seconds(key).to_string()]);
    }
    words
}

/// Hours, and the longer the more popular: for `volatile-ttl` alone it makes a difference.
fn ttl_seconds(key: u32) -> u64 {
    100_000 + u64::from(100_000_u32.saturating_sub(key))
}

/// The batch's keys that were missed, once each.
fn missed(keys: &[u32], hits: &[bool]) -> BTreeSet<u32> {
    let misses = keys.iter().zip(hits).filter(|&(_, &hit)| !hit);
    misses.map(|(&key, _)| key).collect()
}

/// Cache-aside against the server: reads, and on a miss a write.
fn serve(server: &mut Server, keys: &[u32], ttl: bool, pause: Duration) -> Vec<Batch> {
    let mut batches = Vec::new();
    for keys in keys.chunks(BATCH) {
        let mut commands: Vec<Vec<String>> = keys
            .iter()
            .map(|key| vec!["GET".to_owned(), key.to_string()])
            .collect();
        commands.push(vec!["TIME".to_owned()]);
        commands.push(vec!["DBSIZE".to_owned()]);
        let mut replies = server.pipeline(&commands);
        let resident = replies.pop().expect("a size").integer() as u64;
        let now = Micros(time_us(&replies.pop().expect("a time")));
        let hits: Vec<bool> = replies
            .iter()
            .map(|reply| *reply != Reply::Bulk(None))
            .collect();
        let misses = missed(keys, &hits);
        let writes: Vec<Vec<String>> = misses.iter().map(|&key| store(key, ttl)).collect();
        for reply in server.pipeline(&writes) {
            assert_eq!(reply, Reply::ok());
        }
        let keys = keys.to_vec();
        batches.push(Batch {
            now,
            keys,
            hits,
            resident,
        });
        sleep(pause);
    }
    batches
}

/// The same batches, at the same instants, through the engine. Returns its hits.
fn replay(policy: &str, capacity: u32, batches: &[Batch], ttl: bool) -> Vec<bool> {
    let (kind, scope) = setting(policy);
    let mut settings = CacheSettings::new(kind, capacity);
    settings.scope = scope;
    let mut cache = Cache::new(&settings);
    let mut all = Vec::new();
    for batch in batches {
        let now = batch.now;
        let read = |&key: &u32| matches!(cache.get(Key(key), now), Lookup::Hit(_));
        let hits: Vec<bool> = batch.keys.iter().map(read).collect();
        for key in missed(&batch.keys, &hits) {
            let value = Value {
                version: Version(1),
                origin: None,
                ..Value::FIRST
            };
            let ttl = if ttl {
                Ttl::Until(now.after(Micros(ttl_seconds(key) * 1_000_000)))
            } else {
                Ttl::Clear
            };
            let stored = cache.set(Key(key), value, 1, ttl, now, |_| {});
            assert_eq!(stored, Ok(()));
        }
        all.extend(hits);
    }
    all
}

/// Hits in ten thousand reads, after the first quarter of them in which the cache fills.
fn per_myriad(hits: &[bool]) -> i64 {
    let warm = &hits[hits.len() / 4..];
    let count = warm.iter().filter(|&&hit| hit).count();
    (count * 10_000 / warm.len()) as i64
}

/// The server's hit ratio under `policy` and the engine's, within two points.
pub fn agrees(policy: &str, pause: Duration) {
    let ttl = policy.starts_with("volatile-");
    let Some(mut server) = server(policy, ttl) else {
        return;
    };
    let (_, skew) = STREAMS[0];
    let keys = skew();
    let batches = serve(&mut server, &keys[..REQUESTS], ttl, pause);
    let late = &batches[batches.len() / 4..];
    let resident: u64 = late.iter().map(|batch| batch.resident).sum();
    let resident = (resident / late.len() as u64) as u32;
    let served: Vec<bool> = batches
        .iter()
        .flat_map(|batch| &batch.hits)
        .copied()
        .collect();
    let replayed = replay(policy, resident, &batches, ttl);
    let (server, engine) = (per_myriad(&served), per_myriad(&replayed));
    println!("{policy}, {resident} entries: server {server}, engine {engine} hits in 10,000");
    assert!((700..1_300).contains(&resident), "{resident} entries");
    assert!(
        (server - engine).abs() <= 200,
        "{policy}, {resident} entries: server {server}, engine {engine} hits in 10,000 reads"
    );
}
