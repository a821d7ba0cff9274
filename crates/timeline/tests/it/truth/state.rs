//! A lane as an observer knows it who sees the start and hears the events: copies, rows, connections,
//! queued writes, and what each request has done.

use cache::Value;
use cache::units::{Key, Micros, Version};
use sim::{Event, EventKind, Fault, Operation, Outcome, Spoiler, Verb, Waiting, World};
use std::collections::{BTreeMap, BTreeSet};
use timeline::Source;

/// A copy in the cache.
#[derive(Clone, Debug)]
pub struct Copy {
    pub version: Version,
    pub expires_at: Option<Micros>,
    pub inserted_at: Micros,
    pub used_at: Micros,
    pub source: Source,
    /// What made it stale, when, and which request did it.
    pub spoiled: Option<(Spoiler, Micros, Option<u32>)>,
}

impl Copy {
    pub fn is_live(&self, at: Micros) -> bool {
        self.expires_at.is_none_or(|end| at <= end)
    }
}

/// What a request has done so far.
#[derive(Clone, Debug)]
pub struct Story {
    pub key: Key,
    pub operation: Operation,
    pub began: Micros,
    /// The commands that it sent.
    pub sent: Vec<(Verb, Micros)>,
    /// Whether its last GET found a copy; `None` before any, and if the answer was lost.
    pub found: Option<bool>,
    /// The copy that its last GET found.
    pub copy: Option<Copy>,
    /// When its GET removed an expired copy.
    pub expired_at: Option<Micros>,
    /// The version that it read last, and those that it wrote.
    pub read: Option<Version>,
    pub wrote: Vec<Version>,
    pub queued: Option<Version>,
    /// The queued version that it is writing to the row.
    pub flushing: Option<Version>,
    pub refused: bool,
    pub replied: Option<(Micros, Outcome)>,
}

/// A lane.
#[derive(Clone, Default, Debug)]
pub struct Lane {
    pub copies: BTreeMap<Key, Copy>,
    /// Rows that were written, and when.
    pub rows: BTreeMap<Key, (Version, Micros)>,
    /// How many queries run.
    pub running: u32,
    /// The requests whose queries wait, and since when.
    pub waiting: Vec<(u32, Micros)>,
    /// What write-behind has queued, and which request is to write it.
    pub queue: BTreeMap<Key, (Version, u32)>,
    pub stories: BTreeMap<u32, Story>,
    /// The keys that were filled, written or deleted, and when last.
    pub touched: BTreeMap<Key, Micros>,
    pub database_is_down: bool,
    pub cache_is_cut: bool,
    /// Whether the node has failed over in this step, so that nobody knows its copies before the step's end.
    pub failed_over: bool,
    /// Rows that did not exist at the start.
    pub absent: BTreeSet<Key>,
}

impl Lane {
    /// Before the first step.
    pub fn start(world: &World, keys: impl Iterator<Item = Key>) -> Self {
        let mut lane = Lane {
            absent: keys
                .filter(|&key| world.row(key).version == Version(0))
                .collect(),
            ..Lane::default()
        };
        lane.look_at_cache(world);
        lane
    }

    /// Takes the cache's contents from the state: at the start, after a failover, after a console command.
    pub fn look_at_cache(&mut self, world: &World) {
        let known = std::mem::take(&mut self.copies);
        for entry in world.cache().into_iter().flat_map(|cache| cache.entries()) {
            let stale = entry.value.version < self.row(entry.key).0;
            let copy = Copy {
                version: entry.value.version,
                expires_at: entry.expires_at,
                inserted_at: entry.inserted_at,
                used_at: entry.used_at,
                source: source(entry.value),
                spoiled: known
                    .get(&entry.key)
                    .filter(|_| stale)
                    .and_then(|copy| copy.spoiled),
            };
            self.copies.insert(entry.key, copy);
        }
    }

    /// The version of a row, and since when it has it.
    pub fn row(&self, key: Key) -> (Version, Micros) {
        let first = Version(u32::from(!self.absent.contains(&key)));
        self.rows
            .get(&key)
            .copied()
            .unwrap_or((first, Micros::ZERO))
    }

    pub fn live(&self, key: Key, at: Micros) -> Option<&Copy> {
        self.copies.get(&key).filter(|copy| copy.is_live(at))
    }

