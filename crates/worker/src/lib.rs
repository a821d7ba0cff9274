//! The trace lab: reads a trace and counts what it comes to in lanes and at other capacities, in slices.

#[cfg(target_arch = "wasm32")]
mod exported;
mod lab;
mod reading;

#[cfg(target_arch = "wasm32")]
pub use exported::Lab as ExportedLab;
pub use lab::{CurvesFound, Lab, MissPoint, TraceOpened, TraceSummary};
