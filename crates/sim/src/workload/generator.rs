//! Requests drawn as they are asked for: each property of request n is a draw of its own, named by
//! the seed, what it is for and n.

use super::alias::Zipf;
use super::settings::{Generated, Popularity, ValueSizes};
use super::{OwnTtl, Request};
use crate::draw::{Stream, draw};
use crate::event::Operation;
use crate::fixed_point::{ONE, exp2, log2};
use crate::latency::{FINE_BITS, at_quantile};
use cache::draw::{below, scaled};
use cache::units::{Key, Micros};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// One arrival in this many requests is kept; those between are sums of gaps from there.
const INDEX_REQUESTS: u32 = 128;

/// The largest value of all, in bytes: memcached's limit for an item.
pub const VALUE_BYTES_MAX: u32 = 1 << 20;

/// A generated workload. Clones share the tables.
#[derive(Clone, Debug)]
pub struct Generator {
    seed: u64,
    settings: Rc<Generated>,
    /// For the popularities that need one.
    zipf: Option<Zipf>,
    /// Every 128th arrival up to the latest one asked for, in fine units. An arrival is the sum of all gaps
    /// before it, and adding up a million of them would make loading a scenario slow.
    index: Rc<RefCell<Vec<u64>>>,
    /// What was drawn lately, by its number's last bits: lane after lane asks for the same request.
    lately: Rc<[Cell<Option<Drawn>>; LATELY]>,
    /// The names of the first keys, made on first use: each frame of a long run names thousands.
    names: Rc<RefCell<Vec<Option<Rc<str>>>>>,
}

/// The most names that are kept, which take less than a megabyte.
const NAMES_KEPT: u32 = 20_000;

/// A power of two. What is no longer there is drawn again.
const LATELY: usize = 128;

/// A request and when the one after it arrives, in fine units; `None` after the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawn {
    number: u32,
    pub(super) request: Request,
    pub(super) next_fine: Option<u64>,
}

