//! Links restore what they were made of, and whatever else is put in their place gives a sentence.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use scenario::link::{LINK_MAX, decode, encode};
use scenario::{SCENES, Scenario, ScenarioInput, Scene, opening};
use serde_json::{Value, json};
use sim::{Fault, FaultCommand};
use std::rc::Rc;
use timeline::Run;

/// The hash of a scenario's state at a step.
fn hash(scenario: Scenario, step: u32) -> u64 {
    Run::new(Rc::new(scenario)).seek(step).state_hash()
}

fn encoded(input: &ScenarioInput, step: u32) -> String {
    encode(input, step, None).expect("small enough for a link")
}

#[test]
fn a_link_restores_inputs_playhead_and_panel() {
    let scenario = Scenario::new(opening()).expect("valid");
    let fragment = encode(&scenario.input, 23, Some("plots")).expect("small enough");
    let linked = decode(&fragment).expect("what was written can be read");
    assert_eq!(linked.scenario.input, scenario.input);
    assert_eq!((linked.step, linked.panel.as_deref()), (23, Some("plots")));
    assert_eq!(hash(linked.scenario, 23), hash(scenario, 23));
}

#[test]
fn the_scenes_of_the_page_fit_in_short_links() {
    for input in SCENES.iter().map(Scene::scenario) {
        let scenario = Scenario::new(input).expect("valid");
        let fragment = encoded(&scenario.input, 7);
        assert!(
            fragment.len() < 1_200,
            "{} has {}",
            scenario.input.title,
            fragment.len()
        );
        let linked = decode(&fragment).expect("what was written can be read");
        assert_eq!(linked.scenario.input, scenario.input);
    }
}

#[test]
fn a_fork_is_in_its_link() {
    let scenario = Scenario::new(opening()).expect("valid");
    let command = FaultCommand {
        fault: Fault::RestartCache,
        lane: Some(1),
        node: None,
        zone: None,
    };
    let forked = scenario.with_command(12, command.into()).expect("it fits");
    let linked = decode(&encoded(&forked.input, 20)).expect("what was written can be read");
    assert_ne!(hash(scenario, 20), hash(forked.clone(), 20));
    assert_eq!(hash(linked.scenario, 20), hash(forked, 20));
}

/// Published prices, the usual plan and day are not in a link, and of changed ones only those that were changed.
#[test]
fn a_link_has_the_prices_and_the_plan_as_far_as_they_were_changed() {
    let usual = encoded(&opening(), 0);
    let mut input = opening();
    input.prices.valkey_gb_hour_micro_usd = sim::cost::MicroUsd(90_000);
    input.plan.requests_per_second = 41_305;
    input.day.busy_minutes = 20;
    let changed = encoded(&input, 0);
    let read = decode(&changed)
        .expect("what was written can be read")
        .scenario
        .input;
    assert_eq!(
        (&read.prices, &read.plan, &read.day),
        (&input.prices, &input.plan, &input.day)
    );
    let (usual, changed) = (state(&usual), state(&changed));
    for name in ["plan", "prices", "day"] {
        assert_eq!(usual["inputs"].get(name), None, "{name}");
    }
    assert_eq!(
        changed["inputs"]["prices"],
        json!({"valkey_gb_hour_micro_usd": 90_000})
    );
    assert_eq!(
        changed["inputs"]["plan"],
        json!({"requests_per_second": 41_305})
    );
    assert_eq!(changed["inputs"]["day"], json!({"busy_minutes": 20}));
}

/// What is packed into a link.
fn state(fragment: &str) -> Value {
    use base64::Engine;
    let packed = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&fragment[3..]);
    let mut text = Vec::with_capacity(64 * 1024);
    Decompress::new(false)
        .decompress_vec(
            &packed.expect("base64url"),
            &mut text,
            FlushDecompress::Finish,
        )
        .expect("it is packed");
    serde_json::from_slice(&text).expect("it is JSON")
}

