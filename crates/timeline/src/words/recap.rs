//! The recap of a finished run: what each lane did, in the few numbers that matter. Every number is one of
//! the last frame's, in the units of the sentences.

use super::duration::duration;
use super::number::{dollars, grouped, per_mille};
use crate::frame::{Frame, MetricsFrame};
use cache::units::Micros;
use scenario::letter;

/// How many lines follow those that always have a place.
const LINES: usize = 3;
/// Fewer reads than this have no slowest hundredth.
const READS_OF_P99: u64 = 100;
/// From here on a factor says no more than that reads without a cache are hopeless.
const FACTOR_MAX: u64 = 1_000;
/// Lanes differ in a number if the smallest is less than this share of the largest, in thousandths.
const ALIKE_PER_MILLE: u64 = 950;

/// A line of the recap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecapLine {
    /// The number it is about, by the name of the frame's field.
    pub about: &'static str,
    /// The line, part by part.
    pub parts: Vec<Part>,
}

/// A part of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Words between the numbers.
    Words(String),
    /// A number that the line is about.
    Number(String),
    /// A lane, from 0.
    Lane(usize),
}

impl RecapLine {
    /// As one text.
    pub fn text(&self) -> String {
        let text = |part: &Part| match part {
            Part::Words(text) | Part::Number(text) => text.clone(),
            Part::Lane(lane) => letter(*lane).to_string(),
        };
        self.parts.iter().map(text).collect()
    }
}

/// What the lanes of a run have done by a frame, which is its last: how fast reads were beside those without
/// a cache, whatever went wrong, and the numbers in which the lanes differ most.
pub fn recap(frame: &Frame) -> Vec<RecapLine> {
    let mut lines: Vec<RecapLine> = speed(frame).into_iter().collect();
    let wrong = MEASURES.iter().filter(|measure| measure.is_trouble);
    lines.extend(
        wrong
            .filter(|measure| measure.values(frame).any(|(_, value)| value > 0))
            .map(|measure| measure.line(frame)),
    );
    let mut others: Vec<(u64, &Measure)> = MEASURES
        .iter()
        .filter(|measure| !measure.is_trouble)
        .map(|measure| (measure.difference(frame), measure))
        .filter(|&(difference, _)| difference > 1000 - ALIKE_PER_MILLE)
        .map(|(difference, measure)| (difference * measure.weight, measure))
        .collect();
    // A stable sort: of those that matter as much the first stays first.
    others.sort_by_key(|&(matters, _)| std::cmp::Reverse(matters));
    let mut told: Vec<&Measure> = others.into_iter().map(|(_, measure)| measure).collect();
    if told.is_empty() {
        // Lanes that did the same, or one lane: the numbers that say what the cache was for.
        told.extend(MEASURES.iter().filter(|measure| measure.is_usual));
    }
    let with_values = told
        .into_iter()
        .filter(|measure| measure.values(frame).next().is_some());
    lines.extend(with_values.take(LINES).map(|measure| measure.line(frame)));
    lines.extend(cost(frame));
    lines
}

/// What the caches cost a month, where that differs.
fn cost(frame: &Frame) -> Option<RecapLine> {
    let lanes = frame.lanes.iter().enumerate();
    let cached = lanes.filter(|(_, lane)| lane.cache.exists());
    let costs = cached.filter_map(|(i, lane)| Some((i, dollars(lane.cost.total_micro_usd?))));
    let costs: Vec<(usize, String)> = costs.collect();
    if costs.windows(2).all(|pair| pair[0].1 == pair[1].1) {
        return None;
    }
    let mut parts = vec![Part::Words("Cost of the cache a month: ".to_owned())];
    list(&mut parts, frame.lanes.len(), &costs);
    parts.push(Part::Words(".".to_owned()));
    Some(RecapLine {
        about: "cost",
        parts,
    })
}

/// A number that each lane has.
struct Measure {
    /// The name of the frame's field.
    about: &'static str,
    /// What it is called, in front of its values.
    name: &'static str,
    of: fn(&MetricsFrame) -> Option<u64>,
    text: fn(u64) -> String,
    /// Whether any value but 0 is told, however alike the lanes are.
    is_trouble: bool,
    /// Whether it is told where nothing differs.
    is_usual: bool,
    /// Whether only a lane with a cache has it.
    of_cache: bool,
    /// Whether the same requests without a cache are a yardstick for it.
    has_baseline: bool,
    /// How much a difference in it matters beside the others.
    weight: u64,
}

const COUNT: Measure = Measure {
    about: "",
    name: "",
    of: |_| None,
    text: count,
    is_trouble: false,
    is_usual: false,
    of_cache: false,
    has_baseline: false,
    weight: 10,
};

