//! What a check says about a row.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Layer, Origin};

/// What a check says about one resource.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Id of the check: `s3/bucket-public-read`.
    pub check: Arc<str>,
    /// Title of the check.
    pub title: Arc<str>,
    /// How much harm the fault does.
    pub severity: Severity,
    /// The layer of the wall that the check judges.
    pub layer: Layer,
    /// The verdict, before any waiver.
    pub verdict: Verdict,
    /// The `resource` of the row.
    pub resource: Arc<str>,
    /// What people call the resource.
    pub resource_title: String,
    /// The table of the row.
    pub table: &'static str,
    /// What is wrong, or what could not be seen.
    pub message: String,
    /// Where the resource comes from; None for a resource that only a derived table knows.
    pub origin: Option<Arc<Origin>>,
    /// For a live resource: the block of code that declares it, when code was read beside the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declaration>,
    /// For an unknown verdict: what was not seen, with its cure.
    pub causes: Vec<String>,
    /// Set when somebody has accepted the fault.
    pub waiver: Option<Waiver>,
    /// True when a baseline already lists it.
    pub in_baseline: bool,
    /// A stable digest of check and resource, for baselines and SARIF.
    pub fingerprint: String,
}

/// The block of code that declares a live resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Declaration {
    /// Its `resource` in the code.
    pub resource: Arc<str>,
    /// Where it stands.
    pub origin: Arc<Origin>,
    /// How the two were found to be the same: `arn`, `identity`, `name` or `content`.
    pub basis: &'static str,
}

/// What a check concludes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The fault is there.
    Fail,
    /// It could not be told.
    Unknown,
    /// The fault is not there.
    Pass,
    /// The resource owes nothing here: its data is not sensitive enough.
    NotApplicable,
}

/// How much harm a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good practice; no harm by itself.
    Low,
    /// Harm together with another fault.
    Medium,
    /// Harm that one mistake or one attacker away.
    High,
    /// Open to anybody now, or losing everything at once.
    Critical,
}

/// Somebody's acceptance of a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiver {
    /// Who accepted it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Last day on which it holds, `YYYY-MM-DD`; None for a comment in the code, which has no end.
    pub expires: Option<String>,
}

impl Finding {
    /// Whether it counts as an open fault: it fails, nobody has waived it and no baseline lists it.
    pub fn is_open_fault(&self) -> bool {
        self.verdict == Verdict::Fail && self.waiver.is_none() && !self.in_baseline
    }
}

impl Verdict {
    /// Every verdict, worst first.
    pub const ALL: [Self; 4] = [Self::Fail, Self::Unknown, Self::Pass, Self::NotApplicable];

    /// Its name in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Pass => "pass",
            Self::NotApplicable => "not_applicable",
        }
    }
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Its name in front matter and JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity of this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.id() == id)
    }
}
