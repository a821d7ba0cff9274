//! The world: what one lane simulates, from a request's arrival to its answer.
//!
//! Everything here is a function of the setup and the seed. There is no wall clock, no shared random
//! generator, and no order that depends on a hash.

mod added;
mod command;
mod console;
pub mod cost;
pub mod database;
pub mod day;
pub mod deployment;
pub mod draw;
pub mod durability;
mod event;
mod fault;
mod fixed_point;
mod kinds;
pub mod latency;
mod lease;
pub mod log;
mod metrics;
mod moment;
mod monitor;
mod procedure;
mod queue;
mod request;
mod rows;
mod setup;
mod strategy;
pub mod workload;
mod world;
mod write_queue;

pub use added::Added;
pub use command::{
    Ask, ByHand, ConsoleCommand, ExpireCommand, FaultCommand, Intervention, RequestCommand, reach,
};
pub use console::{CONSOLE_COMMANDS, CONSOLE_LINE_MAX, Reply};
pub use database::{Database, DatabaseKind, Intake, Pool, Row, Table, Units};
pub use deployment::{
    Client, Cluster, Deployed, Deployment, Endpoint, Exceeded, GivenUp, GlobalDatastore, Hashing,
    Memcached, Meter, NODE_TIMEOUT, NodeId, Reach, Replication, ReshardStep, Resharding,
    Serverless, Stage, Zone,
};
pub use durability::{Durability, DurabilitySetup};
pub use event::{
    Answer, Applied, Broken, Event, EventId, EventKind, Failure, Gone, Limit, MovedBytes,
    Operation, Outcome, Party, Refresh, Refused, Rejection, Throttle, Verb, Waiting,
};
pub use fault::{Fault, InForce, ScheduledFault};
pub use fixed_point::log2;
pub use kinds::Kinds;
pub use latency::Latency;
pub use metrics::{Commands, Gauges, Histogram, Interval, Metrics, Replies, Series, Served, Spans};
pub use moment::Moment;
pub use monitor::{Spoiled, Spoiler};
pub use procedure::{Instruction, Line, Procedure};
pub use request::{ActiveRequest, Phase, Trip};
pub use setup::{CacheSetup, DatabaseSetup, LaneSetup, NetworkSetup, way_out};
pub use strategy::{
    Defences, Pattern, Procedures, ReadAbout, ReadPath, Strategy, WriteAbout, WritePath, WriteTtl,
};
pub use workload::{OwnTtl, Request, Warm, Workload};
pub use world::{MOVE_EVERY, Turn, World};
