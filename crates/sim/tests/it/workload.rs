//! Generated workloads: what they promise about each request, and about all together.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::disallowed_methods,
    reason = "formulas to a tolerance of percents, where the last bits of a power are far away"
)]

use cache::units::{Key, Micros};
use cache::{Cache, CacheSettings, PolicyKind};
use proptest::prelude::*;
use scenario::{Chapter, Invalid, Scenario, ScenarioInput, Scene, WarmInput, WorkloadInput};
use sim::workload::{Generated, OwnTtl, Popularity, Scan, ValueSizes};
use sim::{Latency, Operation, Request, Workload, World};
use std::rc::Rc;
use support::cases;
use support::scenarios::{lane, paths, request, scenario};
use timeline::Run;

fn input(generated: Generated) -> ScenarioInput {
    ScenarioInput {
        workload: WorkloadInput::Generated(generated),
        ..scenario(Vec::new(), vec![lane(paths()[0])])
    }
}

fn workload(generated: Generated) -> Rc<Workload> {
    let scenario = Scenario::new(input(generated)).expect("a valid scenario");
    scenario.workload
}

fn walk(workload: &Workload) -> Vec<Request> {
    let mut cursor = workload.start();
    let mut requests = Vec::new();
    while let Some(at) = cursor.next_at() {
        assert_eq!(cursor.taken(), requests.len() as u32);
        requests.push(workload.take(&mut cursor));
        assert_eq!(requests.last().map(|request| request.at), Some(at));
    }
    requests
}

fn generated() -> impl Strategy<Value = Generated> {
    let alpha_milli = 0..3_000_u32;
    let popularity = prop_oneof![
        alpha_milli
            .clone()
            .prop_map(|alpha_milli| Popularity::Zipf { alpha_milli }),
        Just(Popularity::Uniform),
        Just(Popularity::Scan),
        Just(Popularity::Loop { length: 5 }),
        (alpha_milli, 1..100_u32, 1..50_u32).prop_map(
            |(alpha_milli, period_requests, shift_keys)| {
                Popularity::Shifting {
                    alpha_milli,
                    period_requests,
                    shift_keys,
                }
            }
        ),
    ];
    let span = || {
        prop_oneof![
            (0..5_000_u64).prop_map(|us| Latency::Constant { us }),
            (1..5_000_u64).prop_map(|mean_us| Latency::Exponential { mean_us }),
            (1..5_000_u64).prop_map(|us| Latency::new(us, us * 2, us * 3, us * 20)),
        ]
    };
    let value_bytes = prop_oneof![
        (0..2_000_u32).prop_map(ValueSizes::FixedBytes),
        Just(ValueSizes::Quantiles {
            p50_bytes: 100,
            p90_bytes: 500,
            p99_bytes: 5_000,
            max_bytes: 100_000
        }),
        Just(ETC),
    ];
    let numbers = (
        1..600_u32,
        1..=64_u32,
        5..2_000_u32,
        0..=1_000_u32,
        0..=1_000_u32,
    );
    let parts = (
        numbers,
        popularity,
        span(),
        value_bytes,
        proptest::option::of(span()),
        proptest::option::of((1..300_u32, 1..300_u32, 0..=1_000_u32)),
    );
    parts.prop_map(|(numbers, popularity, gap, value_bytes, ttl, scan)| {
        let (requests, clients, keys, read_per_mille, absent_per_mille) = numbers;
        Generated {
            requests,
            clients,
            keys,
            key_prefix: "k:".to_owned(),
            popularity,
            read_per_mille,
            gap,
            value_bytes,
            ttl,
            absent_per_mille,
            scan: scan.map(|(from_request, requests, share_per_mille)| Scan {
                from_request,
                requests,
                share_per_mille,
            }),
        }
    })
}

/// The value sizes of a pool at Facebook.
const ETC: ValueSizes = ValueSizes::Pareto {
    base_bytes: 15,
    scale_milli: 214_476,
    shape_milli: 348,
};

