//! The trace lab: curves, and reading in slices.

mod messages;
mod miss_ratio;
mod slices;
