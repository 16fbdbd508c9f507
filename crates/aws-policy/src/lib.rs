//! The IAM policy language: parse a document and ask it questions.
//!
//! The grammar is that of <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.
//! Answers are three-valued. A document may hold placeholders such as `${var.principal}` for text that its
//! author's tool has not resolved; a question whose answer hangs on one answers None. IAM's own
//! policy variables (`${aws:username}`, one colon) are not placeholders.
//!
//! This crate knows nothing of partywall.

mod document;
mod pattern;
mod question;

pub use document::{Condition, Effect, Policy, PolicyError, Principals, Scope, Statement};
pub use pattern::{is_placeholder, matches};
