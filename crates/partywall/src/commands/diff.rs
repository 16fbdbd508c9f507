//! `partywall diff`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use miette::IntoDiagnostic;
use partywall_analysis::drift::{Reading, compare};
use partywall_checks::Library;
use partywall_model::{Assessment, Drift, Inventory, Verdict};

use super::Outcome;
use super::scan::{Progress, print, style};
use super::sources::ReadingArguments;
use super::target::Target;
use crate::commands::Output;
use crate::scan::{assess, open};

/// Options of `partywall diff`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The first reading: a snapshot, a collection, a plan or code
    before: PathBuf,
    /// The second reading
    after: PathBuf,
    #[command(flatten)]
    reading: ReadingArguments,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
    /// When to end with 1
    #[arg(long, value_enum, default_value_t = FailOn::Worse)]
    fail_on: FailOn,
    /// List every change, not only the first ones
    #[arg(long)]
    all: bool,
}

/// What makes a comparison fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// A verdict that fails now and did not before, or that can no longer be told.
    Worse,
    /// Any difference.
    Any,
    /// Nothing.
    Never,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let library = Library::shipped().into_diagnostic()?;
    let progress = Progress::start();
    let read = |target: &Path| -> miette::Result<(Arc<Inventory>, Assessment)> {
        let found = Target::find(target)?;
        let target = found.path();
        let options = arguments.reading.options(target)?;
        let estate = open(target, &options, &|step| progress.show(step))?;
        let inventory = estate.inventory.clone();
        let assessment = assess(target, estate, &library, &options, &|step| progress.show(step))?;
        Ok((inventory, assessment))
    };
    let (before, earlier) = read(&arguments.before)?;
    let (after, later) = read(&arguments.after)?;
    let drift = compare(
        &Reading { inventory: &before, assessment: &earlier },
        &Reading { inventory: &after, assessment: &later },
    );
    progress.finish();
    print(&match arguments.output {
        Output::Terminal => partywall_report::drift(&drift, &style(std::io::stdout().is_terminal(), arguments.all)),
        Output::Json => serde_json::to_string_pretty(&drift).into_diagnostic()? + "\n",
    })?;
    Ok(outcome(&drift, arguments.fail_on))
}

fn outcome(drift: &Drift, fail_on: FailOn) -> Outcome {
    let is_worse = |before: Option<Verdict>, after: Option<Verdict>| match after {
        Some(Verdict::Fail) => true,
        Some(Verdict::Unknown) => before == Some(Verdict::Pass),
        _ => false,
    };
    let has_findings = match fail_on {
        FailOn::Worse => drift.verdicts.iter().any(|change| is_worse(change.before, change.after)),
        FailOn::Any => !drift.rows.is_empty() || !drift.verdicts.is_empty() || !drift.responsibilities.is_empty(),
        FailOn::Never => false,
    };
    if has_findings { Outcome::Findings } else { Outcome::Clean }
}
