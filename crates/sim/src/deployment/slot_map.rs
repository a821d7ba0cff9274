//! Which shard has which slots, and which slots are to move when a shard joins or leaves.

use super::slots::{SLOTS, even_range};
use std::collections::VecDeque;
use std::ops::RangeInclusive;

/// Which shard has each slot: the first slot of each run of slots that have one owner, with that owner.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SlotMap {
    runs: Vec<(u16, u16)>,
}

impl SlotMap {
    /// Shards that share the slots evenly.
    pub fn even(shards: u16) -> Self {
        let run = |shard| (*even_range(shard, shards).start(), shard);
        SlotMap {
            runs: (0..shards).map(run).collect(),
        }
    }

    /// The shard that has a slot.
    pub fn owner(&self, slot: u16) -> u16 {
        let later = self.runs.partition_point(|(first, _)| *first <= slot);
        self.runs[later - 1].1
    }

    /// The slots of a shard: the first and the last of each range.
    pub fn ranges(&self, shard: u16) -> Vec<(u16, u16)> {
        let ends = self.runs.iter().skip(1).map(|(first, _)| first - 1);
        let runs = self.runs.iter().zip(ends.chain([SLOTS - 1]));
        let own = runs.filter(|((_, owner), _)| *owner == shard);
        own.map(|((first, _), last)| (*first, last)).collect()
    }

    /// How many slots a shard has.
    pub fn count(&self, shard: u16) -> u16 {
        let ranges = self.ranges(shard).into_iter();
        ranges.map(|(first, last)| last - first + 1).sum()
    }

    /// Gives slots to a shard.
    pub fn give(&mut self, slots: RangeInclusive<u16>, to: u16) {
        let (first, after) = (*slots.start(), slots.end() + 1);
        let goes_on = (after < SLOTS).then(|| (after, self.owner(after)));
        self.runs
            .retain(|(start, _)| *start < first || *start > after);
        self.runs.push((first, to));
        self.runs.extend(goes_on);
        self.runs.sort_unstable();
        self.runs.dedup_by_key(|(_, owner)| *owner);
    }
}

/// Slots in a row that are to go from one shard to another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Move {
    /// The first slot.
    pub first: u16,
    /// The last slot.
    pub last: u16,
    /// The shard that has them.
    pub from: u16,
    /// The shard that is to have them.
    pub to: u16,
}

impl Move {
    /// How many slots.
    pub const fn count(&self) -> u16 {
        self.last - self.first + 1
    }
}

/// The first `count` slots of the ranges, which are left without them.
fn take(ranges: &mut VecDeque<(u16, u16)>, mut count: u16) -> Vec<(u16, u16)> {
    let mut taken = Vec::new();
    while let (Some(range), true) = (ranges.front_mut(), count > 0) {
        let (first, last) = *range;
        let end = last.min(first + (count - 1));
        taken.push((first, end));
        count -= end - first + 1;
        if end == last {
            ranges.pop_front();
        } else {
            range.0 = end + 1;
        }
    }
    taken
}

/// What goes to a shard that joins: of each other shard the first slots, as many as it has beyond an even share.
/// That is what `valkey-cli --cluster rebalance` takes.
pub(super) fn plan_to_add(owners: &SlotMap, others: &[u16], joins: u16) -> VecDeque<Move> {
    let share = SLOTS / (others.len() as u16 + 1);
    let mut moves = VecDeque::new();
    for &from in others {
        let mut own = VecDeque::from(owners.ranges(from));
        let beyond = owners.count(from).saturating_sub(share);
        for (first, last) in take(&mut own, beyond) {
            let to = joins;
            moves.push_back(Move {
                first,
                last,
                from,
                to,
            });
        }
    }
    moves
}

/// What goes away from a shard that leaves: to each other shard what it lacks of an even share, in order.
pub(super) fn plan_to_remove(owners: &SlotMap, others: &[u16], leaves: u16) -> VecDeque<Move> {
    let count = others.len() as u16;
    let mut own = VecDeque::from(owners.ranges(leaves));
    let mut moves = VecDeque::new();
    for (place, &to) in (0..).zip(others) {
        let share = SLOTS / count + u16::from(place < SLOTS % count);
        let lacks = match place + 1 == count {
            true => SLOTS,
            false => share.saturating_sub(owners.count(to)),
        };
        for (first, last) in take(&mut own, lacks) {
            let from = leaves;
            moves.push_back(Move {
                first,
                last,
                from,
                to,
            });
        }
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `valkey-cli --cluster rebalance --cluster-use-empty-masters` does to three shards and an empty one.
    #[test]
    fn a_fourth_shard_gets_the_first_slots_of_each_other() {
        let mut owners = SlotMap::even(3);
        for of in plan_to_add(&owners.clone(), &[0, 1, 2], 3) {
            owners.give(of.first..=of.last, of.to);
        }
        let new = [(0, 1_364), (5_461, 6_826), (10_923, 12_287)];
        assert_eq!(owners.ranges(3), new);
        assert_eq!([0, 1, 2, 3].map(|shard| owners.count(shard)), [4_096; 4]);
    }

    #[test]
    fn a_shard_that_leaves_is_shared_evenly() {
        let mut owners = SlotMap::even(4);
        for of in plan_to_remove(&owners.clone(), &[0, 2, 3], 1) {
            assert_eq!(of.from, 1);
            owners.give(of.first..=of.last, of.to);
        }
        assert_eq!(
            [0, 1, 2, 3].map(|shard| owners.count(shard)),
            [5_462, 0, 5_461, 5_461]
        );
    }

    /// Compares with a plain list of owners.
    #[test]
    fn a_map_is_the_list_of_its_owners() {
        let mut map = SlotMap::even(3);
        let mut list: Vec<u16> = (0..SLOTS).map(|slot| map.owner(slot)).collect();
        let gifts = [
            (0, 0, 2),
            (16_383, 16_383, 0),
            (100, 9_000, 1),
            (50, 150, 3),
        ];
        for (first, last, to) in gifts {
            map.give(first..=last, to);
            list[usize::from(first)..=usize::from(last)].fill(to);
            let owners: Vec<u16> = (0..SLOTS).map(|slot| map.owner(slot)).collect();
            assert_eq!(owners, list);
            let of_three = list.iter().filter(|owner| **owner == 3).count();
            assert_eq!(usize::from(map.count(3)), of_three);
        }
    }
}
