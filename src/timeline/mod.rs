//! Time: running a scenario, keeping its log, and reaching any moment of it again.

mod explain;
mod frame;
mod frame_builder;
mod hash;
mod log;
mod moment;
mod player;
mod run;

pub use explain::{Narration, Sentence, duration, narrate, sentence};
pub use frame::{
    CacheFrame, DatabaseFrame, EntryFrame, Frame, LaneFrame, MessageFrame, MetricsFrame, PartFrame,
    PhaseFrame, RequestFrame, RowFrame,
};
pub use hash::stable_hash;
pub use log::LoggedEvent;
pub use moment::Moment;
pub use player::{Command, Player, Unit};
pub use run::Run;
