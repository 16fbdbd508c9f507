//! Sites that we run ourselves: the verdicts of the fixtures, what happens when evidence is taken away, and devices
//! that are played by real programs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod deletion;
mod devices;
mod golden;
mod hostile;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use partywall::{ScanOptions, assess, derived_tables_of, open};
use partywall_checks::Library;
use partywall_model::{Assessment, Verdict};

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/site")
}

/// Judges a folder as the command line does.
pub(crate) fn judged(library: &Library, folder: &Path) -> Assessment {
    let mut options = ScanOptions { today: "2026-10-01".to_owned(), ..ScanOptions::default() };
    options.derived_tables = derived_tables_of(library, &options).unwrap();
    let estate = open(folder, &options, &|_| ()).unwrap();
    assess(folder, estate, library, &options, &|_| ()).unwrap()
}

/// The worst verdict of each check on each resource.
pub(crate) fn verdicts(assessment: &Assessment) -> BTreeMap<(String, String), Verdict> {
    let mut verdicts = BTreeMap::new();
    for finding in &assessment.findings {
        let key = (finding.check.to_string(), finding.resource.to_string());
        let slot = verdicts.entry(key).or_insert(finding.verdict);
        *slot = (*slot).min(finding.verdict);
    }
    verdicts
}

/// A copy of a fixture that may be changed.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
