//! Memcached's segmented LRU, for one slab class.
//!
//! Memcached's `doc/new_lru.txt` and `items.c` (`lru_pull_tail`). The rule here:
//!
//! - A new entry enters HOT at its head, inactive.
//! - A read or an overwrite makes an entry in HOT or WARM active, without moving it. In COLD it moves
//!   the entry to the head of WARM at once, inactive.
//! - HOT and WARM have 32 % of the capacity each, rounded down, COLD has no limit. Whenever HOT
//!   holds more, its tail leaves: an active entry goes to the head of WARM, inactive again, any other
//!   to the head of COLD. Whenever WARM holds more, its tail leaves: an active entry goes to WARM's
//!   own head, inactive again, any other to the head of COLD. HOT is looked at first.
//! - The tail of COLD is evicted; with nothing in COLD, that of WARM, then of HOT.
//!
//! What is simpler than in Memcached: its background thread moves entries a little later, and also
//! judges them by age (`hot_max_factor`, `warm_max_factor`); an entry becomes active only at its
//! second read; and its shares are of what is stored, not of what would fit.

use super::{About, EvictionReason, MemcachedSegment, Policy, QueueAbout};
use crate::segment::Segment;
use crate::settings::CacheSettings;
use crate::shape::Shape;
use crate::slab::{RINGS, Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "Memcached",
    rule: "evicts the coldest entry: the last one of its COLD list",
    ends: ("warm", "cold"),
    queues: &[
        QueueAbout::soft("HOT", "new keys"),
        QueueAbout::soft("WARM", "used again"),
        QueueAbout::soft("COLD", "the others"),
    ],
    mark: Some(|active| match active {
        0 => String::new(),
        _ => "active".to_owned(),
    }),
    ..About::LIST
};

const HOT_PERCENT: u64 = 32;
const WARM_PERCENT: u64 = 32;

/// A mark is the number of the segment, with this bit for an active entry.
const ACTIVE: u32 = 1 << 8;

const HOT: u32 = 0;
const WARM: u32 = 1;
const COLD: u32 = 2;

/// The three segments.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Memcached {
    hot: Segment,
    warm: Segment,
    cold: Segment,
    hot_share: u64,
    warm_share: u64,
}

impl Memcached {
    pub(super) fn new(_settings: &CacheSettings, slab: &Slab) -> Self {
        Memcached {
            hot: Segment::new(RINGS[0]),
            warm: Segment::new(RINGS[1]),
            cold: Segment::new(RINGS[2]),
            hot_share: slab.share(HOT_PERCENT),
            warm_share: slab.share(WARM_PERCENT),
        }
    }

    fn segment(&mut self, slab: &Slab, slot: Slot) -> &mut Segment {
        match slab.mark(slot) & !ACTIVE {
            HOT => &mut self.hot,
            WARM => &mut self.warm,
            _ => &mut self.cold,
        }
    }

    fn move_to(&mut self, slab: &mut Slab, slot: Slot, mark: u32) {
        self.segment(slab, slot).remove(slab, slot);
        slab.set_mark(slot, mark);
        self.segment(slab, slot).push_head(slab, slot);
    }

    /// Does the background thread's work.
    fn juggle(&mut self, slab: &mut Slab) {
        while self.hot.weight() > self.hot_share {
            let Some(slot) = self.hot.tail(slab) else {
                break;
            };
            self.leave(slab, slot);
        }
        while self.warm.weight() > self.warm_share {
            let Some(slot) = self.warm.tail(slab) else {
                break;
            };
            self.leave(slab, slot);
        }
    }

    fn leave(&mut self, slab: &mut Slab, slot: Slot) {
        let active = slab.mark(slot) & ACTIVE != 0;
        self.move_to(slab, slot, if active { WARM } else { COLD });
    }
}

impl Policy for Memcached {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        slab.set_mark(slot, HOT);
        self.hot.push_head(slab, slot);
        self.juggle(slab);
    }

    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, _now: Micros) {
        let mark = slab.mark(slot);
        if mark == COLD {
            self.move_to(slab, slot, WARM);
            self.juggle(slab);
        } else {
            slab.set_mark(slot, mark | ACTIVE);
        }
    }

    fn on_resize(&mut self, slab: &mut Slab, slot: Slot, before: u64) {
        self.segment(slab, slot).resize(slab, slot, before);
        self.juggle(slab);
    }

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        self.segment(slab, slot).remove(slab, slot);
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let slot = self.next_out(slab, now)?;
        let reason = EvictionReason::Memcached {
            segment: match slab.mark(slot) & !ACTIVE {
                HOT => MemcachedSegment::Hot,
                WARM => MemcachedSegment::Warm,
                _ => MemcachedSegment::Cold,
            },
            idle: slab.idle(slot, now),
        };
        Some((slot, reason))
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        let mut segments = [&self.cold, &self.warm, &self.hot].into_iter();
        segments.find_map(|segment| segment.tail(slab))
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        let active = |mark| Some(u32::from(mark & ACTIVE != 0));
        let (hot, warm) = (Some(self.hot_share), Some(self.warm_share));
        Shape {
            queues: vec![
                self.hot.shape("HOT", hot, slab, active),
                self.warm.shape("WARM", warm, slab, active),
                self.cold.shape("COLD", None, slab, |_| None),
            ],
            ..Shape::default()
        }
    }
}
