//! What third parties attest about the provider, and what of its duties that covers.

use std::sync::Arc;

use serde::{Serialize, Serializer};

pub use chrono::NaiveDate as Day;

/// A third party's report on a provider, as somebody wrote it down under `attestations/`.
#[derive(Debug, Clone, PartialEq)]
pub struct Attestation {
    /// The file that describes it, relative to what was scanned.
    pub file: Arc<str>,
    /// The programme, as it is written: `pci-dss`.
    pub programme: String,
    /// On whom it reports.
    pub provider: String,
    /// Who reports.
    pub auditor: String,
    /// What the auditor calls the report.
    pub report: String,
    /// The title that the document itself has; '' when there is none, or no document.
    pub title: String,
    /// The day of its issue.
    pub issued: Option<Day>,
    /// The first and the last day that it is about.
    pub period: Option<(Day, Day)>,
    /// The last day on which it holds.
    pub expires: Option<Day>,
    /// The first and the last day for which the provider vouches itself, until there is a next report.
    pub bridge: Option<(Day, Day)>,
    /// The services that it is about.
    pub services: AttestedScope,
    /// The regions that it is about.
    pub regions: AttestedScope,
    /// The controls of NIST SP 800-53 Rev. 5 that the auditor looked at: `pe-3`.
    pub controls: AttestedScope,
    /// What it leaves out.
    pub exclusions: Vec<Exclusion>,
    /// What it expects of customers.
    pub complements: Vec<Complement>,
    /// How the auditor concluded: `unqualified`, unless something else is written.
    pub opinion: String,
    /// Whether the document lies beside and is the one that was written down.
    pub document: AttestedDocument,
}

/// What a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttestedScope {
    /// Everything.
    All,
    /// What is named.
    Named(Vec<String>),
    /// It is not written down.
    Unsaid,
}

/// Something that a report leaves out. What is not given stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The service.
    pub service: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Why, or what exactly.
    pub text: String,
}

/// A control that a report expects of customers: a complementary user-entity control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complement {
    /// What the report calls it.
    pub id: String,
    /// What customers have to do.
    pub text: String,
    /// The checks that show whether it is done, by id.
    pub checks: Vec<String>,
}

/// The document behind an attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttestedDocument {
    /// None is named: what is written down stands for itself.
    Stated,
    /// It lies beside, and its digest is the one that was written down.
    Verified,
    /// It is named, and cannot be relied on; says why.
    Doubtful(String),
}

/// What is inherited from a provider, in the order of how little that is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssuranceState {
    /// There is no report of the programme.
    Missing,
    /// There is a report, and it is not about this service or region.
    OutOfScope,
    /// There is a report, and it no longer holds, or not yet.
    Expired,
    /// There is a report, and something that decides is not known.
    Unknown,
    /// The report has run out, and the provider vouches itself until the next.
    Bridged,
    /// A report covers it.
    Inherited,
}

impl AssuranceState {
    /// Every state, the one that is worth least first.
    pub const ALL: [Self; 6] =
        [Self::Missing, Self::OutOfScope, Self::Expired, Self::Unknown, Self::Bridged, Self::Inherited];

    /// Its name in SQL and JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::OutOfScope => "out_of_scope",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
            Self::Bridged => "bridged",
            Self::Inherited => "inherited",
        }
    }

    /// Whether the provider's work may be relied on.
    pub const fn is_inherited(self) -> bool {
        matches!(self, Self::Bridged | Self::Inherited)
    }
}

impl Serialize for AssuranceState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// What reports cover of an estate, ready to be reported.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AssuranceReport {
    /// The day for which it holds, `YYYY-MM-DD`.
    pub day: String,
    /// The programmes: those that are required, and those of which there is a report.
    pub programmes: Vec<String>,
    /// Services and regions in use, each with one cell for each programme.
    pub places: Vec<AssurancePlace>,
    /// The reports.
    pub documents: Vec<AssuranceDocument>,
}

/// A service in a region.
#[derive(Debug, Clone, Serialize)]
pub struct AssurancePlace {
    /// The service, as the folder under `tables/` has it.
    pub service: String,
    /// The region; `global` where the service has none, None when it is not known.
    pub region: Option<String>,
    /// Resources there.
    pub resources: usize,
    /// Layers of these resources in which the provider has work.
    pub duties: usize,
    /// What is inherited, in the order of the programmes.
    pub cells: Vec<AssuranceCell>,
}

/// What is inherited of a programme for a service in a region.
#[derive(Debug, Clone, Serialize)]
pub struct AssuranceCell {
    /// What is inherited.
    pub state: AssuranceState,
    /// The report that decides; '' when there is none.
    pub file: Arc<str>,
    /// Why, in a few words.
    pub why: String,
    /// Resources there that need the programme.
    pub required: usize,
    /// Resources there of which it is not known whether they do.
    pub maybe_required: usize,
}

/// A report, as it stands on the day.
#[derive(Debug, Clone, Serialize)]
pub struct AssuranceDocument {
    /// The file that describes it.
    pub file: Arc<str>,
    /// The programme.
    pub programme: String,
    /// On whom it reports.
    pub provider: String,
    /// Who reports.
    pub auditor: String,
    /// What the auditor calls it.
    pub report: String,
    /// How it stands, whatever its scope: `inherited` when it holds.
    pub state: AssuranceState,
    /// Why, in a few words.
    pub why: String,
    /// The first day on which it holds, `YYYY-MM-DD`; None when it is not known.
    pub from: Option<String>,
    /// The controls of NIST SP 800-53 Rev. 5 that the auditor looked at, in lowercase.
    pub controls: AttestedScope,
    /// What it expects of customers.
    pub complements: Vec<AssuranceComplement>,
}

/// What a report expects of customers, and whether it is done.
#[derive(Debug, Clone, Serialize)]
pub struct AssuranceComplement {
    /// What the report calls it.
    pub id: String,
    /// What customers have to do.
    pub text: String,
    /// The checks that show whether it is done.
    pub checks: Vec<String>,
    /// The worst verdict of these checks; `open` when nothing shows whether it is done.
    pub status: crate::DutyStatus,
}