proptest! {
    #![proptest_config(cases(96))]

    /// Asked for alone, in passing or property by property, a request is the same.
    #[test]
    fn a_request_is_a_function_of_its_number(generated in generated()) {
        let (first, second) = (workload(generated.clone()), workload(generated.clone()));
        let walked = walk(&first);
        prop_assert_eq!(walked.len() as u32, first.len());
        prop_assert_eq!(first.len(), generated.requests);
        let mut now = Micros::ZERO;
        for number in (0..first.len()).rev() {
            let request = second.request(number);
            prop_assert_eq!(request, walked[number as usize]);
            // The walk above has noted where the requests are.
            prop_assert_eq!(first.request(number), request);
            prop_assert_eq!(request.client, first.client(number));
            prop_assert_eq!(request.operation, first.operation(number));
            prop_assert_eq!(request.ttl, first.ttl(number, request.key));
            prop_assert_eq!(request.size_bytes, first.size_bytes(number, request.key));
            prop_assert!((1..=generated.clients).contains(&request.client));
            prop_assert!(request.key.0 < first.key_count());
        }
        for request in walked {
            prop_assert!(request.at >= now);
            now = request.at;
        }
    }

    #[test]
    fn names_lead_back_to_their_keys(generated in generated()) {
        let workload = workload(generated.clone());
        let scanned = generated.scan.map_or(0, |scan| scan.keys());
        prop_assert_eq!(workload.key_count(), generated.keys + scanned);
        for place in 0..workload.key_count() {
            let key = workload.listed(place);
            prop_assert_eq!(&*workload.key_name(key), format!("k:{}", key.0 + 1));
        }
        let absent = (0..generated.keys).filter(|&key| !workload.exists_at_start(Key(key)));
        let share = u64::from(generated.keys) * u64::from(generated.absent_per_mille) / 1000;
        prop_assert_eq!(absent.count() as u64, share);
    }

    /// Every lane's world gets these requests, and the scenario can be written down and read again.
    #[test]
    fn a_generated_scenario_runs_and_is_the_same_again(generated in generated()) {
        let scenario = Scenario::new(input(generated)).expect("a valid scenario");
        let text = serde_json::to_string(&*scenario.input).expect("inputs can be written");
        let again = Scenario::from_json(&text);
        let again = again.expect("what was written can be read");
        prop_assert_eq!(&scenario.input, &again.input);
        let mut world = World::new(scenario.lanes[0].clone(), scenario.workload.clone());
        world.run_to_end();
        let metrics = world.metrics();
        let answered = metrics.read_replies.count() + metrics.write_replies.count();
        prop_assert_eq!(answered, u64::from(scenario.workload.len()));
        prop_assert_eq!(metrics.requests, answered);
        let (first, second) = (Run::new(Rc::new(scenario)), Run::new(Rc::new(again)));
        prop_assert_eq!(first.log_hash(), second.log_hash());
    }
}

/// Independently computed for N = 10,000; LRU's ratio by Che's approximation.
#[test]
fn zipf_concentrates_as_theory_says() {
    for (alpha_milli, top_tenth, hit_percent) in
        [(0, 10, 10), (800, 57, 44), (990, 76, 66), (1_200, 90, 86)]
    {
        let requests = 400_000;
        let workload = workload(Generated {
            requests,
            keys: 10_000,
            popularity: Popularity::Zipf { alpha_milli },
            ..Generated::default()
        });
        let keys: Vec<Key> = (0..requests)
            .map(|number| workload.request(number).key)
            .collect();
        let top = keys.iter().filter(|key| key.0 < 1_000).count();
        let near = |what: &str, count: usize, of: usize, percent: usize| {
            let got = count as f64 * 100.0 / of as f64;
            println!("α = {alpha_milli} ‰, {what}: {got:.2} % ({percent})");
            assert!(
                (got - percent as f64).abs() < 1.0,
                "{alpha_milli} {what}: {got}"
            );
        };
        near("traffic to the top tenth", top, keys.len(), top_tenth);

        let mut cache = Cache::new(&CacheSettings::new(PolicyKind::Lru, 1_000));
        let (warm_up, counted) = keys.split_at(100_000);
        warm_up
            .iter()
            .for_each(|&key| _ = cache.request(key, Micros::ZERO));
        let hits = counted
            .iter()
            .filter(|&&key| cache.request(key, Micros::ZERO));
        near("LRU hits", hits.count(), counted.len(), hit_percent);
    }
}

