//! Random draws that depend on their purpose, never on earlier draws.
//!
//! A draw is a hash of (seed, stream, request, occurrence). So an extra operation in one lane cannot
//! shift another lane's luck, and request 17's database read takes equally long in every lane: that
//! is what makes a comparison fair, and what keeps lanes in step until they truly differ.

use cache::draw::mix;

/// What a draw is for. The numbers are part of saved results: never renumber.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// The network round trip of a cache operation.
    CacheNetwork = 1,
    /// The cache node's own work on an operation.
    CacheService = 2,
    /// The network round trip of a database operation.
    DatabaseNetwork = 3,
    /// The database's work on a read.
    DatabaseRead = 4,
    /// The database's work on a write.
    DatabaseWrite = 5,
    /// TTL jitter.
    TtlJitter = 6,
    /// XFetch's decision.
    EarlyReload = 7,
    /// How long a commit takes to reach the replica.
    ReplicaLag = 8,
    /// The network round trip to the shard that a redirect names.
    Redirect = 9,
    /// The work of the shard that a redirect names.
    RedirectService = 10,
    /// How long a change of a cache's primary takes to reach a replica.
    CacheReplicaLag = 11,
    /// How long a write waits for a durable shard's log.
    LogWrite = 20,
    /// How long after its reply a write is in a durable shard's log.
    LogLag = 21,
    /// The key of a generated request.
    WorkloadKey = 32,
    /// Whether a generated request reads or writes.
    WorkloadOperation = 33,
    /// The client that sends a generated request.
    WorkloadClient = 34,
    /// How long after the one before it a generated request arrives.
    WorkloadGap = 35,
    /// How large the value of a generated workload's key is.
    WorkloadSize = 36,
    /// The TTL of a generated workload's key.
    WorkloadTtl = 37,
}

/// A 64-bit value that looks random and is fixed by its four arguments.
///
/// `occurrence` distinguishes several draws of one stream within one request.
#[inline(never)]
pub fn draw(seed: u64, stream: Stream, request: u32, occurrence: u32) -> u64 {
    let purpose = (stream as u64) << 32 | u64::from(occurrence);
    mix(mix(mix(seed) ^ purpose) ^ u64::from(request))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_matters() {
        let base = draw(1, Stream::CacheNetwork, 1, 0);
        assert_eq!(base, draw(1, Stream::CacheNetwork, 1, 0));
        assert_ne!(base, draw(2, Stream::CacheNetwork, 1, 0));
        assert_ne!(base, draw(1, Stream::CacheService, 1, 0));
        assert_ne!(base, draw(1, Stream::CacheNetwork, 2, 0));
        assert_ne!(base, draw(1, Stream::CacheNetwork, 1, 1));
    }
}