/// All of them; of those that matter as much the earlier ones are told.
const MEASURES: [Measure; 18] = [
    Measure {
        about: "failed_requests",
        name: "Requests that failed",
        of: |m| Some(m.failed_requests),
        is_trouble: true,
        ..COUNT
    },
    Measure {
        about: "violations",
        name: "Promises broken",
        of: |m| Some(m.violations),
        is_trouble: true,
        ..COUNT
    },
    Measure {
        about: "lost_writes",
        name: "Acknowledged writes that are gone",
        of: |m| Some(m.lost_writes),
        is_trouble: true,
        ..COUNT
    },
    Measure {
        about: "stale_reads",
        name: "Stale reads",
        of: |m| Some(m.stale_reads),
        is_trouble: true,
        of_cache: true,
        ..COUNT
    },
    Measure {
        about: "hit_rate",
        name: "Hit rate",
        of: MetricsFrame::hit_per_mille,
        text: per_mille,
        is_usual: true,
        of_cache: true,
        ..COUNT
    },
    Measure {
        about: "database_reads",
        name: "Database reads",
        of: |m| Some(m.database_reads),
        is_usual: true,
        has_baseline: true,
        ..COUNT
    },
    Measure {
        about: "read_p99_us",
        name: "Slowest read in a hundred",
        of: |m| {
            let enough = m.reads >= READS_OF_P99;
            m.read_p99_us.filter(|_| enough).map(|us| us.0)
        },
        text: |us| duration(Micros(us)),
        has_baseline: true,
        ..COUNT
    },
    Measure {
        about: "read_max_us",
        name: "Slowest read",
        of: |m| {
            let few = m.reads < READS_OF_P99;
            m.read_max_us.filter(|_| few).map(|us| us.0)
        },
        text: |us| duration(Micros(us)),
        has_baseline: true,
        ..COUNT
    },
    Measure {
        about: "write_p50_us",
        name: "Typical write",
        of: |m| m.write_p50_us.map(|us| us.0),
        text: |us| duration(Micros(us)),
        has_baseline: true,
        ..COUNT
    },
    Measure {
        about: "queued_max",
        name: "Longest queue at the database",
        of: |m| Some(m.queued_max.into()),
        has_baseline: true,
        ..COUNT
    },
    Measure {
        about: "database_writes",
        name: "Database writes",
        of: |m| Some(m.database_writes),
        has_baseline: true,
        weight: 7,
        ..COUNT
    },
    Measure {
        about: "evictions",
        name: "Evictions",
        of: |m| Some(m.evictions),
        of_cache: true,
        weight: 7,
        ..COUNT
    },
    Measure {
        about: "expirations",
        name: "Expired copies removed",
        of: |m| Some(m.expirations),
        of_cache: true,
        weight: 2,
        ..COUNT
    },
    Measure {
        about: "failed_trips",
        name: "Trips that failed, beside those of failed requests",
        of: |m| Some(m.failed_trips.saturating_sub(m.failed_requests)),
        ..COUNT
    },
    Measure {
        about: "throttled",
        name: "Queries that DynamoDB throttled",
        of: |m| Some(m.throttled),
        has_baseline: true,
        weight: 12,
        ..COUNT
    },
    Measure {
        about: "throttled_commands",
        name: "Commands that the cache throttled",
        of: |m| Some(m.throttled_commands),
        of_cache: true,
        weight: 12,
        ..COUNT
    },
    Measure {
        about: "redirects",
        name: "Commands answered with MOVED",
        of: |m| Some(m.redirects),
        of_cache: true,
        weight: 12,
        ..COUNT
    },
    Measure {
        about: "entries",
        name: "Entries in the cache at the end",
        of: |m| Some(m.entries.into()),
        of_cache: true,
        weight: 3,
        ..COUNT
    },
];

impl Measure {
    /// The lanes that have it, and their values.
    fn values<'a>(&'a self, frame: &'a Frame) -> impl Iterator<Item = (usize, u64)> + 'a {
        let lanes = frame.lanes.iter().enumerate();
        lanes
            .filter(|(_, lane)| !self.of_cache || lane.cache.exists())
            .filter_map(|(i, lane)| Some((i, (self.of)(&lane.metrics)?)))
    }

    /// How much the lanes differ, as a share of the largest value, in thousandths. Of a hit rate it is the
    /// misses that matter: 98 % against 99 % is twice as many.
    fn difference(&self, frame: &Frame) -> u64 {
        let value = |value: u64| match self.about {
            "hit_rate" => 1000 - value,
            _ => value,
        };
        let values = || self.values(frame).map(|(_, of)| value(of));
        let (Some(low), Some(high)) = (values().min(), values().max()) else {
            return 0;
        };
        ((high - low) * 1000).checked_div(high).unwrap_or(0)
    }

