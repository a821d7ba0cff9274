//! The world: strategies, faults, queues, workloads, fairness between lanes, and deployments.

mod cache_only;
mod defences;
mod deployment;
mod fairness;
mod faults;
mod placement;
mod queueing;
mod races;
mod real_cluster;
mod workload;
