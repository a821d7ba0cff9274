//! Random commands, in the server's words and as calls of the engine, and whether the replies agree.

use super::server::Reply;
use crate::streams::SplitMix;
use cache::units::{Key, Micros, Version};
use cache::{Cache, Entry, Lookup, RemovalCause, Ttl, Value};

/// Few keys, so that commands meet.
pub const KEYS: u32 = 12;

/// The least of the short TTLs. A round of commands takes a small part of it.
pub const SHORT_MS: u64 = 200;

const HOUR_MS: u64 = 3_600_000;

/// Replies with a TTL may differ by what passes between server and engine.
const SLACK_MS: i64 = 1_500;

/// One command on one key.
#[derive(Clone, Debug)]
pub struct Command {
    pub key: Key,
    pub verb: Verb,
}

/// What to do with the key.
#[derive(Clone, Debug)]
pub enum Verb {
    Get,
    Set {
        version: u32,
        ttl: SetTtl,
        only_if: Option<OnlyIf>,
    },
    Del,
    Exists,
    Expire(Deadline),
    Persist,
    Ttl,
    Pttl,
}

/// What a SET says about the TTL.
#[derive(Clone, Debug)]
pub enum SetTtl {
    Nothing,
    Keep,
    Deadline(Deadline),
}

/// The options of a SET that may keep it from happening.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum OnlyIf {
    Absent,
    Present,
}

/// When a TTL ends, in the units of the command that says so.
#[derive(Clone, Debug)]
pub enum Deadline {
    Seconds(i64),
    Milliseconds(i64),
    AtMilliseconds(u64),
}

impl Deadline {
    /// Hours from now; with `short`, often a fraction of a second.
    fn coming(random: &mut SplitMix, short: bool, now_ms: u64) -> Self {
        let far_ms = HOUR_MS * u64::from(1 + random.below(50));
        match random.below(if short { 6 } else { 3 }) {
            0 => Deadline::Seconds((far_ms / 1_000) as i64),
            1 => Deadline::Milliseconds(far_ms as i64),
            2 => Deadline::AtMilliseconds(now_ms + far_ms),
            _ => Deadline::Milliseconds((SHORT_MS + u64::from(random.below(40))) as i64),
        }
    }

    /// An end that is over.
    fn past(random: &mut SplitMix, now_ms: u64) -> Self {
        let span_ms = 2_000 + u64::from(random.below(100_000));
        match random.below(4) {
            0 => Deadline::Seconds(-((span_ms / 1_000) as i64)),
            1 => Deadline::Milliseconds(-(span_ms as i64)),
            2 => Deadline::Seconds(-1),
            _ => Deadline::AtMilliseconds(now_ms - span_ms),
        }
    }

    fn instant(&self, now: Micros) -> Micros {
        let span = |us: i64| Micros(now.0.checked_add_signed(us).expect("an instant after 1970"));
        match *self {
            Deadline::Seconds(seconds) => span(seconds * 1_000_000),
            Deadline::Milliseconds(ms) => span(ms * 1_000),
            Deadline::AtMilliseconds(ms) => Micros(ms * 1_000),
        }
    }
}

impl Command {
    /// A random command; with `short`, with TTLs that end while the test waits.
    pub fn random(random: &mut SplitMix, short: bool, now_ms: u64) -> Self {
        let key = Key(random.below(KEYS));
        let verb = match random.below(20) {
            0..5 => Verb::Get,
            5..11 => Verb::set(random, short, now_ms),
            11 => Verb::Del,
            12 => Verb::Exists,
            13..15 => Verb::Expire(Deadline::coming(random, short, now_ms)),
            15 => Verb::Expire(Deadline::past(random, now_ms)),
            16 => Verb::Persist,
            17..19 => Verb::Ttl,
            _ => Verb::Pttl,
        };
        Command { key, verb }
    }

    /// The command as it is sent.
    pub fn words(&self) -> Vec<String> {
        let name = format!("key:{}", self.key.0);
        let deadline = |words: [&str; 3], deadline: &Deadline| match *deadline {
            Deadline::Seconds(seconds) => (words[0].to_owned(), seconds.to_string()),
            Deadline::Milliseconds(ms) => (words[1].to_owned(), ms.to_string()),
            Deadline::AtMilliseconds(ms) => (words[2].to_owned(), ms.to_string()),
        };
        match &self.verb {
            Verb::Get => vec!["GET".to_owned(), name],
            Verb::Del => vec!["DEL".to_owned(), name],
            Verb::Exists => vec!["EXISTS".to_owned(), name],
            Verb::Persist => vec!["PERSIST".to_owned(), name],
            Verb::Ttl => vec!["TTL".to_owned(), name],
            Verb::Pttl => vec!["PTTL".to_owned(), name],
            Verb::Expire(end) => {
                let (word, number) = deadline(["EXPIRE", "PEXPIRE", "PEXPIREAT"], end);
                vec![word, name, number]
            }
            Verb::Set {
                version,
                ttl,
                only_if,
            } => {
                let mut words = vec!["SET".to_owned(), name, version.to_string()];
                words.extend(only_if.map(|only_if| match only_if {
                    OnlyIf::Absent => "NX".to_owned(),
                    OnlyIf::Present => "XX".to_owned(),
                }));
                match ttl {
                    SetTtl::Nothing => {}
                    SetTtl::Keep => words.push("KEEPTTL".to_owned()),
                    SetTtl::Deadline(end) => {
                        let (word, number) = deadline(["EX", "PX", "PXAT"], end);
                        words.extend([word, number]);
                    }
                }
                words
            }
        }
    }

