//! A trace's miss-ratio curves, as far as they are known.

use serde::{Deserialize, Serialize};
use trace::{CurvePoint, LruCurve};

/// How many requests of a trace a policy misses at a capacity.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MissPoint {
    /// The policy's name, or "belady".
    pub of: String,
    /// The capacity, in entries.
    pub capacity: u32,
    /// How many requests missed.
    pub misses: u64,
}

/// A trace's miss-ratio curves, as far as they are known.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CurvesFound {
    /// How much of the work is done, in thousandths.
    pub per_mille: u32,
    /// Policy after policy, each at the same capacities; the last one may have fewer yet.
    pub points: Vec<MissPoint>,
    /// Exact LRU: capacities, as many as can be drawn, with their misses.
    pub lru: Vec<(u32, u64)>,
}

/// The most capacities at which curves are found: more could not be told apart on a wide screen.
const CAPACITIES_MAX: usize = 320;

impl CurvesFound {
    /// What a job has found by now.
    pub(crate) fn new(per_mille: u32, points: &[CurvePoint], lru: Option<&LruCurve>) -> Self {
        let points = points.iter().map(|point| MissPoint {
            of: point.of.name().to_owned(),
            capacity: point.capacity,
            misses: point.misses,
        });
        CurvesFound {
            per_mille,
            points: points.collect(),
            lru: lru.map_or_else(Vec::new, LruCurve::thinned),
        }
    }

    /// The policies whose misses are known.
    pub fn policies(&self) -> Vec<String> {
        let groups = self.points.chunk_by(|a, b| a.of == b.of);
        groups.map(|group| group[0].of.clone()).collect()
    }

    /// Capacities for finer curves: between each two at which misses are known, the one in the middle on a
    /// logarithmic scale. Empty if there are enough already.
    pub fn between(&self) -> Vec<u32> {
        let first = self.points.chunk_by(|a, b| a.of == b.of).next();
        let known: Vec<u32> = first
            .unwrap_or_default()
            .iter()
            .map(|of| of.capacity)
            .collect();
        if known.len() > CAPACITIES_MAX / 2 {
            return Vec::new();
        }
        let middle = |ends: &[u32]| {
            let [from, to] = [ends[0], ends[1]];
            let middle = (u64::from(from) * u64::from(to)).isqrt() as u32;
            // Next to each other there is none in between.
            Some(middle.max(from + 1)).filter(|&middle| middle < to)
        };
        known.windows(2).filter_map(middle).collect()
    }

    /// The same curves with what has been found at other capacities.
    pub fn with(&self, more: CurvesFound) -> CurvesFound {
        let mut points = self.points.clone();
        let policies = self.policies();
        let place = |of: &str| policies.iter().position(|policy| policy == of);
        let order = |point: &MissPoint| (place(&point.of), point.capacity);
        for point in more.points {
            let at = points.partition_point(|before| order(before) <= order(&point));
            points.insert(at, point);
        }
        CurvesFound {
            per_mille: more.per_mille,
            points,
            lru: self.lru.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(capacities: &[u32]) -> CurvesFound {
        let point = |of: &str, capacity: u32| MissPoint {
            of: of.to_owned(),
            capacity,
            misses: 1_000 - u64::from(capacity),
        };
        let points = ["belady", "sieve", "arc"].into_iter();
        CurvesFound {
            per_mille: 1_000,
            points: points
                .flat_map(|of| capacities.iter().map(move |&capacity| point(of, capacity)))
                .collect(),
            lru: vec![(1, 7)],
        }
    }

    #[test]
    fn finer_curves_have_the_middles_and_everything_that_was_known() {
        let known = found(&[1, 2, 3, 8, 100]);
        assert_eq!(known.between(), [4, 28]);
        let both = known.with(CurvesFound {
            lru: Vec::new(),
            ..found(&[4, 28])
        });
        assert_eq!(both, found(&[1, 2, 3, 4, 8, 28, 100]));
        assert_eq!(both.policies(), ["belady", "sieve", "arc"]);
        let many: Vec<u32> = (1..400).collect();
        assert_eq!(found(&many).between(), [0; 0]);
    }
}
