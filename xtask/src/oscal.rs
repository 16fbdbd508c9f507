//! Installs two validators of OSCAL documents, with which the tests check what is exported.

use std::path::PathBuf;

use miette::WrapErr;

use crate::command::root;
use crate::python;

/// The variable that tells the tests where the environment is.
pub(crate) const VARIABLE: &str = "PARTYWALL_OSCAL";

/// The Python environment with both validators, in the user's cache: installed when it is missing or when the pins
/// have changed.
pub(crate) fn environment() -> miette::Result<PathBuf> {
    // oscal-validate asks for Python 3.12 and runs with 3.11, which is what Debian has.
    python::environment_with(
        "oscal-validators",
        &root().join("fixtures/oscal/requirements.txt"),
        &["--ignore-requires-python"],
    )
    .wrap_err("the validators of OSCAL could not be installed; they need Python 3.11 or newer and PyPI")
}
