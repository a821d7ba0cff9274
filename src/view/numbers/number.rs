//! The numbers that each lane has: names, meanings, and how lanes compare in them.

use crate::view::numbers::plot::Quantity;
use crate::view::shell::format::{dollars, grouped, per_mille};
use cache::units::Micros;
use sim::cost::MicroUsd;
use timeline::{Frame, LaneFrame, MetricsFrame, duration};

/// Which of two numbers is the better one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Better {
    Higher,
    Lower,
    Neither,
}

/// Where a number comes from.
#[derive(Clone, Copy)]
enum Of {
    /// The counts of a lane.
    Counts(fn(&MetricsFrame) -> Option<u64>),
    /// What a lane costs a month, in micro-dollars.
    Cost,
}

/// A number that each lane has.
pub(super) struct Number {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    better: Better,
    /// Whether it is one of the four that are shown first where there are reads.
    first_of_reads: bool,
    /// Whether it is one of the four that are shown first where there are only writes.
    first_of_writes: bool,
    /// Whether any value but 0 is a warning.
    warns: bool,
    /// Whether only a lane with a cache has it.
    of_cache: bool,
    /// Whether only a lane with a database has it.
    of_database: bool,
    /// Whether only a lane whose database throttles has it; elsewhere it is not told of at all.
    of_units: bool,
    /// Whether only a lane whose cache is serverless has it; elsewhere it is not told of at all.
    of_rate: bool,
    /// Whether only a lane whose cache has several nodes has it; elsewhere it is not told of at all.
    of_nodes: bool,
    /// Whether it is told of only where a lane's cache holds the only copy, is durable, or has lost a write.
    of_only_copies: bool,
    of: Of,
    text: fn(u64) -> String,
}

impl Number {
    const fn count(
        name: &'static str,
        title: &'static str,
        better: Better,
        of: fn(&MetricsFrame) -> Option<u64>,
    ) -> Self {
        Number {
            name,
            title,
            better,
            first_of_reads: false,
            first_of_writes: false,
            warns: false,
            of_cache: false,
            of_database: false,
            of_units: false,
            of_rate: false,
            of_nodes: false,
            of_only_copies: false,
            of: Of::Counts(of),
            text: grouped,
        }
    }

    const fn latency(
        name: &'static str,
        title: &'static str,
        of: fn(&MetricsFrame) -> Option<u64>,
    ) -> Self {
        Number {
            text: |us| duration(Micros(us)),
            ..Number::count(name, title, Better::Lower, of)
        }
    }
}

