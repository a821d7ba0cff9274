//! How a cache is deployed: which node has a key, and what a node answers.

pub mod cluster;
pub mod ketama;
pub mod modulo;
pub mod slots;
