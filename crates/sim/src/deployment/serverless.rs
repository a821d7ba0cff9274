//! ElastiCache Serverless: one endpoint, behind which the service adds and removes nodes that nobody sees. A client
//! finds all slots at one node, so that no command is answered with MOVED. What limits the cache is its rate, in
//! ECPUs a second.
//!
//! Sources: "Scaling ElastiCache" and "Common troubleshooting steps" of the ElastiCache user guide. The cache
//! supports 30,000 ECPUs a second when it is new, twice as many every two to three minutes with Valkey 8 and every
//! ten to twelve minutes otherwise, and from the start a minimum for which it was pre-scaled. A slot gets 30,000,
//! whatever the whole cache supports, because a slot is never split. What is more is throttled.
//!
//! As with DynamoDB, ECPUs are counted by whole seconds of the simulated time: at the beginning of each second
//! nothing is used. The rate grows in steps: from the first command that exceeds it, it takes the time of a doubling
//! until it has doubled.

use super::kind::Kind;
use super::{Deployed, NodeId, slots};
use cache::units::Micros;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

const SECOND: Micros = Micros(1_000_000);

/// The settings of a serverless cache. Rates are ECPUs a second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Serverless {
    /// The rate that it supports at the start.
    pub rate: u32,
    /// The rate for which it was pre-scaled, if it was. It is paid for, used or not.
    pub minimum: Option<u32>,
    /// The rate beyond which it does not grow.
    pub maximum: u32,
    /// The most that one slot gets.
    pub slot_rate: u32,
    /// How long it takes until the rate has doubled.
    pub doubling: Micros,
}

impl Serverless {
    /// The rate before the first request.
    pub fn rate_at_start(self) -> u32 {
        let scaled = self.minimum.unwrap_or(0);
        self.rate.max(scaled).min(self.maximum)
    }
}

impl Kind for Serverless {
    fn noun(&self) -> &'static str {
        "cache"
    }

    fn has_several(&self) -> bool {
        false
    }

    fn has_places(&self) -> bool {
        true
    }

    fn has_slots(&self) -> bool {
        true
    }

    fn hides_nodes(&self) -> bool {
        true
    }

    fn place_of(&self, key: &[u8]) -> u32 {
        slots::slot_of(key).into()
    }

    fn start(&self, deployed: &mut Deployed) {
        deployed.meter = Some(Meter::new(*self));
    }

    fn holder(&self, _now: &Deployed, _place: u32) -> NodeId {
        NodeId::default()
    }
}

/// The rate that a command exceeds. What is used and needed is in thousandths of an ECPU.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Exceeded {
    /// That of the whole cache.
    Cache {
        /// What has been used in this second.
        used_milli: u64,
        /// The rate.
        rate: u32,
        /// What the command needs.
        needs_milli: u64,
        /// When the cache will support more; `None` if it does not grow any more.
        grows_at: Option<Micros>,
    },
    /// That of the key's slot, although the cache could do more.
    Slot {
        /// The slot.
        slot: u16,
        /// What the slot has used in this second.
        used_milli: u64,
        /// The rate of a slot.
        rate: u32,
        /// What the command needs.
        needs_milli: u64,
        /// What the whole cache has used in this second.
        cache_used_milli: u64,
        /// The rate of the whole cache.
        cache_rate: u32,
    },
}

/// What a serverless cache has used in a second, and how much it supports.
#[derive(Clone, Debug)]
pub struct Meter {
    of: Serverless,
    /// The rate that it supports now.
    rate: u32,
    /// When that doubles, if more was asked for.
    grows_at: Option<Micros>,
    /// The second that what is used is about, counted from the start.
    second: u64,
    /// What has been used in that second, in thousandths of an ECPU.
    used_milli: u64,
    /// The same of each slot that has used any.
    of_slots: BTreeMap<u16, u64>,
}

impl Meter {
    pub(super) fn new(of: Serverless) -> Self {
        Meter {
            of,
            rate: of.rate_at_start(),
            grows_at: None,
            second: 0,
            used_milli: 0,
            of_slots: BTreeMap::new(),
        }
    }

    /// The ECPUs a second that it supports now.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// When that doubles; `None` while no more is asked for.
    pub fn grows_at(&self) -> Option<Micros> {
        self.grows_at
    }

    /// What has been used in the second of `now`, in thousandths of an ECPU.
    pub fn used_milli(&self, now: Micros) -> u64 {
        match self.is_second_of(now) {
            true => self.used_milli,
            false => 0,
        }
    }

    /// What a slot has used in the second of `now`.
    fn used_of(&self, slot: u16, now: Micros) -> u64 {
        let used = self.of_slots.get(&slot).filter(|_| self.is_second_of(now));
        used.copied().unwrap_or(0)
    }

    /// The slot that has used most in the second of `now`, and how much; of equal ones the first.
    pub fn busiest_slot(&self, now: Micros) -> Option<(u16, u64)> {
        let used = self.of_slots.iter().filter(|_| self.is_second_of(now));
        let busiest = used.max_by_key(|&(&slot, &used)| (used, std::cmp::Reverse(slot)));
        busiest.map(|(&slot, &used)| (slot, used))
    }

    fn is_second_of(&self, now: Micros) -> bool {
        now.0 / SECOND.0 == self.second
    }

    /// The rate that a command at a slot exceeds, that of the whole cache before the slot's. Whoever exceeds the
    /// cache's makes it grow.
    pub(crate) fn ask(&mut self, slot: u16, needs_milli: u64, now: Micros) -> Option<Exceeded> {
        let (used_milli, of_slot) = (self.used_milli(now), self.used_of(slot, now));
        if exceeds(self.rate, used_milli + needs_milli) {
            if self.grows_at.is_none() && self.rate < self.of.maximum {
                self.grows_at = Some(now.after(self.of.doubling));
            }
            return Some(Exceeded::Cache {
                used_milli,
                rate: self.rate,
                needs_milli,
                grows_at: self.grows_at,
            });
        }
        exceeds(self.of.slot_rate, of_slot + needs_milli).then_some(Exceeded::Slot {
            slot,
            used_milli: of_slot,
            rate: self.of.slot_rate,
            needs_milli,
            cache_used_milli: used_milli,
            cache_rate: self.rate,
        })
    }

    /// Counts what a command at a slot has used.
    pub(crate) fn take(&mut self, slot: u16, milli: u64, now: Micros) {
        if !self.is_second_of(now) {
            self.second = now.0 / SECOND.0;
            self.used_milli = 0;
            self.of_slots.clear();
        }
        self.used_milli += milli;
        *self.of_slots.entry(slot).or_insert(0) += milli;
    }

    /// Doubles the rate, up to its maximum, and returns what it was and what it is now.
    pub(crate) fn grow(&mut self) -> (u32, u32) {
        let before = self.rate;
        self.rate = before.saturating_mul(2).min(self.of.maximum);
        self.grows_at = None;
        (before, self.rate)
    }

    /// About how much memory it takes beside its own fields, in bytes.
    pub(super) fn heap_bytes(&self) -> u64 {
        // A map's nodes are about two thirds full.
        (self.of_slots.len() * size_of::<(u16, u64)>() * 3 / 2) as u64
    }
}

/// Whether thousandths of an ECPU in a second are more than a rate.
fn exceeds(rate: u32, milli: u64) -> bool {
    milli > u64::from(rate) * 1_000
}

/// The settings are none of the state.
impl Hash for Meter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.rate, self.grows_at, self.second).hash(state);
        self.used_milli.hash(state);
        self.of_slots.hash(state);
    }
}
