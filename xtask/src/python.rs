//! Python environments with pinned packages, in the user's cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use miette::IntoDiagnostic;

use crate::command::{cache, run};

/// The copy of the requirements that an environment holds once it is complete.
const STAMP: &str = "installed-requirements.txt";

/// An environment with the packages of a file of requirements: made when it is missing or when the pins have changed.
pub(crate) fn environment(name: &str, requirements: &Path) -> miette::Result<PathBuf> {
    environment_with(name, requirements, &[])
}

/// The same, with further options of pip.
pub(crate) fn environment_with(name: &str, requirements: &Path, options: &[&str]) -> miette::Result<PathBuf> {
    let pins = std::fs::read_to_string(requirements).into_diagnostic()?;
    let environment = cache().join(name);
    let stamp = environment.join(STAMP);
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == pins) {
        return Ok(environment);
    }
    eprintln!("installing {name} into {}, once, for about half a minute", environment.display());
    // What is there is of other pins, or was left half done.
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(Command::new(environment.join("bin/python")).args(pip).args(options).arg("--requirement").arg(requirements))?;
    std::fs::write(&stamp, pins).into_diagnostic()?;
    Ok(environment)
}
