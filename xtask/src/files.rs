//! Where things are: the repository, the build folder, the tools' folder.

use crate::run::Outcome;
use std::path::{Path, PathBuf};

/// Makes the repository's top the working folder, so that every other path here is relative to it
/// and `cargo xtask` works from any sub-folder.
pub fn enter_repository() -> Outcome {
    let member = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .ok_or("This program is started by cargo: run `cargo xtask` inside the repository.")?;
    let top = member.parent().unwrap_or(Path::new("."));
    std::env::set_current_dir(top).map_err(|error| {
        format!(
            "The repository's folder {} cannot be entered ({error}): check that it still exists.",
            top.display()
        )
    })
}

/// Where cargo writes.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

/// Where installed tools are kept: outside the repository, so that a second clone finds them.
pub fn tools_folder() -> Outcome<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let folder = set("CACHE_PLAYGROUND_TOOLS")
        .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("cache-playground")))
        .or_else(|| set("LOCALAPPDATA").map(|cache| cache.join("cache-playground")))
        .or_else(|| set("HOME").map(|home| home.join(".cache").join("cache-playground")))
        .ok_or("There is no folder for the build tools: set CACHE_PLAYGROUND_TOOLS to one.")?;
    std::path::absolute(&folder).map_err(|error| {
        format!(
            "{} is not a usable folder ({error}): set CACHE_PLAYGROUND_TOOLS.",
            folder.display()
        )
    })
}

/// Where cargo keeps the sources of dependencies: a folder for each registry. None is no mistake: then they
/// are elsewhere.
pub fn dependency_folders() -> Vec<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let home = || set("HOME").or_else(|| set("USERPROFILE"));
    let cargo = set("CARGO_HOME").or_else(|| home().map(|home| home.join(".cargo")));
    let sources = cargo.map(|cargo| cargo.join("registry").join("src"));
    let entries = sources.and_then(|sources| std::fs::read_dir(sources).ok());
    let folders = entries.into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

/// Reads a text file.
pub fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path).map_err(|error| {
        format!(
            "{} cannot be read ({error}): check that it is there.",
            path.display()
        )
    })
}

/// Reads any file.
pub fn read_bytes(path: &Path) -> Outcome<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        format!(
            "{} cannot be read ({error}): check that it is there.",
            path.display()
        )
    })
}

/// Writes a file, making its folder first.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Outcome {
    path.parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|error| {
            format!(
                "{} cannot be written ({error}): check the folder's permissions.",
                path.display()
            )
        })
}

/// The names of what is in a folder.
pub fn names_in(folder: &Path) -> Outcome<Vec<String>> {
    let entries = std::fs::read_dir(folder).map_err(|error| {
        format!(
            "{} cannot be read ({error}): check that it is there.",
            folder.display()
        )
    })?;
    Ok(entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect())
}
