use super::{Claim, changed, numbers};
use cache::units::Key;
use scenario::WorkloadInput;
use sim::workload::Popularity;
use sim::{EventKind, Intake, Limit, Refused};
use std::collections::{BTreeMap, BTreeSet};
use support::scenarios::events_of_lane;
use timeline::Run;

pub const CLAIMS: &[Claim] = &[("hot-partition", hot_partition)];

/// Without a cache the hot key's partition alone throttles, in every second, while no other one is near its limit;
/// behind a cache nothing is throttled. More partitions don't help, and an even load needs no cache.
fn hot_partition(run: &Run) {
    let scenario = run.scenario();
    let Intake::DynamoDb(table) = scenario.lanes[0].database.intake else {
        panic!("a table");
    };
    let partition = |key: Key| table.partition_of(&scenario.key_name(key));
    let hot = partition(Key(0));
    let mut asked: BTreeMap<Key, u32> = BTreeMap::new();
    for number in 0..scenario.workload.len() {
        *asked.entry(scenario.request(number).1).or_default() += 1;
    }
    let of_hot = asked[&Key(0)] * 100 / scenario.workload.len();
    assert!((40..=55).contains(&of_hot), "about half: {of_hot} %");

    let (mut seconds, mut reads) = (BTreeSet::new(), BTreeMap::new());
    for event in events_of_lane(run, 0) {
        let second = event.at.0 / 1_000_000;
        match event.kind {
            EventKind::Query { .. } => {
                *reads.entry((second, partition(event.key))).or_insert(0) += 1;
            }
            EventKind::Refuse {
                at: Refused::Throttled(throttle),
            } => {
                assert_eq!(throttle.limit, Limit::Partition(hot));
                assert_eq!((throttle.most, throttle.needs), (3_000, 5));
                seconds.insert(second);
            }
            _ => {}
        }
    }
    assert!(
        seconds.is_superset(&BTreeSet::from([0, 1, 2])),
        "{seconds:?}"
    );
    for (&(second, partition), &reads) in &reads {
        if partition == hot {
            assert!(reads <= 600 && (reads == 600 || second > 2), "{reads}");
        } else {
            assert!(reads < 400, "partition {partition}: {reads}");
        }
    }
    let [without, cached] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert!(without.throttled > 300, "{}", without.throttled);
    assert_eq!(without.failed_requests, without.throttled);
    assert_eq!((cached.throttled, cached.failed_requests), (0, 0));

    let more = changed("hot-partition", |input| {
        input.lanes[0].database.partitions = 64
    });
    assert!(numbers(&more)[0].throttled > 100);
    let even = changed("hot-partition", |input| {
        if let WorkloadInput::Generated(generated) = &mut input.workload {
            generated.popularity = Popularity::Uniform;
        }
    });
    assert_eq!(numbers(&even)[0].throttled, 0);
}
