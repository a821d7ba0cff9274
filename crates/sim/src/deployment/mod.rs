//! How a cache is deployed: which node has a key.

pub mod slots;
