//! What opens over the page: help, sharing and files.

pub mod export;
pub mod help;
pub mod modal;
pub mod share;
