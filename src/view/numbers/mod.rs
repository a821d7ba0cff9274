//! The lanes' numbers side by side, and how plots of them are drawn.

pub mod compare;
pub mod cost;
pub mod metrics;
mod number;
pub mod plot;
