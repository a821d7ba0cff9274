//! Console commands: what each does to the cache node, and the reply.
//!
//! The console is one more client of the cache, which asks the node that has a key and for anything else all
//! nodes, beside the application: its hits and misses count, a
//! delete voids leases, and the replica receives every change. A SET stores a version of the key, because
//! versions are how staleness is judged; the monitor traces an old version to the console.

mod config;

use super::World;
use super::at_cache::expire as expired;
use super::replica::Change;
use crate::console::{CONSOLE_COMMANDS, Parsed, Reply, Set, When, parse};
use crate::deployment::NodeId;
use crate::event::{Answer, EventKind, MovedBytes, Verb};
use crate::log::Log;
use crate::monitor::{Spoiled, Spoiler};
use cache::units::{Key, Micros, Version};
use cache::{Entry, Lookup, Refusal, Removal, RemovalCause, Ttl, Value};

/// The outcome of a line.
pub struct Done {
    /// The node's reply.
    pub reply: Reply,
    /// Whether the state has changed: the use of a key counts.
    pub changed: bool,
    flushed: bool,
    /// The events, in order, each with its node.
    events: Vec<(NodeId, Key, EventKind)>,
}

impl World {
    /// Executes a line at `now` without recording events, to find out the reply and whether the line
    /// changes anything. Meant for a clone of the world.
    pub fn try_console(&mut self, line: &str, now: Micros) -> (Reply, bool) {
        self.now = now;
        let done = self.execute_console(line);
        (done.reply, done.changed)
    }

    /// Executes the line of the scenario's command number `command`, and records what happens.
    pub(super) fn console(&mut self, line: &str, command: u32, log: &mut dyn Log) {
        let done = self.execute_console(line);
        let answer = match &done.reply {
            Reply::Ok => Answer::Ok,
            Reply::Nil => Answer::Nil,
            Reply::Integer(number) => Answer::Integer(*number),
            Reply::Error(_) => Answer::Error,
            Reply::Value(_) | Reply::List(_) | Reply::Text(_) => Answer::Told,
        };
        let kind = EventKind::Console {
            command,
            answer,
            flushed: done.flushed,
        };
        // A line may be about no key; the first one's number stands in its place.
        let about = done.events.first().map_or(Key(0), |(_, key, _)| *key);
        let id = self.record(None, about, None, kind, log);
        for (node, key, kind) in done.events {
            self.record_at(node, None, key, Some(id), kind, log);
        }
    }

    fn execute_console(&mut self, line: &str) -> Done {
        let mut done = Done {
            reply: Reply::Nil,
            changed: false,
            flushed: false,
            events: Vec::new(),
        };
        done.reply = match parse(line) {
            Ok(_) if self.nodes.is_empty() => Reply::error("ERR this lane has no cache"),
            Ok(_) if self.any_is_restoring() => {
                Reply::error("LOADING Valkey is loading the dataset in memory")
            }
            Ok(parsed) => self.obey(parsed, &mut done),
            Err(text) => Reply::Error(text),
        };
        done
    }

    fn obey(&mut self, parsed: Parsed, done: &mut Done) -> Reply {
        match parsed {
            Parsed::Get(key) => self.console_get(&key, done),
            Parsed::Set(set) => self.console_set(&set, done),
            Parsed::Delete(keys) => {
                let count = |key: &String| i64::from(self.console_delete(key, done));
                Reply::Integer(keys.iter().map(count).sum())
            }
            Parsed::Exists(keys) => {
                let there = keys.iter().filter(|key| self.live(key, done).is_some());
                Reply::Integer(there.count() as i64)
            }
            Parsed::Expire {
                key,
                milliseconds,
                only,
            } => self.console_expire(&key, milliseconds, &only, done),
            Parsed::TimeToLive(key, in_milliseconds) => {
                Reply::Integer(match self.live(&key, done) {
                    None => -2,
                    Some(entry) => entry.expires_at.map_or(-1, |end| {
                        let left_ms = end.since(self.now).0 / 1_000;
                        let left = if in_milliseconds {
                            left_ms
                        } else {
                            (left_ms + 500) / 1_000
                        };
                        left as i64
                    }),
                })
            }
            Parsed::Persist(key) => self.console_persist(&key, done),
            Parsed::Frequency(key) => self.frequency(&key, done),
            Parsed::IdleTime(key) => self.idle_time(&key, done),
            Parsed::ConfigGet(patterns) => self.config_get(&patterns),
            Parsed::ConfigSet(pairs) => self.config_set(&pairs, done),
            Parsed::Info(sections) => Reply::Text(self.info(&sections)),
            Parsed::FlushAll => self.flush_all(done),
            Parsed::Size => Reply::Integer(self.contents().0.into()),
            Parsed::Help => {
                let lines = CONSOLE_COMMANDS.map(|(usage, does)| format!("{usage}: {does}"));
                Reply::Text(lines.join("\n"))
            }
        }
    }

