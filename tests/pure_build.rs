//! The simulation stands without the web: its build pulls no web crate, and no room reaches up.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Everything that the build without the `web` feature may depend on, directly or not.
const ALLOWED: [&str; 18] = [
    // Needed by miniz_oxide for the zlib format, which is not used.
    "adler2",
    // Packed bytes as characters that an address may have: what a link is made of.
    "base64",
    "csv-core",
    // Needed by serde_json to write whole numbers.
    "itoa",
    "lru",
    "memchr",
    // Unpacks gzipped traces.
    "miniz_oxide",
    "proc-macro2",
    "quote",
    "serde",
    "serde_core",
    "serde_derive",
    // Files and links hold JSON, and no script's reader is at hand below the page.
    "serde_json",
    "syn",
    "unicode-ident",
    // Needed by serde_json to write numbers with a fraction.
    "zmij",
    "cache-playground",
    "cache-playground-engine",
];

/// The rooms from the ground up; each may use those before it. The last two are the page.
const ROOMS: [&str; 10] = [
    "units", "draw", "cache", "sim", "scenario", "timeline", "trace", "session", "bridge", "view",
];

/// So many of the rooms know no browser.
const PURE_ROOMS: usize = 8;

/// What a pure room may not name: clocks, orders that change between runs, the browser.
const FORBIDDEN: [&str; 6] = [
    "std::time",
    "HashMap",
    "HashSet",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
];

#[test]
fn the_pure_build_pulls_no_web_crate() {
    let found = dependencies();
    let web = |name: &&String| {
        let exact = ["wasm-bindgen", "web-sys", "js-sys", "serde-wasm-bindgen"];
        exact.contains(&name.as_str()) || name.starts_with("yew") || name.starts_with("gloo")
    };
    let web: Vec<&String> = found.iter().filter(web).collect();
    assert!(web.is_empty(), "{web:?}");
}

#[test]
fn the_pure_build_depends_on_a_short_list() {
    let allowed = ALLOWED.map(str::to_owned);
    assert_eq!(dependencies(), BTreeSet::from(allowed));
}

