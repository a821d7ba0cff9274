//! Running other programs, finding them, and files.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The result of a step, or a sentence on what went wrong and what to do about it.
pub type Outcome<T = ()> = Result<T, String>;

/// Runs a program. `failure` is the sentence for an exit with an error.
pub fn run(command: &mut Command, failure: &str) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(failure.to_owned()),
        Err(error) => Err(format!(
            "Cannot start `{}` ({error}): check that it is installed and on the PATH.",
            command.get_program().to_string_lossy()
        )),
    }
}

/// What a program prints if it succeeds.
pub fn output_of(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first of these programs that is on the PATH.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let in_folders = |name: &&str| {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        folders
            .iter()
            .map(|folder| folder.join(&file))
            .find(|file| file.is_file())
    };
    names.iter().find_map(in_folders)
}

/// The file that an environment variable names. If there is no such file that is an error: testing
/// another program instead would mislead.
pub fn named(variable: &str) -> Outcome<Option<PathBuf>> {
    match std::env::var_os(variable).map(PathBuf::from) {
        Some(file) if file.is_file() => Ok(Some(file)),
        Some(file) => Err(format!("{variable}: {} is not a file.", file.display())),
        None => Ok(None),
    }
}

/// The PATH with these folders first.
pub fn path_with(folders: &[&Path]) -> Outcome<OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let first = folders.iter().map(|folder| folder.to_path_buf());
    std::env::join_paths(first.chain(std::env::split_paths(&rest)))
        .map_err(|error| format!("A tool's folder cannot be on the PATH: {error}."))
}

/// Reads a text file.
pub fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("Cannot read {}: {error}.", path.display()))
}

/// Writes a file into a folder that exists.
pub fn write(path: &Path, text: &str) -> Outcome {
    std::fs::write(path, text).map_err(|error| format!("Cannot write {}: {error}.", path.display()))
}

/// The folder that cargo builds into.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}
