//! The table of what is plotted over time.

use crate::view::numbers::plot::Quantity;
use cache::units::Micros;
use sim::Interval;
use timeline::MetricsFrame;

/// A number over time.
pub struct Metric {
    /// What it is called.
    pub name: &'static str,
    /// What that means, with CloudWatch's name where there is one.
    pub about: &'static str,
    /// The part that a lane needs to have it, if it needs one.
    pub of: Of,
    /// From the start to each instant.
    pub so_far: Option<Reading<MetricsFrame>>,
    /// Within each interval.
    pub within: Option<Reading<Span>>,
}

/// What a number is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Every lane's requests.
    Requests,
    /// A lane's cache.
    Cache,
    /// A lane's database.
    Database,
}

/// How a number is read from a metrics frame or an interval.
pub struct Reading<T> {
    /// The number's kind.
    pub unit: Quantity,
    /// What stands beside the name.
    pub of: &'static str,
    /// The number, if there is anything to say.
    pub read: fn(&T) -> Option<u64>,
}

/// An interval, and what its sums are divided by.
pub struct Span {
    /// What happened within it.
    pub interval: Interval,
    /// How long it is; the last one is shorter than the others.
    pub length: Micros,
    /// How many connections the database has; 0 without a pool.
    pub connections: u32,
}

const fn so_far(
    unit: Quantity,
    read: fn(&MetricsFrame) -> Option<u64>,
) -> Option<Reading<MetricsFrame>> {
    let of = "so far";
    Some(Reading { unit, of, read })
}

const fn within(
    unit: Quantity,
    of: &'static str,
    read: fn(&Span) -> Option<u64>,
) -> Option<Reading<Span>> {
    Some(Reading { unit, of, read })
}

const EACH: &str = "in each interval";
const AT_END: &str = "at the end of each interval";