/// The crates that cargo says the library is made of.
fn dependencies() -> BTreeSet<String> {
    let arguments = "tree --offline --locked --no-default-features -e normal --prefix none";
    let output = Command::new(env!("CARGO"))
        .args(arguments.split(' '))
        .args(["-p", "cache-playground"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs, since it runs this test");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let lines = String::from_utf8(output.stdout).expect("names are text");
    let names = lines.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[test]
fn rooms_use_only_those_below_them() {
    let mut wrong = Vec::new();
    for (room, file) in files() {
        let code = code(&file);
        for used in rooms_used(&code, depth(&file)) {
            if used > room {
                let (room, used) = (ROOMS[room], ROOMS[used]);
                wrong.push(format!("{}: {room} uses {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_pure_rooms_name_no_clock_no_hash_order_and_no_browser() {
    let mut wrong = Vec::new();
    for (_, file) in files().into_iter().filter(|&(room, _)| room < PURE_ROOMS) {
        for (number, line) in (1..).zip(code(&file).lines()) {
            for name in FORBIDDEN.into_iter().filter(|name| line.contains(name)) {
                wrong.push(format!("{}:{number}: {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The tests above would pass on a reader that finds nothing.
#[test]
fn uses_are_found_however_they_are_written() {
    let [cache, sim, view] = ["cache", "sim", "view"].map(|name| number(name).expect("a room"));
    for (code, depth, used) in [
        ("use crate::sim::World;", 2, vec![sim]),
        (
            "use crate::{cache::{Entry, Value}, sim};",
            2,
            vec![cache, sim],
        ),
        ("fn f(x: &crate::view::App) {}", 2, vec![view]),
        ("use super::super::sim::World;", 2, vec![sim]),
        (
            "mod tests { use super::super::super::view; }",
            2,
            vec![view],
        ),
        ("use super::sim::World; use crate::simple::X;", 2, vec![]),
        ("use crate::\n    sim;", 3, vec![sim]),
    ] {
        assert_eq!(rooms_used(code, depth), used, "{code}");
    }
    assert!(files().len() > 20);
}

/// Every source file with the number of its room. `lib.rs`, `engine.rs` and `main.rs` are the house's doors.
fn files() -> Vec<(usize, PathBuf)> {
    let source = source();
    let mut found = Vec::new();
    let mut open = vec![source.clone()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.retain(|path| {
        !["lib.rs", "engine.rs", "main.rs", "lab.rs"]
            .map(|door| source.join(door))
            .contains(path)
    });
    found.sort();
    found
        .into_iter()
        .map(|path| (room_of(&path), path))
        .collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn room_of(file: &Path) -> usize {
    let inside = file.strip_prefix(source()).expect("a source file");
    let name = Path::new(inside.iter().next().expect("a name")).with_extension("");
    number(name.to_str().expect("a plain name"))
        .unwrap_or_else(|| panic!("{} is in no room of the list", file.display()))
}

fn number(name: &str) -> Option<usize> {
    ROOMS.iter().position(|&room| room == name)
}

/// How many times `super` leads from the file's module to the crate.
fn depth(file: &Path) -> usize {
    let inside = file.strip_prefix(source()).expect("a source file");
    let names = inside.iter().count();
    if file.ends_with("mod.rs") {
        names - 1
    } else {
        names
    }
}

/// A file's text without comment lines, which may speak of anything.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a source file");
    let comment = |line: &str| line.trim_start().starts_with("//");
    // An empty line in place of a comment keeps the numbers right.
    let kept = text
        .lines()
        .map(|line| if comment(line) { "" } else { line });
    kept.collect::<Vec<&str>>().join("\n")
}

/// The rooms that code names through `crate::`, or through as many `super::` as come to the same.
fn rooms_used(code: &str, depth: usize) -> Vec<usize> {
    let dense: String = code.split_whitespace().collect::<Vec<&str>>().join(" ");
    let dense = dense
        .replace(":: ", "::")
        .replace("{ ", "{")
        .replace(", ", ",");
    let mut used = Vec::new();
    let mut rest = dense.as_str();
    while let Some((ups, after)) = next_path(rest) {
        // Within an inline module, such as that of the tests, it takes one more.
        if ups == 0 || ups == depth || ups == depth + 1 {
            used.extend(first_names(after).filter_map(number));
        }
        rest = after;
    }
    used
}

/// The next path from `crate` or from `super`s: how many of these, and what follows.
fn next_path(code: &str) -> Option<(usize, &str)> {
    let starts = ["crate::", "super::"].map(|start| code.find(start));
    let start = starts.into_iter().flatten().min()?;
    let mut after = &code[start..];
    if let Some(after) = after.strip_prefix("crate::") {
        return Some((0, after));
    }
    let mut ups = 0;
    while let Some(shorter) = after.strip_prefix("super::") {
        after = shorter;
        ups += 1;
    }
    Some((ups, after))
}

/// The first name of a path, or of each path of a group in braces.
fn first_names(path: &str) -> impl Iterator<Item = &str> {
    let (group, single) = match path.strip_prefix('{') {
        Some(group) => (group, ""),
        None => ("", path),
    };
    let mut level = 1;
    let outermost = move |c: char| {
        level += i32::from(c == '{') - i32::from(c == '}');
        level == 0
    };
    let group = group.split(outermost).next().unwrap_or_default();
    let mut level = 0;
    let parts = group.split(move |c: char| {
        level += i32::from(c == '{') - i32::from(c == '}');
        level == 0 && c == ','
    });
    parts.chain([single]).map(|path| {
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_');
        &path[..end.unwrap_or(path.len())]
    })
}

#[test]
fn what_must_agree_with_itself_comes_in_one_version() {
    let lock = include_str!("../Cargo.lock");
    // Two versions of gloo would be two copies in the page (Yew brings its own), and the wasm-bindgen
    // command line has to be of the library's version.
    for package in ["gloo", "wasm-bindgen", "web-sys", "js-sys", "yew"] {
        let line = format!("name = \"{package}\"");
        let versions = lock.lines().filter(|other| *other == line).count();
        assert_eq!(versions, 1, "versions of {package} in Cargo.lock");
    }
}
