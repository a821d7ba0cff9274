//! Eviction policies, one file each. This file is their registry.
//!
//! To add one: a file beside this one that implements [`Policy`] for a type and has a constant `ABOUT`,
//! its `mod` line here, and a line in the `policies!` call, which gives the name that scenarios and links
//! use. The order of the lines is the one in which the policies are offered.

mod about;
mod arc;
mod clock;
mod fifo;
mod kind;
mod lfu;
mod lru;
mod memcached;
mod noeviction;
mod random;
mod reason;
mod s3fifo;
mod sampled;
mod sieve;
mod slru;
mod twoq;
mod valkey_lfu;
mod valkey_lru;
mod valkey_ttl;
mod wtinylfu;

pub use about::{About, Compared, QueueAbout};
pub use kind::{from_maxmemory_policy, maxmemory_policies, maxmemory_policy};
pub use reason::{EvictionReason, MemcachedSegment};
pub use valkey_lfu::{LFU_INITIAL, lfu_after_idling, lfu_after_use};

use super::bare;
use super::settings::CacheSettings;
use super::shape::Shape;
use super::slab::{Slab, Slot};
use crate::units::{Key, Micros};
use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};

/// An eviction policy.
///
/// The cache calls it for the entries that it may evict, and for no others. The links and the mark of an
/// entry's node are the policy's; keys, values and times are the cache's. A policy's answers depend
/// on these calls and on the settings, and on nothing else.
pub(super) trait Policy {
    /// An entry is about to come under the policy: a new key that wants room, or one that was there
    /// and got a TTL. Every [`on_insert`](Self::on_insert) has one of these before it, with
    /// [`victim`](Self::victim) perhaps asked in between; not every one of these is followed by it,
    /// since the write may be refused.
    fn admit(&mut self, _slab: &Slab, _key: Key, _weight: u64) {}

    /// The entry in `slot` is there now.
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot);

    /// The entry in `slot` is being read or rewritten. Its node still has the time of the use before.
    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, now: Micros);

    /// The size of the entry in `slot` has changed; `before` is its old weight.
    fn on_resize(&mut self, _slab: &mut Slab, _slot: Slot, _before: u64) {}

    /// The entry in `slot` goes, or loses the TTL that put it under the policy.
    fn on_remove(&mut self, slab: &mut Slab, slot: Slot);

    /// The entry in `slot` goes because [`victim`](Self::victim) has just named it.
    fn on_evict(&mut self, slab: &mut Slab, slot: Slot) {
        self.on_remove(slab, slot);
    }

    /// The entry that has to go now, and why; `None` if there is none. This may already move the hand
    /// or pass entries on from queue to queue, but leaves the victim itself where it is.
    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)>;

    /// The entry that [`victim`](Self::victim) would name for a new key if the cache were full.
    fn next_out(&self, slab: &Slab, now: Micros) -> Option<Slot>;

    /// The policy's inner order.
    fn shape(&self, slab: &Slab, now: Micros) -> Shape;

    /// An entry that the policy does not know is being used. It matters only to counters that the engine
    /// keeps with every entry.
    fn on_outside_hit(&mut self, _slab: &mut Slab, _slot: Slot, _now: Micros) {}

    /// Whether it looks at when an entry was used, other than to give a reason.
    fn goes_by_use(&self) -> bool {
        false
    }

    /// The counter that the engine shows of an entry, whether or not the policy knows it.
    fn frequency(&self, _slab: &Slab, _slot: Slot, _now: Micros) -> Option<u8> {
        None
    }

    /// The bytes that a copy of the policy has to allocate, beyond the slab.
    fn heap_bytes(&self) -> u64 {
        0
    }
}

