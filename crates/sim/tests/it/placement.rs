//! Which node has a key: a cluster's slots.

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
