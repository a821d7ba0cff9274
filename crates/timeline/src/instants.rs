//! What a person has done stays at its instant when an input changes.

use super::run::Run;
use scenario::{Invalid, Scenario, ScenarioInput};
use std::rc::Rc;

impl Run {
    /// The scenario of edited inputs, in which the commands of this run are given at the same instants. Other
    /// inputs make other steps, so a command that kept its step would happen at another time.
    ///
    /// Commands that were edited themselves keep the steps that the edit gave them.
    ///
    /// # Errors
    /// If the inputs are not valid.
    pub fn edited(&self, mut input: ScenarioInput) -> Result<Scenario, Invalid> {
        let steps =
            |of: &ScenarioInput| -> Vec<u32> { of.commands.iter().map(|it| it.step).collect() };
        if steps(&input) != steps(&self.scenario().input) {
            return Scenario::new(input);
        }
        let commands = std::mem::take(&mut input.commands);
        let mut run = Run::new(Rc::new(Scenario::new(input)?));
        for command in commands {
            let step = match command.step {
                0 => 0,
                step if self.reach(step) => run.step_before(self.step_at(step)),
                // It never came to this command.
                step => step,
            };
            if !run.reach(step) {
                run.complete();
            }
            run = run.fork(step.min(run.known_steps()), command.command)?;
        }
        Scenario::again(&run.scenario().input)
    }
}