    pub fn hear(&mut self, event: &Event) {
        let (at, key) = (event.at, event.key);
        if let EventKind::Request { operation, .. } = event.kind {
            let story = Story {
                key,
                operation,
                began: at,
                sent: Vec::new(),
                found: None,
                copy: None,
                expired_at: None,
                read: None,
                wrote: Vec::new(),
                queued: None,
                flushing: None,
                refused: false,
                replied: None,
            };
            self.stories
                .insert(event.request.expect("a request"), story);
        }
        let row = self.row(key);
        let copies = &mut self.copies;
        let story = event
            .request
            .and_then(|number| self.stories.get_mut(&number));
        match event.kind {
            EventKind::Send { verb } => {
                let story = story.expect("begun");
                story.sent.push((verb, at));
                let own = self
                    .queue
                    .get(&key)
                    .filter(|of| Some(of.1) == event.request);
                if let (Verb::Update, Some(&(version, _))) = (verb, own) {
                    story.flushing = Some(version);
                    self.queue.remove(&key);
                }
            }
            // What could not be written is queued again, unless something newer is.
            EventKind::Wait {
                why: Waiting::Delay { .. },
            } => {
                let number = event.request.expect("a request waits");
                if let Some(version) = story.expect("begun").flushing.take() {
                    self.queue.entry(key).or_insert((version, number));
                }
            }
            EventKind::Hit { .. } => {
                if let Some(copy) = copies.get_mut(&key) {
                    copy.used_at = at;
                }
                if let Some(story) = story {
                    story.found = Some(true);
                    story.copy = copies.get(&key).cloned();
                }
            }
            // The cache may have found a copy whose way to the application was cut.
            EventKind::Fail {
                verb: Verb::Get, ..
            } => {
                if let Some(story) = story {
                    (story.found, story.copy) = (None, None);
                }
            }
            EventKind::Miss { .. } => {
                if let Some(story) = story {
                    story.found = Some(false);
                }
            }
            EventKind::Fill {
                value, expires_at, ..
            } => {
                let inserted_at = copies.get(&key).map_or(at, |copy| copy.inserted_at);
                let spoiler = match event.request {
                    Some(_) => Spoiler::OldFill,
                    None => Spoiler::Console,
                };
                let copy = Copy {
                    version: value.version,
                    expires_at,
                    inserted_at,
                    used_at: at,
                    source: match event.request {
                        Some(number) => Source::Request(number + 1),
                        None => Source::Console,
                    },
                    spoiled: (value.version < row.0).then_some((spoiler, at, event.request)),
                };
                copies.insert(key, copy);
                self.touched.insert(key, at);
            }
            EventKind::Evict { .. } => {
                copies.remove(&key);
            }
            EventKind::Expire { .. } => {
                copies.remove(&key);
                if let Some(story) = story {
                    story.expired_at = Some(at);
                }
            }
            EventKind::Delete { .. } => {
                copies.remove(&key);
                self.touched.insert(key, at);
            }
            EventKind::Query { .. } => {
                self.running += 1;
                self.waiting.retain(|of| Some(of.0) != event.request);
            }
            EventKind::Queue { .. } => {
                self.waiting.push((event.request.expect("a request's"), at));
            }
            EventKind::Refuse { at: place } => {
                story.expect("begun").refused = true;
                self.waiting.retain(|of| Some(of.0) != event.request);
                if place == sim::Refused::Executing {
                    self.running -= 1;
                }
            }
            EventKind::Read { version, .. } => {
                story.expect("begun").read = Some(version);
                self.running -= 1;
            }
            EventKind::Write { version, .. } => {
                story.expect("begun").wrote.push(version);
                self.running -= 1;
                // Two writes can have one version: the later one changes nothing.
                if version > row.0 {
                    self.rows.insert(key, (version, at));
                }
                self.touched.insert(key, at);
                if let Some(copy) = copies.get_mut(&key)
                    && copy.version < version
                {
                    copy.spoiled
                        .get_or_insert((Spoiler::Write, at, event.request));
                }
            }
            EventKind::Reply { outcome, .. } => {
                story.expect("begun").replied = Some((at, outcome));
            }
            EventKind::Enqueue { version, .. } => {
                story.expect("begun").queued = Some(version);
                let number = event.request.expect("a request queues");
                self.queue.entry(key).or_insert((version, number)).0 = version;
            }
            EventKind::Fault { fault, .. } => self.suffer(fault),
            EventKind::Console { flushed: true, .. } => copies.clear(),
            EventKind::EndTtl { .. } => {
                if let Some(copy) = copies.get_mut(&key).filter(|copy| copy.is_live(at)) {
                    copy.expires_at = Some(Micros(at.0.saturating_sub(1)));
                }
            }
            // These change nothing that is kept here.
            EventKind::Request { .. }
            | EventKind::Stale { .. }
            | EventKind::Fail { .. }
            | EventKind::Finish
            | EventKind::Hold
            | EventKind::Idle { .. }
            | EventKind::Wait { .. }
            | EventKind::Refresh { .. }
            | EventKind::Reject { .. }
            | EventKind::Replicate { .. }
            | EventKind::Violation { .. }
            | EventKind::Console { .. } => {}
        }
    }

    fn suffer(&mut self, fault: Fault) {
        match fault {
            Fault::RestartCache => {
                self.copies.clear();
                self.queue.clear();
            }
            Fault::FailOverCache => {
                self.failed_over = true;
                self.queue.clear();
            }
            Fault::CutCache => self.cache_is_cut = true,
            Fault::HealCache => self.cache_is_cut = false,
            Fault::StopDatabase => self.database_is_down = true,
            Fault::HealDatabase => self.database_is_down = false,
            _ => {}
        }
    }
}

fn source(value: Value) -> Source {
    match value.origin {
        None => Source::Start,
        Some(Value::BY_HAND) => Source::Console,
        Some(number) => Source::Request(number + 1),
    }
}
