//! The lab's program: what `bridge::Lab` exports, and nothing that runs by itself.

pub use cache_playground::bridge::Lab;

fn main() {}
