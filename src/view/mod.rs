//! The page: a pure function of the session's snapshot and the view's own state (selection, open panels,
//! and where between two steps an animation is). It holds no engine data.

mod actions;
mod app;
mod context;
mod dialogs;
mod glossary;
mod numbers;
mod panels;
mod print;
mod race;
mod recap;
mod shell;
mod stage;
mod state;
mod timeline;

pub use app::{App, AppProps};
pub use numbers::cost::{Costs, CostsProps};
pub use panels::day::{Preset, day_verdict};
pub use panels::plan::{Taken, from_lane, from_trace, limit_sentence, verdict};
pub use shell::address::{Start, open as open_address};
pub use shell::panic::report_panics;
pub use shell::screen::Screen;
pub use stage::act_menu::{Acts, ActsProps};
pub use stage::animated_time::AnimatedTime;
pub use stage::picture::{Picture, PictureProps};
pub use state::Follow;
