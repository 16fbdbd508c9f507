//! How long reachability takes on generated estates.

mod plan;

use std::process::Command;

use super::{measure, median, target};
use crate::command::{cache, cargo};

/// Resources of the plans that are compared, and how long that may take.
const RESOURCES: usize = 5_000;
const AIM_MILLISECONDS: f64 = 300.0;

/// Comparisons of which the median counts.
const RUNS: usize = 5;

/// Builds the measuring program and runs it for each size; then compares two plans.
pub(crate) fn run(sizes: &[usize]) -> miette::Result<()> {
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    let mut arguments =
        vec!["run", "--release", "--quiet", "--package", "partywall-analysis", "--example", "network", "--"];
    arguments.extend(sizes.iter().map(String::as_str));
    cargo(&arguments, &[])?;
    diff()
}

/// Times `partywall network diff` on two plans that differ in one rule, whole process.
fn diff() -> miette::Result<()> {
    cargo(&["build", "--release", "--package", "partywall"], &[])?;
    let [before, after] = plan::write(&cache().join("bench/network"), RESOURCES)?;
    let comparison = || {
        let mut command = Command::new("/usr/bin/time");
        command.args(["-f", "partywall-bench %e %M", "--"]).arg(target().join("release/partywall"));
        command.args(["network", "diff", "--by", "subnet"]).arg(&before).arg(&after);
        command
    };
    let measures = (0..RUNS).map(|_| measure(comparison())).collect::<Result<Vec<_>, _>>()?;
    let milliseconds = median(measures).wall_seconds * 1000.0;
    println!("\nflows gained and lost between two plans of {RESOURCES} resources: {milliseconds:.0} ms");
    println!("{:.0} % of the aim of {AIM_MILLISECONDS:.0} ms", 100.0 * milliseconds / AIM_MILLISECONDS);
    Ok(())
}
