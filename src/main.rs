//! Mounts the view, nothing else.
fn main() {}
