//! Why an expression has no value.

use partywall_model::{GapKind, Value};
use thiserror::Error;

/// What evaluating an expression gives.
pub(crate) type Outcome = Result<Value, Failure>;

/// Why an expression has no value. `try` and `can` catch it; otherwise it becomes an unknown and a gap.
#[derive(Debug, Clone, Error)]
pub(crate) enum Failure {
    /// Terraform would refuse it too.
    #[error("{0}")]
    Invalid(String),
    /// A file that is not there.
    #[error("{0}")]
    Missing(String),
    /// It is more than we are willing to compute.
    #[error("{0}")]
    Limit(String),
}

impl Failure {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }

    /// The kind of gap that tells of it.
    pub(crate) fn gap_kind(&self) -> GapKind {
        match self {
            Self::Invalid(_) | Self::Limit(_) => GapKind::NotEvaluated,
            Self::Missing(_) => GapKind::MissingSource,
        }
    }

    /// What the reader can do about it.
    pub(crate) fn cure(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "correct the expression; `terraform validate` may tell more",
            Self::Missing(_) => "create the file, or build it, and scan again",
            Self::Limit(_) => "simplify the configuration, or scan the output of `terraform show -json` instead",
        }
    }
}
