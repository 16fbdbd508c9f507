//! Installs moto, which plays AWS for the tests of live accounts.

use std::path::{Path, PathBuf};
use std::process::Command;

use miette::{IntoDiagnostic, WrapErr, miette};

use crate::command::{cache, root, run};

/// The variable that tells the tests where the environment is.
pub(crate) const VARIABLE: &str = "PARTYWALL_MOTO";

/// The copy of the requirements that an environment holds once it is complete.
const STAMP: &str = "installed-requirements.txt";

/// The Python environment with moto, in the user's cache: installed when it is missing or when the pins have changed.
pub(crate) fn environment() -> miette::Result<PathBuf> {
    let (path, requirements) = requirements()?;
    let version = pinned_version()?;
    let environment = cache().join(format!("moto-{version}"));
    let stamp = environment.join(STAMP);
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements) {
        return Ok(environment);
    }
    eprintln!("installing moto {version} into {}, once, for about half a minute", environment.display());
    install(&environment, &path)
        .wrap_err("moto could not be installed; the tests of live accounts need Python 3.11 or newer and PyPI")?;
    std::fs::write(&stamp, requirements).into_diagnostic()?;
    Ok(environment)
}

/// The version of moto that the tests run with.
pub(crate) fn pinned_version() -> miette::Result<String> {
    let (path, requirements) = requirements()?;
    let pinned = version(&requirements).ok_or_else(|| miette!("`{}` pins no version of moto", path.display()))?;
    Ok(pinned.to_owned())
}

fn requirements() -> miette::Result<(PathBuf, String)> {
    let path = root().join("fixtures/live/requirements.txt");
    let text = std::fs::read_to_string(&path).into_diagnostic().wrap_err_with(|| format!("{path:?}"))?;
    Ok((path, text))
}

/// Starts afresh: what is there is of other pins, or was left half done.
fn install(environment: &Path, requirements: &Path) -> miette::Result<()> {
    std::fs::create_dir_all(environment).into_diagnostic()?;
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(environment))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(environment.join("bin/python")).args(pip).arg(requirements))
}

fn version(requirements: &str) -> Option<&str> {
    let pin = requirements.lines().find_map(|line| line.strip_prefix("moto"))?;
    pin.trim_start_matches("[server]").strip_prefix("==").map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_version_is_that_of_the_pin() {
        assert_eq!(version("# moto\nboto3==1.2.3\nmoto[server]==5.2.5\n"), Some("5.2.5"));
        assert_eq!(version("moto-ext==5.2.5\n"), None);
    }
}
