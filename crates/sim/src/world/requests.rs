//! The requests under way, each in a slot of its own, so that whatever is due finds its request at
//! once however many there are.
//!
//! The first few slots, which as a rule are all there are, lie side by side. Where a database is hopelessly
//! late hundreds of thousands of requests wait, and two keyframes differ in few of them: so further slots
//! lie in chunks that the clones of a world share until one of them is written.

use crate::request::ActiveRequest;
use cache::units::sort_pairs;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// So many slots are each clone's own.
const NEAR: usize = 64;

const CHUNK: usize = 16;

type Chunk = [Option<ActiveRequest>; CHUNK];

/// The number of a place among the requests under way.
pub(super) type Slot = u32;

/// Requests by slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests {
    near: Vec<Option<ActiveRequest>>,
    /// The slots after those. The last chunk may be filled up with slots that are not there yet.
    far: Vec<Rc<Chunk>>,
    len: Slot,
    free: Vec<Slot>,
}

impl Requests {
    pub(super) fn add(&mut self, request: ActiveRequest) -> Slot {
        let slot = self.free.pop().unwrap_or_else(|| self.one_more());
        *self.slot_mut(slot) = Some(request);
        slot
    }

    /// A slot that has not been there before.
    fn one_more(&mut self) -> Slot {
        let slot = self.len;
        self.len += 1;
        match (slot as usize).checked_sub(NEAR) {
            None => self.near.push(None),
            Some(place) if place.is_multiple_of(CHUNK) => self.far.push(Rc::default()),
            Some(_) => {}
        }
        slot
    }

    /// Moves a request that is over to `to`.
    pub(super) fn take(&mut self, slot: Slot, to: &mut Option<ActiveRequest>) {
        self.free.push(slot);
        let request = self.slot_mut(slot);
        *to = *request;
        *request = None;
    }

    #[inline(always)]
    fn slot_mut(&mut self, slot: Slot) -> &mut Option<ActiveRequest> {
        match self.near.get_mut(slot as usize) {
            Some(request) => request,
            None => far_mut(&mut self.far, slot),
        }
    }

    #[inline]
    pub(super) fn get(&self, slot: Slot) -> &ActiveRequest {
        let request = match self.near.get(slot as usize) {
            Some(request) => request,
            None => far(&self.far, slot),
        };
        request.as_ref().expect(GONE)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, slot: Slot) -> &mut ActiveRequest {
        self.slot_mut(slot).as_mut().expect(GONE)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.free.len() == self.len as usize
    }

    /// The slots there have been, taken or not.
    fn slots(&self) -> impl Iterator<Item = &Option<ActiveRequest>> {
        let far = self.far.iter().flat_map(|chunk| chunk.iter());
        self.near.iter().chain(far).take(self.len as usize)
    }

    /// The requests, in no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ActiveRequest> {
        self.slots().flatten()
    }

    /// This clone's share of the memory, in bytes: what several share counts in part for each.
    pub(super) fn heap_bytes(&self) -> u64 {
        let share = |chunk: &Rc<Chunk>| (size_of::<Chunk>() / Rc::strong_count(chunk)) as u64;
        let chunks: u64 = self.far.iter().map(share).sum();
        let own =
            size_of_val(&self.near[..]) + size_of_val(&self.far[..]) + size_of_val(&self.free[..]);
        chunks + own as u64
    }

    /// The first of a client's requests under way: the one that its next move is for.
    pub(super) fn of_client(&self, client: u32) -> Option<Slot> {
        let numbered = (0..).zip(self.slots()).filter_map(|(slot, request)| {
            let request = request
                .as_ref()
                .filter(|request| request.client == client)?;
            Some((request.number, slot))
        });
        numbered.min().map(|(_, slot)| slot)
    }

    /// The requests, in order of their numbers.
    pub(super) fn in_order(&self) -> Vec<&ActiveRequest> {
        let requests: Vec<&ActiveRequest> = self.iter().collect();
        if requests.len() > NEAR {
            let numbers = requests.iter().map(|request| u64::from(request.number));
            let mut order: Vec<(u64, u32)> = numbers.zip(0..).collect();
            sort_pairs(&mut order);
            let places = order.into_iter().map(|(_, place)| place as usize);
            return places.map(|place| requests[place]).collect();
        }
        // Of a few most are in order: this is less work than to sort them.
        let mut ordered: Vec<&ActiveRequest> = Vec::new();
        for request in requests {
            let place = ordered.partition_point(|other| other.number < request.number);
            ordered.insert(place, request);
        }
        ordered
    }
}

/// A slot that is not among the near ones, which is rare.
#[cold]
#[inline(never)]
fn far(far: &[Rc<Chunk>], slot: Slot) -> &Option<ActiveRequest> {
    let place = slot as usize - NEAR;
    &far[place / CHUNK][place % CHUNK]
}

/// The same to change.
#[cold]
#[inline(never)]
fn far_mut(far: &mut [Rc<Chunk>], slot: Slot) -> &mut Option<ActiveRequest> {
    let place = slot as usize - NEAR;
    &mut Rc::make_mut(&mut far[place / CHUNK])[place % CHUNK]
}

const GONE: &str = "whatever is due belongs to a request under way";

/// Slot after slot, however they are kept.
impl Hash for Requests {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.len as usize).hash(state);
        self.slots().for_each(|slot| slot.hash(state));
        self.free.hash(state);
    }
}
