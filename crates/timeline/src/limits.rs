//! Limits on the memory of a run.

use super::latencies::Latencies;
use super::log::LoggedEvent;
use scenario::Scenario;

/// The memory that a run may take, in bytes. With a very large cache or database the few states that are
/// always kept take more.
pub const MEMORY_BYTES: u64 = 192 << 20;
/// The part of it that is left for summaries of blocks, for the states that are being worked on, and for the
/// program itself.
const OTHERS_BYTES: u64 = 64 << 20;
/// Keyframes get at least this much.
const KEYFRAME_BYTES_MIN: u64 = 8 << 20;

/// How much a run keeps; affects speed only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// A block is closed at the end of the step with which it holds this many events. It is executed again as
    /// a whole, in a fraction of a millisecond.
    pub block_events: u32,
    /// The most events kept of those looked at lately. A run with no more is never executed again for its
    /// events.
    pub recorded_events: u32,
    /// The memory for states that were looked at lately, in bytes.
    pub moment_bytes: u64,
    /// The memory for keyframes, in bytes; two are always kept.
    pub keyframe_bytes: u64,
}

impl Limits {
    /// The limits with which a run of this scenario stays within [`MEMORY_BYTES`].
    pub fn of(scenario: &Scenario) -> Self {
        let (recorded_events, moment_bytes) = (1 << 16, 4 << 20);
        let records = u64::from(recorded_events) * size_of::<LoggedEvent>() as u64;
        let latencies = Latencies::bytes(scenario.workload.len() as usize, scenario.lanes.len());
        let others = records + moment_bytes + latencies + OTHERS_BYTES;
        Limits {
            block_events: 1024,
            recorded_events,
            moment_bytes,
            keyframe_bytes: MEMORY_BYTES.saturating_sub(others).max(KEYFRAME_BYTES_MIN),
        }
    }
}
