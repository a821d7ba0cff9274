//! The kinds of event as they are drawn: a shape, a word and a hue each, so that none of the three
//! has to be told apart alone.

use yew::prelude::*;

/// A kind of event that the timeline marks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mark {
    /// A look-up found its key.
    Hit,
    /// It did not.
    Miss,
    /// It found a copy older than the row.
    Stale,
    /// A value was stored.
    Fill,
    /// A row was written.
    Write,
    /// An entry went to make room.
    Evict,
    /// An entry's TTL had run out.
    Expire,
    /// A key was deleted.
    Delete,
    /// The cache did not store a value.
    Reject,
    /// A trip failed.
    Error,
    /// Something broke, or was mended.
    Fault,
    /// A promise was broken.
    Violation,
}

impl Mark {
    /// Every mark, in the order of the legend.
    pub const ALL: [Mark; 12] = [
        Mark::Hit,
        Mark::Miss,
        Mark::Stale,
        Mark::Fill,
        Mark::Write,
        Mark::Evict,
        Mark::Expire,
        Mark::Delete,
        Mark::Reject,
        Mark::Error,
        Mark::Fault,
        Mark::Violation,
    ];

    /// The mark of a kind of event, by the kind's name, if it has one.
    pub fn of(kind: &str) -> Option<Mark> {
        Self::ALL.into_iter().find(|mark| mark.word() == kind)
    }

    /// Its word, which is the event kind's name.
    pub const fn word(self) -> &'static str {
        match self {
            Mark::Hit => "hit",
            Mark::Miss => "miss",
            Mark::Stale => "stale",
            Mark::Fill => "fill",
            Mark::Write => "write",
            Mark::Evict => "evict",
            Mark::Expire => "expire",
            Mark::Delete => "delete",
            Mark::Reject => "reject",
            Mark::Error => "error",
            Mark::Fault => "fault",
            Mark::Violation => "violation",
        }
    }

    /// The symbol's id, for `<use>`.
    pub fn href(self) -> String {
        format!("#mark-{}", self.word())
    }
}

/// The symbols that `<use>` refers to, once a page.
#[function_component(MarkSymbols)]
pub fn mark_symbols() -> Html {
    html! {
        <svg class="symbols" aria-hidden="true" width="0" height="0">
            <g id="mark-hit"><circle class="mark-hit" r="5.5" /></g>
            <g id="mark-miss"><path class="mark-miss" d="M0-6.5L6.5 0 0 6.5-6.5 0z" /></g>
            <g id="mark-stale"><path class="mark-stale" d="M0-6.5L6.5 0 0 6.5-6.5 0z" /></g>
            <g id="mark-fill"><path class="mark-fill" d="M0-6l6 11h-12z" /></g>
            <g id="mark-write"><rect class="mark-write" x="-5" y="-5" width="10" height="10" rx="2" /></g>
            <g id="mark-evict"><path class="mark-evict" d="M-4.5-4.5l9 9m0-9l-9 9" /></g>
            <g id="mark-out"><path class="mark-out" d="M-4 4L4-4M-2-4h6v6" /></g>
            <g id="mark-expire"><path class="mark-expire" d="M-5-6h10l-5 6 5 6h-10l5-6z" /></g>
            <g id="mark-none"><circle class="mark-none" r="2.5" /></g>
            <g id="mark-delete"><path class="mark-delete" d="M-5.5 0h11" /></g>
            <g id="mark-reject"><path class="mark-reject" d="M-3.9-3.9a5.5 5.5 0 1 0 7.8 7.8a5.5 5.5 0 1 0-7.8-7.8l7.8 7.8" /></g>
            <g id="mark-error"><path class="mark-error" d="M0-6.5v7.5m0 4.5v.1" /></g>
            <g id="mark-fault"><path class="mark-fault" d="M2.5-7.5L-5 1h3.5l-1 6.5L5-1.5H1z" /></g>
            <g id="mark-violation"><path class="mark-violation" d="M-3-6.5h6L6.5-3v6L3 6.5h-6L-6.5 3v-6z" /></g>
        </svg>
    }
}

#[derive(Properties, PartialEq)]
pub struct MarkIconProps {
    /// Which; `None` for an event without one, which gets a dot.
    pub mark: Option<Mark>,
}

/// A mark in a line of text; the word beside it says what it is.
#[function_component(MarkIcon)]
pub fn mark_icon(props: &MarkIconProps) -> Html {
    html! {
        <svg class="mark-icon" viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">
            <use href={props.mark.map_or_else(|| "#mark-none".to_owned(), Mark::href)} />
        </svg>
    }
}