/// All of them.
pub const METRICS: [Metric; 17] = [
    Metric {
        name: "Hit rate",
        about: "The share of look-ups that were hits (CloudWatch: CacheHitRate)",
        of: Of::Cache,
        so_far: so_far(Quantity::Share, MetricsFrame::hit_per_mille),
        within: within(Quantity::Share, EACH, |span| {
            let (hits, misses) = (span.interval.hits.into(), u64::from(span.interval.misses));
            per_mille(hits, hits + misses)
        }),
    },
    Metric {
        name: "Read latency p50",
        about: "Half of the reads that did not fail took at most this",
        of: Of::Requests,
        so_far: so_far(Quantity::Time, |m| m.read_p50_us.map(|us| us.0)),
        within: None,
    },
    Metric {
        name: "Read latency p95",
        about: "95 % of the reads that did not fail took at most this",
        of: Of::Requests,
        so_far: so_far(Quantity::Time, |m| m.read_p95_us.map(|us| us.0)),
        within: None,
    },
    Metric {
        name: "Read latency p99",
        about: "99 % of the reads that did not fail took at most this",
        of: Of::Requests,
        so_far: so_far(Quantity::Time, |m| m.read_p99_us.map(|us| us.0)),
        within: None,
    },
    Metric {
        name: "Longest read",
        about: "The longest that a read took",
        of: Of::Requests,
        so_far: so_far(Quantity::Time, |m| m.read_max_us.map(|us| us.0)),
        within: None,
    },
    Metric {
        name: "Mean latency",
        about: "How long requests that did not fail took, reads and writes, on average",
        of: Of::Requests,
        so_far: None,
        within: within(Quantity::Time, EACH, |span| {
            let served = &span.interval.served;
            served.latency_sum_us.checked_div(served.replies.into())
        }),
    },
    Metric {
        name: "Longest latency",
        about: "The longest that a request that did not fail took, read or write",
        of: Of::Requests,
        so_far: None,
        within: within(Quantity::Time, EACH, |span| {
            let served = &span.interval.served;
            (served.replies > 0).then_some(served.latency_max_us)
        }),
    },
    Metric {
        name: "Database reads",
        about: "Rows read from the database",
        of: Of::Database,
        so_far: so_far(Quantity::Count, |m| Some(m.database_reads)),
        within: within(Quantity::Milli, "per second", |span| {
            let thousandths = u64::from(span.interval.database_reads) * 1_000_000_000;
            thousandths.checked_div(span.length.0)
        }),
    },
    Metric {
        name: "Database busy",
        about: "How much of the time the database's connections were busy",
        of: Of::Database,
        so_far: so_far(Quantity::Share, |m| m.database_busy_per_mille),
        within: within(Quantity::Share, EACH, |span| {
            let time_us = span.length.0 * u64::from(span.connections);
            per_mille(span.interval.busy_us, time_us)
        }),
    },
    Metric {
        name: "Connections in use",
        about: "How many of the database's connections were busy, on average (CloudWatch's DatabaseConnections counts those that are open)",
        of: Of::Database,
        so_far: None,
        within: within(Quantity::Milli, "on average", |span| {
            let thousandths = span.interval.busy_us * 1_000;
            let mean = thousandths.checked_div(span.length.0);
            mean.filter(|_| span.connections > 0)
        }),
    },
    Metric {
        name: "Queue for the database",
        about: "Queries that waited for a connection",
        of: Of::Database,
        so_far: Some(Reading {
            unit: Quantity::Count,
            of: "the most at once so far",
            read: |m| Some(m.queued_max.into()),
        }),
        within: within(Quantity::Milli, "mean length", |span| {
            let thousandths = span.interval.queued_us * 1_000;
            thousandths.checked_div(span.length.0)
        }),
    },
    Metric {
        name: "Stale reads",
        about: "Hits on a copy older than the row",
        of: Of::Cache,
        so_far: so_far(Quantity::Count, |m| Some(m.stale_reads)),
        within: within(Quantity::Count, EACH, |span| {
            Some(span.interval.stale_reads.into())
        }),
    },
    Metric {
        name: "Age of stale copies",
        about: "How long the row had held a newer version when a stale copy was read, on average",
        of: Of::Cache,
        so_far: so_far(Quantity::Time, |m| m.stale_age_mean_us.map(|us| us.0)),
        within: within(Quantity::Time, EACH, |span| {
            let stale = u64::from(span.interval.stale_reads);
            span.interval.stale_age_sum_us.checked_div(stale)
        }),
    },
    Metric {
        name: "Evictions",
        about: "Entries removed to make room (CloudWatch: Evictions)",
        of: Of::Cache,
        so_far: so_far(Quantity::Count, |m| Some(m.evictions)),
        within: within(Quantity::Count, EACH, |span| {
            Some(span.interval.evictions.into())
        }),
    },
    Metric {
        name: "Expired",
        about: "Entries removed because their TTL had run out (CloudWatch: Reclaimed)",
        of: Of::Cache,
        so_far: so_far(Quantity::Count, |m| Some(m.expirations)),
        within: within(Quantity::Count, EACH, |span| {
            Some(span.interval.expirations.into())
        }),
    },
    Metric {
        name: "Entries",
        about: "Entries in the cache, expired ones that are still there among them (CloudWatch: CurrItems)",
        of: Of::Cache,
        so_far: so_far(Quantity::Count, |m| Some(m.entries.into())),
        within: within(Quantity::Count, AT_END, |span| {
            Some(span.interval.entries.into())
        }),
    },
    Metric {
        name: "Errors",
        about: "Trips to the cache or the database that failed",
        of: Of::Requests,
        so_far: so_far(Quantity::Count, |m| Some(m.failed_trips)),
        within: within(Quantity::Count, EACH, |span| {
            Some(span.interval.failed_trips.into())
        }),
    },
];

/// How many bytes the cache holds: a level, the same in both ways of counting.
pub const STORED: Metric = Metric {
    name: "Stored in the cache",
    about: "What keys and values take (CloudWatch's BytesUsedForCache counts the engine's overhead too)",
    of: Of::Cache,
    so_far: Some(Reading {
        unit: Quantity::Bytes,
        of: "",
        read: |m| Some(m.stored_bytes),
    }),
    within: Some(Reading {
        unit: Quantity::Bytes,
        of: "at the end of each interval",
        read: |span| Some(span.interval.stored_bytes),
    }),
};

fn per_mille(part: u64, of: u64) -> Option<u64> {
    (part * 1_000 + of / 2).checked_div(of)
}