#[test]
fn shares_gaps_and_sizes_are_what_was_asked_for() {
    let requests = 200_000;
    let workload = workload(Generated {
        requests,
        clients: 4,
        keys: 100_000,
        popularity: Popularity::Uniform,
        read_per_mille: 700,
        gap: Latency::Exponential { mean_us: 16 },
        value_bytes: ETC,
        ttl: Some(Latency::Constant { us: 60_000_000 }),
        ..Generated::default()
    });
    let all = walk(&workload);
    let count =
        |is: &dyn Fn(&Request) -> bool| all.iter().filter(|request| is(request)).count() as f64;
    let near =
        |got: f64, expected: f64| assert!((got / expected - 1.0).abs() < 0.02, "{got} {expected}");
    near(
        count(&|r| r.operation == Operation::Read),
        0.7 * f64::from(requests),
    );
    for client in 1..=4 {
        near(count(&|r| r.client == client), f64::from(requests) / 4.0);
    }
    // Although most gaps are far shorter than 16 µs, no rounding slows the arrivals down.
    let last = all.last().expect("many").at.0;
    near(last as f64, 16.0 * f64::from(requests));
    let gaps = || all.windows(2).map(|pair| pair[1].at.0 - pair[0].at.0);
    let long = gaps().filter(|&gap| gap > 32).count() as f64;
    // In whole microseconds that is above 32.5, on average over where in its microsecond it begins.
    near(long / f64::from(requests), (-32.5_f64 / 16.0).exp());
    assert!(
        all.iter()
            .all(|r| r.ttl == OwnTtl::After(Micros(60_000_000)))
    );

    // The generalized Pareto distribution's quantiles, from its formula; a key's size is its own.
    let mut sizes: Vec<u32> = (0..100_000)
        .map(|key| {
            let name = workload.key_name(Key(key)).len() as u32;
            workload.size_bytes(0, Key(key)) - name
        })
        .collect();
    sizes.sort_unstable();
    let quantile = |share: f64| 15.0 + 214.476 * ((1.0 - share).powf(-0.348) - 1.0) / 0.348;
    for share in [0.1, 0.5, 0.9, 0.99] {
        let got = f64::from(sizes[(share * 100_000.0) as usize]);
        assert!((got / quantile(share) - 1.0).abs() < 0.05, "{share}: {got}");
    }
    for request in &all[..1_000] {
        let same = workload.size_bytes(0, request.key);
        assert_eq!(request.size_bytes, same);
    }
}

#[test]
fn patterns_of_access_are_theirs() {
    let keys = |popularity, count: u32| -> Vec<u32> {
        let workload = workload(Generated {
            keys: 10,
            popularity,
            ..Generated::default()
        });
        (0..count)
            .map(|number| workload.request(number).key.0)
            .collect()
    };
    assert_eq!(
        keys(Popularity::Scan, 12),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    );
    assert_eq!(
        keys(Popularity::Loop { length: 3 }, 7),
        [0, 1, 2, 0, 1, 2, 0]
    );
    // With α = 10 nearly everything is one key, which moves on.
    let shifting = Popularity::Shifting {
        alpha_milli: 10_000,
        period_requests: 100,
        shift_keys: 4,
    };
    let shifting = keys(shifting, 400);
    for (period, most) in shifting.chunks(100).zip([0, 4, 8, 2]) {
        assert!(period.iter().filter(|&&key| key == most).count() > 95);
    }
}

#[test]
fn a_script_says_what_is_absent_and_how_large_it_is() {
    let mut large = request(5, Operation::Write, "user:10");
    large.value_bytes = 1_000;
    let script = vec![request(0, Operation::Read, "user:9"), large];
    let mut input = scenario(script, vec![lane(paths()[0])]);
    input.absent = vec!["user:99".to_owned(), "user:9".to_owned()];
    let workload = Scenario::new(input.clone()).expect("valid").workload;
    assert_eq!(workload.key_count(), 3);
    let listed = (0..3).map(|place| workload.listed(place));
    let listed: Vec<(Rc<str>, bool)> = listed
        .map(|key| (workload.key_name(key), workload.exists_at_start(key)))
        .collect();
    let listed: Vec<(&str, bool)> = listed.iter().map(|(name, is)| (&**name, *is)).collect();
    assert_eq!(
        listed,
        [("user:9", false), ("user:10", true), ("user:99", false)]
    );
    assert_eq!(
        [0, 1].map(|n| workload.size_bytes(n, workload.request(n).key)),
        [106, 1_007]
    );

    input.warm = vec![WarmInput {
        key: "user:9".to_owned(),
        age_us: 0,
    }];
    assert_refused(input, "/warm/0/key", "absent");
}

