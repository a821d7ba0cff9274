//! The world: strategies, faults, queues, workloads, fairness between lanes, deployments, and what a cache costs.

mod cache_only;
mod cost;
mod databases;
mod day;
mod defences;
mod deployment;
mod durability;
mod fairness;
mod faults;
mod placement;
mod queueing;
mod races;
mod real_cluster;
mod regions;
mod replication;
mod resharding;
mod serverless;
mod workload;
mod zones;
