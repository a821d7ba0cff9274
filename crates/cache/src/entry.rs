//! An entry of the cache, as code outside the engine sees it.

use crate::units::{Key, Micros, Version};

/// The value that the application stores under a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Value {
    /// The version of the row that was copied.
    pub version: Version,
    /// The number of the request that stored the copy, below `u32::MAX`; `None` if it was there from
    /// the start.
    pub origin: Option<u32>,
    /// After this instant the copy is due to be reloaded; `None` if only its TTL counts.
    pub fresh_until: Option<Micros>,
    /// How long it took to load, XFetch's Δ; zero where it is not needed.
    pub rebuild: Micros,
}

impl Value {
    /// Stands for a person at the console, where a copy's origin is a request otherwise.
    pub const BY_HAND: u32 = u32::MAX - 1;

    /// A copy of a row as it is at the start.
    pub const FIRST: Value = Value {
        version: Version(1),
        origin: None,
        fresh_until: None,
        rebuild: Micros::ZERO,
    };
}

/// One resident entry: its value, its size and the times that policies and expiry look at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The entry's key.
    pub key: Key,
    /// The value.
    pub value: Value,
    /// Key and value together, in bytes, without the engine's overhead.
    pub size_bytes: u32,
    /// When the key entered the cache (a rewrite does not change it).
    pub inserted_at: Micros,
    /// When it was last read or written.
    pub used_at: Micros,
    /// When its TTL runs out; `None` if it has none.
    pub expires_at: Option<Micros>,
}

impl Entry {
    /// Whether the TTL has run out: strictly after `expires_at`, as in Valkey's
    /// `keyIsExpired`.
    pub fn is_expired(&self, now: Micros) -> bool {
        self.expires_at.is_some_and(|end| now > end)
    }
}
