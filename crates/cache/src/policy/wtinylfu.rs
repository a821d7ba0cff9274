//! W-TinyLFU: a small LRU window for what is new, a segmented LRU for the rest, and between the two a
//! contest: what leaves the window comes in only if it has been used more often than what would have
//! to go for it.
//!
//! G. Einziger, R. Friedman, B. Manes, "TinyLFU: a highly efficient cache admission policy", ACM
//! Transactions on Storage 13(4), 2017. The window has 1 % of the capacity (at least one entry), the
//! main part's protected segment 80 % of the rest; how often a key has been used is estimated by a
//! sketch of 4-bit counters, see `sketch.rs`. Every request counts once: a hit, or a new entry.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::segment::Segment;
use crate::settings::{CacheSettings, Capacity};
use crate::shape::{Member, Shape};
use crate::sketch::Sketch;
use crate::slab::{RINGS, Slab, Slot};
use crate::units::{Key, Micros};

pub(super) const ABOUT: About = About {
    title: "W-TinyLFU",
    rule: "keeps a new entry only if it is used more than the one that it would replace",
    ends: ("protected", "next contest"),
    queues: &[
        QueueAbout::hard("window", "new keys"),
        QueueAbout::soft("probation", "won a place"),
        QueueAbout::hard("protected", "used again"),
    ],
    mark: Some(|estimate| format!("est. {estimate}")),
    curve_at_first: true,
    ..About::LIST
};

const WINDOW_PERCENT: u64 = 1;
const PROTECTED_PERCENT: u64 = 80;

/// Marks.
const WINDOW: u32 = 0;
const PROBATION: u32 = 1;
const PROTECTED: u32 = 2;

/// The number of entries that the sketch is made for at first where the capacity is in bytes.
const SKETCH_MIN: u32 = 64;

/// The three segments and the sketch.
#[derive(Clone, Debug, Hash)]
pub(crate) struct WTinyLfu {
    window: Segment,
    probation: Segment,
    protected: Segment,
    window_share: u64,
    protected_share: u64,
    sketch: Sketch,
    coming_weight: u64,
}

/// The victim, and the rival that it lost to.
struct Verdict {
    loser: Slot,
    winner: Option<Slot>,
}

impl WTinyLfu {
    pub(super) fn new(settings: &CacheSettings, slab: &Slab) -> Self {
        let window_share = slab.share(WINDOW_PERCENT).max(1);
        let main_share = slab.limit() - window_share;
        let entries = match settings.capacity {
            Capacity::Entries(entries) => entries,
            Capacity::Bytes { .. } => SKETCH_MIN,
        };
        WTinyLfu {
            window: Segment::new(RINGS[0]),
            probation: Segment::new(RINGS[1]),
            protected: Segment::new(RINGS[2]),
            window_share,
            protected_share: main_share / 100 * PROTECTED_PERCENT
                + main_share % 100 * PROTECTED_PERCENT / 100,
            sketch: Sketch::new(entries),
            coming_weight: 0,
        }
    }

    fn segment(&mut self, slab: &Slab, slot: Slot) -> &mut Segment {
        match slab.mark(slot) {
            WINDOW => &mut self.window,
            PROBATION => &mut self.probation,
            _ => &mut self.protected,
        }
    }

    fn move_to(&mut self, slab: &mut Slab, slot: Slot, mark: u32) {
        self.segment(slab, slot).remove(slab, slot);
        slab.set_mark(slot, mark);
        self.segment(slab, slot).push_head(slab, slot);
    }

    /// Moves entries beyond the protected segment's share to probation.
    fn demote(&mut self, slab: &mut Slab) {
        while self.protected.weight() > self.protected_share {
            let Some(slot) = self.protected.tail(slab) else {
                break;
            };
            self.move_to(slab, slot, PROBATION);
        }
    }

    /// While there is room, entries beyond the window's share move on without a contest.
    fn overflow(&mut self, slab: &mut Slab) {
        while self.window.weight() > self.window_share {
            match self.window.tail(slab) {
                // An entry larger than the window stays until there is another one.
                Some(slot) if slab.weight(slot) < self.window.weight() => {
                    self.move_to(slab, slot, PROBATION);
                }
                _ => break,
            }
        }
    }

    fn judge(&self, slab: &Slab, coming_weight: u64) -> Option<Verdict> {
        let uncontested = |loser| Verdict {
            loser,
            winner: None,
        };
        let probation = self.probation.tail(slab);
        let main = probation.or(self.protected.tail(slab));
        let window = self.window.tail(slab);
        let (Some(newcomer), Some(incumbent)) = (window, main) else {
            return main.or(window).map(uncontested);
        };
        if self.window.weight() + coming_weight <= self.window_share {
            return Some(uncontested(incumbent));
        }
        let estimate = |slot| self.sketch.estimate(slab.key(slot));
        Some(if estimate(newcomer) > estimate(incumbent) {
            Verdict {
                loser: incumbent,
                winner: Some(newcomer),
            }
        } else {
            Verdict {
                loser: newcomer,
                winner: Some(incumbent),
            }
        })
    }
}

impl Policy for WTinyLfu {
    fn admit(&mut self, slab: &Slab, key: Key, weight: u64) {
        if slab.len() > self.sketch.entries() {
            // A cache measured in bytes holds more entries than thought: begin a larger sketch.
            self.sketch = Sketch::new(self.sketch.entries() * 2);
        }
        self.sketch.count(key);
        self.coming_weight = weight;
    }

    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        slab.set_mark(slot, WINDOW);
        self.window.push_head(slab, slot);
        self.overflow(slab);
        self.coming_weight = 0;
    }

    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, _now: Micros) {
        self.sketch.count(slab.key(slot));
        match slab.mark(slot) {
            WINDOW => self.window.move_to_head(slab, slot),
            PROTECTED => self.protected.move_to_head(slab, slot),
            _ => {
                self.move_to(slab, slot, PROTECTED);
                self.demote(slab);
            }
        }
    }

    fn on_resize(&mut self, slab: &mut Slab, slot: Slot, before: u64) {
        self.segment(slab, slot).resize(slab, slot, before);
        self.overflow(slab);
        self.demote(slab);
    }

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        self.segment(slab, slot).remove(slab, slot);
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let Verdict { loser, winner } = self.judge(slab, self.coming_weight)?;
        let newcomer = slab.mark(loser) == WINDOW;
        let Some(winner) = winner else {
            let reason = EvictionReason::Uncontested {
                window: newcomer,
                idle: slab.idle(loser, now),
            };
            return Some((loser, reason));
        };
        if !newcomer {
            self.move_to(slab, winner, PROBATION);
        }
        let (loser_key, rival) = (slab.key(loser), slab.key(winner));
        let reason = EvictionReason::Contest {
            newcomer,
            uses: self.sketch.estimate(loser_key),
            rival_uses: self.sketch.estimate(rival),
            rival,
        };
        Some((loser, reason))
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        Some(self.judge(slab, slab.weigh(0))?.loser)
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        let mut queues = vec![
            self.protected
                .shape("protected", Some(self.protected_share), slab, |_| None),
            self.probation.shape("probation", None, slab, |_| None),
            self.window
                .shape("window", Some(self.window_share), slab, |_| None),
        ];
        let count = |member: &mut Member| {
            member.mark = Some(self.sketch.estimate(member.key).into());
        };
        for queue in &mut queues {
            queue.members.iter_mut().for_each(count);
        }
        Shape {
            queues,
            ..Shape::default()
        }
    }

    fn heap_bytes(&self) -> u64 {
        self.sketch.heap_bytes()
    }
}
