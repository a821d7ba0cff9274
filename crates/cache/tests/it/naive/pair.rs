//! The engine and a reference side by side, call by call, with a count of what went in and out.

use super::cache::{Cause, Gone, NaiveCache};
use super::calls::{Action, Call, send};
use super::follow::{Follow, Script};
use super::reasons::{age, idle, values};
use super::{Queues, Reference};
use cache::units::{Key, Micros, Version};
use cache::{
    Cache, CacheSettings, Capacity, Entry, PolicyKind, QueueShape, Refusal, Removal, RemovalCause,
    Ttl, Value,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How much of the engine the reference predicts.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Prediction {
    /// Everything, the order of the entries too.
    Order,
    /// Everything but the victims, which it is told.
    Followed,
}

/// A key that no test asks for: not so large that the engine's index grows for it.
const UNSEEN: Key = Key(1_000);

/// The cache and its reference side by side.
pub struct Pair {
    pub cache: Cache,
    model: NaiveCache,
    prediction: Prediction,
    script: Script,
    now: Micros,
    written: u32,
    inserted: u64,
    gone: u64,
    reads: u64,
    hits: u64,
    misses: u64,
}

impl Pair {
    /// The engine beside a reference that predicts it in every respect.
    pub fn predicted(settings: &CacheSettings, policy: Box<dyn Reference>) -> Self {
        Pair::new(settings, policy, Prediction::Order, Script::default())
    }

    /// The engine beside a reference that lets it choose whom to evict.
    pub fn followed(settings: &CacheSettings) -> Self {
        let script = Script::default();
        let policy = Box::new(Follow::new(script.clone()));
        Pair::new(settings, policy, Prediction::Followed, script)
    }

    fn new(
        settings: &CacheSettings,
        policy: Box<dyn Reference>,
        prediction: Prediction,
        script: Script,
    ) -> Self {
        Pair {
            cache: Cache::new(settings),
            model: NaiveCache::new(settings, policy),
            prediction,
            script,
            now: Micros(0),
            written: 0,
            inserted: 0,
            gone: 0,
            reads: 0,
            hits: 0,
            misses: 0,
        }
    }

    /// Sends one call to both, and compares answers and states.
    pub fn call(&mut self, (gap_us, action, key): Call) -> Result<(), TestCaseError> {
        self.now.0 += gap_us;
        self.written += 1;
        let value = Value {
            version: Version(self.written),
            origin: Some(self.written),
            ..Value::FIRST
        };
        let was_there = self.cache.peek(key).is_some();
        let (found, stored, removals) = send(&mut self.cache, action, key, value, self.now);
        self.follow(&removals);
        let (model_found, model_stored, model_gone) =
            self.send_to_model(action, key, value, &removals);
        prop_assert_eq!(found, model_found, "{:?} {:?}", action, key);
        prop_assert_eq!(stored, model_stored, "{:?} {:?}", action, key);
        prop_assert!(self.script.borrow().is_empty(), "an eviction without need");
        let mut gone: Vec<Gone> = removals.iter().map(gone).collect();
        let mut model_gone = model_gone;
        if matches!(action, Action::Flush) {
            gone.sort_by_key(|(entry, _)| entry.key);
            model_gone.sort_by_key(|(entry, _)| entry.key);
        }
        prop_assert_eq!(gone, model_gone, "who went, and why");
        self.check_reasons(&removals)?;

        if matches!(action, Action::Get) {
            self.reads += 1;
            self.hits += u64::from(found.is_some());
            self.misses += u64::from(found.is_none());
        }
        let kept = |removal: &&Removal| removal.cause != RemovalCause::Replaced;
        self.gone += removals.iter().filter(kept).count() as u64;
        let left = removals
            .iter()
            .filter(kept)
            .any(|removal| removal.entry.key == key);
        let new = matches!(action, Action::Set { .. }) && (!was_there || left);
        self.inserted += u64::from(new && stored.is_ok());
        self.compare(key)
    }

    /// Tells a reference that follows which keys the engine has evicted.
    fn follow(&mut self, removals: &[Removal]) {
        if self.prediction == Prediction::Followed {
            let evicted = |removal: &&Removal| matches!(removal.cause, RemovalCause::Evicted(_));
            let keys = removals
                .iter()
                .filter(evicted)
                .map(|removal| removal.entry.key);
            self.script.borrow_mut().extend(keys);
        }
    }

    fn send_to_model(
        &mut self,
        action: Action,
        key: Key,
        value: Value,
        removals: &[Removal],
    ) -> (Option<Entry>, Result<(), Refusal>, Vec<Gone>) {
        let (model, now) = (&mut self.model, self.now);
        match action {
            Action::Get => {
                let (found, gone) = model.get(key, now);
                (found, Ok(()), gone)
            }
            Action::Expire { ttl_us } => {
                let until = ttl_us.map(|ttl_us| Micros(now.0 + ttl_us));
                let (found, gone) = model.expire(key, until, now);
                (found, Ok(()), gone)
            }
            Action::Set { ttl, size_bytes } => {
                let (stored, gone) = model.set(key, value, size_bytes, ttl.at(now), now);
                (None, stored, gone)
            }
            Action::Delete => (None, Ok(()), model.delete(key, now)),
            // The cycle may come across any entries that have expired.
            Action::ActiveExpire => {
                let expire = |removal: &Removal| model.expire_lazily(removal.entry.key, now);
                (None, Ok(()), removals.iter().flat_map(expire).collect())
            }
            Action::Flush => (None, Ok(()), model.flush()),
        }
    }

    /// The values of a reason are those of the entry, and of the reference where it decides.
    fn check_reasons(&self, removals: &[Removal]) -> Result<(), TestCaseError> {
        let mut whys = self.model.whys.iter();
        for removal in removals {
            let RemovalCause::Evicted(reason) = removal.cause else {
                continue;
            };
            if let Some(age) = age(reason) {
                prop_assert_eq!(age, self.now.since(removal.entry.inserted_at));
            }
            if let Some(idle) = idle(reason) {
                prop_assert_eq!(idle, self.now.since(removal.entry.used_at));
            }
            let expected = whys.next();
            if self.prediction == Prediction::Order {
                prop_assert_eq!(Some(&values(reason)), expected, "{:?}", reason);
            }
        }
        Ok(())
    }

    fn compare(&self, key: Key) -> Result<(), TestCaseError> {
        let (cache, model) = (&self.cache, &self.model);
        let state = hash(cache);
        let mut entries: Vec<Entry> = cache.entries().collect();
        let next_out = cache.next_out();
        if let Some(next_out) = next_out {
            prop_assert_eq!(entries.last(), Some(&next_out), "the next one out is last");
        }
        self.compare_shape(&entries)?;
        entries.sort_by_key(|entry| entry.key);
        let mut expected = model.entries.clone();
        expected.sort_by_key(|entry| entry.key);
        prop_assert_eq!(&entries, &expected);
        prop_assert_eq!(cache.peek(key), model.find(key));
        prop_assert_eq!(cache.len() as usize, entries.len());
        prop_assert_eq!(cache.is_empty(), entries.is_empty());
        let volatile = entries.iter().filter(|entry| entry.expires_at.is_some());
        prop_assert_eq!(cache.volatile_len() as usize, volatile.count());
        let bytes: u64 = entries
            .iter()
            .map(|entry| u64::from(entry.size_bytes))
            .sum();
        match cache.settings().capacity {
            Capacity::Entries(capacity) => {
                prop_assert!(cache.len() <= capacity);
                prop_assert_eq!(cache.used_bytes(), bytes);
            }
            Capacity::Bytes { capacity_bytes, .. } => {
                prop_assert!(cache.used_bytes() <= capacity_bytes);
                prop_assert_eq!(cache.used_bytes(), model.used());
            }
        }
        prop_assert_eq!(self.hits + self.misses, self.reads);
        prop_assert_eq!(self.inserted, entries.len() as u64 + self.gone);
        self.try_next_out(next_out)?;
        prop_assert_eq!(state, hash(cache), "looking has no effect");
        Ok(())
    }

    /// The queues list the entries once each, and in the reference's order where it knows that.
    fn compare_shape(&self, entries: &[Entry]) -> Result<(), TestCaseError> {
        let shape = self.cache.shape();
        let (ghosts, queues): (Vec<_>, Vec<_>) =
            shape.queues.iter().partition(|queue| queue.ghosts);
        let listed: Vec<Key> = queues
            .iter()
            .flat_map(|queue| &queue.members)
            .map(|member| member.key)
            .collect();
        let each: BTreeSet<Key> = listed.iter().copied().collect();
        prop_assert_eq!(each.len(), listed.len(), "listed twice: {:?}", shape);
        let resident: BTreeSet<Key> = entries.iter().map(|entry| entry.key).collect();
        prop_assert_eq!(&each, &resident, "the queues and the entries");
        // One that has come again without a TTL is not the policy's, and may be remembered.
        let unknown = self.model.unknown();
        for ghost in ghosts.iter().flat_map(|queue| &queue.members) {
            let known = resident.contains(&ghost.key) && !unknown.contains(&ghost.key);
            prop_assert!(!known, "{:?} is resident and a ghost", ghost.key);
        }
        if let Some(hand) = shape.hand {
            prop_assert!(resident.contains(&hand), "the hand is at an entry");
        }
        if self.prediction == Prediction::Order {
            // Entries that the policy does not know are in a queue of their own.
            let known = queues.iter().filter(|queue| queue.name != "no ttl");
            let policy = &self.model.policy;
            let seen = by_name(known);
            let expected = named(policy.queues(), |key| policy.mark(key));
            prop_assert_eq!(seen, expected, "the queues");
            let expected = named(policy.ghosts(), |_| None);
            prop_assert_eq!(by_name(ghosts.iter()), expected, "the ghosts");
            prop_assert_eq!(shape.hand, policy.hand(), "the hand");
            prop_assert_eq!(shape.target_milli, policy.target_milli(), "the target");
        }
        Ok(())
    }

    /// Tries out which entry a new key would push out.
    fn try_next_out(&self, next_out: Option<Entry>) -> Result<(), TestCaseError> {
        if self.prediction == Prediction::Order {
            let next_out = next_out.map(|entry| entry.key);
            prop_assert_eq!(next_out, self.model.next_out(), "the next one out");
        }
        let Capacity::Entries(capacity) = self.cache.settings().capacity else {
            return Ok(());
        };
        if self.cache.len() < capacity {
            return Ok(());
        }
        let mut cache = self.cache.clone();
        let value = Value {
            version: Version(1),
            origin: None,
            ..Value::FIRST
        };
        let mut evicted = Vec::new();
        let keep = |removal: Removal| evicted.push(removal.entry);
        let stored = cache.set(UNSEEN, value, 1, Ttl::Clear, self.now, keep);
        prop_assert_eq!(stored.is_ok(), next_out.is_some());
        // The sketch of W-TinyLFU counts the new key, and with it those that share its counters: who
        // loses the contest may depend on the key.
        if cache.policy() != PolicyKind::WTinyLfu {
            prop_assert_eq!(evicted, Vec::from_iter(next_out), "the next one out goes");
        }
        Ok(())
    }
}

fn gone(removal: &Removal) -> Gone {
    let cause = match removal.cause {
        RemovalCause::Evicted(_) => Cause::Evicted,
        RemovalCause::Expired => Cause::Expired,
        RemovalCause::Deleted => Cause::Deleted,
        RemovalCause::Replaced => Cause::Replaced,
        RemovalCause::Flushed => Cause::Flushed,
    };
    (removal.entry, cause)
}

/// The members of each queue, with their marks.
type Members = BTreeMap<&'static str, Vec<(Key, Option<u32>)>>;

fn by_name<'a>(queues: impl Iterator<Item = &'a &'a QueueShape>) -> Members {
    let members = |queue: &QueueShape| {
        let members = queue.members.iter();
        members.map(|member| (member.key, member.mark)).collect()
    };
    named_alike(queues.map(|queue| (queue.name, members(queue))).collect())
}

fn named(queues: Queues, mark: impl Fn(Key) -> Option<u32>) -> Members {
    let members = |keys: Vec<Key>| keys.into_iter().map(|key| (key, mark(key))).collect();
    let queues = queues.into_iter();
    named_alike(queues.map(|(name, keys)| (name, members(keys))).collect())
}

/// The name of a policy's only queue says nothing.
fn named_alike(mut members: Members) -> Members {
    if members.len() == 1 {
        members
            .pop_first()
            .map(|(_, only)| ("queue", only))
            .into_iter()
            .collect()
    } else {
        members
    }
}

/// A hash of the whole state.
pub fn hash(cache: &Cache) -> u64 {
    let mut hasher = DefaultHasher::new();
    cache.hash(&mut hasher);
    hasher.finish()
}
