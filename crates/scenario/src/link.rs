//! The state in a link: `v1.` and then base64url (RFC 4648, without padding) of a raw deflate stream
//! (RFC 1951) of JSON text, which holds the inputs without what a reader fills in, the playhead and the
//! open panel. It holds no results.
//!
//! Every version's reader is kept for good: `tests/data/links.tsv` holds links that have to stay readable as
//! long as the project lives.

use super::{DatabaseInput, Invalid, Scenario, ScenarioInput, WorkloadInput, parse, read};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim::workload::Generated;

/// The beginning of a link of this version.
const VERSION: &str = "v1.";
/// The most characters of an encoded state, which is what SCORM 1.2's suspend data hold.
pub const LINK_MAX: usize = 4_096;
/// The most bytes that a link is unpacked to.
const TEXT_MAX: usize = 64 * 1024;

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
    let place = Place {
        step,
        panel: panel.map(str::to_owned),
    };
    let mut state = serde_json::to_value(place).expect("a place is plain data");
    state["inputs"] = shortened(inputs);
    let text = state.to_string();
    if text.len() > TEXT_MAX {
        return None;
    }
    let mut packed = Vec::with_capacity(LINK_MAX);
    let mut deflate = Compress::new(Compression::best(), false);
    let done = deflate.compress_vec(text.as_bytes(), &mut packed, FlushCompress::Finish);
    let encoded = format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(&packed));
    let fits = matches!(done, Ok(Status::StreamEnd)) && encoded.len() <= LINK_MAX;
    fits.then_some(encoded)
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
        return bad("it is cut short or has a character that no link has");
    };
    let mut bytes = Vec::with_capacity(TEXT_MAX + 1);
    let done = Decompress::new(false).decompress_vec(&packed, &mut bytes, FlushDecompress::Finish);
    if bytes.len() > TEXT_MAX {
        return bad("what it holds is larger than 64 KiB");
    }
    if !matches!(done, Ok(Status::StreamEnd)) {
        return bad("its end is missing, or it has been changed");
    }
    String::from_utf8(bytes).or_else(|_| bad("what it holds is not text"))
}

/// Reads the state from what follows the `#` of a link.
///
/// # Errors
/// What is wrong with it, or the first field that is missing, unknown, of the wrong type or out of its
/// range, with its path.
pub fn decode(fragment: &str) -> Result<Linked, Invalid> {
    let mut state = parse("The link", &text(fragment)?)?;
    let inputs = state.as_object_mut().and_then(|of| of.remove("inputs"));
    let place: Place = read("The link", &state)?;
    let Some(inputs) = inputs else {
        let reason = "it is not an object with inputs, step and panel";
        return Err(Invalid::unreadable("The link", String::new(), reason));
    };
    Ok(Linked {
        scenario: Scenario::from_value(&inputs)?,
        step: place.step,
        panel: place.panel,
    })
}

/// What a link holds beside the inputs.
#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with inputs, step and panel"
)]
struct Place {
    #[serde(default, skip_serializing_if = "is_zero")]
    step: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    panel: Option<String>,
}

fn is_zero(step: &u32) -> bool {
    *step == 0
}

/// The inputs with nothing but the fields that have to be there, one of each kind.
const SHORTEST: &str = r#"{
    "workload": {"script": [{"at_us": 0, "op": "read", "key": "k"}]},
    "warm": [{"key": "k"}],
    "faults": [{"at_us": 0, "fault": "restart-cache"}],
    "lanes": [{
        "strategy": {"read": "no-cache", "write": "write-around", "defences": {}},
        "cache": {},
        "database": {},
        "network": {}
    }],
    "plan": {},
    "prices": {},
    "day": {}
}"#;
/// Objects that a reader fills in as a whole.
const FILLED_IN: [&str; 3] = ["plan", "prices", "day"];

/// The inputs without the fields that reading fills in. The inputs themselves always serialize every
/// field, because scripts and the set-up panel want the whole.
fn shortened(inputs: &ScenarioInput) -> Value {
    let mut shortest = parse("It", SHORTEST).expect("it is JSON");
    let filled: ScenarioInput = read("It", &shortest).expect("every required field is there");
    let mut filled = filled.to_value();
    // A generator does without any field.
    let kind = "generated";
    shortest["workload"][kind] = Value::Object(serde_json::Map::new());
    filled["workload"][kind] =
        serde_json::to_value(Generated::default()).expect("settings are plain data");
    let mut value = inputs.to_value();
    shorten(&mut value, &shortest, &filled);
    shorten_databases(&mut value, inputs);
    if let Value::Object(fields) = &mut value {
        let nothing_left = |of: &Value| of.as_object().is_some_and(|of| of.is_empty());
        fields.retain(|name, of| !FILLED_IN.contains(&&**name) || !nothing_left(of));
    }
    value
}

/// Removes from each lane's database the fields that are as its kind usually has them: what reading fills in
/// depends on the kind.
fn shorten_databases(value: &mut Value, inputs: &ScenarioInput) {
    let plain = |of: &DatabaseInput| serde_json::to_value(of).expect("inputs are plain data");
    let relational = plain(&DatabaseInput::default());
    for (place, lane) in inputs.lanes.iter().enumerate() {
        let (mut database, usual) = (
            plain(&lane.database),
            plain(&DatabaseInput::of(lane.database.kind)),
        );
        if let Value::Object(fields) = &mut database {
            fields.retain(|name, of| {
                let filled_in = if name == "kind" { &relational } else { &usual };
                filled_in.get(name) != Some(of)
            });
        }
        value["lanes"][place]["database"] = database;
    }
}

/// Removes each field that `shortest` does without and whose value is the same in `filled`, which is
/// what reading makes of `shortest`. Goes through the objects and lists that `shortest` has.
fn shorten(value: &mut Value, shortest: &Value, filled: &Value) {
    match (value, shortest) {
        (Value::Object(fields), Value::Object(shortest)) => {
            fields.retain(|name, value| {
                shortest.contains_key(name) || filled.get(name) != Some(value)
            });
            for (name, value) in fields {
                if let Some(shortest) = shortest.get(name) {
                    shorten(value, shortest, &filled[name]);
                }
            }
        }
        (Value::Array(items), Value::Array(shortest)) => {
            for item in items {
                shorten(item, &shortest[0], &filled[0]);
            }
        }
        _ => {}
    }
}
