//! What commands add to the workload: requests by hand, and keys that the workload does not have.
//!
//! Their numbers come after the workload's own and count up in the order of the commands, whichever lanes
//! those reach. So no other request's number changes, nor any draw that depends on one, and a number means
//! the same in every lane.

use super::command::ByHand;
use super::event::Operation;
use super::workload::{USUAL_VALUE_BYTES, Workload};
use cache::units::Key;
use std::rc::Rc;

/// The requests and keys that commands have added.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Added {
    keys: Vec<Rc<str>>,
    requests: Vec<(Operation, Key)>,
}

impl Added {
    /// Those of several commands, in the order in which they are given.
    pub fn by<'a>(workload: &Workload, commands: impl Iterator<Item = &'a ByHand>) -> Added {
        let mut added = Added::default();
        for command in commands {
            added.note(workload, command);
        }
        added
    }

    /// Adds what one more command does.
    pub(super) fn note(&mut self, workload: &Workload, command: &ByHand) {
        let Some(name) = command.key() else { return };
        let key = self.key_named(workload, name).unwrap_or_else(|| {
            self.keys.push(name.clone());
            Key(self.key_count(workload) - 1)
        });
        if let ByHand::Request(command) = command {
            self.requests.push((command.request.op, key));
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.requests.is_empty()
    }

    /// How many keys there are, the workload's among them.
    pub fn key_count(&self, workload: &Workload) -> u32 {
        workload.key_count() + self.keys.len() as u32
    }

    /// The name of a key of either.
    pub fn key_name(&self, workload: &Workload, key: Key) -> Rc<str> {
        match self.own_name(workload, key) {
            Some(name) => name.clone(),
            None => workload.key_name(key),
        }
    }

    /// The key of that name in either.
    pub fn key_named(&self, workload: &Workload, name: &str) -> Option<Key> {
        workload.key_named(name).or_else(|| {
            let place = self.keys.iter().position(|of| **of == *name)?;
            Some(Key(workload.key_count() + place as u32))
        })
    }

    /// The size, key and value together, of what request `number`, which is about `key`, reads or writes.
    pub(super) fn size_bytes(&self, workload: &Workload, number: u32, key: Key) -> u32 {
        match self.own_name(workload, key) {
            Some(name) => name.len() as u32 + USUAL_VALUE_BYTES,
            None => workload.size_bytes(number, key),
        }
    }

    /// The size of a copy of `key` that no request stores.
    pub(super) fn size_of_key(&self, workload: &Workload, key: Key) -> u32 {
        match self.own_name(workload, key) {
            Some(name) => name.len() as u32 + USUAL_VALUE_BYTES,
            None => workload.size_of_key(key),
        }
    }

    /// How many requests there are, the workload's among them.
    pub fn request_count(&self, workload: &Workload) -> u32 {
        workload.len() + self.requests.len() as u32
    }

    /// What request `number` of either wants, and of which key.
    ///
    /// # Panics
    /// If there is no such request.
    pub fn request(&self, workload: &Workload, number: u32) -> (Operation, Key) {
        match number.checked_sub(workload.len()) {
            Some(place) => self.requests[place as usize],
            None => {
                let request = workload.request(number);
                (request.operation, request.key)
            }
        }
    }

    fn own_name(&self, workload: &Workload, key: Key) -> Option<&Rc<str>> {
        let place = key.0.checked_sub(workload.key_count())?;
        self.keys.get(place as usize)
    }
}
