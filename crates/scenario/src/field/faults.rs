//! What goes wrong: by schedule, and what a person did at the playhead.

use super::super::ranges::{COMMANDS, FAULTS as FAULTS_RANGE, TIME};
use super::{Choice, Field, Kind, List, Variant, count};
use crate::Plain;
use sim::CONSOLE_LINE_MAX;

/// The faults, in the order of `Fault::ALL`.
pub static FAULTS: [Choice; 10] = [
    Choice {
        name: "restart-cache",
        title: "Restart the cache",
        about: "its entries, its leases and what it has queued are lost",
    },
    Choice {
        name: "fail-over-cache",
        title: "Fail over to the replica",
        about: "the replica takes over with what had reached it by then",
    },
    Choice {
        name: "cut-cache",
        title: "Cut the cache off",
        about: "messages between application and cache are lost until it is healed",
    },
    Choice {
        name: "heal-cache",
        title: "Heal the cache",
        about: "messages between application and cache arrive again",
    },
    Choice {
        name: "slow-database",
        title: "Slow the database down",
        about: "it works ten times as long on what it begins until it is healed",
    },
    Choice {
        name: "stop-database",
        title: "Stop the database",
        about: "it refuses every query, those that wait included, until it is healed",
    },
    Choice {
        name: "cut-database",
        title: "Cut the database off",
        about: "messages between application and database are lost until it is healed",
    },
    Choice {
        name: "heal-database",
        title: "Heal the database",
        about: "it works, is as fast as before, and can be reached",
    },
    Choice {
        name: "lose-next-delete",
        title: "Lose the next DELETE",
        about: "the next DELETE is lost on its way to the cache",
    },
    Choice {
        name: "fail-next-cache-write",
        title: "Fail the next SET",
        about: "the next SET fails at the cache",
    },
];

/// What somebody can do. In which lane is a column of its own, which both have in common.
static BY_HAND: [Variant; 2] = [
    Variant {
        tag: "fault",
        title: "Fault",
        about: "",
        fields: &[Field::new("/fault", "which", Kind::Choice(&FAULTS), "")],
        make: |from| in_the_same_lane(from, "fault", FAULTS[0].name),
    },
    Variant {
        tag: "console",
        title: "Console",
        about: "",
        fields: &[Field::new(
            "/console",
            "line",
            Kind::Text(CONSOLE_LINE_MAX),
            "",
        )],
        // The line that comes nearest to a restart.
        make: |from| in_the_same_lane(from, "console", "FLUSHALL"),
    },
];

fn in_the_same_lane(as_of: &Plain, tag: &'static str, what: &str) -> Plain {
    let lane = as_of.field("lane").cloned().unwrap_or(Plain::Null);
    Plain::object([(tag, Plain::from(what)), ("lane", lane)])
}

/// A second after the last one.
fn one_more(faults: &[Plain]) -> Plain {
    let last = faults.last().and_then(|fault| fault.at("/at_us")?.whole());
    let at_us = last.map_or(0, |last| (last + 1_000_000).min(TIME.1));
    Plain::object([
        ("at_us", Plain::from(at_us)),
        ("fault", Plain::from(FAULTS[0].name)),
        ("lane", Plain::Null),
    ])
}

pub(super) static FIELDS: [Field; 2] = [
    Field::new(
        "/faults",
        "Schedule of faults",
        Kind::List(List {
            range: FAULTS_RANGE,
            noun: "fault",
            of: &[
                Field::new("/at_us", "At", Kind::Span(TIME), ""),
                Field::new("/fault", "What", Kind::Choice(&FAULTS), ""),
                Field::new("/lane", "Where", Kind::Lane, ""),
            ],
            more: Some(one_more),
            in_order_of: Some("/at_us"),
        }),
        "What goes wrong at which instant, whatever anybody does.",
    ),
    Field::new(
        "/commands",
        "Given at the playhead",
        Kind::List(List {
            range: COMMANDS,
            noun: "command",
            of: &[
                Field::new("/step", "After step", count((0, u32::MAX as u64), ""), ""),
                Field::new("/command", "What", Kind::OneOf(&BY_HAND), ""),
                Field::new("/command/lane", "Where", Kind::Lane, ""),
            ],
            more: None,
            in_order_of: Some("/step"),
        }),
        "What somebody did by hand, by a click or in the console, in the run that is on screen.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use sim::{ByHand, Fault};

    #[test]
    fn names_are_those_of_the_inputs() {
        for (choice, fault) in FAULTS.iter().zip(Fault::ALL) {
            assert_eq!(Plain::from(choice.name).read("It"), Ok(fault));
        }
    }

    #[test]
    fn what_is_done_by_hand_becomes_another_thing_in_the_same_lane() {
        let [fault, console] = &BY_HAND;
        let before = Plain::object([
            ("fault", Plain::from("cut-cache")),
            ("lane", Plain::from(2)),
        ]);
        let typed = (console.make)(&before);
        let mended = (fault.make)(&typed);
        for (of, made) in [(fault, &before), (console, &typed), (fault, &mended)] {
            assert_eq!(Variant::of(&BY_HAND, made).map(|of| of.tag), Some(of.tag));
            let command: ByHand = made.read("It").expect("it can be done");
            assert_eq!(command.lane(), Some(2));
        }
    }
}
