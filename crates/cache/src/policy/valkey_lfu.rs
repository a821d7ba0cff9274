//! Valkey's LFU (`allkeys-lfu`, `volatile-lfu`): of a few keys drawn at random, the one with the
//! lowest counter. The counter has 8 bits: it grows by chance, the more seldom the higher it is, and
//! drops with time.
//!
//! Valkey documentation, "Key eviction"; `evict.c` (`LFULogIncr`, `LFUDecrAndReturn`). The idea of
//! counting by chance: R. Morris, "Counting large numbers of events in small registers", Communications
//! of the ACM 21(10), 1978. See `sampled.rs` for how it draws.
//!
//! The engine keeps the counter with the entry, whether or not the entry may be evicted: one that
//! gains a TTL brings its counter along.

use super::sampled::{QUEUES, Sampled};
use super::{About, Compared, EvictionReason, Policy};
use crate::sample::{Draws, Purpose};
use crate::settings::{CacheSettings, Scope};
use crate::shape::Shape;
use crate::slab::{Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "Valkey LFU",
    rule: "samples a few keys and evicts the one with the lowest counter of uses",
    ends: ("most used", "next of the pool"),
    maxmemory: &[
        ("allkeys-lfu", Scope::AllKeys),
        ("volatile-lfu", Scope::Volatile),
    ],
    queues: QUEUES,
    mark: Some(|counter| format!("count {counter}")),
    compares: Some(Compared::Counter),
    ..About::LIST
};

/// The counter of a new entry (`LFU_INIT_VAL`), so that it is not the next victim at once.
pub const LFU_INITIAL: u8 = 5;

/// A mark is the counter, with this bit: a mark of 0 is an entry that has no counter yet.
const COUNTED: u32 = 1 << 8;

/// The engine's clock for this counts minutes.
const MINUTE: u64 = 60_000_000;

/// The counter after a use, with a 64-bit draw for the chance: it grows with probability
/// 1 / ((counter − 5) × `log_factor` + 1), where a counter below 5 counts as 5, up to 255.
pub fn lfu_after_use(counter: u8, log_factor: u32, draw: u64) -> u8 {
    let above = u64::from(counter.saturating_sub(LFU_INITIAL));
    let one_in = above * u64::from(log_factor) + 1;
    // The draw's first part of `one_in` equal ones.
    let grows = (u128::from(draw) * u128::from(one_in)) >> 64 == 0;
    counter.saturating_add(u8::from(grows))
}

/// The counter after the time since its last use: one less for each whole `decay` between the two
/// readings of a clock that ticks every minute, or every `decay` if that is shorter. Zero is never.
pub fn lfu_after_idling(counter: u8, decay: Micros, last_use: Micros, now: Micros) -> u8 {
    if decay == Micros::ZERO {
        return counter;
    }
    let tick = decay.0.min(MINUTE);
    let ticks = (now.0 / tick).saturating_sub(last_use.0 / tick);
    let periods = ticks.saturating_mul(tick) / decay.0;
    counter.saturating_sub(u8::try_from(periods).unwrap_or(u8::MAX))
}

/// The keys, and the parameters of the counter.
#[derive(Clone, Debug, Hash)]
pub(crate) struct ValkeyLfu {
    sampled: Sampled,
    log_factor: u32,
    decay: Micros,
    draws: Draws,
}

impl ValkeyLfu {
    pub(super) fn new(settings: &CacheSettings, _slab: &Slab) -> Self {
        ValkeyLfu {
            sampled: Sampled::new(settings),
            log_factor: settings.tuning.lfu_log_factor,
            decay: settings.tuning.lfu_decay,
            draws: Draws::new(settings.seed, Purpose::Counter),
        }
    }

    fn counter(&self, now: Micros) -> impl Fn(&Slab, Slot) -> u8 + use<> {
        let decay = self.decay;
        move |slab, slot| {
            let counter = match slab.mark(slot) {
                0 => LFU_INITIAL,
                mark => (mark & !COUNTED) as u8,
            };
            lfu_after_idling(counter, decay, slab.used_at(slot), now)
        }
    }

    fn score(&self, now: Micros) -> impl Fn(&Slab, Slot) -> u64 + use<> {
        let counter = self.counter(now);
        move |slab, slot| u64::from(u8::MAX - counter(slab, slot))
    }
}

