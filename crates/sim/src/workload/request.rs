//! One request, and what is in the cache before the first.

use crate::event::Operation;
use cache::units::{Key, Micros};

/// A copy that is in the cache from the start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Warm {
    /// Its key; the copy is of version 1.
    pub key: Key,
    /// How much of its TTL has passed already.
    pub age: Micros,
    /// How many bytes its key and its value take.
    pub size_bytes: u32,
}

/// One request of the workload.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request {
    /// When it reaches the application.
    pub at: Micros,
    /// The client that sends it, from 1.
    pub client: u32,
    /// Whether it reads or writes.
    pub operation: Operation,
    /// The key.
    pub key: Key,
    /// What it says about the TTL of what it stores.
    pub ttl: OwnTtl,
    /// How many bytes its key and the value that it reads or writes take.
    pub size_bytes: u32,
}

/// What a request says about the TTL of what it stores.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OwnTtl {
    /// Nothing: the strategy's holds.
    #[default]
    Unsaid,
    /// That it has none.
    Never,
    /// That it is this long.
    After(Micros),
}

impl OwnTtl {
    /// From a number as inputs give it: 0 says that there is none.
    pub fn from_us(ttl_us: Option<u64>) -> OwnTtl {
        match ttl_us {
            None => OwnTtl::Unsaid,
            Some(0) => OwnTtl::Never,
            Some(us) => OwnTtl::After(Micros(us)),
        }
    }

    /// The number as inputs give it.
    pub fn as_us(self) -> Option<u64> {
        match self {
            OwnTtl::Unsaid => None,
            OwnTtl::Never => Some(0),
            OwnTtl::After(ttl) => Some(ttl.0),
        }
    }

    /// The TTL that holds over the strategy's.
    pub fn over(self, of_strategy: Option<Micros>) -> Option<Micros> {
        match self {
            OwnTtl::Unsaid => of_strategy,
            OwnTtl::Never => None,
            OwnTtl::After(ttl) => Some(ttl),
        }
    }
}
