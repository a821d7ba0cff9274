//! From inputs to a scenario. The field table checks the ranges; what depends on more than one input is
//! checked here.

use super::field::{check_range, check_ranges, check_text};
use super::input::{FaultInput, ScenarioInput};
use super::lane_names::lane_names;
use super::ranges::{self, KEY_BYTES_MAX, LANES, MOVES};
use super::validate_lane::check_lane;
use super::validate_workload::check_workload;
use super::{Invalid, Scenario};
use cache::units::Micros;
use sim::{Added, ByHand, CONSOLE_LINE_MAX, Fault, ScheduledFault, Zone, reach};
use std::rc::Rc;

/// Whether a text can be a key: 1 to 250 bytes, no spaces, no control characters.
pub fn valid_key(key: &str) -> bool {
    (1..=KEY_BYTES_MAX).contains(&key.len())
        && !key.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Checks that a text can be a key.
pub(super) fn check_key(path: &str, name: &str) -> Result<(), Invalid> {
    if valid_key(name) {
        return Ok(());
    }
    let expected = "a key of 1 to 250 bytes without spaces or control characters";
    Err(Invalid::new(path, expected, format!("{name:?}")))
}

pub(super) fn validate(mut input: ScenarioInput) -> Result<Scenario, Invalid> {
    let seed: u64 = input.seed.parse().map_err(|_| {
        let (low, high) = ranges::SEED;
        let expected = format!("a whole number from {low} to {high}, in quotes");
        Invalid::new("/seed", &expected, format!("{:?}", input.seed))
    })?;
    input.seed = seed.to_string();
    let lanes_path = "/lanes";
    check_range(lanes_path, "lanes", input.lanes.len() as u64, LANES)?;
    check_ranges(&input)?;

    let mut workload = check_workload(seed, &input)?;
    let faults = check_faults(&input.faults, input.lanes.len() as u32)?;
    workload.schedule = check_schedule(input.schedule.as_deref())?;
    let absent = workload.rows_may_be_absent();
    let mut lanes = Vec::with_capacity(input.lanes.len());
    let names = lane_names(&input.lanes);
    for ((i, lane), name) in input.lanes.iter().enumerate().zip(names) {
        let faults = &faults;
        let of_lane = faults
            .iter()
            .filter(|(of, _)| of.is_none_or(|of| of == i as u32 + 1));
        let of_lane = of_lane.map(|&(_, fault)| fault).collect();
        let path = format!("{lanes_path}/{i}");
        lanes.push(Rc::new(check_lane(
            &path, lane, name, seed, of_lane, absent,
        )?));
    }
    check_commands(&input)?;
    let commands = input.commands.iter().map(|given| &given.command);
    Ok(Scenario {
        added: Rc::new(Added::by(&workload, commands)),
        interventions: input.commands.as_slice().into(),
        workload: Rc::new(workload),
        lanes,
        input: Rc::new(input),
    })
}

fn check_commands(input: &ScenarioInput) -> Result<(), Invalid> {
    let path = "/commands";
    let mut first = 0;
    for (i, given) in input.commands.iter().enumerate() {
        if given.step < first {
            let expected = format!("at least {first}: one command a step, in order");
            let path = format!("{path}/{i}/step");
            return Err(Invalid::new(path, &expected, given.step));
        }
        // One more, because the command makes a step of its own.
        first = given.step.saturating_add(1);
        check_command(&format!("{path}/{i}/command"), &given.command, input)?;
    }
    Ok(())
}

/// Validates a command to the worlds of a scenario; `path` names the command in an error.
///
/// # Errors
/// A lane, console line or key that is out of its range, or a request where people schedule the clients.
pub fn check_command(path: &str, command: &ByHand, of: &ScenarioInput) -> Result<(), Invalid> {
    match command {
        ByHand::Fault(given) => {
            check_node(&format!("{path}/node"), given.fault, given.node)?;
            check_zone(&format!("{path}/zone"), given.fault, given.node, given.zone)?;
        }
        ByHand::Console(typed) => {
            let path = format!("{path}/console");
            check_text(&path, &typed.console, CONSOLE_LINE_MAX)?;
            if let Some(c) = typed.console.chars().find(|c| c.is_control()) {
                let found = format!("the control character U+{:04X}", u32::from(c));
                return Err(Invalid::new(path, "one line of text", found));
            }
        }
        ByHand::Request(_) if of.schedule.is_some() => {
            let expected = "left out: in a race only its clients ask, when they are moved";
            let path = format!("{path}/request");
            return Err(Invalid::new(path, expected, "a request by hand"));
        }
        ByHand::Request(asked) => {
            check_key(&format!("{path}/request/key"), &asked.request.key)?;
        }
        ByHand::Expire(command) => check_key(&format!("{path}/expire"), &command.expire)?,
    }
    let lanes = of.lanes.len() as u64;
    match command.lane() {
        Some(lane) => check_range(&format!("{path}/lane"), "", lane.into(), (1, lanes)),
        None => Ok(()),
    }
}

/// The faults with the lanes that they are for, from 1.
fn check_faults(
    faults: &[FaultInput],
    lanes: u32,
) -> Result<Vec<(Option<u32>, ScheduledFault)>, Invalid> {
    let mut checked: Vec<(Option<u32>, ScheduledFault)> = Vec::with_capacity(faults.len());
    for (i, input) in faults.iter().enumerate() {
        let at_path = format!("/faults/{i}/at_us");
        let before = checked.last().map_or(0, |(_, last)| last.at.0);
        if input.at_us < before {
            let expected = format!("at least {before}, the instant of the fault before it");
            return Err(Invalid::new(at_path, &expected, input.at_us));
        }
        if let Some(lane) = input.lane {
            let path = format!("/faults/{i}/lane");
            check_range(&path, "", lane.into(), (1, lanes.into()))?;
        }
        check_node(&format!("/faults/{i}/node"), input.fault, input.node)?;
        let path = format!("/faults/{i}/zone");
        check_zone(&path, input.fault, input.node, input.zone)?;
        let fault = ScheduledFault {
            at: Micros(input.at_us),
            fault: input.fault,
            reach: reach(input.node, input.zone),
        };
        checked.push((input.lane, fault));
    }
    Ok(checked)
}

/// Checks the cache node that a fault names.
fn check_node(path: &str, fault: Fault, node: Option<u16>) -> Result<(), Invalid> {
    let Some(node) = node else {
        return match fault.needs_node() {
            true => Err(Invalid::new(
                path.to_owned(),
                "the number of a cache node",
                "nothing",
            )),
            false => Ok(()),
        };
    };
    if !fault.is_of_nodes() {
        let expected = "left out: this fault is not one of a cache node";
        return Err(Invalid::new(path.to_owned(), expected, node));
    }
    check_range(path, "", node.into(), ranges::SHARDS)
}

/// Checks the zone that a fault names.
fn check_zone(
    path: &str,
    fault: Fault,
    node: Option<u16>,
    zone: Option<Zone>,
) -> Result<(), Invalid> {
    let Some(zone) = zone else {
        return Ok(());
    };
    let expected = match node {
        Some(_) => "left out: the fault names a node",
        None if !fault.is_of_zones() => "left out: this fault is not one of a zone",
        None => return Ok(()),
    };
    Err(Invalid::new(path.to_owned(), expected, zone.letter()))
}

fn check_schedule(schedule: Option<&[u32]>) -> Result<Option<Vec<u32>>, Invalid> {
    let Some(moves) = schedule else {
        return Ok(None);
    };
    check_range("/schedule", "moves", moves.len() as u64, MOVES)?;
    for (i, &client) in moves.iter().enumerate() {
        let path = format!("/schedule/{i}");
        check_range(&path, "", client.into(), ranges::CLIENTS)?;
    }
    Ok(Some(moves.to_vec()))
}
