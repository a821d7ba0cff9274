//! The races of caching as scenes: each is one row of a table, in which nobody has moved yet.
//!
//! Sources: R. Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013; Azure architecture centre,
//! "Cache-Aside pattern"; ElastiCache user guide, on failover; Oracle Coherence, on write-behind.

use super::catalogue::lane;
use super::input::{FaultInput, ScenarioInput, WarmInput};
use super::race_guard::Guard;
use super::workload_input::{RequestInput, VALUE_BYTES, WorkloadInput};
use cache::units::Micros;
use sim::Operation::{Read, Write};
use sim::{Fault, Latency, Operation, Pattern, ReadPath, Strategy, WritePath};

/// The one key that everybody is after.
const KEY: &str = "user:7";

/// A client without requests: its moves let time pass. Where people schedule, it is any that has none.
const NOBODY: u32 = 9;

const SECOND: Micros = Micros(1_000_000);

/// Shorter than a move's second, so that what is lost is found out before the next move.
const TIMEOUT_US: u64 = 500_000;

/// What a person is to bring about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// A stale copy is served, and no time to live or pending delete bounds how long it will be.
    UnboundedStaleness,
    /// A write that was acknowledged never reaches its row.
    LostWrite,
}

/// A race.
#[derive(Debug)]
pub struct Race {
    /// What programs call it.
    pub name: &'static str,
    /// What it is called on screen.
    pub title: &'static str,
    /// Who does what, and what is to be brought about.
    pub about: &'static str,
    /// What counts as won.
    pub goal: Goal,
    /// Moves that reach the goal: whose turn it is, one instruction each.
    pub moves: &'static [u32],
    /// What can be switched on against it. The first one helps, whatever the moves of `moves` are
    /// followed by; some of the others do not, which is worth seeing too.
    pub guards: &'static [Guard],
    /// What clients 1, 2 and 3 do.
    clients: &'static [Operation],
    /// Whether the cache holds a copy at the start.
    warm: bool,
    write: WritePath,
    /// What goes wrong, and after how many microseconds: after the move that begins before it.
    fault: Option<(u64, Fault)>,
    /// How far behind the database's replica is, if reads go to one.
    database_lag: Option<Micros>,
    /// How far behind the cache's replica is, if it has one.
    cache_lag: Option<Micros>,
}

const NO_RACE: Race = Race {
    name: "",
    title: "",
    about: "",
    goal: Goal::UnboundedStaleness,
    moves: &[],
    guards: &[],
    clients: &[],
    warm: false,
    write: WritePath::Invalidate,
    fault: None,
    database_lag: None,
    cache_lag: None,
};

const LEASE: Guard = Guard::Lease(Micros(10 * SECOND.0));
const LOG: Guard = Guard::CommitLog(Micros(200_000));
const TTL: Guard = Guard::Ttl(Micros(5 * SECOND.0));
const DELETE_AGAIN: Guard = Guard::DoubleDelete(Micros(500_000));

/// Instead of another write path: the row, and then the key goes.
const fn delete_after(without: WritePath) -> Guard {
    let with = WritePath::Invalidate;
    Guard::Path { without, with }
}

