//! Why an entry was evicted, in the words of each policy and with the values that decided it.

use super::duration::duration;
use cache::units::Micros;
use cache::{CacheSettings, Capacity, EvictionReason, MemcachedSegment};

/// What happens, and why.
pub(super) fn evict(
    key: &str,
    reason: EvictionReason,
    engine: &CacheSettings,
    at: Micros,
) -> (String, String) {
    // Nobody knows when an entry was used that was there from the start: only that it was not since.
    let unused = |idle: Micros| match idle == at {
        true => format!("{}, since the start", duration(idle)),
        false => duration(idle),
    };
    let full = match engine.capacity {
        Capacity::Entries(entries) => format!("full at {entries}"),
        Capacity::Bytes { capacity_bytes, .. } => format!("full at {capacity_bytes} bytes"),
    };
    let why = match reason {
        EvictionReason::FirstIn { age } => {
            format!("FIFO gives up what came in first, {} ago", duration(age))
        }
        EvictionReason::LeastRecentlyUsed { idle } => {
            format!("LRU gives up what was unused for longest, {}", unused(idle))
        }
        EvictionReason::Unreferenced { age, passed } => format!(
            "CLOCK's hand, having cleared {passed} reference bits, found this one at 0; it came in {} ago",
            duration(age)
        ),
        EvictionReason::Unvisited { age, passed } => format!(
            "SIEVE's hand, having passed {passed} visited entries, found this one unvisited; it came in {} ago",
            duration(age)
        ),
        EvictionReason::LeastFrequentlyUsed { uses, equals, idle } => format!(
            "LFU gives up what was used least: {}{}; unused for {}",
            match uses {
                1 => "once".to_owned(),
                uses => format!("{uses} times"),
            },
            match equals {
                0 => String::new(),
                1 => ", like one other that reached that count later".to_owned(),
                all => format!(", like {all} others that reached that count later"),
            },
            unused(idle)
        ),
        EvictionReason::Random { among } => format!("the draw among {among} fell on it"),
        EvictionReason::TwoQueue { main, held, share } => format!(
            "2Q gives up {}: A1in holds {held} and may hold {share}",
            match main {
                false => "the oldest of A1in",
                true => "the least recently used of Am",
            }
        ),
        EvictionReason::Arc {
            frequent,
            held,
            target_milli,
        } => format!(
            "ARC gives up the least recently used of {}: T1 holds {held}, its target is {}.{:03}",
            match frequent {
                false => "T1",
                true => "T2",
            },
            target_milli / 1000,
            target_milli % 1000
        ),
        EvictionReason::Segmented { protected, idle } => format!(
            "segmented LRU gives up the least recently used {}, unused for {}",
            match protected {
                false => "on probation",
                true => "of the protected, since nothing is on probation",
            },
            unused(idle)
        ),
        EvictionReason::S3Fifo {
            main,
            uses,
            passed,
            held,
        } => format!(
            "it came to the end of S3-FIFO's {} queue with {uses} uses, after {passed} that were kept; the main queue held {held}",
            match main {
                false => "small",
                true => "main",
            }
        ),
        EvictionReason::Contest {
            newcomer,
            uses,
            rival_uses,
            ..
        } => format!(
            "{}, and W-TinyLFU counts {uses} uses of it against {rival_uses} of its rival",
            match newcomer {
                true => "it leaves the window",
                false => "a newcomer wants its place",
            }
        ),
        EvictionReason::Uncontested { idle, .. } => format!(
            "W-TinyLFU gives up what it had no rival for, unused for {}",
            unused(idle)
        ),
        EvictionReason::SampledIdle { idle, drawn, pool } => format!(
            "Valkey drew {drawn} keys, and of {pool} candidates this one was idle longest, {}",
            unused(idle)
        ),
        EvictionReason::SampledCounter {
            counter,
            drawn,
            pool,
        } => format!(
            "Valkey drew {drawn} keys, and of {pool} candidates this one had the lowest counter, {counter}"
        ),
        EvictionReason::SampledTtl { left, drawn, pool } => format!(
            "Valkey drew {drawn} keys, and of {pool} candidates this one expires first, in {}",
            duration(left)
        ),
        EvictionReason::SampledWithoutTtl { drawn, pool } => {
            format!("Valkey drew {drawn} keys, and none of {pool} candidates has a time to live")
        }
        EvictionReason::Memcached { segment, idle } => format!(
            "Memcached gives up the tail of {}, unused for {}",
            match segment {
                MemcachedSegment::Hot => "HOT",
                MemcachedSegment::Warm => "WARM",
                MemcachedSegment::Cold => "COLD",
            },
            unused(idle)
        ),
    };
    (format!("{key} is evicted"), format!("{full}, and {why}"))
}
