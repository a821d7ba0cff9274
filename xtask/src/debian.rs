//! Browsers, and a Redis or Valkey server: used if they are installed. Debian's packages are installed
//! for a root user with apt-get, such as in a container; everyone else is told what to install.

use crate::run::{Outcome, named, on_path, output_of, run};
use std::{path::PathBuf, process::Command};

/// The environment variable with the path of the server, for this tool and for the tests.
pub const SERVER: &str = "CACHE_PLAYGROUND_REDIS_SERVER";

/// Chromium and the WebDriver program of the same version.
pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

/// Finds or installs Chromium and its driver.
pub fn browser() -> Outcome<Browser> {
    if let Some(browser) = find_browser()? {
        return Ok(browser);
    }
    install(&["chromium", "chromium-driver"])?;
    find_browser()?.ok_or_else(|| {
        "Install Chromium and chromedriver of the same version, or set CHROME and CHROMEDRIVER."
            .to_owned()
    })
}

fn find_browser() -> Outcome<Option<Browser>> {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let chromium = named("CHROME")?.or_else(|| on_path(&names));
    let driver = named("CHROMEDRIVER")?.or_else(|| on_path(&["chromedriver"]));
    Ok(chromium
        .zip(driver)
        .map(|(chromium, driver)| Browser { chromium, driver }))
}

/// Finds or installs a server to compare the engine with. Without one that comparison is skipped.
pub fn server() -> Outcome<Option<PathBuf>> {
    if let Some(server) = find_server()? {
        return Ok(Some(server));
    }
    install(&["redis-server"])?;
    let found = find_server()?;
    if found.is_none() {
        println!(
            "Skipping the comparison with a real server: install Valkey or Redis, or set {SERVER}."
        );
    }
    Ok(found)
}

/// Another engine than Chromium's that the page is tested in.
struct Engine {
    /// The program whose presence tells that it is installed, and the variable that names another one.
    program: &'static [&'static str],
    variable: &'static str,
    /// Debian's packages.
    packages: &'static [&'static str],
}

const ENGINES: [Engine; 2] = [
    Engine {
        program: &["firefox-esr", "firefox"],
        variable: "FIREFOX",
        packages: &["firefox-esr"],
    },
    Engine {
        program: &["WebKitWebDriver"],
        variable: "WEBKIT_DRIVER",
        packages: &["webkit2gtk-driver", "xvfb", "xauth"],
    },
];

/// Installs Firefox and WebKit's MiniBrowser if they are missing. The tests themselves find them, and skip what is
/// still missing.
pub fn other_engines() -> Outcome {
    let mut missing = Vec::new();
    for engine in &ENGINES {
        if named(engine.variable)?.is_none() && on_path(engine.program).is_none() {
            missing.extend(engine.packages);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    // Nobody has to have them: without them their tests are skipped.
    if let Err(why) = install(&missing) {
        println!("{why}");
    }
    Ok(())
}

fn find_server() -> Outcome<Option<PathBuf>> {
    Ok(named(SERVER)?.or_else(|| on_path(&["valkey-server", "redis-server"])))
}

/// Installs packages if this user may; otherwise does nothing.
fn install(packages: &[&str]) -> Outcome {
    let is_root = || output_of(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    if on_path(&["apt-get"]).is_none() || !is_root() {
        return Ok(());
    }
    let failure = format!("Install {} by hand.", packages.join(" and "));
    println!("Installing {} with apt-get.", packages.join(" and "));
    let apt_get = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(apt_get().args(["update", "--quiet"]), &failure)?;
    run(
        apt_get()
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(packages),
        &failure,
    )
}
