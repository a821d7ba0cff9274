//! Miss-ratio curves: the exact LRU curve is the engine's at every capacity, Bélády's bound is the
//! reference's, and slices change nothing.

use cache::PolicyKind;
use cache::units::Key;
use proptest::collection::vec;
use proptest::prelude::*;
use scenario::Scenario;
use std::rc::Rc;
use support::cases;
use support::streams::{STREAMS, SplitMix};
use trace::{CurveJob, CurveOf, CurvePlan, CurvePoint, Curves, LruCurve, lru_curve, miss_count};
use worker::Lab;

fn keys(numbers: &[u32]) -> Rc<[Key]> {
    numbers.iter().copied().map(Key).collect()
}

/// All work of a job, so much at a time.
fn run(keys: &Rc<[Key]>, plan: &CurvePlan, budget: u64) -> Curves {
    let mut job = CurveJob::new(keys.clone(), plan.clone());
    let total = job.progress().total;
    let mut done = 0;
    while !job.progress().is_finished() {
        let progress = job.advance(budget);
        assert_eq!(progress.total, total);
        assert_eq!(
            progress.done,
            total.min(done + budget),
            "no more and no less than the budget"
        );
        done = progress.done;
    }
    job.result().expect("the work is done")
}

/// Bélády's misses in the way the paper says it, from the front of the stream each time.
fn naive_belady(keys: &[u32], capacity: usize) -> u64 {
    let mut held: Vec<u32> = Vec::new();
    let mut misses = 0;
    for (at, key) in keys.iter().enumerate() {
        if held.contains(key) {
            continue;
        }
        misses += 1;
        if held.len() == capacity {
            let next = |held: &u32| {
                keys[at..]
                    .iter()
                    .position(|other| other == held)
                    .unwrap_or(usize::MAX)
            };
            let farthest = (0..held.len()).max_by_key(|&place| next(&held[place]));
            held.swap_remove(farthest.expect("a capacity of at least 1"));
        }
        held.push(*key);
    }
    misses
}

/// What is drawn of a curve goes from the first capacity to the last one that matters, each with the
/// curve's own misses.
fn assert_thinned(curve: &LruCurve) {
    let points = curve.thinned();
    let last = curve.largest();
    assert_eq!(points.first().map(|point| point.0), Some(1));
    assert_eq!(points.last().map(|point| point.0), Some(last));
    assert!(points.is_sorted_by(|one, next| one.0 < next.0));
    let few = points.iter().take(100).map(|point| point.0);
    assert!(few.eq(1..=last.min(100)), "none of the first is left out");
    for &(capacity, misses) in &points {
        assert_eq!(misses, curve.misses(capacity), "at {capacity}");
    }
}

fn streams() -> impl Strategy<Value = Vec<u32>> {
    (1..40_u32).prop_flat_map(|keys| vec(0..keys, 0..400))
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn one_pass_is_the_engines_lru_at_every_capacity(numbers in streams()) {
        let keys = keys(&numbers);
        let curve = lru_curve(&keys);
        prop_assert_eq!(curve.misses(0), keys.len() as u64);
        for capacity in 1..45 {
            prop_assert_eq!(curve.misses(capacity), miss_count(&keys, PolicyKind::Lru, capacity));
        }
        assert_thinned(&curve);
        let largest = curve.largest();
        prop_assert_eq!(curve.misses(largest), curve.misses(u32::MAX));
        prop_assert!(largest == 1 || curve.misses(largest - 1) > curve.misses(largest));
    }

    #[test]
    fn belady_is_the_papers_and_no_policy_is_better(numbers in streams(), capacity in 1..20_u32) {
        let keys = keys(&numbers);
        let of = [CurveOf::Belady].into_iter().chain(PolicyKind::ALL.map(CurveOf::Policy)).collect();
        let plan = CurvePlan { of, capacities: vec![capacity], every_lru: false };
        let points = run(&keys, &plan, u64::MAX).points;
        prop_assert_eq!(points[0].misses, naive_belady(&numbers, capacity as usize));
        // One that evicts nothing need not store what it missed, so it may miss less.
        let stores = |point: &&CurvePoint| point.of != CurveOf::Policy(PolicyKind::NoEviction);
        prop_assert!(points.iter().filter(stores).all(|point| point.misses >= points[0].misses));
    }

    #[test]
    fn slices_change_nothing(numbers in streams(), budget in 1..500_u64) {
        let keys = keys(&numbers);
        let plan = CurvePlan {
            of: vec![CurveOf::Policy(PolicyKind::Fifo), CurveOf::Belady, CurveOf::Policy(PolicyKind::Lru)],
            capacities: vec![3, 1, 12],
            every_lru: true,
        };
        let whole = run(&keys, &plan, u64::MAX);
        prop_assert_eq!(&run(&keys, &plan, budget), &whole);
        for point in &whole.points {
            if let CurveOf::Policy(policy) = point.of {
                prop_assert_eq!(point.misses, miss_count(&keys, policy, point.capacity));
            }
        }
        let lru = whole.lru.expect("asked for");
        prop_assert_eq!(whole.points[6].misses, lru.misses(3));
    }
}

