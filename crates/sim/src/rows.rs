//! The rows of a database.

use super::database::Row;
use cache::units::{Key, Micros, Version};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// How many rows one chunk holds.
const CHUNK: usize = 16;

/// A row that was never written.
const UNWRITTEN: Row = Row {
    version: Version(0),
    committed_at: Micros::ZERO,
};

/// As many rows as there are keys, and after them those of keys that people have written by hand. A database may have a million of them, and few are written between two
/// keyframes, so clones share each chunk until one of them writes to it.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    len: usize,
    chunks: Vec<Rc<[Row; CHUNK]>>,
}

impl Rows {
    /// Rows that were never written.
    pub(super) fn new(len: u32) -> Self {
        let len = len as usize;
        let unwritten = Rc::new([UNWRITTEN; CHUNK]);
        Rows {
            len,
            chunks: vec![unwritten; len.div_ceil(CHUNK)],
        }
    }

    /// What was written to a row last; version 0 if nothing was.
    pub(super) fn get(&self, key: Key) -> Row {
        let place = key.0 as usize;
        match self.chunks.get(place / CHUNK) {
            Some(chunk) => chunk[place % CHUNK],
            None => UNWRITTEN,
        }
    }

    pub(super) fn set(&mut self, key: Key, row: Row) {
        let place = key.0 as usize;
        self.len = self.len.max(place + 1);
        while self.chunks.len() * CHUNK < self.len {
            self.chunks.push(Rc::new([UNWRITTEN; CHUNK]));
        }
        Rc::make_mut(&mut self.chunks[place / CHUNK])[place % CHUNK] = row;
    }

    /// This clone's share of the memory, in bytes: a chunk that several share counts in part for each.
    pub(super) fn heap_bytes(&self) -> u64 {
        let share = |chunk: &Rc<_>| size_of_val(&**chunk) / Rc::strong_count(chunk);
        let chunks: usize = self.chunks.iter().map(share).sum();
        (chunks + size_of_val(&self.chunks[..])) as u64
    }
}

/// Row after row, written or not.
impl Hash for Rows {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len.hash(state);
        for place in 0..self.len {
            self.get(Key(place as u32)).hash(state);
        }
    }
}
