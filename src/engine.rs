//! The rooms that a run spends its time in: a package of their own (`engine/Cargo.toml`), compiled for speed
//! where the page is compiled for size. What uses them finds them in the library's root, as if they were
//! its own.

pub mod units;

pub mod draw;

pub mod cache;

pub mod sim;
