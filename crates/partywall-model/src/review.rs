//! The pack that executives review: what a scan and a drill found, and what people have accepted and promised.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything that is reviewed. Days and moments are texts: `2026-11-22`, `2026-11-22T12:00:00Z`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewPack {
    /// What was scanned.
    pub target: String,
    /// When the pack was made.
    pub prepared_at: String,
    /// Who made it.
    pub authors: Vec<String>,
    /// How the estate stands. What is signed is compared with the estate by this part.
    pub posture: Posture,
    /// What is different from the review before; None when there was none.
    pub changes: Option<ReviewChanges>,
    /// What somebody has promised to do, open or done since the review before.
    pub actions: Vec<ReviewAction>,
}

/// How an estate stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posture {
    /// Verdicts by severity.
    pub by_severity: BTreeMap<String, VerdictCounts>,
    /// Verdicts by layer.
    pub by_layer: BTreeMap<String, VerdictCounts>,
    /// Findings that fail or are unknown, by fingerprint.
    pub findings: BTreeMap<String, ReviewFinding>,
    /// Counts of duties by party and state; the party `unknown` where it could not be told.
    pub duties: BTreeMap<String, BTreeMap<String, usize>>,
    /// Duties that are ours or may be: party and state, by `resource · layer`.
    pub our_duties: BTreeMap<String, String>,
    /// What still stands when places fall; None when that could not be drilled.
    pub drill: Option<ReviewDrill>,
    /// Faults that somebody has accepted.
    pub exceptions: Vec<ReviewException>,
    /// What could not be seen: cause and cure.
    pub gaps: Vec<(String, String)>,
}

/// How many findings have which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictCounts {
    /// Failed, and accepted by nobody.
    pub failed: usize,
    /// Could not be told.
    pub unknown: usize,
    /// Failed, and accepted.
    pub accepted: usize,
    /// Passed.
    pub passed: usize,
    /// Nothing is owed.
    pub not_applicable: usize,
}

/// A finding that is no pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewFinding {
    /// The check.
    pub check: String,
    /// The fault, in one line.
    pub title: String,
    /// low, medium, high or critical.
    pub severity: String,
    /// The layer.
    pub layer: String,
    /// `fail`, `accepted` or `unknown`.
    pub state: String,
    /// The resource.
    pub resource: String,
    /// What is wrong, or what could not be seen.
    pub message: String,
}

/// The matrix of workloads and places that fall.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewDrill {
    /// What was failed.
    pub scenarios: Vec<String>,
    /// How each workload stands: its name, and up, degraded, unknown or down for each scenario.
    pub workloads: Vec<(String, Vec<String>)>,
    /// Targets that are missed, or may be.
    pub misses: Vec<String>,
}

/// A fault that somebody has accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewException {
    /// The check.
    pub check: String,
    /// The resource.
    pub resource: String,
    /// Who accepted it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Last day on which it holds; None for a comment in the code, which has no end.
    pub expires: Option<String>,
}

/// What is different from the review before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewChanges {
    /// Digest of the pack before.
    pub since: String,
    /// Faults that were not there, or not known, before.
    pub new: Vec<String>,
    /// Faults of which a check now says that they are gone.
    pub solved: Vec<String>,
    /// Faults that are no longer seen, without a check saying that they are gone.
    pub out_of_sight: Vec<String>,
    /// Duties whose party or state is another: the duty, what it was, what it is.
    pub duties: Vec<(String, String, String)>,
}

/// What somebody has promised to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewAction {
    /// Its number.
    pub id: u64,
    /// What is to be done.
    pub what: String,
    /// Who does it.
    pub owner: String,
    /// Last day for it.
    pub due: String,
    /// When it was done; None while it is open.
    pub done: Option<String>,
}
