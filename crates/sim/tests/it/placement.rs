//! Which node has a key: a cluster's slots, and a Memcached client's hashing.

use sim::deployment::ketama::Ring;
use sim::deployment::modulo;
use sim::deployment::slots::{SLOTS, even_range, shard_of, slot_of};

#[test]
fn keys_are_in_the_slots_of_the_cluster_specification() {
    // Its check value of the CRC, which is below the number of slots.
    assert_eq!(slot_of(b"123456789"), 0x31C3);
    assert_eq!(slot_of(b""), 0);
    // A key and what of it is hashed.
    for (key, hashed) in [
        ("{user1000}.following", "user1000"),
        ("{user1000}.followers", "user1000"),
        ("foo{{bar}}zap", "{bar"),
        ("foo{bar}{zap}", "bar"),
        ("a}b{c}d", "c"),
    ] {
        assert_eq!(slot_of(key.as_bytes()), slot_of(hashed.as_bytes()), "{key}");
    }
    // An empty tag and one without an end are none: another letter before the brace is another slot.
    for key in ["o{}{bar}", "o{bar"] {
        let slots = ["fo", "no"].map(|start| slot_of(format!("{start}{key}").as_bytes()));
        assert_ne!(slots[0], slots[1], "{key}");
        assert_ne!(slots[0], slot_of(b"bar"), "{key}");
    }
}

#[test]
fn even_ranges_share_out_every_slot_once() {
    for shards in 1..=500 {
        let mut next = 0;
        for shard in 0..shards {
            let range = even_range(shard, shards);
            assert_eq!(*range.start(), next, "{shard} of {shards}");
            for slot in range.clone() {
                assert_eq!(
                    shard_of(slot, shards),
                    shard,
                    "slot {slot} of {shards} shards"
                );
            }
            assert!(
                (SLOTS / shards..=SLOTS / shards + 1).contains(&(range.len() as u16)),
                "{range:?} of {shards}"
            );
            next = range.end() + 1;
        }
        assert_eq!(next, SLOTS, "{shards}");
    }
}

#[test]
fn even_ranges_are_those_of_valkey_cli() {
    assert_eq!(even_range(0, 3), 0..=5_460);
    assert_eq!(even_range(1, 3), 5_461..=10_922);
    assert_eq!(even_range(2, 3), 10_923..=16_383);
    for shards in 1..=500_u16 {
        // Its sums are in single precision, whose errors add up.
        let each = f32::from(SLOTS) / f32::from(shards);
        let mut cursor = 0.0_f32;
        for shard in 0..shards - 1 {
            let last = (cursor + each - 1.0).round() as u16;
            let difference = last.abs_diff(*even_range(shard, shards).end());
            assert!(difference <= u16::from(shards > 77), "{shard} of {shards}");
            cursor += each;
        }
    }
}

/// Servers of keys, from spymemcached's `KetamaNodeLocatorTest`.
///
/// For the keys "0", "233", "466" and so on, which of 10.0.1.1:11211 to 10.0.1.8:11211 it is, by its last digit.
/// That test has some 3,200 keys more.
const OF_EIGHT: &str =
    "173162165373612384434742232755154255122163251552538227538636682371413355414762";

/// More from there: how many servers there are (127.0.0.1:10000, 127.0.0.1:10001 and so on), a key, and the place of
/// its server. The hashes of the keys in capitals are beyond the last point.
const LOCAL: [(usize, &str, u16); 13] = [
    (4, "dustin", 0),
    (4, "noelani", 2),
    (4, "some other key", 0),
    (4, "V5XS8C8N", 3),
    (4, "8KR2DKR2", 3),
    (4, "L9KH6X4X", 3),
    (5, "dustin", 0),
    (5, "noelani", 2),
    (5, "some other key", 4),
    (5, "36", 2),
    (5, "10037", 3),
    (5, "22051", 1),
    (5, "49044", 4),
];

fn ring(servers: &[String]) -> Ring {
    let names: Vec<&str> = servers.iter().map(String::as_str).collect();
    Ring::new(&names)
}

#[test]
fn ketama_places_keys_as_spymemcached_does() {
    let eight: Vec<String> = (1..=8).map(|host| format!("10.0.1.{host}:11211")).collect();
    let eight = ring(&eight);
    for (number, host) in (0..).zip(OF_EIGHT.bytes()) {
        let key = (233 * number).to_string();
        let server = u16::from(host - b'1');
        assert_eq!(eight.server_of(key.as_bytes()), server, "{key}");
    }
    for (servers, key, server) in LOCAL {
        let names: Vec<String> = (10_000..)
            .take(servers)
            .map(|port| format!("127.0.0.1:{port}"))
            .collect();
        assert_eq!(ring(&names).server_of(key.as_bytes()), server, "{key}");
    }
}

const KEYS: u32 = 20_000;

fn keys() -> impl Iterator<Item = Vec<u8>> {
    (0..KEYS).map(|number| format!("user:{number}").into_bytes())
}

/// How many percentage points this part of the keys is away from a fraction.
fn points_from(part: usize, (numerator, denominator): (usize, usize)) -> f64 {
    let part = part as f64 / f64::from(KEYS);
    100.0 * (part - numerator as f64 / denominator as f64).abs()
}

/// These names share the keys evenly. By 160 points a server's share varies by about 8 % of itself, so that with other
/// names one of three servers may have 36 % of the keys.
#[test]
fn under_ketama_only_the_keys_of_a_server_that_goes_move() {
    for count in 3..=10 {
        let servers: Vec<String> = (1..=count).map(|n| format!("cache-{n}:11211")).collect();
        let before = ring(&servers);
        for lost in 0..count {
            let mut rest = servers.clone();
            rest.remove(lost);
            let after = ring(&rest);
            let mut moved = 0;
            for key in keys() {
                let was = usize::from(before.server_of(&key));
                let is = &rest[usize::from(after.server_of(&key))];
                assert_eq!(servers[was] != *is, was == lost);
                moved += usize::from(was == lost);
            }
            let points = points_from(moved, (1, count));
            assert!(points < 2.0, "{lost} of {count}: {moved} keys");
        }
    }
}

#[test]
fn under_modulo_nearly_all_keys_move_when_a_server_goes() {
    for count in 3..=10_u16 {
        for lost in 0..count {
            let rest: Vec<u16> = (0..count).filter(|&server| server != lost).collect();
            let moves = |key: &Vec<u8>| {
                let is = modulo::server_of(key, count - 1);
                modulo::server_of(key, count) != rest[usize::from(is)]
            };
            let moved = keys().filter(moves).count();
            let count = usize::from(count);
            let points = points_from(moved, (count - 1, count));
            assert!(points < 2.0, "{lost} of {count}: {moved} keys");
        }
    }
}
