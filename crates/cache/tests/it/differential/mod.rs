//! The engine against a real Valkey or Redis server: the same commands, the same replies.
//!
//! A server is deterministic in its commands, in whom it may evict (`noeviction`, `volatile-*`
//! without a candidate) and in `volatile-ttl` when its sample holds every candidate. LRU and LFU it
//! only approximates, so that of these the hit ratio is compared. FIFO, CLOCK and the policies of
//! the literature no server has: `properties.rs` compares them with references.

mod commands;
mod eviction_order;
mod hit_ratio;
mod server;
mod short_of_memory;

use crate::streams::SplitMix;
use cache::units::{Key, Micros};
use cache::{Cache, CacheSettings, Lookup, PolicyKind, Refusal, RemovalCause, Ttl};
use commands::{Command, KEYS, SHORT_MS, Verb, store};
use hit_ratio::setting;
use server::{Reply, Server, time_us};
use std::thread::{self, sleep};
use std::time::Duration;

/// A round of commands must take less than this, so that no short TTL ends within it.
const ROUND_US: u64 = SHORT_MS * 1_000 / 2;

/// Plays rounds of random commands on both sides. Returns false, for another attempt, if the machine was
/// too busy for the short TTLs.
fn rounds_agree(server: &mut Server, seed: u64, rounds: u32, commands: u32, short: bool) -> bool {
    assert_eq!(server.call(&["FLUSHALL"]), Reply::ok());
    let mut cache = Cache::new(&CacheSettings::new(PolicyKind::Lru, 1_000));
    let mut random = SplitMix::new(seed);
    for _ in 0..rounds {
        let now_ms = server.now_us() / 1_000;
        let commands: Vec<Command> = (0..commands)
            .map(|_| Command::random(&mut random, short, now_ms))
            .collect();
        // Within a transaction nothing else happens, such as the server's own search for what has
        // expired. TIME is asked first and last.
        let mut words = vec![vec!["MULTI".to_owned()], vec!["TIME".to_owned()]];
        words.extend(commands.iter().map(Command::words));
        words.extend([vec!["TIME".to_owned()], vec!["EXEC".to_owned()]]);
        let Some(Reply::Array(replies)) = server.pipeline(&words).pop() else {
            panic!("the replies of a transaction");
        };
        let (first, last) = (time_us(&replies[0]), time_us(&replies[replies.len() - 1]));
        if short && last - first > ROUND_US {
            return false;
        }
        let now = Micros(first);
        for (command, server) in commands.iter().zip(&replies[1..]) {
            let engine = command.answer(&mut cache, now);
            assert!(
                command.agree(server, &engine),
                "seed {seed}: {command:?}: server {server:?}, engine {engine:?}"
            );
        }
        if short {
            sleep(Duration::from_millis(2 * SHORT_MS));
        }
    }
    let now = Micros(server.now_us());
    for key in (0..KEYS).map(Key) {
        let command = Command {
            key,
            verb: Verb::Get,
        };
        let server = server.pipeline(&[command.words()]).remove(0);
        assert_eq!(server, command.answer(&mut cache, now), "{key:?}");
    }
    true
}

#[test]
fn replies_agree_with_ttls_of_hours() {
    let Some(mut server) = Server::start() else {
        return;
    };
    for seed in 0..40 {
        rounds_agree(&mut server, seed, 10, 200, false);
    }
}

#[test]
fn replies_agree_while_ttls_end() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let played = (0..5).any(|seed| rounds_agree(&mut server, seed, 12, 60, true));
    assert!(played, "the machine is too busy for these TTLs");
}

