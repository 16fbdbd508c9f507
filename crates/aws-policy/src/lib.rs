//! The IAM policy language: parse documents, decide requests, and ask exact questions about all requests at once.
//!
//! The grammar is that of <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>, the logic
//! that of <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.
//!
//! Answers are three-valued. A document of code may hold placeholders such as `${var.principal}` for text that its
//! author's tool has not resolved, and a request may leave condition keys open; an answer that hangs on one is
//! [`Truth::Open`] and says on what. IAM's own policy variables (`${aws:username}`, one colon) are no placeholders.
//!
//! This crate knows nothing of partywall.

mod condition;
mod context;
mod decide;
mod document;
mod error;
mod grant;
mod index;
mod json;
mod pattern;
mod permits;
mod principal;
mod public;
mod question;
mod request;
mod symbolic;
mod text;
mod truth;

pub use condition::{Condition, Decimal, Instant, Operand, Operator, Order, Quantifier, Test};
pub use context::{Context, ContextValues, Lookup};
pub use decide::{Decision, Layer, Outcome, Reason, decide, explain};
pub use document::{Effect, Policy, Principals, Scope, Statement, Version};
pub use error::{PolicyError, Problem, ProblemKind, Span};
pub use index::PolicyIndex;
pub use pattern::{ArnPattern, ArnRules, Features, Glob, Item, Pattern, Variable};
pub use principal::{Principal, PrincipalKind};
pub use request::{Attached, Level, PolicySet, Request};
pub use symbolic::{Answer, Limits, Obstacle, Question, Witness, ask, difference, intersection};
pub use text::{Placeholders, Subject};
pub use truth::{Doubt, Truth};
