//! The commands: GET, SET, DEL, EXPIRE and PERSIST, FLUSHALL.

use super::outcome::{Lookup, Refusal, Removal, RemovalCause};
use super::settings::{Scope, Ttl};
use super::slab::{OUTSIDE, Slot};
use super::{Cache, Entry, Value};
use crate::units::{Key, Micros};

impl Cache {
    /// Reads `key` at `now`. An entry that has expired is removed and counts as a miss.
    pub fn get(&mut self, key: Key, now: Micros) -> Lookup {
        self.now = now;
        let Some(slot) = self.slab.find(key) else {
            return Lookup::Miss { expired: None };
        };
        if self.slab.is_expired(slot, now) {
            let expired = Some(self.remove(slot, RemovalCause::Expired));
            return Lookup::Miss { expired };
        }
        let before = self.slab.entry(slot);
        self.touch(slot, now);
        Lookup::Hit(before)
    }

    /// Stores `value` of `size_bytes` (key and value together) under `key` at `now`.
    ///
    /// Evicts while there is no room and then inserts. `on_removed` hears of every removal, in order;
    /// of an overwritten value last.
    ///
    /// # Errors
    /// If the entry is too large for the cache, or if there is no room and nothing may be evicted: see
    /// the module's conventions for what has changed then.
    pub fn set(
        &mut self,
        key: Key,
        value: Value,
        size_bytes: u32,
        ttl: Ttl,
        now: Micros,
        mut on_removed: impl FnMut(Removal),
    ) -> Result<(), Refusal> {
        // A closure behind `dyn`, so that this is compiled once.
        self.store(key, value, size_bytes, ttl, now, &mut on_removed)
    }

    fn store(
        &mut self,
        key: Key,
        value: Value,
        size_bytes: u32,
        ttl: Ttl,
        now: Micros,
        on_removed: &mut dyn FnMut(Removal),
    ) -> Result<(), Refusal> {
        self.now = now;
        let mut found = self.slab.find(key);
        if let Some(slot) = found.filter(|&slot| self.slab.is_expired(slot, now)) {
            on_removed(self.remove(slot, RemovalCause::Expired));
            found = None;
        }
        let weight = self.slab.weigh(size_bytes);
        if weight > self.slab.limit() {
            if let Some(slot) = found {
                on_removed(self.remove(slot, RemovalCause::Deleted));
            }
            return Err(Refusal::TooLarge {
                size_bytes: weight,
                capacity_bytes: self.slab.limit(),
            });
        }
        match found {
            Some(slot) => self.overwrite(slot, value, size_bytes, ttl, on_removed),
            None => self.insert(key, value, size_bytes, ttl, on_removed),
        }
    }

    /// Deletes `key`, if it is there.
    pub fn delete(&mut self, key: Key, now: Micros) -> Option<Removal> {
        self.now = now;
        let slot = self.slab.find(key)?;
        let cause = if self.slab.is_expired(slot, now) {
            RemovalCause::Expired
        } else {
            RemovalCause::Deleted
        };
        Some(self.remove(slot, cause))
    }

    /// EXPIRE: lets the TTL of `key` end at `until`. PERSIST: without an instant, takes it
    /// away. A hit if the key was there, which is a use of it.
    pub fn expire(&mut self, key: Key, until: Option<Micros>, now: Micros) -> Lookup {
        let answer = self.get(key, now);
        if let (Lookup::Hit(_), Some(slot)) = (answer, self.slab.find(key)) {
            self.change_expiry(slot, until);
        }
        answer
    }

    /// Ends the TTL of `key` at `until`, as if it had been that short from the start: that is no use of the
    /// key, and the entry stays until something finds it expired.
    pub fn end_ttl(&mut self, key: Key, until: Micros) {
        if let Some(slot) = self.slab.find(key) {
            self.change_expiry(slot, Some(until));
        }
    }

    /// FLUSHALL, or a restart of the node: removes every entry and resets the policy.
    pub fn flush(&mut self, mut on_removed: impl FnMut(Removal)) {
        for slot in self.order() {
            on_removed(Removal {
                entry: self.slab.entry(slot),
                cause: RemovalCause::Flushed,
            });
        }
        let now = self.now;
        *self = Cache::new(&self.settings);
        self.now = now;
    }

    /// Reads `key` and stores it if it was not there, with a size of 1 and no TTL: the
    /// request of the reference simulators. Returns whether it was a hit.
    ///
    /// [`BareCache`](super::BareCache) takes millions of them.
    pub fn request(&mut self, key: Key, now: Micros) -> bool {
        let hit = matches!(self.get(key, now), Lookup::Hit(_));
        if !hit {
            // A refused one is a miss as well.
            let _ = self.set(key, Value::FIRST, 1, Ttl::Clear, now, |_| {});
        }
        hit
    }

    /// Counts a use.
    #[inline]
    fn touch(&mut self, slot: Slot, now: Micros) {
        if self.is_governed(slot) {
            self.policy.on_hit(&mut self.slab, slot, now);
        } else {
            self.policy.on_outside_hit(&mut self.slab, slot, now);
        }
        self.slab.set_used_at(slot, now);
    }

