//! From a path to an assessment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::Diagnostic;
use partywall_analysis::access::facts::Duties;
use partywall_analysis::assurance::Evidence;
use partywall_analysis::{AnalysisError, Derived};
use partywall_checks::{Accepted, Baseline, Check, Library, Page, accept, duties, judge};
use partywall_columnar::{Snapshot, SnapshotError};
use partywall_ingest::{DiscoverError, Options};
use partywall_model::{Assessment, CheckSummary, Finding, Gap, Inventory, Suppression};
use partywall_sql::{Database, SqlError};
use thiserror::Error;

use crate::configuration::Configuration;
use crate::declarations::add_declarations;
use crate::excerpt;

/// How to assess.
#[derive(Debug, Default)]
pub struct ScanOptions {
    /// How to read the sources.
    pub ingest: Options,
    /// What the team has decided.
    pub configuration: Configuration,
    /// Run these checks only; empty means all.
    pub only: Vec<String>,
    /// Run the checks of this framework only.
    pub framework: Option<String>,
    /// What failed before.
    pub baseline: Option<Baseline>,
    /// The day of the scan, `YYYY-MM-DD`.
    pub today: String,
    /// Code that may declare the live resources of the target, and how to read it.
    pub code: Option<(PathBuf, Options)>,
    /// Derived tables to fill too, for statements that name them.
    pub derived_tables: BTreeSet<&'static str>,
    /// Which duties belong apart, when a team has rules of its own.
    pub duties: Option<Duties>,
}

/// An estate that was read and analysed, ready for questions.
pub struct Estate {
    /// The rows.
    pub inventory: Arc<Inventory>,
    /// The rows, in SQL.
    pub database: Database,
    /// What the analyses found.
    pub derived: Derived,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// Comments that waive a check.
    pub suppressions: Vec<Suppression>,
}

/// What a scan is doing, for progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reading and evaluating the sources.
    Read,
    /// Turning resources into rows.
    Normalize,
    /// Deciding responsibilities.
    Analyse,
    /// Running checks.
    Judge,
}

