//! What is different where the cache is serverless: a command may be throttled, and the rate grows.

use super::{Slot, World};
use crate::cost::month;
use crate::event::{EventKind, Failure, Verb};
use crate::log::Log;
use cache::units::{Key, Micros};

impl World {
    /// Refuses a command that exceeds a rate, and returns whether it did.
    pub(super) fn throttle(&mut self, slot: Slot, log: &mut dyn Log) -> bool {
        if self.deployed.meter().is_none() {
            return false;
        }
        let active = self.request(slot);
        let (key, verb) = (active.key, active.current_verb());
        let needs_milli = month::milli_ecpu(self.moves_bytes(slot).into(), 0);
        let (place, now) = (self.place(key) as u16, self.now);
        let meter = self.deployed.meter_mut();
        let exceeded = meter.and_then(|meter| meter.ask(place, needs_milli, now));
        let Some(exceeded) = exceeded else {
            return false;
        };
        self.emit(slot, EventKind::Throttle { verb, exceeded }, log);
        self.request_mut(slot).failure = Some(Failure::CacheThrottled);
        true
    }

    /// How many bytes a request's command would move if it was executed now.
    fn moves_bytes(&self, slot: Slot) -> u32 {
        let active = self.request(slot);
        let key = active.key;
        match active.current_verb() {
            Verb::Set => self.added.size_bytes(&self.workload, active.number, key),
            Verb::Get => {
                let copy = self.copy(key).filter(|copy| !copy.is_expired(self.now));
                copy.map_or(0, |copy| copy.size_bytes)
            }
            _ => 0,
        }
    }

    /// Takes what an executed command has used from the rate.
    pub(super) fn meter(&mut self, key: Key, kind: &EventKind) {
        if self.deployed.meter().is_none() {
            return;
        }
        let Some(moved) = kind.moved_bytes() else {
            return;
        };
        let (place, now) = (self.place(key) as u16, self.now);
        if let Some(meter) = self.deployed.meter_mut() {
            meter.take(place, month::milli_ecpu(moved.into(), 0), now);
        }
    }

    /// When the rate grows, or [`Micros::NEVER`].
    pub(super) fn grows_at(&self) -> Micros {
        let meter = self.deployed.meter();
        let grows_at = meter.and_then(|meter| meter.grows_at());
        grows_at.unwrap_or(Micros::NEVER)
    }

    /// The rate has doubled.
    pub(super) fn grow(&mut self, log: &mut dyn Log) {
        let Some(meter) = self.deployed.meter_mut() else {
            return;
        };
        let (before, rate) = meter.grow();
        self.record(None, Key(0), None, EventKind::Grow { before, rate }, log);
    }
}
