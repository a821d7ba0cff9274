//! What a reason for an eviction claims.

use cache::units::Micros;
use cache::{EvictionReason, MemcachedSegment};

/// How long ago the victim had entered, if the reason says so.
pub fn age(reason: EvictionReason) -> Option<Micros> {
    match reason {
        EvictionReason::FirstIn { age }
        | EvictionReason::Unreferenced { age, .. }
        | EvictionReason::Unvisited { age, .. } => Some(age),
        _ => None,
    }
}

/// How long it had gone unused, if the reason says so.
pub fn idle(reason: EvictionReason) -> Option<Micros> {
    match reason {
        EvictionReason::LeastRecentlyUsed { idle }
        | EvictionReason::LeastFrequentlyUsed { idle, .. }
        | EvictionReason::Segmented { idle, .. }
        | EvictionReason::Uncontested { idle, .. }
        | EvictionReason::Memcached { idle, .. } => Some(idle),
        _ => None,
    }
}

/// The values of a reason that decided it, as [`why`](super::Reference::why) gives them. Without a wildcard: a
/// new reason has to say what it claims.
pub fn values(reason: EvictionReason) -> Vec<u64> {
    match reason {
        EvictionReason::FirstIn { .. } | EvictionReason::LeastRecentlyUsed { .. } => vec![],
        EvictionReason::Unreferenced { passed, .. } | EvictionReason::Unvisited { passed, .. } => {
            vec![passed.into()]
        }
        EvictionReason::LeastFrequentlyUsed { uses, equals, .. } => {
            vec![uses.into(), equals.into()]
        }
        EvictionReason::TwoQueue { main, held, share } => vec![main.into(), held, share],
        EvictionReason::Arc {
            frequent,
            held,
            target_milli,
        } => vec![frequent.into(), held, target_milli],
        EvictionReason::Segmented { protected, .. } => vec![protected.into()],
        EvictionReason::S3Fifo {
            main,
            uses,
            passed,
            held,
        } => vec![main.into(), uses.into(), passed.into(), held],
        EvictionReason::Memcached { segment, .. } => vec![match segment {
            MemcachedSegment::Hot => 0,
            MemcachedSegment::Warm => 1,
            MemcachedSegment::Cold => 2,
        }],
        EvictionReason::Contest {
            newcomer,
            uses,
            rival_uses,
            rival,
        } => vec![
            newcomer.into(),
            uses.into(),
            rival_uses.into(),
            rival.0.into(),
        ],
        EvictionReason::Uncontested { window, .. } => vec![window.into()],
        // Those that draw have no reference: `sampled_policies.rs` judges them.
        EvictionReason::Random { .. }
        | EvictionReason::SampledIdle { .. }
        | EvictionReason::SampledCounter { .. }
        | EvictionReason::SampledTtl { .. }
        | EvictionReason::SampledWithoutTtl { .. } => vec![],
    }
}
