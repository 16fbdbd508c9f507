//! The result of a scan, ready to be reported.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::{AccessReport, Duty, Finding, Gap, Layer, NetworkPicture, Severity};

/// All that a scan found out. Reports render it and decide nothing.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Assessment {
    /// What was scanned, as the user wrote it.
    pub target: String,
    /// The code that was read beside a live account, as the user wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Rows per table, tables without rows left out.
    pub tables: BTreeMap<&'static str, usize>,
    /// Findings of every verdict, sorted by resource and check.
    pub findings: Vec<Finding>,
    /// Each layer of each resource.
    pub duties: Vec<Duty>,
    /// Who can do what; None when no check asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessReport>,
    /// What stands where in the network; None when no check asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkPicture>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// The checks that ran, by id.
    pub checks: BTreeMap<Arc<str>, CheckSummary>,
    /// The lines of code that findings point at, by file: `(first line, text)`. Secrets are masked.
    pub excerpts: BTreeMap<Arc<str>, BTreeMap<u32, String>>,
}

/// What a report needs to know of a check.
#[derive(Debug, Clone, Serialize)]
pub struct CheckSummary {
    /// The fault, in one line.
    pub title: Arc<str>,
    /// How much harm the fault does.
    pub severity: Severity,
    /// The layer it judges.
    pub layer: Layer,
    /// Why it matters, as Markdown.
    pub rationale: Arc<str>,
    /// How to mend it, as Markdown.
    pub remedy: Arc<str>,
    /// The same check in other tools.
    pub aliases: Vec<String>,
    /// `framework: control` pairs that ask for it.
    pub controls: Vec<String>,
}
