//! PostgreSQL, in which the tests of incidents keep some: a package of Debian.

use std::process::{Command, Stdio};

/// Where Debian keeps PostgreSQL's programs, by version.
const FOLDER: &str = "/usr/lib/postgresql";

/// Installs PostgreSQL when it is missing and this user may install packages.
pub(crate) fn install() {
    if is_here() {
        return;
    }
    eprintln!("installing Debian's package `postgresql`, once");
    let apt = |arguments: &[&str]| {
        let status = Command::new("apt-get").args(arguments).stdout(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let install = ["install", "--yes", "--no-install-recommends", "postgresql"];
    let _ = apt(&install) || (apt(&["update"]) && apt(&install));
}

fn is_here() -> bool {
    let versions = std::fs::read_dir(FOLDER).into_iter().flatten().flatten();
    versions.into_iter().any(|version| version.path().join("bin/initdb").exists())
}
