//! The workload together with what commands add to it: requests by hand, and keys that they bring in.

use super::Scenario;
use cache::units::Key;
use sim::{ByHand, Event, EventKind, Intervention, Operation, Reach};
use std::rc::Rc;

impl Scenario {
    /// The name of a key.
    pub fn key_name(&self, key: Key) -> Rc<str> {
        self.added.key_name(&self.workload, key)
    }

    /// The key of that name, if the workload or a command has it.
    pub fn key_named(&self, name: &str) -> Option<Key> {
        self.added.key_named(&self.workload, name)
    }

    /// How many requests there are; those by hand come after the workload's.
    pub fn request_count(&self) -> u32 {
        self.added.request_count(&self.workload)
    }

    /// Whether request `number` is by hand.
    pub fn is_by_hand(&self, number: u32) -> bool {
        number >= self.workload.len()
    }

    /// What request `number`, from 0, wants, and of which key.
    ///
    /// # Panics
    /// If there is no such request.
    pub fn request(&self, number: u32) -> (Operation, Key) {
        self.added.request(&self.workload, number)
    }

    /// The client that sends request `number`.
    pub fn client_of(&self, number: u32) -> u32 {
        match self.is_by_hand(number) {
            true => self.workload.client_by_hand(),
            false => self.workload.request(number).client,
        }
    }

    /// The command that request `number` is, if it is by hand.
    pub fn sent_by(&self, number: u32) -> Option<&Intervention> {
        let place = number.checked_sub(self.workload.len())?;
        let requests = self.interventions.iter();
        let mut requests = requests.filter(|given| matches!(given.command, ByHand::Request(_)));
        requests.nth(place as usize)
    }

    /// The number, from 1, of the cache node at which an event of a lane happened; `None` if it happened
    /// elsewhere, or if the lane's cache is one node.
    pub fn node_of(&self, lane: usize, event: &Event) -> Option<u16> {
        let several = self.lanes[lane].cache.deployment.has_several();
        let node = match event.kind {
            EventKind::Fault {
                reach: Reach::One(node),
                ..
            } => Some(node),
            kind if kind.is_at_cache() => Some(event.node),
            _ => None,
        };
        node.filter(|_| several).map(|node| node.0 + 1)
    }

    /// Whether request `number` reaches a lane, from 0.
    pub fn reaches(&self, number: u32, lane: usize) -> bool {
        self.sent_by(number)
            .is_none_or(|given| given.command.reaches(lane))
    }
}