/// All of them, in the order of the table.
pub(super) static NUMBERS: [Number; 22] = [
    Number {
        of_cache: true,
        text: per_mille,
        first_of_reads: true,
        ..Number::count(
            "Hit rate",
            "The share of look-ups that were hits (CloudWatch: CacheHitRate)",
            Better::Higher,
            MetricsFrame::hit_per_mille,
        )
    },
    Number {
        first_of_reads: true,
        ..Number::latency(
            "Typical read",
            "Half of the reads that did not fail took at most this: the median, p50",
            |m| m.read_p50_us.map(|us| us.0),
        )
    },
    Number::latency(
        "Read p95",
        "95 % of the reads that did not fail took at most this",
        |m| m.read_p95_us.map(|us| us.0),
    ),
    Number::latency(
        "Read p99",
        "99 % of the reads that did not fail took at most this",
        |m| m.read_p99_us.map(|us| us.0),
    ),
    Number::latency("Longest read", "The longest that a read took", |m| {
        m.read_max_us.map(|us| us.0)
    }),
    Number {
        first_of_writes: true,
        ..Number::latency(
            "Typical write",
            "Half of the writes that did not fail took at most this: the median, p50",
            |m| m.write_p50_us.map(|us| us.0),
        )
    },
    Number {
        of_database: true,
        first_of_reads: true,
        ..Number::count(
            "Database reads",
            "Rows read from the database",
            Better::Lower,
            |m| Some(m.database_reads),
        )
    },
    Number {
        of_database: true,
        first_of_writes: true,
        ..Number::count(
            "Database writes",
            "Rows written to the database",
            Better::Lower,
            |m| Some(m.database_writes),
        )
    },
    Number {
        of_database: true,
        text: per_mille,
        ..Number::count(
            "Database busy",
            "How much of the time the database's connections were busy",
            Better::Lower,
            |m| m.database_busy_per_mille,
        )
    },
    Number {
        of_database: true,
        first_of_writes: true,
        ..Number::count(
            "Database queue",
            "The most queries that waited for a connection at once",
            Better::Lower,
            |m| Some(m.queued_max.into()),
        )
    },
    Number {
        warns: true,
        of_cache: true,
        first_of_reads: true,
        ..Number::count(
            "Stale reads",
            "Reads that got an out-of-date copy",
            Better::Lower,
            |m| Some(m.stale_reads),
        )
    },
    Number {
        of_cache: true,
        text: |us| duration(Micros(us)),
        ..Number::count(
            "Oldest copy",
            "How out of date the worst stale read was",
            Better::Lower,
            |m| m.stale_age_max_us.map(|us| us.0),
        )
    },
    Number {
        of_cache: true,
        ..Number::count(
            "Evictions",
            "Entries removed to make room (CloudWatch: Evictions)",
            Better::Lower,
            |m| Some(m.evictions),
        )
    },
    Number {
        of_cache: true,
        ..Number::count(
            "Expired",
            "Entries removed because their TTL had run out (CloudWatch: Reclaimed)",
            Better::Neither,
            |m| Some(m.expirations),
        )
    },
    Number {
        of_cache: true,
        text: |bytes| Quantity::Bytes.text(bytes),
        ..Number::count(
            "Stored",
            "What keys and values take (CloudWatch's BytesUsedForCache counts the engine's overhead too)",
            Better::Neither,
            |m| Some(m.stored_bytes),
        )
    },
    Number {
        of_cache: true,
        of_nodes: true,
        ..Number::count(
            "Redirects",
            "Commands that a shard answered with MOVED",
            Better::Lower,
            |m| Some(m.redirects),
        )
    },
    Number {
        warns: true,
        of_only_copies: true,
        ..Number::count(
            "Writes gone",
            "Acknowledged writes that a failure took: keys whose newest value no node, log, queue or database has",
            Better::Lower,
            |m| Some(m.lost_writes),
        )
    },
    Number {
        warns: true,
        of_units: true,
        ..Number::count(
            "Throttled",
            "Queries that DynamoDB throttled (CloudWatch: ThrottledRequests)",
            Better::Lower,
            |m| Some(m.throttled),
        )
    },
    Number {
        warns: true,
        of_cache: true,
        of_rate: true,
        ..Number::count(
            "Commands throttled",
            "Commands that the serverless cache throttled (CloudWatch: ThrottledCmds)",
            Better::Lower,
            |m| Some(m.throttled_commands),
        )
    },
    Number {
        of_cache: true,
        of_rate: true,
        text: |milli| grouped((milli + 500) / 1_000),
        ..Number::count(
            "ECPUs",
            "What the serverless cache charges for its commands (CloudWatch: ElastiCacheProcessingUnits)",
            // What is throttled costs nothing, and is no better for it.
            Better::Neither,
            |m| Some(m.milli_ecpu),
        )
    },
    Number {
        warns: true,
        first_of_writes: true,
        ..Number::count(
            "Errors",
            "Trips to the cache or the database that failed",
            Better::Lower,
            |m| Some(m.failed_trips),
        )
    },
    Number {
        of: Of::Cost,
        text: |micro_usd| dollars(MicroUsd(micro_usd)),
        ..Number::count(
            "Cost a month",
            "The cache for 730 hours, at this scenario’s prices: its nodes, or what serverless stores and executes; the database is not priced",
            Better::Neither,
            |_| None,
        )
    },
];

/// How a lane's number compares with the other lanes'.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    Best,
    Worst,
    None,
}

pub(super) struct Cell {
    pub(super) text: String,
    pub(super) warn: bool,
    pub(super) rank: Rank,
}

/// Whether a failure of the cache could take an acknowledged write of a lane, or would without its log.
fn can_lose_writes(lane: &LaneFrame) -> bool {
    let only_copy = lane.cache.exists() && !lane.database.exists();
    let durable = lane.nodes.iter().any(|node| node.unlogged.is_some());
    only_copy || durable || lane.metrics.lost_writes > 0
}

impl Number {
    /// Whether it is one of the four that are shown first.
    pub(super) const fn is_first(&self, has_reads: bool) -> bool {
        match has_reads {
            true => self.first_of_reads,
            false => self.first_of_writes,
        }
    }

    /// Whether any lane of a frame has it, so that there is something to tell.
    pub(super) fn is_told(&self, frame: &Frame) -> bool {
        let any = |has: fn(&LaneFrame) -> bool| frame.lanes.iter().any(has);
        (!self.of_nodes || any(|lane| !lane.nodes.is_empty()))
            && (!self.of_rate || any(|lane| lane.cache.serverless.is_some()))
            && (!self.of_only_copies || any(can_lose_writes))
            && (!self.of_units || any(|lane| !lane.database.units.is_empty()))
    }

