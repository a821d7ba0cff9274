//! The lab's program, which `static/lab_host.js` starts: it exports `Lab` to JavaScript, and runs nothing
//! by itself.

#[cfg(target_arch = "wasm32")]
mod program;

fn main() {}
