//! Moves, in scenarios where people schedule: the end of a move, and its place in the inputs.

use super::run::Run;
use cache::units::Micros;
use scenario::{CLIENTS_MAX, Invalid, ScenarioInput};
use sim::{MOVE_EVERY, World};

impl Run {
    /// The last step of a move, counted from 1: everything that happens before the next move could
    /// begin belongs to it. 0 is before the first. A move that is not made ends where the run does.
    pub fn end_of_move(&self, number: u32) -> u32 {
        if number == 0 {
            return 0;
        }
        let next_at = Micros(u64::from(number) * MOVE_EVERY.0);
        let mut step = self.step_before(Micros(next_at.0 - 1));
        // A trip that takes longer keeps everybody waiting.
        while self.seek(step).lanes.iter().any(World::is_on_a_trip) && self.reach(step + 1) {
            let after = self.seek(step + 1);
            if after.lanes.iter().any(|lane| lane.moves_made() > number) {
                break;
            }
            step += 1;
        }
        step
    }

    /// How many moves have been made at a step.
    ///
    /// # Panics
    /// If there is no such step.
    pub fn moves_made(&self, step: u32) -> u32 {
        let moment = self.seek(step);
        let made = moment.lanes.iter().map(World::moves_made);
        made.max().unwrap_or(0)
    }

    /// The inputs with one move more after those made at a step: moves and commands that come later
    /// are dropped. Returns the number of that move too.
    ///
    /// # Errors
    /// If the clock decides in this scenario, or there is no such client.
    pub(super) fn with_move(
        &self,
        step: u32,
        client: u32,
    ) -> Result<(ScenarioInput, u32), Invalid> {
        let mut input = ScenarioInput::clone(&self.scenario().input);
        let Some(schedule) = &mut input.schedule else {
            let expected = "another command: only a scenario with a schedule has moves";
            return Err(Invalid::new("/type", expected, "\"move\""));
        };
        if !(1..=CLIENTS_MAX).contains(&client) {
            let expected = format!("from 1 to {CLIENTS_MAX}");
            return Err(Invalid::new("/client", &expected, client));
        }
        let made = self.moves_made(step);
        schedule.truncate(made as usize);
        schedule.push(client);
        // From here on the run is another one, and a step of this one means nothing in it.
        let end = self.end_of_move(made);
        input
            .commands
            .retain(|given| given.step < step && given.step <= end);
        Ok((input, made + 1))
    }
}
