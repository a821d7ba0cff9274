//! Inputs: what is refused and why, and the links that hold them.

mod database;
mod deployment;
mod lane_names;
mod link;
mod refused;
mod scenario;
mod scenes;
mod serverless;
