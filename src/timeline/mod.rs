//! Time: running a scenario, keeping its log, and reaching any moment of it again.

mod block;
mod duration;
mod explain;
mod explain_eviction;
mod explain_trouble;
mod forks;
mod frame;
mod frame_builder;
mod hash;
mod history;
mod latencies;
mod limits;
mod log;
mod moment;
mod narrate;
mod player;
mod recent;
mod run;
mod series_frame;
mod shape_frame;

pub use block::{Lookups, StepEvents};
pub use duration::duration;
pub use explain::{Sentence, sentence};
pub use forks::Fork;
pub use frame::{
    CacheFrame, DatabaseFrame, EntryFrame, Frame, LaneFrame, MessageFrame, MetricsFrame, PartFrame,
    PhaseFrame, RequestFrame, RowFrame,
};
pub use hash::stable_hash;
pub use limits::{Limits, MEMORY_BYTES};
pub use log::LoggedEvent;
pub use moment::Moment;
pub use narrate::{Narration, narrate};
pub use player::{Command, Player, Unit};
pub use run::Run;
pub use series_frame::SeriesFrame;
pub use shape_frame::{CandidateFrame, MemberFrame, QueueFrame, ShapeFrame};
