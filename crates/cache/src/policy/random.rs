//! Random replacement: any entry, with equal chances. Other policies have to beat it.
//!
//! L. A. Bélády, "A study of replacement algorithms for a virtual-storage computer", IBM Systems
//! Journal 5(2), 1966. Under Valkey's names it is `allkeys-random` and `volatile-random`.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::sample::{Draws, Members, Purpose};
use crate::settings::{CacheSettings, Scope};
use crate::shape::{Member, QueueShape, Shape};
use crate::slab::{Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "Random",
    rule: "evicts an entry at random",
    ends: ("any", "drawn next"),
    maxmemory: &[
        ("allkeys-random", Scope::AllKeys),
        ("volatile-random", Scope::Volatile),
    ],
    queues: &[QueueAbout::only("keys")],
    ordered: false,
    note: Some("No order: any entry may be the victim."),
    short_reasons: true,
    ..About::LIST
};

/// The entries, and the draws so far: one a victim.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Random {
    members: Members,
    draws: Draws,
}

impl Random {
    pub(super) fn new(settings: &CacheSettings, _slab: &Slab) -> Self {
        Random {
            members: Members::new(),
            draws: Draws::new(settings.seed, Purpose::Sample),
        }
    }

    fn draw(&self, draws: &mut Draws) -> Option<Slot> {
        let slots = self.members.slots();
        let among = slots.len() as u32;
        (among > 0).then(|| slots[draws.below(among) as usize])
    }
}

impl Policy for Random {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        self.members.insert(slab, slot);
    }

    fn on_hit(&mut self, _slab: &mut Slab, _slot: Slot, _now: Micros) {}

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        self.members.remove(slab, slot);
    }

    fn victim(&mut self, _slab: &mut Slab, _now: Micros) -> Option<(Slot, EvictionReason)> {
        let mut draws = self.draws;
        let slot = self.draw(&mut draws)?;
        self.draws = draws;
        let among = self.members.slots().len() as u32;
        Some((slot, EvictionReason::Random { among }))
    }

    fn next_out(&self, _slab: &Slab, _now: Micros) -> Option<Slot> {
        self.draw(&mut self.draws.clone())
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        let member = |&slot: &Slot| Member {
            key: slab.key(slot),
            mark: None,
        };
        let queue = QueueShape {
            name: "keys",
            limit: None,
            ghosts: false,
            members: self.members.slots().iter().map(member).collect(),
        };
        Shape {
            queues: vec![queue],
            ..Shape::default()
        }
    }

    fn heap_bytes(&self) -> u64 {
        self.members.heap_bytes()
    }
}
