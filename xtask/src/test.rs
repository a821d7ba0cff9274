//! `cargo xtask test`: every check, in the order of what fails fastest.

use crate::{
    debian,
    run::{Outcome, read, run, target_folder, write},
    site, tools,
};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// A group of checks that can be run on its own.
struct Part {
    name: &'static str,
    check: fn(&mut Times) -> Outcome,
}

const PARTS: [Part; 4] = [
    Part {
        name: "lint",
        check: lint,
    },
    Part {
        name: "native",
        check: native,
    },
    Part {
        name: "wasm",
        check: wasm,
    },
    Part {
        name: "browser",
        check: in_browser,
    },
];

/// How long each step took.
type Times = Vec<(&'static str, Duration)>;

/// Runs every part and stops at the first that fails.
pub fn all() -> Outcome {
    let parts: Vec<&Part> = PARTS.iter().collect();
    run_parts(&parts)
}

/// Runs the part of this name.
pub fn one(name: &str) -> Outcome {
    match PARTS.iter().find(|part| part.name == name) {
        Some(part) => run_parts(&[part]),
        None => {
            let names = PARTS.map(|part| part.name).join(", ");
            Err(format!(
                "There is no part `{name}` of the tests: choose from {names}."
            ))
        }
    }
}

fn run_parts(parts: &[&Part]) -> Outcome {
    let mut times = Times::new();
    for part in parts {
        println!("\n== {} ==", part.name);
        (part.check)(&mut times).map_err(|sentence| {
            format!(
                "{sentence}\nThe {} part failed. To run just it: cargo xtask test {}",
                part.name, part.name
            )
        })?;
    }
    print_table(&times);
    Ok(())
}

fn lint(times: &mut Times) -> Outcome {
    timed(times, "rustfmt", || {
        run(
            Command::new("cargo").args(["fmt", "--all", "--check"]),
            "The formatting differs from rustfmt's: run `cargo fmt --all`.",
        )
    })?;
    let wasm_tests: Vec<String> = wasm_tests()?
        .into_iter()
        .flat_map(|test| ["--test".to_owned(), test])
        .collect();
    let for_wasm: Vec<&str> = [
        "--package",
        "cache-playground",
        "--package",
        "cache-playground-worker",
        "--target",
        tools::WASM_TARGET,
        "--lib",
        "--bins",
    ]
    .into_iter()
    .chain(wasm_tests.iter().map(String::as_str))
    .collect();
    timed(times, "clippy, everything", || {
        clippy(&["--workspace", "--all-targets"])
    })?;
    tools::wasm_target()?;
    timed(times, "clippy, WebAssembly", || clippy(&for_wasm))
}

fn clippy(arguments: &[&str]) -> Outcome {
    run(
        Command::new("cargo")
            .arg("clippy")
            .args(arguments)
            .args(["--", "--deny", "warnings"]),
        "clippy has something to say: mend what it names above.",
    )
}

fn native(times: &mut Times) -> Outcome {
    let server = timed(times, "set-up for native", debian::server)?;
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace"]);
    if let Some(server) = server {
        command.env(debian::SERVER, server);
    }
    timed(times, "native tests", || {
        run(
            &mut command,
            "A native test failed: see its name and message above.",
        )
    })
}

fn wasm(times: &mut Times) -> Outcome {
    let tests = wasm_tests()?;
    if tests.is_empty() {
        println!("There are no WebAssembly tests: no file matches tests/wasm_*.rs.");
        return Ok(());
    }
    let (runner, browser) = timed(times, "set-up for wasm", || {
        tools::wasm_target()?;
        Ok((
            tools::wasm_bindgen("wasm-bindgen-test-runner")?,
            debian::browser()?,
        ))
    })?;
    let settings = webdriver_settings(&browser.chromium)?;
    timed(times, "WebAssembly tests", || {
        run(
            Command::new("cargo")
                .args([
                    "test",
                    "--package",
                    "cache-playground",
                    "--target",
                    tools::WASM_TARGET,
                ])
                .args(tests.iter().flat_map(|test| ["--test", test]))
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner)
                .env("CHROMEDRIVER", &browser.driver)
                .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &settings),
            "A WebAssembly test failed in Chromium: see its name and message above.",
        )
    })
}

/// The names of the tests that run in a browser: `tests/wasm_*.rs`.
fn wasm_tests() -> Outcome<Vec<String>> {
    let files = files_in("tests")?;
    let names = files.iter().filter_map(|file| file.file_stem()?.to_str());
    Ok(names
        .filter(|name| name.starts_with("wasm_"))
        .map(str::to_owned)
        .collect())
}

/// The files in a folder, in order.
fn files_in(folder: &str) -> Outcome<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("Cannot read {folder}: {error}."))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

/// Writes the driver's settings with the path of Chromium: the driver would look for its own.
fn webdriver_settings(chromium: &Path) -> Outcome<PathBuf> {
    let general = read(Path::new("xtask/webdriver.json"))?;
    let binary = format!(
        "\"binary\": {:?},\n    \"args\"",
        chromium.to_string_lossy()
    );
    let path = std::path::absolute(target_folder().join("webdriver.json"))
        .map_err(|error| format!("Cannot find the working folder: {error}."))?;
    write(&path, &general.replace("\"args\"", &binary))?;
    Ok(path)
}

fn in_browser(times: &mut Times) -> Outcome {
    let browser = timed(times, "set-up for browser", || {
        tools::node_packages()?;
        debian::other_engines()?;
        debian::browser()
    })?;
    timed(times, "release build", site::build)?;
    let is_test = |file: &PathBuf| file.to_string_lossy().ends_with(".test.mjs");
    let tests = files_in("tests/browser")?.into_iter().filter(is_test);
    timed(times, "browser tests", || {
        run(
            Command::new("node")
                .arg("--test")
                .args(tests)
                .env("CHROME", &browser.chromium),
            "A browser test failed: see its name and message above, and target/screenshots.",
        )
    })
}

fn timed<T>(
    times: &mut Times,
    name: &'static str,
    step: impl FnOnce() -> Outcome<T>,
) -> Outcome<T> {
    let start = Instant::now();
    let result = step();
    times.push((name, start.elapsed()));
    result
}

fn print_table(times: &Times) {
    println!("\nAll passed.");
    for (name, time) in times {
        println!("{name:<26}{:>8.1} s", time.as_secs_f64());
    }
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    println!("{:<26}{:>8.1} s", "total", total.as_secs_f64());
}
