//! A long run is not kept whole, and forks share what they can; no answer depends on that.
//!
//! Limits of a few bytes make short runs forget as much as very long ones do.

use cache::units::Micros;
use proptest::prelude::*;
use scenario::{ScenarioInput, WorkloadInput};
use sim::workload::Generated;
use sim::{ByHand, EventKind, FaultCommand, Intervention, Latency, Operation, Pattern, Phase};
use std::rc::Rc;
use support::cases;
use support::scenarios::{lane, paths, request, restart, run, scenario, scenarios, served, valid};
use support::streams::SplitMix;
use timeline::{
    Command, Frame, Limits, LoggedEvent, MEMORY_BYTES, PhaseFrame, Player, RequestFrame, Run, Unit,
    narrate,
};

/// Small blocks, two keyframes, two moments, and the events of a block or two.
const FORGETFUL: Limits = Limits {
    block_events: 16,
    recorded_events: 24,
    moment_bytes: 0,
    keyframe_bytes: 0,
};

/// In between: some keyframes stay and some go.
const THRIFTY: Limits = Limits {
    block_events: 7,
    recorded_events: 100,
    moment_bytes: 20_000,
    keyframe_bytes: 60_000,
};

/// Scenarios with and without commands to their worlds.
fn commanded() -> impl Strategy<Value = ScenarioInput> {
    let gaps = proptest::collection::vec((0..60_u32, any::<u8>()), 0..4);
    (scenarios(), gaps).prop_map(|(mut input, gaps)| {
        let mut next = 0;
        for (gap, lane) in gaps {
            let lane = lane % input.lanes.len() as u8;
            let step = next + gap;
            let command = restart(lane).into();
            input.commands.push(Intervention { step, command });
            next = step + 1;
        }
        input
    })
}

/// Everything there is to ask about a step.
fn sight(run: &Run, step: u32) -> impl PartialEq + std::fmt::Debug {
    let moment = run.seek(step);
    assert_eq!((moment.step, moment.at), (step, run.step_at(step)));
    let events: Vec<LoggedEvent> = run.events_at(step).to_vec();
    let ids = run.events_at(step).ids();
    let told = narrate(run, step);
    let frame = Frame::of(run, &moment);
    (
        moment.state_hash(),
        frame,
        events,
        ids,
        told,
        run.is_idle_after(step),
    )
}

/// Some steps in an arbitrary order, the ends among them.
fn places(last: u32, seed: u64) -> Vec<u32> {
    let mut random = SplitMix::new(seed);
    let mut places = vec![last, 0];
    places.extend((0..20).map(|_| random.below(last + 1)));
    // A few steps back from somewhere, as a person goes.
    let from = random.below(last + 1);
    places.extend((0..5).map(|back| from.saturating_sub(back)));
    places
}

