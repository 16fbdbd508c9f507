//! What differs between two readings of an estate.

use std::sync::Arc;

use serde::Serialize;

use crate::{Layer, Origin, ResourceKey, Severity, Verdict};

/// What differs between two readings: two snapshots, or a plan and the live account.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Drift {
    /// What was read first, as the user wrote it.
    pub before: String,
    /// What was read second.
    pub after: String,
    /// Rows that came, went or changed, by table and resource.
    pub rows: Vec<RowChange>,
    /// Verdicts that moved, worst first.
    pub verdicts: Vec<VerdictChange>,
    /// Layers whose answerable party changed.
    pub responsibilities: Vec<ResponsibilityChange>,
    /// Rows that are the same.
    pub unchanged: usize,
}

/// A row that came, went or changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowChange {
    /// Its table.
    pub table: &'static str,
    /// Its `resource`, in the second reading when it is there.
    pub resource: ResourceKey,
    /// What people call it.
    pub title: String,
    /// Where it comes from, in the second reading when it is there.
    pub origin: Arc<Origin>,
    /// What happened.
    #[serde(flatten)]
    pub change: Change,
}

/// What happened to a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Only the second reading has it.
    Added,
    /// Only the first reading has it.
    Removed,
    /// Only the first reading has it, and the second could not see all rows: nobody knows whether it is gone.
    OutOfSight {
        /// Why.
        cause: String,
    },
    /// Only the second reading has it, and the first could not see all rows.
    CameIntoSight {
        /// Why it was not seen.
        cause: String,
    },
    /// Both have it, with other values.
    Changed {
        /// The values.
        columns: Vec<CellChange>,
    },
}

/// A value that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellChange {
    /// The column.
    pub column: &'static str,
    /// The value in the first reading, as JSON.
    pub before: serde_json::Value,
    /// The value in the second reading.
    pub after: serde_json::Value,
}

/// A verdict that moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerdictChange {
    /// The check.
    pub check: Arc<str>,
    /// Title of the check.
    pub title: Arc<str>,
    /// How much harm the fault does.
    pub severity: Severity,
    /// The resource, in the second reading when it is there.
    pub resource: Arc<str>,
    /// What people call it.
    pub resource_title: String,
    /// The verdict of the first reading; None when there was none.
    pub before: Option<Verdict>,
    /// The verdict of the second reading; None when there is none.
    pub after: Option<Verdict>,
}

/// A layer whose answerable party changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResponsibilityChange {
    /// The resource, in the second reading.
    pub resource: Arc<str>,
    /// The layer.
    pub layer: Layer,
    /// The party of the first reading.
    pub before: String,
    /// The party of the second reading.
    pub after: String,
}
