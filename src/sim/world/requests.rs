//! The requests under way, each in a slot of its own, so that whatever is due finds its request at
//! once however many there are.

use crate::sim::request::ActiveRequest;

/// The number of a place among the requests under way.
pub(super) type Slot = u32;

/// Requests by slot.
#[derive(Clone, Debug, Hash, Default)]
pub(super) struct Requests {
    slots: Vec<Option<ActiveRequest>>,
    free: Vec<Slot>,
}

impl Requests {
    pub(super) fn add(&mut self, request: ActiveRequest) -> Slot {
        match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(request);
                slot
            }
            None => {
                self.slots.push(Some(request));
                self.slots.len() as Slot - 1
            }
        }
    }

    pub(super) fn take(&mut self, slot: Slot) -> ActiveRequest {
        self.free.push(slot);
        self.slots[slot as usize].take().expect(GONE)
    }

    pub(super) fn get(&self, slot: Slot) -> &ActiveRequest {
        self.slots[slot as usize].as_ref().expect(GONE)
    }

    pub(super) fn get_mut(&mut self, slot: Slot) -> &mut ActiveRequest {
        self.slots[slot as usize].as_mut().expect(GONE)
    }

    /// How many places there are, taken or not.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.free.len() == self.slots.len()
    }

    /// The requests, in no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ActiveRequest> {
        self.slots.iter().flatten()
    }

    /// The first of a client's requests under way: the one that its next move is for.
    pub(super) fn of_client(&self, client: u32) -> Option<Slot> {
        let numbered = (0..).zip(&self.slots).filter_map(|(slot, request)| {
            let request = request
                .as_ref()
                .filter(|request| request.client == client)?;
            Some((request.number, slot))
        });
        numbered.min().map(|(_, slot)| slot)
    }

    pub(super) fn in_order(&self) -> Vec<&ActiveRequest> {
        // There are few, and most of them are in order: this is less work, and less code, than to sort.
        let mut requests: Vec<&ActiveRequest> = Vec::new();
        for request in self.iter() {
            let place = requests.partition_point(|other| other.number < request.number);
            requests.insert(place, request);
        }
        requests
    }
}

const GONE: &str = "whatever is due belongs to a request under way";
