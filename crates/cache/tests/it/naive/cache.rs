//! A cache around a reference: a vector of entries, searched from the front.

use super::Reference;
use cache::units::{Key, Micros};
use cache::{CacheSettings, Capacity, Entry, Refusal, Scope, Ttl, Value};

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
    /// The reasons of the latest call's evictions, in order.
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
        if before.is_some() {
            self.touch(key, now);
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
            self.touch(key, now);
            self.change_end(key, until);
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
        self.whys.clear();
        let Some(before) = before else {
            if self.known(expires_at) {
                self.policy.coming(key, need);
            }
            if !self.make_room(need, key, &mut gone) {
                return (Err(Refusal::OutOfMemory), gone);
            }
            self.entries.push(Entry {
                key,
                value,
                size_bytes,
                inserted_at: now,
                used_at: now,
                expires_at,
            });
            if self.known(expires_at) {
                self.policy.insert(key, need);
            }
            return (Ok(()), gone);
        };
        // A failed attempt is a use as well.
        self.touch(key, now);
        let growth = need.saturating_sub(self.need(before.size_bytes));
        if !self.make_room(growth, key, &mut gone) {
            return (Err(Refusal::OutOfMemory), gone);
        }
        let entry = self.entry(key);
        entry.value = value;
        entry.size_bytes = size_bytes;
        if self.known(before.expires_at) {
            self.policy.resized(key, need);
        }
        self.change_end(key, expires_at);
        gone.push((before, Cause::Replaced));
        (Ok(()), gone)
    }

    /// Evicts until there is room for `more`, and returns whether there is. An overwritten entry is
    /// not evicted for its own sake: it waits outside of the order, and then joins it anew.
    fn make_room(&mut self, more: u64, written: Key, gone: &mut Vec<Gone>) -> bool {
        let mut waits = false;
        let mut room = true;
        while room && self.used() + more > self.capacity() {
            match self.policy.victim() {
                Some(victim) if victim == written => {
                    self.policy.remove(victim);
                    waits = true;
                }
                Some(victim) => {
                    self.whys.push(self.policy.why());
                    self.policy.evict(victim);
                    gone.push((self.take(victim), Cause::Evicted));
                }
                None => room = false,
            }
        }
        if waits {
            self.join(written);
        }
        room
    }

    /// Puts an entry that is there under the policy.
    fn join(&mut self, key: Key) {
        let size_bytes = self.entry(key).size_bytes;
        let need = self.need(size_bytes);
        self.policy.coming(key, need);
        self.policy.insert(key, need);
    }

    pub fn flush(&mut self) -> Vec<Gone> {
        self.policy = self.empty.copy();
        let entries = std::mem::take(&mut self.entries);
        entries
            .into_iter()
            .map(|entry| (entry, Cause::Flushed))
            .collect()
    }

    /// Removes an entry whose TTL has ended, which the active cycle has found.
    pub fn expire_lazily(&mut self, key: Key, now: Micros) -> Vec<Gone> {
        let over = |entry: &Entry| entry.expires_at.is_some_and(|end| end < now);
        if self.find(key).as_ref().is_some_and(over) {
            return vec![(self.remove(key), Cause::Expired)];
        }
        Vec::new()
    }

    /// The one that the insertion of a key never seen before would push out of a full cache.
    pub fn next_out(&self) -> Option<Key> {
        self.policy.next_out(self.need(0))
    }

    /// The entries that the policy does not know.
    pub fn unknown(&self) -> Vec<Key> {
        let unknown = |entry: &&Entry| !self.known(entry.expires_at);
        let entries = self.entries.iter().filter(unknown);
        entries.map(|entry| entry.key).collect()
    }

    fn entry(&mut self, key: Key) -> &mut Entry {
        let mut entries = self.entries.iter_mut();
        entries.find(|entry| entry.key == key).expect("it is there")
    }

    /// Counts a use.
    fn touch(&mut self, key: Key, now: Micros) {
        let entry = self.entry(key);
        entry.used_at = now;
        let expires_at = entry.expires_at;
        if self.known(expires_at) {
            self.policy.hit(key);
        }
    }

    /// Changes when the TTL ends, with which the policy may come to know the entry, or no longer.
    fn change_end(&mut self, key: Key, expires_at: Option<Micros>) {
        let entry = self.entry(key);
        let before = std::mem::replace(&mut entry.expires_at, expires_at);
        match (self.known(before), self.known(expires_at)) {
            (true, false) => self.policy.remove(key),
            (false, true) => self.join(key),
            (true, true) | (false, false) => {}
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