/// All of them.
pub const RACES: [Race; 7] = [
    Race {
        name: "read-and-delete",
        title: "Read and delete",
        about: "Client 1 reads. Client 2 writes, then deletes the cached copy. Client 3 reads last. Find an order that leaves client 3 with the old value for good.",
        moves: &[1, 1, 2, 2, 1, 3],
        guards: &[LEASE, Guard::VersionCheck, LOG, DELETE_AGAIN, TTL],
        clients: &[Read, Write, Read],
        ..NO_RACE
    },
    Race {
        name: "delete-first",
        title: "Delete first",
        about: "Client 2 deletes the cached copy, then writes. Clients 1 and 3 read. Find an order that leaves client 3 with the old value for good.",
        moves: &[2, 1, 1, 1, 2, 3],
        guards: &[
            delete_after(WritePath::DeleteFirst),
            DELETE_AGAIN,
            LEASE,
            TTL,
        ],
        clients: &[Read, Write, Read],
        write: WritePath::DeleteFirst,
        ..NO_RACE
    },
    Race {
        name: "two-writers",
        title: "Two writers",
        about: "Clients 1 and 2 write the database, then the cache. Client 3 reads. Find an order that leaves the older write in the cache.",
        moves: &[1, 2, 2, 1, 3],
        guards: &[
            Guard::VersionCheck,
            delete_after(WritePath::WriteThrough),
            LEASE,
            TTL,
        ],
        clients: &[Write, Write, Read],
        write: WritePath::WriteThrough,
        ..NO_RACE
    },
    Race {
        name: "lost-delete",
        title: "Lost delete",
        about: "The key is cached. Client 2 writes, then deletes the cached copy, but that DELETE is lost on the way. Let client 1 or 3 read once nothing can put it right any more.",
        moves: &[2, 2, 3],
        guards: &[LOG, TTL, DELETE_AGAIN, LEASE],
        clients: &[Read, Write, Read],
        warm: true,
        fault: Some((0, Fault::LoseNextDelete)),
        ..NO_RACE
    },
    Race {
        name: "lagging-replica",
        title: "Lagging replica",
        about: "Reads go to a database replica that is five seconds behind. Client 2 writes, then deletes the cached copy. Find an order that leaves client 3 with the old value for good.",
        moves: &[2, 2, 1, 1, 1, 3],
        guards: &[
            Guard::DoubleDelete(Micros(8 * SECOND.0)),
            TTL,
            LEASE,
            Guard::VersionCheck,
        ],
        clients: &[Read, Write, Read],
        database_lag: Some(Micros(5 * SECOND.0)),
        ..NO_RACE
    },
    Race {
        name: "failover",
        title: "Failover",
        about: "After the fourth move the cache fails over to a replica that is 30 seconds behind. Client 2 writes, then deletes the cached copy. Find out who gets the deleted copy back.",
        moves: &[2, 2, NOBODY, NOBODY, 3],
        guards: &[Guard::Ttl(Micros(6 * SECOND.0)), LEASE, Guard::VersionCheck],
        clients: &[Read, Write, Read],
        warm: true,
        fault: Some((3_500_000, Fault::FailOverCache)),
        cache_lag: Some(Micros(30 * SECOND.0)),
        ..NO_RACE
    },
    Race {
        name: "lost-write",
        title: "Lost write",
        about: "Clients 1 and 2 write to the cache, which writes the database a while later. After the third move the cache restarts. Lose a write that its client believes is done.",
        goal: Goal::LostWrite,
        moves: &[1, NOBODY, NOBODY],
        guards: &[
            Guard::Path {
                without: WritePath::WriteBehind,
                with: WritePath::WriteThrough,
            },
            Guard::VersionCheck,
            TTL,
        ],
        clients: &[Write, Write, Read],
        write: WritePath::WriteBehind,
        fault: Some((2_500_000, Fault::RestartCache)),
        ..NO_RACE
    },
];

impl Race {
    /// The race of that name.
    pub fn named(name: &str) -> Option<&'static Race> {
        RACES.iter().find(|race| race.name == name)
    }

    /// The race that a scenario is, whoever has moved in it and whatever has been switched on: that of
    /// its title, with the same requests.
    pub fn of(input: &ScenarioInput) -> Option<&'static Race> {
        input.schedule.as_ref()?;
        let race = RACES.iter().find(|race| race.title == input.title)?;
        (input.workload == race.workload()).then_some(race)
    }

    fn workload(&self) -> WorkloadInput {
        let request = |(client, &op): (u32, &Operation)| RequestInput {
            at_us: 0,
            client,
            op,
            key: KEY.to_owned(),
            ttl_us: None,
            value_bytes: VALUE_BYTES,
        };
        WorkloadInput::Script((1..).zip(self.clients).map(request).collect())
    }

    /// The scenario: one lane without a time to live, in which nobody has moved.
    pub fn scenario(&self) -> ScenarioInput {
        let mut lane = lane(Pattern::CacheAside);
        lane.strategy = Strategy::new(ReadPath::CacheAside, self.write);
        lane.network.timeout_us = TIMEOUT_US;
        lane.cache.replica_lag_us = self.cache_lag.map(|lag| lag.0);
        let lag = |lag: Micros| Latency::Constant { us: lag.0 };
        lane.database.replica_lag = self.database_lag.map(lag);
        let copy = WarmInput {
            key: KEY.to_owned(),
            age_us: 0,
        };
        let fault = |(at_us, fault)| FaultInput {
            at_us,
            fault,
            lane: None,
        };
        ScenarioInput {
            title: self.title.to_owned(),
            intro: self.about.to_owned(),
            seed: "1".to_owned(),
            warm: self.warm.then_some(copy).into_iter().collect(),
            absent: Vec::new(),
            workload: self.workload(),
            faults: self.fault.map(fault).into_iter().collect(),
            schedule: Some(Vec::new()),
            lanes: vec![lane],
            commands: Vec::new(),
        }
    }
}
