//! Building and serving the release site with trunk.

use crate::{
    run::{Outcome, path_with, run},
    tools,
};
use std::{path::Path, process::Command};

/// The folder of the finished site.
pub const DIST: &str = "dist";

/// `cargo xtask build`: the site in `dist/`, within its size budget.
pub fn build() -> Outcome {
    run(
        trunk()?.args(["build", "--release", "--dist", DIST]),
        "The site could not be built: see the message above.",
    )?;
    run(
        Command::new("node").args(["xtask/sizes.mjs", DIST]),
        "The site is over its size budget: see the sentence above.",
    )
}

/// `cargo xtask serve`: the release page, which trunk builds again when a source changes.
pub fn serve(options: &[&str]) -> Outcome {
    run(
        // Not into dist/: a served page has trunk's script that reloads it.
        trunk()?
            .args(["serve", "--release", "--dist", "target/serve"])
            .args(options),
        "The site is no longer served: see the message above.",
    )
}

/// trunk, with the tools it calls on its PATH.
fn trunk() -> Outcome<Command> {
    let node_programs = tools::node_packages()?;
    let bindgen = tools::wasm_bindgen("wasm-bindgen")?;
    let bindgen = bindgen.parent().unwrap_or(Path::new("."));
    let mut trunk = Command::new(tools::trunk()?);
    trunk
        .env("PATH", path_with(&[&node_programs, bindgen])?)
        // trunk refuses this variable's usual value, 1.
        .env_remove("NO_COLOR");
    Ok(trunk)
}
