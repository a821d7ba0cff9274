//! What a page shows of a long run while it is still being simulated, and of forks.

use cache_playground::session::{Edit, Session};
use scenario::{Scenario, ScenarioInput, WorkloadInput};
use std::cell::Cell;
use std::rc::Rc;
use support::scenarios::{served, valid};
use timeline::Command;

/// More requests than are simulated at once when a scenario is loaded.
fn longer() -> Scenario {
    valid(served(30_000))
}

#[test]
fn ten_thousand_requests_are_not_simulated_at_once() {
    let mut input = ScenarioInput::clone(&longer().input);
    if let WorkloadInput::Generated(generated) = &mut input.workload {
        generated.requests = 10_000;
    }
    let session = Session::new();
    session.load(valid(input));
    assert!(!session.snapshot().run.is_finished());
    let edited = session.edit(&Edit::Capacity(0, 7));
    edited.expect("a capacity");
    assert!(!session.snapshot().run.is_finished());
}

#[test]
fn a_page_looks_at_the_beginning_of_a_run_that_goes_on() {
    let session = Session::new();
    let heard = Rc::new(Cell::new(0));
    let hearing = heard.clone();
    let _subscription = session.subscribe(move |_| hearing.set(hearing.get() + 1));
    session.load(longer());
    let run = session.snapshot().run;
    assert!(!run.is_finished() && run.known_steps() > 1_000);
    let known = run.known_steps();
    session
        .command(Command::Seek { step: known })
        .expect("a known step");
    let before = (session.state_hash(), session.snapshot().frame);
    let told = heard.get();
    let mut slices = 0;
    while !session.simulate(10_000) {
        slices += 1;
        assert_eq!(heard.get(), told);
    }
    // Nobody is told before the end, and nothing but the number of steps has changed.
    assert!(slices > 10 && run.is_finished() && session.simulate(1));
    assert_eq!(heard.get(), told + 1);
    assert!(Rc::ptr_eq(&run, &session.snapshot().run));
    assert_eq!((session.state_hash(), session.snapshot().frame), before);

    // Whatever needs the end waits for it.
    session.load(longer());
    let again = session.snapshot().run;
    assert_eq!(again.step_count(), run.step_count());
    assert_eq!(again.log_hash(), run.log_hash());
}

#[test]
fn a_place_in_a_long_run_is_simulated_as_far_as_it_takes() {
    let session = Session::new();
    let load = || session.load(valid(served(30_000)));
    load();
    let last = session.snapshot().run.step_count();

    // As a link does it: the inputs, and then the step.
    load();
    let at_first = session.snapshot().run.known_steps();
    let step = last / 3;
    assert!(at_first < step, "{at_first} steps are known at once");
    session.command(Command::Seek { step }).expect("a step");
    assert_eq!(session.snapshot().frame.step, step);
    let known = session.snapshot().run.known_steps();
    assert!(known < step + last / 10, "{known} of {last} for {step}");
}

#[test]
fn a_run_whose_place_another_takes_gives_up_most_of_its_memory() {
    let session = Session::new();
    session.load(longer());
    let shown = session.snapshot().run;
    let last = shown.step_count();
    let seen = shown.seek(last / 2).state_hash();
    let before = shown.size_bytes();
    session.load(longer());
    let after = shown.size_bytes();
    assert!(after < before / 2, "{after} of {before} bytes");
    assert_eq!(shown.seek(last / 2).state_hash(), seen);
}
