//! What the references are made of: a vector, the newest first, searched from the front.

use cache::units::Key;

/// Takes `key` out of the queue, and returns whether it was there.
pub fn take(queue: &mut Vec<Key>, key: Key) -> bool {
    let place = queue.iter().position(|&other| other == key);
    place.is_some_and(|place| {
        queue.remove(place);
        true
    })
}

/// Moves `key` to the front, if it is there, and returns whether it was.
pub fn refresh(queue: &mut Vec<Key>, key: Key) -> bool {
    let there = take(queue, key);
    if there {
        queue.insert(0, key);
    }
    there
}

/// A key, what its entry takes of the capacity, and what the policy notes about it.
#[derive(Clone, Copy)]
pub struct Item {
    pub key: Key,
    pub weight: u64,
    pub mark: u32,
}

/// The queue of a policy that divides the capacity: it knows what its entries take.
#[derive(Clone, Default)]
pub struct Queue(Vec<Item>);

impl Queue {
    /// The capacity that its entries take: in a cache that counts entries, one each.
    pub fn weight(&self) -> u64 {
        self.0.iter().map(|item| item.weight).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn push(&mut self, key: Key, weight: u64) {
        self.push_marked(key, weight, 0);
    }

    pub fn push_marked(&mut self, key: Key, weight: u64, mark: u32) {
        self.0.insert(0, Item { key, weight, mark });
    }

    pub fn oldest(&self) -> Option<Item> {
        self.0.last().copied()
    }

    pub fn pop(&mut self) -> Option<Item> {
        self.0.pop()
    }

    /// Forgets the oldest until the rest takes no more than the limit.
    pub fn shrink_to(&mut self, weight: u64) {
        while self.weight() > weight {
            self.0.pop();
        }
    }

    pub fn find(&mut self, key: Key) -> Option<&mut Item> {
        self.0.iter_mut().find(|item| item.key == key)
    }

    pub fn mark(&self, key: Key) -> Option<u32> {
        let item = self.0.iter().find(|item| item.key == key)?;
        Some(item.mark)
    }

    pub fn take(&mut self, key: Key) -> Option<Item> {
        let place = self.0.iter().position(|item| item.key == key)?;
        Some(self.0.remove(place))
    }

    /// Moves `key` to the front, if it is there, and returns whether it was.
    pub fn refresh(&mut self, key: Key) -> bool {
        let item = self.take(key);
        self.0.splice(0..0, item);
        item.is_some()
    }

    /// Changes the weight of `key`, if it is here.
    pub fn resize(&mut self, key: Key, weight: u64) {
        if let Some(item) = self.find(key) {
            item.weight = weight;
        }
    }

    pub fn keys(&self) -> Vec<Key> {
        self.0.iter().map(|item| item.key).collect()
    }
}