/// What `Run::find` has to find, by looking at every step.
fn searched(run: &Run, step: u32, unit: Unit, forward: bool, count: u32) -> (Option<u32>, u32) {
    let is = |kind: &EventKind| match unit {
        Unit::Event => true,
        Unit::Request => matches!(kind, EventKind::Request { .. }),
        Unit::Miss => matches!(kind, EventKind::Miss { .. }),
        Unit::Eviction => matches!(kind, EventKind::Evict { .. }),
        Unit::Expiration => matches!(kind, EventKind::Expire { .. }),
        Unit::Stale => matches!(kind, EventKind::Stale { .. }),
        Unit::Error => matches!(kind, EventKind::Fail { .. } | EventKind::Violation { .. }),
    };
    let has = |step: &u32| run.events_at(*step).iter().any(|l| is(&l.event.kind));
    let found: Vec<u32> = match forward {
        true => (step + 1..=run.step_count())
            .filter(has)
            .take(count as usize)
            .collect(),
        false => (1..step).rev().filter(has).take(count as usize).collect(),
    };
    (found.last().copied(), count - found.len() as u32)
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn forgetting_changes_no_answer(input in commanded(), order in any::<u64>()) {
        let scenario = Rc::new(valid(input));
        let whole = Run::new(scenario.clone());
        let last = whole.step_count();
        for limits in [FORGETFUL, THRIFTY] {
            let run = Run::within(limits, scenario.clone());
            prop_assert_eq!(run.step_count(), last);
            prop_assert_eq!(run.log_hash(), whole.log_hash());
            for step in places(last, order) {
                prop_assert_eq!(sight(&run, step), sight(&whole, step), "step {}", step);
                let at = whole.step_at(step);
                prop_assert_eq!(run.step_before(at), whole.step_before(at));
            }
            for request in 0..scenario.workload.len() {
                prop_assert_eq!(run.step_of_request(request), whole.step_of_request(request));
                for lane in 0..scenario.lanes.len() {
                    prop_assert_eq!(run.latency(request, lane), whole.latency(request, lane));
                }
            }
            prop_assert_eq!(run.log(), whole.log());
        }
    }

    #[test]
    fn what_is_looked_for_is_found(input in commanded(), places in any::<u64>()) {
        let scenario = Rc::new(valid(input));
        let whole = Run::new(scenario.clone());
        let mut random = SplitMix::new(places);
        for limits in [FORGETFUL, THRIFTY] {
            for unit in Unit::ALL {
                // A run that is not simulated yet is searched as well.
                let run = Run::within(limits, scenario.clone());
                let step = random.below(whole.step_count() + 1);
                let forward = random.below(2) == 0;
                let count = 1 + random.below(12);
                prop_assert!(run.reach(step));
                let expected = searched(&whole, step, unit, forward, count);
                prop_assert_eq!(run.find(step, unit, forward, count), expected);
            }
        }
    }

    #[test]
    fn slices_change_no_answer(input in commanded(), slices in any::<u64>()) {
        let scenario = Rc::new(valid(input));
        let whole = Run::new(scenario.clone());
        whole.complete();
        let run = Run::within(THRIFTY, scenario);
        let mut random = SplitMix::new(slices);
        while !run.advance(random.below(40)) {
            let known = run.known_steps();
            prop_assert!(!run.is_finished());
            let step = random.below(known + 1);
            // Looking at it may simulate on: a request under way shows how long it takes in the end.
            prop_assert_eq!(sight(&run, step), sight(&whole, step));
        }
        prop_assert!(run.is_finished());
        prop_assert_eq!(run.known_steps(), whole.step_count());
        prop_assert_eq!(run.log_hash(), whole.log_hash());
        prop_assert_eq!(run.log(), whole.log());
    }

    #[test]
    fn a_fork_is_the_run_from_scratch(
        input in commanded(),
        (place, again, lane) in any::<(u64, u64, u8)>(),
    ) {
        let scenario = Rc::new(valid(input));
        for limits in [FORGETFUL, THRIFTY, Limits::of(&scenario)] {
            let parent = Run::within(limits, scenario.clone());
            let last = Run::new(scenario.clone()).step_count();
            let step = (place % u64::from(last + 1)) as u32;
            // Forked from a run that is simulated to its end, or no further than the fork.
            if again % 2 == 0 {
                parent.complete();
            }
            let command = restart(lane % scenario.lanes.len() as u8);
            let child = parent.fork(step, command).expect("a step of the run");
            prop_assert!(parent.shared_with(&child) >= step);
            forked_well(&parent, &child, step, command)?;
            let later = (again % u64::from(child.step_count() + 1)) as u32;
            let grandchild = child.fork(later, command).expect("a step of the run");
            forked_well(&child, &grandchild, later, command)?;
            prop_assert_eq!(parent.log_hash(), Run::new(scenario.clone()).log_hash());
        }
    }
}

fn forked_well(
    parent: &Run,
    child: &Run,
    step: u32,
    command: FaultCommand,
) -> Result<(), TestCaseError> {
    let scratch = Run::new(child.scenario().clone());
    let last = scratch.step_count();
    for place in places(last, 3).into_iter().chain([step, step + 1]) {
        prop_assert_eq!(
            sight(child, place),
            sight(&scratch, place),
            "step {}",
            place
        );
    }
    for request in 0..child.scenario().workload.len() {
        for lane in 0..child.scenario().lanes.len() {
            prop_assert_eq!(child.latency(request, lane), scratch.latency(request, lane));
        }
    }
    prop_assert_eq!(child.step_count(), last);
    prop_assert_eq!(child.log_hash(), scratch.log_hash());
    prop_assert_eq!(child.log(), scratch.log());
    // What was before is as it was, and the command is the next thing that happens, at that instant.
    let before = parent.events_at(step).ids().end as usize;
    prop_assert_eq!(&child.log()[..before], &parent.log()[..before]);
    prop_assert_eq!(
        parent.seek(step).state_hash(),
        child.seek(step).state_hash()
    );
    let given = child.events_at(step + 1);
    // With the contents, writes that were queued may be lost.
    let fault = matches!(given[0].event.kind, EventKind::Fault { .. });
    prop_assert!(fault);
    let lane = usize::from(given[0].lane);
    prop_assert!(ByHand::from(command).reaches(lane));
    prop_assert_eq!(child.step_at(step + 1), child.step_at(step));
    let emptied = child.seek(step + 1);
    let world = &emptied.lanes[lane];
    // A node that is cut off is not reached, and serverless has none that could restart.
    let has_nodes = world.setup().cache.serverless().is_none();
    let mut reached = world
        .nodes()
        .filter(|(id, _)| has_nodes && world.deployed().is_reachable(*id));
    prop_assert!(reached.all(|(_, cache)| cache.is_empty()));
    Ok(())
}