/// Makes the enum of policies, and the one that holds the state of whichever policy is in use: so a
/// cache can be cloned and hashed, and nothing that holds one needs a generic parameter.
macro_rules! policies {
    ($($kind:ident $name:literal => $module:ident),+ $(,)?) => {
        /// The eviction policies that a person can choose.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(expecting = "the name of a policy")]
        pub enum PolicyKind {
            $(
                #[doc = concat!("The policy `", $name, "`.")]
                #[serde(rename = $name)]
                $kind
            ),+
        }

        impl PolicyKind {
            /// Every policy, in the order in which they are offered.
            pub const ALL: [PolicyKind; [$($name),+].len()] = [$(PolicyKind::$kind),+];

            /// The name in scenarios and links, and for `missCounts`.
            pub const fn name(self) -> &'static str {
                match self { $(PolicyKind::$kind => $name),+ }
            }

            /// Its words, and how its entries are drawn.
            pub const fn about(self) -> &'static About {
                match self { $(PolicyKind::$kind => &$module::ABOUT),+ }
            }
        }

        #[derive(Clone, Debug, Hash)]
        pub(super) enum AnyPolicy { $($kind($module::$kind)),+ }

        impl AnyPolicy {
            pub(super) fn new(settings: &CacheSettings, slab: &Slab) -> Self {
                match settings.policy {
                    $(PolicyKind::$kind => AnyPolicy::$kind($module::$kind::new(settings, slab))),+
                }
            }
        }

        impl Deref for AnyPolicy {
            type Target = dyn Policy;

            fn deref(&self) -> &Self::Target {
                match self { $(AnyPolicy::$kind(policy) => policy),+ }
            }
        }

        impl DerefMut for AnyPolicy {
            #[inline(never)]
            fn deref_mut(&mut self) -> &mut Self::Target {
                match self { $(AnyPolicy::$kind(policy) => policy),+ }
            }
        }
    };
}

policies! {
    Lru "lru" => lru,
    Fifo "fifo" => fifo,
    Clock "clock" => clock,
    Lfu "lfu" => lfu,
    Random "random" => random,
    TwoQ "twoq" => twoq,
    Arc "arc" => arc,
    Slru "slru" => slru,
    S3Fifo "s3fifo" => s3fifo,
    Sieve "sieve" => sieve,
    WTinyLfu "wtinylfu" => wtinylfu,
    ValkeyLru "valkey-lru" => valkey_lru,
    ValkeyLfu "valkey-lfu" => valkey_lfu,
    ValkeyTtl "valkey-ttl" => valkey_ttl,
    NoEviction "noeviction" => noeviction,
    Memcached "memcached" => memcached,
}

impl AnyPolicy {
    /// The misses of some requests to a bare cache. Where a policy does less than its calls cost, they
    /// are compiled into the loop.
    pub(super) fn misses(
        &mut self,
        slab: &mut Slab,
        requests: impl Iterator<Item = (Key, Micros)>,
    ) -> u64 {
        match self {
            AnyPolicy::Lru(policy) => bare::misses(policy, slab, requests),
            AnyPolicy::Fifo(policy) => bare::misses(policy, slab, requests),
            AnyPolicy::Clock(policy) => bare::misses(policy, slab, requests),
            AnyPolicy::Sieve(policy) => bare::misses(policy, slab, requests),
            other => bare::misses(other.deref_mut(), slab, requests),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Capacity;
    use std::collections::BTreeSet;

    /// Under the registry's lines, every policy says all that the rest of the program asks of it, and
    /// the queues that it describes are the ones that it has.
    #[test]
    fn every_policy_describes_itself() {
        let mut names = BTreeSet::new();
        for kind in PolicyKind::ALL {
            let about = kind.about();
            let texts = [
                kind.name(),
                about.title,
                about.rule,
                about.ends.0,
                about.ends.1,
            ];
            assert!(texts.iter().all(|text| !text.is_empty()), "{kind:?}");
            assert!(
                names.insert(kind.name()) && names.insert(about.title),
                "{kind:?}"
            );
            assert_eq!(PolicyKind::from_name(kind.name()), Some(kind));

            let settings = CacheSettings::new(kind, 10);
            let slab = Slab::new(Capacity::Entries(10));
            let shape = AnyPolicy::new(&settings, &slab).shape(&slab, Micros::ZERO);
            let mut told: Vec<_> = about.queues.iter().map(|of| (of.name, of.ghosts)).collect();
            let mut shown: Vec<_> = shape.queues.iter().map(|of| (of.name, of.ghosts)).collect();
            told.sort_unstable();
            shown.sort_unstable();
            assert_eq!(told, shown, "{kind:?}");
        }
    }
}
