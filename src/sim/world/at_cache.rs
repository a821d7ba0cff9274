//! What happens at the cache node: the engine does one command at a time, and everything it finds,
//! stores or removes becomes an event.

use super::{Due, World};
use crate::cache::{Cache, Entry, Lookup, RemovalCause, Value};
use crate::sim::draw::Stream;
use crate::sim::event::{EventKind, Party, Verb};
use crate::sim::log::Log;
use crate::units::{Key, Version};

impl World {
    /// The engine takes up a command when it has done the earlier ones.
    pub(super) fn serve_at_cache(&mut self, number: u32) {
        let now = self.now;
        // The trip has begun, so it is the last of those counted.
        let service = self.setup.cache.service;
        let service = service.at(self.draw_again(Stream::CacheService, number, Party::Cache));
        let start = self.cache_free_at.max(now);
        self.cache_free_at = start.after(service);
        let part = self.request_mut(number).part_mut();
        part.waited = start.since(now);
        part.service = service;
        let done_at = self.cache_free_at;
        self.queue.schedule(done_at, Due::CacheDone(number));
    }

    pub(super) fn answer_from_cache(&mut self, number: u32, log: &mut impl Log) {
        let active = self.request(number);
        let (key, verb, version) = (active.key, active.current_verb(), active.version);
        match verb {
            Verb::Get => self.cache_get(number, key, log),
            Verb::Set => {
                let version = version.expect("a SET follows a read or a write of the row");
                self.cache_set(number, key, version, log);
            }
            Verb::Delete => self.cache_delete(number, key, log),
            Verb::Select | Verb::Update => unreachable!("the cache is not asked for rows"),
        }
        self.send_back(number);
    }

    fn cache_get(&mut self, number: u32, key: Key, log: &mut impl Log) {
        let now = self.now;
        match self.cache_mut().get(key, now) {
            Lookup::Hit(entry) => {
                let active = self.request_mut(number);
                active.hit = true;
                active.version = Some(entry.value.version);
                let hit = EventKind::Hit {
                    value: entry.value,
                    expires_at: entry.expires_at,
                };
                self.emit(number, hit, log);
                let row = self.database.row(key);
                if entry.value.version < row.version {
                    let stale = EventKind::Stale {
                        copy: entry.value.version,
                        row: row.version,
                        since: now.since(row.committed_at),
                        expires_at: entry.expires_at,
                    };
                    self.emit(number, stale, log);
                }
            }
            Lookup::Miss { expired } => {
                if let Some(removal) = expired {
                    self.emit_about(
                        number,
                        removal.entry.key,
                        expire(Verb::Get, &removal.entry),
                        log,
                    );
                }
                let expired = expired.is_some();
                self.emit(number, EventKind::Miss { expired }, log);
            }
        }
    }

    fn cache_set(&mut self, number: u32, key: Key, version: Version, log: &mut impl Log) {
        let now = self.now;
        let own_ttl = self.workload.requests[number as usize].ttl;
        let ttl = own_ttl.over(self.setup.strategy.ttl_us);
        let expires_at = ttl.map(|ttl| now.after(ttl));
        let value = Value {
            version,
            origin: Some(number),
        };
        // At most one entry has to go for a new one, and at most one value is overwritten.
        let mut removed = [None; 2];
        let mut count = 0;
        self.cache_mut()
            .set(key, value, expires_at, now, |removal| {
                removed[count] = Some(removal);
                count += 1;
            });
        let mut replaced = None;
        for removal in removed.into_iter().flatten() {
            let entry = removal.entry;
            let kind = match removal.cause {
                RemovalCause::Replaced => {
                    replaced = Some(entry.value.version);
                    continue;
                }
                RemovalCause::Evicted(reason) => EventKind::Evict {
                    value: entry.value,
                    reason,
                },
                RemovalCause::Expired => expire(Verb::Set, &entry),
                RemovalCause::Deleted => unreachable!("a SET deletes nothing"),
            };
            self.emit_about(number, entry.key, kind, log);
        }
        let row = self.database.row(key).version;
        let fill = EventKind::Fill {
            value,
            row,
            replaced,
            expires_at,
        };
        self.emit(number, fill, log);
    }

    fn cache_delete(&mut self, number: u32, key: Key, log: &mut impl Log) {
        let now = self.now;
        let removal = self.cache_mut().delete(key, now);
        let mut found = false;
        if let Some(removal) = removal {
            match removal.cause {
                RemovalCause::Expired => {
                    self.emit_about(number, key, expire(Verb::Delete, &removal.entry), log);
                }
                _ => found = true,
            }
        }
        self.emit(number, EventKind::Delete { found }, log);
    }

    fn cache_mut(&mut self) -> &mut Cache {
        self.cache
            .as_mut()
            .expect("only strategies with a cache send it messages")
    }
}

fn expire(verb: Verb, entry: &Entry) -> EventKind {
    EventKind::Expire {
        verb,
        value: entry.value,
        expired_at: entry.expires_at.unwrap_or_default(),
    }
}
