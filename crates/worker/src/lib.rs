//! The trace lab: reads a trace, counts it for lanes and finds its miss-ratio curves, in slices; and the
//! messages between it and the page. The program that runs it is `main.rs`.

mod curves;
mod lab;
mod messages;

pub use curves::{CurvesFound, MissPoint};
pub use lab::Lab;
pub use messages::{Answer, Order, TraceOpened, TraceSummary, from_text, to_text};
