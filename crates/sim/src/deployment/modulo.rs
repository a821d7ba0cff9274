//! A key's server among several Memcached servers: the remainder of its hash, as clients do it by default.

/// The server of a key, by its place among `servers`, of which there is at least one.
///
/// This is libmemcached's default, and so that of the clients built on it: the hash "one at a time" modulo the number
/// of servers. For bytes beyond ASCII its result differs between machines, as C's `char` does; here they are
/// unsigned.
pub fn server_of(key: &[u8], servers: u16) -> u16 {
    (one_at_a_time(key) % u32::from(servers)) as u16
}

/// Bob Jenkins's hash.
fn one_at_a_time(key: &[u8]) -> u32 {
    let mut hash: u32 = 0;
    for &byte in key {
        hash = hash.wrapping_add(u32::from(byte));
        hash = hash.wrapping_add(hash << 10);
        hash ^= hash >> 6;
    }
    hash = hash.wrapping_add(hash << 3);
    hash ^= hash >> 11;
    hash.wrapping_add(hash << 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words and their hashes, from libmemcached's test data (`test/fixtures/hashes.hpp`).
    const PUBLISHED: [(&str, u32); 26] = [
        ("apple", 2_297_466_611),
        ("beat", 3_902_465_932),
        ("carrot", 469_785_835),
        ("daikon", 1_937_308_741),
        ("eggplant", 261_917_617),
        ("flower", 3_785_641_677),
        ("green", 1_439_605_128),
        ("hide", 1_649_152_283),
        ("ick", 1_493_851_484),
        ("jack", 1_246_520_657),
        ("kick", 2_221_159_044),
        ("lime", 1_973_511_823),
        ("mushrooms", 384_136_800),
        ("nectarine", 214_358_653),
        ("orange", 2_379_473_940),
        ("peach", 4_269_788_650),
        ("quant", 2_864_377_005),
        ("ripen", 2_638_630_052),
        ("strawberry", 427_683_330),
        ("tang", 990_491_717),
        ("up", 1_747_111_141),
        ("volumne", 792_127_364),
        ("when", 2_599_214_128),
        ("yellow", 2_553_037_199),
        ("zip", 2_509_838_425),
        ("The quick brown fox jumps over the lazy dog", 1_369_346_549),
    ];

    #[test]
    fn hashes_are_libmemcacheds() {
        for (key, hash) in PUBLISHED {
            assert_eq!(one_at_a_time(key.as_bytes()), hash, "{key}");
            for servers in [1, 2, 7, 60] {
                let server = u32::from(server_of(key.as_bytes(), servers));
                assert_eq!(server, hash % u32::from(servers), "{key}");
            }
        }
    }
}
