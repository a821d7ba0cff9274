//! How much memory a run takes, as far as it can be helped.

use super::latencies::Latencies;
use super::log::LoggedEvent;
use scenario::Scenario;

/// What a run may take in memory, in bytes. With a very large cache or database the few states that
/// are always kept take more.
pub const MEMORY_BYTES: u64 = 192 << 20;
/// What of it is left for the summaries of blocks, for the states that are being worked on, and for the
/// program itself.
const OTHERS_BYTES: u64 = 64 << 20;
/// Keyframes get at least this much.
const KEYFRAME_BYTES_MIN: u64 = 8 << 20;

/// What a run keeps. It decides how much is executed again for an answer, and no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// A block is closed at the end of the step with which it holds so many events. It is what is
    /// executed again at a time: a fraction of a millisecond.
    pub block_events: u32,
    /// So many events that were looked at lately are kept. A run with no more is never executed again for
    /// its events.
    pub recorded_events: u32,
    /// What states that were looked at lately may take, in bytes.
    pub moment_bytes: u64,
    /// What keyframes may take, in bytes; two are kept whatever they take.
    pub keyframe_bytes: u64,
}

impl Limits {
    /// Those with which a run of this scenario stays within [`MEMORY_BYTES`].
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