/// Why a scan could not run.
#[derive(Debug, Error, Diagnostic)]
pub enum ScanError {
    /// The target cannot be looked at.
    #[error(transparent)]
    #[diagnostic(help(
        "name a folder with Terraform, CloudFormation, a collection, a snapshot or files of the AWS CLI, a template, a plan or a state in JSON"
    ))]
    Discover(#[from] DiscoverError),
    /// The target is a snapshot that cannot be read.
    #[error(transparent)]
    #[diagnostic(help("take the snapshot again; rows of a damaged one must not vanish unsaid"))]
    Snapshot(#[from] SnapshotError),
    /// An analysis failed.
    #[error(transparent)]
    #[diagnostic(help("this is a fault of partywall; please report it"))]
    Analysis(#[from] AnalysisError),
    /// The SQL engine failed.
    #[error(transparent)]
    #[diagnostic(help("this is a fault of partywall; please report it"))]
    Sql(#[from] SqlError),
    /// A name that no check or framework has.
    #[error("there is no {kind} `{name}`")]
    #[diagnostic(help("`partywall checks list` shows the checks and frameworks"))]
    NoSuchName {
        /// What was looked for.
        kind: &'static str,
        /// The name.
        name: String,
    },
}

/// Reads and analyses an estate.
///
/// # Errors
/// When the target cannot be looked at. What cannot be understood inside it is a gap.
pub fn open(target: &Path, options: &ScanOptions, progress: &dyn Fn(Step)) -> Result<Estate, ScanError> {
    let Snapshot { mut inventory, mut gaps, suppressions } = read(target, &options.ingest, progress)?;
    progress(Step::Analyse);
    let mut derived = partywall_analysis::analyse(&inventory, &options.configuration.sensitivity())?;
    let wanted = &options.derived_tables;
    let duties = options.duties.as_ref().unwrap_or_else(|| Duties::shipped());
    let mut evidence = Evidence::default();
    if wanted.iter().any(|name| name.starts_with("assurance_")) {
        let (read, blind) = evidence_of(target, options);
        evidence = read;
        gaps.extend(blind);
    }
    gaps.extend(partywall_analysis::add_derived_tables(&mut inventory, &mut derived, duties, &evidence, wanted)?);
    let inventory = Arc::new(inventory);
    let database = Database::new(inventory.clone())?;
    Ok(Estate { inventory, database, derived, gaps, suppressions })
}

/// What third parties attest about the provider, as it lies in the target's folder, and what the team asks for.
pub(crate) fn evidence_of(target: &Path, options: &ScanOptions) -> (Evidence, Vec<Gap>) {
    let read = partywall_ingest::attestation::read(target);
    let evidence = Evidence {
        attestations: read.attestations,
        unreadable: read.unreadable,
        required: options.configuration.assurance.clone(),
        day: options.today.parse().ok(),
    };
    (evidence, read.gaps)
}

/// Reads an estate as rows, without analysing it: a snapshot, or anything that can be decoded.
///
/// # Errors
/// When the target cannot be looked at, or is a damaged snapshot.
pub(crate) fn read(target: &Path, options: &Options, progress: &dyn Fn(Step)) -> Result<Snapshot, ScanError> {
    progress(Step::Read);
    if partywall_columnar::is_snapshot(target) {
        return Ok(partywall_columnar::read(target)?);
    }
    let decoded = partywall_ingest::read(target, options)?;
    progress(Step::Normalize);
    let normalized = partywall_ingest::normalize::normalize(decoded);
    Ok(Snapshot { inventory: normalized.inventory, gaps: normalized.gaps, suppressions: normalized.suppressions })
}

/// The derived tables that a statement names.
pub fn derived_tables_in(sql: &str) -> BTreeSet<&'static str> {
    let derived = Inventory::all_tables().iter().filter(|table| table.derived).map(|table| table.name);
    derived.filter(|name| sql.contains(name)).collect()
}

/// The derived tables that the checks of a scan ask.
///
/// # Errors
/// When the options name a check or framework that does not exist.
pub fn derived_tables_of(library: &Library, options: &ScanOptions) -> Result<BTreeSet<&'static str>, ScanError> {
    Ok(selected(library, options)?.into_iter().flat_map(|check| derived_tables_in(&check.sql)).collect())
}

/// Judges an estate.
///
/// # Errors
/// When the options name a check or framework that does not exist.
pub fn assess(
    target: &Path,
    estate: Estate,
    library: &Library,
    options: &ScanOptions,
    progress: &dyn Fn(Step),
) -> Result<Assessment, ScanError> {
    let checks = selected(library, options)?;
    progress(Step::Judge);
    let judgement = judge(&checks, &estate.database, &estate.inventory, &estate.derived.sensitivities);
    let (mut findings, mut gaps) = (judgement.findings, estate.gaps);
    gaps.extend(partywall_analysis::site::stale(&estate.inventory, &options.today));
    gaps.extend(judgement.gaps);
    let accepted = Accepted {
        waivers: &options.configuration.waivers,
        suppressions: &estate.suppressions,
        baseline: options.baseline.as_ref(),
        today: &options.today,
    };
    gaps.extend(accept(&mut findings, library, &accepted));
    if let Some((code, reading)) = &options.code {
        add_declarations(code, reading, &estate.inventory, &mut findings)?;
    }
    let duties = duties(estate.derived.responsibilities, &findings, &estate.derived.sensitivities);
    Ok(Assessment {
        target: target.display().to_string(),
        code: options.code.as_ref().map(|(code, _)| code.display().to_string()),
        tables: estate.inventory.resource_tables().map(|(table, rows)| (table.name, rows.len())).collect(),
        excerpts: excerpt::excerpts(target, &findings),
        checks: summaries(library, &checks, &findings),
        findings,
        duties,
        access: estate.derived.access,
        network: estate.derived.network,
        gaps,
    })
}

fn selected<'a>(library: &'a Library, options: &ScanOptions) -> Result<Vec<&'a Check>, ScanError> {
    let find =
        |name: &String| library.find(name).ok_or_else(|| ScanError::NoSuchName { kind: "check", name: name.clone() });
    let only = options.only.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let skip = options.configuration.scan.skip.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let framework = match &options.framework {
        None => None,
        Some(name) => Some(
            library
                .frameworks
                .get(name)
                .ok_or_else(|| ScanError::NoSuchName { kind: "framework", name: name.clone() })?,
        ),
    };
    let is_in = |list: &[&Check], check: &Check| list.iter().any(|other| other.id == check.id);
    let wanted = |check: &&Check| {
        (only.is_empty() || is_in(&only, check))
            && !is_in(&skip, check)
            && framework.is_none_or(|framework| {
                framework.controls.values().any(|control| control.checks.iter().any(|id| *id == *check.id))
            })
    };
    Ok(library.checks.values().filter(wanted).collect())
}

fn summaries(library: &Library, checks: &[&Check], findings: &[Finding]) -> BTreeMap<Arc<str>, CheckSummary> {
    let told: std::collections::HashSet<&Arc<str>> = findings.iter().map(|finding| &finding.check).collect();
    checks
        .iter()
        .filter(|check| told.contains(&check.id))
        .map(|check| {
            let page = Page::parse(&check.page);
            let summary = CheckSummary {
                title: check.title.clone(),
                severity: check.severity,
                layer: check.layer,
                rationale: page.rationale.into(),
                remedy: page.remedy.into(),
                aliases: check.aliases.clone(),
                controls: library.controls_of(&check.id),
            };
            (check.id.clone(), summary)
        })
        .collect()
}
