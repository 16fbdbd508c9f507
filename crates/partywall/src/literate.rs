//! Runs the examples of a check's page through the whole pipeline.

mod answers;

use std::fmt;
use std::path::{Path, PathBuf};

use miette::IntoDiagnostic;
use partywall_checks::{Case, Check, Language, Library, Page, Section, judge};
use partywall_model::{Finding, Verdict};

use crate::configuration::Configuration;
use crate::scan::{ScanOptions, derived_tables_in, open};

/// The day on which examples are judged.
const TODAY: &str = "2026-06-01";

/// An example that did not get its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFault {
    /// The check.
    pub check: String,
    /// Line of the example in the page, counted from 1.
    pub line: u32,
    /// What was expected and what came.
    pub message: String,
}

impl fmt::Display for CaseFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "checks/{}.md:{}: {}", self.check, self.line, self.message)
    }
}

/// Runs every example of every check that a name selects; all when there is no name.
///
/// Answers how many examples ran, and those that did not get their verdict.
///
/// # Errors
/// When the pipeline cannot run at all.
pub fn test_checks(library: &Library, names: &[String]) -> miette::Result<(usize, Vec<CaseFault>)> {
    let (mut count, mut faults) = (0, Vec::new());
    let wanted =
        |check: &&Check| names.is_empty() || names.iter().any(|name| check.is_named(name) || check.service() == name);
    for check in library.checks.values().filter(wanted) {
        for case in Page::parse(&check.page).cases {
            count += 1;
            faults.extend(run_case(check, &case)?);
        }
    }
    Ok((count, faults))
}

/// Runs one example.
///
/// # Errors
/// When the pipeline cannot run at all.
pub fn run_case(check: &Check, case: &Case) -> miette::Result<Vec<CaseFault>> {
    let folder = tempfile::tempdir().into_diagnostic()?;
    let write = |name: &str| -> miette::Result<PathBuf> {
        let target = folder.path().join(name);
        std::fs::write(&target, &case.code).into_diagnostic()?;
        Ok(target)
    };
    let target = match case.language {
        Language::Hcl => write("main.tf")?,
        Language::Yaml => write("template.yaml")?,
        Language::Json => write("template.json")?,
        Language::Answers => answers::write(folder.path(), &case.code)?,
        Language::Site => folder.path().to_owned(),
    };
    for (path, text) in &case.files {
        let file = folder.path().join(path);
        file.parent().map_or(Ok(()), std::fs::create_dir_all).into_diagnostic()?;
        std::fs::write(file, text).into_diagnostic()?;
    }
    let findings = findings(check, &target)?;
    let fault = |message: String| CaseFault { check: check.id.to_string(), line: case.line, message };
    let mut faults: Vec<CaseFault> = findings
        .iter()
        .filter(|finding| finding.verdict != expected(case, finding))
        .map(|finding| {
            let (found, wanted) = (finding.verdict.id(), expected(case, finding).id());
            let causes =
                if finding.causes.is_empty() { String::new() } else { format!(" ({})", finding.causes.join("; ")) };
            fault(format!("`{}` got {found}{causes}, not {wanted}", finding.resource))
        })
        .collect();
    if !findings.iter().any(|finding| finding.verdict == case.section.verdict()) && case.section != Section::Passes {
        faults.push(fault(format!("no resource got {}", case.section.verdict().id())));
    }
    if findings.is_empty() {
        faults.push(fault("the check judged no resource".to_owned()));
    }
    for name in
        case.exceptions.keys().filter(|name| !findings.iter().any(|finding| finding.resource.as_ref() == name.as_str()))
    {
        faults.push(fault(format!("`{name}` was not judged")));
    }
    Ok(faults)
}

fn findings(check: &Check, target: &Path) -> miette::Result<Vec<Finding>> {
    let options = ScanOptions {
        configuration: Configuration::load(None, target)?,
        derived_tables: derived_tables_in(&check.sql),
        today: TODAY.to_owned(),
        ..ScanOptions::default()
    };
    let estate = open(target, &options, &|_| ())?;
    Ok(judge(&[check], &estate.database, &estate.inventory, &estate.derived.sensitivities).findings)
}

fn expected(case: &Case, finding: &Finding) -> Verdict {
    case.exceptions.get(finding.resource.as_ref()).copied().unwrap_or_else(|| case.section.verdict())
}
