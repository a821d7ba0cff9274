//! A reference that follows: for policies that draw, it evicts whom the engine evicted, and holds the
//! engine to evicting an entry that is there, and none without need.

use super::queue::take;
use super::{Queues, Reference};
use cache::units::Key;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// The keys that the engine has evicted in its latest call, in order.
pub type Script = Rc<RefCell<VecDeque<Key>>>;

#[derive(Clone, Default)]
pub struct Follow {
    known: Vec<Key>,
    script: Script,
}

impl Follow {
    pub fn new(script: Script) -> Self {
        Follow {
            known: Vec::new(),
            script,
        }
    }
}

impl Reference for Follow {
    fn insert(&mut self, key: Key, _weight: u64) {
        self.known.insert(0, key);
    }

    fn hit(&mut self, _key: Key) {}

    fn remove(&mut self, key: Key) {
        take(&mut self.known, key);
    }

    fn victim(&mut self) -> Option<Key> {
        let key = self.script.borrow_mut().pop_front()?;
        assert!(self.known.contains(&key), "{key:?} may be evicted");
        Some(key)
    }

    fn queues(&self) -> Queues {
        vec![("known", self.known.clone())]
    }
}
