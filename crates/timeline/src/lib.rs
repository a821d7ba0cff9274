//! Time: running a scenario, keeping its log, and reaching any moment of it again.

mod block;
mod command;
mod cost_frame;
mod divergence;
mod find;
mod forks;
mod frame;
mod frame_builder;
mod history;
mod instants;
mod latencies;
mod limits;
mod log;
mod moves;
mod pace;
mod player;
mod recent;
mod run;
mod sequence;
mod series_frame;
mod shape_frame;
mod stretch;
mod trail;
mod words;

pub use block::StepEvents;
pub use cache::units::stable_hash;
pub use command::{Command, ConsoleLine, Repeat, Unit, read_act};
pub use cost_frame::{CostFrame, CostPartFrame, ServerlessCostFrame};
pub use divergence::{Divergence, Divergences, Verdict};
pub use forks::Fork;
pub use frame::{
    CacheFrame, DatabaseFrame, EntryFrame, Frame, LaneFrame, MessageFrame, MetricsFrame,
    MovedFrame, MovingFrame, NodeFrame, PartFrame, PhaseFrame, RequestFrame, ReshardingFrame, Role,
    RowFrame, ServerlessFrame, UnitsFrame,
};
pub use latencies::Answered;
pub use limits::{Limits, MEMORY_BYTES};
pub use log::LoggedEvent;
pub use pace::{Beat, Pace, Playing, ReadingPace};
pub use player::Player;
pub use run::Run;
pub use sequence::{Arrow, Doing, Lifeline, Sequence, Span};
pub use series_frame::SeriesFrame;
pub use shape_frame::{CandidateFrame, MemberFrame, QueueFrame, ShapeFrame};
pub use sim::Moment;
pub use stretch::{Stretch, Tally};
pub use trail::{Happening, Subject, Trail};
pub use words::{
    Deleter, DurableFact, Effect, Fact, Finder, Narration, NodeName, Part, Plan, Purpose,
    RecapLine, RegionFact, ReplicaFact, ReshardFact, Sentence, ServerlessFact, Source, ZoneFact,
    bytes, counted, dollars, duration, ecpus, fault_title, grouped, narrate, per_mille, price,
    recap, scaled, sentence,
};
