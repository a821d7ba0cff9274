//! Chromium and its driver, for the tests that need a browser.

use crate::{
    apt,
    run::{Outcome, named, on_path},
};
use std::path::{Path, PathBuf};

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
    match apt::administrator() {
        Some(administrator) => administrator.install(
            &["chromium", "chromium-driver"],
            "Installing Chromium and its driver with apt-get (about two minutes, once).",
        )?,
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
