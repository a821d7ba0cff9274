//! The state in a link: `v1.` and then base64url (RFC 4648, without padding) of a raw deflate stream
//! (RFC 1951) of JSON text, which holds the inputs without what a reader fills in, the playhead and the
//! open panel. It holds no results.
//!
//! Every version's reader is kept for good: `tests/link.rs` holds links that have to be read as long as
//! the project lives.

use super::pointer::Invalid;
use super::{Plain, Scenario, ScenarioInput, WorkloadInput, json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use serde::Serialize;

/// What a link of this version begins with.
const VERSION: &str = "v1.";
/// The most characters of an encoded state. So it fits the suspend data of SCORM 1.2 too.
pub const LINK_MAX: usize = 4_096;
/// The most bytes that are unpacked from one.
const TEXT_MAX: usize = 64 * 1024;
/// How hard it is packed: the difference to the highest level is a few bytes.
const LEVEL: u8 = 8;

/// What a link restores.
#[derive(Debug)]
pub struct Linked {
    /// The scenario.
    pub scenario: Scenario,
    /// The step at which the playhead is; the run may turn out to have fewer.
    pub step: u32,
    /// The name of the panel that is open.
    pub panel: Option<String>,
}

/// The state as it stands in a link, after the `#`; `None` if it is too large for one. The
/// inputs are the canonical ones.
pub fn encode(inputs: &ScenarioInput, step: u32, panel: Option<&str>) -> Option<String> {
    // The shortest way to write down a request takes more than this: a long trace need not be tried.
    const REQUEST_MIN: usize = 32;
    if matches!(&inputs.workload, WorkloadInput::Script(of) if of.len() > TEXT_MAX / REQUEST_MIN) {
        return None;
    }
    let state = State {
        inputs: shortened(Plain::of(inputs)),
        step,
        panel,
    };
    let text = json(&state);
    if text.len() > TEXT_MAX {
        return None;
    }
    let mut encoded = VERSION.to_owned();
    URL_SAFE_NO_PAD.encode_string(compress_to_vec(text.as_bytes(), LEVEL), &mut encoded);
    (encoded.len() <= LINK_MAX).then_some(encoded)
}

/// The JSON text in what follows the `#` of a link.
///
/// # Errors
/// What is wrong with it, in a sentence.
fn text(fragment: &str) -> Result<String, Invalid> {
    let bad = |reason: &str| Err(Invalid::unreadable("The link", String::new(), reason));
    if fragment.len() > LINK_MAX {
        return bad("it is longer than any that this page makes");
    }
    let Some(encoded) = fragment.strip_prefix(VERSION) else {
        let newer = fragment.strip_prefix('v').and_then(|rest| {
            let (version, _) = rest.split_once('.')?;
            version.parse::<u32>().ok().filter(|&version| version > 1)
        });
        return match newer {
            Some(version) => bad(&format!(
                "it is of version {version}, and this page knows version 1"
            )),
            None => bad("it does not begin with v1."),
        };
    };
    let Ok(packed) = URL_SAFE_NO_PAD.decode(encoded) else {
        return bad("a character is missing, or is none that links have");
    };
    match decompress_to_vec_with_limit(&packed, TEXT_MAX) {
        Ok(bytes) => String::from_utf8(bytes).or_else(|_| bad("what it holds is no text")),
        Err(error) if error.status == TINFLStatus::HasMoreOutput => {
            bad("what it holds is larger than 64 KiB")
        }
        Err(_) => bad("its end is missing, or it has been changed"),
    }
}

/// Reads the state from what follows the `#` of a link.
///
/// # Errors
/// What is wrong with it, or the first field that is missing, unknown, of the wrong type or out of its
/// range, with its path.
pub fn decode(fragment: &str) -> Result<Linked, Invalid> {
    read(&Plain::parse("The link", &text(fragment)?)?)
}

fn read(plain: &Plain) -> Result<Linked, Invalid> {
    let Plain::Object(fields) = plain else {
        let reason = "it holds no object";
        return Err(Invalid::unreadable("The link", String::new(), reason));
    };
    let (mut inputs, mut step, mut panel) = (None, 0, None);
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("inputs", value) => inputs = Some(value),
            ("step", Plain::Whole(number)) => {
                let whole = u32::try_from(*number);
                step = whole.map_err(|_| Invalid::new("/step", "the number of a step", number))?;
            }
            ("step", _) => return Err(Invalid::new("/step", "a whole number", "something else")),
            ("panel", Plain::Text(name)) => panel = Some(name.clone()),
            ("panel", _) => return Err(Invalid::new("/panel", "a name", "something else")),
            _ => {
                let path = format!("/{}", super::plain::quoted(name, 40));
                return Err(Invalid::unknown(path, "inputs, step, panel"));
            }
        }
    }
    let missing = || Invalid::new("/inputs", "a scenario object", "missing");
    let scenario = Scenario::from_plain(inputs.ok_or_else(missing)?)?;
    Ok(Linked {
        scenario,
        step,
        panel,
    })
}

