//! A moment that is kept to go on from: packed where there is no room for all as they are, because a long
//! run keeps hundreds.

use sim::{Moment, PackedWorld};
use std::rc::Rc;

/// A moment at rest.
pub(super) struct Keyframe {
    /// Without what is packed: of no use but to go on from it once that is back.
    moment: Moment,
    /// Lane after lane, and the baseline's last; empty where nothing is packed.
    packed: Vec<PackedWorld>,
}

impl Keyframe {
    /// Of a moment, which stays as it is.
    pub(super) fn of(moment: &Moment, is_packed: bool) -> Self {
        let mut moment = moment.clone();
        let packed = match is_packed {
            true => moment.worlds_mut().map(|world| world.pack()).collect(),
            false => Vec::new(),
        };
        Keyframe { moment, packed }
    }

    /// The same, packed.
    pub(super) fn packed(self: Rc<Self>) -> Rc<Self> {
        match self.packed.is_empty() {
            true => Rc::new(Keyframe::of(&self.moment, true)),
            false => self,
        }
    }

    /// The moment.
    pub(super) fn moment(&self) -> Moment {
        let mut moment = self.moment.clone();
        for (world, packed) in moment.worlds_mut().zip(&self.packed) {
            world.unpack(packed);
        }
        moment
    }

    /// Its step.
    pub(super) fn step(&self) -> u32 {
        self.moment.step
    }

    /// About how much memory it takes, in bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        let packed = self.packed.iter().map(PackedWorld::heap_bytes);
        let own = self.packed.len() * size_of::<PackedWorld>();
        self.moment.size_bytes() + packed.sum::<u64>() + own as u64
    }
}
