//! Measures the engine natively beside published caches, over the same streams, in alternating rounds.
//! `cargo xtask bench` runs it, measures the release build in Chromium too, and writes
//! `docs/performance.md`.
//!
//! Usage: `benches STREAMS`, a folder into which the streams are written for the browser. Prints rows of
//! a Markdown table.

// The bans in clippy.toml keep the simulation deterministic: this measures it from outside.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod contestants;
mod scenario;
mod stream;

use cache::units::Key;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often everything is measured. The contestants take turns, so that a slow spell of the machine
/// meets them all.
const ROUNDS: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    println!("| What | Measured | Median | Fastest | Slowest | Unit |");
    println!("|---|---|---:|---:|---:|---|");
    for keys in [100_000, 1_000_000] {
        let stream = stream::zipf(keys, 10 * keys.min(300_000) as usize);
        write(folder.as_deref(), &format!("zipf-{keys}.u32"), &stream)?;
        // Made once: in which type keys are given is not what is measured.
        let stream: Vec<Key> = stream.into_iter().map(Key).collect();
        let mut rates = vec![Vec::new(); contestants::ALL.len()];
        let mut misses = vec![0; contestants::ALL.len()];
        for _ in 0..ROUNDS {
            for (place, (_, run)) in contestants::ALL.iter().enumerate() {
                let start = Instant::now();
                misses[place] = run(&stream, keys / 10);
                rates[place].push(stream.len() as f64 / start.elapsed().as_secs_f64() / 1e6);
            }
        }
        for (place, (name, _)) in contestants::ALL.iter().enumerate() {
            let share = misses[place] as f64 * 100.0 / stream.len() as f64;
            let what = format!("Zipf, {keys} keys, native");
            print_row(
                &what,
                &format!("{name} ({share:.2} % misses)"),
                &mut rates[place],
                "M op/s",
            );
        }
    }
    write(folder.as_deref(), "scenario.u32", &scenario::stream())?;
    scenario::measure();
    scenario::measure_long();
    if let Some(mib) = peak_mib() {
        println!("| All of this, native | peak of memory in use | {mib:.0} | | | MiB |");
    }
    Ok(())
}

/// Writes a stream for the browser.
fn write(folder: Option<&Path>, name: &str, stream: &[u32]) -> std::io::Result<()> {
    let Some(folder) = folder else {
        return Ok(());
    };
    let bytes: Vec<u8> = stream.iter().flat_map(|key| key.to_le_bytes()).collect();
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(name), bytes)
}

/// One row: the median and both ends of some measurements.
fn print_row(what: &str, measured: &str, values: &mut [f64], unit: &str) {
    values.sort_by(f64::total_cmp);
    let (fastest, slowest) = match unit.contains("/s") {
        true => (values[values.len() - 1], values[0]),
        false => (values[0], values[values.len() - 1]),
    };
    let median = values[values.len() / 2];
    println!("| {what} | {measured} | {median:.2} | {fastest:.2} | {slowest:.2} | {unit} |");
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The most memory that this program has had in use, where the system says so; in MiB.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}
