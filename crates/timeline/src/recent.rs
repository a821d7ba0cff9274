//! The moments and blocks' events that were looked at lately, up to an amount of memory.

use super::block::Record;
use lru::LruCache;
use sim::Moment;
use std::rc::Rc;

/// The most moments kept.
const MOMENTS_MAX: usize = 64;

/// Moments by their step, with the memory that they took when they were put there.
pub(super) struct Moments {
    kept: LruCache<u32, (Rc<Moment>, u64)>,
    bytes: u64,
    bytes_max: u64,
}

impl Moments {
    pub(super) fn new(bytes_max: u64) -> Self {
        Moments {
            kept: LruCache::unbounded(),
            bytes: 0,
            bytes_max,
        }
    }

    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.bytes = 0;
    }

    pub(super) fn get(&mut self, step: u32) -> Option<Rc<Moment>> {
        self.kept.get(&step).map(|(moment, _)| moment.clone())
    }

    /// The latest one at or before a step.
    pub(super) fn nearest(&mut self, step: u32) -> Option<Rc<Moment>> {
        let before = self.kept.iter().map(|(&kept, _)| kept);
        let nearest = before.filter(|&kept| kept <= step).max()?;
        // Getting it makes it the most recently used one: going back, it is wanted again and again.
        self.get(nearest)
    }

    pub(super) fn put(&mut self, moment: Rc<Moment>) {
        let bytes = moment.size_bytes();
        self.bytes += bytes;
        if let Some((_, before)) = self.kept.put(moment.step, (moment, bytes)) {
            self.bytes -= before;
        }
        // Two at least: the beginning of a block, and the playhead.
        while self.kept.len() > 2 && (self.bytes > self.bytes_max || self.kept.len() > MOMENTS_MAX)
        {
            let Some((_, (_, oldest))) = self.kept.pop_lru() else {
                break;
            };
            self.bytes -= oldest;
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Blocks' records by the block's number.
pub(super) struct Records {
    kept: LruCache<u32, Rc<Record>>,
    events: usize,
    events_max: usize,
}

impl Records {
    /// An empty store for at most this many events, or one block with more.
    pub(super) fn new(events_max: u32) -> Self {
        Records {
            kept: LruCache::unbounded(),
            events: 0,
            events_max: events_max as usize,
        }
    }

    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.events = 0;
    }

    pub(super) fn get(&mut self, index: usize) -> Option<Rc<Record>> {
        self.kept.get(&(index as u32)).cloned()
    }

    pub(super) fn put(&mut self, index: usize, record: Rc<Record>) {
        self.events += record.events.len();
        if let Some(before) = self.kept.put(index as u32, record) {
            self.events -= before.events.len();
        }
        while self.kept.len() > 1 && self.events > self.events_max {
            let Some((_, oldest)) = self.kept.pop_lru() else {
                break;
            };
            self.events -= oldest.events.len();
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.kept.iter().map(|(_, record)| record.bytes()).sum()
    }
}
