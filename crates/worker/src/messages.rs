//! The messages between the page and the lab, which travel as JSON text.

use crate::CurvesFound;
use scenario::ScenarioInput;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use trace::Replay;

/// An order from the page to the lab. A later order takes the place of an earlier one that is not done, but
/// curves go on after a count.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Order {
    /// Read the file that comes with the order, and count it for the lanes that a trace has when it is
    /// opened.
    Read {
        /// The seed of the scenario that steps through it.
        seed: String,
    },
    /// After a refusal: go on with what was read before the error.
    Keep,
    /// Count the whole trace for the lanes of a scenario.
    Count {
        /// The number that the answer has to carry.
        number: u32,
        /// The scenario. Its requests do not matter.
        scenario: Box<ScenarioInput>,
    },
    /// Find miss-ratio curves.
    FindCurves {
        /// The policies by name, "belady" among them or not.
        policies: Vec<String>,
        /// The capacities, in entries.
        capacities: Vec<u32>,
    },
    /// Find no more of them.
    StopCurves,
}

/// An answer of the lab.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// How far the reading has come.
    Progress {
        /// How many bytes of the file have been read.
        bytes: u64,
        /// How many requests they gave.
        requests: u64,
    },
    /// The trace has been read and counted.
    Opened(Box<TraceOpened>),
    /// The order failed.
    Refused {
        /// Why, in a sentence.
        why: String,
        /// How many requests were read before that; they can be kept.
        requests: u64,
    },
    /// The answer to [`Order::Count`].
    Counted {
        /// The order's number.
        number: u32,
        /// The counts, for each lane.
        replays: Vec<Replay>,
    },
    /// The curves as far as they are known.
    Curves(CurvesFound),
}

/// Writes a message.
pub fn to_text(message: &impl Serialize) -> String {
    serde_json::to_string(message).expect("messages are plain data")
}

/// Reads a message.
///
/// # Errors
/// If the text is not such a message.
pub fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

/// A trace without its requests.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TraceSummary {
    /// The name of its file.
    pub name: String,
    /// How many requests it has.
    pub requests: u64,
    /// How many different keys they name.
    pub keys: u32,
    /// Whether the file says when its requests came; if not they are a second apart.
    pub timed: bool,
    /// What was ignored in the file: columns, and commands with how often they came.
    pub unused: Vec<String>,
}

/// The page's part of a trace that has been read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TraceOpened {
    /// The trace without its requests.
    pub summary: TraceSummary,
    /// The scenario that steps through its beginning.
    pub scenario: ScenarioInput,
    /// The counts of the whole file, for each lane of that scenario.
    pub replays: Vec<Replay>,
}
