//! How the application uses the cache: the two paths, times to live, and the nine defences.

use super::super::ranges::{
    BETA_PERCENT, DELAY, JITTER_PERCENT, NAME_CHARS_MAX, REFRESH_PERCENT, TTL,
};
use super::{Choice, Field, Kind, Optional, count, decimal, none_or, off_or};
use crate::Plain;
use sim::{ReadPath, WritePath};

/// The read paths, in the order of [`ReadPath::ALL`].
static READS: [Choice; ReadPath::ALL.len()] = {
    let mut all = [Choice::NONE; ReadPath::ALL.len()];
    let mut i = 0;
    while i < all.len() {
        let path = ReadPath::ALL[i];
        all[i] = Choice {
            name: path.name(),
            title: path.about().title,
            about: path.about().rule,
        };
        i += 1;
    }
    all
};

/// What has to change with a value that was chosen: where, to what, and how that is told after it.
/// Without a cache a write can go to the database only.
pub fn changes_with(place: &str, value: &Plain) -> Option<(String, Plain, &'static str)> {
    let lane = place.strip_suffix("/strategy/read")?;
    (value.text() == Some("no-cache")).then(|| {
        (
            format!("{lane}/strategy/write"),
            Plain::from("write-around"),
            "so its writes go to the database only",
        )
    })
}

/// The write paths, in the order of [`WritePath::ALL`].
static WRITES: [Choice; WritePath::ALL.len()] = {
    let mut all = [Choice::NONE; WritePath::ALL.len()];
    let mut i = 0;
    while i < all.len() {
        let path = WritePath::ALL[i];
        all[i] = Choice {
            name: path.name(),
            title: path.about().title,
            about: path.about().rule,
        };
        i += 1;
    }
    all
};

static WRITE_TTLS: [Choice; 3] = [
    Choice {
        name: "set",
        title: "Set it",
        about: "a write that stores sets the time to live, as SET … EX does",
    },
    Choice {
        name: "drop",
        title: "Drop it",
        about: "a write that stores drops a time to live that is there, as a plain SET does",
    },
    Choice {
        name: "keep",
        title: "Keep it",
        about: "a write that stores leaves the one that is there, as SET … KEEPTTL does",
    },
];

const fn delay(
    path: &'static str,
    label: &'static str,
    when_on: fn() -> Plain,
    help: &'static str,
) -> Field {
    Field::new(path, label, off_or(&Kind::Span(DELAY), when_on), help)
}

pub(super) static FIELDS: [Field; 16] = [
    Field::new(
        "/lanes/*/name",
        "Name",
        Kind::Optional(Optional {
            of: &Kind::Text(NAME_CHARS_MAX),
            when_on: || Plain::from(""),
            absent: "its pattern's",
        }),
        "What the lane is called; its pattern's name if it has none of its own.",
    ),
    Field::new(
        "/lanes/*/strategy/read",
        "Read path",
        Kind::Choice(&READS),
        "",
    ),
    Field::new(
        "/lanes/*/strategy/write",
        "Write path",
        Kind::Choice(&WRITES),
        "",
    ),
    Field::new(
        "/lanes/*/strategy/ttl_us",
        "Time to live",
        none_or(&Kind::Span(TTL), || Plain::from(300_000_000)),
        "After so long a copy has expired.",
    )
    .known_as("EX, PX"),
    Field::new(
        "/lanes/*/strategy/write_ttl",
        "Time to live at a write",
        Kind::Choice(&WRITE_TTLS),
        "",
    )
    .known_as("KEEPTTL"),
    Field::new(
        "/lanes/*/strategy/refresh_after_percent",
        "Refresh after",
        count(REFRESH_PERCENT, "%"),
        "Refresh-ahead: after so much of its time to live a copy that is read is reloaded.",
    ),
    Field::new(
        "/lanes/*/strategy/flush_delay_us",
        "Flush after",
        Kind::Span(DELAY),
        "Write-behind: so long after a write its row is written.",
    ),
    Field::new(
        "/lanes/*/strategy/defences/ttl_jitter_percent",
        "Jitter of times to live",
        count(JITTER_PERCENT, "%"),
        "Makes each time to live longer or shorter by up to this, so that keys stored together do not expire together; 0 is off.",
    )
    .under("Defences"),
    Field::new(
        "/lanes/*/strategy/defences/single_flight",
        "Single flight",
        Kind::Switch,
        "While one request loads a key, others wait for it instead of asking the database themselves.",
    )
    .known_as("request coalescing"),
    delay(
        "/lanes/*/strategy/defences/lease_us",
        "Lease",
        || Plain::from(10_000_000),
        "A miss gives a lease of this length, without which nothing may be filled; a delete voids it, and others wait.",
    ),
    Field::new(
        "/lanes/*/strategy/defences/version_check",
        "Version check",
        Kind::Switch,
        "The cache refuses to overwrite a newer version by an older one.",
    ),
    delay(
        "/lanes/*/strategy/defences/double_delete_us",
        "Second delete",
        || Plain::from(500_000),
        "A write that deletes the key deletes it again so long after.",
    ),
    Field::new(
        "/lanes/*/strategy/defences/soft_ttl_us",
        "Soft time to live",
        off_or(&Kind::Span(TTL), || Plain::from(60_000_000)),
        "After so long a copy is served once more and reloaded; shorter than the time to live.",
    )
    .known_as("stale-while-revalidate"),
    Field::new(
        "/lanes/*/strategy/defences/xfetch_beta_percent",
        "XFetch, β",
        off_or(&decimal(BETA_PERCENT, 2, ""), || Plain::from(100)),
        "A read near a copy's end reloads it early, the likelier the nearer; 1 is the paper's.",
    )
    .known_as("probabilistic early expiration"),
    Field::new(
        "/lanes/*/strategy/defences/negative_ttl_us",
        "Negative caching",
        off_or(&Kind::Span(TTL), || Plain::from(10_000_000)),
        "That a row does not exist is cached too, for so long.",
    ),
    delay(
        "/lanes/*/strategy/defences/commit_log_us",
        "Delete by commit log",
        || Plain::from(100_000),
        "The database's commit log deletes a written key from the cache so long after the commit, again until it has succeeded.",
    )
    .known_as("change data capture"),
];