    /// The entry under a name, if there is one whose TTL has not ended. One that has expired
    /// is removed, as whatever looks it up does.
    fn live(&mut self, name: &str, done: &mut Done) -> Option<Entry> {
        let now = self.now;
        let key = self.added.key_named(&self.workload, name)?;
        let entry = self.copy(key)?;
        if !entry.is_expired(now) {
            return Some(entry);
        }
        let node = self.holder(key);
        let removal = self.node_mut(node).cache.delete(key, now);
        if let Some(removal) = &removal {
            self.gone(node, removal, None, done);
        }
        None
    }

    /// Records a removal from a node.
    fn gone(&mut self, node: NodeId, removal: &Removal, verb: Option<Verb>, done: &mut Done) {
        let entry = &removal.entry;
        let kind = match removal.cause {
            RemovalCause::Evicted(reason) => EventKind::Evict {
                value: entry.value,
                reason,
                size_bytes: entry.size_bytes,
            },
            RemovalCause::Expired => expired(verb, entry),
            RemovalCause::Deleted | RemovalCause::Replaced | RemovalCause::Flushed => {
                EventKind::Delete {
                    found: true,
                    from_log: false,
                    size_bytes: entry.size_bytes,
                }
            }
        };
        done.changed = true;
        done.events.push((node, entry.key, kind));
        self.monitor.clear(entry.key);
        self.tell_replicas_of_delete(node, entry.key);
    }

    fn console_get(&mut self, name: &str, done: &mut Done) -> Reply {
        let now = self.now;
        let Some(key) = self.added.key_named(&self.workload, name) else {
            return Reply::Nil;
        };
        let node = self.holder(key);
        match self.node_mut(node).cache.get(key, now) {
            Lookup::Hit(entry) => {
                let Entry {
                    value,
                    expires_at,
                    size_bytes,
                    ..
                } = entry;
                done.changed = true;
                let hit = EventKind::Hit {
                    value,
                    expires_at,
                    size: MovedBytes(size_bytes),
                };
                done.events.push((node, key, hit));
                Reply::Value(format!("v{}", value.version.0))
            }
            Lookup::Miss { expired } => {
                if let Some(removal) = &expired {
                    self.gone(node, removal, Some(Verb::Get), done);
                }
                let expired = expired.is_some();
                done.events.push((node, key, EventKind::Miss { expired }));
                Reply::Nil
            }
        }
    }

