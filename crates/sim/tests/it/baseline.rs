//! The baseline, the same requests without a cache, is behind the lanes until somebody asks for it: nobody may
//! be able to tell.

use scenario::{Scenario, WorkloadInput, opening};
use sim::workload::Generated;
use sim::{Fault, FaultCommand, Kinds, Latency, Moment};

/// Many requests at once, and faults that reach the database in all lanes: a command comes after everything that
/// has happened at its step, in the baseline too.
fn scenario(with_faults: bool) -> Scenario {
    let mut input = opening();
    input.warm.clear();
    input.workload = WorkloadInput::Generated(Generated {
        requests: 600,
        keys: 50,
        gap: Latency::Exponential { mean_us: 900 },
        ..Generated::default()
    });
    let mut scenario = Scenario::new(input).expect("the test's scenario is valid");
    if with_faults {
        for (step, fault) in [(400, Fault::SlowDatabase), (900, Fault::StopDatabase)] {
            let command = FaultCommand { fault, lane: None };
            let changed = scenario.with_command(step, command.into());
            scenario = changed.expect("there is such a step");
        }
    }
    scenario
}

fn start(scenario: &Scenario) -> Moment {
    Moment::start(&scenario.lanes, &scenario.workload)
}

fn step(moment: &mut Moment, scenario: &Scenario) -> bool {
    let taken = moment.advance(&scenario.interventions, Kinds::NONE, &mut |_, _| ());
    taken.is_some()
}

#[test]
fn whoever_asks_seldom_hears_the_same() {
    for with_faults in [false, true] {
        let scenario = scenario(with_faults);
        for every in [2, 7, 100, 1_000, u32::MAX] {
            let (mut always, mut seldom) = (start(&scenario), start(&scenario));
            while step(&mut always, &scenario) {
                assert!(step(&mut seldom, &scenario));
                let asked = always.baseline().metrics().clone();
                if always.step.is_multiple_of(every) {
                    assert_eq!(*seldom.baseline().metrics(), asked, "step {}", always.step);
                }
            }
            assert_eq!(seldom.baseline().metrics(), always.baseline().metrics());
            assert_eq!(seldom.baseline().metrics().requests, 600);
        }
    }
}

#[test]
fn it_has_begun_as_many_requests_as_the_lanes() {
    let scenario = scenario(true);
    let mut moment = start(&scenario);
    while step(&mut moment, &scenario) {
        assert_eq!(
            moment.baseline().begun(),
            moment.begun(),
            "step {}",
            moment.step
        );
    }
    assert_eq!(moment.baseline().begun(), 600);
}