fn assert_refused(input: ScenarioInput, path: &str, says: &str) {
    let Invalid {
        path: at, message, ..
    } = Scenario::new(input).expect_err(path);
    assert_eq!(at, path, "{message}");
    assert!(message.contains(says), "{message}");
}

#[test]
fn a_generated_workload_may_begin_warm() {
    let warm = |key: &str| WarmInput {
        key: key.to_owned(),
        age_us: 0,
    };
    let with = |keys: &[&str]| ScenarioInput {
        warm: keys.iter().map(|key| warm(key)).collect(),
        ..input(Generated::default())
    };
    let workload = Scenario::new(with(&["key:1000", "key:1"]))
        .expect("valid")
        .workload;
    let warm: Vec<(u32, u32)> = workload
        .warm
        .iter()
        .map(|w| (w.key.0, w.size_bytes))
        .collect();
    assert_eq!(warm, [(999, 108), (0, 105)]);
    for unknown in ["key:1001", "key:0", "key:01", "key:+1", "key:", "user:1"] {
        assert_refused(
            with(&[unknown]),
            "/warm/0/key",
            "a key of the generated workload",
        );
    }
    assert_refused(with(&["key:7", "key:7"]), "/warm/1/key", "once");
    let mut absent = with(&[]);
    absent.absent = vec!["key:1".to_owned()];
    assert_refused(absent, "/absent/0", "absent_per_mille");
}

#[test]
fn settings_out_of_range_name_their_path() {
    type Change = fn(&mut Generated);
    let out_of_range: [(Change, &str); 14] = [
        (|g| g.requests = 0, "requests"),
        (|g| g.requests = 4_000_001, "requests"),
        (|g| g.clients = 65, "clients"),
        (|g| g.keys = 0, "keys"),
        (|g| g.keys = 1_000_001, "keys"),
        (|g| g.read_per_mille = 1_001, "read_per_mille"),
        (|g| g.absent_per_mille = 1_001, "absent_per_mille"),
        (|g| g.key_prefix = "key 1:".to_owned(), "key_prefix"),
        (|g| g.key_prefix = "key1".to_owned(), "key_prefix"),
        (
            |g| g.popularity = Popularity::Loop { length: 1_001 },
            "popularity/loop/length",
        ),
        (
            |g| {
                g.popularity = Popularity::Zipf {
                    alpha_milli: 10_001,
                }
            },
            "popularity/zipf/alpha_milli",
        ),
        (
            |g| g.value_bytes = ValueSizes::FixedBytes(1_048_577),
            "value_bytes/fixed_bytes",
        ),
        (
            |g| g.gap = Latency::Exponential { mean_us: 0 },
            "gap/exponential_mean_us",
        ),
        (|g| g.ttl = Some(Latency::new(5, 4, 6, 7)), "ttl/p90_us"),
    ];
    for (change, path) in out_of_range {
        let mut generated = Generated::default();
        change(&mut generated);
        assert_refused(
            input(generated),
            &format!("/workload/generated/{path}"),
            "must be",
        );
    }
}

