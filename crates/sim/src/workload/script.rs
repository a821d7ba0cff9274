//! Exact requests at exact times.

use super::Request;
use cache::units::Key;
use std::rc::Rc;

/// The requests of a script and the keys they are about.
#[derive(Clone, Debug)]
pub struct Script {
    /// The names of the keys, by number.
    pub names: Vec<Rc<str>>,
    /// The keys as people list them: shorter names first.
    pub listed: Vec<Key>,
    /// The keys that the database has no row for at the start, in order of their numbers.
    pub absent: Vec<Key>,
    /// The requests, in order of arrival.
    pub requests: Vec<Request>,
}
