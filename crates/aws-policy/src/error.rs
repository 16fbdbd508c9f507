//! What can be wrong with a policy document.

use std::fmt;

use thiserror::Error;

/// A part of a document, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: ProblemKind,
}

/// Kinds of problems.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProblemKind {
    /// It is not JSON.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// Brackets are nested beyond reason.
    #[error("it is nested too deeply")]
    TooDeep,
    /// A key stands twice in one object.
    #[error("`{0}` is given twice")]
    Duplicate(String),
    /// A key that the grammar does not have.
    #[error("`{0}` is no element of a policy; check its spelling")]
    UnknownElement(String),
    /// An element is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// Two elements exclude each other.
    #[error("`{0}` and `{1}` exclude each other")]
    Both(&'static str, &'static str),
    /// A value has the wrong shape.
    #[error("{element} must be {expected}")]
    Shape {
        /// The element.
        element: String,
        /// What it should be.
        expected: &'static str,
    },
    /// `Effect` is neither Allow nor Deny.
    #[error("`Effect` must be `Allow` or `Deny`, not `{0}`")]
    Effect(String),
    /// A version of the language that does not exist.
    #[error("`Version` must be `2012-10-17` or `2008-10-17`, not `{0}`")]
    Version(String),
    /// A condition operator that does not exist.
    #[error("`{0}` is no condition operator")]
    Operator(String),
    /// A kind of principal that does not exist.
    #[error("`{0}` is no kind of principal; use `AWS`, `Service`, `Federated` or `CanonicalUser`")]
    PrincipalKind(String),
}

/// Why a document is not a policy: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct PolicyError {
    /// At least one problem, in the order of the document.
    pub problems: Vec<Problem>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the policy cannot be read: ")?;
        for (at, problem) in self.problems.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(formatter, "{separator}{} (at byte {})", problem.kind, problem.span.start)?;
        }
        Ok(())
    }
}
