//! The database: rows with versions, a pool of connections, and a queue for when all are busy.
//! Its saturation is what caching is for.

use crate::units::{Key, Micros, Version};
use std::collections::VecDeque;

/// The state of the system of record.
#[derive(Clone, Debug, Hash)]
pub struct Database {
    rows: Vec<Row>,
    connections: u32,
    busy: u32,
    waiting: VecDeque<u32>,
}

/// One row: which version it holds, and since when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Row {
    /// The current version; 1 if it was never written.
    pub version: Version,
    /// When that version was committed; 0 if it was never written.
    pub committed_at: Micros,
}

impl Database {
    pub(super) fn new(rows: usize, connections: u32) -> Self {
        let unwritten = Row {
            version: Version(1),
            committed_at: Micros::ZERO,
        };
        Database {
            rows: vec![unwritten; rows],
            connections,
            busy: 0,
            waiting: VecDeque::new(),
        }
    }

    /// The row of `key`.
    pub fn row(&self, key: Key) -> Row {
        self.rows[key.0 as usize]
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

    /// Gives a connection back, or on to the request that has waited longest, which is returned.
    pub(super) fn leave(&mut self) -> Option<u32> {
        let next = self.waiting.pop_front();
        if next.is_none() {
            self.busy -= 1;
        }
        next
    }

    /// Commits a write of `key`: gives its new version.
    pub(super) fn commit(&mut self, key: Key, now: Micros) -> Version {
        let row = &mut self.rows[key.0 as usize];
        *row = Row {
            version: Version(row.version.0 + 1),
            committed_at: now,
        };
        row.version
    }
}
