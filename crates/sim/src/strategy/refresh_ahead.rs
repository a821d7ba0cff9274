//! Refresh-ahead: a hit in the last part of a copy's TTL is answered with it and then reloads
//! it, so that a key in use never expires. Past its end it is an ordinary miss.
//!
//! The refresh-ahead factor says where the last part begins: 0.5 of 20 s means after 10 s. Source:
//! Oracle Coherence, "Refresh-ahead caching".

use super::{Pattern, ReadAbout, Strategy};
use crate::procedure::{Procedure, Writer};

pub(super) const ABOUT: ReadAbout = ReadAbout {
    title: "Refresh-ahead",
    rule: "works like read-through, but reloads popular copies before they expire",
    pattern: Pattern::RefreshAhead,
    caches: true,
    database: true,
    library: true,
    refreshes: true,
    procedure: read,
};

fn read(strategy: &Strategy, rows_may_be_absent: bool) -> Procedure {
    Writer::new("library.get(key):")
        .look_up(strategy)
        .load(strategy, rows_may_be_absent)
        .end()
}
