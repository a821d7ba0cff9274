//! Faults by schedule, and what a person did at the playhead.

use super::super::ranges::{COMMANDS_MAX, KEY_BYTES_MAX, SHARDS, TIME};
use super::traffic::OPERATIONS;
use super::{Choice, Field, Kind, List, Optional, Variant, count};
use serde_json::{Value, json};
use sim::{CONSOLE_LINE_MAX, Fault};

/// The words for a fault.
pub fn fault_words(fault: Fault) -> &'static Choice {
    &FAULTS[fault as usize]
}

/// The faults, in the order of `Fault::ALL`.
pub(super) static FAULTS: [Choice; 16] = [
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
        about: "messages between application and cache are lost until it is reconnected",
    },
    Choice {
        name: "heal-cache",
        title: "Heal the cache",
        about: "messages between application and cache arrive again",
    },
    Choice {
        name: "slow-database",
        title: "Slow the database down",
        about: "every new query takes ten times as long until it recovers",
    },
    Choice {
        name: "stop-database",
        title: "Stop the database",
        about: "it refuses every query, waiting ones included, until it recovers",
    },
    Choice {
        name: "cut-database",
        title: "Cut the database off",
        about: "messages between application and database are lost until it recovers",
    },
    Choice {
        name: "heal-database",
        title: "Heal the database",
        about: "it is up, at its normal speed, and can be reached",
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
    Choice {
        name: "stop-cache-node",
        title: "Stop the node",
        about: "its entries are lost, and so is every message to it until it is restarted",
    },
    Choice {
        name: "remove-cache-node",
        title: "Remove the node",
        about: "a Memcached node leaves the client's list, and its entries are lost",
    },
    Choice {
        name: "add-cache-node",
        title: "Add the node",
        about: "a Memcached node joins the client's list, empty",
    },
    Choice {
        name: "add-shard",
        title: "Add a shard",
        about: "a shard joins the cluster, and a share of the other shards' slots moves to it with their keys",
    },
    Choice {
        name: "remove-shard",
        title: "Remove the shard",
        about: "its slots move to the other shards with their keys, then its nodes leave the cluster",
    },
    Choice {
        name: "promote-region",
        title: "Promote the Region",
        about: "a secondary Region of a Global Datastore becomes the primary one, once that is done",
    },
];

/// The availability zones, in the order of `Zone::ALL`.
static ZONES: [Choice; 3] = [
    Choice {
        name: "a",
        title: "zone a",
        about: "",
    },
    Choice {
        name: "b",
        title: "zone b",
        about: "",
    },
    Choice {
        name: "c",
        title: "zone c",
        about: "",
    },
];

/// Kinds of commands; the lane has its own column.
static BY_HAND: [Variant; 4] = [
    Variant {
        tag: "fault",
        title: "Fault",
        about: "",
        fields: &[Field::new("/fault", "which", Kind::Choice(&FAULTS), "")],
        make: |from| in_the_same_lane(from, "fault", json!(FAULTS[0].name)),
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
        // The console's nearest thing to a restart.
        make: |from| in_the_same_lane(from, "console", json!("FLUSHALL")),
    },
    Variant {
        tag: "request",
        title: "Request",
        about: "",
        fields: &[
            Field::new("/request/op", "what", Kind::Choice(&OPERATIONS), ""),
            Field::new("/request/key", "key", Kind::Text(KEY_BYTES_MAX), ""),
        ],
        make: |from| {
            let request = json!({"op": OPERATIONS[0].name, "key": key_of(from)});
            in_the_same_lane(from, "request", request)
        },
    },
    Variant {
        tag: "expire",
        title: "Let expire",
        about: "",
        fields: &[Field::new("/expire", "key", Kind::Text(KEY_BYTES_MAX), "")],
        make: |from| in_the_same_lane(from, "expire", key_of(from)),
    },
];

fn in_the_same_lane(as_of: &Value, tag: &'static str, what: Value) -> Value {
    let lane = as_of.get("lane").cloned().unwrap_or(Value::Null);
    json!({(tag): what, "lane": lane})
}

/// The key of the command that is replaced, if it has one: any other has to be typed over.
fn key_of(command: &Value) -> Value {
    let places = ["/request/key", "/expire"];
    let key = places.iter().find_map(|place| command.pointer(place));
    key.cloned().unwrap_or(Value::from("key"))
}

/// A fault a second after the last one.
fn one_more(faults: &[Value]) -> Value {
    let last = faults
        .last()
        .and_then(|fault| fault.pointer("/at_us")?.as_u64());
    let at_us = last.map_or(0, |last| (last + 1_000_000).min(TIME.1));
    json!({
        "at_us": at_us,
        "fault": FAULTS[0].name,
        "lane": null,
    })
}

pub(super) static FIELDS: [Field; 2] = [
    Field::new(
        "/faults",
        "Schedule of faults",
        Kind::List(List {
            range: (0, 1_000),
            noun: "fault",
            of: &[
                Field::new("/at_us", "At", Kind::Span(TIME), ""),
                Field::new("/fault", "What", Kind::Choice(&FAULTS), ""),
                Field::new("/lane", "Where", Kind::Lane, ""),
                Field::new(
                    "/node",
                    "Which node",
                    Kind::Optional(Optional {
                        of: &count(SHARDS, ""),
                        when_on: || Value::from(1),
                        absent: "all nodes",
                    }),
                    "",
                ),
                Field::new(
                    "/zone",
                    "Which zone",
                    Kind::Optional(Optional {
                        of: &Kind::Choice(&ZONES),
                        when_on: || Value::from(ZONES[1].name),
                        absent: "all zones",
                    }),
                    "",
                ),
            ],
            more: Some(one_more),
            in_order_of: Some("/at_us"),
        }),
        "Faults that happen at a fixed time.",
    ),
    Field::new(
        "/commands",
        "Done by hand",
        Kind::List(List {
            range: (0, COMMANDS_MAX as u64),
            noun: "command",
            of: &[
                Field::new("/step", "After step", count((0, u32::MAX as u64), ""), ""),
                Field::new("/command", "What", Kind::OneOf(&BY_HAND), ""),
                Field::new("/command/lane", "Where", Kind::Lane, ""),
            ],
            more: None,
            in_order_of: Some("/step"),
        }),
        "Faults, console commands, requests and expiries by hand during this run.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use sim::ByHand;

    #[test]
    fn names_are_those_of_the_inputs() {
        for (choice, fault) in FAULTS.iter().zip(Fault::ALL) {
            assert_eq!(read("It", &Value::from(choice.name)), Ok(fault));
        }
    }

    #[test]
    fn what_is_done_by_hand_becomes_another_thing_in_the_same_lane() {
        let mut made = json!({
            "fault": "cut-cache",
            "lane": 2,
        });
        for of in BY_HAND.iter().chain(BY_HAND.iter().rev()) {
            made = (of.make)(&made);
            assert_eq!(Variant::of(&BY_HAND, &made).map(|of| of.tag), Some(of.tag));
            let command: ByHand = read("It", &made).expect("it can be done");
            assert_eq!(command.lane(), Some(2));
        }
        let expired = json!({"expire": "user:7", "lane": null});
        let asked = (BY_HAND[2].make)(&expired);
        assert_eq!(asked.pointer("/request/key"), Some(&json!("user:7")));
        assert_eq!((BY_HAND[3].make)(&asked), expired);
    }
}
