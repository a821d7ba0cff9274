//! Installing one tool into a folder named after its version, so that an interrupted installation
//! is never taken for a finished one.

use crate::{
    files,
    run::{Outcome, npm, on_path, run},
    tools,
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// A program that cargo builds from its package.
pub struct CargoTool<'a> {
    /// The package's name.
    pub package: &'a str,
    /// The one version wanted.
    pub version: &'a str,
    /// The program wanted out of those the package has.
    pub program: &'a str,
    /// Whether to build with the dependencies the package was published with.
    pub locked: bool,
    /// How long it takes on two cores.
    pub minutes: u32,
}

/// Finds a program at its version on the PATH or in the tools' folder, or builds it.
pub fn cargo_tool(tool: &CargoTool) -> Outcome<PathBuf> {
    let CargoTool {
        package,
        version,
        program,
        ..
    } = *tool;
    if let Some(file) = on_path(&[program]).filter(|file| tools::has_version(file, version)) {
        return Ok(file);
    }
    let tools_folder = files::tools_folder()?;
    let root = tools_folder.join(format!("{package}-{version}"));
    let file = tools::in_bin(&root, program);
    if !tools::has_version(&file, version) {
        build(tool, &tools_folder, &root)?;
    }
    if tools::has_version(&file, version) {
        Ok(file)
    } else {
        Err(format!(
            "{program} {version} does not run: remove {} and try again.",
            root.display()
        ))
    }
}

fn build(tool: &CargoTool, tools_folder: &Path, root: &Path) -> Outcome {
    let CargoTool {
        package,
        version,
        minutes,
        ..
    } = *tool;
    println!("Building {package} {version}, about {minutes} minutes on two cores, once.");
    let target = tools_folder
        .join("build")
        .join(format!("{package}-{version}"));
    create(&target)?;
    let mut command = Command::new("cargo");
    command
        .args([
            "install",
            "--quiet",
            "--force",
            package,
            "--version",
            version,
            "--root",
        ])
        .arg(root)
        // Outside the repository: its cargo configuration is for the page, not for tools.
        .current_dir(&target)
        .env("CARGO_TARGET_DIR", &target)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET");
    if tool.locked {
        command.arg("--locked");
    }
    run(
        &mut command,
        &format!(
            "{package} {version} could not be built: see the messages above, check the network, and try again."
        ),
    )?;
    // Hundreds of megabytes that nothing needs any more; a failure to remove them harms nothing.
    let _ = std::fs::remove_dir_all(&target);
    let _ = std::fs::remove_dir(tools_folder.join("build"));
    Ok(())
}

/// Installs an npm package beside `folder` and moves it there when it is complete.
pub fn npm_package(package: &str, folder: &Path) -> Outcome {
    let partial = folder.with_extension(format!("partial-{}", std::process::id()));
    create(&partial)?;
    run(
        npm()
            .args(["install", "--no-fund", "--no-audit", "--prefix"])
            .arg(&partial)
            .arg(package),
        &format!(
            "{package} could not be installed: see npm's messages above, check the network, and try again."
        ),
    )?;
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|error| {
            format!(
                "{} cannot be replaced ({error}): remove it by hand.",
                folder.display()
            )
        })?;
    }
    std::fs::rename(&partial, folder).map_err(|error| {
        format!(
            "{} cannot be moved into place ({error}): check the permissions.",
            partial.display()
        )
    })
}

fn create(folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder).map_err(|error| {
        format!(
            "{} cannot be made ({error}): set CACHE_PLAYGROUND_TOOLS to another folder.",
            folder.display()
        )
    })
}
