//! Regenerates what the collector knows of the services' protocols.

use std::process::Command;

use miette::{IntoDiagnostic, WrapErr, miette};

use crate::command::{root, run};

/// The script that reads botocore's models.
const SCRIPT: &str = "xtask/wire.py";

/// Runs the script in an environment that holds the botocore it is written for.
pub(crate) fn regenerate() -> miette::Result<()> {
    let script = std::fs::read_to_string(root().join(SCRIPT)).into_diagnostic().wrap_err(SCRIPT)?;
    let version = version(&script).ok_or_else(|| miette!("`{SCRIPT}` names no version of botocore"))?;
    let environment = root().join("target").join(format!("wire-botocore-{version}"));
    let python = environment.join("bin/python");
    let is_whole = Command::new(&python).args(["-c", "import botocore"]).status().is_ok_and(|status| status.success());
    if !is_whole {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))
            .wrap_err("the wire data needs Python 3.11 or newer")?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        run(Command::new(&python).args(pip).arg(format!("botocore=={version}")))?;
    }
    run(Command::new(&python).args([SCRIPT, "calls", "crates/partywall-collect/wire"]).current_dir(root()))
}

/// The version in the line `BOTOCORE = "…"`.
fn version(script: &str) -> Option<&str> {
    script.lines().find_map(|line| line.strip_prefix("BOTOCORE = \""))?.strip_suffix('"')
}
