//! Runs programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use miette::{IntoDiagnostic, WrapErr, miette};

/// Runs cargo in the workspace.
pub(crate) fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> miette::Result<()> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).envs(environment.iter().copied()).current_dir(root());
    run(&mut command)
}

/// Runs a program; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> miette::Result<()> {
    let name = format!("{command:?}");
    let status = command.status().into_diagnostic().wrap_err_with(|| format!("{name} cannot be started"))?;
    if status.success() { Ok(()) } else { Err(miette!("{name} ended with {status}")) }
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// The folder for what chores download or build: the user's cache.
pub(crate) fn cache() -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from).join("partywall")
}
