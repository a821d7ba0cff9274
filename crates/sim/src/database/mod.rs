//! The database: rows with versions, a pool of connections, and a queue for when all are busy.
//! Its saturation is what caching is for.

use crate::rows::Rows;
use cache::units::{Key, Micros, Version};
use std::collections::{BTreeMap, VecDeque};

/// The state of the database.
#[derive(Clone, Debug, Hash)]
pub struct Database {
    /// The rows that have been written; any other row has version 0 here.
    written: Rows,
    /// The commits that have reached the replica, if reads go to one.
    replicated: BTreeMap<Key, Version>,
    connections: u32,
    busy: u32,
    /// The slots of the requests that wait for a connection, in order.
    waiting: VecDeque<u32>,
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
    pub(super) fn new(rows: u32, connections: u32) -> Self {
        Database {
            written: Rows::new(rows),
            replicated: BTreeMap::new(),
            connections,
            busy: 0,
            waiting: VecDeque::new(),
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
        self.written.heap_bytes() + (self.waiting.len() * 4 + replicated) as u64
    }

    /// How many connections the pool has.
    pub fn connections(&self) -> u32 {
        self.connections
    }

    /// How many of them are executing something.
    pub fn busy(&self) -> u32 {
        self.busy
    }

    /// How many requests wait for a connection.
    pub fn queued(&self) -> u32 {
        self.waiting.len() as u32
    }

    /// Whether a further query has to be refused where at most this many may wait.
    pub(super) fn is_full(&self, queue_max: Option<u32>) -> bool {
        self.busy == self.connections && queue_max.is_some_and(|most| self.queued() >= most)
    }

    /// Takes a connection for `request` if one is free; otherwise the request joins the queue.
    pub(super) fn enter(&mut self, request: u32) -> bool {
        let free = self.busy < self.connections;
        if free {
            self.busy += 1;
        } else {
            self.waiting.push_back(request);
        }
        free
    }

    /// Frees a connection, or passes it on to the request that has waited longest and returns that.
    pub(super) fn leave(&mut self) -> Option<u32> {
        let next = self.waiting.pop_front();
        if next.is_none() {
            self.busy -= 1;
        }
        next
    }

    /// Empties the queue, and returns the requests that waited.
    pub(super) fn turn_away(&mut self) -> VecDeque<u32> {
        std::mem::take(&mut self.waiting)
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
