//! The page natively: what it holds, and what its components draw.

mod acts;
mod console;
mod day;
mod divergence;
mod edited;
mod fuzz_corpus;
mod lane_cost;
mod long_run;
mod optimum;
mod plan;
mod race_mode;
mod session_commands;
mod session_fields;
mod session_undo;
mod view_stage;
