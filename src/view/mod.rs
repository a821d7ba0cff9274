//! The page: a pure function of the session's scene and the view's own state (selection, open panels,
//! and where between two steps an animation is). It holds no engine data.

mod address;
mod app;
mod clock;
mod code;
mod compare;
mod controls;
mod dock;
mod drop_down;
mod dropping;
mod embed;
mod entries_table;
mod export;
mod field;
mod format;
mod grid;
mod header;
mod help;
mod keyboard;
mod lab;
mod lane;
mod lane_menu;
mod layout;
mod marks;
mod menu;
mod messages;
mod metrics;
mod modal;
mod narration;
mod panels;
mod panic;
mod picture;
mod plot;
mod race;
mod request;
mod share;
mod simulation;
mod stage;
mod state;
mod stepping;
mod timeline;

pub use address::{Start, open as open_address};
pub use app::{App, AppProps};
pub use panic::report_panics;
pub use picture::{Picture, PictureProps};
pub use state::Follow;