#[derive(Serialize)]
struct State<'a> {
    inputs: Plain,
    #[serde(skip_serializing_if = "is_zero")]
    step: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    panel: Option<&'a str>,
}

fn is_zero(step: &u32) -> bool {
    *step == 0
}

/// The inputs without what a reader fills in where nothing is said: what the shortest scenario comes
/// to, when it has been read.
fn shortened(inputs: Plain) -> Plain {
    let shortest = r#"{"workload":{"script":[{"at_us":0,"op":"read","key":"k"}]},
        "warm":[{"key":"k"}],"faults":[{"at_us":0,"fault":"restart-cache"}],
        "lanes":[{"strategy":{"read":"no-cache","write":"write-around"}}]}"#;
    let read: ScenarioInput = Plain::parse("It", shortest)
        .and_then(|plain| plain.read("It"))
        .expect("everything that has to be said is said");
    let filled = Plain::of(&read);
    let lane = first(field(&filled, "lanes"));
    let strategy = field(lane, "strategy");
    let request = first(field(field(&filled, "workload"), "script"));
    let nothing: [&str; 0] = [];
    without(
        inputs,
        &filled,
        &["workload", "lanes"],
        |name, value| match name {
            "warm" => each(value, |warm| {
                without(warm, first(field(&filled, name)), &["key"], as_it_is)
            }),
            "faults" => each(value, |fault| {
                let said = ["at_us", "fault"];
                without(fault, first(field(&filled, name)), &said, as_it_is)
            }),
            "workload" => without(value, &Plain::Null, &nothing, |name, value| match name {
                "script" => each(value, |of| {
                    without(of, request, &["at_us", "op", "key"], as_it_is)
                }),
                _ => value,
            }),
            "lanes" => {
                each(value, |of| {
                    without(of, lane, &["strategy"], |name, value| match name {
                        "strategy" => without(
                            value,
                            strategy,
                            &["read", "write"],
                            |name, value| match name {
                                "defences" => {
                                    without(value, field(strategy, name), &nothing, as_it_is)
                                }
                                _ => value,
                            },
                        ),
                        "cache" | "database" | "network" => {
                            without(value, field(lane, name), &nothing, as_it_is)
                        }
                        _ => value,
                    })
                })
            }
            _ => value,
        },
    )
}

fn as_it_is(_: &str, value: Plain) -> Plain {
    value
}

/// An object without the fields that are as in `filled`, unless they have to be said; `inner` changes
/// those that are left.
fn without(
    plain: Plain,
    filled: &Plain,
    said: &[&str],
    inner: impl Fn(&str, Plain) -> Plain,
) -> Plain {
    let Plain::Object(fields) = plain else {
        return plain;
    };
    let left = fields.into_iter().filter_map(|(name, value)| {
        let stays = said.contains(&&*name) || *field(filled, &name) != value;
        stays.then(|| {
            let value = inner(&name, value);
            (name, value)
        })
    });
    Plain::Object(left.collect())
}

fn each(plain: Plain, change: impl Fn(Plain) -> Plain) -> Plain {
    match plain {
        Plain::List(items) => Plain::List(items.into_iter().map(change).collect()),
        other => other,
    }
}

fn first(plain: &Plain) -> &Plain {
    match plain {
        Plain::List(items) => items.first().unwrap_or(&Plain::Null),
        _ => &Plain::Null,
    }
}

/// A field of an object, or what is equal to nothing if it is not there.
fn field<'a>(plain: &'a Plain, name: &str) -> &'a Plain {
    let Plain::Object(fields) = plain else {
        return &ABSENT;
    };
    let found = fields.iter().find(|(of, _)| of == name);
    found.map_or(&ABSENT, |(_, value)| value)
}

/// Not even equal to itself.
static ABSENT: Plain = Plain::Real(f64::NAN);
