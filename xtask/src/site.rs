//! Building the release site into `dist/`, only when a source is newer than it.

use crate::{
    files, page,
    run::{Outcome, path_with, run},
    tools,
};
use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

/// The folder the finished site is in.
pub const DIST: &str = "dist";

/// Everything the site is made from.
const INPUTS: [&str; 11] = [
    "src",
    "build.rs",
    "static",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    page::PROFILE,
    "xtask/src/page.rs",
    "xtask/src/split",
    "xtask/starts.mjs",
];

/// `cargo xtask build`.
pub fn command() -> Outcome {
    let lock = lock()?;
    build()?;
    drop(lock);
    check_size()
}

/// Builds the site unless it is newer than all it is made from.
pub fn build_if_stale() -> Outcome {
    let _lock = lock()?;
    if is_fresh() { Ok(()) } else { build() }
}

/// Waits until no other `cargo xtask` builds this site, such as a server that saw the same change:
/// two builds at once take away each other's files.
fn lock() -> Outcome<File> {
    let path = Path::new("target").join("site.lock");
    std::fs::create_dir_all("target")
        .and_then(|()| File::create(&path))
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|error| {
            format!(
                "{} cannot be locked ({error}): check its permissions.",
                path.display()
            )
        })
}

/// Builds the site with what it takes, installing that first.
fn build() -> Outcome {
    tools::wasm_target()?;
    let trunk = tools::trunk()?;
    let bindgen = tools::wasm_bindgen("wasm-bindgen")?;
    let optimiser = tools::wasm_opt()?;
    // trunk builds offline below, so what Cargo.lock names has to be here. Offline this is silent.
    run(
        Command::new("cargo").args(["fetch", "--quiet", "--target", tools::WASM]),
        "The dependencies could not be fetched: check the network and Cargo.toml, and try again.",
    )?;
    let newest = newest_input();
    run(
        Command::new(&trunk)
            // Offline keeps trunk from downloading tools of its own choosing.
            .args(["build", "--release", "--offline"])
            .env(
                "PATH",
                path_with(&[&optimiser, &bindgen].map(|tool| tools::folder_of(tool)))?,
            )
            // trunk takes this variable's usual value, 1, for a mistake.
            .env_remove("NO_COLOR")
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                compiler_flags(),
            )
            // The compiler's own message says it all.
            .env("RUST_BACKTRACE", "0")
            // Below errors it only warns that it cannot minify wasm-bindgen's JavaScript.
            .env("RUST_LOG", "error"),
        "The site could not be built: mend what the compiler or trunk says above, and build again.",
    )?;
    // What trunk wrote is new, but not finished: unfinished it must not pass for fresh.
    finish(&optimiser)
        .and_then(|()| check_places())
        .and_then(|()| check_start())
        .inspect_err(|_| drop(std::fs::remove_file(page())))?;
    stamp(newest)
}

/// What the compiler is told besides the manifest.
fn compiler_flags() -> String {
    // The names of functions then have all their types in them, which page.rs goes by.
    let mut flags = "-Csymbol-mangling-version=v0".to_owned();
    // Panics name places in sources: those of dependencies not by the folder that this machine has them in, which
    // is nobody's business and would make the site another one on each machine.
    for from in nameable_folders() {
        flags += &format!(" --remap-path-prefix={from}={DEPENDENCIES}");
    }
    flags
}

/// The folders of dependencies that the compiler can be told of: flags are told apart by spaces.
fn nameable_folders() -> impl Iterator<Item = String> {
    let folders = files::dependency_folders().into_iter();
    let named = folders.map(|folder| folder.display().to_string());
    named.filter(|from| !from.contains([' ', '=']))
}

/// Fails if what is served names a folder of this machine.
fn check_places() -> Outcome {
    for name in files::names_in(Path::new(DIST))? {
        let path = Path::new(DIST).join(&name);
        if !path.is_file() {
            continue;
        }
        let bytes = files::read_bytes(&path)?;
        let is_in = |folder: &String| has(&bytes, folder.as_bytes());
        if let Some(folder) = nameable_folders().find(is_in) {
            return Err(format!(
                "{name} names {folder}: what is served must name no folder of the machine that built it."
            ));
        }
    }
    Ok(())
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Makes what is served of what trunk wrote.
fn finish(optimiser: &Path) -> Outcome {
    shorten_names(Path::new(DIST))?;
    page::finish(Path::new(DIST), optimiser)
}

/// wasm-bindgen ends the names of what WebAssembly imports with a hash each: noise that compresses to
/// 2 KiB of what a visitor downloads. Numbers of the same length, which leave every offset as it is,
/// tell them apart as well.
fn shorten_names(folder: &Path) -> Outcome {
    let files = files::names_in(folder)?;
    for module in files.iter().filter(|name| name.ends_with("_bg.wasm")) {
        let module = folder.join(module);
        let glue = PathBuf::from(module.to_string_lossy().replace("_bg.wasm", ".js"));
        let (mut text, mut code) = (files::read(&glue)?, files::read_bytes(&module)?);
        for (number, hash) in hashes(&text).into_iter().enumerate() {
            let short = format!("_{number:016x}");
            text = text.replace(&hash, &short);
            replace(&mut code, hash.as_bytes(), short.as_bytes());
        }
        blank_foreign_places(&mut code);
        files::write(&glue, text.as_bytes())?;
        files::write(&module, &code)?;
    }
    Ok(())
}

/// The hashes that names in a text end with, each once: `_` and 16 hexadecimal digits, the first of
/// them no zero (names that are numbered already have many).
fn hashes(text: &str) -> BTreeSet<String> {
    let is_hash = |part: &&str| {
        part.len() == 16
            && !part.starts_with('0')
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(is_hash)
        .map(|hash| format!("_{hash}"))
        .collect()
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let mut at = 0;
    while at + from.len() <= bytes.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
            at += from.len();
        } else {
            at += 1;
        }
    }
}

