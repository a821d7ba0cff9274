//! `cargo xtask bench`: the engine beside published caches, natively and in Chromium, in one run on one
//! machine; the table goes into `docs/performance.md`.

use crate::{
    debian,
    run::{Outcome, output_of, read, target_folder, write},
    site, tools,
};
use std::{
    path::Path,
    process::{Command, Stdio},
};

const PAGE: &str = "docs/performance.md";
const BEGIN: &str = "<!-- bench: begin. Written by `cargo xtask bench`; what is outside stays. -->";
const END: &str = "<!-- bench: end -->";

/// Measures everything and writes the table.
pub fn command() -> Outcome {
    tools::node_packages()?;
    let browser = debian::browser()?;
    site::build()?;
    let streams = target_folder().join("bench");
    println!("Measuring natively (about two minutes). Let nothing else run meanwhile.");
    let native = measured(
        Command::new("cargo")
            .args([
                "run",
                "--quiet",
                "--profile",
                "lab",
                "--package",
                "benches",
                "--",
            ])
            .arg(&streams),
    )?;
    println!("Measuring in Chromium (about two minutes).");
    let in_browser = measured(
        Command::new("node")
            .arg("benches/browser.mjs")
            .arg(&streams)
            .env("CHROME", &browser.chromium),
    )?;
    println!("Measuring the page on a slow processor (about two minutes).");
    let page = measured(
        Command::new("node")
            .args(["benches/page.mjs", site::DIST])
            .env("CHROME", &browser.chromium),
    )?;
    let machine = machine(&browser.chromium);
    write_table(&format!("{machine}\n\n{native}\n{in_browser}\n{page}"))?;
    println!("The table is in {PAGE}.");
    Ok(())
}

/// What a measuring program prints.
fn measured(command: &mut Command) -> Outcome<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .ok()
        .filter(|output| output.status.success());
    let output = output.ok_or("Measuring failed: see the message above.")?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    println!("{said}");
    Ok(said)
}

/// The machine and the versions, in a sentence.
fn machine(chromium: &Path) -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("a processor that does not say its name", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let version = |command: &mut Command| output_of(command).unwrap_or_default();
    let rustc = version(Command::new("rustc").arg("--version"));
    let chromium = version(Command::new(chromium).arg("--version"));
    let lock = read(Path::new("Cargo.lock")).unwrap_or_default();
    let crates = ["lru", "schnellru", "quick_cache"].map(|package| {
        let version = tools::version_in(&lock, package).unwrap_or_default();
        format!("{package} {version}")
    });
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown").to_owned();
    format!(
        "Measured on {model}, {cores} cores, with {rustc}, {chromium}, {}. The load average after it \
         was {load}: figures from a machine that did something else meanwhile say little.",
        crates.join(", ")
    )
}

/// Puts the table between the marks.
fn write_table(table: &str) -> Outcome {
    let path = Path::new(PAGE);
    let text = read(path)?;
    let (before, rest) = text.split_once(BEGIN).ok_or(MARKS)?;
    let (_, after) = rest.split_once(END).ok_or(MARKS)?;
    write(path, &format!("{before}{BEGIN}\n\n{table}\n\n{END}{after}"))
}

const MARKS: &str =
    "docs/performance.md has lost the two comments between which the table goes: put them back.";
