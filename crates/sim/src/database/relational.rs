//! A relational database: a pool of connections, and a queue for when all are busy. Its saturation is what
//! caching is for.

use super::{Arrival, Query, Serve};
use crate::event::Refused;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

/// The settings of the pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pool {
    /// How many queries run at once; the rest wait in a queue.
    pub connections: u32,
    /// How many queries may wait before further ones are refused; `None` for any number.
    pub queue_max: Option<u32>,
}

/// The pool and its queue at a moment.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    pool: Pool,
    busy: u32,
    /// The slots of the requests that wait for a connection, in order.
    waiting: VecDeque<u32>,
}

impl Connections {
    pub(super) fn new(pool: Pool) -> Self {
        Connections {
            pool,
            busy: 0,
            waiting: VecDeque::new(),
        }
    }
}

impl Serve for Connections {
    fn arrive(&mut self, query: &Query) -> Arrival {
        let waiting = self.queued();
        if self.busy < self.pool.connections {
            self.busy += 1;
            Arrival::Begins
        } else if self.pool.queue_max.is_some_and(|most| waiting >= most) {
            Arrival::Refused(Refused::QueueFull { waiting })
        } else {
            self.waiting.push_back(query.slot);
            Arrival::Waits
        }
    }

    fn leave(&mut self) -> Option<u32> {
        let next = self.waiting.pop_front();
        if next.is_none() {
            self.busy -= 1;
        }
        next
    }

    fn turn_away(&mut self) -> VecDeque<u32> {
        std::mem::take(&mut self.waiting)
    }

    fn busy(&self) -> u32 {
        self.busy
    }

    fn queued(&self) -> u32 {
        self.waiting.len() as u32
    }

    fn heap_bytes(&self) -> u64 {
        self.waiting.len() as u64 * 4
    }
}

impl Hash for Connections {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pool.connections.hash(state);
        self.busy.hash(state);
        self.waiting.hash(state);
    }
}
