//! The requests that all lanes get: a script of exact ones, or a generator of as many as wanted.
//!
//! Request number n is a pure function of the seed and n, so it is the same in every lane, fork and
//! keyframe, and none has to be kept: a million of them take no more memory than their arrivals'
//! sparse index. Everything here has been validated by `scenario`.

mod alias;
mod generator;
mod request;
mod script;
mod settings;

use generator::Drawn;
pub use generator::{Generator, VALUE_BYTES_MAX};
pub use request::{OwnTtl, Request, Warm};
pub use script::Script;
pub use settings::{Generated, Popularity, Scan, ValueSizes};

use super::event::Operation;
use cache::units::{Key, Micros};
use std::rc::Rc;

/// The size of a value whose input gives none.
pub const USUAL_VALUE_BYTES: u32 = 100;

/// The requests and the state that every lane starts from.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Fixes every random draw.
    pub seed: u64,
    /// What each cache holds before the first request, least recently used first.
    pub warm: Vec<Warm>,
    /// Where the requests come from.
    pub source: Source,
    /// The order in which clients move, one instruction at a time, where a person schedules them;
    /// `None` where time does.
    pub schedule: Option<Vec<u32>>,
}

/// Where requests come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Exactly these.
    Script(Script),
    /// Drawn as they are asked for.
    Generator(Generator),
}

/// A place in the workload: a world's, which walks it from the first request to the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    next: u32,
    next_at: Option<Micros>,
    /// The next arrival in the generator's finer unit.
    fine: u64,
}

impl Cursor {
    /// How many requests have been taken.
    pub fn taken(&self) -> u32 {
        self.next
    }

    /// When the next request arrives; `None` after the last.
    pub fn next_at(&self) -> Option<Micros> {
        self.next_at
    }
}

impl Workload {
    /// How many requests there are.
    pub fn len(&self) -> u32 {
        match &self.source {
            Source::Script(script) => script.requests.len() as u32,
            Source::Generator(generator) => generator.len(),
        }
    }

    /// Whether there is no request at all; validation refuses that.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Request number `number`, from 0. For one in passing; a walk through all is cheaper with a
    /// [`Cursor`], and a single property with the methods below.
    ///
    /// # Panics
    /// If there is no such request.
    pub fn request(&self, number: u32) -> Request {
        match &self.source {
            Source::Script(script) => script.requests[number as usize],
            Source::Generator(generator) => generator.request(number, generator.arrival(number)),
        }
    }

    /// The client that sends request `number`.
    pub fn client(&self, number: u32) -> u32 {
        match &self.source {
            Source::Script(script) => script.requests[number as usize].client,
            Source::Generator(generator) => generator.client(number),
        }
    }

    /// Whether that client sends any request.
    pub fn has_client(&self, client: u32) -> bool {
        match &self.source {
            Source::Script(script) => script.requests.iter().any(|of| of.client == client),
            Source::Generator(generator) => generator.clients().contains(&client),
        }
    }

    /// The number of the person who sends requests by hand: the lowest that none of the clients has.
    pub fn client_by_hand(&self) -> u32 {
        let last = match &self.source {
            Source::Script(script) => script.requests.iter().map(|request| request.client).max(),
            Source::Generator(generator) => Some(*generator.clients().end()),
        };
        last.unwrap_or(0) + 1
    }

    /// What request `number` wants.
    pub fn operation(&self, number: u32) -> Operation {
        match &self.source {
            Source::Script(script) => script.requests[number as usize].operation,
            Source::Generator(generator) => generator.operation(number),
        }
    }

    /// What request `number`, which is about `key`, says about the TTL of what it stores. A request by hand
    /// says nothing, but a generated key may have a TTL of its own.
    pub fn ttl(&self, number: u32, key: Key) -> OwnTtl {
        match &self.source {
            Source::Script(script) => {
                let request = script.requests.get(number as usize);
                request.map_or(OwnTtl::Unsaid, |request| request.ttl)
            }
            Source::Generator(generator) => generator.ttl(key),
        }
    }

