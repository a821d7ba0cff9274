//! The source of the requests, as it is written down.

use serde::{Deserialize, Serialize};
use sim::Operation;
use sim::workload::Generated;

/// The size of a value whose scripted request gives none, in bytes.
pub const VALUE_BYTES: u32 = sim::workload::USUAL_VALUE_BYTES;

/// The source of the requests.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    expecting = "an object with a script or with generated"
)]
pub enum WorkloadInput {
    /// These requests, in order of arrival.
    Script(Vec<RequestInput>),
    /// Requests drawn from distributions.
    Generated(Generated),
}

/// One request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a request object")]
pub struct RequestInput {
    /// When it reaches the application, in microseconds from the start; no earlier than the one
    /// before it.
    pub at_us: u64,
    /// The client that sends it, from 1; 1 if left out.
    #[serde(default = "default_client")]
    pub client: u32,
    /// Read or write.
    pub op: Operation,
    /// The key: 1 to 250 bytes without spaces or control characters.
    pub key: String,
    /// Its own TTL for what it stores, in microseconds, instead of the lane's; 0 for none.
    #[serde(default)]
    pub ttl_us: Option<u64>,
    /// The size of the value that it reads or writes, in bytes, without its key; 100 if left out.
    #[serde(default = "default_value_bytes")]
    pub value_bytes: u32,
}

fn default_client() -> u32 {
    1
}

fn default_value_bytes() -> u32 {
    VALUE_BYTES
}
