//! Runs: golden hashes, seeking, sentences and sequence diagrams.

mod determinism;
mod loops;
mod opening;
mod sentences;
mod sequence;
mod timeline;
mod truth;
