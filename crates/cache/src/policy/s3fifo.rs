//! S3-FIFO: three FIFO queues. Most keys are asked for once; a small queue in front of the main one
//! lets them go early, and a queue of ghosts notices when that was too early.
//!
//! J. Yang, Y. Zhang, Z. Qiu, Y. Yue, K. V. Rashmi, "FIFO queues are all you need for cache eviction",
//! SOSP 2023. The small queue has 10 % of the capacity, the main one the rest; as much is remembered
//! as the main one would hold. As in the reference simulator an entry moves on to the main queue with
//! two uses or more and begins there at none.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::ghosts::Ghosts;
use crate::segment::Segment;
use crate::settings::CacheSettings;
use crate::shape::Shape;
use crate::slab::{RINGS, Slab, Slot};
use crate::units::{Key, Micros};

pub(super) const ABOUT: About = About {
    title: "S3-FIFO",
    rule: "evicts entries that were not used while they waited in a queue, so that one-off keys leave fast",
    ends: ("main", "small"),
    queues: &[
        QueueAbout::soft("small", "new keys"),
        QueueAbout::soft("main", "used again"),
        QueueAbout::ghosts("ghost", "keys that left small"),
    ],
    mark: Some(|uses| format!("freq {uses}")),
    curve_at_first: true,
    ..About::LIST
};

const SMALL_PERCENT: u64 = 10;
const GHOST_PERCENT: u64 = 90;

/// The uses that take an entry from the small queue to the main one.
const PROMOTED_AT: u32 = 2;

/// More uses are not counted.
const USES_MAX: u32 = 3;

/// A mark is the number of uses, with this bit for the main queue.
const MAIN: u32 = 1 << 8;

/// The queues, and where the entry that is about to come belongs.
#[derive(Clone, Debug, Hash)]
pub(crate) struct S3Fifo {
    small: Segment,
    main: Segment,
    ghosts: Ghosts,
    small_share: u64,
    main_share: u64,
    ghost_share: u64,
    returns: bool,
}

fn uses(mark: u32) -> u32 {
    mark & !MAIN
}

impl S3Fifo {
    pub(super) fn new(_settings: &CacheSettings, slab: &Slab) -> Self {
        let small_share = slab.share(SMALL_PERCENT);
        S3Fifo {
            small: Segment::new(RINGS[0]),
            main: Segment::new(RINGS[1]),
            ghosts: Ghosts::new(),
            small_share,
            main_share: slab.limit() - small_share,
            ghost_share: slab.share(GHOST_PERCENT),
            returns: false,
        }
    }

    fn segment(&mut self, slab: &Slab, slot: Slot) -> &mut Segment {
        match slab.mark(slot) & MAIN {
            0 => &mut self.small,
            _ => &mut self.main,
        }
    }

    /// Moves used entries on to the main queue, up to the first unused one.
    fn victim_of_small(&mut self, slab: &mut Slab, passed: &mut u32) -> Option<Slot> {
        while let Some(slot) = self.small.tail(slab) {
            if slab.mark(slot) < PROMOTED_AT {
                return Some(slot);
            }
            self.small.remove(slab, slot);
            slab.set_mark(slot, MAIN);
            self.main.push_head(slab, slot);
            *passed += 1;
        }
        None
    }

    /// Puts used entries back with one use less, up to the first unused one.
    fn victim_of_main(&mut self, slab: &mut Slab, passed: &mut u32) -> Option<Slot> {
        loop {
            let slot = self.main.tail(slab)?;
            let uses = uses(slab.mark(slot));
            if uses == 0 {
                return Some(slot);
            }
            slab.set_mark(slot, MAIN | (uses - 1));
            self.main.move_to_head(slab, slot);
            *passed += 1;
        }
    }
}

impl Policy for S3Fifo {
    fn admit(&mut self, _slab: &Slab, key: Key, _weight: u64) {
        self.returns = self.ghosts.remove(key);
    }

    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        let mark = if self.returns { MAIN } else { 0 };
        slab.set_mark(slot, mark);
        self.segment(slab, slot).push_head(slab, slot);
    }

    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, _now: Micros) {
        let mark = slab.mark(slot);
        if uses(mark) < USES_MAX {
            slab.set_mark(slot, mark + 1);
        }
    }

    fn on_resize(&mut self, slab: &mut Slab, slot: Slot, before: u64) {
        self.segment(slab, slot).resize(slab, slot, before);
    }

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        self.segment(slab, slot).remove(slab, slot);
    }

    fn on_evict(&mut self, slab: &mut Slab, slot: Slot) {
        self.on_remove(slab, slot);
        if slab.mark(slot) & MAIN == 0 {
            self.ghosts.push_head(slab.key(slot), slab.weight(slot));
            self.ghosts.shrink_to(self.ghost_share);
        }
    }

    fn victim(&mut self, slab: &mut Slab, _now: Micros) -> Option<(Slot, EvictionReason)> {
        let held = self.main.weight();
        let mut passed = 0;
        let in_small = if held > self.main_share {
            None
        } else {
            self.victim_of_small(slab, &mut passed)
        };
        let slot = match in_small {
            Some(slot) => slot,
            None => self.victim_of_main(slab, &mut passed)?,
        };
        let mark = slab.mark(slot);
        let reason = EvictionReason::S3Fifo {
            main: mark & MAIN != 0,
            uses: uses(mark) as u8,
            passed,
            held,
        };
        Some((slot, reason))
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        let unused = |slot: &Slot| slab.mark(*slot) < PROMOTED_AT;
        let exceeds = self.main.weight() > self.main_share;
        let mut in_small = self.small.iter_from_tail(slab);
        if let Some(slot) = in_small.find(unused).filter(|_| !exceeds) {
            return Some(slot);
        }
        // The main queue's entries go round together, so the first of those with the fewest uses is
        // the first to have none left. By then all of the small queue has moved on to the main one,
        // each with no uses, behind the others.
        let in_main = self.main.iter_from_tail(slab);
        let fewest = in_main.min_by_key(|&slot| uses(slab.mark(slot)));
        let moved = (!exceeds).then(|| self.small.tail(slab)).flatten();
        match fewest {
            Some(slot) if uses(slab.mark(slot)) == 0 => Some(slot),
            fewest => moved.or(fewest),
        }
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        let count = |mark| Some(uses(mark));
        Shape {
            queues: vec![
                self.main.shape("main", Some(self.main_share), slab, count),
                self.small
                    .shape("small", Some(self.small_share), slab, count),
                self.ghosts.shape("ghost", Some(self.ghost_share)),
            ],
            ..Shape::default()
        }
    }

    fn heap_bytes(&self) -> u64 {
        self.ghosts.heap_bytes()
    }
}
