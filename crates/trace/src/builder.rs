//! Collects the requests that a format's reader finds, and holds them to the limits.

use super::bad::{BadTrace, Place, quoted};
use super::key_names::{KeyTable, Name};
use super::record::{Record, Records};
use super::{Trace, format::Format};
use cache::units::Key;
use scenario::{KEY_BYTES_MAX, TIME_MAX_US};

/// The most requests that are read from a file.
pub const RECORDS_MAX: usize = 5_000_000;
/// The most bytes that are read from a file, unpacked if it is packed.
pub const UNPACKED_MAX: u64 = 1 << 30;

/// How many different ignored commands are counted by name.
const NAMES_MAX: usize = 20;

pub(super) struct Builder {
    /// The most requests that are taken.
    pub(super) records_max: usize,
    /// How much may still be done in this slice: the sum of bytes of data and requests.
    pub(super) budget: u64,
    pub(super) keys: KeyTable,
    pub(super) records: Records,
    /// Ignored columns, in order of appearance.
    unused: Vec<String>,
    /// Ignored commands, and how often they came.
    passed_over: Vec<(String, u64)>,
    passed_over_otherwise: u64,
}

impl Default for Builder {
    fn default() -> Self {
        Builder {
            records_max: RECORDS_MAX,
            budget: u64::MAX,
            keys: KeyTable::default(),
            records: Records::default(),
            unused: Vec::new(),
            passed_over: Vec::new(),
            passed_over_otherwise: 0,
        }
    }
}

impl Builder {
    /// Takes work off this slice's budget.
    pub(super) fn spend(&mut self, work: u64) {
        self.budget = self.budget.saturating_sub(work);
    }

    /// Whether this slice has to end. A reader that makes many requests of few bytes has to ask.
    pub(super) fn is_spent(&self) -> bool {
        self.budget == 0
    }

    /// The key of that name.
    pub(super) fn key(&mut self, place: Place, name: &[u8]) -> Result<Key, BadTrace> {
        match Name::read(name) {
            Some(name) => Ok(self.keys.number(name)),
            None => {
                let expected = format!("a key of 1 to {KEY_BYTES_MAX} bytes without spaces");
                Err(place.bad(&expected, quoted(name)))
            }
        }
    }

    /// Adds a request.
    pub(super) fn push(&mut self, place: Place, record: Record) -> Result<(), BadTrace> {
        let ttl_us = record.lifetime.as_own_ttl().as_us().unwrap_or(0);
        let longest = record.at.0.max(ttl_us);
        if longest > TIME_MAX_US {
            let expected = "times and ttl within 31 years of the first request";
            return Err(place.bad(expected, format!("{} s", longest / 1_000_000)));
        }
        if self.records.len() >= self.records_max {
            let expected = format!("at most {} requests", self.records_max);
            return Err(place.bad(&expected, "one more"));
        }
        self.records.push(record);
        self.spend(1);
        Ok(())
    }

    /// Notes a column that is ignored.
    pub(super) fn unused(&mut self, what: String) {
        self.unused.push(what);
    }

    /// Counts a command that is ignored.
    pub(super) fn pass_over(&mut self, command: &[u8]) {
        let name = quoted(&command.to_ascii_uppercase());
        match self
            .passed_over
            .iter()
            .position(|(known, _)| *known == name)
        {
            Some(place) => self.passed_over[place].1 += 1,
            None if self.passed_over.len() < NAMES_MAX => self.passed_over.push((name, 1)),
            None => self.passed_over_otherwise += 1,
        }
    }

    /// The trace as far as it has been read. `None` if it has no requests.
    pub(super) fn into_trace(self, name: String, format: &'static Format) -> Option<Trace> {
        if self.records.is_empty() {
            return None;
        }
        let mut unused = self.unused;
        let times = |count: u64| {
            if count == 1 {
                "once".to_owned()
            } else {
                format!("{count} times")
            }
        };
        let passed_over = self.passed_over.into_iter();
        unused.extend(passed_over.map(|(command, count)| format!("{command} ({})", times(count))));
        if self.passed_over_otherwise > 0 {
            unused.push(format!(
                "other commands ({})",
                times(self.passed_over_otherwise)
            ));
        }
        Some(Trace {
            name,
            format,
            keys: self.keys.into_names(),
            records: self.records,
            unused,
        })
    }
}