    /// The engine's reply.
    pub fn answer(&self, cache: &mut Cache, now: Micros) -> Reply {
        self.answer_of_size(cache, 1, now)
    }

    /// The engine's reply, where what a SET stores is of this size.
    pub fn answer_of_size(&self, cache: &mut Cache, size_bytes: u32, now: Micros) -> Reply {
        let key = self.key;
        let there = |cache: &Cache| cache.peek(key).filter(|entry| !entry.is_expired(now));
        let yes = |yes: bool| Reply::Integer(yes.into());
        match &self.verb {
            Verb::Get => Reply::Bulk(match cache.get(key, now) {
                Lookup::Hit(entry) => Some(entry.value.version.0.to_string()),
                Lookup::Miss { .. } => None,
            }),
            Verb::Set {
                version,
                ttl,
                only_if,
            } => {
                let there = there(cache).is_some();
                if only_if.is_some_and(|only_if| there != (only_if == OnlyIf::Present)) {
                    return Reply::Bulk(None);
                }
                let ttl = match ttl {
                    SetTtl::Nothing => Ttl::Clear,
                    SetTtl::Keep => Ttl::Keep,
                    SetTtl::Deadline(end) => Ttl::Until(end.instant(now)),
                };
                store_of_size(cache, key, *version, size_bytes, ttl, now)
            }
            Verb::Del => {
                let there = there(cache).is_some();
                let deleted = cache.delete(key, now);
                let deleted = deleted.is_some_and(|removal| removal.cause == RemovalCause::Deleted);
                assert_eq!(deleted, there);
                yes(there)
            }
            Verb::Exists => yes(there(cache).is_some()),
            Verb::Expire(end) => yes(matches!(
                cache.expire(key, Some(end.instant(now)), now),
                Lookup::Hit(_)
            )),
            Verb::Persist => {
                let had = there(cache).is_some_and(|entry| entry.expires_at.is_some());
                cache.expire(key, None, now);
                yes(had)
            }
            Verb::Ttl => Reply::Integer(match there(cache).map(|entry| rest_ms(&entry, now)) {
                Some(Some(ms)) => (ms + 500) / 1_000,
                Some(None) => -1,
                None => -2,
            }),
            Verb::Pttl => Reply::Integer(match there(cache).map(|entry| rest_ms(&entry, now)) {
                Some(Some(ms)) => ms,
                Some(None) => -1,
                None => -2,
            }),
        }
    }

    /// Whether the two replies are the same, for all that may be seen of the time between them.
    pub fn agree(&self, server: &Reply, engine: &Reply) -> bool {
        let slack = match self.verb {
            Verb::Ttl => SLACK_MS / 1_000,
            Verb::Pttl => SLACK_MS,
            _ => 0,
        };
        match (server, engine) {
            (Reply::Integer(server), Reply::Integer(engine)) if *server >= 0 && *engine >= 0 => {
                (server - engine).abs() <= slack
            }
            _ => server == engine,
        }
    }
}

impl Verb {
    fn set(random: &mut SplitMix, short: bool, now_ms: u64) -> Self {
        let only_if = match random.below(8) {
            0 => Some(OnlyIf::Absent),
            1 => Some(OnlyIf::Present),
            _ => None,
        };
        let ttl = match random.below(8) {
            0..3 => SetTtl::Nothing,
            3 => SetTtl::Keep,
            // Only an absolute end may be over: the server refuses spans that are not positive.
            4 => SetTtl::Deadline(Deadline::AtMilliseconds(now_ms - 5_000)),
            _ => SetTtl::Deadline(Deadline::coming(random, short, now_ms)),
        };
        Verb::Set {
            version: 1 + random.below(1_000_000),
            ttl,
            only_if,
        }
    }
}

/// Stores a small value, and gives the reply of the server's SET.
pub fn store(cache: &mut Cache, key: Key, version: u32, ttl: Ttl, now: Micros) -> Reply {
    store_of_size(cache, key, version, 1, ttl, now)
}

/// Stores a value of this size, and gives the reply of the server's SET.
pub fn store_of_size(
    cache: &mut Cache,
    key: Key,
    version: u32,
    size_bytes: u32,
    ttl: Ttl,
    now: Micros,
) -> Reply {
    let value = Value {
        version: Version(version),
        origin: None,
        ..Value::FIRST
    };
    match cache.set(key, value, size_bytes, ttl, now, |_| {}) {
        Ok(()) => Reply::ok(),
        Err(refusal) => Reply::Error(refusal.to_string()),
    }
}

fn rest_ms(entry: &Entry, now: Micros) -> Option<i64> {
    entry
        .expires_at
        .map(|end| (end.since(now).0 / 1_000) as i64)
}