/// A state of 10,000 requests is no link, and does not take the time to become one.
#[test]
fn what_is_too_large_for_a_link_gives_none() {
    let mut input = opening();
    let scenario::WorkloadInput::Script(script) = &mut input.workload else {
        panic!("the opening scene is a script");
    };
    let request = script[0].clone();
    *script = (0..10_000u64)
        .map(|i| {
            let mut request = request.clone();
            request.at_us = i * 1_000_003;
            request.key = format!("{:x}", i.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            request
        })
        .collect();
    assert_eq!(encode(&input, 0, None), None);
}

#[test]
fn what_is_no_link_gives_a_sentence() {
    let good = encoded(&opening(), 3);
    let cut = &good[..good.len() - 5];
    let long = format!("v1.{}", "A".repeat(LINK_MAX));
    let changed = good.replace(&good[40..44], "AAAA");
    let packed = |text: &[u8]| {
        use base64::Engine;
        let mut packed = Vec::with_capacity(text.len() + 64);
        let packing = Compress::new(Compression::best(), false).compress_vec(
            text,
            &mut packed,
            FlushCompress::Finish,
        );
        assert_eq!(packing.expect("it is packed"), Status::StreamEnd);
        format!(
            "v1.{}",
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(packed)
        )
    };
    let bomb = packed(&vec![b' '; 1 << 20]);
    let cases = [
        (cut.to_owned(), ""),
        (long, "longer"),
        (changed, ""),
        ("v1.".to_owned(), "end is missing"),
        ("v1.!!!".to_owned(), "no link has"),
        ("v2.AAAA".to_owned(), "version 2"),
        ("v99.AAAA".to_owned(), "version 99"),
        ("".to_owned(), "v1."),
        ("section-2".to_owned(), "v1."),
        (bomb, "64 KiB"),
        (packed(b"\xff\xfe"), "not text"),
        (packed(b"{"), "line 1"),
        (packed(b"[1]"), "object"),
        (packed(b"{}"), "inputs"),
        (packed(br#"{"inputs":{},"step":0}"#), "workload"),
        (packed(br#"{"inputs":1}"#), "scenario object"),
        (packed(br#"{"__proto__":{"inputs":1}}"#), "__proto__"),
        (packed(br#"{"inputs":{},"step":NaN}"#), "line 1"),
        (packed(br#"{"inputs":{},"step":-1}"#), "step"),
        (packed(br#"{"inputs":{},"step":1e300}"#), "step"),
        (packed(&[b'['; 60_000]), "line 1"),
    ];
    for (fragment, word) in cases {
        let refused = decode(&fragment).expect_err(&fragment).message;
        assert!(refused.ends_with('.'), "{refused}");
        assert!(refused.contains(word), "{fragment}: {refused}");
    }
}

/// Links that were made by earlier versions, each with the hash of what it shows.
#[test]
fn old_links_stay_readable() {
    let text = include_str!("../data/links.tsv");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut read = 0;
    for line in lines {
        let [what, fragment, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("three columns: {line}");
        };
        let linked = decode(fragment).unwrap_or_else(|invalid| panic!("{what}: {invalid}"));
        let found = format!("{:016x}", hash(linked.scenario, linked.step));
        assert_eq!(found, expected, "{what}");
        read += 1;
    }
    assert!(read >= 6);
}

mod any_scenario {
    use super::decode;
    use proptest::prelude::*;
    use scenario::{Scenario, link};
    use support::scenarios::scenarios;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn comes_back_from_its_link(input in scenarios(), step in 0u32..1000) {
            let scenario = Scenario::new(input).expect("valid");
            if let Some(fragment) = link::encode(&scenario.input, step, Some("set-up")) {
                let linked = decode(&fragment).expect("what was written can be read");
                prop_assert_eq!(&linked.scenario.input, &scenario.input);
                prop_assert_eq!(linked.step, step);
            }
        }

        #[test]
        fn or_is_refused_if_a_character_is_changed(
            input in scenarios(), at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]"
        ) {
            let scenario = Scenario::new(input).expect("valid");
            if let Some(mut fragment) = link::encode(&scenario.input, 0, None) {
                let at = at.index(fragment.len());
                fragment.replace_range(at..=at, &to);
                // Anything but a panic: what is read then is a scenario that was checked.
                if let Err(refused) = decode(&fragment) {
                    prop_assert!(refused.message.ends_with('.'));
                }
            }
        }
    }
}
