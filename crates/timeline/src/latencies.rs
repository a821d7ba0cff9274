//! How long each request took in each lane, and after them in the baseline, by which a request under way
//! shows its total.
//!
//! Four bytes each, because there can be millions, in chunks that forks share until one of them writes.

use cache::units::Micros;
use std::collections::BTreeMap;
use std::rc::Rc;

const CHUNK: usize = 4096;

/// A request's answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Answered {
    /// How long after its arrival its client had it.
    pub latency: Micros,
    /// Whether it was an error.
    pub failed: bool,
}

/// Latencies by request and lane, as far as they are known.
#[derive(Clone)]
pub(super) struct Latencies {
    lanes: usize,
    /// Twice the latency in microseconds, one more if the answer was an error, and two more; 0 for not known,
    /// `u32::MAX` for one that is in `long`.
    chunks: Vec<Rc<[u32; CHUNK]>>,
    /// Those of more than 35 minutes.
    long: BTreeMap<(u32, u8), Answered>,
    /// How many requests the workload has; the requests by hand come after them.
    own: u32,
    /// Those of requests by hand: they are few, and far behind the others in a run that has just begun.
    by_hand: BTreeMap<(u32, u8), Answered>,
}

impl Latencies {
    pub(super) fn new(own: u32, lanes: usize) -> Self {
        Latencies {
            lanes,
            chunks: Vec::new(),
            long: BTreeMap::new(),
            own,
            by_hand: BTreeMap::new(),
        }
    }

    fn place(&self, request: u32, lane: u8) -> (usize, usize) {
        let place = request as usize * self.lanes + usize::from(lane);
        (place / CHUNK, place % CHUNK)
    }

    fn write(&mut self, request: u32, lane: u8, value: u32) {
        let (chunk, place) = self.place(request, lane);
        while self.chunks.len() <= chunk {
            self.chunks.push(Rc::new([0; CHUNK]));
        }
        Rc::make_mut(&mut self.chunks[chunk])[place] = value;
    }

    pub(super) fn set(&mut self, request: u32, lane: u8, answered: Answered) {
        if request >= self.own {
            self.by_hand.insert((request, lane), answered);
            return;
        }
        let doubled = answered.latency.0.saturating_mul(2).saturating_add(2);
        let value = match u32::try_from(doubled) {
            // It is even: there is room for one more.
            Ok(value) if value < u32::MAX - 1 => value + u32::from(answered.failed),
            _ => {
                self.long.insert((request, lane), answered);
                u32::MAX
            }
        };
        self.write(request, lane, value);
    }

    pub(super) fn get(&self, request: u32, lane: u8) -> Option<Answered> {
        if request >= self.own {
            return self.by_hand.get(&(request, lane)).copied();
        }
        let (chunk, place) = self.place(request, lane);
        match self.chunks.get(chunk)?[place] {
            0 => None,
            u32::MAX => self.long.get(&(request, lane)).copied(),
            value => Some(Answered {
                latency: Micros(u64::from(value / 2) - 1),
                failed: value % 2 == 1,
            }),
        }
    }

    /// Forgets a request that is not answered yet.
    pub(super) fn forget(&mut self, request: u32, lane: u8) {
        if self.by_hand.remove(&(request, lane)).is_none() && self.get(request, lane).is_some() {
            self.write(request, lane, 0);
            self.long.remove(&(request, lane));
        }
    }

    /// Forgets everything from a request of the workload on, and all requests by hand but so many.
    pub(super) fn forget_from(&mut self, request: u32, by_hand: u32) {
        let sent = self.own + by_hand;
        self.by_hand.retain(|&(number, _), _| number < sent);
        let (chunk, place) = self.place(request, 0);
        self.chunks.truncate(chunk + 1);
        if let Some(last) = self.chunks.get_mut(chunk) {
            Rc::make_mut(last)[place..].fill(0);
        }
        self.long.retain(|&(number, _), _| number < request);
    }

    /// The memory that a number of requests takes, in bytes.
    pub(super) fn bytes(requests: usize, lanes: usize) -> u64 {
        (requests * lanes) as u64 * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_there_and_what_was_forgotten_is_not() {
        let mut latencies = Latencies::new(4005, 3);
        let answered = |us, failed| Answered {
            latency: Micros(us),
            failed,
        };
        let largest = u64::from(u32::MAX / 2) - 2;
        let answers = [
            answered(0, true),
            answered(1, false),
            answered(largest, true),
            answered(largest + 1, false),
            answered(1 << 40, true),
        ];
        for (request, &answer) in (4000..).zip(&answers) {
            latencies.set(request, 1, answer);
        }
        for by_hand in [4005, 4006, 4007] {
            latencies.set(by_hand, 0, answered(9, false));
        }
        let parent = latencies.clone();
        for (request, &answer) in (4000..).zip(&answers) {
            assert_eq!(latencies.get(request, 1), Some(answer));
            assert_eq!(latencies.get(request, 0), None);
        }
        latencies.forget(4001, 1);
        latencies.forget(4006, 0);
        latencies.forget_from(4003, 2);
        let by_hand = (4005..4008).map(|request| latencies.get(request, 0).is_some());
        assert_eq!(by_hand.collect::<Vec<_>>(), [true, false, false]);
        let known = (4000..4005).map(|request| latencies.get(request, 1).is_some());
        assert_eq!(known.collect::<Vec<_>>(), [true, false, true, false, false]);
        assert_eq!(parent.get(4004, 1), Some(answered(1 << 40, true)));
        assert_eq!(parent.get(4001, 1), Some(answered(1, false)));
    }
}
