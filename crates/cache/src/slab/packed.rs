//! Entries at rest, as keyframes keep them: some 20 bytes each instead of 48 to 64.

use super::{Node, Rest, Slab, Volatile};
use crate::units::{Column, Key, Micros, Version};

/// What there is of entries, a column for each field.
#[derive(Clone, Debug)]
pub struct PackedEntries {
    of_nodes: [Column; 4],
    used_at: Column,
    of_rest: [Column; 5],
    of_volatile: [Column; 2],
}

/// The number after it: what stands for nothing is the largest there is, and becomes 0.
fn next(number: u32) -> u64 {
    number.wrapping_add(1).into()
}

/// The number before it.
fn before(number: u64) -> u32 {
    (number as u32).wrapping_sub(1)
}

/// A column of so many numbers. One copy of it in the program, whatever it is of.
fn column(len: usize, number: &dyn Fn(usize) -> u64) -> Column {
    let numbers: Vec<u64> = (0..len).map(number).collect();
    Column::of(&numbers)
}

impl Slab {
    /// Gives the entries away. Until they are back there is nothing that one could ask.
    pub(crate) fn pack(&mut self) -> PackedEntries {
        let nodes = std::mem::take(&mut self.nodes);
        let used_at = std::mem::take(&mut self.used_at);
        let rest = std::mem::take(&mut self.rest);
        let volatile = std::mem::take(&mut self.volatile);
        let of_node =
            |field: &dyn Fn(&Node) -> u64| column(nodes.len(), &|place| field(&nodes[place]));
        let of_rest =
            |field: &dyn Fn(&Rest) -> u64| column(rest.len(), &|place| field(&rest[place]));
        let of_volatile = |field: &dyn Fn(&Volatile) -> u64| {
            column(volatile.len(), &|place| field(&volatile[place]))
        };
        PackedEntries {
            of_nodes: [
                of_node(&|node| next(node.key.0)),
                of_node(&|node| next(node.towards_head)),
                of_node(&|node| next(node.towards_tail)),
                of_node(&|node| node.mark.into()),
            ],
            used_at: column(used_at.len(), &|place| used_at[place].0),
            of_rest: [
                of_rest(&|rest| rest.inserted_at.0),
                of_rest(&|rest| rest.version.0.into()),
                of_rest(&|rest| next(rest.origin)),
                of_rest(&|rest| rest.size_bytes.into()),
                of_rest(&|rest| next(rest.volatile_place)),
            ],
            of_volatile: [
                of_volatile(&|volatile| volatile.expires_at.0),
                of_volatile(&|volatile| volatile.slot.into()),
            ],
        }
    }

    /// Takes the entries back.
    pub(crate) fn unpack(&mut self, packed: &PackedEntries) {
        let places = 0..packed.used_at.len();
        let [key, head, tail, mark] = &packed.of_nodes;
        let node = |place| Node {
            key: Key(before(key.get(place))),
            towards_head: before(head.get(place)),
            towards_tail: before(tail.get(place)),
            mark: mark.get(place) as u32,
        };
        self.nodes = places.clone().map(node).collect();
        let used_at = |place| Micros(packed.used_at.get(place));
        self.used_at = places.clone().map(used_at).collect();
        let [inserted_at, version, origin, size, volatile] = &packed.of_rest;
        let rest = |place| Rest {
            inserted_at: Micros(inserted_at.get(place)),
            version: Version(version.get(place) as u32),
            origin: before(origin.get(place)),
            size_bytes: size.get(place) as u32,
            volatile_place: before(volatile.get(place)),
        };
        self.rest = places.map(rest).collect();
        let [expires_at, slot] = &packed.of_volatile;
        let volatile = |place| Volatile {
            expires_at: Micros(expires_at.get(place)),
            slot: slot.get(place) as u32,
        };
        self.volatile = (0..slot.len()).map(volatile).collect();
    }
}

impl PackedEntries {
    /// What they take beside the columns themselves, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        let columns = self.of_nodes.iter().chain([&self.used_at]);
        let columns = columns.chain(&self.of_rest).chain(&self.of_volatile);
        columns.map(Column::heap_bytes).sum()
    }
}