    fn line(&self, frame: &Frame) -> RecapLine {
        let values: Vec<(usize, String)> = self
            .values(frame)
            .map(|(lane, value)| (lane, (self.text)(value)))
            .collect();
        let mut parts = vec![Part::Words(format!("{}: ", self.name))];
        list(&mut parts, frame.lanes.len(), &values);
        if let Some(without) = (self.of)(&frame.baseline).filter(|_| self.has_baseline) {
            let without = (self.text)(without);
            parts.push(Part::Words(format!("; {without} without a cache")));
        }
        parts.push(Part::Words(".".to_owned()));
        RecapLine {
            about: self.about,
            parts,
        }
    }
}

/// How fast a typical read was beside one without a cache; `None` without reads or without a cache.
fn speed(frame: &Frame) -> Option<RecapLine> {
    let without = frame.baseline.read_p50_us?;
    let lanes = frame.lanes.iter().enumerate();
    let cached = lanes.filter(|(_, lane)| lane.cache.exists());
    let typical: Vec<(usize, Micros)> = cached
        .filter_map(|(i, lane)| Some((i, lane.metrics.read_p50_us?)))
        .collect();
    if typical.is_empty() {
        return None;
    }
    let factors: Vec<(usize, String)> = typical
        .iter()
        .map(|&(lane, typical)| (lane, faster(typical, without)))
        .collect();
    let times: Vec<(usize, String)> = typical
        .iter()
        .map(|&(lane, typical)| (lane, duration(typical)))
        .collect();
    let mut parts = vec![Part::Words("A typical read took ".to_owned())];
    list(&mut parts, frame.lanes.len(), &times);
    let without = duration(without);
    parts.push(Part::Words(format!("; {without} without a cache: ")));
    match factors.windows(2).all(|pair| pair[0].1 == pair[1].1) {
        true => parts.push(Part::Number(factors[0].1.clone())),
        false => list(&mut parts, frame.lanes.len(), &factors),
    }
    parts.push(Part::Words(".".to_owned()));
    Some(RecapLine {
        about: "read_p50_us",
        parts,
    })
}

/// How much faster a read is than without a cache: `30 times faster`, `1.4 times faster`, `no faster`, `slower`.
fn faster(with: Micros, without: Micros) -> String {
    let tenths = (without.0 * 10 + with.0 / 2) / with.0.max(1);
    match tenths {
        0..=9 => "slower".to_owned(),
        10 if with > without => "slower".to_owned(),
        10 => "no faster".to_owned(),
        _ if tenths >= FACTOR_MAX * 10 => format!("over {} times faster", grouped(FACTOR_MAX)),
        11..=99 if !tenths.is_multiple_of(10) => {
            format!("{}.{} times faster", tenths / 10, tenths % 10)
        }
        _ => format!("{} times faster", grouped((tenths + 5) / 10)),
    }
}

/// The values of lanes: once where all have the same.
fn list(parts: &mut Vec<Part>, lanes: usize, values: &[(usize, String)]) {
    let same = values.windows(2).all(|pair| pair[0].1 == pair[1].1);
    if same && values.len() == lanes {
        let Some((_, value)) = values.first() else {
            return;
        };
        parts.push(Part::Number(value.clone()));
        match lanes {
            1 => {}
            2 => parts.push(Part::Words(" in both lanes".to_owned())),
            _ => parts.push(Part::Words(" in all lanes".to_owned())),
        }
        return;
    }
    for (nth, (lane, value)) in values.iter().enumerate() {
        let between = match nth {
            0 => "",
            _ if nth + 1 == values.len() => " and ",
            _ => ", ",
        };
        parts.push(Part::Words(between.to_owned()));
        parts.push(Part::Number(value.clone()));
        parts.push(Part::Words(" in ".to_owned()));
        parts.push(Part::Lane(*lane));
    }
}

fn count(value: u64) -> String {
    match value {
        0 => "none".to_owned(),
        _ => grouped(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_reads_as_people_say_it() {
        let cases = [
            (184, 7_600, "41 times faster"),
            (4_000, 5_600, "1.4 times faster"),
            (4_000, 8_000, "2 times faster"),
            (4_000, 4_000, "no faster"),
            (4_001, 4_000, "slower"),
            (8_000, 4_000, "slower"),
            (1_000, 700_000, "700 times faster"),
            (1, 1_234_000, "over 1,000 times faster"),
        ];
        for (with, without, expected) in cases {
            assert_eq!(faster(Micros(with), Micros(without)), expected);
        }
    }
}
