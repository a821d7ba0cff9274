//! Which entry is evicted. One file a policy; this file is their registry.
//!
//! To add one: a file beside this one that implements [`Policy`], a variant of [`PolicyKind`] with
//! its line in [`PolicyKind::ALL`], and a line in the `policies!` call below.

mod fifo;
mod lru;

use super::slab::{Entry, Slot};
use crate::units::Micros;
use serde::{Deserialize, Serialize};

/// What a policy is told, and what it answers. It knows slots only; keys and values stay in the
/// slab.
pub(super) trait Policy {
    /// The entry in `slot` has just been read or rewritten.
    fn on_hit(&mut self, slot: Slot);
    /// A new entry has just been put into `slot`.
    fn on_insert(&mut self, slot: Slot);
    /// The entry in `slot` is about to go, for whatever cause.
    fn on_remove(&mut self, slot: Slot);
    /// The entry that an insertion would evict now, if there is any.
    fn next_out(&self) -> Option<Slot>;
    /// The entries in the policy's own order, from the one it keeps longest to the next one out.
    fn order(&self) -> Box<dyn Iterator<Item = Slot> + '_>;
    /// Why `entry` is the one to go, with the values that decided it.
    fn reason(&self, entry: &Entry, now: Micros) -> EvictionReason;
}

/// Why an entry was evicted, with the values that decided it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EvictionReason {
    /// FIFO: it had been in the cache longest.
    FirstIn {
        /// How long ago it had entered.
        age: Micros,
    },
    /// LRU: no entry had gone unused for longer.
    LeastRecentlyUsed {
        /// How long it had gone unused.
        idle: Micros,
    },
}

/// The eviction policies a person can choose.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", expecting = "the name of a policy")]
pub enum PolicyKind {
    /// First in, first out.
    Fifo,
    /// Least recently used.
    Lru,
}

impl PolicyKind {
    /// Every policy, in the order in which they are offered.
    pub const ALL: [PolicyKind; 2] = [PolicyKind::Lru, PolicyKind::Fifo];

    /// The name used in scenarios and by `missCounts`.
    pub const fn name(self) -> &'static str {
        match self {
            PolicyKind::Fifo => "fifo",
            PolicyKind::Lru => "lru",
        }
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            PolicyKind::Fifo => "FIFO",
            PolicyKind::Lru => "LRU",
        }
    }

    /// The policy of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<PolicyKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What the two ends of [`Cache::entries`](super::Cache::entries) mean under this policy.
    pub const fn ends(self) -> (&'static str, &'static str) {
        match self {
            PolicyKind::Fifo => ("last in", "first in"),
            PolicyKind::Lru => ("most recent", "least recent"),
        }
    }
}

/// Makes the enum that holds the state of whichever policy is in use and hands each call on to it:
/// a predictable branch, and no generic parameter on everything that holds a cache.
macro_rules! policies {
    ($($kind:ident => $state:ty),+ $(,)?) => {
        #[derive(Clone, Debug, Hash)]
        pub(super) enum AnyPolicy { $($kind($state)),+ }

        impl AnyPolicy {
            pub(super) fn new(kind: PolicyKind) -> Self {
                match kind { $(PolicyKind::$kind => AnyPolicy::$kind(<$state>::new())),+ }
            }

            pub(super) fn kind(&self) -> PolicyKind {
                match self { $(AnyPolicy::$kind(_) => PolicyKind::$kind),+ }
            }
        }

        impl Policy for AnyPolicy {
            fn on_hit(&mut self, slot: Slot) {
                match self { $(AnyPolicy::$kind(policy) => policy.on_hit(slot)),+ }
            }
            fn on_insert(&mut self, slot: Slot) {
                match self { $(AnyPolicy::$kind(policy) => policy.on_insert(slot)),+ }
            }
            fn on_remove(&mut self, slot: Slot) {
                match self { $(AnyPolicy::$kind(policy) => policy.on_remove(slot)),+ }
            }
            fn next_out(&self) -> Option<Slot> {
                match self { $(AnyPolicy::$kind(policy) => policy.next_out()),+ }
            }
            fn order(&self) -> Box<dyn Iterator<Item = Slot> + '_> {
                match self { $(AnyPolicy::$kind(policy) => policy.order()),+ }
            }
            fn reason(&self, entry: &Entry, now: Micros) -> EvictionReason {
                match self { $(AnyPolicy::$kind(policy) => policy.reason(entry, now)),+ }
            }
        }
    };
}

policies! {
    Fifo => fifo::Fifo,
    Lru => lru::Lru,
}