    /// The size, key and value together, of what request `number`, which is about `key`, reads or writes;
    /// the key's usual one for a request by hand.
    pub fn size_bytes(&self, number: u32, key: Key) -> u32 {
        match &self.source {
            Source::Script(script) => match script.requests.get(number as usize) {
                Some(request) => request.size_bytes,
                None => self.size_of_key(key),
            },
            Source::Generator(generator) => generator.size_bytes(key),
        }
    }

    /// Before the first request.
    pub fn start(&self) -> Cursor {
        Cursor {
            next: 0,
            next_at: (!self.is_empty()).then(|| self.request(0).at),
            fine: 0,
        }
    }

    /// Takes the next request.
    ///
    /// # Panics
    /// If all have been taken.
    pub fn take(&self, cursor: &mut Cursor) -> Request {
        let number = cursor.next;
        let at = cursor.next_at.expect("not after the last request");
        cursor.next += 1;
        match &self.source {
            Source::Script(script) => {
                let next = script.requests.get(cursor.next as usize);
                cursor.next_at = next.map(|request| request.at);
                script.requests[number as usize]
            }
            Source::Generator(generator) => {
                let Drawn {
                    request, next_fine, ..
                } = generator.drawn(number, at, cursor.fine);
                cursor.next_at = next_fine.map(Generator::micros);
                cursor.fine = next_fine.unwrap_or(cursor.fine);
                request
            }
        }
    }

    /// How many keys there are; they are numbered from 0.
    pub fn key_count(&self) -> u32 {
        match &self.source {
            Source::Script(script) => script.names.len() as u32,
            Source::Generator(generator) => generator.key_count(),
        }
    }

    /// The name of a key.
    pub fn key_name(&self, key: Key) -> Rc<str> {
        match &self.source {
            Source::Script(script) => script.names[key.0 as usize].clone(),
            Source::Generator(generator) => generator.key_name(key),
        }
    }

    /// The key of that name, if there is one.
    pub fn key_named(&self, name: &str) -> Option<Key> {
        match &self.source {
            Source::Script(script) => {
                let place = script.names.iter().position(|of| **of == *name);
                place.map(|place| Key(place as u32))
            }
            Source::Generator(generator) => generator.key_of(name),
        }
    }

    /// The size of a copy of `key` that no request stores: that of the first request about it, or of the
    /// copy that is there at the start, or of its name and a value of the usual size.
    pub fn size_of_key(&self, key: Key) -> u32 {
        match &self.source {
            Source::Script(script) => {
                let request = script.requests.iter().find(|request| request.key == key);
                let warm = self.warm.iter().find(|warm| warm.key == key);
                let size = request.map(|request| request.size_bytes);
                let size = size.or(warm.map(|warm| warm.size_bytes));
                size.unwrap_or(script.names[key.0 as usize].len() as u32 + USUAL_VALUE_BYTES)
            }
            Source::Generator(generator) => generator.size_bytes(key),
        }
    }

    /// The key at a place in the list of all as people write it: shorter names first, so that
    /// `user:10` comes after `user:9`.
    pub fn listed(&self, place: u32) -> Key {
        match &self.source {
            Source::Script(script) => script.listed[place as usize],
            // Their numbers count up, so they are in order as they are.
            Source::Generator(_) => Key(place),
        }
    }

    /// Whether the database may lack a row that is asked for.
    pub fn rows_may_be_absent(&self) -> bool {
        match &self.source {
            Source::Script(script) => !script.absent.is_empty(),
            Source::Generator(generator) => generator.rows_may_be_absent(),
        }
    }

    /// Whether the database has a row for the key before anything is written. It has none for a key that
    /// the workload does not have.
    pub fn exists_at_start(&self, key: Key) -> bool {
        if key.0 >= self.key_count() {
            return false;
        }
        match &self.source {
            Source::Script(script) => script.absent.binary_search(&key).is_err(),
            Source::Generator(generator) => generator.exists_at_start(key),
        }
    }
}
