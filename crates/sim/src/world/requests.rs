//! The requests under way, each in a slot of its own: an event in the queue names the slot.

use crate::request::ActiveRequest;
use std::rc::Rc;

/// The place of a request under way.
pub(super) type Slot = u32;

/// Requests by slot. Where a database is hopelessly late, hundreds of thousands of requests wait and two
/// keyframes differ in few of them, so clones of a world share a request until one of them changes it.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Requests {
    slots: Vec<Option<Rc<ActiveRequest>>>,
    free: Vec<Slot>,
}

impl Requests {
    pub(super) fn add(&mut self, request: ActiveRequest) -> Slot {
        let request = Some(Rc::new(request));
        match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = request;
                slot
            }
            None => {
                self.slots.push(request);
                self.slots.len() as Slot - 1
            }
        }
    }

    /// Takes out a request that is over.
    pub(super) fn take(&mut self, slot: Slot) -> ActiveRequest {
        self.free.push(slot);
        let over = self.slots[slot as usize].take().expect(GONE);
        Rc::unwrap_or_clone(over)
    }

    #[inline]
    pub(super) fn get(&self, slot: Slot) -> &ActiveRequest {
        self.slots[slot as usize].as_ref().expect(GONE)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, slot: Slot) -> &mut ActiveRequest {
        Rc::make_mut(self.slots[slot as usize].as_mut().expect(GONE))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.free.len() == self.slots.len()
    }

    /// The requests in the order of their slots, which means nothing.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ActiveRequest> {
        self.slots.iter().flatten().map(|request| &**request)
    }

    /// This clone's share of the memory, in bytes: a request that several share counts in part for each.
    pub(super) fn heap_bytes(&self) -> u64 {
        let share =
            |request: &Rc<ActiveRequest>| size_of_val(&**request) / Rc::strong_count(request);
        let requests: usize = self.slots.iter().flatten().map(share).sum();
        (requests + size_of_val(&self.slots[..]) + size_of_val(&self.free[..])) as u64
    }

    /// The first of a client's requests under way, which its next move is for.
    pub(super) fn of_client(&self, client: u32) -> Option<Slot> {
        let slots = (0..).zip(&self.slots);
        let taken = slots.filter_map(|(slot, request)| Some((slot, request.as_ref()?)));
        let of_client = taken.filter(|(_, request)| request.client == client);
        let first = of_client.min_by_key(|(_, request)| request.number);
        first.map(|(slot, _)| slot)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// The oldest `at_most` requests, in order of their numbers.
    pub(super) fn oldest(&self, at_most: usize) -> Vec<&ActiveRequest> {
        let mut requests: Vec<&ActiveRequest> = self.iter().collect();
        if requests.len() > at_most {
            requests.select_nth_unstable_by_key(at_most, |request| request.number);
            requests.truncate(at_most);
        }
        requests.sort_unstable_by_key(|request| request.number);
        requests
    }

    /// The requests, in order of their numbers.
    pub(super) fn in_order(&self) -> Vec<&ActiveRequest> {
        let mut requests: Vec<&ActiveRequest> = self.iter().collect();
        requests.sort_unstable_by_key(|request| request.number);
        requests
    }
}

const GONE: &str = "whatever is due belongs to a request under way";
