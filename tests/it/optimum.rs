//! The yardstick of a recap: the hit rate that no policy can exceed.

use cache::units::{Key, Micros};
use cache_playground::session::best_hit_per_mille;
use scenario::{Scenario, ScenarioInput, Scene, WorkloadInput};
use std::collections::BTreeSet;
use support::scenarios::run;
use timeline::Frame;

fn scan() -> ScenarioInput {
    Scene::named("scan").expect("a scene").scenario()
}

fn best(input: ScenarioInput) -> Option<u64> {
    best_hit_per_mille(&Scenario::new(input).expect("valid"))
}

/// The hit rates of a scenario's lanes at its end, in thousandths.
fn hit_rates(input: ScenarioInput) -> Vec<u64> {
    let run = run(input);
    let lanes = Frame::of(&run, &run.seek(run.step_count())).lanes;
    let rates = lanes.iter().map(|lane| lane.metrics.hit_per_mille());
    rates.flatten().collect()
}

#[test]
fn no_policy_is_above_the_optimum() {
    let input = scan();
    let best = best(input.clone()).expect("policies differ");
    let rates = hit_rates(input);
    assert_eq!(rates.len(), 3);
    assert!(rates.iter().all(|&rate| rate <= best), "{rates:?} {best}");
    assert!(
        rates.iter().any(|&rate| rate + 100 > best),
        "{rates:?} {best}"
    );
}

/// With room for everything, each key misses once at best.
#[test]
fn where_everything_fits_each_key_misses_once() {
    let mut input = scan();
    for lane in &mut input.lanes {
        lane.cache.capacity = 5_000;
    }
    let workload = run(input.clone()).scenario().workload.clone();
    let requests = u64::from(workload.len());
    let keys: BTreeSet<Key> = (0..workload.len())
        .map(|number| workload.request(number).key)
        .collect();
    let hits = requests - keys.len() as u64;
    assert_eq!(best(input), Some((hits * 1000 + requests / 2) / requests));
}

#[test]
fn there_is_no_optimum_where_entries_go_for_other_reasons() {
    let with = |change: fn(&mut ScenarioInput)| {
        let mut input = scan();
        change(&mut input);
        best(input)
    };
    assert!(with(|_| {}).is_some());
    assert_eq!(with(|input| input.lanes.truncate(1)), None);
    assert_eq!(with(|input| input.lanes[1].cache.capacity = 59), None);
    assert_eq!(
        with(|input| input.lanes[0].strategy.ttl_us = Some(Micros(60_000_000))),
        None
    );
    assert_eq!(
        with(|input| {
            let WorkloadInput::Generated(settings) = &mut input.workload else {
                panic!("it is generated");
            };
            settings.read_per_mille = 990;
        }),
        None
    );
}
