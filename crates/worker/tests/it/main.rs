//! The trace lab: curves, and reading in slices.

mod miss_ratio;
mod slices;
