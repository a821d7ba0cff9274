//! Random calls, and how they are sent to the engine.

use cache::units::{Key, Micros};
use cache::{Cache, Entry, Lookup, Refusal, Removal, Ttl, Value};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// What is asked of a cache.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    Get,
    Set { ttl: SetTtl, size_bytes: u32 },
    Delete,
    Expire { ttl_us: Option<u64> },
    ActiveExpire,
    Flush,
}

/// What a SET says of the TTL, counted from when it is sent.
#[derive(Clone, Copy, Debug)]
pub enum SetTtl {
    Keep,
    Clear,
    For(u64),
}

/// An action on a key, and how much time passes before it.
pub type Call = (u64, Action, Key);

/// Random calls. TTLs are of the size of the gaps, so that calls fall before, on and after
/// their ends.
pub fn calls(
    keys: impl Strategy<Value = Key>,
    size_bytes: impl Strategy<Value = u32>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Call>> {
    let ttl = prop_oneof![
        4 => Just(SetTtl::Clear),
        2 => Just(SetTtl::Keep),
        4 => (0..60_u64).prop_map(SetTtl::For),
    ];
    let set = (ttl, size_bytes).prop_map(|(ttl, size_bytes)| Action::Set { ttl, size_bytes });
    let expire = option::weighted(0.7, 0..60_u64).prop_map(|ttl_us| Action::Expire { ttl_us });
    let action = prop_oneof![
        50 => Just(Action::Get),
        40 => set,
        5 => Just(Action::Delete),
        8 => expire,
        2 => Just(Action::ActiveExpire),
        1 => Just(Action::Flush),
    ];
    vec((0..6_u64, action, keys), count)
}

/// An action's outcome: the entry that was there, the answer of a write, and the removals.
type Outcome = (Option<Entry>, Result<(), Refusal>, Vec<Removal>);

/// Sends one call to the engine.
pub fn send(cache: &mut Cache, action: Action, key: Key, value: Value, now: Micros) -> Outcome {
    let mut removals = Vec::new();
    let mut found = None;
    let mut stored = Ok(());
    let looked_up = |lookup| match lookup {
        Lookup::Hit(entry) => (Some(entry), Vec::new()),
        Lookup::Miss { expired } => (None, Vec::from_iter(expired)),
    };
    match action {
        Action::Get => (found, removals) = looked_up(cache.get(key, now)),
        Action::Expire { ttl_us } => {
            let until = ttl_us.map(|ttl_us| Micros(now.0 + ttl_us));
            (found, removals) = looked_up(cache.expire(key, until, now));
        }
        Action::Set { ttl, size_bytes } => {
            let ttl = ttl.at(now);
            let keep = |removal| removals.push(removal);
            stored = cache.set(key, value, size_bytes, ttl, now, keep);
        }
        Action::Delete => removals.extend(cache.delete(key, now)),
        Action::ActiveExpire => {
            let volatile = cache.volatile_len();
            let cycle = cache.active_expire(now, |removal| removals.push(removal));
            assert_eq!(cycle.expired as usize, removals.len());
            assert!(cycle.expired <= cycle.looked_at);
            assert_eq!(cycle.loops > 0, volatile > 0);
        }
        Action::Flush => cache.flush(|removal| removals.push(removal)),
    }
    (found, stored, removals)
}

impl SetTtl {
    /// The choice that the engine is given at `now`.
    pub fn at(self, now: Micros) -> Ttl {
        match self {
            SetTtl::Keep => Ttl::Keep,
            SetTtl::Clear => Ttl::Clear,
            SetTtl::For(us) => Ttl::Until(Micros(now.0 + us)),
        }
    }
}
