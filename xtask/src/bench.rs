//! Whole-process comparisons against peers.

pub(crate) mod access;
pub(crate) mod drill;
pub(crate) mod live;
pub(crate) mod network;
pub(crate) mod watch;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use miette::{IntoDiagnostic, WrapErr, miette};

use crate::command::{cache, cargo, root, run};
use crate::estate;

/// The peers' versions, so that figures can be repeated.
const CHECKOV: &str = "checkov==3.3.30";
const PROWLER: &str = "prowler==5.46.0";

/// One finished process.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Measure {
    wall_seconds: f64,
    memory_mebibytes: f64,
}

/// Times partywall and Checkov in turn on the same folders and prints a table.
pub(crate) fn iac(runs: usize, files: usize) -> miette::Result<()> {
    cargo(&["build", "--release", "--package", "partywall"], &[])?;
    let partywall = target().join("release/partywall");
    let checkov = installed("checkov", CHECKOV)?;
    let small = root().join("fixtures/webshop");
    let large = cache().join(format!("bench/estate-{files}"));
    estate::write(&large, files)?;
    println!("| estate | files | partywall | Checkov | times faster | memory of partywall | memory of Checkov |");
    println!("|---|---|---|---|---|---|---|");
    for (name, folder, peer_runs) in [("webshop", &small, runs), ("large", &large, 1)] {
        let ours = || program(&partywall, &["scan", "--fail-on", "never", "-o", "json"], folder);
        let theirs =
            || program(&checkov, &["--quiet", "--compact", "--framework", "terraform", "-o", "json", "-d"], folder);
        let (ours, theirs) = compare(runs, peer_runs, ours, theirs)?;
        println!(
            "| {name} | {} | {:.2} s | {:.1} s | {:.0} | {:.0} MiB | {:.0} MiB |",
            count_files(folder),
            ours.wall_seconds,
            theirs.wall_seconds,
            theirs.wall_seconds / ours.wall_seconds,
            ours.memory_mebibytes,
            theirs.memory_mebibytes
        );
    }
    Ok(())
}

/// Runs both in turn, so that a machine whose speed drifts slows both; the first run of each is a warm-up.
fn compare(
    runs: usize,
    peer_runs: usize,
    ours: impl Fn() -> Command,
    theirs: impl Fn() -> Command,
) -> miette::Result<(Measure, Measure)> {
    measure(ours())?;
    let (mut our_measures, mut their_measures) = (Vec::new(), Vec::new());
    for round in 0..runs {
        our_measures.push(measure(ours())?);
        if round < peer_runs {
            their_measures.push(measure(theirs())?);
        }
    }
    Ok((median(our_measures), median(their_measures)))
}

fn median(mut measures: Vec<Measure>) -> Measure {
    measures.sort_by(|left, right| left.wall_seconds.total_cmp(&right.wall_seconds));
    measures.get(measures.len() / 2).copied().unwrap_or(Measure { wall_seconds: f64::NAN, memory_mebibytes: f64::NAN })
}

fn program(path: &Path, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "partywall-bench %e %M", "--"]).arg(path).args(arguments).arg(folder);
    command
}

fn measure(mut command: Command) -> miette::Result<Measure> {
    let output = command
        .stdout(Stdio::null())
        .output()
        .into_diagnostic()
        .wrap_err("`/usr/bin/time` is needed; install the package `time`")?;
    match figures(&String::from_utf8_lossy(&output.stderr))?.as_slice() {
        [wall_seconds, kibibytes] => Ok(Measure { wall_seconds: *wall_seconds, memory_mebibytes: kibibytes / 1024.0 }),
        _ => Err(miette!("{command:?} was not measured")),
    }
}

/// What `/usr/bin/time` wrote behind a program's own messages.
fn figures(messages: &str) -> miette::Result<Vec<f64>> {
    let line = messages.lines().rev().find_map(|line| line.strip_prefix("partywall-bench "));
    let line = line.ok_or_else(|| miette!("a program was not measured: {messages}"))?;
    Ok(line.split(' ').filter_map(|figure| figure.parse().ok()).collect())
}

/// Where cargo puts programs.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A peer in a virtual environment of its own, kept between runs.
fn installed(name: &str, package: &str) -> miette::Result<PathBuf> {
    let environment = cache().join("bench").join(name);
    let program = environment.join("bin").join(name);
    if !program.exists() {
        std::fs::create_dir_all(&environment).into_diagnostic()?;
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        run(Command::new(environment.join("bin/pip")).args(["install", "--quiet", package]))?;
    }
    Ok(program)
}

fn count_files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.path() {
            path if path.is_dir() => count_files(&path),
            path => usize::from(path.extension().is_some_and(|kind| kind == "tf")),
        })
        .sum()
}
