//! The rate of a serverless cache, recounted from the commands that it has executed.

use super::facts::Point;
use cache::units::{Key, Micros};
use sim::deployment::slots;
use sim::{ByHand, Deployment, Event, EventKind, Exceeded, Serverless, Verb, World};
use std::collections::{BTreeMap, BTreeSet};
use timeline::ServerlessFact;

/// What an observer knows of a rate.
#[derive(Clone, Default, Debug)]
pub struct Meter {
    of: Option<Serverless>,
    rate: u64,
    /// When a command exceeded it that has not grown since.
    exceeded_at: Option<Micros>,
    /// The commands of this second: when, at which slot, and their thousandths of an ECPU.
    executed: Vec<(Micros, u16, u64)>,
    /// How large the copies are that were stored last.
    sizes: BTreeMap<Key, u32>,
    /// The requests that were throttled.
    refused: BTreeSet<u32>,
}

/// One ECPU for each kilobyte, and at least one.
fn milli_ecpu(bytes: u32) -> u64 {
    u64::from(bytes).max(1_000)
}

impl Meter {
    pub fn start(world: &World) -> Self {
        let Deployment::Serverless(of) = world.setup().cache.deployment else {
            return Meter::default();
        };
        let entries = world.nodes().flat_map(|(_, cache)| cache.entries());
        let scaled = of.minimum.map_or(of.rate, |minimum| of.rate.max(minimum));
        Meter {
            of: Some(of),
            rate: scaled.min(of.maximum).into(),
            sizes: entries.map(|of| (of.key, of.size_bytes)).collect(),
            ..Meter::default()
        }
    }

    pub fn hear(&mut self, event: &Event, name: &str) {
        let Some(of) = self.of else { return };
        let (at, slot) = (event.at, slots::slot_of(name.as_bytes()));
        let moved = match event.kind {
            EventKind::Hit { size, .. } | EventKind::Reject { size, .. } => size.0,
            EventKind::Fill { size_bytes, .. } => {
                self.sizes.insert(event.key, size_bytes);
                size_bytes
            }
            EventKind::Miss { .. } | EventKind::Delete { .. } => 0,
            EventKind::Throttle { exceeded, .. } => {
                if matches!(exceeded, Exceeded::Cache { .. }) && self.rate < of.maximum.into() {
                    self.exceeded_at.get_or_insert(at);
                }
                self.refused.extend(event.request);
                return;
            }
            EventKind::Grow { .. } => {
                self.rate = (self.rate * 2).min(of.maximum.into());
                self.exceeded_at = None;
                return;
            }
            _ => return,
        };
        let second = |at: Micros| at.0 / 1_000_000;
        self.executed.retain(|of| second(of.0) == second(at));
        self.executed.push((at, slot, milli_ecpu(moved)));
    }

    pub fn has_refused(&self, request: Option<u32>) -> bool {
        request.is_some_and(|number| self.refused.contains(&number))
    }

    /// What has been used in the second of an instant, at one slot or all.
    fn used(&self, at: Micros, slot: Option<u16>) -> u64 {
        let of_second = self
            .executed
            .iter()
            .filter(|of| of.0.0 / 1_000_000 == at.0 / 1_000_000);
        let used = of_second.filter(|of| slot.is_none_or(|slot| slot == of.1));
        used.map(|of| of.2).sum()
    }

    pub fn agrees(&self, world: &World) -> Result<(), String> {
        let meter = world.deployed().meter();
        let known = self.of.map(|of| {
            let grows_at = self.exceeded_at.map(|at| at.after(of.doubling));
            (self.rate, grows_at)
        });
        let is = meter.map(|meter| (meter.rate().into(), meter.grows_at()));
        match is == known {
            true => Ok(()),
            false => Err(format!("rate {is:?}, heard {known:?}")),
        }
    }
}

/// What the command of a point needs.
fn needs(of: &Point) -> u64 {
    let (key, number) = (of.event.key, of.event.request.expect("a request's"));
    milli_ecpu(match of.verb() {
        Verb::Get if of.live().is_none() => 0,
        Verb::Get => of.before.meter.sizes[&key],
        Verb::Set => match key.0 < of.scenario.workload.key_count() {
            true => of.scenario.workload.size_bytes(number, key),
            // What is asked for by hand has a value of the usual size.
            false => of.scenario.key_name(key).len() as u32 + 100,
        },
        _ => 0,
    })
}

/// Whether a fact about a serverless cache is true at a point.
pub fn holds(fact: &ServerlessFact, of: &Point) -> bool {
    let (at, meter) = (of.at(), &of.before.meter);
    let Some(settings) = meter.of else {
        return false;
    };
    let exceeds = |used: u64, rate: u64| used + needs(of) > rate * 1_000;
    match fact {
        ServerlessFact::Throttles(verb, key) => of.is_key(key) && of.verb() == *verb,
        ServerlessFact::CacheHasUsed(used, rate) => {
            (*used, u64::from(*rate)) == (meter.used(at, None), meter.rate)
                && exceeds(*used, meter.rate)
        }
        ServerlessFact::SlotHasUsed(slot, used, rate) => {
            (*slot, *rate) == (of.slot(), settings.slot_rate)
                && *used == meter.used(at, Some(of.slot()))
                && exceeds(*used, u64::from(*rate))
        }
        ServerlessFact::Needs(milli) => *milli == needs(of),
        ServerlessFact::CacheHasRoom(used, rate) => {
            (*used, u64::from(*rate)) == (meter.used(at, None), meter.rate)
                && !exceeds(*used, meter.rate)
        }
        ServerlessFact::DoublesIn(span) => {
            let since = meter.exceeded_at.unwrap_or(at);
            since.after(settings.doubling) == at.after(*span)
                && meter.rate < settings.maximum.into()
        }
        ServerlessFact::AtMaximum => meter.rate == u64::from(settings.maximum),
        ServerlessFact::Supports(rate) => {
            u64::from(*rate) == (meter.rate * 2).min(settings.maximum.into())
        }
        ServerlessFact::MoreWasAskedFor(rate, ago) => {
            u64::from(*rate) == meter.rate
                && meter.exceeded_at.map(|since| since.after(*ago)) == Some(at)
        }
        ServerlessFact::FaultOfNode(fault) => {
            let mut scheduled = of.scenario.input.faults.iter();
            let mut by_hand = of.scenario.input.commands.iter();
            scheduled.any(|of| (of.at_us, of.fault) == (at.0, *fault))
                || by_hand
                    .any(|given| matches!(&given.command, ByHand::Fault(of) if of.fault == *fault))
        }
        ServerlessFact::NoNodes => of.event.request.is_none(),
    }
}