    /// Each lane's cell, and after them that of the same requests without a cache.
    pub(super) fn cells(&self, frame: &Frame) -> Vec<Cell> {
        let lanes = frame.lanes.len();
        let of_lanes = frame.lanes.iter().map(|lane| {
            let has_cache = lane.cache.exists()
                && !(self.of_nodes && lane.nodes.is_empty())
                && !(self.of_rate && lane.cache.serverless.is_none());
            let has_units = !self.of_units || !lane.database.units.is_empty();
            (
                &lane.metrics,
                has_cache,
                lane.database.exists() && has_units,
                lane.cost.total_micro_usd,
            )
        });
        // The requests without a cache have the first lane's database, which has no price.
        let has_units = |lane: &LaneFrame| !lane.database.units.is_empty();
        let has_units = !self.of_units || frame.lanes.first().is_some_and(has_units);
        let without = (&frame.baseline, false, has_units, None);
        let values: Vec<Option<u64>> = of_lanes
            .chain([without])
            .map(|(metrics, has_cache, has_database, cost)| {
                let of_database = self.of_database || self.of_units;
                let has_it = (!self.of_cache || has_cache) && (!of_database || has_database);
                let value = match self.of {
                    Of::Counts(of) => of(metrics),
                    Of::Cost => cost.map(|cost| cost.0),
                };
                value.filter(|_| has_it)
            })
            .collect();
        let of_lanes = || values[..lanes].iter().copied().flatten();
        let ends = of_lanes().min().zip(of_lanes().max());
        // What reads the same is not in the contest.
        let ends = ends.filter(|&(least, most)| (self.text)(least) != (self.text)(most));
        let (best, worst) = match (self.better, ends) {
            (Better::Lower, Some((least, most))) => (Some(least), Some(most)),
            (Better::Higher, Some((least, most))) => (Some(most), Some(least)),
            _ => (None, None),
        };
        let cell = |(i, value): (usize, &Option<u64>)| Cell {
            text: value.map_or_else(|| "–".to_owned(), self.text),
            warn: self.warns && value.is_some_and(|value| value > 0),
            rank: match *value {
                None => Rank::None,
                _ if i >= lanes => Rank::None,
                value if value == best => Rank::Best,
                value if value == worst => Rank::Worst,
                _ => Rank::None,
            },
        };
        values.iter().enumerate().map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Edit, Session, Set};
    use serde_json::json;

    fn cells(session: &Session) -> Vec<String> {
        let number = NUMBERS.iter().find(|number| number.name == "Cost a month");
        let cells = number
            .expect("it is a number")
            .cells(&session.snapshot().frame);
        cells.into_iter().map(|cell| cell.text).collect()
    }

    fn set(session: &Session, place: &str, value: serde_json::Value) {
        let values = vec![(place.to_owned(), value)];
        let told = String::new();
        session
            .edit(&Edit::Set(Set { values, told }))
            .expect("it is valid");
    }

    #[test]
    fn the_cost_of_each_lane_is_a_number_and_follows_its_inputs() {
        let session = Session::new();
        assert_eq!(cells(&session), ["$9.34", "$9.34", "–"]);
        let price = "/prices/valkey_t4g_micro_hour_micro_usd";
        set(&session, price, json!(20_000));
        assert_eq!(cells(&session), ["$14.60", "$14.60", "–"]);
        set(&session, "/lanes/1/cache/deployment/kind", json!("cluster"));
        assert_eq!(cells(&session), ["$14.60", "$43.80", "–"]);
        let node_type = "/lanes/1/cache/deployment/node_type";
        set(&session, node_type, json!("m7g.large"));
        assert_eq!(cells(&session), ["$14.60", "$276.82", "–"]);
        set(
            &session,
            "/lanes/1/cache/deployment/kind",
            json!("memcached"),
        );
        assert_eq!(cells(&session), ["$14.60", "–", "–"]);
        let values = vec![
            ("/lanes/1/cache/scope".to_owned(), json!("volatile")),
            (
                "/lanes/1/cache/deployment/kind".to_owned(),
                json!("serverless"),
            ),
        ];
        let told = String::new();
        let chosen = Edit::Set(Set { values, told });
        session.edit(&chosen).expect("it is valid");
        // What serverless executes is known after the first step.
        assert_eq!(cells(&session), ["$14.60", "–", "–"]);
    }
}
