//! Building the release site into `dist/`, only when a source is newer than it.

use crate::{
    run::{Outcome, path_with, run},
    tools,
};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

/// The folder the finished site is in.
pub const DIST: &str = "dist";

/// Everything the site is made from.
const INPUTS: [&str; 6] = [
    "src",
    "static",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
];

/// `cargo xtask build`.
pub fn command() -> Outcome {
    let lock = lock()?;
    build()?;
    drop(lock);
    check_size()
}

/// Builds the site unless it is newer than all it is made from.
pub fn build_if_stale() -> Outcome {
    let _lock = lock()?;
    if is_fresh() { Ok(()) } else { build() }
}

/// Waits until no other `cargo xtask` builds this site, such as a server that saw the same change:
/// two builds at once take away each other's files.
fn lock() -> Outcome<File> {
    let path = Path::new("target").join("site.lock");
    std::fs::create_dir_all("target")
        .and_then(|()| File::create(&path))
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|error| {
            format!(
                "{} cannot be locked ({error}): check its permissions.",
                path.display()
            )
        })
}

/// Builds the site with what it takes, installing that first.
fn build() -> Outcome {
    tools::wasm_target()?;
    let trunk = tools::trunk()?;
    let bindgen = tools::wasm_bindgen("wasm-bindgen")?;
    let optimiser = tools::wasm_opt()?;
    // trunk builds offline below, so what Cargo.lock names has to be here. Offline this is silent.
    run(
        Command::new("cargo").args(["fetch", "--quiet", "--target", tools::WASM]),
        "The dependencies could not be fetched: check the network and Cargo.toml, and try again.",
    )?;
    let newest = newest_input();
    run(
        Command::new(&trunk)
            // Offline keeps trunk from downloading tools of its own choosing.
            .args(["build", "--release", "--offline"])
            .env(
                "PATH",
                path_with(&[&optimiser, &bindgen].map(|tool| tools::folder_of(tool)))?,
            )
            // trunk takes this variable's usual value, 1, for a mistake.
            .env_remove("NO_COLOR")
            // The compiler's own message says it all.
            .env("RUST_BACKTRACE", "0")
            // Below errors it only warns that it cannot minify wasm-bindgen's JavaScript.
            .env("RUST_LOG", "error"),
        "The site could not be built: mend what the compiler or trunk says above, and build again.",
    )?;
    stamp(newest)
}

/// Prints the site's size; a part over its budget is an error.
pub fn check_size() -> Outcome {
    tools::node()?;
    run(
        Command::new("node").args(["xtask/sizes.mjs", DIST]),
        "The site is over its size budget: see the sentence above.",
    )
}

/// When the newest of the site's sources changed. A folder's own time tells of files removed.
pub fn newest_input() -> Option<SystemTime> {
    let mut newest = None;
    let mut waiting: Vec<PathBuf> = INPUTS.iter().map(PathBuf::from).collect();
    while let Some(path) = waiting.pop() {
        newest = newest.max(modified(&path));
        if let Ok(entries) = std::fs::read_dir(&path) {
            waiting.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    newest
}

fn is_fresh() -> bool {
    modified(&page()).is_some_and(|built| Some(built) >= newest_input())
}

/// Gives the built page the time of its newest source, taken before the build began: a source that
/// changes during the build is then still newer than the page.
fn stamp(newest: Option<SystemTime>) -> Outcome {
    let Some(newest) = newest else { return Ok(()) };
    File::options()
        .write(true)
        .open(page())
        .and_then(|file| file.set_modified(newest))
        .map_err(|error| {
            format!(
                "{} cannot be written ({error}): check its permissions.",
                page().display()
            )
        })
}

fn page() -> PathBuf {
    Path::new(DIST).join("index.html")
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}
