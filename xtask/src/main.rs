//! `cargo xtask serve | build | test | bench`: everything a developer runs, with its own set-up.

// The bans in clippy.toml keep the simulation deterministic. This tool times builds and compares
// the files' times, and nothing here ends up in the page.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod apt;
mod bench;
mod browser;
mod files;
mod http;
mod install;
mod page;
mod profile;
mod run;
mod serve;
mod server;
mod site;
mod split;
mod test;
mod tools;

use run::Outcome;
use std::process::ExitCode;

const USAGE: &str = "Usage:
  cargo xtask serve [--port N]    build the page, serve it, and rebuild when a source changes
  cargo xtask build               write the release site to dist/ and check its size
  cargo xtask test [PART]         run all tests, or one part: lint, native, wasm or browser
  cargo xtask profile             find out anew which functions the opening needs (xtask/first.txt)
  cargo xtask bench               measure speed and write docs/performance.md";

fn main() -> ExitCode {
    match files::enter_repository().and_then(|()| dispatch()) {
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
        ["serve"] => serve::command(serve::DEFAULT_PORT),
        ["serve", "--port", port] => match port.parse() {
            Ok(port) => serve::command(port),
            Err(_) => Err(format!(
                "`{port}` is not a port: give a number from 1 to 65535."
            )),
        },
        ["profile"] => profile::command(),
        ["bench"] => bench::command(),
        ["build"] => site::command(),
        ["test"] => test::all(),
        ["test", part] => test::one(part),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!(
            "`cargo xtask` needs to know what to do.\n\n{USAGE}"
        )),
    }
}