#[test]
fn the_curve_is_the_engines_on_the_oracles_streams() {
    for (name, stream) in STREAMS {
        let keys = keys(&stream());
        let curve = lru_curve(&keys);
        let distinct = curve.as_slice().len() as u32 - 1;
        for capacity in [
            1,
            2,
            10,
            100,
            499,
            500,
            1_000,
            1_499,
            1_500,
            2_000,
            5_000,
            distinct - 1,
            distinct,
        ] {
            let misses = miss_count(&keys, PolicyKind::Lru, capacity);
            assert_eq!(curve.misses(capacity), misses, "{name} at {capacity}");
        }
        assert_thinned(&curve);
        // As many as can be drawn, and near enough to each other that nothing lies between two.
        let drawn = curve.thinned();
        assert!(drawn.len() < 1_000, "{name}: {}", drawn.len());
        let near = |pair: &[(u32, u64)]| pair[1].0 - pair[0].0 <= (pair[0].0 / 28).max(1);
        assert!(drawn.windows(2).all(near), "{name}");
        assert!(
            curve.as_slice().is_sorted_by(|one, next| one >= next),
            "{name}: larger never misses more"
        );
        assert_eq!(
            curve.misses(distinct),
            u64::from(distinct),
            "{name}: each key misses once"
        );
    }
}

/// Beyond the first hundred capacities too, where some are left out.
#[test]
fn what_is_drawn_is_the_engines() {
    let mut random = SplitMix::new(7);
    let keys = keys(&(0..6_000).map(|_| random.below(1_500)).collect::<Vec<_>>());
    let curve = lru_curve(&keys);
    let drawn = curve.thinned();
    assert!(drawn.len() < curve.largest() as usize, "some are left out");
    for (capacity, misses) in drawn {
        assert_eq!(misses, miss_count(&keys, PolicyKind::Lru, capacity));
    }
}

/// A trace whose curves take the lab many slices.
fn lab() -> (Lab, Rc<[Key]>) {
    let mut random = SplitMix::new(3);
    let numbers: Vec<u32> = (0..10_000).map(|_| random.below(300)).collect();
    let file: String = numbers
        .iter()
        .map(|number| format!("k{number}\n"))
        .collect();
    let mut lab = Lab::new("keys.txt");
    let mut rest = file.as_bytes();
    while !rest.is_empty() {
        rest = &rest[lab.push(rest).expect("one key a line")..];
    }
    while !lab.finish().expect("a whole file") {}
    (lab, keys(&numbers))
}