#[test]
fn settings_are_read_from_json_with_their_defaults() {
    let read = |generated: &str| {
        let text = format!(
            r#"{{"workload": {{"generated": {generated}}},
                "lanes": [{{"strategy": {{"read": "cache-aside", "write": "invalidate"}}}}]}}"#
        );
        Scenario::from_json(&text)
    };
    let settings = |generated: &str| match &read(generated).expect("valid").input.workload {
        WorkloadInput::Generated(settings) => settings.clone(),
        WorkloadInput::Script(_) => panic!("not a script"),
    };
    assert_eq!(settings("{}"), Generated::default());
    let full = r#"{
        "requests": 1000000, "clients": 2, "keys": 50, "key_prefix": "user:",
        "popularity": {"shifting": {"alpha_milli": 1, "period_requests": 2, "shift_keys": 3}},
        "read_per_mille": 970, "gap": {"constant_us": 7},
        "value_bytes": {"pareto": {"base_bytes": 15, "scale_milli": 214476, "shape_milli": 348}},
        "ttl": {"exponential_mean_us": 9}, "absent_per_mille": 10,
        "scan": {"from_request": 3, "requests": 4, "share_per_mille": 5}
    }"#;
    let expected = Generated {
        requests: 1_000_000,
        clients: 2,
        keys: 50,
        key_prefix: "user:".to_owned(),
        popularity: Popularity::Shifting {
            alpha_milli: 1,
            period_requests: 2,
            shift_keys: 3,
        },
        read_per_mille: 970,
        gap: Latency::Constant { us: 7 },
        value_bytes: ETC,
        ttl: Some(Latency::Exponential { mean_us: 9 }),
        absent_per_mille: 10,
        scan: Some(Scan {
            from_request: 3,
            requests: 4,
            share_per_mille: 5,
        }),
    };
    assert_eq!(settings(full), expected);
    assert_eq!(
        settings(r#"{"popularity": "scan"}"#).popularity,
        Popularity::Scan
    );
    for (wrong, path) in [
        (r#"{"reqests": 5}"#, "/workload/generated/reqests"),
        (
            r#"{"popularity": "zipf"}"#,
            "/workload/generated/popularity",
        ),
        (
            r#"{"gap": {"constant_us": 1, "p50_us": 2}}"#,
            "/workload/generated/gap",
        ),
        (r#"{"gap": {}}"#, "/workload/generated/gap"),
    ] {
        let refused = read(wrong).expect_err(wrong);
        assert!(refused.path.starts_with(path), "{wrong}: {refused:?}");
    }
}

/// Every second request is the scan's while it runs, and none of the others changes.
#[test]
fn a_scan_reads_each_cold_key_once_between_the_other_requests() {
    let plain = Generated {
        requests: 400,
        clients: 3,
        keys: 20,
        read_per_mille: 500,
        ..Generated::default()
    };
    let scan = Scan {
        from_request: 101,
        requests: 200,
        share_per_mille: 500,
    };
    let scanned = Generated {
        scan: Some(scan),
        ..plain.clone()
    };
    let [plain, scanned] = [plain, scanned].map(|of| walk(&workload(of)));
    let mut cold = Vec::new();
    for (number, (plain, scanned)) in plain.iter().zip(&scanned).enumerate() {
        if scanned.key.0 < 20 {
            assert_eq!(plain, scanned, "request {number}");
            continue;
        }
        assert!((100..300).contains(&number));
        assert_eq!((scanned.client, scanned.operation), (3, Operation::Read));
        assert_eq!(scanned.at, plain.at);
        cold.push(scanned.key.0);
    }
    assert_eq!(cold, (20..120).collect::<Vec<_>>());
}

#[test]
fn workloads_make_their_requests() {
    for preset in Chapter::Workloads.scenes() {
        let found = Scene::named(preset.name).expect("its own name");
        let scenario = Scenario::new(found.scenario()).expect("a valid scenario");
        assert_eq!(&*scenario.input.title, preset.title);
        let mut world = World::new(scenario.lanes[0].clone(), scenario.workload.clone());
        world.run_to_end();
        let metrics = world.metrics();
        let reads = metrics.read_replies.count();
        let writes = metrics.write_replies.count();
        let made = u64::from(scenario.workload.len());
        assert!(reads + writes == made && made >= 3_000, "{}", preset.name);
    }
}

/// Five minutes, give or take 15 %, so that pages stored together do not end together.
#[test]
fn a_product_pages_ttls_are_spread() {
    let preset = Scene::named("product-page").expect("a scene");
    let scenario = Scenario::new(preset.scenario()).expect("a valid scenario");
    let mut world = World::new(scenario.lanes[0].clone(), scenario.workload.clone());
    world.run_to_end();
    let entries = world.cache().expect("a cache").entries();
    let lives = entries.filter_map(|entry| Some(entry.expires_at?.since(entry.inserted_at).0));
    let mut lives: Vec<u64> = lives.collect();
    lives.sort_unstable();
    lives.dedup();
    assert!(lives.len() > 100, "{} different ones", lives.len());
    let second_us = 1_000_000;
    let ends = [lives[0], lives[lives.len() - 1]].map(|us| us / second_us);
    assert!(
        ends[0] >= 255 && ends[1] <= 345 && ends[1] - ends[0] > 80,
        "{ends:?}"
    );
}
