//! `partywall oscal coverage`: what shows whether the controls that are mostly the provider's are done.

use std::collections::BTreeMap;
use std::fmt::Write;

use clap::{Args, ValueEnum};
use miette::IntoDiagnostic;
use partywall_analysis::assurance;
use partywall_model::Inventory;
use partywall_oscal::{CoveredControl, Evaluation, coverage};
use partywall_report::plain;

use crate::commands::Outcome;
use crate::commands::scan::{library, print};
use crate::commands::sources::SourceArguments;
use crate::scan::evidence_of;

/// The framework whose controls are listed.
const FRAMEWORK: &str = "nist-800-53-r5";

/// Options of `partywall oscal coverage`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// The day on which reports have to hold; today by default
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<chrono::NaiveDate>,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people.
    Terminal,
    /// For programs.
    Json,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let mut options = arguments.sources.options()?;
    if let Some(day) = arguments.as_of {
        options.today = day.to_string();
    }
    let (evidence, _) = evidence_of(&arguments.sources.target, &options);
    // Which controls reports name does not depend on what is in use.
    let report = assurance::report(&Inventory::default(), &[], &BTreeMap::new(), &evidence);
    let library = library(&[])?;
    let controls = library.frameworks.get(FRAMEWORK).map(|framework| &framework.controls);
    let checks: BTreeMap<String, Vec<String>> = controls
        .into_iter()
        .flatten()
        .map(|(id, control)| (id.clone(), control.checks.iter().map(ToString::to_string).collect()))
        .collect();
    let covered = coverage(&checks, &report);
    print(&match arguments.output {
        Output::Json => serde_json::to_string_pretty(&covered).into_diagnostic()? + "\n",
        Output::Terminal => terminal(&covered),
    })?;
    Ok(Outcome::Clean)
}

fn terminal(controls: &[CoveredControl]) -> String {
    let mut out = String::new();
    let (mut by_checks, mut attested) = (0, 0);
    for control in controls {
        let said = match &control.evaluation {
            Evaluation::Checks { checks } => {
                by_checks += 1;
                format!("{} checks: {}", checks.len(), checks.join(", "))
            }
            Evaluation::Attested { report, state } => {
                attested += 1;
                format!("{} from {report}", state.id())
            }
            Evaluation::AttestationNeeded { why } if why.is_empty() => "unknown: attestation needed".to_owned(),
            Evaluation::AttestationNeeded { why } => format!("unknown: attestation needed; {why}"),
        };
        let _ = writeln!(out, "{:8} {}: {}", control.control, control.title, plain(&said));
    }
    let needed = controls.len() - by_checks - attested;
    let _ = writeln!(out, "{} controls: {by_checks} by checks, {attested} attested, {needed} unknown", controls.len());
    out
}