/// The person goes on to another scenario while curves are being found: its lanes are counted first, and
/// nothing of the curves is lost or found twice.
#[test]
fn curves_go_on_after_a_count_took_their_place() {
    let plan = CurvePlan {
        of: vec![CurveOf::Policy(PolicyKind::Fifo), CurveOf::Belady],
        capacities: vec![20, 90],
        every_lru: true,
    };
    let (mut lab, keys) = lab();
    lab.open("1".to_owned()).expect("a trace has been read");
    while !lab.advance() {}
    let opened = lab.opened("1".to_owned()).expect("it is open");
    let scenario = Scenario::new(opened.scenario).expect("a scenario of the trace");
    let counted = lab.replays().to_vec();
    assert_eq!(counted.len(), scenario.lanes.len());
    let whole = run(&keys, &plan, u64::MAX);

    // Taken away after each slice in turn: in the first curve, between two, and before the last one ends.
    for slices in 0.. {
        lab.curves(plan.clone());
        if (0..slices).any(|_| lab.advance()) {
            assert!(slices > 10, "the curves take many slices");
            break;
        }
        let (points, per_mille) = (lab.found().0.to_vec(), lab.curves_per_mille());
        lab.count(&scenario);
        assert!(lab.counting() && lab.replays().is_empty());
        while lab.counting() {
            assert!(!lab.advance(), "the curves are still to come");
            assert_eq!(lab.curves_per_mille(), per_mille, "they wait");
            assert_eq!(lab.found().0, points, "and are not lost");
        }
        assert_eq!(lab.replays(), counted);
        while !lab.advance() {}
        assert_eq!(lab.curves_per_mille(), 1_000);
        let (points, lru) = lab.found();
        assert_eq!(points, whole.points, "after {slices} slices");
        assert_eq!(lru, whole.lru.as_ref());
        assert_eq!(lab.replays(), counted);
    }
}

/// Bélády's misses at some capacities.
fn belady(keys: &Rc<[Key]>, capacities: Vec<u32>) -> Vec<u64> {
    let plan = CurvePlan {
        of: vec![CurveOf::Belady],
        capacities,
        every_lru: false,
    };
    let points = run(keys, &plan, 100_000).points;
    points.iter().map(|point| point.misses).collect()
}

/// The reference's figures stand in the table that the cache crate's policies are compared with.
#[test]
fn belady_is_the_references() {
    let table = include_str!("../../../cache/tests/data/oracle.tsv");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    for (name, stream) in STREAMS {
        let of_stream = rows.iter().filter(|row| row[..2] == [name, "belady"]);
        let number = |text: &str| text.parse::<u64>().expect("a number");
        let (capacities, expected): (Vec<u32>, Vec<u64>) = of_stream
            .map(|row| (number(row[2]) as u32, number(row[4])))
            .unzip();
        assert_eq!(capacities.len(), 4, "{name}");
        assert_eq!(belady(&keys(&stream()), capacities), expected, "{name}");
    }
}

/// The published figure for Bélády's optimum, without bypass, over 2,000 draws of
/// `java.util.Random(42).nextInt(50)` at a capacity of 8.
#[test]
fn beladys_optimum_is_the_published_one() {
    let mut state = (42_u64 ^ 0x5_DEEC_E66D) & ((1 << 48) - 1);
    let mut next_int = || {
        loop {
            state = (state.wrapping_mul(0x5_DEEC_E66D) + 11) & ((1 << 48) - 1);
            let bits = (state >> 17) as u32;
            let value = bits % 50;
            // Java draws again where the last, incomplete run of 50 would favour the low ones.
            if bits - value <= i32::MAX as u32 - 49 {
                return value;
            }
        }
    };
    let numbers: Vec<u32> = (0..2000).map(|_| next_int()).collect();
    assert_eq!(belady(&keys(&numbers), vec![8]), [1129]);
}

#[test]
fn an_empty_plan_and_an_empty_stream_are_done_at_once() {
    let none = keys(&[]);
    let plan = CurvePlan {
        of: vec![CurveOf::Belady],
        capacities: vec![1],
        every_lru: true,
    };
    let job = CurveJob::new(none, plan);
    assert!(job.progress().is_finished());
    let curves = job.result().expect("nothing is to be done");
    assert_eq!((curves.requests, curves.points[0].misses), (0, 0));
    let job = CurveJob::new(keys(&[1, 2, 1]), CurvePlan::default());
    assert!(job.progress().is_finished());
    assert!(job.result().is_some_and(|curves| curves.points.is_empty()));
    let plan = CurvePlan {
        of: vec![CurveOf::Belady],
        ..CurvePlan::default()
    };
    assert!(
        CurveJob::new(keys(&[1, 2, 1]), plan)
            .progress()
            .is_finished()
    );
}
