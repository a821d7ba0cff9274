//! What Valkey's sampling policies have in common: an eviction draws a few keys, the most promising
//! of all drawn so far wait in a small pool, and the best of the pool goes.
//!
//! Valkey's `evict.c` (`evictionPoolPopulate`, `performEvictions`): `maxmemory-samples` keys (5), a
//! pool of 16 that is kept from one eviction to the next and sorted by how ready each was to go *when
//! it was drawn*. A key that has gone meanwhile is skipped; one that came again is not told from its
//! former self, and one that was drawn twice is in the pool twice, as in the engine.

use super::{EvictionReason, QueueAbout};
use crate::sample::{Draws, Members, Purpose};
use crate::settings::CacheSettings;
use crate::shape::{Candidate, Member, QueueShape, Shape};
use crate::slab::{Slab, Slot};

/// The queues of the policies that sample: one, in the order of what they compare.
pub(super) const QUEUES: &[QueueAbout] = &[QueueAbout::soft("keys", "may be sampled")];

/// `EVPOOL_SIZE`.
const POOL: usize = 16;

/// The keys that may be sampled, and the last sample and pool.
#[derive(Clone, Debug, Hash)]
pub(super) struct Sampled {
    pub(super) members: Members,
    lottery: Lottery,
}

/// A choice, with the number of keys that it was made from.
pub(super) struct Choice {
    pub(super) slot: Slot,
    /// Its score when it was drawn.
    pub(super) score: u64,
    pub(super) drawn: u32,
    pub(super) pool: u32,
}

impl Choice {
    /// The victim and the reason that its policy gives.
    pub(super) fn because(self, reason: EvictionReason) -> Option<(Slot, EvictionReason)> {
        Some((self.slot, reason))
    }
}

/// How ready an entry is to go; higher goes first.
pub(super) type Score<'a> = &'a dyn Fn(&Slab, Slot) -> u64;

impl Sampled {
    pub(super) fn new(settings: &CacheSettings) -> Self {
        Sampled {
            members: Members::new(),
            lottery: Lottery {
                samples: settings.tuning.samples,
                draws: Draws::new(settings.seed, Purpose::Sample),
                picked: Vec::new(),
                sample: Vec::new(),
                pool: Vec::new(),
            },
        }
    }

    pub(super) fn choose(&mut self, slab: &Slab, score: Score) -> Option<Choice> {
        self.lottery.choose(&self.members, slab, score)
    }

    /// The slot that [`choose`](Self::choose) would name, without changing anything.
    pub(super) fn next_out(&self, slab: &Slab, score: Score) -> Option<Slot> {
        let choice = self.lottery.clone().choose(&self.members, slab, score)?;
        Some(choice.slot)
    }

    /// The entries by their score, the least ready to go first.
    pub(super) fn shape(
        &self,
        slab: &Slab,
        score: Score,
        mark: impl Fn(Slot) -> Option<u32>,
    ) -> Shape {
        let member = |slot| Member {
            key: slab.key(slot),
            mark: mark(slot),
        };
        let mut order = self.members.slots().to_vec();
        order.sort_by_cached_key(|&slot| score(slab, slot));
        let queue = QueueShape {
            name: "keys",
            limit: None,
            ghosts: false,
            members: order.into_iter().map(member).collect(),
        };
        Shape {
            queues: vec![queue],
            sample: self.lottery.sample.clone(),
            pool: self.lottery.pool.clone(),
            ..Shape::default()
        }
    }

    pub(super) fn heap_bytes(&self) -> u64 {
        self.members.heap_bytes()
    }
}

/// Everything that an eviction changes.
#[derive(Clone, Debug, Hash)]
struct Lottery {
    samples: u32,
    draws: Draws,
    picked: Vec<Slot>,
    /// The sample of the last eviction.
    sample: Vec<Candidate>,
    /// By score, the best last.
    pool: Vec<Candidate>,
}

impl Lottery {
    fn choose(&mut self, members: &Members, slab: &Slab, score: Score) -> Option<Choice> {
        if members.slots().is_empty() {
            return None;
        }
        self.sample.clear();
        // Everything in a full pool may have gone meanwhile, so that nothing new gets in. Then the pool
        // is empty, and the next round finds one.
        loop {
            members.pick(self.samples, &mut self.draws, &mut self.picked);
            for i in 0..self.picked.len() {
                let slot = self.picked[i];
                let key = slab.key(slot);
                let score = score(slab, slot);
                self.sample.push(Candidate { key, score });
                self.offer(Candidate { key, score });
            }
            let pool = self.pool.len() as u32;
            while let Some(best) = self.pool.pop() {
                let slot = slab.find(best.key);
                if let Some(slot) = slot.filter(|&slot| members.contains(slab, slot)) {
                    return Some(Choice {
                        slot,
                        score: best.score,
                        drawn: self.sample.len() as u32,
                        pool,
                    });
                }
            }
        }
    }

    /// Puts a candidate into the pool, below its equals. If the pool is full, the worst has to go, which
    /// may be the candidate itself.
    fn offer(&mut self, candidate: Candidate) {
        let worse = |other: &Candidate| other.score < candidate.score;
        let place = self.pool.partition_point(worse);
        if self.pool.len() < POOL {
            self.pool.insert(place, candidate);
        } else if place > 0 {
            self.pool.remove(0);
            self.pool.insert(place - 1, candidate);
        }
    }
}
