//! The page: a pure function of the session's scene and the view's own state (selection, open panels,
//! and where between two steps an animation is). It holds no engine data.

mod app;
mod clock;
mod code;
mod controls;
mod dock;
mod drop_down;
mod field;
mod format;
mod header;
mod help;
mod keyboard;
mod lab;
mod lane;
mod layout;
mod marks;
mod menu;
mod messages;
mod metrics;
mod moves;
mod narration;
mod panic;
mod request;
mod simulation;
mod stage;
mod state;
mod story;
mod timeline;
mod trace_panel;

pub use app::{App, AppProps};
pub use panic::report_panics;