/// A server that is over its limit whatever happens, and an engine that is full, with the entries
/// 0 and 1, and 2 and 3 with a TTL.
fn full(server: &mut Server, policy: &str) -> Cache {
    for setting in [("maxmemory", "0"), ("maxmemory-policy", policy)] {
        server.configure(setting.0, setting.1);
    }
    assert_eq!(server.call(&["FLUSHALL"]), Reply::ok());
    let (kind, scope) = setting(policy);
    let mut settings = CacheSettings::new(kind, 4);
    settings.scope = scope;
    let mut cache = Cache::new(&settings);
    for (key, words) in [
        (0, vec!["SET", "0", "1"]),
        (1, vec!["SET", "1", "1"]),
        (2, vec!["SET", "2", "1", "EX", "5000"]),
        (3, vec!["SET", "3", "1", "EX", "6000"]),
    ] {
        let ttl = match words.get(4) {
            Some(seconds) => {
                let seconds: u64 = seconds.parse().expect("a number");
                Ttl::Until(Micros(seconds * 1_000_000))
            }
            None => Ttl::Clear,
        };
        assert_eq!(server.call(&words), Reply::ok());
        assert_eq!(store(&mut cache, Key(key), 1, ttl, Micros(0)), Reply::ok());
    }
    server.configure("maxmemory", "1");
    cache
}

#[test]
fn noeviction_refuses_in_the_servers_words_and_serves_the_rest() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let mut cache = full(&mut server, "noeviction");
    let refused = server.call(&["SET", "4", "1"]);
    let oom = Reply::Error("OOM command not allowed when used memory > 'maxmemory'.".to_owned());
    assert_eq!(refused, oom);
    assert_eq!(refused, Reply::Error(Refusal::OutOfMemory.to_string()));
    assert_eq!(refused, store(&mut cache, Key(4), 1, Ttl::Clear, Micros(1)));
    let now = Micros(1);
    for (key, verb) in [
        (0, Verb::Get),
        (4, Verb::Get),
        (2, Verb::Ttl),
        (2, Verb::Persist),
        (2, Verb::Ttl),
        (1, Verb::Del),
        (1, Verb::Exists),
    ] {
        let command = Command {
            key: Key(key),
            verb,
        };
        let mut words = command.words();
        words[1] = key.to_string();
        let server = server.pipeline(&[words]).remove(0);
        let engine = command.answer(&mut cache, now);
        assert!(
            command.agree(&server, &engine),
            "{command:?}: server {server:?}, engine {engine:?}"
        );
    }
    // With room again, the same write is done.
    server.configure("maxmemory", "0");
    assert_eq!(server.call(&["SET", "4", "1"]), Reply::ok());
    assert_eq!(store(&mut cache, Key(4), 1, Ttl::Clear, now), Reply::ok());
}

#[test]
fn volatile_policies_evict_what_has_a_ttl_and_then_refuse() {
    let Some(mut server) = Server::start() else {
        return;
    };
    for policy in [
        "volatile-lru",
        "volatile-lfu",
        "volatile-random",
        "volatile-ttl",
    ] {
        let mut cache = full(&mut server, policy);
        // The server's limit is below what it needs empty: one write makes it evict all it may.
        let refused = server.call(&["SET", "4", "1"]);
        let now = Micros(1);
        assert_eq!(store(&mut cache, Key(4), 1, Ttl::Clear, now), Reply::ok());
        assert_eq!(store(&mut cache, Key(5), 1, Ttl::Clear, now), Reply::ok());
        let engine = store(&mut cache, Key(6), 1, Ttl::Clear, now);
        assert_eq!(refused, engine, "{policy}");
        assert!(matches!(refused, Reply::Error(_)), "{policy}");
        for key in 0..4 {
            let there = server.call(&["EXISTS", &key.to_string()]).integer() == 1;
            assert_eq!(there, key < 2, "{policy}, server, key {key}");
            let hit = matches!(cache.get(Key(key), now), Lookup::Hit(_));
            assert_eq!(hit, there, "{policy}, engine, key {key}");
        }
        let deleted = server.call(&["DEL", "0"]).integer() == 1;
        assert_eq!(cache.delete(Key(0), now).is_some(), deleted, "{policy}");
    }
}

