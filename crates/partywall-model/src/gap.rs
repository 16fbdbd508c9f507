//! What could not be seen.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Something that could not be seen, with its cause and its cure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// What kind of blindness this is.
    pub kind: GapKind,
    /// File it concerns, relative to what was scanned; empty when none.
    pub file: Arc<str>,
    /// Line it concerns, counted from 1; 0 when unknown.
    pub line: u32,
    /// The resource it concerns, as the `resource` column has it; empty when none.
    pub resource: String,
    /// What happened, in lowercase, naming the thing in backticks.
    pub cause: String,
    /// What the reader can do about it.
    pub cure: String,
}

/// What kind of blindness a [`Gap`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// A file that cannot be read or parsed.
    UnreadableFile,
    /// A module, template or file that is referred to and not there.
    MissingSource,
    /// A construct that cannot be evaluated: a cycle, a broken call, a limit.
    NotEvaluated,
    /// A resource type that no table describes.
    UncoveredType,
    /// A value of a row that is unknown.
    UnknownValue,
    /// A call that AWS refused, or that failed.
    RefusedCall,
    /// A call whose answer is not in the source.
    MissingCall,
    /// A check that failed to run.
    CheckFailed,
}

impl Gap {
    /// A gap about a place in a file.
    pub fn in_file(
        kind: GapKind,
        file: impl Into<Arc<str>>,
        line: u32,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { kind, file: file.into(), line, resource: String::new(), cause: cause.into(), cure: cure.into() }
    }
}
