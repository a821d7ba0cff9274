//! Runs: golden hashes, seeking, sentences and sequence diagrams.

mod acts;
mod claims;
mod cost;
mod determinism;
mod long_run;
mod loops;
mod opening;
mod pace;
mod recap;
mod sentences;
mod sequence;
mod serverless;
mod timeline;
mod truth;
