//! What the database is called and is like at a moment, in a few words.

use super::number::grouped;
use crate::frame::{DatabaseFrame, Frame, UnitsFrame};
use sim::DatabaseKind;

impl Frame {
    /// What the same requests without a cache are called. They ask the first lane's database, which others need not
    /// have.
    pub fn without_cache(&self) -> &'static str {
        let mut kinds = self.lanes.iter().filter_map(|lane| lane.database.kind);
        let first = kinds.next();
        match kinds.all(|kind| Some(kind) == first) {
            true => "No cache",
            false => "No cache, A’s database",
        }
    }
}

impl DatabaseFrame {
    /// Its name: that of the service, or `Database`.
    pub const fn name(&self) -> &'static str {
        match self.kind {
            Some(DatabaseKind::DynamoDb) => "DynamoDB",
            Some(DatabaseKind::MemoryDb) => "MemoryDB",
            Some(DatabaseKind::Relational) | None => "Database",
        }
    }

    /// How many queries run: `2 of 4 connections busy`, or `2 queries running` without a pool; and how many have
    /// been throttled.
    pub fn load(&self) -> String {
        let running = match (self.connections, self.busy) {
            (0, 1) => "1 query running".to_owned(),
            (0, busy) => format!("{} queries running", grouped(busy.into())),
            (all, busy) => format!("{busy} of {all} connections busy"),
        };
        match self.throttled {
            0 => running,
            throttled => format!("{running}, {} throttled so far", grouped(throttled)),
        }
    }

    /// The limit of which most is used in this second: a partition, or the provisioned table.
    pub fn hottest(&self) -> Option<(&UnitsFrame, bool)> {
        let reads = self.units.iter().map(|units| (units, true));
        let writes = self.units.iter().map(|units| (units, false));
        let share = |&(units, reads): &(&UnitsFrame, bool)| {
            let (used, most) = units.of(reads);
            u64::from(used) * 1_000_000 / u64::from(most)
        };
        // Of those that are used as much, the first.
        let all = reads.chain(writes);
        all.reduce(|most, next| {
            if share(&next) > share(&most) {
                next
            } else {
                most
            }
        })
    }
}

impl UnitsFrame {
    /// How many read or write units are used, and how many there are.
    pub const fn of(&self, reads: bool) -> (u32, u32) {
        match reads {
            true => (self.read_used, self.read_most),
            false => (self.write_used, self.write_most),
        }
    }

    /// `partition 2: 2,315 of 3,000 read units`, and shorter words for less room.
    pub fn in_words(&self, reads: bool) -> [String; 3] {
        let (used, most) = self.of(reads);
        let (used, most) = (grouped(used.into()), grouped(most.into()));
        let what = if reads { "read" } else { "write" };
        let (whose, short) = match self.partition {
            Some(number) => (format!("partition {number}"), format!("part. {number}")),
            None => ("table".to_owned(), "table".to_owned()),
        };
        [
            format!("{whose}: {used} of {most} {what} units"),
            format!("{short}: {used} of {most} {what} units"),
            format!("{short}: {used}/{most} {what} units"),
        ]
    }
}
