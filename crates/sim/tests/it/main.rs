//! The world: strategies, faults, queues, workloads, fairness between lanes, and what a cache costs.

mod cache_only;
mod cost;
mod defences;
mod fairness;
mod faults;
mod queueing;
mod races;
mod workload;
