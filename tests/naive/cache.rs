//! A cache around a reference: a vector of entries, searched from the front.

use super::Reference;
use cache_playground::cache::{CacheSettings, Capacity, Entry, Refusal, Scope, Ttl, Value};
use cache_playground::units::{Key, Micros};

/// Why an entry went, as far as the reference knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    Evicted,
    Expired,
    Deleted,
    Replaced,
    Flushed,
}

/// An entry that went, as it was, and why.
pub type Gone = (Entry, Cause);

/// The reference cache.
pub struct NaiveCache {
    settings: CacheSettings,
    /// In the order in which they came.
    pub entries: Vec<Entry>,
    pub policy: Box<dyn Reference>,
    /// Why the latest call evicted whom it did, one eviction after the other.
    pub whys: Vec<Vec<u64>>,
    /// The policy as it was at first, to begin again with.
    empty: Box<dyn Reference>,
}

impl NaiveCache {
    /// An empty cache around an empty policy.
    pub fn new(settings: &CacheSettings, policy: Box<dyn Reference>) -> Self {
        NaiveCache {
            settings: *settings,
            entries: Vec::new(),
            whys: Vec::new(),
            empty: policy.copy(),
            policy,
        }
    }

    pub fn find(&self, key: Key) -> Option<Entry> {
        self.entries.iter().copied().find(|entry| entry.key == key)
    }

    /// What is used of the capacity, in its unit.
    pub fn used(&self) -> u64 {
        let needs = self.entries.iter().map(|entry| self.need(entry.size_bytes));
        needs.sum()
    }

    /// What an entry of this size needs of the capacity, in its unit.
    fn need(&self, size_bytes: u32) -> u64 {
        match self.settings.capacity {
            Capacity::Entries(_) => 1,
            Capacity::Bytes { overhead_bytes, .. } => {
                u64::from(size_bytes) + u64::from(overhead_bytes)
            }
        }
    }

    fn capacity(&self) -> u64 {
        match self.settings.capacity {
            Capacity::Entries(entries) => entries.into(),
            Capacity::Bytes { capacity_bytes, .. } => capacity_bytes,
        }
    }

    /// Whether the policy knows an entry that ends then.
    fn known(&self, expires_at: Option<Micros>) -> bool {
        match self.settings.scope {
            Scope::AllKeys => true,
            Scope::Volatile => expires_at.is_some(),
        }
    }

    pub fn get(&mut self, key: Key, now: Micros) -> (Option<Entry>, Vec<Gone>) {
        let gone = self.expire_lazily(key, now);
        let before = self.find(key);
        if let Some(before) = before {
            self.change(key, before.expires_at, now);
        }
        (before, gone)
    }

    /// EXPIRE, and without an instant PERSIST. Both are a use of the key.
    pub fn expire(
        &mut self,
        key: Key,
        until: Option<Micros>,
        now: Micros,
    ) -> (Option<Entry>, Vec<Gone>) {
        let gone = self.expire_lazily(key, now);
        let before = self.find(key);
        if before.is_some() {
            self.change(key, until, now);
        }
        (before, gone)
    }

    pub fn delete(&mut self, key: Key, now: Micros) -> Vec<Gone> {
        let mut gone = self.expire_lazily(key, now);
        if self.find(key).is_some() {
            gone.push((self.remove(key), Cause::Deleted));
        }
        gone
    }

