//! A real Valkey or Redis server, for the native tests that compare the engine with one.

use crate::{
    apt,
    run::{Outcome, named, on_path, output_of},
};
use std::path::PathBuf;

/// Names the server's program, to this tool and to the tests.
pub const VARIABLE: &str = "CACHE_PLAYGROUND_REDIS_SERVER";

/// Finds a server, or installs one where Debian's packages are to be had. Without one, the tests
/// that need it are skipped, and a line says so.
pub fn find_or_install() -> Outcome<Option<PathBuf>> {
    if let Some(program) = find()? {
        return Ok(Some(program));
    }
    let Some(administrator) = apt::administrator() else {
        println!(
            "There is no Valkey or Redis server here: the comparison with one is skipped. \
             Install one, or set {VARIABLE} to its file."
        );
        return Ok(None);
    };
    administrator.install(
        &["redis-server"],
        "Installing a Redis server with apt-get, to compare the engine with (seconds, once).",
    )?;
    // The tests start their own: the service that comes with the package is not wanted. Where there
    // is no systemd there is none, so that a failure means nothing.
    let _ = output_of(&mut administrator.command(&["systemctl", "disable", "redis-server"]));
    find()
}

fn find() -> Outcome<Option<PathBuf>> {
    Ok(named(VARIABLE)?.or_else(|| on_path(&["valkey-server", "redis-server"])))
}