/// Where a place within the standard library's sources begins; 40 digits tell the compiler's commit.
const LIBRARY: &str = "/rustc/";
/// … and one within a dependency's.
const DEPENDENCIES: &str = "/dependency";

/// Panics name places in sources. Those that are not ours tell nobody anything who reads the failure card, and
/// are a KiB of what a visitor downloads: blanks of the same length, which leave every offset as it is, are
/// next to nothing.
fn blank_foreign_places(code: &mut [u8]) {
    let is_of_path = |&byte: &u8| byte.is_ascii_alphanumeric() || b"/_.-".contains(&byte);
    let foreign = [LIBRARY, DEPENDENCIES].map(str::as_bytes);
    let mut at = 0;
    while at < code.len() {
        let rest = &code[at..];
        let length = match foreign.iter().any(|begin| rest.starts_with(begin)) {
            true => rest.iter().take_while(|byte| is_of_path(byte)).count(),
            false => 0,
        };
        // Places lie side by side: this one ends with the name of its file.
        let end = rest[..length].windows(3).position(|three| three == b".rs");
        if let Some(end) = end {
            code[at..at + end + 3].fill(b' ');
        }
        at += end.map_or(1, |end| end + 3);
    }
}

/// Whether the page's program can start, as far as that shows without a browser.
fn check_start() -> Outcome {
    tools::node()?;
    run(
        Command::new("node").args(["xtask/starts.mjs", DIST]),
        "The built page's program cannot start: see the sentence above.",
    )
}

/// Prints the site's size; a part over its budget is an error.
pub fn check_size() -> Outcome {
    tools::node()?;
    run(
        Command::new("node").args(["xtask/sizes.mjs", DIST]),
        "The site is over its size budget: see the sentence above.",
    )
}

/// When the newest of the site's sources changed. A folder's own time tells of files removed.
pub fn newest_input() -> Option<SystemTime> {
    let mut newest = None;
    let mut waiting: Vec<PathBuf> = INPUTS.iter().map(PathBuf::from).collect();
    while let Some(path) = waiting.pop() {
        newest = newest.max(modified(&path));
        if let Ok(entries) = std::fs::read_dir(&path) {
            waiting.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    newest
}

fn is_fresh() -> bool {
    modified(&page()).is_some_and(|built| Some(built) >= newest_input())
}

/// Gives the built page the time of its newest source, taken before the build began: a source that
/// changes during the build is then still newer than the page.
fn stamp(newest: Option<SystemTime>) -> Outcome {
    let Some(newest) = newest else { return Ok(()) };
    File::options()
        .write(true)
        .open(page())
        .and_then(|file| file.set_modified(newest))
        .map_err(|error| {
            format!(
                "{} cannot be written ({error}): check its permissions.",
                page().display()
            )
        })
}

fn page() -> PathBuf {
    Path::new(DIST).join("index.html")
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::{blank_foreign_places, hashes, replace};

    #[test]
    fn only_the_hashes_of_names_are_replaced() {
        let text = "a.__wbg_get_c5b74f5bf9b4cf74=1,b.__wbindgen_cast_0000000000000001=2,x_0123";
        let found = hashes(text);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["_c5b74f5bf9b4cf74"]);
        let mut bytes = *b"ab_cd_ce";
        replace(&mut bytes, b"_c", b"_x");
        assert_eq!(&bytes, b"ab_xd_xe");
    }

    #[test]
    fn only_places_that_are_not_ours_are_blanked() {
        let mut code =
            *b"src/a.rs/rustc/0a1b/library/core/src/b_c.rs/dependency/x-1.0.rssrc/d.rs /rustc/e";
        blank_foreign_places(&mut code);
        let left = String::from_utf8_lossy(&code);
        assert_eq!(left.len(), 80);
        let words: Vec<&str> = left.split_whitespace().collect();
        assert_eq!(words, ["src/a.rs", "src/d.rs", "/rustc/e"]);
    }
}
