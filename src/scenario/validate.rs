//! From inputs to a scenario: every range is checked here, once, and nowhere else.

use super::input::{FaultInput, ScenarioInput};
use super::validate_lane::check_lane;
use super::validate_workload::check_workload;
use super::{Invalid, Scenario};
use crate::sim::{ScheduledFault, WorldCommand};
use crate::units::Micros;
use std::rc::Rc;

pub use crate::cache::CAPACITY_MAX;

/// The most lanes that are compared.
pub const LANES_MAX: usize = 4;
/// The most commands to the worlds.
pub const COMMANDS_MAX: usize = 1_000;
/// The most clients.
pub const CLIENTS_MAX: u32 = 64;
/// The longest key, in bytes: memcached's limit.
pub const KEY_BYTES_MAX: usize = 250;
/// The latest arrival, and the longest time to live: about 31 years, in microseconds.
pub const TIME_MAX_US: u64 = 1_000_000_000_000_000;
/// The most scheduled faults.
const FAULTS_MAX: u64 = 1_000;
/// The most moves of a schedule.
const MOVES_MAX: u64 = 10_000;
/// The longest title or lane name, in characters.
pub(super) const NAME_CHARS_MAX: usize = 120;
/// The longest introduction, in characters.
const INTRO_CHARS_MAX: usize = 400;

/// Whether a text can be a key: 1 to 250 bytes, no spaces, no control characters.
pub fn valid_key(key: &str) -> bool {
    (1..=KEY_BYTES_MAX).contains(&key.len())
        && !key.chars().any(|c| c.is_whitespace() || c.is_control())
}

pub(super) fn validate(mut input: ScenarioInput) -> Result<Scenario, Invalid> {
    check_text("/title", &input.title, NAME_CHARS_MAX)?;
    check_text("/intro", &input.intro, INTRO_CHARS_MAX)?;
    let seed: u64 = input.seed.parse().map_err(|_| {
        let expected = "a whole number from 0 to 18446744073709551615, in quotes";
        Invalid::new("/seed", expected, format!("{:?}", input.seed))
    })?;
    input.seed = seed.to_string();

    let mut workload = check_workload(seed, &input)?;
    let lanes_path = "/lanes";
    check_range(
        lanes_path,
        "lanes",
        input.lanes.len() as u64,
        1,
        LANES_MAX as u64,
    )?;
    let faults = check_faults(&input.faults, input.lanes.len() as u32)?;
    workload.schedule = check_schedule(input.schedule.as_deref())?;
    let absent = workload.rows_may_be_absent();
    let mut lanes = Vec::with_capacity(input.lanes.len());
    for (i, lane) in input.lanes.iter_mut().enumerate() {
        let faults = &faults;
        let of_lane = faults
            .iter()
            .filter(|(of, _)| of.is_none_or(|of| of == i as u32 + 1));
        let of_lane = of_lane.map(|&(_, fault)| fault).collect();
        let path = format!("{lanes_path}/{i}");
        lanes.push(Rc::new(check_lane(&path, lane, seed, of_lane, absent)?));
    }
    check_commands(&input)?;
    Ok(Scenario {
        interventions: input.commands.as_slice().into(),
        workload: Rc::new(workload),
        lanes,
        input: Rc::new(input),
    })
}

fn check_commands(input: &ScenarioInput) -> Result<(), Invalid> {
    let path = "/commands";
    let count = input.commands.len() as u64;
    check_range(path, "commands", count, 0, COMMANDS_MAX as u64)?;
    let mut first = 0;
    for (i, given) in input.commands.iter().enumerate() {
        if given.step < first {
            let expected = format!("at least {first}: one command a step, in order");
            let path = format!("{path}/{i}/step");
            return Err(Invalid::new(path, &expected, given.step));
        }
        // One more, because the command makes a step of its own.
        first = given.step.saturating_add(1);
        check_command(
            &format!("{path}/{i}/command"),
            &given.command,
            input.lanes.len(),
        )?;
    }
    Ok(())
}

/// A command to the world of one of so many lanes.
pub(super) fn check_command(
    path: &str,
    command: &WorldCommand,
    lanes: usize,
) -> Result<(), Invalid> {
    match command.lane {
        Some(lane) => check_range(&format!("{path}/lane"), "", lane.into(), 1, lanes as u64),
        None => Ok(()),
    }
}

/// The faults with the lanes that they are for, from 1.
fn check_faults(
    faults: &[FaultInput],
    lanes: u32,
) -> Result<Vec<(Option<u32>, ScheduledFault)>, Invalid> {
    check_range("/faults", "faults", faults.len() as u64, 0, FAULTS_MAX)?;
    let mut checked: Vec<(Option<u32>, ScheduledFault)> = Vec::with_capacity(faults.len());
    for (i, input) in faults.iter().enumerate() {
        let at_path = format!("/faults/{i}/at_us");
        check_range(&at_path, "", input.at_us, 0, TIME_MAX_US)?;
        let before = checked.last().map_or(0, |(_, last)| last.at.0);
        if input.at_us < before {
            let expected = format!("at least {before}, the instant of the fault before it");
            return Err(Invalid::new(at_path, &expected, input.at_us));
        }
        if let Some(lane) = input.lane {
            let path = format!("/faults/{i}/lane");
            check_range(&path, "", lane.into(), 1, lanes.into())?;
        }
        let at = Micros(input.at_us);
        let fault = input.fault;
        checked.push((input.lane, ScheduledFault { at, fault }));
    }
    Ok(checked)
}

fn check_schedule(schedule: Option<&[u32]>) -> Result<Option<Vec<u32>>, Invalid> {
    let Some(moves) = schedule else {
        return Ok(None);
    };
    check_range("/schedule", "moves", moves.len() as u64, 0, MOVES_MAX)?;
    for (i, &client) in moves.iter().enumerate() {
        let path = format!("/schedule/{i}");
        check_range(&path, "", client.into(), 1, CLIENTS_MAX.into())?;
    }
    Ok(Some(moves.to_vec()))
}

/// Texts are shown as they are, so they only have to be of a length that can be shown.
pub(super) fn check_text(path: &str, text: &str, chars_max: usize) -> Result<(), Invalid> {
    let length = text.chars().count();
    if length > chars_max {
        let expected = format!("at most {chars_max} characters long");
        return Err(Invalid::new(path, &expected, format!("{length} long")));
    }
    Ok(())
}

pub(super) fn check_range(
    path: &str,
    what: &str,
    value: u64,
    low: u64,
    high: u64,
) -> Result<(), Invalid> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let expected = match what {
        "" => format!("from {low} to {high}"),
        what => format!("{low} to {high} {what}"),
    };
    Err(Invalid::new(path, &expected, value))
}