impl Policy for ValkeyLfu {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        self.sampled.members.insert(slab, slot);
    }

    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, now: Micros) {
        let counter = self.counter(now)(slab, slot);
        let counter = lfu_after_use(counter, self.log_factor, self.draws.next());
        slab.set_mark(slot, COUNTED | u32::from(counter));
    }

    fn on_outside_hit(&mut self, slab: &mut Slab, slot: Slot, now: Micros) {
        self.on_hit(slab, slot, now);
    }

    fn frequency(&self, slab: &Slab, slot: Slot, now: Micros) -> Option<u8> {
        Some(self.counter(now)(slab, slot))
    }

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        self.sampled.members.remove(slab, slot);
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let score = self.score(now);
        let choice = self.sampled.choose(slab, &score)?;
        let reason = EvictionReason::SampledCounter {
            counter: u8::MAX - choice.score as u8,
            drawn: choice.drawn,
            pool: choice.pool,
        };
        choice.because(reason)
    }

    fn next_out(&self, slab: &Slab, now: Micros) -> Option<Slot> {
        self.sampled.next_out(slab, &self.score(now))
    }

    fn shape(&self, slab: &Slab, now: Micros) -> Shape {
        let counter = self.counter(now);
        let mark = |slot| Some(counter(slab, slot).into());
        self.sampled.shape(slab, &self.score(now), mark)
    }

    fn goes_by_use(&self) -> bool {
        true
    }

    fn heap_bytes(&self) -> u64 {
        self.sampled.heap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::mix;

    /// The counter after each of `marks` many uses of one simulated entry; the first use creates it.
    fn counters(simulation: u64, log_factor: u32, marks: &[u64]) -> Vec<u8> {
        let mut counter = LFU_INITIAL;
        let mut uses = 1;
        let mut seen = Vec::new();
        for &mark in marks {
            while uses < mark && counter < u8::MAX {
                counter = lfu_after_use(counter, log_factor, mix(simulation << 32 | uses));
                uses += 1;
            }
            seen.push(counter);
        }
        seen
    }

    /// The table of the engine's documentation, as bands that hold 99 % of the simulations.
    #[test]
    fn counters_grow_as_the_engines_table_says() {
        const USES: [u64; 4] = [100, 1_000, 100_000, 1_000_000];
        let full = 255..=255;
        for (log_factor, bands) in [
            (0, [104..=104, full.clone(), full.clone(), full.clone()]),
            (1, [14..=24, 40..=59, full.clone(), full.clone()]),
            (10, [7..=13, 14..=25, 130..=164, full.clone()]),
            (100, [6..=9, 7..=13, 41..=60, 130..=167]),
        ] {
            // A million uses take long: fewer simulations see as far as that. One in a hundred may be
            // outside, and three standard deviations of that number more.
            for (simulations, seen, few) in [(2_000, 3, 33), (200, 4, 6)] {
                let mut outside = [0; 4];
                for simulation in 0..simulations {
                    let counters = counters(simulation, log_factor, &USES[..seen]);
                    for (i, counter) in counters.into_iter().enumerate() {
                        outside[i] += u64::from(!bands[i].contains(&counter));
                    }
                }
                let in_band = outside.into_iter().all(|outside| outside <= few);
                assert!(in_band, "factor {log_factor}: {outside:?} of {simulations}");
            }
        }
    }

    #[test]
    fn a_counter_drops_by_one_for_each_period_of_the_engines_clock() {
        let after =
            |decay, last, now| lfu_after_idling(10, Micros(decay), Micros(last), Micros(now));
        // Two instants of one minute, and two a second apart in different ones.
        assert_eq!(after(MINUTE, 0, MINUTE - 1), 10);
        assert_eq!(after(MINUTE, MINUTE - 1, MINUTE), 9);
        assert_eq!(after(MINUTE, 0, 7 * MINUTE), 3);
        assert_eq!(after(MINUTE, 0, 99 * MINUTE), 0);
        assert_eq!(after(3 * MINUTE, 0, 7 * MINUTE), 8);
        assert_eq!(after(1_000, 500, 2_500), 8);
        assert_eq!(after(0, 0, u64::MAX), 10);
    }
}
