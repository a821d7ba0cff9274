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

/// trunk's hook after a build: draws the first picture into the page. A debug build does without, so that a
/// saved change is seen sooner.
pub fn first_picture() -> Outcome {
    if std::env::var("TRUNK_PROFILE").as_deref() != Ok("release") {
        return Ok(());
    }
    run(
        Command::new("cargo").args([
            "run",
            "--quiet",
            "--features",
            "first-picture",
            "--bin",
            "first-picture",
        ]),
        "The first picture could not be drawn: see the message above.",
    )
}

/// trunk, with wasm-bindgen on its PATH.
fn trunk() -> Outcome<Command> {
    tools::wasm_target()?;
    let bindgen = tools::wasm_bindgen("wasm-bindgen")?;
    let bindgen = bindgen.parent().unwrap_or(Path::new("."));
    let mut trunk = Command::new(tools::trunk()?);
    trunk
        .env("PATH", path_with(&[bindgen])?)
        // trunk refuses this variable's usual value, 1.
        .env_remove("NO_COLOR");
    Ok(trunk)
}
