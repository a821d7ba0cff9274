//! Running other programs, and finding them.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What a step gives: nothing, or one sentence on what went wrong and what to do next.
pub type Outcome<T = ()> = Result<T, String>;

/// Runs a program in the reader's sight. `failure` is the sentence for an exit with an error.
pub fn run(command: &mut Command, failure: &str) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(failure.to_owned()),
        Err(error) => Err(format!(
            "`{}` could not be started ({error}): check that it is installed and on the PATH. {failure}",
            command.get_program().to_string_lossy()
        )),
    }
}

/// What a program prints when it succeeds; nothing when it fails or is not there.
pub fn output_of(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first file of one of these names on the PATH.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    names
        .iter()
        .flat_map(|name| {
            folders
                .iter()
                .map(move |folder| folder.join(program_name(name)))
        })
        .find(|file| file.is_file())
}

/// The file a variable of the environment names. One that is not there is an error, not a hint:
/// silently testing another program would mislead.
pub fn named(variable: &str) -> Outcome<Option<PathBuf>> {
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

/// The PATH with these folders first.
pub fn path_with(folders: &[&Path]) -> Outcome<OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = folders
        .iter()
        .map(|folder| folder.to_path_buf())
        .chain(std::env::split_paths(&rest));
    std::env::join_paths(all).map_err(|error| {
        format!("The tools' folder cannot stand on the PATH ({error}): set CACHE_PLAYGROUND_TOOLS to another folder.")
    })
}

/// The file name of a program on this system.
pub fn program_name(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// `npm`, which on Windows is a script with a name of its own.
pub fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}
