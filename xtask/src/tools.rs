//! The build tools, each at one version: from the PATH, else from the tools' folder, where they are
//! installed once for all clones.

use crate::run::{Outcome, on_path, output_of, read, run};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

const TRUNK: &str = "0.21.14";
/// The compiler's name for WebAssembly in a browser.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The bundler.
pub fn trunk() -> Outcome<PathBuf> {
    // Unoptimised it is built in half the time, and a build of the page takes no longer.
    let options = [
        "--locked",
        "--debug",
        "--no-default-features",
        "--features",
        "rustls",
    ];
    cargo_tool("trunk", TRUNK, "trunk", &options)
}

/// One of the wasm-bindgen programs. Its version has to be that of the library in Cargo.lock.
pub fn wasm_bindgen(program: &str) -> Outcome<PathBuf> {
    let lock = read(Path::new("Cargo.lock"))?;
    let version =
        version_in(&lock, "wasm-bindgen").ok_or("Cargo.lock does not have wasm-bindgen.")?;
    // Not --locked: newer compilers refuse some of its locked dependencies.
    cargo_tool("wasm-bindgen-cli", version, program, &["--debug"])
}

/// Installs the compiler's target for WebAssembly. rustup does so by itself when it meets
/// `rust-toolchain.toml`, unless it has been told not to install anything unasked.
pub fn wasm_target() -> Outcome {
    let sysroot = output_of(Command::new("rustc").args(["--print", "sysroot"]))
        .ok_or("`rustc --print sysroot` failed: is the compiler installed?")?;
    let libraries = Path::new(&sysroot).join("lib/rustlib").join(WASM_TARGET);
    if libraries.is_dir() {
        return Ok(());
    }
    run(
        Command::new("rustup").args(["target", "add", WASM_TARGET]),
        "The compiler's target for WebAssembly could not be installed: see the message above.",
    )
}

/// Installs the packages of package.json, for the browser tests.
pub fn node_packages() -> Outcome {
    let modified = |file: &str| Path::new(file).metadata().and_then(|data| data.modified());
    let is_installed = modified("node_modules/.package-lock.json")
        .is_ok_and(|installed| modified("package-lock.json").is_ok_and(|lock| lock <= installed));
    if !is_installed {
        println!("Installing the packages of package.json with npm.");
        run(
            Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" }).args([
                "ci",
                "--no-fund",
                "--no-audit",
            ]),
            "npm failed: see its message above. Node.js 20 or later with npm is needed.",
        )?;
    }
    Ok(())
}

/// Finds a program, or installs its package with `cargo binstall` or else `cargo install`.
fn cargo_tool(package: &str, version: &str, program: &str, options: &[&str]) -> Outcome<PathBuf> {
    let has_version = |file: &PathBuf| {
        output_of(Command::new(file).arg("--version"))
            .is_some_and(|text| text.split_whitespace().any(|word| word == version))
    };
    if let Some(file) = on_path(&[program]).filter(has_version) {
        return Ok(file);
    }
    let root = folder()?.join(format!("{package}-{version}"));
    let file = root
        .join("bin")
        .join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    if has_version(&file) {
        return Ok(file);
    }
    let mut command = Command::new("cargo");
    if on_path(&["cargo-binstall"]).is_some() {
        println!("Downloading {package} {version} with cargo binstall.");
        command.args(["binstall", "--no-confirm", "--force"]);
    } else {
        println!("Building {package} {version}. This takes some minutes, once on this machine.");
        command
            .args(["install", "--quiet", "--force"])
            .args(options);
    }
    run(
        command
            .args(["--version", version, "--root"])
            .arg(&root)
            .arg(package),
        &format!("{package} {version} could not be installed: see the messages above."),
    )?;
    if has_version(&file) {
        Ok(file)
    } else {
        Err(format!(
            "{} does not run: remove it and try again.",
            file.display()
        ))
    }
}

/// The folder of the installed tools: outside the repository, so that every clone finds them.
fn folder() -> Outcome<PathBuf> {
    let named = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    named("CACHE_PLAYGROUND_TOOLS")
        .or_else(|| {
            let cache = named("XDG_CACHE_HOME")
                .or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
            cache.map(|cache| cache.join("cache-playground"))
        })
        .ok_or_else(|| "Set CACHE_PLAYGROUND_TOOLS to a folder for the build tools.".to_owned())
}

/// The version of a package in the text of a Cargo.lock.
pub fn version_in<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn finds_the_locked_version_of_exactly_this_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version_in(lock, "wasm"), None);
    }
}
