//! Installs aiosmtpd, the mail server that the tests of notices send to.

use std::path::PathBuf;

use miette::{IntoDiagnostic, WrapErr, miette};

use crate::command::root;
use crate::python;

/// The variable that tells the tests where the environment is.
pub(crate) const VARIABLE: &str = "PARTYWALL_AIOSMTPD";

/// The Python environment with aiosmtpd, in the user's cache.
pub(crate) fn environment() -> miette::Result<PathBuf> {
    let path = root().join("fixtures/incidents/requirements.txt");
    let text = std::fs::read_to_string(&path).into_diagnostic().wrap_err_with(|| format!("{path:?}"))?;
    let version = text.lines().find_map(|line| line.strip_prefix("aiosmtpd=="));
    let version = version.ok_or_else(|| miette!("`{}` pins no version of aiosmtpd", path.display()))?;
    python::environment(&format!("aiosmtpd-{version}"), &path)
        .wrap_err("aiosmtpd could not be installed; the tests of mail need Python 3.11 or newer and PyPI")
}
