//! Any moment can be reached from any side and is the same; what a frame says is what the log says.

use cache::units::Micros;
use proptest::prelude::*;
use scenario::{ScenarioInput, VALUE_BYTES, WorkloadInput, opening};
use sim::{
    DatabaseKind, Event, EventKind, Interval, Latency, Operation, Outcome, Pattern, ReadPath,
    Refused, Verb, WritePath,
};
use std::collections::{BTreeMap, BTreeSet};
use support::cases;
use support::scenarios::{
    acted_scenarios, calm_scenarios, lane, player, request, run, scenario, scenarios,
};
use support::streams::SplitMix;
use timeline::{
    Command, EntryFrame, Frame, LaneFrame, LoggedEvent, MetricsFrame, PhaseFrame, Player,
    RequestFrame, Run, SeriesFrame, Unit, narrate,
};

/// What two moments of the same step have to share.
type Sight = (u64, Frame);

fn sight(player: &Player) -> Sight {
    sight_from(player.run(), player.step())
}

/// All ways lead through `seek`, so that it could be wrong on all of them alike: here it is held to
/// the log, which was written without it.
fn sight_from(run: &Run, step: u32) -> Sight {
    let moment = run.seek(step);
    assert_eq!((moment.step, moment.at), (step, run.step_at(step)));
    (moment.state_hash(), Frame::of(run, &moment))
}

fn step(player: &mut Player, by: i32) {
    let unit = Unit::Event;
    let command = Command::Step { by, unit };
    player.command(command).expect("a step is always possible");
}

/// Every step's sight, seen on the way from the first step to the last.
fn walk(input: &ScenarioInput) -> (Player, Vec<Sight>) {
    let mut player = player(input.clone());
    let mut sights = vec![sight(&player)];
    while player.step() < player.run().step_count() {
        step(&mut player, 1);
        sights.push(sight(&player));
    }
    (player, sights)
}

