//! Runs programs.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use miette::{IntoDiagnostic, WrapErr, miette};

/// Runs cargo in the workspace.
pub(crate) fn cargo(arguments: &[&str], environment: &[(&str, &OsStr)]) -> miette::Result<()> {
    run(cargo_command().args(arguments).envs(environment.iter().copied()))
}

/// Cargo in the workspace, without what cargo says to this program about itself: build scripts of dependencies that
/// look at it would run anew, and half of the dependencies be compiled anew, whenever a chore runs after another shell.
fn cargo_command() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let is_about_this = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_about_this) {
            command.env_remove(name);
        }
    }
    command.current_dir(root());
    command
}

/// What the test binaries of a run report together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    /// Whether cargo itself ended well, which it does not when something fails to compile.
    pub(crate) succeeded: bool,
}

/// Runs tests with cargo, shows their output as it comes and adds up their closing lines.
pub(crate) fn cargo_tests(arguments: &[&str], environment: &[(&str, &OsStr)]) -> miette::Result<Tally> {
    let mut command = cargo_command();
    command.args(arguments).envs(environment.iter().copied()).stdout(Stdio::piped());
    let mut child = command.spawn().into_diagnostic().wrap_err("cargo cannot be started")?;
    let mut tally = Tally::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line.into_diagnostic()?;
            println!("{line}");
            tally.add(&line);
        }
    }
    tally.succeeded = child.wait().into_diagnostic()?.success();
    Ok(tally)
}

impl Tally {
    /// Adds a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`; other lines count nothing.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|result| result.split_once(". ")) else {
            return;
        };
        for count in counts.split("; ") {
            let (number, what) = count.split_once(' ').unwrap_or_default();
            let number = number.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn closing_lines_add_up() {
        let mut tally = Tally::default();
        tally.add("running 3 tests");
        tally.add("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s");
        tally.add("test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s");
        assert_eq!(tally, Tally { passed: 4, failed: 2, skipped: 1, succeeded: false });
    }
}
