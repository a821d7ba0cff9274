//! The engine's replies.

use super::entry::Entry;
use super::policy::EvictionReason;
use std::fmt;

/// The answer to a read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lookup {
    /// The key was there: its entry as it stood before this command.
    Hit(Entry),
    /// The key was not there, or its TTL had run out, in which case it has been removed.
    Miss {
        /// The removal of the expired entry, if there was one.
        expired: Option<Removal>,
    },
}

/// An entry that left the cache, or a value that was overwritten in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Removal {
    /// The entry as it was.
    pub entry: Entry,
    /// Why it went.
    pub cause: RemovalCause,
}

/// Why an entry left the cache. Every removal has exactly one cause.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RemovalCause {
    /// The policy chose it to make room.
    Evicted(EvictionReason),
    /// Its TTL had run out, and an access or the active cycle found it so.
    Expired,
    /// It was deleted on request, or by a SET that was refused as too large.
    Deleted,
    /// Its value was overwritten; the key stayed.
    Replaced,
    /// The whole cache was emptied.
    Flushed,
}

/// Why a write was refused. Its text is what the engine sends to the client.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refusal {
    /// The cache is full, and nothing in it may be evicted.
    OutOfMemory,
    /// The entry alone needs more than the whole cache.
    TooLarge {
        /// The bytes that the entry needs, with the overhead.
        size_bytes: u64,
        /// The capacity of the cache, in bytes.
        capacity_bytes: u64,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            // Word for word the engine's own (`shared.oomerr` in Valkey's `server.c`).
            Refusal::OutOfMemory => {
                f.write_str("OOM command not allowed when used memory > 'maxmemory'.")
            }
            Refusal::TooLarge {
                size_bytes,
                capacity_bytes,
            } => write!(
                f,
                "object of {size_bytes} bytes too large for a cache of {capacity_bytes}"
            ),
        }
    }
}

/// The work of one tick of the active expiry cycle.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ActiveCycle {
    /// How many loops it made.
    pub loops: u32,
    /// How many entries with a TTL it looked at.
    pub looked_at: u32,
    /// How many of them had expired and were removed.
    pub expired: u32,
}
