//! Questions about all requests at once.
//!
//! A policy is the set of requests that it permits. A question asks for one request that some policies permit and
//! others do not. *Yes* comes with that request, which the evaluator of single requests has confirmed; *no* is a
//! proof that there is none; *unknown* says what kept from either.

mod language;
mod reading;
mod search;
mod stranger;
mod value;

use crate::condition::Condition;
use crate::context::ContextValues;
use crate::document::Policy;
use crate::pattern::{ArnPattern, ArnRules, Features, Pattern};
use crate::principal::Principal;
use crate::request::Request;
use crate::text::{Placeholders, Subject};
use crate::truth::{Doubt, Truth};

use language::{Membership, Word};

/// A question about requests.
#[derive(Debug, Clone, Default)]
pub struct Question<'a> {
    /// Policies that must permit the request.
    pub permitted_by: Vec<&'a Policy>,
    /// Policies that must not permit the request.
    pub not_permitted_by: Vec<&'a Policy>,
    /// What else the request must be.
    pub limits: Limits<'a>,
}

/// What a request must be, apart from policies.
#[derive(Debug, Clone, Default)]
pub struct Limits<'a> {
    /// One of these actions, lower-case; any when empty.
    pub actions: &'a [&'a str],
    /// Patterns of which the action must match one, lower-case; any when empty.
    pub action_patterns: Vec<Pattern>,
    /// Patterns of which the resource must match one; any when empty.
    pub resource_patterns: Vec<ArnPattern>,
    /// The principal, when it is given.
    pub principal: Option<&'a Principal>,
    /// Whether only principals count that nothing ties to the policies' owner.
    pub strangers_only: bool,
    /// Conditions that the request must not meet.
    pub excluded: Vec<Condition>,
}

impl Limits<'_> {
    /// Requests for actions and resources that match patterns as IAM writes them.
    pub fn of_patterns(action: &str, resource: &str) -> Self {
        let features = Features { wildcards: true, variables: false, placeholders: Placeholders::None };
        Self {
            action_patterns: vec![Pattern::new(&action.to_ascii_lowercase(), features)],
            resource_patterns: vec![ArnPattern::new(resource, ArnRules::Resource, features)],
            ..Self::default()
        }
    }
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This request shows it.
    Yes(Box<Witness>),
    /// There is no such request.
    No,
    /// Neither was found.
    Unknown(Obstacle),
}

/// What kept from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Text that is not resolved decides, or a policy that cannot be read.
    Unresolved,
    /// Policy variables decide, and no value of those that were tried shows it.
    Variables,
    /// The search was given up.
    Effort,
}

/// A request that shows something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Who asks.
    pub principal: Principal,
    /// The action, lower-case.
    pub action: String,
    /// The resource; `${…}` in it stands for text that a policy leaves unresolved, whatever it turns out to be.
    pub resource: String,
    /// Every condition key that matters; one without values is missing in the request.
    pub context: ContextValues,
}

impl Witness {
    /// The request.
    pub fn request(&self) -> Request<'_> {
        Request {
            principal: &self.principal,
            action: &self.action,
            resource: Subject::with_placeholders(self.resource.as_str()),
            resource_account: None,
            context: &self.context,
        }
    }
}

/// Answers a question.
pub fn ask(question: &Question<'_>) -> Answer {
    search::run(question)
}

/// Whether one policy permits something that another does not.
pub fn difference(first: &Policy, second: &Policy) -> Answer {
    ask(&Question { permitted_by: vec![first], not_permitted_by: vec![second], ..Question::default() })
}

/// Whether two policies permit something in common.
pub fn intersection(first: &Policy, second: &Policy) -> Answer {
    ask(&Question { permitted_by: vec![first, second], ..Question::default() })
}

impl Answer {
    /// The answer as logic has it.
    pub fn truth(&self) -> Truth {
        match self {
            Self::Yes(_) => Truth::True,
            Self::No => Truth::False,
            Self::Unknown(_) => Truth::Open(Doubt::UNRESOLVED),
        }
    }
}

/// The texts that match one of some patterns, or none of them.
fn membership<'p>(
    patterns: impl Iterator<Item = &'p [crate::pattern::Item]>,
    inside: bool,
    reading: &reading::Reading,
) -> Membership {
    let any_of: Vec<Word> = patterns.filter_map(|items| reading.of_items(items, inside)).collect();
    Membership { any_of, inside }
}

#[cfg(test)]
mod tests;
