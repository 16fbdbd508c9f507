//! `partywall assurance`: what third parties' reports cover of what is in use.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;
use miette::IntoDiagnostic;
use partywall_checks::Library;
use partywall_model::{Assessment, AssuranceReport, AssuranceState, DutyStatus, Gap, Verdict};

use super::Outcome;
use super::scan::{Progress, library, print};
use super::sources::SourceArguments;
use super::target::Target;
use crate::commands::Output;
use crate::scan::{ScanOptions, assess, derived_tables_of, evidence_of, open};

/// Options of `partywall assurance`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// The day on which reports have to hold; today by default
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<chrono::NaiveDate>,
    /// End with 1 when something that `[[assurance]]` asks for is not covered, or not known to be
    #[arg(long)]
    assert: bool,
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
    let found = Target::find(&arguments.sources.target)?;
    let progress = Progress::start();
    let library = library(&[])?;
    let (report, gaps) = report(found.path(), &library, &mut options, &progress)?;
    progress.finish();
    print(&match arguments.output {
        Output::Json => {
            serde_json::to_string_pretty(&serde_json::json!({ "assurance": report, "gaps": gaps })).into_diagnostic()?
                + "\n"
        }
        Output::Terminal => partywall_report::assurance(&report, &gaps),
    })?;
    let is_open = report
        .places
        .iter()
        .flat_map(|place| &place.cells)
        .any(|cell| !cell.state.is_inherited() && cell.required + cell.maybe_required > 0);
    Ok(if arguments.assert && is_open { Outcome::Findings } else { Outcome::Clean })
}

/// What reports cover, with the state of what they expect of customers, and what could not be seen of them.
fn report(
    target: &Path,
    library: &Library,
    options: &mut ScanOptions,
    progress: &Progress,
) -> miette::Result<(AssuranceReport, Vec<Gap>)> {
    let (evidence, gaps) = evidence_of(target, options);
    let expected = evidence.attestations.iter().flat_map(|one| &one.complements).flat_map(|one| &one.checks);
    let wanted = expected.filter_map(|name| library.find(name)).map(|check| check.id.to_string());
    options.only = wanted.collect();
    let has_checks = !options.only.is_empty();
    if has_checks {
        options.derived_tables = derived_tables_of(library, options)?;
    }
    let estate = open(target, options, &|step| progress.show(step))?;
    let derived = &estate.derived;
    let mut report = partywall_analysis::assurance::report(
        &estate.inventory,
        &derived.responsibilities,
        &derived.sensitivities,
        &evidence,
    );
    if has_checks {
        let assessment = assess(target, estate, library, options, &|step| progress.show(step))?;
        judge_complements(&mut report, library, &assessment);
    }
    Ok((report, gaps))
}

/// What a report expects of customers is as good as the worst verdict of the checks that show it. A check that judged
/// nothing shows nothing.
fn judge_complements(report: &mut AssuranceReport, library: &Library, assessment: &Assessment) {
    let mut worst: BTreeMap<&str, Verdict> = BTreeMap::new();
    for finding in &assessment.findings {
        let verdict = worst.entry(&finding.check).or_insert(finding.verdict);
        *verdict = (*verdict).min(finding.verdict);
    }
    let status = |name: &String| match library.find(name).and_then(|check| worst.get(check.id.as_ref())) {
        Some(Verdict::Fail) => DutyStatus::Failed,
        Some(Verdict::Unknown) => DutyStatus::Unknown,
        Some(Verdict::Pass) => DutyStatus::Met,
        Some(Verdict::NotApplicable) | None => DutyStatus::Open,
    };
    for document in &mut report.documents {
        for complement in &mut document.complements {
            let of_report =
                if document.state == AssuranceState::Unknown { DutyStatus::Unknown } else { DutyStatus::Met };
            let statuses = complement.checks.iter().map(status);
            complement.status = match statuses.min() {
                Some(status) => status.min(of_report),
                None => DutyStatus::Open,
            };
        }
    }
}