    fn console_set(&mut self, set: &Set, done: &mut Done) -> Reply {
        let now = self.now;
        let name = &set.key;
        let Some(key) = self.added.key_named(&self.workload, name) else {
            let what = match self.setup.strategy.has_database() {
                true => "row",
                false => "key",
            };
            let text = format!("ERR this scenario has no {what} {name}: SET takes one of its keys");
            return Reply::Error(text);
        };
        let version = match self.version_of(key, name, &set.value) {
            Ok(version) => version,
            Err(text) => return Reply::Error(text),
        };
        let before = self.live(name, done);
        let kept_out = match set.only {
            Some(When::Nx) => before.is_some(),
            Some(When::Xx) => before.is_none(),
            _ => false,
        };
        if kept_out {
            return Reply::Nil;
        }
        let ttl = match set.milliseconds {
            _ if set.keep_ttl => Ttl::Keep,
            Some(span) => Ttl::Until(in_milliseconds(now, span)),
            None => Ttl::Clear,
        };
        let value = Value {
            version,
            origin: Some(Value::BY_HAND),
            fresh_until: None,
            rebuild: Micros::ZERO,
        };
        let size = match before {
            Some(entry) => entry.size_bytes,
            None => self.added.size_of_key(&self.workload, key),
        };
        let mut removed = Vec::new();
        let keep = |removal| removed.push(removal);
        let node = self.holder(key);
        let target = &mut self.node_mut(node).cache;
        let stored = target.set(key, value, size, ttl, now, keep);
        let mut replaced = None;
        for removal in &removed {
            match removal.cause {
                RemovalCause::Replaced => replaced = Some(removal.entry),
                _ => self.gone(node, removal, Some(Verb::Set), done),
            }
        }
        self.node_mut(node).leases.void(key);
        if let Err(refusal) = stored {
            return Reply::Error(match refusal {
                // The engine's own words, which begin with a code.
                Refusal::OutOfMemory => refusal.to_string(),
                Refusal::TooLarge { .. } => format!("ERR {refusal}"),
            });
        }
        done.changed = true;
        let expires_at = self.tell_replica_of(key);
        let row = self.row(key).version;
        let fill = EventKind::Fill {
            value,
            row,
            replaced: replaced.map(|entry| entry.value.version),
            expires_at,
            size_bytes: size,
            replaced_bytes: replaced.map_or(0, |entry| entry.size_bytes),
        };
        done.events.push((node, key, fill));
        self.monitor.clear(key);
        if version < row {
            let how = Spoiled {
                by: Spoiler::Console,
                at: now,
                request: None,
            };
            self.monitor.spoil(key, how);
        }
        Reply::Ok
    }

    /// The version that a value stands for: one that the row has or had. Without a database a SET is a
    /// write, which may make the next version.
    fn version_of(&self, key: Key, name: &str, value: &str) -> Result<Version, String> {
        let has_database = self.setup.strategy.has_database();
        let newest = self.newest(key).0 + u32::from(!has_database);
        let oldest = newest.min(1);
        let digits = value.strip_prefix('v').unwrap_or("");
        let version = digits.parse::<u32>().ok();
        let written = |version: &u32| version.to_string() == digits;
        let version = version.filter(|version| (oldest..=newest).contains(version));
        version.filter(written).map(Version).ok_or_else(|| {
            let versions = match newest {
                0 => "v0, because there is no such row".to_owned(),
                1 => "v1".to_owned(),
                newest => format!("v1 to v{newest}"),
            };
            match has_database {
                true => format!("ERR a value is a version of the row, and {name} has {versions}"),
                false => {
                    format!("ERR a value is a version of the key, and {name} takes {versions}")
                }
            }
        })
    }

    /// Sends the replica an entry as it is now, notes its expiry for the expiry cycle, and returns it.
    pub(super) fn tell_replica_of(&mut self, key: Key) -> Option<Micros> {
        let now = self.now;
        let node = self.holder_mut(key);
        let entry = node.cache.peek(key)?;
        node.watch_expiry(entry.expires_at);
        self.tell_replicas(Change {
            at: now,
            key,
            set: Some((entry.value, entry.size_bytes, entry.expires_at)),
        });
        entry.expires_at
    }

    fn console_delete(&mut self, name: &str, done: &mut Done) -> bool {
        let now = self.now;
        let Some(key) = self.added.key_named(&self.workload, name) else {
            return false;
        };
        let at = self.holder(key);
        let node = self.node_mut(at);
        done.changed |= node.leases.void(key);
        let removal = node.cache.delete(key, now);
        if let Some(removal) = &removal {
            self.gone(at, removal, Some(Verb::Delete), done);
        }
        removal.is_some_and(|removal| removal.cause == RemovalCause::Deleted)
    }

