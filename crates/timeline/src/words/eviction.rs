//! Why a policy chose an entry, with the values that decided it.

use super::duration::duration;
use cache::units::Micros;
use cache::{EvictionReason, MemcachedSegment};
use std::fmt::{Formatter, Result};

/// Writes the policy's reason.
pub(super) fn chosen(f: &mut Formatter, reason: EvictionReason) -> Result {
    match reason {
        EvictionReason::FirstIn { age } => write!(
            f,
            "FIFO (first in, first out) drops the oldest entry, stored {} ago",
            duration(age)
        ),
        EvictionReason::LeastRecentlyUsed { idle } => write!(
            f,
            "LRU (least recently used) drops the entry that has gone unused the longest: {}",
            duration(idle)
        ),
        EvictionReason::Unreferenced { age, passed } => write!(
            f,
            "the CLOCK hand skipped {} used since its last pass (clearing their bits) and stopped at \
             this one, unused since; stored {} ago",
            entries(passed),
            duration(age)
        ),
        EvictionReason::Unvisited { age, passed } => write!(
            f,
            "the SIEVE hand skipped {} that had been read and stopped at this one, not read since; \
             stored {} ago",
            entries(passed),
            duration(age)
        ),
        EvictionReason::LeastFrequentlyUsed { uses, equals, idle } => write!(
            f,
            "LFU (least frequently used) drops the entry with the fewest uses: {uses}{}; unused for {}",
            match equals {
                0 => String::new(),
                1 => "; 1 other has as few but reached that count later".to_owned(),
                all => format!("; {all} others have as few but reached that count later"),
            },
            duration(idle)
        ),
        EvictionReason::Random { among } => write!(f, "picked at random from {}", entries(among)),
        EvictionReason::TwoQueue { main, held, share } => write!(
            f,
            "2Q drops {}: A1in holds {held} of its {share}",
            match main {
                false => "the oldest entry in A1in",
                true => "the least recently used entry in Am",
            }
        ),
        EvictionReason::Arc {
            frequent,
            held,
            target_milli,
        } => write!(
            f,
            "ARC drops the least recently used entry in {}: T1 holds {held}, its target is {}.{:03}",
            match frequent {
                false => "T1",
                true => "T2",
            },
            target_milli / 1000,
            target_milli % 1000
        ),
        EvictionReason::Segmented { protected, idle } => write!(
            f,
            "segmented LRU drops the least recently used entry in the {}; unused for {}",
            match protected {
                false => "probation segment",
                true => "protected segment, because the probation segment is empty",
            },
            duration(idle)
        ),
        EvictionReason::S3Fifo {
            main,
            uses,
            passed,
            held,
        } => write!(
            f,
            "it reached the end of S3-FIFO's {} queue with {uses} use{}; {passed} before it {} kept; \
             the main queue holds {held}",
            match main {
                false => "small",
                true => "main",
            },
            if uses == 1 { "" } else { "s" },
            if passed == 1 { "was" } else { "were" },
        ),
        EvictionReason::Contest {
            newcomer,
            uses,
            rival_uses,
            ..
        } => write!(
            f,
            "W-TinyLFU compared it with {} and it lost: {uses} use{} against {rival_uses}",
            match newcomer {
                true => "an entry of the main part",
                false => "a newcomer from the window",
            },
            if uses == 1 { "" } else { "s" },
        ),
        EvictionReason::Uncontested { idle, .. } => write!(
            f,
            "W-TinyLFU drops it without a contest; unused for {}",
            duration(idle)
        ),
        EvictionReason::SampledIdle { idle, drawn, pool } => {
            sampled(f, drawn, pool)?;
            match idle {
                Micros::ZERO => {
                    f.write_str("this one was idle longest, for less than one clock tick")
                }
                idle => write!(f, "this one was idle longest: {}", duration(idle)),
            }
        }
        EvictionReason::SampledCounter {
            counter,
            drawn,
            pool,
        } => {
            sampled(f, drawn, pool)?;
            write!(f, "this one had the lowest counter: {counter}")
        }
        EvictionReason::SampledTtl { left, drawn, pool } => {
            sampled(f, drawn, pool)?;
            write!(f, "this one expires first, in {}", duration(left))
        }
        EvictionReason::SampledWithoutTtl { drawn, pool } => {
            sampled(f, drawn, pool)?;
            f.write_str("none has a TTL")
        }
        EvictionReason::Memcached { segment, idle } => write!(
            f,
            "Memcached drops the last entry of its {} list; unused for {}",
            match segment {
                MemcachedSegment::Hot => "HOT",
                MemcachedSegment::Warm => "WARM",
                MemcachedSegment::Cold => "COLD",
            },
            duration(idle)
        ),
    }
}

fn entries(count: u32) -> String {
    match count {
        1 => "1 entry".to_owned(),
        all => format!("{all} entries"),
    }
}

fn sampled(f: &mut Formatter, drawn: u32, pool: u32) -> Result {
    let keys = if drawn == 1 { "key" } else { "keys" };
    let candidates = if pool == 1 { "candidate" } else { "candidates" };
    write!(
        f,
        "Valkey sampled {drawn} {keys}; of the {pool} {candidates} in its pool "
    )
}

/// How long the entry had gone unused, where the policy goes by that.
pub(super) const fn idle(reason: EvictionReason) -> Option<Micros> {
    match reason {
        EvictionReason::LeastRecentlyUsed { idle }
        | EvictionReason::LeastFrequentlyUsed { idle, .. }
        | EvictionReason::Segmented { idle, .. }
        | EvictionReason::Uncontested { idle, .. }
        | EvictionReason::Memcached { idle, .. } => Some(idle),
        _ => None,
    }
}
