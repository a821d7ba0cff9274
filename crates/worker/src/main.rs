//! The lab's program: it exports `Lab` to JavaScript, and runs nothing by itself.

#[cfg(target_arch = "wasm32")]
pub use worker::ExportedLab;

fn main() {}
