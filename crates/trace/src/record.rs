//! The requests of a trace, in columns.
//!
//! A trace can have millions of requests, and many formats say little about each. So each property is a
//! column of its own, and a column that would hold only its default is empty: a file of keys takes
//! 4 bytes a request, one that says everything 24.

use cache::units::{Key, Micros};
use scenario::VALUE_BYTES;
use sim::OwnTtl;
use std::rc::Rc;

/// The time between two requests of a file without times.
pub const SPACING: Micros = Micros(1_000_000);

/// What a request of a trace does to its key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Access {
    /// Reads it.
    #[default]
    Read,
    /// Writes it: the whole value, or a part of it.
    Write,
    /// Deletes it.
    Delete,
    /// Changes its TTL, and nothing else.
    Expire,
}

/// What a request of a trace says about its key's TTL.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lifetime {
    /// Nothing: the lane's TTL holds.
    #[default]
    Unsaid,
    /// It keeps the TTL that it has, if it has one.
    Keep,
    /// It has none.
    Never,
    /// It is this long, from this request.
    After(Micros),
}

impl Lifetime {
    /// The TTL of a scripted request. A script cannot keep a TTL; there the lane's holds.
    pub fn as_own_ttl(self) -> OwnTtl {
        match self {
            Lifetime::Unsaid | Lifetime::Keep => OwnTtl::Unsaid,
            Lifetime::Never => OwnTtl::Never,
            Lifetime::After(ttl) => OwnTtl::After(ttl),
        }
    }
}

/// One request of a trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record {
    /// When it came, from the first request.
    pub at: Micros,
    /// What it does: a read unless the file says otherwise.
    pub access: Access,
    /// The key that it is about.
    pub key: Key,
    /// The size of key and value in bytes; 0 where the file does not say.
    pub size_bytes: u32,
    /// What the file says about its TTL.
    pub lifetime: Lifetime,
}

impl Record {
    /// The size of the copy that it stores, key and value, in bytes: as the file says, but no less than
    /// the key's name (`name_bytes`). Where the file says nothing, the value has the usual size.
    pub(super) fn stored_bytes(&self, name_bytes: u32) -> u32 {
        match self.size_bytes {
            0 => name_bytes + VALUE_BYTES,
            said => said.max(name_bytes),
        }
    }
}

/// The requests of a trace, in the file's order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Records {
    keys: Vec<Key>,
    /// Whether the file has times; if not, its requests are [`SPACING`] apart.
    timed: bool,
    at_us: Column<u64>,
    sizes: Column<u32>,
    /// Access and lifetime, packed.
    doings: Column<u64>,
}

/// A column that stays empty while it would hold only zeros.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Column<T>(Vec<T>);

impl<T: Copy + Default + PartialEq> Column<T> {
    /// Adds the value of row `row`, which has to be the next one.
    fn push(&mut self, row: usize, value: T) {
        if !self.0.is_empty() {
            self.0.push(value);
        } else if value != T::default() {
            self.0.resize(row, T::default());
            self.0.push(value);
        }
    }

    fn get(&self, row: usize) -> T {
        self.0.get(row).copied().unwrap_or_default()
    }
}

impl Records {
    /// How many requests there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether the file has times; if not, its requests are [`SPACING`] apart.
    pub fn timed(&self) -> bool {
        self.timed
    }

    /// Whether the file gives the size of any request.
    pub fn sized(&self) -> bool {
        !self.sizes.0.is_empty()
    }

    /// The request at `row`, from 0.
    pub fn get(&self, row: usize) -> Record {
        let (access, lifetime) = unpack(self.doings.get(row));
        Record {
            at: match self.timed {
                true => Micros(self.at_us.get(row)),
                false => Micros(row as u64 * SPACING.0),
            },
            access,
            key: self.keys[row],
            size_bytes: self.sizes.get(row),
            lifetime,
        }
    }

    /// The requests in order.
    pub fn iter(&self) -> impl Iterator<Item = Record> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The keys that are read or written, in order: the stream that reference simulators take.
    /// Deletions and changes of a TTL are left out.
    pub fn requested(&self) -> Rc<[Key]> {
        let wanted = |row: usize| {
            let (access, _) = unpack(self.doings.get(row));
            matches!(access, Access::Read | Access::Write)
        };
        match self.doings.0.is_empty() {
            true => Rc::from(self.keys.as_slice()),
            false => (0..self.len())
                .filter(|&row| wanted(row))
                .map(|row| self.keys[row])
                .collect(),
        }
    }

    /// Their size on the heap, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        let narrow = self.keys.capacity() + self.sizes.0.capacity();
        let wide = self.at_us.0.capacity() + self.doings.0.capacity();
        narrow as u64 * 4 + wide as u64 * 8
    }

    pub(super) fn set_timed(&mut self) {
        self.timed = true;
    }

    pub(super) fn push(&mut self, record: Record) {
        let row = self.len();
        self.keys.push(record.key);
        self.at_us
            .push(row, if self.timed { record.at.0 } else { 0 });
        self.sizes.push(row, record.size_bytes);
        self.doings.push(row, pack(record.access, record.lifetime));
    }
}

/// Packs two bits of access, two for the variant of the lifetime, and the TTL, which is at most
/// `TIME_MAX_US` and so has at most 50 bits. A read that says nothing about its TTL is 0.
fn pack(access: Access, lifetime: Lifetime) -> u64 {
    let (said, ttl_us) = match lifetime {
        Lifetime::Unsaid => (0, 0),
        Lifetime::Keep => (1, 0),
        Lifetime::Never => (2, 0),
        Lifetime::After(ttl) => (3, ttl.0),
    };
    access as u64 | said << 2 | ttl_us << 4
}

fn unpack(packed: u64) -> (Access, Lifetime) {
    let access = match packed & 3 {
        0 => Access::Read,
        1 => Access::Write,
        2 => Access::Delete,
        _ => Access::Expire,
    };
    let lifetime = match packed >> 2 & 3 {
        0 => Lifetime::Unsaid,
        1 => Lifetime::Keep,
        2 => Lifetime::Never,
        _ => Lifetime::After(Micros(packed >> 4)),
    };
    (access, lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::TIME_MAX_US;

    #[test]
    fn packing_loses_nothing() {
        for access in [Access::Read, Access::Write, Access::Delete, Access::Expire] {
            let after = [0, 1, TIME_MAX_US].map(|us| Lifetime::After(Micros(us)));
            for lifetime in [Lifetime::Unsaid, Lifetime::Keep, Lifetime::Never]
                .into_iter()
                .chain(after)
            {
                assert_eq!(unpack(pack(access, lifetime)), (access, lifetime));
            }
        }
        assert_eq!(pack(Access::Read, Lifetime::Unsaid), 0);
    }

    #[test]
    fn columns_appear_when_they_have_something_to_say() {
        let record = |n: u32| Record {
            at: Micros(u64::from(n) * SPACING.0),
            access: if n == 3 { Access::Delete } else { Access::Read },
            key: Key(n % 2),
            size_bytes: if n == 5 { 7 } else { 0 },
            lifetime: Lifetime::Unsaid,
        };
        let mut records = Records::default();
        (0..3).for_each(|n| records.push(record(n)));
        assert!(!records.sized() && records.doings.0.is_empty() && records.at_us.0.is_empty());
        (3..8).for_each(|n| records.push(record(n)));
        let all: Vec<Record> = records.iter().collect();
        assert_eq!(all, (0..8).map(record).collect::<Vec<Record>>());
        assert_eq!(records.requested().len(), 7);
    }
}
