//! The estate that is reviewed: scanned and drilled.

use std::path::Path;

use miette::miette;
use partywall_analysis::availability::drill::{Drill, Plan};
use partywall_evidence::review::posture;
use partywall_model::{Assessment, Posture};

use super::super::scan::{Progress, library};
use super::super::target::Target;
use crate::scan::{ScanOptions, assess, derived_tables_of, open};

/// Scans and drills.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read(named: &Path, mut options: ScanOptions) -> miette::Result<(Assessment, Posture)> {
    let found = Target::find(named)?;
    let target = found.path();
    let library = library(&[])?;
    options.derived_tables = derived_tables_of(&library, &options)?;
    options.duties = Some(super::super::access::duties(target)?);
    let progress = Progress::start();
    let estate = open(target, &options, &|step| progress.show(step))?;
    let configuration = &options.configuration;
    let drill = Drill::of(&estate.inventory, configuration.availability.tag_keys.as_deref(), &configuration.workloads);
    let plan = Plan { all: true, cuts: false, ..Plan::default() };
    let report = drill.run(&plan).map_err(|error| miette!("{error}"))?;
    let mut assessment = assess(target, estate, &library, &options, &|step| progress.show(step))?;
    progress.finish();
    assessment.target = named.display().to_string();
    let posture = posture(&assessment, (!report.scenarios.is_empty()).then_some(&report));
    Ok((assessment, posture))
}
