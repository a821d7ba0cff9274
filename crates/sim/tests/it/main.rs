//! The world: strategies, faults, queues, workloads and fairness between lanes.

mod cache_only;
mod defences;
mod fairness;
mod faults;
mod queueing;
mod races;
mod workload;
