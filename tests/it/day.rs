//! What the panel "Day" says is so, and a day is an input like any other.

use cache_playground::session::{Edit, Session, Set};
use cache_playground::view::{Preset, day_verdict};
use serde_json::json;
use sim::cost::{Engine, PlanInput, Prices};
use sim::day::{Day, DayInput, SECONDS, Shape, day};
use timeline::Command;

fn played(input: &DayInput, plan: &PlanInput) -> Day {
    day(input, plan, &Prices::default())
}

/// A day of Valkey on r7g.large in dollars by the published prices, from the steps: nodes and serverless.
fn dollars(input: &DayInput, plan: &PlanInput, day: &Day) -> [f64; 2] {
    let shard = day.steps[0].nodes.supports / 10 / u64::from(input.node_requests_per_second);
    let nodes = shard as f64 * f64::from(1 + plan.replicas) * 24.0 * 0.1752;
    let each = f64::max(1.0, f64::from(plan.value_bytes) / 1_000.0);
    let minimum = f64::from(input.pre_scaled_ecpu_per_second) * 3_600.0;
    let held = input.pre_scaled_from_hour..input.pre_scaled_from_hour + input.pre_scaled_hours;
    let billed: f64 = (0..24_u32)
        .map(|hour| {
            let steps = &day.steps[hour as usize * 360..][..360];
            let served: u64 = steps.iter().map(|step| step.serverless.served).sum();
            let used = served as f64 * each;
            if held.contains(&hour) {
                used.max(minimum)
            } else {
                used
            }
        })
        .sum();
    let stored = f64::max(0.1, plan.data_bytes as f64 / 1e9);
    [nodes, stored * 24.0 * 0.084 + billed / 1e6 * 0.0023]
}

#[test]
fn the_verdict_is_true() {
    let mut seen = [0; 4];
    for shape in Shape::ALL {
        for (peak_per_second, sized_for_peak) in [(900, true), (150_000, false), (400_000, true)] {
            for (pre_scaled_ecpu_per_second, failover_hour) in [(0, None), (500_000, Some(12))] {
                for (value_bytes, data_bytes) in [(40, 20_000_000), (3_000, 8_000_000_000)] {
                    let input = DayInput {
                        shape,
                        peak_per_second,
                        sized_for_peak,
                        pre_scaled_ecpu_per_second,
                        failover_hour,
                        ..DayInput::default()
                    };
                    let plan = PlanInput {
                        value_bytes,
                        data_bytes,
                        ..PlanInput::default()
                    };
                    let day = played(&input, &plan);
                    let said = day_verdict(&plan, &day.total);
                    let [nodes, serverless] = dollars(&input, &plan, &day);
                    let cheaper = match nodes < serverless {
                        true => "Node-based is cheaper by",
                        false => "Serverless is cheaper by",
                    };
                    assert!(said.starts_with(cheaper), "{said}: {nodes}, {serverless}");
                    for amount in [nodes, serverless] {
                        let amount = format!("${}", grouped(amount));
                        assert!(said.contains(&amount), "{said}: {amount}");
                    }
                    let throttled: u64 = day
                        .steps
                        .iter()
                        .map(|step| step.requests - step.serverless.served)
                        .sum();
                    let unserved: u64 = day
                        .steps
                        .iter()
                        .map(|step| step.requests - step.nodes.served)
                        .sum();
                    let both = said.ends_with("Both serve every request.");
                    assert_eq!(both, throttled + unserved == 0, "{said}");
                    assert_eq!(
                        said.contains("Serverless throttles none."),
                        throttled == 0 && !both
                    );
                    assert_eq!(
                        said.contains("The nodes serve every request."),
                        unserved == 0 && !both
                    );
                    seen[usize::from(throttled > 0) + 2 * usize::from(unserved > 0)] += 1;
                }
            }
        }
    }
    assert!(seen.iter().all(|&count| count > 0), "{seen:?}");
}

/// Dollars with cents and commas.
fn grouped(amount: f64) -> String {
    let cents = (amount * 100.0).round() as u64;
    let (whole, cents) = (cents / 100, cents % 100);
    match whole {
        0..1_000 => format!("{whole}.{cents:02}"),
        _ => format!("{},{:03}.{cents:02}", whole / 1_000, whole % 1_000),
    }
}

#[test]
fn memcached_nodes_have_no_price_on_a_day_either() {
    let plan = PlanInput {
        engine: Engine::Memcached,
        replicas: 0,
        ..PlanInput::default()
    };
    let day = played(&DayInput::default(), &plan);
    let said = day_verdict(&plan, &day.total);
    assert!(said.starts_with("Serverless costs $"), "{said}");
    assert!(said.contains("No source gives the price of Memcached nodes"));
}

/// Ten busy minutes and the steady day have the same requests: who pays what is in `sim`'s tests of a day.
#[test]
fn the_days_to_begin_with_have_the_same_requests() {
    let totals = |preset: Preset| played(&preset.input(), &PlanInput::default()).total;
    let [busy, pre_scaled, steady] =
        [Preset::Busy, Preset::BusyPreScaled, Preset::Steady].map(totals);
    let requests = [&busy, &pre_scaled, &steady].map(|of| of.requests);
    assert_eq!(requests, [1_000 * SECONDS; 3]);
    assert_eq!(
        [pre_scaled, steady].map(|of| of.serverless.throttled),
        [0; 2]
    );
    let said = |of| day_verdict(&PlanInput::default(), of);
    assert_eq!(
        said(&pre_scaled),
        "Serverless is cheaper by $13.61 a day: $3.21 against $16.82. Both serve every request."
    );
    assert_eq!(
        said(&steady),
        "Serverless is cheaper by $6.20 a day: $2.21 against $8.41. Both serve every request."
    );
    let busy = said(&busy);
    assert!(
        busy.contains("Serverless throttles") && busy.ends_with("The nodes serve every request."),
        "{busy}"
    );
    for preset in Preset::ALL {
        assert!(preset.told().ends_with('.') && !preset.title().is_empty());
    }
}

/// A day changes nothing in the run, is no change of the scene, and can be undone.
#[test]
fn a_day_is_an_input_that_leaves_the_run_as_it_is() {
    let session = Session::new();
    session.command(Command::Seek { step: 12 }).expect("a step");
    let before = (session.state_hash(), session.snapshot().run.log_hash());
    let values = vec![("/day".to_owned(), json!(Preset::Busy.input()))];
    let told = Preset::Busy.told().to_owned();
    session
        .edit(&Edit::Set(Set { values, told }))
        .expect("in range");
    let day = || session.snapshot().run.scenario().input.day.clone();
    assert_eq!(day(), Preset::Busy.input());
    assert_eq!(
        (session.state_hash(), session.snapshot().run.log_hash()),
        before
    );
    assert!(!session.is_changed());
    session.undo(false);
    assert_eq!(day(), DayInput::default());
}
