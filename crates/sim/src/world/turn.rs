//! What a client's next move would do, where a person schedules the clients.

use super::World;
use crate::procedure::Instruction;
use crate::request::Phase;
use cache::units::Micros;

/// What a client's next move would do in one lane. Requests are numbered from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// A request executes a line.
    Executes {
        /// The request, which may not have begun yet.
        request: u32,
        /// The line's index in the procedure.
        line: u32,
    },
    /// Nothing, because its request sleeps.
    Sleeps {
        /// The request.
        request: u32,
        /// The end of the sleep.
        until: Micros,
    },
    /// Nothing, because its request waits for another one's load.
    Joins {
        /// The request.
        request: u32,
        /// The request that loads.
        load_of: u32,
    },
    /// Nothing, because its request is on a trip.
    Travels {
        /// The request.
        request: u32,
    },
    /// Nothing, because all of its requests are over.
    Finished,
}

impl World {
    /// What the next move of `client` would do at this moment.
    pub fn turn(&self, client: u32) -> Turn {
        let Some(slot) = self.requests.of_client(client) else {
            return match self.unbegun_of(client) {
                Some(request) => Turn::Executes {
                    request,
                    line: self.first_line_of(request),
                },
                None => Turn::Finished,
            };
        };
        let active = self.request(slot);
        let request = active.number;
        match active.phase {
            Phase::Held { .. } => Turn::Executes {
                request,
                line: active.line + 1,
            },
            Phase::Waiting {
                until: Some(until), ..
            } => Turn::Sleeps { request, until },
            Phase::Waiting { until: None, .. } => {
                let load = self.loads.get(&active.key);
                let leader = load.map_or(slot, |load| load.leader);
                let load_of = self.request(leader).number;
                Turn::Joins { request, load_of }
            }
            _ => Turn::Travels { request },
        }
    }

    /// The first line of a request that takes time, and so needs a move.
    fn first_line_of(&self, request: u32) -> u32 {
        let operation = self.workload.operation(request);
        let lines = &self.setup.procedures.of(operation).lines;
        let timed = lines.iter().position(|line| {
            let instruction = line.instruction;
            instruction.verb().is_some() || matches!(instruction, Instruction::Wait(_))
        });
        timed.unwrap_or(0) as u32
    }

    /// The client's next request that has not begun.
    pub(super) fn unbegun_of(&self, client: u32) -> Option<u32> {
        let from = self.next_of_client.get(&client).copied().unwrap_or(0);
        let mut ahead = from..self.workload.len();
        ahead.find(|&number| self.workload.client(number) == client)
    }

    /// Whether a request is on a trip to the cache or the database, so that no client can move.
    pub fn is_on_a_trip(&self) -> bool {
        self.requests.iter().any(|active| active.is_on_a_trip())
    }
}