/// With a sample of every candidate, `volatile-ttl` is exact: the nearest end goes first.
#[test]
fn volatile_ttl_with_a_sample_of_all_evicts_in_the_same_order() {
    let Some(mut server) = Server::start() else {
        return;
    };
    server.configure("maxmemory-policy", "volatile-ttl");
    server.configure("maxmemory-samples", "64");
    let (kind, scope) = setting("volatile-ttl");
    let mut settings = CacheSettings::new(kind, 18);
    settings.scope = scope;
    settings.tuning.samples = 64;
    let mut cache = Cache::new(&settings);
    let value = "x".repeat(2_000);
    let mut random = SplitMix::new(5);
    let mut ends: Vec<(u64, u32)> = Vec::new();
    for key in 0..18_u32 {
        let name = key.to_string();
        let mut words = vec!["SET", &name, &value];
        let mut ttl = Ttl::Clear;
        let seconds = 10_000 + 10 * u64::from(random.below(5_000)) + u64::from(key % 10);
        let text = seconds.to_string();
        // No more than the pool of candidates holds, of which the rest is forgotten.
        if key % 3 != 0 {
            words.extend(["EX", &text]);
            ttl = Ttl::Until(Micros(seconds * 1_000_000));
            ends.push((seconds, key));
        }
        assert_eq!(server.call(&words), Reply::ok());
        assert_eq!(store(&mut cache, Key(key), 1, ttl, Micros(0)), Reply::ok());
    }
    ends.sort_unstable();

    // The engine's order: each new entry without a TTL pushes one out.
    let mut evicted = Vec::new();
    for key in 100..100 + ends.len() as u32 {
        let value = cache::Value {
            version: cache::units::Version(1),
            origin: None,
            ..cache::Value::FIRST
        };
        let stored = cache.set(Key(key), value, 1, Ttl::Clear, Micros(0), |removal| {
            assert!(matches!(removal.cause, RemovalCause::Evicted(_)));
            evicted.push(removal.entry.key.0);
        });
        assert_eq!(stored, Ok(()));
    }
    let order: Vec<u32> = ends.iter().map(|&(_, key)| key).collect();
    assert_eq!(evicted, order, "the engine's order");

    // The server's: a limit below what is used, by less than an entry takes and more than its buffers
    // for a client come and go with, pushes one out, or a few.
    let mut gone = 0;
    for _ in 0..200 {
        let used = server.info("memory", "used_memory");
        server.configure("maxmemory", &(used - 1_500).to_string());
        server.call(&["PING"]);
        server.configure("maxmemory", "0");
        let there: Vec<bool> = order
            .iter()
            .map(|key| server.call(&["EXISTS", &key.to_string()]).integer() == 1)
            .collect();
        gone = there.iter().filter(|&&there| !there).count();
        assert!(there[gone..].iter().all(|&there| there), "{there:?}");
        if gone == order.len() {
            break;
        }
    }
    assert_eq!(gone, order.len());
}

#[test]
fn replies_agree_while_memory_is_short() {
    for (seed, policy) in (0..).zip([
        "noeviction",
        "volatile-lru",
        "volatile-lfu",
        "volatile-random",
        "volatile-ttl",
    ]) {
        short_of_memory::agrees(policy, seed, 200);
    }
}

// The clock of a server's LRU ticks once a second, so that a stream has to take some seconds for it
// to tell anything apart.
const PAUSE: Duration = Duration::from_millis(3);

#[test]
fn hit_ratios_agree() {
    thread::scope(|all| {
        for (policy, pause) in [
            ("allkeys-lru", PAUSE),
            ("volatile-lru", PAUSE),
            ("allkeys-lfu", Duration::ZERO),
            ("volatile-lfu", Duration::ZERO),
            ("allkeys-random", Duration::ZERO),
            ("volatile-random", Duration::ZERO),
            ("volatile-ttl", Duration::ZERO),
        ] {
            all.spawn(move || hit_ratio::agrees(policy, pause));
        }
    });
}

/// Sampling finds as many of the entries that should go.
#[test]
fn eviction_orders_agree() {
    for policy in ["allkeys-lru", "volatile-ttl"] {
        eviction_order::agrees(policy);
    }
}
