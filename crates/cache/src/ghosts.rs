//! Ghosts: the keys of entries that have gone, in the order in which they went. Some policies
//! remember them to recognise an entry that has been given up too early.

use super::index::{Index, Keyed, NO_KEY};
use super::shape::{Member, QueueShape};
use crate::units::Key;

/// One remembered key. The links are places in `Ghosts::places`.
#[derive(Clone, Copy, Debug, Hash)]
struct Ghost {
    key: Key,
    towards_head: u32,
    towards_tail: u32,
    weight: u64,
}

impl Keyed for Ghost {
    fn key(&self) -> Key {
        self.key
    }
}

/// The ring's end.
const END: u32 = 0;

/// A queue of keys, each with the weight that its entry had.
#[derive(Clone, Debug, Hash)]
pub(super) struct Ghosts {
    index: Index,
    places: Vec<Ghost>,
    free: Vec<u32>,
    weight: u64,
}

impl Ghosts {
    pub(super) fn new() -> Self {
        let end = Ghost {
            key: NO_KEY,
            towards_head: END,
            towards_tail: END,
            weight: 0,
        };
        Ghosts {
            index: Index::default(),
            places: vec![end],
            free: Vec::new(),
            weight: 0,
        }
    }

    /// The total weight that the remembered entries had.
    pub(super) fn weight(&self) -> u64 {
        self.weight
    }

    /// Remembers a key that is not remembered yet.
    pub(super) fn push_head(&mut self, key: Key, weight: u64) {
        let lower = self.places[END as usize].towards_tail;
        let ghost = Ghost {
            key,
            towards_head: END,
            towards_tail: lower,
            weight,
        };
        let place = match self.free.pop() {
            Some(place) => {
                self.places[place as usize] = ghost;
                place
            }
            None => {
                self.places.push(ghost);
                self.places.len() as u32 - 1
            }
        };
        self.places[END as usize].towards_tail = place;
        self.places[lower as usize].towards_head = place;
        self.index.insert(key, place);
        self.weight += weight;
    }

    /// Forgets a key, and returns whether it was remembered.
    pub(super) fn remove(&mut self, key: Key) -> bool {
        let place = self.index.find(key, &self.places);
        if let Some(place) = place {
            self.forget(place);
        }
        place.is_some()
    }

    /// Forgets the oldest keys until the rest weighs at most `weight`.
    pub(super) fn shrink_to(&mut self, weight: u64) {
        while self.weight > weight {
            let oldest = self.places[END as usize].towards_head;
            self.forget(oldest);
        }
    }

    fn forget(&mut self, place: u32) {
        let ghost = self.places[place as usize];
        self.index.remove(ghost.key);
        self.places[place as usize].key = NO_KEY;
        self.places[ghost.towards_head as usize].towards_tail = ghost.towards_tail;
        self.places[ghost.towards_tail as usize].towards_head = ghost.towards_head;
        self.weight -= ghost.weight;
        self.free.push(place);
    }

    pub(super) fn shape(&self, name: &'static str, limit: Option<u64>) -> QueueShape {
        let mut members = Vec::new();
        let mut place = self.places[END as usize].towards_tail;
        while place != END {
            let ghost = self.places[place as usize];
            members.push(Member {
                key: ghost.key,
                mark: None,
            });
            place = ghost.towards_tail;
        }
        QueueShape {
            name,
            limit,
            ghosts: true,
            members,
        }
    }

    pub(super) fn heap_bytes(&self) -> u64 {
        let places = size_of_val(self.places.as_slice()) + size_of_val(self.free.as_slice());
        self.index.heap_bytes() + places as u64
    }
}
