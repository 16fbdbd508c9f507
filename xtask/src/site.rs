//! What plays the devices of a site: sushy-tools and snmpsim from PyPI, Network UPS Tools from Debian.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use miette::{IntoDiagnostic, WrapErr, miette};

use crate::command::root;
use crate::python;

/// The variable that tells the tests where the Python environment is.
pub(crate) const VARIABLE: &str = "PARTYWALL_SITE_DEVICES";

/// The driver that plays a UPS.
const DRIVER: &str = "/lib/nut/dummy-ups";

/// The Python environment, in the user's cache: installed when it is missing or when the pins have changed.
pub(crate) fn environment() -> miette::Result<PathBuf> {
    let path = root().join("fixtures/site/requirements.txt");
    let text = std::fs::read_to_string(&path).into_diagnostic().wrap_err_with(|| format!("{path:?}"))?;
    let version = text.lines().find_map(|line| line.strip_prefix("sushy-tools=="));
    let version = version.ok_or_else(|| miette!("`{}` pins no version of sushy-tools", path.display()))?;
    python::environment(&format!("site-devices-{version}"), &path)
        .wrap_err("sushy-tools could not be installed; the tests of sites need Python 3.11 or newer and PyPI")
}

/// Whether Network UPS Tools are here; installed when they are missing and this user may install packages.
pub(crate) fn has_nut() -> bool {
    Path::new(DRIVER).exists() || (installs() && Path::new(DRIVER).exists())
}

fn installs() -> bool {
    eprintln!("installing Debian's packages `nut-server` and `nut-client`, once");
    let apt = |arguments: &[&str]| Command::new("apt-get").args(arguments).stdout(Stdio::null()).status();
    let install = ["install", "--yes", "--no-install-recommends", "nut-server", "nut-client"];
    let is_done = |status: std::io::Result<std::process::ExitStatus>| status.is_ok_and(|status| status.success());
    is_done(apt(&install)) || (is_done(apt(&["update"])) && is_done(apt(&install)))
}
