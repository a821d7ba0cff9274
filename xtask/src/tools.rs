//! The programs the build needs, each at one version, found or installed once a machine.

use crate::{
    files, install,
    run::{Outcome, on_path, output_of, program_name, run},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132";

/// What the page is compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Adds the WebAssembly target to the toolchain if it is missing.
pub fn wasm_target() -> Outcome {
    let library =
        output_of(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]));
    if library.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    println!("Adding the {WASM} target to the toolchain (seconds, once).");
    run(
        Command::new("rustup").args(["target", "add", WASM]),
        &format!(
            "The {WASM} target could not be added: add it with rustup or your distribution's packages."
        ),
    )
}

/// Adds rustfmt and clippy to the toolchain if they are missing.
pub fn linters() -> Outcome {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if output_of(Command::new("cargo").args([subcommand, "--version"])).is_none() {
            println!("Adding {component} to the toolchain (seconds, once).");
            run(
                Command::new("rustup").args(["component", "add", component]),
                &format!(
                    "{component} could not be added: add it with rustup or your distribution's packages."
                ),
            )?;
        }
    }
    Ok(())
}

/// Node 20 or newer, with npm: it runs wasm-opt, the size check and the browser tests.
pub fn node() -> Outcome {
    let version = output_of(Command::new("node").arg("--version"));
    let major = version.as_deref().and_then(|text| {
        text.trim_start_matches('v')
            .split('.')
            .next()?
            .parse::<u32>()
            .ok()
    });
    match major {
        Some(20..) => Ok(()),
        Some(_) => Err(format!(
            "Node {} is too old: install Node 20 or newer, with npm.",
            version.unwrap_or_default()
        )),
        None => Err("Node is missing: install Node 20 or newer, with npm.".to_owned()),
    }
}

/// The bundler.
pub fn trunk() -> Outcome<PathBuf> {
    install::cargo_tool(&install::CargoTool {
        package: "trunk",
        version: TRUNK,
        program: "trunk",
        locked: true,
        minutes: 7,
    })
}

/// One of the wasm-bindgen programs, at exactly the version of the library in Cargo.lock: the two
/// only understand each other at the same version.
pub fn wasm_bindgen(program: &str) -> Outcome<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    install::cargo_tool(&install::CargoTool {
        package: "wasm-bindgen-cli",
        version: &version,
        program,
        // Its lock file pins dependencies that newer compilers warn about or refuse.
        locked: false,
        minutes: 3,
    })
}

/// The WebAssembly optimiser.
pub fn wasm_opt() -> Outcome<PathBuf> {
    let wanted = format!("wasm-opt version {BINARYEN} ");
    let matches = |file: &Path| {
        output_of(Command::new(file).arg("--version"))
            .is_some_and(|text| format!("{text} ").starts_with(&wanted))
    };
    if let Some(file) = on_path(&["wasm-opt"]).filter(|file| matches(file)) {
        return Ok(file);
    }
    node()?;
    let folder = files::tools_folder()?.join(format!("binaryen-{BINARYEN}"));
    let script = if cfg!(windows) {
        "wasm-opt.cmd"
    } else {
        "wasm-opt"
    };
    let file = folder.join("node_modules").join(".bin").join(script);
    if !matches(&file) {
        println!("Installing wasm-opt {BINARYEN} with npm (under a minute, once).");
        install::npm_package(&format!("binaryen@{BINARYEN}"), &folder)?;
    }
    if matches(&file) {
        Ok(file)
    } else {
        Err(format!(
            "wasm-opt {BINARYEN} does not run: remove {} and try again.",
            folder.display()
        ))
    }
}

/// The version of a package in Cargo.lock.
fn locked_version(package: &str) -> Outcome<String> {
    let lock = files::read(Path::new("Cargo.lock"))?;
    version_in(&lock, package).ok_or_else(|| {
        format!(
            "Cargo.lock has no {package}: run `cargo update --package {package}` and try again."
        )
    })
}

/// The version of a package in the text of a Cargo.lock.
pub fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    let version = lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')?;
    Some(version.to_owned())
}

/// Whether this program says that it has this version (its last word but for a commit in brackets).
pub fn has_version(file: &Path, version: &str) -> bool {
    output_of(Command::new(file).arg("--version"))
        .is_some_and(|text| text.split_whitespace().any(|word| word == version))
}

/// The folder of a program, for the PATH.
pub fn folder_of(program: &Path) -> &Path {
    program.parent().unwrap_or(Path::new("."))
}

/// A program inside a folder that `cargo install --root` or the like wrote.
pub fn in_bin(root: &Path, program: &str) -> PathBuf {
    root.join("bin").join(program_name(program))
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn finds_the_locked_version_of_exactly_this_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "wasm"), None);
    }
}
