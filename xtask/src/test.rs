//! `cargo xtask test`: every check, in the order of what fails fastest.

use crate::{
    browser, files, http,
    run::{Outcome, npm, run},
    server, site, tools,
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
    timed(times, "set-up for lint", || {
        tools::linters()?;
        tools::wasm_target()
    })?;
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
        "--target",
        tools::WASM,
        "--lib",
        "--bins",
    ]
    .into_iter()
    .chain(wasm_tests.iter().map(String::as_str))
    .collect();
    timed(times, "clippy, everything", || {
        clippy(&["--workspace", "--all-targets"])
    })?;
    timed(times, "clippy, simulation only", || {
        clippy(&[
            "--package",
            "cache-playground",
            "--no-default-features",
            "--lib",
        ])
    })?;
    timed(times, "clippy, WebAssembly", || clippy(&for_wasm))?;
    timed(times, "clippy, the lab", || {
        clippy(&[
            "--package",
            "cache-playground",
            "--target",
            tools::WASM,
            "--no-default-features",
            "--features",
            "lab",
            "--lib",
            "--bins",
        ])
    })
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
    let server = timed(times, "set-up for native", server::find_or_install)?;
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace"]);
    if let Some(server) = server {
        command.env(server::VARIABLE, server);
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
            browser::find_or_install()?,
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
                    tools::WASM,
                ])
                .args(tests.iter().flat_map(|test| ["--test", test]))
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner)
                .env("CHROMEDRIVER", &browser.driver)
                .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &settings),
            "A WebAssembly test failed in Chromium: see its name and message above.",
        )
    })
}

/// The integration tests that are to run in a browser: `tests/wasm_*.rs`.
fn wasm_tests() -> Outcome<Vec<String>> {
    let mut names: Vec<String> = files::names_in(Path::new("tests"))?
        .into_iter()
        .filter(|name| name.starts_with("wasm_"))
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

/// The driver's settings with the browser that was found: left alone it would look for its own.
fn webdriver_settings(chromium: &Path) -> Outcome<PathBuf> {
    let general = files::read(Path::new("xtask/webdriver.json"))?;
    let binary = format!(
        "\"binary\": {:?},\n    \"args\"",
        chromium.to_string_lossy()
    );
    let path =
        std::path::absolute(files::target_folder().join("webdriver.json")).map_err(|error| {
            format!("The build folder has no usable name ({error}): unset CARGO_TARGET_DIR.")
        })?;
    files::write(&path, general.replace("\"args\"", &binary))?;
    Ok(path)
}

fn in_browser(times: &mut Times) -> Outcome {
    let browser = timed(times, "set-up for browser", || {
        tools::node()?;
        install_packages()?;
        browser::find_or_install()
    })?;
    timed(times, "release build", || {
        site::build_if_stale()?;
        site::check_size()
    })?;
    let port = http::start(site::DIST, 0)?;
    let mut tests: Vec<PathBuf> = files::names_in(Path::new(PACKAGES))?
        .into_iter()
        .filter(|name| name.ends_with(".test.mjs"))
        .map(|name| Path::new(PACKAGES).join(name))
        .collect();
    tests.sort();
    let dist = std::path::absolute(site::DIST)
        .map_err(|error| format!("dist/ cannot be found ({error})."))?;
    timed(times, "browser tests", || {
        run(
            Command::new("node")
                .arg("--test")
                .args(&tests)
                .env("CACHE_PLAYGROUND_URL", format!("http://localhost:{port}/"))
                .env("CACHE_PLAYGROUND_DIST", &dist)
                .env("CHROME", &browser.chromium),
            "A browser test failed: see its name and message above, and target/screenshots.",
        )
    })
}

/// The folder of the browser tests and their npm packages.
const PACKAGES: &str = "tests/browser";

/// Installs the browser tests' packages, unless the ones there are from this very lock file.
pub fn install_packages() -> Outcome {
    let folder = Path::new(PACKAGES);
    let lock = files::read(&folder.join("package-lock.json"))?;
    let installed = folder.join("node_modules").join(".installed-from.json");
    if files::read(&installed).is_ok_and(|text| text == lock) {
        return Ok(());
    }
    println!("Installing the browser tests' packages with npm (seconds, once).");
    run(
        npm()
            .args(["ci", "--no-fund", "--no-audit"])
            .current_dir(folder),
        "The browser tests' packages could not be installed: check the network and npm's messages above.",
    )?;
    files::write(&installed, &lock)
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
