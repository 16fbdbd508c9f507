//! Installs moto, which plays AWS for the tests of live accounts.

use std::path::PathBuf;

use miette::{IntoDiagnostic, WrapErr, miette};

use crate::command::root;
use crate::python;

/// The variable that tells the tests where the environment is.
pub(crate) const VARIABLE: &str = "PARTYWALL_MOTO";

/// The Python environment with moto, in the user's cache: installed when it is missing or when the pins have changed.
pub(crate) fn environment() -> miette::Result<PathBuf> {
    let (path, _) = requirements()?;
    python::environment(&format!("moto-{}", pinned_version()?), &path)
        .wrap_err("moto could not be installed; the tests of live accounts need Python 3.11 or newer and PyPI")
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
