//! What is going wrong, from the first alert to the last follow-up.

mod follow_up;
mod ingest;
mod read;
mod transition;

use partywall_model::{Alert, AlertLevel, Entity};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use follow_up::NewFollowUp;
pub use ingest::{Ingested, Settings};
pub(crate) use read::details;
pub(crate) use transition::audit;
pub use transition::{CauseOfError, Step};

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incident {
    /// The same for the same first alert, whenever it is taken in.
    pub id: String,
    /// How far it has come.
    pub status: Status,
    /// That of its gravest alert.
    pub severity: AlertLevel,
    /// What its first alert says.
    pub title: String,
    /// The account that it happens in; empty when the logs do not say.
    pub account: String,
    /// When it was opened, in milliseconds since 1970 UTC.
    pub opened_ms: i64,
    /// The first event of its alerts, likewise.
    pub first_ms: i64,
    /// The last event of its alerts, likewise.
    pub last_ms: i64,
    /// How many levels of its escalation have been told.
    pub level: i64,
    /// What was attached: blast radius, who is answerable for which layer, results of runbooks.
    pub picture: Value,
    /// Why it happened; null before the review.
    pub cause: Value,
}

/// How far an incident has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has taken it.
    Open,
    /// Somebody works on it.
    Acknowledged,
    /// It does no more harm.
    Mitigated,
    /// It is over.
    Resolved,
    /// It is understood, and what follows from it has owners and dates.
    Reviewed,
}

impl Status {
    /// Every status, in order.
    pub const ALL: [Self; 5] = [Self::Open, Self::Acknowledged, Self::Mitigated, Self::Resolved, Self::Reviewed];

    /// Its name in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
            Self::Reviewed => "reviewed",
        }
    }
}

/// An incident with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Details {
    /// The incident.
    pub incident: Incident,
    /// Its alerts, in order of time.
    pub alerts: Vec<Alert>,
    /// Who and what they are about.
    pub entities: Vec<Entity>,
    /// What was done, in order.
    pub timeline: Vec<Entry>,
    /// What follows from it.
    pub follow_ups: Vec<FollowUp>,
}

/// An entry of the audit, which is only ever appended to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its number, over all incidents.
    pub sequence: i64,
    /// When, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The incident.
    pub incident: String,
    /// Who.
    pub actor: String,
    /// What was done: `opened`, `acknowledged`.
    pub action: String,
    /// What they said.
    pub detail: String,
}

/// Something to be done after an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowUp {
    /// Its name: the incident's, and a number.
    pub id: String,
    /// The incident.
    pub incident: String,
    /// What is to be done.
    pub title: String,
    /// By whom.
    pub owner: String,
    /// By which day: `2026-12-24`.
    pub due: String,
    /// When it was done, in milliseconds since 1970 UTC; 0 when it is not.
    pub done_ms: i64,
    /// Who said so.
    pub done_by: String,
}