    /// Whether the policy knows the entry.
    #[inline]
    fn is_governed(&self, slot: Slot) -> bool {
        self.settings.scope == Scope::AllKeys || self.slab.is_volatile(slot)
    }

    fn insert(
        &mut self,
        key: Key,
        value: Value,
        size_bytes: u32,
        ttl: Ttl,
        on_removed: &mut dyn FnMut(Removal),
    ) -> Result<(), Refusal> {
        let weight = self.slab.weigh(size_bytes);
        let until = match ttl {
            Ttl::Until(end) => Some(end),
            Ttl::Keep | Ttl::Clear => None,
        };
        let governed = self.settings.scope == Scope::AllKeys || until.is_some();
        if governed {
            self.policy.admit(&self.slab, key, weight);
        }
        self.make_room(weight, None, on_removed)?;
        let slot = self.slab.insert(key, value, size_bytes, self.now);
        if until.is_some() {
            self.slab.set_expiry(slot, until);
        }
        if governed {
            self.policy.on_insert(&mut self.slab, slot);
        } else {
            self.slab.push_head(OUTSIDE, slot);
        }
        Ok(())
    }

    fn overwrite(
        &mut self,
        slot: Slot,
        value: Value,
        size_bytes: u32,
        ttl: Ttl,
        on_removed: &mut dyn FnMut(Removal),
    ) -> Result<(), Refusal> {
        let before = self.slab.entry(slot);
        let weight_before = self.slab.weight(slot);
        let growth = self.slab.weigh(size_bytes).saturating_sub(weight_before);
        self.touch(slot, self.now);
        self.make_room(growth, Some(slot), on_removed)?;
        self.slab.rewrite(slot, value, size_bytes);
        if self.is_governed(slot) {
            self.policy.on_resize(&mut self.slab, slot, weight_before);
        }
        match ttl {
            Ttl::Keep => {}
            Ttl::Clear => self.change_expiry(slot, None),
            Ttl::Until(end) => self.change_expiry(slot, Some(end)),
        }
        on_removed(Removal {
            entry: before,
            cause: RemovalCause::Replaced,
        });
        Ok(())
    }

    /// Evicts until there is room for `weight` more. The entry in `written` is spared.
    fn make_room(
        &mut self,
        weight: u64,
        written: Option<Slot>,
        on_removed: &mut dyn FnMut(Removal),
    ) -> Result<(), Refusal> {
        let mut spared = None;
        let mut outcome = Ok(());
        while self.slab.weight_used() + weight > self.slab.limit() {
            match self.policy.victim(&mut self.slab, self.now) {
                Some((slot, _)) if written == Some(slot) => {
                    self.policy.on_remove(&mut self.slab, slot);
                    spared = written;
                }
                Some((slot, reason)) => {
                    on_removed(Removal {
                        entry: self.slab.entry(slot),
                        cause: RemovalCause::Evicted(reason),
                    });
                    self.policy.on_evict(&mut self.slab, slot);
                    self.slab.remove(slot);
                }
                None => {
                    outcome = Err(Refusal::OutOfMemory);
                    break;
                }
            }
        }
        if let Some(slot) = spared {
            self.join(slot);
        }
        outcome
    }

    /// Takes an entry over as it is, without a use of it.
    pub(super) fn restore(&mut self, entry: &Entry) {
        let slot = self
            .slab
            .insert(entry.key, entry.value, entry.size_bytes, entry.used_at);
        self.slab.set_inserted_at(slot, entry.inserted_at);
        self.slab.set_expiry(slot, entry.expires_at);
        if self.is_governed(slot) {
            self.join(slot);
        } else {
            self.slab.push_head(OUTSIDE, slot);
        }
    }

    /// Puts an entry that is there under the policy.
    fn join(&mut self, slot: Slot) {
        let (key, weight) = (self.slab.key(slot), self.slab.weight(slot));
        self.policy.admit(&self.slab, key, weight);
        self.policy.on_insert(&mut self.slab, slot);
    }

    fn change_expiry(&mut self, slot: Slot, until: Option<Micros>) {
        let governed = self.is_governed(slot);
        if governed && self.settings.scope == Scope::Volatile && until.is_none() {
            self.policy.on_remove(&mut self.slab, slot);
            self.slab.push_head(OUTSIDE, slot);
        }
        self.slab.set_expiry(slot, until);
        if !governed && until.is_some() {
            self.slab.unlink(slot);
            self.join(slot);
        }
    }

    /// Removes an entry for another cause than eviction.
    #[inline(never)]
    pub(super) fn remove(&mut self, slot: Slot, cause: RemovalCause) -> Removal {
        let entry = self.slab.entry(slot);
        if self.is_governed(slot) {
            self.policy.on_remove(&mut self.slab, slot);
        } else {
            self.slab.unlink(slot);
        }
        self.slab.remove(slot);
        Removal { entry, cause }
    }
}
