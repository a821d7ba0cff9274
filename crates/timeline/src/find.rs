//! Finds steps by what happens in them. Summaries of blocks say how many there are, so only the blocks in
//! which one is wanted have to be looked through.

use super::command::Unit;
use super::history::History;
use super::run::Run;

impl Run {
    /// The `count`-th step after (or before) `step` that has an event of that unit. Where there are not
    /// so many, the last of them, if any; and how many are missing.
    pub fn find(&self, step: u32, unit: Unit, forward: bool, count: u32) -> (Option<u32>, u32) {
        let mut left = count;
        // The last block with one, and the step in it once that has been looked for.
        let mut found: Option<(usize, Option<u32>)> = None;
        let first = self
            .history
            .borrow()
            .block_of(step.saturating_add(forward.into()));
        let mut next = Some(first);
        while let Some(index) = next.filter(|_| left > 0) {
            let known = |history: &History| index + 1 < history.blocks.len();
            if forward && !self.simulate_until(known) && index >= self.block_count() {
                break;
            }
            let with = self.history.borrow().blocks[index].steps_with[unit as usize];
            if index != first && with < left {
                // All of them count, wherever they are: nothing has to be executed again.
                if with > 0 {
                    found = Some((index, None));
                }
                left -= with;
            } else if with > 0 {
                let record = self.record(index);
                let wanted = |&at: &u32| {
                    let beyond = if forward { at > step } else { at < step };
                    beyond && record.has(at, unit)
                };
                let (hit, seen) = pick(record.steps().filter(wanted), forward, left);
                if hit.is_some() {
                    found = Some((index, hit));
                }
                left -= seen;
            }
            next = if forward {
                Some(index + 1)
            } else {
                index.checked_sub(1)
            };
        }
        let found = found.and_then(|(index, step)| {
            let record = self.record(index);
            let with = record.steps().filter(|&step| record.has(step, unit));
            step.or_else(|| pick(with, forward, u32::MAX).0)
        });
        (found, left)
    }

    fn block_count(&self) -> usize {
        self.history.borrow().blocks.len()
    }

    /// The step at which the request reaches the application, in whichever lane is first.
    pub fn step_of_request(&self, number: u32) -> Option<u32> {
        if self.scenario().is_by_hand(number) {
            let step = self.scenario().sent_by(number)?.step;
            return self.reach(step + 1).then_some(step + 1);
        }
        self.simulate_until(|history| history.frontier.begun() > number);
        let index = {
            let blocks = &self.history.borrow().blocks;
            blocks.partition_point(|block| block.begun <= number).max(1) - 1
        };
        self.record(index).step_of_request(number)
    }
}

/// The `count`-th of some steps from the side from which one comes, or the last there is, and how many
/// were passed.
fn pick(
    mut steps: impl DoubleEndedIterator<Item = u32>,
    forward: bool,
    count: u32,
) -> (Option<u32>, u32) {
    let (mut last, mut seen) = (None, 0);
    while seen < count {
        let next = if forward {
            steps.next()
        } else {
            steps.next_back()
        };
        let Some(next) = next else { break };
        last = Some(next);
        seen += 1;
    }
    (last, seen)
}
