//! `partywall oscal coverage`: what shows whether the controls that are mostly the provider's are done.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use clap::Args;
use miette::IntoDiagnostic;
use partywall_analysis::assurance;
use partywall_checks::{Check, Library, judge};
use partywall_model::Inventory;
use partywall_oscal::{CoveredControl, Evaluation, coverage};
use partywall_report::plain;

use crate::commands::Outcome;
use crate::commands::Output;
use crate::commands::scan::{library, print};
use crate::commands::sources::SourceArguments;
use crate::scan::{ScanOptions, derived_tables_in, evidence_of, open};

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
    let asked: Vec<(&str, &[String])> =
        controls.into_iter().flatten().map(|(id, control)| (id.as_str(), control.checks.as_slice())).collect();
    let judging = judging(&arguments.sources, options, &library, &asked)?;
    let of = |checks: &[String]| checks.iter().filter(|id| judging.contains(id.as_str())).cloned().collect::<Vec<_>>();
    let checks: BTreeMap<String, Vec<String>> =
        asked.iter().map(|(id, checks)| ((*id).to_owned(), of(checks))).collect();
    let covered = coverage(&checks, &report);
    print(&match arguments.output {
        Output::Json => serde_json::to_string_pretty(&covered).into_diagnostic()? + "\n",
        Output::Terminal => terminal(&covered),
    })?;
    Ok(Outcome::Clean)
}

/// The checks that judge anything in the estate: one that finds nothing of its kind evaluates no control.
fn judging(
    sources: &SourceArguments,
    options: ScanOptions,
    library: &Library,
    asked: &[(&str, &[String])],
) -> miette::Result<BTreeSet<Arc<str>>> {
    let ids: BTreeSet<&String> = asked.iter().flat_map(|(_, checks)| checks.iter()).collect();
    let checks: Vec<&Check> = ids.into_iter().filter_map(|id| library.checks.get(id.as_str())).collect();
    let derived_tables = checks.iter().flat_map(|check| derived_tables_in(&check.sql)).collect();
    let estate = open(&sources.target, &ScanOptions { derived_tables, ..options }, &|_| ())?;
    let judged = judge(&checks, &estate.database, &estate.inventory, &estate.derived.sensitivities);
    Ok(judged.findings.into_iter().map(|finding| finding.check).collect())
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