/// Two lanes whose reads are hits but for the first, so that an emptied cache makes a difference.
fn repeated_reads() -> ScenarioInput {
    let requests = (0..8).map(|n| request(n * 100_000, Operation::Read, "a"));
    scenario(
        requests.collect(),
        vec![
            lane(Pattern::CacheAside.paths()),
            lane(Pattern::WriteThrough.paths()),
        ],
    )
}

#[test]
fn a_command_takes_effect_from_the_next_step_on() {
    let parent = run(repeated_reads());
    let step = parent.step_of_request(4).expect("a request") - 1;
    let child = parent.fork(step, restart(0)).expect("a step of the run");
    let misses = |run: &Run| {
        let end = run.seek(run.step_count());
        let misses = end.lanes.iter().map(|world| world.metrics().misses);
        misses.collect::<Vec<_>>()
    };
    assert_eq!(misses(&parent), [1, 1]);
    assert_eq!(misses(&child), [2, 1]);
    let said = &narrate(&child, step + 1)[0];
    assert_eq!(said.lanes, [0]);
    assert_eq!(
        said.sentences[0].text(),
        "The cache restarts: everything in it is lost, and every read misses at first."
    );
    // Nothing of a request happened, so the stage goes on showing the one before.
    let told = |step| Frame::of(&child, &child.seek(step)).lanes[0].told_request;
    assert_eq!(told(step + 1), told(step));
}

#[test]
fn a_command_after_the_end_is_never_carried_out() {
    let mut input = repeated_reads();
    let parent = run(input.clone());
    let step = parent.step_count() + 1;
    input.commands.push(Intervention {
        step,
        command: restart(0).into(),
    });
    assert_eq!(run(input).log_hash(), parent.log_hash());
    assert_eq!(
        parent.fork(step, restart(0)).err().map(|e| e.path),
        Some("/step".to_owned())
    );
}

#[test]
fn a_command_at_the_end_makes_one_more_step() {
    let parent = run(repeated_reads());
    let last = parent.step_count();
    let child = parent.fork(last, restart(0)).expect("a step of the run");
    assert_eq!(child.step_count(), last + 1);
}

#[test]
fn what_comes_later_is_not_in_the_fork_and_stays_in_the_parent() {
    let parent = run(repeated_reads());
    let late = parent.fork(25, restart(0)).expect("a step of the run");
    let early = late.fork(10, restart(0)).expect("a step of the run");
    let steps = |run: &Run| {
        run.scenario()
            .input
            .commands
            .iter()
            .map(|c| c.step)
            .collect::<Vec<_>>()
    };
    assert_eq!((steps(&late), steps(&early)), (vec![25], vec![10]));
    assert_eq!(parent.shared_with(&early), 10);
    assert_eq!(late.shared_with(&early), 10);
    assert_eq!(late.shared_with(&late), u32::MAX);
}

#[test]
fn one_can_return_to_every_run() {
    let mut player = Player::new(valid(repeated_reads()));
    let first = player.run().log_hash();
    player.command(Command::Seek { step: 20 }).expect("a step");
    player.command(Command::Fault(restart(0))).expect("a lane");
    assert_eq!(
        (player.step(), player.fork().id, player.fork().parent),
        (21, 1, Some((0, 20)))
    );
    let second = player.run().log_hash();
    player.command(Command::Seek { step: 12 }).expect("a step");
    player.command(Command::Fault(restart(0))).expect("a lane");
    assert_eq!(
        (player.step(), player.fork().id, player.fork().parent),
        (13, 2, Some((1, 12)))
    );
    let at = player.moment().at;

    // The run without the command has no such step: it is shown as it was at that instant.
    player.switch_to(0).expect("a run");
    assert_eq!((player.step(), player.moment().at), (12, at));
    assert_eq!(player.run().log_hash(), first);
    player.command(Command::Seek { step: 20 }).expect("a step");
    player.switch_to(1).expect("a run");
    assert_eq!((player.step(), player.run().log_hash()), (20, second));
    assert_eq!(
        player.switch_to(3).err().map(|e| e.path),
        Some("/run".to_owned())
    );
    assert_eq!(player.fork().id, 1);
    assert_eq!(
        player
            .forks()
            .iter()
            .map(|fork| fork.id)
            .collect::<Vec<_>>(),
        [0, 1, 2]
    );
}

