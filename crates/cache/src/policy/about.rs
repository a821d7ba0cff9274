//! What the rest of the program needs to know of a policy: its words, and how its entries are drawn. Each
//! policy's file has one constant of this type, named `ABOUT`.

use crate::settings::Scope;

/// A policy's words, and how its entries are drawn.
#[derive(Debug)]
pub struct About {
    /// The name on screen.
    pub title: &'static str,
    /// What it does, as the rest of a sentence that begins with its name: "evicts …".
    pub rule: &'static str,
    /// What the first and the last entry of [`Cache::entries`](crate::Cache::entries) are.
    pub ends: (&'static str, &'static str),
    /// The settings of Valkey's `maxmemory-policy` that stand for it, each with its scope.
    pub maxmemory: &'static [(&'static str, Scope)],
    /// Its queues, from the one where new keys come in. The names are those of
    /// [`Shape::queues`](crate::Shape::queues).
    pub queues: &'static [QueueAbout],
    /// Says in words what an entry's mark means, where it means something.
    pub mark: Option<fn(u32) -> String>,
    /// Whether a hand walks over the entries.
    pub hand: bool,
    /// Whether the entries are drawn as a circle.
    pub ring: bool,
    /// Whether the order of the entries means anything.
    pub ordered: bool,
    /// For a policy that samples: what it compares the sampled keys by.
    pub compares: Option<Compared>,
    /// Whether it evicts at all.
    pub evicts: bool,
    /// A remark below the entries.
    pub note: Option<&'static str>,
    /// Whether the reasons that it gives are short.
    pub short_reasons: bool,
    /// Whether its miss-ratio curve is shown by default.
    pub curve_at_first: bool,
}

impl About {
    /// For the fields that a policy does not set: a list in order, with nothing else to show.
    pub(super) const LIST: About = About {
        title: "",
        rule: "",
        ends: ("", ""),
        maxmemory: &[],
        queues: &[],
        mark: None,
        hand: false,
        ring: false,
        ordered: true,
        compares: None,
        evicts: true,
        note: None,
        short_reasons: false,
        curve_at_first: false,
    };
}

/// One queue of a policy.
#[derive(Debug)]
pub struct QueueAbout {
    /// Its name.
    pub name: &'static str,
    /// What it holds, for a cache that is drawn in several parts.
    pub hint: &'static str,
    /// Whether it holds keys of entries that were evicted.
    pub ghosts: bool,
    /// Whether it never holds more than its limit.
    pub hard: bool,
}

impl QueueAbout {
    /// A policy's only queue. Where only entries with a TTL may be evicted, the others stand beside it.
    pub(super) const fn only(name: &'static str) -> QueueAbout {
        QueueAbout::soft(name, "with a TTL")
    }

    /// A queue that may grow to the whole capacity.
    pub(super) const fn soft(name: &'static str, hint: &'static str) -> QueueAbout {
        QueueAbout {
            name,
            hint,
            ghosts: false,
            hard: false,
        }
    }

    /// A queue that never exceeds its limit.
    pub(super) const fn hard(name: &'static str, hint: &'static str) -> QueueAbout {
        QueueAbout {
            hard: true,
            ..QueueAbout::soft(name, hint)
        }
    }

    /// Keys of entries that were evicted.
    pub(super) const fn ghosts(name: &'static str, hint: &'static str) -> QueueAbout {
        QueueAbout {
            ghosts: true,
            ..QueueAbout::soft(name, hint)
        }
    }
}

/// What a policy compares the sampled keys by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compared {
    /// How many ticks of the LRU clock each has been idle: most goes first.
    Idle,
    /// The counter of uses: lowest goes first.
    Counter,
    /// When each expires: earliest goes first.
    Expiry,
}

impl Compared {
    /// The value that a candidate's [`score`](crate::Candidate::score) was made from: idle ticks, a
    /// counter, or the instant at which the entry expires, `None` if it never does.
    pub fn value(self, score: u64) -> Option<u64> {
        match self {
            Compared::Idle => Some(score),
            Compared::Counter => Some(u64::from(u8::MAX) - score),
            Compared::Expiry => Some(u64::MAX - score).filter(|&end| end < u64::MAX),
        }
    }
}
