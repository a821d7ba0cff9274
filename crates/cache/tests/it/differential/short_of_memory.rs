//! Random commands while memory is short. A server over its limit refuses every write that may need
//! memory, and before any command at all it evicts whom it may; reads, deletions and changes of a TTL
//! go on.

use super::commands::{Command, KEYS, SetTtl, Verb, store_of_size};
use super::hit_ratio::setting;
use super::server::{Reply, Server};
use crate::streams::SplitMix;
use cache::units::{Key, Micros};
use cache::{Cache, CacheSettings, Capacity, Scope, Ttl};

/// More than all commands of a round could store.
const CAPACITY_BYTES: u32 = 1_000_000;

/// Takes up what room there is in the engine, and is no key of any command.
const FILLER: Key = Key(KEYS);

/// How many commands a stretch has, with memory and without.
const STRETCH: u32 = 60;

/// What happened while memory was short: without it the comparison would say little.
#[derive(Default, Debug)]
struct Seen {
    refused: u32,
    read: u32,
    deleted: u32,
    evicted: u32,
}

/// An engine whose limit is in bytes, with what it takes to keep it full.
struct Engine {
    cache: Cache,
    /// Each SET stores more than any before it: a server over its limit refuses to overwrite, too,
    /// whereas the engine refuses only what needs more room.
    size_bytes: u32,
}

impl Engine {
    fn new(policy: &str) -> Self {
        let (kind, scope) = setting(policy);
        let mut settings = CacheSettings::new(kind, 1);
        settings.scope = scope;
        settings.capacity = Capacity::Bytes {
            capacity_bytes: CAPACITY_BYTES.into(),
            overhead_bytes: 0,
        };
        Engine {
            cache: Cache::new(&settings),
            size_bytes: 1,
        }
    }

    fn answer(&mut self, command: &Command, now: Micros) -> Reply {
        self.size_bytes += 1;
        command.answer_of_size(&mut self.cache, self.size_bytes, now)
    }

    /// Leaves no room, and returns how many were evicted for it. The filler that wants all of it evicts
    /// every entry that may be evicted, and is refused while others are left; then it takes what is free. The
    /// server no longer has entries that have expired.
    fn squeeze(&mut self, now: Micros) -> u32 {
        self.cache.active_expire(now, |_| {});
        let before = self.cache.len() - u32::from(self.filler().is_some());
        let stored = self.fill(CAPACITY_BYTES, now);
        let left = self.cache.len() - u32::from(self.filler().is_some());
        assert_eq!(stored, left == 0, "there is room for all of it or for less");
        let free = u64::from(CAPACITY_BYTES) - self.cache.used_bytes();
        assert!(self.fill(self.filler().unwrap_or(0) + free as u32, now));
        assert_eq!(self.cache.used_bytes(), u64::from(CAPACITY_BYTES));
        before - left
    }

    /// How large the filler is.
    fn filler(&self) -> Option<u32> {
        self.cache.peek(FILLER).map(|entry| entry.size_bytes)
    }

    /// Whether there is room for a filler of this size.
    fn fill(&mut self, size_bytes: u32, now: Micros) -> bool {
        let cache = &mut self.cache;
        store_of_size(cache, FILLER, 1, size_bytes, Ttl::Clear, now) == Reply::ok()
    }

    /// Lets it have room again.
    fn relax(&mut self, now: Micros) {
        self.cache.delete(FILLER, now);
    }
}

/// Sends one command after the other to both, and compares every reply.
fn stretch(server: &mut Server, engine: &mut Engine, commands: &[Command], short: bool) -> Seen {
    let mut seen = Seen::default();
    let now = Micros(server.now_us());
    let words: Vec<Vec<String>> = commands.iter().map(Command::words).collect();
    let replies = server.pipeline(&words);
    for (command, server) in commands.iter().zip(&replies) {
        let answer = engine.answer(command, now);
        assert!(
            command.agree(server, &answer),
            "{command:?}, memory short: {short}: server {server:?}, engine {answer:?}"
        );
        if short {
            seen.evicted += engine.squeeze(now);
        }
        let (is_get, is_del) = (
            matches!(command.verb, Verb::Get),
            matches!(command.verb, Verb::Del),
        );
        seen.refused += u32::from(matches!(server, Reply::Error(_)));
        seen.read += u32::from(is_get && *server != Reply::Bulk(None));
        seen.deleted += u32::from(is_del && *server == Reply::Integer(1));
    }
    seen
}

fn commands(random: &mut SplitMix, short: bool, now_ms: u64) -> Vec<Command> {
    let command = |_| {
        let mut command = Command::random(random, false, now_ms);
        // A server over its limit refuses a SET before it looks whether the key is there, which is
        // what NX and XX ask; the engine does not know these.
        if let (Verb::Set { only_if, .. }, true) = (&mut command.verb, short) {
            *only_if = None;
        }
        // Most of what comes while there is room stays: without entries nothing could be read.
        if let (Verb::Set { ttl, .. }, false) = (&mut command.verb, short)
            && random.below(2) == 0
        {
            *ttl = SetTtl::Nothing;
        }
        command
    };
    (0..STRETCH).map(command).collect()
}

/// Plays rounds of random commands with room and without it, in turn.
pub fn agrees(policy: &str, seed: u64, rounds: u32) {
    let Some(mut server) = Server::start() else {
        return;
    };
    server.configure("maxmemory-policy", policy);
    let mut engine = Engine::new(policy);
    let mut random = SplitMix::new(seed);
    let mut seen = Seen::default();
    for _ in 0..rounds {
        let now_ms = server.now_us() / 1_000;
        server.configure("maxmemory", "0");
        engine.relax(Micros(now_ms * 1_000));
        let with_room = commands(&mut random, false, now_ms);
        let unhindered = stretch(&mut server, &mut engine, &with_room, false);
        assert_eq!(unhindered.refused, 0);

        // Less than the server needs empty.
        server.configure("maxmemory", "1");
        seen.evicted += engine.squeeze(Micros(server.now_us()));
        let without = commands(&mut random, true, now_ms);
        let short = stretch(&mut server, &mut engine, &without, true);
        seen.refused += short.refused;
        seen.read += short.read;
        seen.deleted += short.deleted;
        seen.evicted += short.evicted;
    }
    println!("{policy}: {seen:?}");
    assert!(seen.refused > rounds && seen.read > rounds, "{seen:?}");
    assert!(seen.deleted > 0, "{seen:?}");
    let (_, scope) = setting(policy);
    assert_eq!(seen.evicted > 0, scope == Scope::Volatile, "{seen:?}");
}
