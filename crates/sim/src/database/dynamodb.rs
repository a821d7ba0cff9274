//! DynamoDB: a table in partitions. There are no connections to wait for: a query begins when it arrives, or is
//! throttled at once.
//!
//! A partition delivers at most 3,000 read units and 1,000 write units a second, in either capacity mode, and
//! adaptive capacity changes nothing about that: "Best practices for designing and using partition keys
//! effectively", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html>.
//! A provisioned table has units of its own beside that. They are not divided among the partitions: adaptive
//! capacity gives a busy partition what the others leave, up to the partition's own limit ("DynamoDB burst and
//! adaptive capacity", burst-adaptive-capacity.html in the same guide). So two limits are enough here: the
//! partition's and the table's.
//!
//! Units are counted by whole seconds of the simulated time: at the beginning of each second nothing is used. The
//! service refills continuously and lends unused units of up to five minutes for bursts, which would hide
//! a sustained overload for minutes. Nor does a partition split when it has been hot for long: one key can't
//! be split.
//!
//! Reads are strongly consistent, and sizes above the service's 400 KB for an item are not refused.

use super::{Arrival, Query, Serve};
use crate::event::{Limit, Refused, Throttle, Verb};
use cache::units::{Micros, stable_hash};
use std::hash::{Hash, Hasher};

/// What a read unit reads with strong consistency, in bytes.
const READ_UNIT_BYTES: u32 = 4 * 1024;
/// What a write unit writes, in bytes.
const WRITE_UNIT_BYTES: u32 = 1024;

const SECOND: Micros = Micros(1_000_000);

/// The settings of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Table {
    /// How many partitions it has.
    pub partitions: u16,
    /// The units of the whole table in a second; `None` on demand, where only the partitions have a limit.
    pub provisioned: Option<Units>,
}

/// Read and write units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub struct Units {
    /// Read units.
    pub read: u32,
    /// Write units.
    pub write: u32,
}

impl Units {
    /// What a query of `verb` takes its units from.
    const fn of(self, verb: Verb) -> u32 {
        match verb {
            Verb::Update => self.write,
            _ => self.read,
        }
    }

    fn add(&mut self, verb: Verb, units: u32) {
        match verb {
            Verb::Update => self.write += units,
            _ => self.read += units,
        }
    }
}

/// What a partition delivers in a second.
pub const PARTITION: Units = Units {
    read: 3_000,
    write: 1_000,
};

impl Table {
    /// The partition of a key, from 0. Each partition has an equal range of the key's hash.
    pub fn partition_of(self, key: &str) -> u16 {
        let hash = stable_hash(&key) >> 32;
        ((hash * u64::from(self.partitions)) >> 32) as u16
    }
}

/// How many units a query of an item of this size takes: one at least, as a read of an item that is not there.
pub const fn units(verb: Verb, size_bytes: u32) -> u32 {
    let each = match verb {
        Verb::Update => WRITE_UNIT_BYTES,
        _ => READ_UNIT_BYTES,
    };
    match size_bytes.div_ceil(each) {
        0 => 1,
        units => units,
    }
}

/// A table at a moment.
#[derive(Clone, Debug)]
pub(super) struct Partitions {
    table: Table,
    running: u32,
    /// The second that `used` is about, counted from the start.
    second: u64,
    /// What has been used of each partition in that second.
    used: Vec<Units>,
}

impl Partitions {
    pub(super) fn new(table: Table) -> Self {
        Partitions {
            table,
            running: 0,
            second: 0,
            used: vec![Units::default(); usize::from(table.partitions)],
        }
    }

    /// What has been used of each partition in the second of `now`.
    pub(super) fn used(&self, now: Micros) -> Vec<Units> {
        match now.0 / SECOND.0 == self.second {
            true => self.used.clone(),
            false => vec![Units::default(); self.used.len()],
        }
    }

    fn begin_second_of(&mut self, now: Micros) {
        let second = now.0 / SECOND.0;
        if second != self.second {
            self.second = second;
            self.used.fill(Units::default());
        }
    }

    /// The limit that a query meets, the partition's before the table's.
    fn limit_met(&self, query: &Query) -> Option<Throttle> {
        let (verb, needs) = (query.verb, units(query.verb, query.item.size_bytes));
        let partition = query.item.partition;
        let of_partition = self.used[usize::from(partition)].of(verb);
        let limits = [
            (
                Limit::Partition(partition),
                of_partition,
                Some(PARTITION.of(verb)),
            ),
            (
                Limit::Table,
                self.used.iter().map(|used| used.of(verb)).sum(),
                self.table.provisioned.map(|units| units.of(verb)),
            ),
        ];
        limits.into_iter().find_map(|(limit, used, most)| {
            let most = most.filter(|&most| used + needs > most)?;
            Some(Throttle {
                limit,
                verb,
                used,
                most,
                needs,
            })
        })
    }
}

impl Serve for Partitions {
    fn arrive(&mut self, query: &Query) -> Arrival {
        self.begin_second_of(query.at);
        if let Some(throttle) = self.limit_met(query) {
            return Arrival::Refused(Refused::Throttled(throttle));
        }
        let units = units(query.verb, query.item.size_bytes);
        self.used[usize::from(query.item.partition)].add(query.verb, units);
        self.running += 1;
        Arrival::Begins
    }

    fn leave(&mut self) -> Option<u32> {
        self.running -= 1;
        None
    }

    fn busy(&self) -> u32 {
        self.running
    }

    fn heap_bytes(&self) -> u64 {
        size_of_val(&self.used[..]) as u64
    }
}

impl Hash for Partitions {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.running.hash(state);
        self.second.hash(state);
        self.used.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_reads_four_kilobytes_and_writes_one() {
        let reads = [0, 1, 4_096, 4_097, 20_480].map(|bytes| units(Verb::Select, bytes));
        assert_eq!(reads, [1, 1, 1, 2, 5]);
        let writes = [0, 1, 1_024, 1_025, 20_480].map(|bytes| units(Verb::Update, bytes));
        assert_eq!(writes, [1, 1, 1, 2, 20]);
    }

    #[test]
    fn keys_are_spread_over_all_partitions() {
        let table = |partitions| Table {
            partitions,
            provisioned: None,
        };
        for partitions in [1, 4, 64] {
            let mut keys = vec![0; usize::from(partitions)];
            for key in 0..6_400 {
                let partition = table(partitions).partition_of(&format!("user:{key}"));
                keys[usize::from(partition)] += 1;
            }
            let share = 6_400 / u32::from(partitions);
            assert!(
                keys.iter().all(|&of| of > share / 2 && of < share * 2),
                "{keys:?}"
            );
        }
    }
}
