//! Reading traces and replaying them.

mod formats;
mod monitor;
mod replay;
mod zstd;
