//! What a path is: its procedure, and what the rest of the program says of it. Each path's file has one
//! constant of one of these types, named `ABOUT`.

use super::{Pattern, Strategy};
use crate::procedure::Procedure;

/// A read path.
#[derive(Debug)]
pub struct ReadAbout {
    /// The name on screen.
    pub title: &'static str,
    /// What it does, as the rest of a sentence that begins with its name.
    pub rule: &'static str,
    /// The pattern that is named after it, unless the write path names one.
    pub pattern: Pattern,
    /// Whether it uses a cache.
    pub caches: bool,
    /// Whether there is a database. Without one the cache holds the only copy.
    pub database: bool,
    /// Whether a library does the loading.
    pub library: bool,
    /// Whether it answers with a copy that is about to expire and then reloads it.
    pub refreshes: bool,
    /// Writes its procedure for a strategy; the flag says whether rows may be absent from the database.
    pub(crate) procedure: fn(&Strategy, bool) -> Procedure,
}

/// A write path.
#[derive(Debug)]
pub struct WriteAbout {
    /// The name on screen.
    pub title: &'static str,
    /// The name where there is little room.
    pub short_title: &'static str,
    /// What it does, as the rest of a sentence that begins with its name.
    pub rule: &'static str,
    /// The pattern that is named after it, if there is one.
    pub pattern: Option<Pattern>,
    /// Whether it stores in the cache or deletes from it.
    pub caches: bool,
    /// Whether it writes the database, now or later.
    pub database: bool,
    /// Writes its procedure for a strategy.
    pub(crate) procedure: fn(&Strategy) -> Procedure,
}
