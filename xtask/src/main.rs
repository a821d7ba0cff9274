//! `cargo xtask serve | build | test | bench`: finds or installs the tools and calls them.

// The bans in clippy.toml keep the simulation deterministic. This tool measures how long tests take,
// and nothing of it ends up in the page.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod bench;
mod debian;
mod run;
mod site;
mod test;
mod tools;

use run::Outcome;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

const USAGE: &str = "Usage:
  cargo xtask serve [OPTION…]   serve the release page, rebuilt when a source changes; options are trunk's
  cargo xtask build             write the release site to dist/ and check its size
  cargo xtask test [PART]       run all tests, or one part: lint, native, wasm or browser
  cargo xtask bench             measure speed and write docs/performance.md";

fn main() -> ExitCode {
    match enter_repository().and_then(|()| dispatch()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("\nerror: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", options @ ..] => site::serve(options),
        ["build"] => site::build(),
        ["test"] => test::all(),
        ["test", part] => test::one(part),
        ["bench"] => bench::command(),
        ["first-picture"] => site::first_picture(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("Unknown command.\n\n{USAGE}")),
    }
}

/// Makes the repository the working folder, so that `cargo xtask` works from any folder inside it.
fn enter_repository() -> Outcome {
    let member = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .ok_or("Run this program as `cargo xtask`.")?;
    let top = member.parent().unwrap_or(Path::new("."));
    std::env::set_current_dir(top)
        .map_err(|error| format!("Cannot enter {}: {error}.", top.display()))
}
