//! What a path is: its procedure, and what the rest of the program says of it. Each path's file has one
//! constant of one of these types, named `ABOUT`.

use super::Strategy;
use crate::procedure::Procedure;

/// A read path.
#[derive(Debug)]
pub struct ReadAbout {
    /// The name on screen.
    pub title: &'static str,
    /// What it does, as the rest of a sentence that begins with its name.
    pub rule: &'static str,
    /// Whether it answers with a copy that is about to expire and then reloads it.
    pub refreshes: bool,
    /// Why a read begins as it does.
    pub request: &'static str,
    /// Why it asks the database.
    pub select: &'static str,
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
    /// Why a write begins as it does.
    pub request: &'static str,
    /// Why it sends a SET; empty if it sends none.
    pub set: &'static str,
    /// Why it sends a DELETE; empty if it sends none.
    pub delete: &'static str,
    /// Why it sends an UPDATE.
    pub update: &'static str,
    /// Writes its procedure for a strategy.
    pub(crate) procedure: fn(&Strategy) -> Procedure,
}

impl WriteAbout {
    /// For the fields that a path does not set: the database is written first, and the cache hears
    /// nothing.
    pub(super) const DATABASE_FIRST: WriteAbout = WriteAbout {
        title: "",
        short_title: "",
        rule: "",
        request: "writes go to the database first: it holds the real data",
        set: "",
        delete: "",
        update: "the database holds the real data",
        procedure: super::write_around::write,
    };
}
