//! Time and sizes as newtypes: one meaning a type, whole numbers only.

mod hash;

pub use hash::{StableHasher, stable_hash};

use serde::{Deserialize, Serialize};

/// An instant of simulated time, counted from the scenario's start, or a span of it; microseconds.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Micros(pub u64);

impl Micros {
    /// Nothing at all: the scenario's start.
    pub const ZERO: Micros = Micros(0);

    /// Stands for "at no time" where instants are compared: later than anything that happens.
    pub const NEVER: Micros = Micros(u64::MAX);

    /// The later instant `span` from here.
    pub const fn after(self, span: Micros) -> Micros {
        Micros(self.0.saturating_add(span.0))
    }

    /// The span since `earlier`; zero if that is not earlier.
    pub const fn since(self, earlier: Micros) -> Micros {
        Micros(self.0.saturating_sub(earlier.0))
    }
}

/// A key as the engine knows it: its number in the scenario's or trace's table of names.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Key(pub u32);

/// How many times a key has been written: the row a database starts with is version 1.
///
/// A copy in the cache is stale when its version is lower than the row's.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub u32);