#[test]
fn a_command_to_a_lane_that_is_not_there_is_refused() {
    let mut player = Player::new(valid(repeated_reads()));
    let refused = player.command(Command::Fault(restart(2)));
    assert_eq!(refused.err().map(|e| e.path), Some("/lane".to_owned()));
    assert_eq!((player.step(), player.forks().len()), (0, 1));
}

#[test]
fn many_forks_are_kept_and_not_all() {
    let mut player = Player::new(valid(repeated_reads()));
    for _ in 0..50 {
        player.command(Command::Fault(restart(0))).expect("a lane");
    }
    let kept: Vec<u32> = player.forks().iter().map(|fork| fork.id).collect();
    assert_eq!(kept.len(), 32);
    assert_eq!((kept[0], player.fork().id, player.step()), (0, 50, 50));
    for fork in &player.forks()[1..] {
        let (parent, step) = fork.parent.expect("forked");
        let parent = player.forks().iter().find(|other| other.id == parent);
        assert!(parent.expect("kept").run.shared_with(&fork.run) >= step);
    }
}

/// As many requests as a script may have, in four lanes.
fn long() -> ScenarioInput {
    let mut random = SplitMix::new(11);
    let mut at_us = 0;
    let requests = (0..10_000).map(|_| {
        at_us += u64::from(random.below(6_000));
        let op = match random.below(5) {
            0 => Operation::Write,
            _ => Operation::Read,
        };
        let some = 1 + random.below(400).pow(2) / 400;
        let key = random.below(some);
        request(at_us, op, &format!("key:{key}"))
    });
    let mut lanes = [paths()[0], paths()[1], paths()[3], Pattern::NoCache.paths()].map(lane);
    for lane in &mut lanes {
        lane.cache.capacity = 50;
    }
    lanes[0].strategy.ttl_us = Some(Micros(2_000_000));
    scenario(requests.collect(), lanes.into())
}

#[test]
fn a_long_run_takes_little_memory_and_little_work_to_look_at() {
    let scenario = Rc::new(valid(long()));
    let usual = Limits::of(&scenario);
    let whole = Run::new(scenario.clone());
    whole.complete();
    assert!(
        whole.size_bytes() < MEMORY_BYTES,
        "{} bytes",
        whole.size_bytes()
    );

    let last = whole.step_count();
    let events = whole.events_at(last).ids().end;
    assert!(events > usual.recorded_events, "only {events} events");
    let largest = whole.seek(last).size_bytes();
    for keyframes in [4, 16, 64] {
        let limits = Limits {
            keyframe_bytes: keyframes * largest,
            moment_bytes: 4 * largest,
            recorded_events: 1 << 14,
            ..usual
        };
        let run = Run::within(limits, scenario.clone());
        run.complete();
        // As many keyframes as fit, but for the halving, and the block itself twice: once up to the step,
        // and once for its events.
        let blocks = u64::from(events).div_ceil(usual.block_events.into());
        // No keyframe is nearer to the next than 16 blocks.
        let spacing = (2 * blocks.div_ceil(keyframes)).next_power_of_two().max(16);
        let bound = (spacing + 2) * u64::from(usual.block_events + 64);
        let records = u64::from(limits.recorded_events) * size_of::<LoggedEvent>() as u64;
        let all = limits.keyframe_bytes + limits.moment_bytes + 2 * records + (1 << 20);
        let mut random = SplitMix::new(keyframes);
        for _ in 0..100 {
            let step = random.below(last + 1);
            let before = run.replayed_events();
            let moment = run.seek(step);
            run.events_at(step);
            let replayed = run.replayed_events() - before;
            assert!(
                replayed <= bound,
                "{replayed} events for step {step}, not {bound}"
            );
            assert_eq!(moment.state_hash(), whole.seek(step).state_hash());
            assert!(
                run.size_bytes() < all,
                "{} bytes, not {all}",
                run.size_bytes()
            );
        }
        // What cannot be found costs nothing to look for, and what is far away little.
        let before = run.replayed_events();
        assert_eq!(run.find(0, Unit::Error, true, 1), (None, 1));
        assert_eq!(run.replayed_events(), before);
        run.find(0, Unit::Miss, true, 2_000);
        let replayed = run.replayed_events() - before;
        assert!(
            replayed <= 2 * bound,
            "{replayed} events for a miss, not {bound}"
        );
    }
}

