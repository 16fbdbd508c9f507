//! SCRAM, the analyser of fault trees that cut sets are compared with: a package of Debian.

use std::process::{Command, Stdio};

/// Whether SCRAM is here; installed when it is missing and this user may install packages.
pub(crate) fn is_here() -> bool {
    answers() || (installs() && answers())
}

fn answers() -> bool {
    let quiet = |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet(Command::new("scram").arg("--version")).is_ok_and(|status| status.success())
}

fn installs() -> bool {
    eprintln!("installing Debian's package `scram`, once");
    let apt = |arguments: &[&str]| Command::new("apt-get").args(arguments).stdout(Stdio::null()).status();
    let install = ["install", "--yes", "--no-install-recommends", "scram"];
    let is_done = |status: std::io::Result<std::process::ExitStatus>| status.is_ok_and(|status| status.success());
    is_done(apt(&install)) || (is_done(apt(&["update"])) && is_done(apt(&install)))
}
