//! The rows of a database, in chunks that the clones of a world share until one of them is written: two
//! keyframes of a large database differ in few rows.

use super::database::Row;
use crate::units::{Micros, Version};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// Small, because the rows that are written lie anywhere.
const CHUNK: usize = 8;

/// So many chunks tell how much of them is shared.
const CHUNKS_ASKED: usize = 128;

type Chunk = [Packed; CHUNK];

/// A row in 12 bytes: the instant in two halves, lower first, needs no multiple of 8.
#[derive(Clone, Copy, Debug)]
struct Packed {
    version: Version,
    committed_at: [u32; 2],
}

impl Packed {
    fn new(row: Row) -> Self {
        let at = row.committed_at.0;
        Packed {
            version: row.version,
            committed_at: [at as u32, (at >> 32) as u32],
        }
    }

    fn row(self) -> Row {
        let [low, high] = self.committed_at;
        Row {
            version: self.version,
            committed_at: Micros(u64::from(high) << 32 | u64::from(low)),
        }
    }
}

/// So many rows.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// The last one is filled up with rows that nobody asks for.
    chunks: Vec<Rc<Chunk>>,
    len: usize,
}

impl Rows {
    /// So many equal rows. They all are one chunk.
    pub(super) fn new(row: Row, len: usize) -> Self {
        let chunk = Rc::new([Packed::new(row); CHUNK]);
        Rows {
            chunks: vec![chunk; len.div_ceil(CHUNK)],
            len,
        }
    }

    pub(super) fn get(&self, place: usize) -> Row {
        self.chunks[place / CHUNK][place % CHUNK].row()
    }

    pub(super) fn set(&mut self, place: usize, row: Row) {
        Rc::make_mut(&mut self.chunks[place / CHUNK])[place % CHUNK] = Packed::new(row);
    }

    /// About this clone's share of the memory, in bytes: what several share counts in part for each. Of
    /// many chunks only some are looked at, spread evenly, because every keyframe is asked time and again.
    pub(super) fn heap_bytes(&self) -> u64 {
        let own = size_of::<Chunk>() + 2 * size_of::<usize>();
        let share = |chunk: &Rc<Chunk>| (own / Rc::strong_count(chunk)) as u64;
        let every = self.chunks.len().div_ceil(CHUNKS_ASKED).max(1);
        let asked = self.chunks.iter().step_by(every);
        let chunks = asked.map(share).sum::<u64>() * every as u64;
        chunks + (self.chunks.len() * size_of::<Rc<Chunk>>()) as u64
    }
}

/// Row after row, as the rows of one vector.
impl Hash for Rows {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len.hash(state);
        for place in 0..self.len {
            self.get(place).hash(state);
        }
    }
}