    fn console_expire(
        &mut self,
        name: &str,
        milliseconds: i64,
        only: &[When],
        done: &mut Done,
    ) -> Reply {
        let now = self.now;
        let Some(entry) = self.live(name, done) else {
            return Reply::Integer(0);
        };
        let end = (milliseconds > 0).then(|| in_milliseconds(now, milliseconds));
        let after = end.unwrap_or(now);
        // A key without a TTL never expires, so no expiry is later.
        let fits = |when: &When| match (when, entry.expires_at) {
            (When::Nx, expires_at) => expires_at.is_none(),
            (When::Xx, expires_at) => expires_at.is_some(),
            (When::Gt, expires_at) => expires_at.is_some_and(|end| after > end),
            (When::Lt, expires_at) => expires_at.is_none_or(|end| after < end),
        };
        if !only.iter().all(fits) {
            // The engine has looked the key up for writing, which is a use of it.
            self.holder_mut(entry.key)
                .cache
                .expire(entry.key, entry.expires_at, now);
            done.changed = true;
            return Reply::Integer(0);
        }
        if end.is_none() {
            self.console_delete(name, done);
        } else {
            self.holder_mut(entry.key).cache.expire(entry.key, end, now);
            self.tell_replica_of(entry.key);
            done.changed = true;
        }
        Reply::Integer(1)
    }

    fn console_persist(&mut self, name: &str, done: &mut Done) -> Reply {
        let now = self.now;
        let Some(entry) = self.live(name, done) else {
            return Reply::Integer(0);
        };
        self.holder_mut(entry.key)
            .cache
            .expire(entry.key, None, now);
        self.tell_replica_of(entry.key);
        done.changed = true;
        Reply::Integer(entry.expires_at.is_some().into())
    }

    fn frequency(&mut self, name: &str, done: &mut Done) -> Reply {
        let now = self.now;
        let Some(entry) = self.live(name, done) else {
            return Reply::Nil;
        };
        match self.holder_mut(entry.key).cache.frequency(entry.key, now) {
            Some(counter) => Reply::Integer(counter.into()),
            None => Reply::Error(
                "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please \
                 note that when switching between policies at runtime LRU and LFU data will take \
                 some time to adjust."
                    .to_owned(),
            ),
        }
    }

    fn idle_time(&mut self, name: &str, done: &mut Done) -> Reply {
        let Some(entry) = self.live(name, done) else {
            return Reply::Nil;
        };
        let now = self.now;
        if self
            .holder_mut(entry.key)
            .cache
            .frequency(entry.key, now)
            .is_some()
        {
            return Reply::Error(
                "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that \
                 when switching between policies at runtime LRU and LFU data will take some time \
                 to adjust."
                    .to_owned(),
            );
        }
        let idle = self.now.since(entry.used_at);
        Reply::Integer((idle.0 / 1_000_000) as i64)
    }

    fn flush_all(&mut self, done: &mut Done) -> Reply {
        let primary_nodes = self.nodes().filter(|(id, _)| self.deployed.is_primary(*id));
        let entries = primary_nodes.flat_map(|(id, cache)| cache.entries().map(move |of| (id, of)));
        let keys: Vec<(NodeId, Key)> = entries.map(|(id, entry)| (id, entry.key)).collect();
        let primary = |id: NodeId| self.deployed.is_primary(id);
        let primaries: Vec<bool> = (0..self.nodes.len() as u16)
            .map(|id| primary(NodeId(id)))
            .collect();
        let nodes = self.nodes.iter_mut().zip(primaries);
        for (node, _) in nodes.filter(|(_, is_primary)| *is_primary) {
            node.cache.flush(|_| {});
            node.leases.clear();
            node.expiry_due = None;
        }
        self.monitor.clear_all();
        done.flushed = true;
        done.changed = !keys.is_empty();
        for (node, key) in keys {
            self.tell_replicas_of_delete(node, key);
        }
        Reply::Ok
    }
}

fn in_milliseconds(now: Micros, span: i64) -> Micros {
    let span_us = span.unsigned_abs().saturating_mul(1_000);
    now.after(Micros(span_us))
}
