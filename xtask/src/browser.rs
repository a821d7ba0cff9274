//! Chromium and its driver, for the tests that need a browser.

use crate::run::{Outcome, on_path, output_of, run};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The programs the browser tests run.
pub struct Browser {
    /// Chromium, or a Chrome.
    pub chromium: PathBuf,
    /// The driver of the same version.
    pub driver: PathBuf,
}

/// Finds Chromium and its driver, or installs them where Debian's packages are to be had.
pub fn find_or_install() -> Outcome<Browser> {
    if let Some(browser) = find()? {
        return Ok(browser);
    }
    match administrator() {
        Some(prefix) => install(&prefix)?,
        None => return Err(MISSING.to_owned()),
    }
    find()?.ok_or_else(|| MISSING.to_owned())
}

const MISSING: &str = "Chromium or chromedriver is missing: install both at the same version, \
     or set CHROME and CHROMEDRIVER to their files.";

fn find() -> Outcome<Option<Browser>> {
    let chromium = match named("CHROME")? {
        Some(file) => Some(file),
        None => {
            let usual = Path::new("/usr/bin/chromium");
            if usual.is_file() {
                Some(usual.to_path_buf())
            } else {
                on_path(&["chromium", "chromium-browser", "google-chrome", "chrome"])
            }
        }
    };
    let driver = match named("CHROMEDRIVER")? {
        Some(file) => Some(file),
        None => on_path(&["chromedriver"]),
    };
    Ok(chromium
        .zip(driver)
        .map(|(chromium, driver)| Browser { chromium, driver }))
}

/// The file a variable of the environment names. One that is not there is an error, not a hint:
/// silently testing another browser would mislead.
fn named(variable: &str) -> Outcome<Option<PathBuf>> {
    let value = std::env::var_os(variable).filter(|value| !value.is_empty());
    match value.map(PathBuf::from) {
        Some(file) if file.is_file() => Ok(Some(file)),
        Some(file) => Err(format!(
            "{variable} names {}, which is not a file: correct it or unset it.",
            file.display()
        )),
        None => Ok(None),
    }
}

/// The words to put before `apt-get` so that it may install, or nothing if it may not.
fn administrator() -> Option<Vec<&'static str>> {
    on_path(&["apt-get"])?;
    if output_of(Command::new("id").arg("-u"))? == "0" {
        return Some(Vec::new());
    }
    output_of(Command::new("sudo").args(["-n", "true"])).map(|_| vec!["sudo", "-n"])
}

fn install(prefix: &[&str]) -> Outcome {
    println!("Installing Chromium and its driver with apt-get (about two minutes, once).");
    let packages = [
        "install",
        "--yes",
        "--no-install-recommends",
        "chromium",
        "chromium-driver",
    ];
    for arguments in [&["update"][..], &packages] {
        let words: Vec<&str> = prefix
            .iter()
            .copied()
            .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .collect();
        run(
            Command::new(words[0]).args(&words[1..]).args(arguments),
            "Chromium could not be installed: install the packages chromium and chromium-driver by hand.",
        )?;
    }
    Ok(())
}
