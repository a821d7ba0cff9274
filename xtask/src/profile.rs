//! `cargo xtask profile`: finds out which functions the opening needs, by looking at it.

use crate::{browser, files, http, page, run::Outcome, site, split, test, tools};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The lines above the names.
const HEAD: &str = "# The functions that the opening scene, stepping through it and playing it need: the first part of the
# page's program (xtask/src/split/). Written by `cargo xtask profile`, which has every function of the page
# note that it ran (tests/browser/opening.mjs says what is done meanwhile). What is not here comes later. After
# a name: a shape that the function had, and which of its blocks were never come to, four a digit, neither
# then nor in a long run.
";

/// Writes the list anew.
pub fn command() -> Outcome {
    site::build_if_stale()?;
    tools::node()?;
    test::install_packages()?;
    let browser = browser::find_or_install()?;
    let (folder, whole) = site()?;
    let port = http::start(&folder.to_string_lossy(), 0)?;
    println!("Looking at the opening (about two minutes).");
    let output = Command::new("node")
        .arg("tests/browser/profile.mjs")
        .env("CACHE_PLAYGROUND_URL", format!("http://localhost:{port}/"))
        .env("CHROME", &browser.chromium)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("node could not be started ({error})."))?;
    if !output.status.success() {
        return Err("The opening could not be looked at: see node's words above.".to_owned());
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut lines = printed.lines().map(numbers);
    let (opening, long_run) = (
        lines.next().unwrap_or_default(),
        lines.next().unwrap_or_default(),
    );
    let profile = split::profile(&whole, &opening, &long_run)?;
    files::write(
        Path::new(page::PROFILE),
        format!("{HEAD}{}", profile.write()),
    )?;
    println!("{} has {} functions.", page::PROFILE, profile.len());
    Ok(())
}

fn numbers(line: &str) -> BTreeSet<u32> {
    line.split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect()
}

/// A copy of the site whose functions note that they ran; and the page's program as it was before.
fn site() -> Outcome<(PathBuf, Vec<u8>)> {
    let folder = files::target_folder().join("profile");
    let (whole, glue) = (
        files::read_bytes(&page::whole())?,
        files::read_bytes(&page::glue())?,
    );
    for name in files::names_in(Path::new(site::DIST))? {
        let bytes = match name.strip_prefix(page::PROGRAM) {
            Some(rest) if rest.ends_with(page::WHOLE) => split::probed(&whole)?,
            Some(rest) if rest.ends_with(".js") => glue.clone(),
            _ => files::read_bytes(&Path::new(site::DIST).join(&name))?,
        };
        files::write(&folder.join(&name), bytes)?;
    }
    Ok((folder, whole))
}
