//! A key's server among several Memcached servers by consistent hashing, as ketama does it: when a server goes, only
//! its keys move.

use md5::{Digest, Md5};
use std::collections::BTreeMap;

/// Each makes four points.
const HASHES_PER_SERVER: u32 = 40;

/// Servers on a circle of 32-bit hashes, 160 points each.
///
/// The points are those of spymemcached's `KetamaNodeLocator`: the four little-endian words of the MD5 of
/// `host:port-0` to `host:port-39`. libmemcached has the same, but leaves `:11211` out of a server's name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ring {
    /// Where a point is, and the server it belongs to, in order.
    points: Vec<(u32, u16)>,
}

impl Ring {
    /// The ring of servers named `host:port`, of which there is at least one.
    pub fn new(servers: &[&str]) -> Self {
        // Of two points at the same place the later one stays.
        let mut points = BTreeMap::new();
        for (server, name) in (0..).zip(servers) {
            for number in 0..HASHES_PER_SERVER {
                let digest = Md5::digest(format!("{name}-{number}"));
                points.extend(digest.chunks_exact(4).map(|word| (number_of(word), server)));
            }
        }
        Ring {
            points: points.into_iter().collect(),
        }
    }

    /// The server of a key, by its place in the list that the ring was made of: that of the first point at or after
    /// the first word of the key's MD5.
    pub fn server_of(&self, key: &[u8]) -> u16 {
        let hash = number_of(&Md5::digest(key)[..4]);
        let next = self.points.partition_point(|&(point, _)| point < hash);
        // After the last point comes the first one.
        let (_, server) = self.points[next % self.points.len()];
        server
    }
}

fn number_of(word: &[u8]) -> u32 {
    u32::from_le_bytes(word.try_into().expect("four bytes"))
}
