//! The policies that AWS manages, from the copy that moto ships.

use std::process::Command;

use miette::{IntoDiagnostic, miette};
use serde_json::Value;

use super::text;
use crate::moto;

/// Prints the module's JSON, which stands in a Python text.
const PROGRAM: &str = "from moto.iam.aws_managed_policies import aws_managed_policies_data as d; print(d)";

/// One line for each policy: the ARN, the default version and its document. The first lines describe it.
pub(super) fn list() -> miette::Result<String> {
    let python = moto::environment()?.join("bin/python");
    let output = Command::new(&python).args(["-c", PROGRAM]).output().into_diagnostic()?;
    if !output.status.success() {
        return Err(miette!("{} ended with {}", python.display(), output.status));
    }
    let policies: serde_json::Map<String, Value> = serde_json::from_slice(&output.stdout).into_diagnostic()?;
    let mut lines = Vec::new();
    let mut newest = "";
    for (name, policy) in &policies {
        let arn = format!("arn:aws:iam::aws:policy{}{name}", text(policy, "Path")?);
        newest = newest.max(text(policy, "UpdateDate")?);
        lines.push(format!("{arn}\t{}\t{}", text(policy, "DefaultVersionId")?, policy["Document"]));
    }
    lines.sort();
    let day = newest.get(..10).unwrap_or_default();
    let version = moto::pinned_version()?;
    let head = [
        format!("# Policies that AWS manages as of {day}, from PyPI moto {version} (Apache-2.0)."),
        "# Written by `cargo xtask catalogue`. ARN, default version, its document.".to_owned(),
    ];
    Ok(head.into_iter().chain(lines).collect::<Vec<_>>().join("\n") + "\n")
}
