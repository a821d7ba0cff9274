//! The database: rows with versions, and what its kind asks of a query before it begins. Each kind is one file
//! that implements [`Serve`].

mod dynamodb;
mod kind;
mod memorydb;
mod relational;

use crate::event::{Refused, Verb};
use crate::rows::Rows;
use cache::units::{Key, Micros, Version};
use dynamodb::Partitions;
pub use dynamodb::{PARTITION, Table, Units, units};
pub use kind::{DatabaseKind, Intake};
use memorydb::Running;
use relational::Connections;
pub use relational::Pool;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};

/// What the kinds of databases differ in.
trait Serve {
    /// A query arrives.
    fn arrive(&mut self, query: &Query) -> Arrival;
    /// A query is done. Returns the slot of the one that begins in its place.
    fn leave(&mut self) -> Option<u32>;
    /// Empties the queue, and returns the slots of the requests that waited.
    fn turn_away(&mut self) -> VecDeque<u32> {
        VecDeque::new()
    }
    /// How many queries run.
    fn busy(&self) -> u32;
    /// How many queries wait.
    fn queued(&self) -> u32 {
        0
    }
    /// About how much memory it takes beside its own fields, in bytes.
    fn heap_bytes(&self) -> u64 {
        0
    }
}

/// A query that arrives.
pub(super) struct Query {
    /// The request's slot.
    pub slot: u32,
    /// Whether it reads or writes.
    pub verb: Verb,
    /// What it reads or writes, where the kind of database wants to know.
    pub item: Item,
    /// When it arrives.
    pub at: Micros,
}

/// What a query reads or writes.
#[derive(Default)]
pub(super) struct Item {
    /// The partition of its key.
    pub partition: u16,
    /// The size of its key and value, in bytes; 0 if there is none.
    pub size_bytes: u32,
}

/// What becomes of a query when it arrives.
pub(super) enum Arrival {
    /// It begins.
    Begins,
    /// It waits.
    Waits,
    /// It is refused.
    Refused(Refused),
}

/// What the kind of a database keeps.
#[derive(Clone, Debug)]
enum Served {
    Relational(Connections),
    DynamoDb(Partitions),
    MemoryDb(Running),
}

/// A pool hashes as it did before there were other kinds.
impl Hash for Served {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Served::Relational(connections) => connections.hash(state),
            Served::DynamoDb(partitions) => ("dynamodb", partitions).hash(state),
            Served::MemoryDb(running) => ("memorydb", running).hash(state),
        }
    }
}

/// The state of the database.
#[derive(Clone, Debug, Hash)]
pub struct Database {
    /// The rows that have been written; any other row has version 0 here.
    written: Rows,
    /// The commits that have reached the replica, if reads go to one.
    replicated: BTreeMap<Key, Version>,
    served: Served,
}

/// One row: its version, and when that was committed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Row {
    /// The current version; 1 if it was never written, 0 if the row does not exist.
    pub version: Version,
    /// When that version was committed; 0 if it was never written.
    pub committed_at: Micros,
}

impl Database {
    pub(super) fn new(rows: u32, intake: Intake) -> Self {
        Database {
            written: Rows::new(rows),
            replicated: BTreeMap::new(),
            served: match intake {
                Intake::Relational(pool) => Served::Relational(Connections::new(pool)),
                Intake::DynamoDb(table) => Served::DynamoDb(Partitions::new(table)),
                Intake::MemoryDb => Served::MemoryDb(Running::default()),
            },
        }
    }

    fn served(&self) -> &dyn Serve {
        match &self.served {
            Served::Relational(connections) => connections,
            Served::DynamoDb(partitions) => partitions,
            Served::MemoryDb(running) => running,
        }
    }

    fn served_mut(&mut self) -> &mut dyn Serve {
        match &mut self.served {
            Served::Relational(connections) => connections,
            Served::DynamoDb(partitions) => partitions,
            Served::MemoryDb(running) => running,
        }
    }

    /// The row of `key` if it has been written.
    pub fn written(&self, key: Key) -> Option<Row> {
        Some(self.written.get(key)).filter(|row| row.version > Version(0))
    }

    /// The version of `key` that has reached the replica, if any has.
    pub(super) fn replicated(&self, key: Key) -> Option<Version> {
        self.replicated.get(&key).copied()
    }

    /// Applies a version at the replica, which may already have a later one, and returns the version that
    /// the replica then has.
    pub(super) fn replicate(&mut self, key: Key, version: Version) -> Version {
        let held = self.replicated.entry(key).or_insert(version);
        *held = version.max(*held);
        *held
    }

    /// About how much memory it takes beside its own fields, in bytes.
    pub(super) fn heap_bytes(&self) -> u64 {
        // A map's nodes are about two thirds full.
        let replicated = self.replicated.len() * size_of::<(Key, Version)>() * 3 / 2;
        self.written.heap_bytes() + self.served().heap_bytes() + replicated as u64
    }

    /// How many queries run.
    pub fn busy(&self) -> u32 {
        self.served().busy()
    }

    /// How many requests wait for a connection.
    pub fn queued(&self) -> u32 {
        self.served().queued()
    }

    /// What has been used of each of the table's partitions in the second of `now`; none without partitions.
    pub fn used(&self, now: Micros) -> Vec<Units> {
        match &self.served {
            Served::DynamoDb(partitions) => partitions.used(now),
            Served::Relational(_) | Served::MemoryDb(_) => Vec::new(),
        }
    }

    /// A query begins, joins the queue or is refused.
    pub(super) fn arrive(&mut self, query: &Query) -> Arrival {
        self.served_mut().arrive(query)
    }

    /// A query is done. Returns the request that begins in its place, if one has waited.
    pub(super) fn leave(&mut self) -> Option<u32> {
        self.served_mut().leave()
    }

    /// Empties the queue, and returns the requests that waited.
    pub(super) fn turn_away(&mut self) -> VecDeque<u32> {
        self.served_mut().turn_away()
    }

    /// Commits `version` of `key` unless the row is newer, and returns the row's version after it.
    pub(super) fn commit(&mut self, key: Key, version: Version, now: Micros) -> Version {
        let mut row = self.written.get(key);
        if version > row.version {
            row = Row {
                version,
                committed_at: now,
            };
            self.written.set(key, row);
        }
        row.version
    }
}
