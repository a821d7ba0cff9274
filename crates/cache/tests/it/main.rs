//! The cache engine beside simulators, naive references and a real server.

mod cases;
mod differential;
mod naive;
mod naive_references;
mod oracle;
mod properties;
mod rules;
mod sampled_policies;
mod streams;
