//! Whether a policy lets strangers in.

use crate::condition::{Condition, Operand, Operator};
use crate::document::Policy;
use crate::pattern::{ArnPattern, Item};
use crate::symbolic::{Answer, Limits, Question, ask};
use crate::truth::Truth;

/// Keys that tell who calls, from where or on whose behalf. A policy that ties one to a fixed value is not public.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
pub(crate) const LIMITING_KEYS: [&str; 25] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:userid",
    "aws:username",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:vpcsourceip",
    "elasticfilesystem:accessedviamounttarget",
    "kms:calleraccount",
    "kms:viaservice",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "sns:endpoint",
];

/// Whether somebody whom nothing ties to the policy's owner is permitted anything.
pub(crate) fn is_public(policy: &Policy) -> Truth {
    find(policy).truth()
}

/// A request by somebody whom nothing ties to the policy's owner that the policy permits.
pub(crate) fn find(policy: &Policy) -> Answer {
    let is_about_principals = policy.statements.iter().any(|statement| statement.principals.is_some());
    if !is_about_principals && !policy.has_unresolved_statements {
        return Answer::No;
    }
    let mut excluded = Vec::new();
    for condition in policy.statements.iter().flat_map(|statement| &statement.conditions) {
        if LIMITING_KEYS.contains(&&*condition.key) {
            excluded.extend(fixed_values(condition));
        }
    }
    let limits = Limits { strangers_only: true, excluded, ..Limits::default() };
    ask(&Question { permitted_by: vec![policy], limits, ..Question::default() })
}

/// The condition that a key has one of the fixed values that a condition names; None when it names none.
fn fixed_values(condition: &Condition) -> Option<Condition> {
    let operands: Vec<Operand> = condition.operands.iter().filter(|operand| is_fixed(operand)).cloned().collect();
    let operator = Operator { quantifier: None, negated: false, if_exists: false, ..condition.operator };
    (!operands.is_empty()).then(|| Condition { operator, operands, ..condition.clone() })
}

/// Whether a value names somebody or some place, however many.
fn is_fixed(operand: &Operand) -> bool {
    match operand {
        Operand::Text(pattern) => names_something(pattern.items()),
        Operand::Arn(pattern) => arn_names_something(pattern),
        // AWS counts ranges that are wider than /8, or /32 of IPv6, as everywhere.
        Operand::Network(ipnet::IpNet::V4(network)) => network.prefix_len() >= 8 || network.addr().is_private(),
        Operand::Network(ipnet::IpNet::V6(network)) => network.prefix_len() >= 32,
        Operand::Bool(truth) => *truth,
        Operand::Unresolved(_) => true,
        _ => false,
    }
}

fn names_something(items: &[Item]) -> bool {
    !matches!(items.first(), None | Some(Item::AnyText | Item::AnyChar))
}

/// Whether an ARN names an account, or a resource of a service whose names are unique everywhere.
fn arn_names_something(pattern: &ArnPattern) -> bool {
    let mut parts = pattern.source().splitn(6, ':');
    let account = parts.nth(4).unwrap_or_default();
    let resource = parts.next().unwrap_or_default();
    let is_wild = |part: &str| part.is_empty() || part.starts_with(['*', '?']);
    !is_wild(account) || (account.is_empty() && !is_wild(resource))
}

impl Policy {
    /// Whether the policy lets strangers in, with a request that shows it.
    pub fn public_access(&self) -> Answer {
        find(self)
    }
}
