//! How a cache is deployed: which node has a key.

pub mod ketama;
pub mod modulo;
pub mod slots;
