//! The rows of a database: what was written to them, one write after the other, and a table of what each
//! row holds.
//!
//! The writes lie in chunks that the clones of a world share, so that a keyframe keeps hardly anything of
//! its own. The table says nothing that the writes do not say: a clone leaves it out and makes it anew when
//! it is first asked.

use super::database::Row;
use cache::units::{Micros, Version};
use std::cell::OnceCell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// So many writes lie together.
const CHUNK: usize = 64;

/// From so many writes on those that others have overtaken are left out, as soon as they are the most.
const WRITES_MIN: usize = 4_096;

/// So many rows of the table lie together: those that are written lie anywhere.
const TABLE_CHUNK: usize = 32;

/// A row as it is written, in 12 bytes: the instant in two halves, lower first, needs no multiple of 8.
#[derive(Clone, Copy, Debug)]
struct Packed {
    version: Version,
    committed_at: [u32; 2],
}

/// A row that was never written.
const UNWRITTEN: Packed = Packed {
    version: Version(0),
    committed_at: [0; 2],
};

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

/// That a row was written.
#[derive(Clone, Copy, Debug)]
struct Write {
    place: u32,
    row: Packed,
}

/// The rows, chunk by chunk; a chunk of which nothing was written is not there.
#[derive(Debug)]
struct Table(Vec<Option<Box<[Packed; TABLE_CHUNK]>>>);

/// So many rows.
#[derive(Debug)]
pub(super) struct Rows {
    len: usize,
    /// What each row held that had been written when this was last put together.
    base: Rc<[Write]>,
    /// What was written since, in order. The last chunk is filled up with anything.
    since: Vec<Rc<[Write; CHUNK]>>,
    /// How much that is.
    since_len: usize,
    /// Not there in a clone that nobody has asked yet.
    table: OnceCell<Table>,
}

impl Rows {
    /// So many rows that were never written.
    pub(super) fn new(len: usize) -> Self {
        Rows {
            len,
            base: Rc::new([]),
            since: Vec::new(),
            since_len: 0,
            table: OnceCell::new(),
        }
    }

    #[inline(always)]
    fn table(&self) -> &Table {
        self.table.get_or_init(|| self.made_table())
    }

    #[cold]
    #[inline(never)]
    fn made_table(&self) -> Table {
        let mut table = Table(vec![None; self.len.div_ceil(TABLE_CHUNK)]);
        let since = self.since.iter().flat_map(|chunk| chunk.iter());
        for write in self.base.iter().chain(since.take(self.since_len)) {
            table.set(write.place as usize, write.row);
        }
        table
    }

    pub(super) fn get(&self, place: usize) -> Row {
        self.table().get(place).row()
    }

    pub(super) fn set(&mut self, place: usize, row: Row) {
        self.table();
        let write = Write {
            place: place as u32,
            row: Packed::new(row),
        };
        if let Some(table) = self.table.get_mut() {
            table.set(place, write.row);
        }
        let in_chunk = self.since_len % CHUNK;
        match self.since.last_mut() {
            Some(chunk) if in_chunk > 0 => Rc::make_mut(chunk)[in_chunk] = write,
            _ => self.since.push(Rc::new([write; CHUNK])),
        }
        self.since_len += 1;
        if self.since_len >= WRITES_MIN.max(2 * self.base.len()) {
            self.put_together();
        }
    }

    /// Leaves out the writes that others have overtaken.
    fn put_together(&mut self) {
        let rows = (0..self.len).map(|place| (place, self.table().get(place)));
        let written = rows.filter(|(_, row)| row.version > Version(0));
        let base = written.map(|(place, row)| Write {
            place: place as u32,
            row,
        });
        self.base = base.collect::<Vec<Write>>().into();
        self.since = Vec::new();
        self.since_len = 0;
    }

    /// This clone's share of the memory, in bytes: what several share counts in part for each.
    pub(super) fn heap_bytes(&self) -> u64 {
        let base = size_of_val(&*self.base) / Rc::strong_count(&self.base);
        let share = |chunk: &Rc<_>| size_of_val(&**chunk) / Rc::strong_count(chunk);
        let since: usize = self.since.iter().map(share).sum();
        let table = self.table.get().map_or(0, Table::heap_bytes);
        (base + since + size_of_val(&self.since[..]) + table) as u64
    }
}

impl Table {
    fn heap_bytes(&self) -> usize {
        let chunks = self.0.iter().flatten().count();
        chunks * size_of::<[Packed; TABLE_CHUNK]>() + size_of_val(&self.0[..])
    }

    #[inline(always)]
    fn get(&self, place: usize) -> Packed {
        match &self.0[place / TABLE_CHUNK] {
            Some(chunk) => chunk[place % TABLE_CHUNK],
            None => UNWRITTEN,
        }
    }

    fn set(&mut self, place: usize, row: Packed) {
        let chunk = &mut self.0[place / TABLE_CHUNK];
        chunk.get_or_insert_with(|| Box::new([UNWRITTEN; TABLE_CHUNK]))[place % TABLE_CHUNK] = row;
    }
}

/// Without the table.
impl Clone for Rows {
    fn clone(&self) -> Self {
        Rows {
            len: self.len,
            base: self.base.clone(),
            since: self.since.clone(),
            since_len: self.since_len,
            table: OnceCell::new(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, draw};

    /// Against a vector, through many rewritings, with clones on the way that stay as they were.
    #[test]
    fn every_row_holds_what_was_written_last() {
        let len = 3_000;
        let never = UNWRITTEN.row();
        let (mut rows, mut reference) = (Rows::new(len), vec![never; len]);
        let mut before = (rows.clone(), reference.clone());
        for i in 0..40_000 {
            let drawn = draw(1, Stream::WorkloadKey, i, 0);
            // Half of them go to a tenth of the rows.
            let among = if drawn >> 63 == 0 { len } else { len / 10 };
            let place = drawn as usize % among;
            let row = Row {
                version: Version(i + 1),
                committed_at: Micros(u64::from(i) << 20),
            };
            rows.set(place, row);
            reference[place] = row;
            assert_eq!(rows.get(place), row);
            if i % 1_777 == 0 {
                assert!((0..len).all(|place| before.0.get(place) == before.1[place]));
                before = (rows.clone(), reference.clone());
                assert!((0..len).all(|place| rows.get(place) == reference[place]));
                // A clone has no table, and shares the rest.
                let alone = rows.heap_bytes();
                assert!(rows.clone().heap_bytes() * 2 <= alone);
            }
        }
        // What was overtaken is not kept for ever.
        assert!(rows.base.len() <= len && rows.since_len < 2 * len.max(WRITES_MIN));
    }
}