#[test]
fn a_hundred_thousand_requests_are_within_the_memory_and_within_reach() {
    let input = served(100_000);
    let run = Run::new(Rc::new(valid(input)));
    let last = run.step_count();
    let events = run.events_at(last).ids().end;
    assert!(events > 1_000_000, "only {events} events");
    let mut random = SplitMix::new(5);
    for _ in 0..20 {
        let before = run.replayed_events();
        run.seek(random.below(last + 1));
        let replayed = run.replayed_events() - before;
        assert!(replayed <= 17 * 1_100, "{replayed} events");
        assert!(
            run.size_bytes() < MEMORY_BYTES,
            "{} bytes",
            run.size_bytes()
        );
    }
}

/// A thousand requests wait for one connection: what keyframes share of them must not be changed for
/// those who share it.
#[test]
fn a_hopelessly_late_database_is_within_reach() {
    let generated = Generated {
        requests: 6_000,
        gap: Latency::Constant { us: 500 },
        ..Generated::default()
    };
    let mut lanes = [paths()[0], paths()[1]].map(lane);
    for lane in &mut lanes {
        lane.database.connections = 1;
    }
    let input = ScenarioInput {
        workload: WorkloadInput::Generated(generated),
        ..scenario(vec![], lanes.into())
    };
    let scenario = Rc::new(valid(input));
    let run = Run::new(scenario.clone());
    let last = run.step_count();
    let queued = |step: u32| run.seek(step).lanes[0].database().queued();
    assert!(queued(last / 2) > 500, "only {} wait", queued(last / 2));
    let mut random = SplitMix::new(7);
    // To and fro in the one run, and straight on in another, whose last state is the one that is sought.
    let mut visited: Vec<(u32, u64)> = (0..12)
        .map(|_| random.below(last + 1))
        .map(|step| (step, run.seek(step).state_hash()))
        .collect();
    visited.sort_unstable();
    let straight = Run::new(scenario);
    for (step, hash) in visited {
        while straight.known_steps() < step {
            straight.advance(1);
        }
        assert_eq!(straight.seek(step).state_hash(), hash, "step {step}");
    }
    assert!(run.size_bytes() < MEMORY_BYTES);

    // The frame lists the oldest requests and the one that is told about, and counts all of them.
    let middle = run.seek(last / 2);
    let frame = Frame::of(&run, &middle);
    for (lane, world) in frame.lanes.iter().zip(&middle.lanes) {
        let active = world.active();
        assert_eq!(lane.request_count as usize, active.len());
        let ids: Vec<u32> = lane.requests.iter().map(|request| request.id).collect();
        let mut oldest: Vec<u32> = active.iter().take(300).map(|of| of.number + 1).collect();
        let told = lane.told_request.filter(|told| {
            let is_active = active.iter().any(|of| of.number + 1 == *told);
            is_active && !oldest.contains(told)
        });
        oldest.extend(told);
        assert_eq!(ids, oldest);
        let moving = lane.messages.iter().map(|message| message.request);
        let on_a_trip = active.iter().filter(|active| {
            matches!(active.phase, Phase::Outbound { .. } | Phase::Inbound { .. })
        });
        assert!(moving.eq(on_a_trip.map(|active| active.number + 1)));
    }
    let unlisted = middle.lanes[0].active()[400].number;
    let found = RequestFrame::of(&run, &middle, 0, unlisted).expect("it waits");
    assert_eq!((found.id, found.phase), (unlisted + 1, PhaseFrame::Queued));
}

#[test]
fn stepping_back_through_a_long_run_is_little_work() {
    let scenario = Rc::new(valid(long()));
    let limits = Limits {
        keyframe_bytes: 0,
        recorded_events: 1 << 14,
        ..Limits::of(&scenario)
    };
    let run = Run::within(limits, scenario.clone());
    let last = run.step_count();
    let events = u64::from(run.events_at(last).ids().end);
    run.seek(last / 2);
    let before = run.replayed_events();
    for step in (last / 2 - 500..last / 2).rev() {
        run.seek(step);
        run.events_at(step);
    }
    let replayed = run.replayed_events() - before;
    // Two keyframes only: from one of them to here would be a quarter of the run each time.
    assert!(
        replayed < 500 * 1_100 + events,
        "{replayed} of {events} events"
    );
}