impl Generator {
    /// From settings that have been validated. Takes time in proportion to the keys.
    pub fn new(seed: u64, settings: Generated) -> Generator {
        let zipf = match settings.popularity {
            Popularity::Zipf { alpha_milli } | Popularity::Shifting { alpha_milli, .. } => {
                Some(Zipf::new(settings.keys, alpha_milli))
            }
            Popularity::Uniform | Popularity::Scan | Popularity::Loop { .. } => None,
        };
        Generator {
            seed,
            settings: Rc::new(settings),
            zipf,
            index: Rc::new(RefCell::new(vec![0])),
            lately: Rc::new([const { Cell::new(None) }; LATELY]),
            names: Rc::default(),
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.settings.requests
    }

    /// The clients that send them.
    pub(super) fn clients(&self) -> std::ops::RangeInclusive<u32> {
        1..=self.settings.clients
    }

    pub(super) fn key_count(&self) -> u32 {
        let scanned = self.settings.scan.map_or(0, |scan| scan.keys());
        self.settings.keys + scanned
    }

    /// The scan's own place of a request, if it is one of the scan's.
    fn scanned(&self, number: u32) -> Option<u32> {
        self.settings.scan?.place(number)
    }

    pub(super) fn key_name(&self, key: Key) -> Rc<str> {
        let kept = self.key_count().min(NAMES_KEPT);
        if key.0 >= kept {
            return self.made_name(key);
        }
        let mut names = self.names.borrow_mut();
        names.resize(kept as usize, None);
        let name = &mut names[key.0 as usize];
        name.get_or_insert_with(|| self.made_name(key)).clone()
    }

    fn made_name(&self, key: Key) -> Rc<str> {
        format!("{}{}", self.settings.key_prefix, key.0 + 1).into()
    }

    /// The key of that name, if there is one.
    pub fn key_of(&self, name: &str) -> Option<Key> {
        let digits = name.strip_prefix(self.settings.key_prefix.as_str())?;
        let number: u32 = digits.parse().ok()?;
        let key = Key(number.checked_sub(1)?);
        // "+1" and "01" are numbers too, but not as they are written here.
        (number <= self.key_count() && *self.key_name(key) == *name).then_some(key)
    }

    pub(super) fn rows_may_be_absent(&self) -> bool {
        self.settings.absent_per_mille > 0
    }

    pub(super) fn exists_at_start(&self, key: Key) -> bool {
        if self.settings.absent_per_mille == 0 {
            return true;
        }
        let absent_up_to =
            |keys: u32| u64::from(keys) * u64::from(self.settings.absent_per_mille) / 1000;
        absent_up_to(key.0) == absent_up_to(key.0 + 1)
    }

    fn draw(&self, stream: Stream, number: u32) -> u64 {
        draw(self.seed, stream, number, 0)
    }

    /// The gap before request `number`, in fine units; the first arrives at the very start.
    pub(super) fn gap(&self, number: u32) -> u64 {
        match number {
            0 => 0,
            _ => self
                .settings
                .gap
                .fine_at(self.draw(Stream::WorkloadGap, number)),
        }
    }

    pub(super) fn micros(fine: u64) -> Micros {
        Micros(fine >> FINE_BITS)
    }

    pub(super) fn arrival(&self, number: u32) -> Micros {
        let mut index = self.index.borrow_mut();
        let known = index.len() as u32 - 1;
        let indexed = (number / INDEX_REQUESTS).min(known);
        let mut at = index[indexed as usize];
        for number in indexed * INDEX_REQUESTS + 1..=number {
            at += self.gap(number);
            if number.is_multiple_of(INDEX_REQUESTS) {
                index.push(at);
            }
        }
        Generator::micros(at)
    }

    /// Keeps an arrival if it is the next one to be kept.
    fn note_arrival(&self, number: u32, fine: u64) {
        let mut index = self.index.borrow_mut();
        if index.len() as u32 == number / INDEX_REQUESTS {
            index.push(fine);
        }
    }

    pub(super) fn request(&self, number: u32, at: Micros) -> Request {
        let key = self.key(number);
        Request {
            at,
            client: self.client(number),
            operation: self.operation(number),
            key,
            ttl: self.ttl(key),
            size_bytes: self.size_bytes(key),
        }
    }

    /// A request that arrives at `at`, which is `fine` in fine units.
    pub(super) fn drawn(&self, number: u32, at: Micros, fine: u64) -> Drawn {
        let lately = &self.lately[number as usize % LATELY];
        if let Some(drawn) = lately.get().filter(|drawn| drawn.number == number) {
            return drawn;
        }
        let next = number + 1;
        let next_fine = (next < self.len()).then(|| fine + self.gap(next));
        if let Some(fine) = next_fine
            && next.is_multiple_of(INDEX_REQUESTS)
        {
            self.note_arrival(next, fine);
        }
        let drawn = Drawn {
            number,
            request: self.request(number, at),
            next_fine,
        };
        lately.set(Some(drawn));
        drawn
    }

    pub(super) fn key(&self, number: u32) -> Key {
        let keys = self.settings.keys;
        if let Some(place) = self.scanned(number) {
            return Key(keys + place);
        }
        match (self.settings.popularity, &self.zipf) {
            (Popularity::Scan, _) => Key(number % keys),
            (Popularity::Loop { length }, _) => Key(number % length),
            (Popularity::Zipf { .. }, Some(zipf)) => {
                zipf.key(self.draw(Stream::WorkloadKey, number))
            }
            (
                Popularity::Shifting {
                    period_requests,
                    shift_keys,
                    ..
                },
                Some(zipf),
            ) => {
                let rank = zipf.key(self.draw(Stream::WorkloadKey, number));
                let moved = u64::from(number / period_requests) * u64::from(shift_keys);
                Key(((u64::from(rank.0) + moved) % u64::from(keys)) as u32)
            }
            _ => Key(below(self.draw(Stream::WorkloadKey, number), keys)),
        }
    }

    pub(super) fn client(&self, number: u32) -> u32 {
        if self.scanned(number).is_some() {
            return self.settings.clients;
        }
        1 + below(
            self.draw(Stream::WorkloadClient, number),
            self.settings.clients,
        )
    }

    pub(super) fn operation(&self, number: u32) -> Operation {
        if self.scanned(number).is_some() {
            return Operation::Read;
        }
        let drawn = below(self.draw(Stream::WorkloadOperation, number), 1000);
        if drawn < self.settings.read_per_mille {
            Operation::Read
        } else {
            Operation::Write
        }
    }

    pub(super) fn ttl(&self, key: Key) -> OwnTtl {
        let Some(ttl) = self.settings.ttl else {
            return OwnTtl::Unsaid;
        };
        let ttl = ttl.at(self.draw(Stream::WorkloadTtl, key.0));
        OwnTtl::After(ttl.max(Micros(1)))
    }

    /// How many bytes the key's name and its value take.
    pub fn size_bytes(&self, key: Key) -> u32 {
        let name = self.settings.key_prefix.len() as u32 + 1 + (key.0 + 1).ilog10();
        name + self.value_bytes(key)
    }

    fn value_bytes(&self, key: Key) -> u32 {
        let draw = || self.draw(Stream::WorkloadSize, key.0);
        match self.settings.value_bytes {
            ValueSizes::FixedBytes(bytes) => bytes,
            ValueSizes::Quantiles {
                p50_bytes,
                p90_bytes,
                p99_bytes,
                max_bytes,
            } => {
                let quantiles = [p50_bytes, p90_bytes, p99_bytes, max_bytes];
                at_quantile(quantiles.map(u64::from), draw()) as u32
            }
            ValueSizes::Pareto {
                base_bytes,
                scale_milli,
                shape_milli,
            } => base_bytes
                .saturating_add(pareto_excess(scale_milli, shape_milli, draw()))
                .min(VALUE_BYTES_MAX),
        }
    }
}

/// scale · ((1 − place)^−shape − 1) / shape, the inverse of a generalized Pareto distribution.
fn pareto_excess(scale_milli: u32, shape_milli: u32, draw: u64) -> u32 {
    let log2 = (64_u64 << 32).saturating_sub(log2((!draw).max(1)));
    let growth = exp2(log2 * u64::from(shape_milli) / 1000) - ONE;
    let excess = scaled(growth, scale_milli) / u64::from(shape_milli);
    excess.min(u32::MAX.into()) as u32
}
