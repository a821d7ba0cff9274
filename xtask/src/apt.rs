//! Installing Debian's packages, where this user may.

use crate::run::{Outcome, on_path, output_of, run};
use std::process::Command;

/// The words to put before `apt-get` so that it may install.
pub struct Administrator(Vec<&'static str>);

/// A way to install packages without asking, or nothing if there is none.
pub fn administrator() -> Option<Administrator> {
    on_path(&["apt-get"])?;
    if output_of(Command::new("id").arg("-u"))? == "0" {
        return Some(Administrator(Vec::new()));
    }
    let sudo = vec!["sudo", "-n"];
    output_of(Command::new("sudo").args(["-n", "true"])).map(|_| Administrator(sudo))
}

impl Administrator {
    /// Installs packages, and says before that it does.
    pub fn install(&self, packages: &[&str], announcement: &str) -> Outcome {
        println!("{announcement}");
        let failure = format!(
            "The packages could not be installed: install {} by hand.",
            packages.join(" and ")
        );
        let install = ["install", "--yes", "--no-install-recommends"];
        for arguments in [vec!["update"], [&install[..], packages].concat()] {
            // systemctl does nothing to the running system then: a package that brings a service
            // must not start it.
            let mut command = self.command(&[
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "SYSTEMD_OFFLINE=1",
                "apt-get",
            ]);
            run(command.args(arguments), &failure)?;
        }
        Ok(())
    }

    /// A command with the administrator's rights.
    pub fn command(&self, words: &[&str]) -> Command {
        let words = [&self.0[..], words].concat();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command
    }
}