/// Every number from 0 to `last` once, in an arbitrary order.
fn shuffled(last: u32, seed: u64) -> Vec<u32> {
    let mut random = SplitMix::new(seed);
    let mut steps: Vec<u32> = (0..=last).collect();
    for i in (1..steps.len()).rev() {
        steps.swap(i, random.below(i as u32 + 1) as usize);
    }
    steps
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn a_moment_is_the_same_from_every_side(input in prop_oneof![scenarios(), acted_scenarios()], order in any::<u64>()) {
        let (_, sights) = walk(&input);
        let last = sights.len() as u32 - 1;
        let sought = run(input.clone());
        prop_assert_eq!(sought.step_count(), last);
        for step in shuffled(last, order).into_iter().take(40) {
            prop_assert_eq!(&sight_from(&sought, step), &sights[step as usize]);
        }
        let mut backwards = player(input);
        backwards.command(Command::Seek { step: last }).expect("the last step");
        // Every step from the end at first, and then in strides: each re-executes what is before it.
        let stride = |step: u32| if last - step < 40 { 1 } else { 1 + last / 40 };
        loop {
            prop_assert_eq!(&sight(&backwards), &sights[backwards.step() as usize]);
            if backwards.step() == 0 {
                break;
            }
            let by = stride(backwards.step()) as i32;
            step(&mut backwards, -by);
        }
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn the_same_scenario_gives_the_same_log(input in prop_oneof![scenarios(), acted_scenarios()]) {
        let (one, other) = (run(input.clone()), run(input));
        prop_assert_eq!(one.log_hash(), other.log_hash());
        prop_assert_eq!(one.log(), other.log());
    }

    #[test]
    fn every_request_is_answered_once_in_every_lane(input in scenarios()) {
        let run = run(input);
        let mut latencies = BTreeMap::new();
        for LoggedEvent { lane, event } in run.log() {
            if let EventKind::Reply { latency, .. } = event.kind {
                let number = event.request.expect("a reply answers a request");
                let arrival = run.scenario().workload.request(number).at;
                prop_assert_eq!(latency, event.at.since(arrival));
                prop_assert_eq!(Some(latency), run.latency(number, lane.into()));
                prop_assert!(latencies.insert((number, lane), latency).is_none());
            }
        }
        let scenario = run.scenario();
        prop_assert_eq!(latencies.len(), scenario.workload.len() as usize * scenario.lanes.len());
    }

    #[test]
    fn a_requests_time_is_the_sum_of_its_parts(input in scenarios()) {
        let (player, sights) = walk(&input);
        for (step, (_, frame)) in (0..).zip(&sights) {
            for (lane, of_lane) in (0..).zip(&frame.lanes) {
                under_way_adds_up(of_lane)?;
                let events = player.run().events_at(step);
                let events = events.iter().filter(|logged| logged.lane == lane);
                if let Some(reply) = events.rev().map(|logged| logged.event).find(is_reply) {
                    answered_adds_up(&reply, of_lane)?;
                }
            }
        }
    }

    #[test]
    fn the_metrics_are_counts_of_events(input in calm_scenarios()) {
        let (player, sights) = walk(&input);
        let run = player.run();
        for (step, (_, frame)) in (0..).zip(&sights) {
            for (lane, of_lane) in (0..).zip(&frame.lanes) {
                let events = past_of_lane(run, step, lane);
                let at_first = &sights[0].1.lanes[usize::from(lane)].metrics;
                let setup = &run.scenario().lanes[usize::from(lane)];
                let connections = match setup.strategy.read {
                    ReadPath::CacheOnly => 0,
                    _ => setup.database.intake.connections(),
                };
                let pool = (connections, frame.at_us);
                prop_assert_eq!(&of_lane.metrics, &counted(&events, at_first, pool));
                prop_assert_eq!(of_lane.metrics.entries, of_lane.cache.used);
                let bytes = of_lane.cache.entries.iter().map(|entry| stored_bytes(entry, &input));
                prop_assert_eq!(of_lane.metrics.stored_bytes, bytes.sum::<u64>());
                let metrics = &of_lane.metrics;
                prop_assert!(metrics.stale_reads <= metrics.hits);
                prop_assert!(metrics.hits + metrics.misses <= sent(&events, Verb::Get));
                if step == run.step_count() {
                    let looked_up = metrics.hits + metrics.misses;
                    let redirected_gets = redirected(&events, Verb::Get);
                    prop_assert_eq!(looked_up + redirected_gets, sent(&events, Verb::Get));
                    let rejected = |event: &&Event| matches!(event.kind, EventKind::Reject { .. });
                    let rejected = events.iter().filter(rejected).count() as u64;
                    // Without faults a SET fails only where nothing may be evicted.
                    let refused = |event: &&Event| {
                        let verb = Verb::Set;
                        matches!(event.kind, EventKind::Fail { verb: failed, .. } if failed == verb)
                    };
                    let refused = events.iter().filter(refused).count() as u64;
                    let done = metrics.fills + rejected + refused + redirected(&events, Verb::Set);
                    prop_assert_eq!(done, sent(&events, Verb::Set));
                }
            }
        }
    }

    /// Over time and in all, the same is counted.
    #[test]
    fn the_intervals_add_up_to_the_metrics(input in scenarios()) {
        let run = run(input);
        let moment = run.seek(run.step_count());
        let frame = Frame::of(&run, &moment);
        let metrics = frame.lanes.iter().map(|lane| &lane.metrics).chain([&frame.baseline]);
        let series = SeriesFrame::of(&moment);
        prop_assert_eq!(series.len(), frame.lanes.len() + 1);
        for (series, metrics) in series.iter().zip(metrics) {
            let sum = |of: fn(&Interval) -> u32| -> u64 {
                series.intervals.iter().map(|interval| u64::from(of(interval))).sum()
            };
            prop_assert_eq!(sum(|i| i.hits), metrics.hits);
            prop_assert_eq!(sum(|i| i.misses), metrics.misses);
            prop_assert_eq!(sum(|i| i.stale_reads), metrics.stale_reads);
            prop_assert_eq!(sum(|i| i.evictions), metrics.evictions);
            prop_assert_eq!(sum(|i| i.expirations), metrics.expirations);
            prop_assert_eq!(sum(|i| i.database_reads), metrics.database_reads);
            prop_assert_eq!(sum(|i| i.database_writes), metrics.database_writes);
            prop_assert_eq!(sum(|i| i.requests), u64::from(run.scenario().workload.len()));
            prop_assert_eq!(sum(|i| i.replies), metrics.reads + metrics.writes);
            let failed = series.intervals.iter().map(|of| of.replies - of.served.replies);
            prop_assert_eq!(failed.map(u64::from).sum::<u64>(), metrics.failed_requests);
            let served = series.intervals.iter().map(|interval| interval.served);
            let longest = served.filter(|of| of.replies > 0).map(|of| of.latency_max_us).max();
            let answers = metrics.read_max_us.into_iter().chain(metrics.write_max_us);
            prop_assert_eq!(longest, answers.map(|span| span.0).max());
            let last = series.intervals.last().expect("there is always one");
            prop_assert_eq!(last.entries, metrics.entries);
            prop_assert_eq!(last.stored_bytes, metrics.stored_bytes);
            prop_assert!(series.intervals.len() <= 128);
        }
    }

    /// The baseline has no events of its own to count, but a lane made like it has.
    #[test]
    fn the_baseline_is_the_first_lane_without_a_cache(input in scenarios()) {
        let (_, sights) = walk(&input);
        let mut uncached = input;
        uncached.lanes.truncate(1);
        let strategy = &mut uncached.lanes[0].strategy;
        (strategy.read, strategy.write) = Pattern::NoCache.paths();
        let uncached = run(uncached);
        let events: Vec<Event> = uncached.log().iter().map(|logged| logged.event).collect();
        let at_first = &sights[0].1.baseline;
        let connections = uncached.scenario().lanes[0].database.intake.connections();
        for (_, frame) in &sights[..sights.len() - 1] {
            let past = events.partition_point(|event| event.at <= frame.at_us);
            let pool = (connections, frame.at_us);
            prop_assert_eq!(&frame.baseline, &counted(&events[..past], at_first, pool));
        }
        let (_, last) = &sights[sights.len() - 1];
        let ended = events.iter().map(|event| event.at).max();
        let pool = (connections, ended.map_or(last.at_us, |at| at.max(last.at_us)));
        prop_assert_eq!(&last.baseline, &counted(&events, at_first, pool));
    }

    #[test]
    fn a_cause_is_an_earlier_event_of_the_same_request(input in scenarios()) {
        let log = run(input).log();
        for (id, LoggedEvent { lane, event }) in log.iter().enumerate() {
            let begins = matches!(event.kind, EventKind::Request { .. });
            prop_assert_eq!(event.cause.is_none(), begins || event.request.is_none());
            let Some(cause) = event.cause else { continue };
            prop_assert!((cause as usize) < id);
            let cause = &log[cause as usize];
            prop_assert_eq!(cause.lane, *lane);
            let fault = matches!(cause.event.kind, EventKind::Fault { .. });
            prop_assert!(fault || cause.event.request == event.request);
            prop_assert!(cause.event.at <= event.at);
        }
    }

    #[test]
    fn a_step_is_one_instant(input in scenarios()) {
        let run = run(input);
        let mut events = 0;
        for step in 1..=run.step_count() {
            let at = run.step_at(step);
            prop_assert!(step == 1 || run.step_at(step - 1) < at);
            prop_assert_eq!(run.step_before(at), step);
            let of_step = run.events_at(step);
            prop_assert_eq!(of_step.ids().start, events);
            events = of_step.ids().end;
            prop_assert_eq!(of_step.ids().len(), of_step.len());
            prop_assert!(!of_step.is_empty());
            for logged in of_step.iter() {
                prop_assert_eq!(logged.event.at, at);
            }
        }
        prop_assert_eq!(events as usize, run.log().len());
        prop_assert!(run.events_at(0).is_empty());
    }

    #[test]
    fn a_request_is_found_at_the_step_of_its_arrival(input in scenarios()) {
        let run = run(input);
        for number in 0..run.scenario().workload.len() {
            let step = run.step_of_request(number).expect("a request of the workload");
            let begins = |logged: &&LoggedEvent| {
                matches!(logged.event.kind, EventKind::Request { .. })
                    && logged.event.request == Some(number)
            };
            let begun = run.events_at(step).iter().filter(begins).count();
            prop_assert_eq!(begun, run.scenario().lanes.len());
        }
    }

    #[test]
    fn the_pool_is_never_larger_than_it_is(input in scenarios()) {
        let (_, sights) = walk(&input);
        for lane in sights.iter().flat_map(|(_, frame)| &frame.lanes) {
            let database = &lane.database;
            let in_phase = |phase| lane.requests.iter().filter(|r| r.phase == phase).count();
            let has_pool = !matches!(database.kind, Some(DatabaseKind::DynamoDb | DatabaseKind::MemoryDb));
            prop_assert!(database.busy <= database.connections || !has_pool);
            prop_assert_eq!(database.busy as usize, in_phase(PhaseFrame::Executing));
            prop_assert_eq!(database.queued as usize, in_phase(PhaseFrame::Queued));
            // Whoever waits waits because there is no free connection.
            prop_assert!(database.queued == 0 || database.busy == database.connections);
            prop_assert!(database.queued == 0 || has_pool);
            for units in &database.units {
                prop_assert!(units.read_used <= units.read_most);
                prop_assert!(units.write_used <= units.write_most);
            }
        }
    }

    #[test]
    fn versions_only_grow(input in scenarios()) {
        let (player, sights) = walk(&input);
        for pair in sights.windows(2) {
            let (before, after) = (&pair[0].1, &pair[1].1);
            let events = player.run().events_at(after.step);
            for (lane, (before, after)) in (0..).zip(before.lanes.iter().zip(&after.lanes)) {
                let setup = &player.run().scenario().lanes[usize::from(lane)];
                let write = setup.strategy.write;
                rows_grow_by_the_writes(&events, lane, before, after, write)?;
                copies_are_no_newer_than_rows(after, write)?;
            }
        }
    }

    #[test]
    fn every_step_is_told(input in scenarios()) {
        let run = run(input);
        prop_assert!(narrate(&run, 0).is_empty());
        for step in 1..=run.step_count() {
            let told = narrate(&run, step);
            let lanes: BTreeSet<u8> = told.iter().flat_map(|n| n.lanes.clone()).collect();
            let events = run.events_at(step);
            let in_log = events.iter().map(|logged| logged.lane);
            prop_assert_eq!(lanes, in_log.collect::<BTreeSet<u8>>());
            for narration in told {
                prop_assert!((1..=2).contains(&narration.sentences.len()));
                let told = narration.sentences.len() + narration.more;
                for &lane in &narration.lanes {
                    let of_lane = events.iter().filter(|logged| logged.lane == lane);
                    let telling = of_lane.map(|logged| logged.event.kind.telling());
                    let most = telling.clone().max();
                    prop_assert_eq!(telling.filter(|&of| Some(of) == most).count(), told);
                }
                for sentence in narration.sentences {
                    prop_assert!(!sentence.what.is_empty());
                    prop_assert!(sentence.text().ends_with('.'));
                }
            }
        }
    }
}

fn is_reply(event: &Event) -> bool {
    matches!(event.kind, EventKind::Reply { .. })
}

/// The time so far of a request under way is that of its trips so far.
fn under_way_adds_up(lane: &LaneFrame) -> Result<(), TestCaseError> {
    for request in &lane.requests {
        let parts = request.parts.iter().map(|part| part.elapsed_us.0);
        prop_assert_eq!(parts.sum::<u64>(), request.elapsed_us.0);
        match request.answered {
            true => prop_assert_eq!(request.elapsed_us, request.total_us),
            false => prop_assert!(request.elapsed_us < request.total_us),
        }
        prop_assert!(request.phase != PhaseFrame::Answered);
    }
    Ok(())
}

/// The reply, the request shown as answered and the sum over its parts say the same.
fn answered_adds_up(reply: &Event, lane: &LaneFrame) -> Result<(), TestCaseError> {
    let EventKind::Reply { latency, trips, .. } = reply.kind else {
        unreachable!("a reply");
    };
    let mut shown = lane.requests.iter().chain(&lane.last_request);
    let id = reply.request.expect("a reply answers a request") + 1;
    let Some(answered) = shown.find(|request| request.id == id) else {
        return Err(TestCaseError::fail("the request is not shown as answered"));
    };
    prop_assert!(answered.answered);
    // A trip that is made again counts as part of the first.
    prop_assert!(answered.parts.len() <= trips as usize);
    prop_assert!(answered.parts.iter().all(|part| part.done));
    prop_assert_eq!(sum_of_parts(answered), latency);
    prop_assert_eq!(answered.elapsed_us, latency);
    prop_assert_eq!(answered.total_us, latency);
    Ok(())
}

fn sum_of_parts(request: &RequestFrame) -> Micros {
    let parts = request.parts.iter();
    Micros(
        parts
            .map(|part| part.network_us.0 + part.waited_us.0 + part.service_us.0)
            .sum(),
    )
}

/// A lane's events up to a step and with it.
fn past_of_lane(run: &Run, step: u32, lane: u8) -> Vec<Event> {
    let past = run.events_at(step).ids().end as usize;
    let log = run.log().into_iter().take(past);
    let of_lane = log.filter(|logged| logged.lane == lane);
    of_lane.map(|logged| logged.event).collect()
}

/// The metrics as one would count them by hand, from those before the first event.
/// `pool`: how many connections there are, and at which instant.
fn counted(events: &[Event], at_first: &MetricsFrame, pool: (u32, Micros)) -> MetricsFrame {
    let count = |is: fn(&EventKind) -> bool| events.iter().filter(|e| is(&e.kind)).count() as u64;
    let (reads, writes) = (
        latencies(events, Operation::Read),
        latencies(events, Operation::Write),
    );
    let waits = spans(events, |kind| match kind {
        EventKind::Query { waited, .. } => Some(*waited),
        _ => None,
    });
    let stale_ages = spans(events, |kind| match kind {
        EventKind::Stale { since, .. } => Some(*since),
        _ => None,
    });
    let mut entries = i64::from(at_first.entries);
    let mut stored_bytes = at_first.stored_bytes as i64;
    for event in events {
        let (entry, bytes) = resident_change(&event.kind);
        entries += entry;
        stored_bytes += bytes;
    }
    MetricsFrame {
        hits: count(|kind| matches!(kind, EventKind::Hit { .. })),
        misses: count(|kind| matches!(kind, EventKind::Miss { .. })),
        stale_reads: count(|kind| matches!(kind, EventKind::Stale { .. })),
        fills: count(|kind| matches!(kind, EventKind::Fill { .. })),
        evictions: count(|kind| matches!(kind, EventKind::Evict { .. })),
        expirations: count(|kind| matches!(kind, EventKind::Expire { .. })),
        deletions: count(|kind| matches!(kind, EventKind::Delete { found: true, .. })),
        database_reads: count(|kind| matches!(kind, EventKind::Read { .. })),
        database_writes: count(|kind| matches!(kind, EventKind::Write { .. })),
        failed_trips: count(|kind| matches!(kind, EventKind::Fail { .. })),
        failed_requests: count(|kind| {
            let outcome = Outcome::Failed;
            matches!(kind, EventKind::Reply { outcome: got, .. } if *got == outcome)
        }),
        rejected_writes: count(|kind| matches!(kind, EventKind::Reject { .. })),
        redirects: count(|kind| matches!(kind, EventKind::Moved { .. })),
        throttled: count(|kind| {
            matches!(
                kind,
                EventKind::Refuse {
                    at: Refused::Throttled(_)
                }
            )
        }),
        commands: events.iter().filter_map(moved_bytes).count() as u64,
        milli_ecpu: {
            let moved = events.iter().filter_map(moved_bytes);
            moved.map(|bytes| u64::from(bytes.max(1_000))).sum()
        },
        throttled_commands: count(|kind| matches!(kind, EventKind::Throttle { .. })),
        lost_writes: events
            .iter()
            .map(|event| u64::from(event.kind.gone()))
            .sum(),
        violations: count(|kind| matches!(kind, EventKind::Violation { .. })),
        reads: answered(events, Operation::Read),
        writes: answered(events, Operation::Write),
        read_mean_us: mean(&reads),
        read_p50_us: percentile(&reads, 50),
        read_p95_us: percentile(&reads, 95),
        read_p99_us: percentile(&reads, 99),
        read_max_us: reads.last().copied(),
        write_mean_us: mean(&writes),
        write_p50_us: percentile(&writes, 50),
        write_p95_us: percentile(&writes, 95),
        write_p99_us: percentile(&writes, 99),
        write_max_us: writes.last().copied(),
        wait_mean_us: mean(&waits),
        wait_p99_us: percentile(&waits, 99),
        wait_max_us: waits.last().copied(),
        stale_age_mean_us: mean(&stale_ages),
        stale_age_max_us: stale_ages.last().copied(),
        entries: entries as u32,
        stored_bytes: stored_bytes as u64,
        database_busy_per_mille: busy_per_mille(events, pool),
        queued_max: events
            .iter()
            .map(|event| queued(&event.kind))
            .max()
            .unwrap_or(0),
    }
}

/// How many bytes a command of the cache moved; `None` if the event is none.
fn moved_bytes(event: &Event) -> Option<u32> {
    match event.kind {
        EventKind::Miss { .. } | EventKind::Delete { .. } => Some(0),
        EventKind::Fill { size_bytes, .. } => Some(size_bytes),
        EventKind::Hit { size, .. } | EventKind::Reject { size, .. } => Some(size.0),
        _ => None,
    }
}

fn queued(kind: &EventKind) -> u32 {
    match *kind {
        EventKind::Queue { waiting } => waiting,
        _ => 0,
    }
}

/// Each query that was begun has a connection until it is done, refused, or now.
fn busy_per_mille(events: &[Event], (connections, now): (u32, Micros)) -> Option<u64> {
    let mut busy_us = 0;
    for event in events {
        let left = now.0 - event.at.0;
        match event.kind {
            EventKind::Query { .. } => busy_us += left,
            EventKind::Read { .. }
            | EventKind::Write { .. }
            | EventKind::Refuse {
                at: Refused::Executing,
            } => busy_us -= left,
            _ => {}
        }
    }
    (busy_us * 1_000).checked_div(now.0 * u64::from(connections))
}

/// How many entries and bytes more a cache holds after an event.
fn resident_change(kind: &EventKind) -> (i64, i64) {
    match *kind {
        EventKind::Fill {
            replaced,
            size_bytes,
            replaced_bytes,
            ..
        } => (
            i64::from(replaced.is_none()),
            i64::from(size_bytes) - i64::from(replaced_bytes),
        ),
        EventKind::Evict { size_bytes, .. }
        | EventKind::Expire { size_bytes, .. }
        | EventKind::Delete {
            found: true,
            size_bytes,
            ..
        } => (-1, -i64::from(size_bytes)),
        _ => (0, 0),
    }
}

/// How many bytes an entry takes, from the inputs.
fn stored_bytes(entry: &EntryFrame, input: &ScenarioInput) -> u64 {
    let WorkloadInput::Script(script) = &input.workload else {
        panic!("these scenarios are scripts");
    };
    let value_bytes = match entry.request {
        Some(number) => script[number as usize - 1].value_bytes,
        None => VALUE_BYTES,
    };
    entry.key.len() as u64 + u64::from(value_bytes)
}

/// The spans that some events tell, in order of their length.
fn spans(events: &[Event], of: fn(&EventKind) -> Option<Micros>) -> Vec<Micros> {
    let mut spans: Vec<Micros> = events.iter().filter_map(|event| of(&event.kind)).collect();
    spans.sort_unstable();
    spans
}

fn mean(spans: &[Micros]) -> Option<Micros> {
    let sum: u64 = spans.iter().map(|span| span.0).sum();
    sum.checked_div(spans.len() as u64).map(Micros)
}

/// How many answers there are, errors among them.
fn answered(events: &[Event], asked: Operation) -> u64 {
    let is = |event: &&Event| matches!(event.kind, EventKind::Reply { operation, .. } if operation == asked);
    events.iter().filter(is).count() as u64
}

/// How long requests took that were answered without an error, in order.
fn latencies(events: &[Event], asked: Operation) -> Vec<Micros> {
    let of = |event: &Event| match event.kind {
        EventKind::Reply {
            operation,
            latency,
            outcome,
            ..
        } => (operation == asked && outcome != Outcome::Failed).then_some(latency),
        _ => None,
    };
    let mut latencies: Vec<Micros> = events.iter().filter_map(of).collect();
    latencies.sort_unstable();
    latencies
}

/// The definition: the smallest value that at least `percent` of them are at or below.
fn percentile(sorted: &[Micros], percent: usize) -> Option<Micros> {
    let covers = |&(below, _): &(usize, &Micros)| below * 100 >= percent * sorted.len();
    let found = (1..).zip(sorted).find(covers);
    found.map(|(_, &latency)| latency)
}

/// How many commands of that verb a shard answered with MOVED.
fn redirected(events: &[Event], verb: Verb) -> u64 {
    let mut last = BTreeMap::new();
    let mut count = 0;
    for event in events {
        match event.kind {
            EventKind::Send { verb } => {
                last.insert(event.request, verb);
            }
            EventKind::Moved { .. } => count += u64::from(last[&event.request] == verb),
            _ => {}
        }
    }
    count
}

fn sent(events: &[Event], asked: Verb) -> u64 {
    let is = |e: &&Event| matches!(e.kind, EventKind::Send { verb } if verb == asked);
    events.iter().filter(is).count() as u64
}

fn rows_grow_by_the_writes(
    events: &[LoggedEvent],
    lane: u8,
    before: &LaneFrame,
    after: &LaneFrame,
    write: WritePath,
) -> Result<(), TestCaseError> {
    let writes = events.iter().filter(|logged| logged.lane == lane);
    let writes = writes.filter(|l| matches!(l.event.kind, EventKind::Write { .. }));
    let mut growth = 0;
    for (before, after) in before.database.rows.iter().zip(&after.database.rows) {
        prop_assert_eq!(&before.key, &after.key);
        prop_assert!(before.version <= after.version);
        growth += (after.version.0 - before.version.0) as usize;
    }
    // Write-behind makes one of several writes, and one that is overtaken changes nothing.
    prop_assert!(write == WritePath::WriteBehind || growth == writes.count());
    Ok(())
}

/// Write-behind alone has copies that the database does not know yet, where there is one.
fn copies_are_no_newer_than_rows(lane: &LaneFrame, write: WritePath) -> Result<(), TestCaseError> {
    let may_be = matches!(write, WritePath::WriteBehind | WritePath::CacheOnly);
    for entry in &lane.cache.entries {
        prop_assert!(may_be || entry.version <= entry.row_version);
        prop_assert_eq!(entry.stale, entry.version < entry.row_version);
    }
    prop_assert!(lane.cache.entries.len() <= lane.cache.capacity as usize);
    prop_assert_eq!(lane.cache.used as usize, lane.cache.entries.len());
    Ok(())
}

/// Another seed gives other latencies, so the log's hash has to tell the two runs apart.
#[test]
fn another_seed_gives_another_log() {
    let mut other = opening();
    other.seed = "8".to_owned();
    assert_ne!(run(opening()).log_hash(), run(other).log_hash());
}

/// A step of its own for an instant that is over already would be out of place in the timeline, and
/// a request would be looked for at the wrong step.
#[test]
fn a_step_is_one_instant_even_if_a_trip_takes_no_time() {
    let mut lane = lane(Pattern::NoCache.paths());
    lane.network.database = Latency::new(1, 1, 1, 1);
    let run = run(scenario(vec![request(0, Operation::Read, "a")], vec![lane]));
    for step in 2..=run.step_count() {
        assert!(run.step_at(step - 1) < run.step_at(step), "step {step}");
    }
    assert_eq!(run.step_of_request(0), Some(1));
}

/// A pool that is far too small makes requests wait for longer than 32 bits of microseconds hold.
#[test]
fn a_long_wait_is_told_in_full() {
    let minute_us = 60_000_000;
    let mut lane = lane(Pattern::NoCache.paths());
    lane.database.connections = 1;
    lane.database.write = Latency::new(minute_us, minute_us, minute_us, minute_us);
    let requests = (0..200).map(|_| request(0, Operation::Write, "a"));
    let player = player(scenario(requests.collect(), vec![lane]));
    let run = player.run();
    let frame = Frame::of(run, &run.seek(run.step_count()));
    let answered = frame.lanes[0].last_request.as_ref().expect("answered");
    assert!(answered.elapsed_us.0 > u32::MAX.into());
    assert_eq!(answered.total_us, answered.elapsed_us);
    let past = past_of_lane(run, run.step_count(), 0);
    let at_first = &Frame::of(run, &run.seek(0)).lanes[0].metrics;
    let pool = (
        run.scenario().lanes[0].database.intake.connections(),
        frame.at_us,
    );
    assert_eq!(frame.lanes[0].metrics, counted(&past, at_first, pool));
}
