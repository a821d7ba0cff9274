//! The caches that are measured. Each is asked for every key of a stream, stores what it misses, and returns
//! how many it missed. Caches made for many threads are left out: a simulation has one.

use cache::units::{Key, Micros};
use cache::{Cache, CacheSettings, PolicyKind};
use std::num::NonZeroUsize;
use trace::{SPACING, miss_count};

/// A contestant: its name, and how it is run over a stream at a capacity.
pub type Contestant = (&'static str, fn(&[Key], u32) -> u64);

/// All of them, in the order in which they take turns.
pub const ALL: [Contestant; 6] = [
    ("this engine, LRU", |stream, capacity| {
        ours(stream, capacity, PolicyKind::Lru)
    }),
    ("this engine, FIFO", |stream, capacity| {
        ours(stream, capacity, PolicyKind::Fifo)
    }),
    ("this engine, LRU, GET and SET as on the stage", as_on_stage),
    ("lru", lru),
    ("schnellru", schnellru),
    ("quick_cache, unsync", quick_cache),
];

fn ours(stream: &[Key], capacity: u32, policy: PolicyKind) -> u64 {
    miss_count(stream, policy, capacity)
}

/// With everything that an entry has on the stage (a value, a size, times) and a reason for each eviction.
fn as_on_stage(stream: &[Key], capacity: u32) -> u64 {
    let mut cache = Cache::new(&CacheSettings::new(PolicyKind::Lru, capacity));
    let mut now = Micros::ZERO;
    count(stream, |key| {
        now = now.after(SPACING);
        cache.request(Key(key), now)
    })
}

fn lru(stream: &[Key], capacity: u32) -> u64 {
    let capacity = NonZeroUsize::new(capacity as usize).expect("a capacity");
    let mut cache = ::lru::LruCache::new(capacity);
    count(stream, |key| {
        let hit = cache.get(&key).is_some();
        if !hit {
            cache.put(key, key);
        }
        hit
    })
}

fn schnellru(stream: &[Key], capacity: u32) -> u64 {
    let mut cache = ::schnellru::LruMap::new(::schnellru::ByLength::new(capacity));
    count(stream, |key| {
        let hit = cache.get(&key).is_some();
        if !hit {
            cache.insert(key, key);
        }
        hit
    })
}

fn quick_cache(stream: &[Key], capacity: u32) -> u64 {
    let mut cache = ::quick_cache::unsync::Cache::new(capacity as usize);
    count(stream, |key| {
        let hit = cache.get(&key).is_some();
        if !hit {
            cache.insert(key, key);
        }
        hit
    })
}

fn count(stream: &[Key], mut asked: impl FnMut(u32) -> bool) -> u64 {
    stream.iter().filter(|key| !asked(key.0)).count() as u64
}
