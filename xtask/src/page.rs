//! The page's program as it is served: parted in two (`split`), optimised, and named after what it is.

use crate::{
    files,
    run::{Outcome, run},
    split::{self, Profile, split},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

/// What the opening needs.
pub const PROFILE: &str = "xtask/first.txt";

/// What trunk calls the page's program, before a hash.
pub const PROGRAM: &str = "cache-playground-";
/// And after it.
pub const WHOLE: &str = "_bg.wasm";
const LATER: &str = "_later.wasm";

/// The lowest KiB of memory is the far end of the stack, so a small offset never reaches it by wrapping
/// round. Functions of one name compress best side by side.
const OPTIMISE: &str = "--low-memory-unused --skip-pass=memory-packing --gufa --one-caller-inline-max-function-size=300 -Oz --reorder-functions-by-name --strip-producers \
    --strip-target-features --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
    --enable-mutable-globals --enable-reference-types --enable-multivalue";

/// Finishes the page's program in this folder, where trunk and wasm-bindgen have put it.
pub fn finish(folder: &Path, optimiser: &Path) -> Outcome {
    let names = files::names_in(folder)?;
    let whole = names
        .iter()
        .find(|name| name.starts_with(PROGRAM) && name.ends_with(WHOLE))
        .ok_or("trunk wrote no program for the page: check index.html.")?;
    let hash = whole[PROGRAM.len()..].trim_end_matches(WHOLE);
    let profile = Profile::read(&files::read(Path::new(PROFILE))?);
    let code = files::read_bytes(&folder.join(whole))?;
    let linked =
        files::target_folder().join("wasm32-unknown-unknown/release/cache-playground.wasm");
    let parts = split(&code, Some(&files::read_bytes(&linked)?), &profile)?;
    let glue = files::read(&folder.join(format!("{PROGRAM}{hash}.js")))?;
    files::write(&self::whole(), &code)?;
    files::write(&self::glue(), &glue)?;
    let glue = renamed(glue, &parts.imports)?;
    let (first, later) = thread::scope(|scope| {
        let later = scope.spawn(|| optimise(optimiser, "later", &parts.later));
        let first = optimise(optimiser, "first", &parts.first);
        let later = later
            .join()
            .unwrap_or_else(|_| Err("wasm-opt was not waited for.".to_owned()));
        Ok::<_, String>((first?, later?))
    })?;
    let [first, later] = split::arrange(&first, &later, &parts.shared)?;
    renumber("first", &first.numbers)?;
    renumber("later", &later.numbers)?;
    let (first, later) = (first.code, later.code);

    // trunk's hash is that of the whole. The parts fit each other only, and none may be kept from another
    // build by a cache: they get a hash of both.
    let page = files::read(&folder.join("index.html"))?;
    let own = format!("{:016x}", fnv([&first, &later, glue.as_bytes()]));
    // The page is minified: its attributes stand without quotes.
    let mark = "data-wasm=";
    let address = format!("data-later=./{PROGRAM}{own}{LATER} {mark}");
    if !page.contains(mark) || !page.contains(hash) {
        return Err("The page does not name its program as expected: check Trunk.toml.".to_owned());
    }
    let named = |name: &str| folder.join(format!("{PROGRAM}{own}{name}"));
    files::write(&named(WHOLE), first)?;
    files::write(&named(LATER), later)?;
    files::write(&named(".js"), glue.replace(hash, &own))?;
    for name in names
        .iter()
        .filter(|name| name.starts_with(PROGRAM) && !name.contains(&own))
    {
        remove(&folder.join(name))?;
    }
    files::write(
        &folder.join("index.html"),
        page.replace(mark, &address).replace(hash, &own),
    )
}

/// The page's program before it was parted, with the names of its functions.
pub fn whole() -> PathBuf {
    files::target_folder().join("parts/whole.wasm")
}

/// The JavaScript that wasm-bindgen wrote for it.
pub fn glue() -> PathBuf {
    files::target_folder().join("parts/whole.js")
}

/// wasm-bindgen's JavaScript with other names for what it gives to the program.
fn renamed(mut glue: String, names: &BTreeMap<String, String>) -> Outcome<String> {
    for (name, new) in names {
        let (from, to) = (format!(" {name}: "), format!(" {new}: "));
        if glue.matches(&from).count() != 1 {
            return Err(format!(
                "wasm-bindgen's JavaScript does not give {name} as expected: see `renamed` in xtask/src/page.rs."
            ));
        }
        glue = glue.replace(&from, &to);
    }
    Ok(glue)
}

/// A part without what nothing in it needs. Which number the optimiser gave to which function is kept
/// in the build folder: a browser tells numbers only.
fn optimise(optimiser: &Path, name: &str, code: &[u8]) -> Outcome<Vec<u8>> {
    let folder = files::target_folder().join("parts");
    let file = |ending: &str| -> PathBuf { folder.join(format!("{name}{ending}")) };
    let (before, after) = (file(".before.wasm"), file(".wasm"));
    files::write(&before, code)?;
    let symbols = file(".symbols");
    run(
        Command::new(optimiser)
            .arg(&before)
            .args(OPTIMISE.split_whitespace())
            .arg(format!("--symbolmap={}", symbols.display()))
            .arg("--output")
            .arg(&after),
        "The page's program could not be optimised: see wasm-opt's words above.",
    )?;
    files::read_bytes(&after)
}

/// Has the names of a part's functions stand in the build folder under the numbers that they have got; `numbers`
/// are those that the optimiser gave.
fn renumber(name: &str, numbers: &[u32]) -> Outcome {
    let file = files::target_folder().join(format!("parts/{name}.symbols"));
    let symbols = files::read(&file)?;
    let names: Vec<&str> = symbols
        .lines()
        .map(|line| line.split_once(':').map_or(line, |(_, name)| name))
        .collect();
    let lines = (0..).zip(numbers).map(|(new, old)| {
        let name = names.get(*old as usize).unwrap_or(&"");
        format!("{new}:{name}\n")
    });
    files::write(&file, lines.collect::<String>())
}

fn remove(file: &Path) -> Outcome {
    std::fs::remove_file(file).map_err(|error| {
        format!(
            "{} cannot be removed ({error}): check the folder's permissions.",
            file.display()
        )
    })
}

/// The FNV-1a hash of these, one after the other.
fn fnv(parts: [&[u8]; 3]) -> u64 {
    parts
        .concat()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
}
