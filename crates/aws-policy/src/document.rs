//! A policy document, parsed.

mod read;

use crate::condition::Condition;
use crate::error::{PolicyError, Span};
use crate::index::ActionIndex;
use crate::pattern::{ArnPattern, Pattern};
use crate::text::Placeholders;

/// A policy document.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Which version of the language it is written in.
    pub version: Version,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
    /// Whether it holds further statements, or some whose effect is not resolved.
    pub has_unresolved_statements: bool,
    pub(crate) index: ActionIndex,
}

/// A version of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The old one, without variables. What a document without `Version` is written in.
    V2008,
    /// The current one.
    V2012,
}

/// One statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Where it stands in the document.
    pub span: Span,
    /// Its `Sid`; empty when it has none.
    pub sid: String,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom it is about; None in an identity policy, which is about its holder.
    pub principals: Option<Scope<Principals>>,
    /// The actions, lower-case, as IAM compares them.
    pub actions: Scope<Vec<Pattern>>,
    /// The resources; a trust policy has none, which counts as all.
    pub resources: Scope<Vec<ArnPattern>>,
    /// All of which must hold.
    pub conditions: Vec<Condition>,
}

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies, whatever else allows.
    Deny,
}

/// The things named, or everything but the things named (`NotAction` and its kin).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope<T> {
    /// Only these.
    Only(T),
    /// All but these.
    AllBut(T),
}

impl<T> Scope<T> {
    /// The things named.
    pub fn named(&self) -> &T {
        match self {
            Self::Only(named) | Self::AllBut(named) => named,
        }
    }

    /// Whether it is everything but the things named.
    pub fn is_negated(&self) -> bool {
        matches!(self, Self::AllBut(_))
    }
}

/// Principals by their kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Principals {
    /// Accounts, users, roles and sessions; `*` is everybody.
    pub aws: Vec<String>,
    /// AWS services.
    pub service: Vec<String>,
    /// Identity providers.
    pub federated: Vec<String>,
    /// Canonical user ids of S3.
    pub canonical_user: Vec<String>,
    /// Whether some are not resolved.
    pub has_unresolved: bool,
}

impl Principals {
    /// Every principal that is named.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.aws.iter().chain(&self.service).chain(&self.federated).chain(&self.canonical_user)
    }
}

impl Policy {
    /// Parses a document as AWS stores it.
    ///
    /// # Errors
    /// When it is not JSON, or not of a policy's shape; with every problem that was found.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        read::policy(text, Placeholders::None)
    }

    /// Parses a document of code, in which `${…}` may stand for text that is not resolved yet.
    ///
    /// # Errors
    /// When it is not JSON, or not of a policy's shape; with every problem that was found.
    pub fn parse_code(text: &str) -> Result<Self, PolicyError> {
        read::policy(text, Placeholders::Unresolved)
    }

    /// The policy that allows nothing.
    pub fn empty() -> Self {
        Self::assemble(Version::V2012, Vec::new(), false)
    }

    /// A policy of which nothing is known.
    pub fn unknown() -> Self {
        Self::assemble(Version::V2012, Vec::new(), true)
    }

    pub(crate) fn assemble(version: Version, statements: Vec<Statement>, has_unresolved_statements: bool) -> Self {
        let index = ActionIndex::new(&statements);
        Self { version, statements, has_unresolved_statements, index }
    }
}

#[cfg(test)]
mod tests;
