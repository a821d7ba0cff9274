//! The runs that a person can return to: the one that was loaded, and those that began as a copy of
//! another when a command was given in it.

use super::run::Run;
use scenario::Invalid;
use sim::ByHand;
use std::rc::Rc;

/// The most runs kept; the oldest but the first and current one goes.
const FORKS_MAX: usize = 32;

/// A run and where it comes from.
#[derive(Clone)]
pub struct Fork {
    /// Its number; never used again.
    pub id: u32,
    /// The run.
    pub run: Rc<Run>,
    /// The run that it was forked from, and the step at which the command was given; `None` for the one
    /// that was loaded. Of runs that are no longer kept, the next one up.
    pub parent: Option<(u32, u32)>,
}

/// All runs kept, and the current one.
pub(super) struct Forks {
    kept: Vec<Fork>,
    current: usize,
    next_id: u32,
}

impl Forks {
    pub(super) fn new(run: Run) -> Self {
        let first = Fork {
            id: 0,
            run: Rc::new(run),
            parent: None,
        };
        Forks {
            kept: vec![first],
            current: 0,
            next_id: 1,
        }
    }

    pub(super) fn current(&self) -> &Fork {
        &self.kept[self.current]
    }

    pub(super) fn all(&self) -> &[Fork] {
        &self.kept
    }

    /// Forks the current run, which is kept, by a command, and goes to the fork.
    pub(super) fn fork(&mut self, step: u32, command: ByHand) -> Result<(), Invalid> {
        let parent = self.current();
        let run = parent.run.fork(step, command)?;
        parent.run.rest();
        let fork = Fork {
            id: self.next_id,
            run: Rc::new(run),
            parent: Some((parent.id, step)),
        };
        self.next_id += 1;
        self.kept.push(fork);
        self.current = self.kept.len() - 1;
        if self.kept.len() > FORKS_MAX {
            self.drop_oldest();
        }
        Ok(())
    }

    /// Drops the oldest run but the first. Its children become its parent's, with which they share at least as
    /// much as it did.
    fn drop_oldest(&mut self) {
        let dropped = self.kept.remove(1);
        self.current -= 1;
        for fork in &mut self.kept {
            if let (Some((parent, step)), Some((above, above_step))) = (fork.parent, dropped.parent)
                && parent == dropped.id
            {
                fork.parent = Some((above, step.min(above_step)));
            }
        }
    }

    /// Goes to another run. Returns whether there is such a run.
    pub(super) fn switch_to(&mut self, id: u32) -> bool {
        let place = self.kept.iter().position(|fork| fork.id == id);
        if let Some(place) = place.filter(|&place| place != self.current) {
            self.current().run.rest();
            self.current = place;
        }
        place.is_some()
    }
}

/// Frees runs that the page shows until its next render.
impl Drop for Forks {
    fn drop(&mut self) {
        for fork in &self.kept {
            fork.run.rest();
        }
    }
}