    pub fn set(
        &mut self,
        key: Key,
        value: Value,
        size_bytes: u32,
        ttl: Ttl,
        now: Micros,
    ) -> (Result<(), Refusal>, Vec<Gone>) {
        let mut gone = self.expire_lazily(key, now);
        let before = self.find(key);
        let need = self.need(size_bytes);
        if need > self.capacity() {
            if before.is_some() {
                gone.push((self.remove(key), Cause::Deleted));
            }
            let refusal = Refusal::TooLarge {
                size_bytes: need,
                capacity_bytes: self.capacity(),
            };
            return (Err(refusal), gone);
        }
        let expires_at = match ttl {
            Ttl::Keep => before.and_then(|entry| entry.expires_at),
            Ttl::Clear => None,
            Ttl::Until(end) => Some(end),
        };
        if before.is_none() && self.known(expires_at) {
            self.policy.coming(key);
        }
        let freed = before.map_or(0, |entry| self.need(entry.size_bytes));
        // An overwritten entry is not evicted for its own sake: it waits outside of the order.
        self.whys.clear();
        let mut waits = false;
        let mut room = true;
        while room && self.used() - freed + need > self.capacity() {
            match self.policy.evict() {
                Some(victim) if victim == key => waits = true,
                Some(victim) => {
                    self.whys.push(self.policy.why());
                    gone.push((self.take(victim), Cause::Evicted));
                }
                None => room = false,
            }
        }
        if waits {
            self.policy.coming(key);
            self.policy.insert(key);
        }
        if !room {
            if let Some(before) = before {
                // The attempt is a use.
                self.change(key, before.expires_at, now);
            }
            return (Err(Refusal::OutOfMemory), gone);
        }
        match before {
            Some(before) => {
                gone.push((before, Cause::Replaced));
                self.change(key, expires_at, now);
                let mut entries = self.entries.iter_mut();
                let entry = entries.find(|entry| entry.key == key).expect("it is there");
                entry.value = value;
                entry.size_bytes = size_bytes;
            }
            None => {
                self.entries.push(Entry {
                    key,
                    value,
                    size_bytes,
                    inserted_at: now,
                    used_at: now,
                    expires_at,
                });
                if self.known(expires_at) {
                    self.policy.insert(key);
                }
            }
        }
        (Ok(()), gone)
    }

    pub fn flush(&mut self) -> Vec<Gone> {
        self.policy = self.empty.copy();
        let entries = std::mem::take(&mut self.entries);
        entries
            .into_iter()
            .map(|entry| (entry, Cause::Flushed))
            .collect()
    }

    /// Removes an entry whose time to live has ended, which the active cycle has found.
    pub fn expire_lazily(&mut self, key: Key, now: Micros) -> Vec<Gone> {
        let over = |entry: &Entry| entry.expires_at.is_some_and(|end| end < now);
        if self.find(key).as_ref().is_some_and(over) {
            return vec![(self.remove(key), Cause::Expired)];
        }
        Vec::new()
    }

    /// The one that the insertion of a key never seen before would push out of a full cache.
    pub fn next_out(&self) -> Option<Key> {
        let mut policy = self.policy.copy();
        policy.coming(Key(u32::MAX));
        policy.evict()
    }

    /// The entries that the policy does not know.
    pub fn unknown(&self) -> Vec<Key> {
        let unknown = |entry: &&Entry| !self.known(entry.expires_at);
        let entries = self.entries.iter().filter(unknown);
        entries.map(|entry| entry.key).collect()
    }

    /// Counts a use, with which the time to live may change.
    fn change(&mut self, key: Key, expires_at: Option<Micros>, now: Micros) {
        let mut entries = self.entries.iter_mut();
        let entry = entries.find(|entry| entry.key == key).expect("it is there");
        let before = entry.expires_at;
        entry.used_at = now;
        entry.expires_at = expires_at;
        match (self.known(before), self.known(expires_at)) {
            (true, true) => self.policy.hit(key),
            // A use first, of an entry that the policy still knows.
            (true, false) => {
                self.policy.hit(key);
                self.policy.remove(key);
            }
            (false, true) => {
                self.policy.coming(key);
                self.policy.insert(key);
            }
            (false, false) => {}
        }
    }

    fn remove(&mut self, key: Key) -> Entry {
        self.policy.remove(key);
        self.take(key)
    }

    /// Takes the entry out, of which the policy knows already.
    fn take(&mut self, key: Key) -> Entry {
        let place = self.entries.iter().position(|entry| entry.key == key);
        self.entries.remove(place.expect("it is there"))
    }
}
