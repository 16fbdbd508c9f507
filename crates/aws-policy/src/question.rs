//! Questions about one document. Each answers None when a placeholder decides.

use std::collections::BTreeMap;

use crate::condition::{Condition, Operand, Test};
use crate::context::Context;
use crate::document::{Effect, Policy, Scope, Statement};
use crate::grant::names_everybody;
use crate::pattern::{ArnPattern, Item, Pattern};
use crate::text::Subject;

/// Keys by which a service principal's statement is tied to the account or resource that it acts for.
const SOURCE_KEYS: [&str; 4] = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"];

impl Policy {
    /// Whether the policy lets strangers in: principals that nothing ties to its owner.
    /// None when unresolved text decides.
    pub fn allows_public(&self) -> Option<bool> {
        crate::public::is_public(self).known()
    }

    /// Whether a statement denies every principal every action when the request is not sent over TLS.
    pub fn denies_insecure_transport(&self) -> Option<bool> {
        any(self.of(Effect::Deny).map(|statement| {
            let [condition] = statement.conditions.as_slice() else { return Some(false) };
            both(
                is_insecure_transport(condition),
                both(names_everybody(statement.principals.as_ref()).known(), every_action_of_a_service(statement)),
            )
        }))
    }

    /// Whether a statement allows every action on every resource, without a condition.
    pub fn allows_full_administration(&self) -> Option<bool> {
        any(self
            .of(Effect::Allow)
            .filter(|statement| statement.conditions.is_empty())
            .map(|statement| both(covers_action(statement, "*"), covers_everything(statement))))
    }

    /// Whether a statement allows every action of some service on every resource.
    pub fn allows_all_of_service(&self) -> Option<bool> {
        any(self
            .of(Effect::Allow)
            .map(|statement| both(every_action_of_a_service(statement), covers_everything(statement))))
    }

    /// Whether a statement allows the action on every resource and no statement denies it on every resource.
    pub fn allows_action_everywhere(&self, action: &str) -> Option<bool> {
        let action = action.to_ascii_lowercase();
        let on = |effect| {
            any(self
                .of(effect)
                .filter(move |statement| effect == Effect::Allow || statement.conditions.is_empty())
                .map(|statement| both(covers_action(statement, &action), covers_everything(statement))))
        };
        both(on(Effect::Allow), on(Effect::Deny).map(|denied| !denied))
    }

    /// Whether a statement lets an AWS service act without naming the account or resource it acts for.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    pub fn trusts_service_without_source(&self) -> Option<bool> {
        any(self.services_without_source().into_values().map(|is_certain| if is_certain { Some(true) } else { None }))
    }

    /// The AWS services that a statement lets act without naming the account or resource they act for, each with
    /// whether that is certain or hangs on a condition that is not resolved.
    pub fn services_without_source(&self) -> BTreeMap<&str, bool> {
        let mut services = BTreeMap::new();
        for statement in self.of(Effect::Allow) {
            let Some(Scope::Only(principals)) = &statement.principals else { continue };
            let names_source = any(statement.conditions.iter().map(|condition| match condition.is_unresolved {
                true => None,
                false => Some(SOURCE_KEYS.contains(&&*condition.key)),
            }));
            if names_source == Some(true) {
                continue;
            }
            for service in &principals.service {
                *services.entry(service.as_str()).or_default() |= names_source.is_some();
            }
        }
        services
    }

    fn of(&self, effect: Effect) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(move |statement| statement.effect == effect)
    }
}

/// True when any answer is true, unknown when any is unknown.
fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    for answer in answers {
        match answer {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(false) }
}

fn both(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Whether a condition holds when the request is not sent over TLS.
fn is_insecure_transport(condition: &Condition) -> Option<bool> {
    if condition.is_unresolved {
        return None;
    }
    let is_about_transport = &*condition.key == "aws:securetransport" && condition.operator.test == Test::Bool;
    let is_insecure = any(condition.operands.iter().map(|operand| match operand {
        Operand::Bool(secure) => Some(!secure),
        Operand::Unresolved(_) => None,
        _ => Some(false),
    }));
    both(Some(is_about_transport), is_insecure)
}

/// Whether a pattern is one placeholder as a whole, which could be anything.
fn is_placeholder(items: &[Item]) -> bool {
    matches!(items, [Item::Unresolved(_)])
}

/// Whether a statement is about an action; `*` asks for every action.
fn covers_action(statement: &Statement, action: &str) -> Option<bool> {
    let one = |pattern: &Pattern| match pattern.items() {
        [Item::AnyText] => Some(true),
        items if is_placeholder(items) => None,
        _ if action == "*" => Some(matches!(pattern.source(), "*:*" | "**")),
        _ => pattern.matches(&Subject::plain(action), &Context::unknown()).known(),
    };
    covers(&statement.actions, one)
}

/// Whether a statement is about every resource.
fn covers_everything(statement: &Statement) -> Option<bool> {
    let one = |pattern: &ArnPattern| match pattern.items() {
        items if is_placeholder(items) => None,
        items => Some(
            items.iter().all(|item| matches!(item, Item::AnyText | Item::AnyTextOfSegment | Item::Char(':')))
                && items.contains(&Item::AnyText),
        ),
    };
    covers(&statement.resources, one)
}

/// All but a few is not everything, yet nobody means it as a limit: it counts unless it names the thing.
fn covers<T>(scope: &Scope<Vec<T>>, one: impl Fn(&T) -> Option<bool>) -> Option<bool> {
    let named = any(scope.named().iter().map(one));
    if scope.is_negated() { named.map(|named| !named) } else { named }
}

fn every_action_of_a_service(statement: &Statement) -> Option<bool> {
    match &statement.actions {
        Scope::AllBut(_) => Some(true),
        Scope::Only(actions) => any(actions.iter().map(|action| match action.items() {
            [Item::AnyText] => Some(true),
            items if is_placeholder(items) => None,
            _ => Some(action.source().ends_with(":*")),
        })),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use crate::Policy;

    type Question = fn(&Policy) -> Option<bool>;

    fn ask(question: Question, statement: &str) -> Option<bool> {
        question(&Policy::parse_code(&format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#)).unwrap())
    }

    #[test]
    fn public_is_any_principal_without_a_limit() {
        for (statement, expected) in [
            (r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}"#, Some(true)),
            (r#"{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":"s3:GetObject","Resource":"*"}"#, Some(true)),
            (r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#, Some(false)),
            (
                r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}"#,
                Some(false),
            ),
            (
                r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}"#,
                Some(true),
            ),
            (
                r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#,
                Some(true),
            ),
            (
                r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"${var.key}":"x"}}}"#,
                None,
            ),
            (r#"{"Effect":"Allow","Principal":{"AWS":"${var.reader}"},"Action":"s3:*","Resource":"*"}"#, None),
            (
                r#"{"Effect":"Allow","Principal":{"AWS":"${aws_iam_role.reader.arn}"},"Action":"s3:*","Resource":"*"}"#,
                Some(false),
            ),
            (
                r#"{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"s3:*","Resource":"*"}"#,
                Some(false),
            ),
        ] {
            assert_eq!(ask(Policy::allows_public, statement), expected, "{statement}");
        }
    }

    #[test]
    fn transport_is_denied_only_for_everybody_and_everything() {
        for (statement, expected) in [
            (
                r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#,
                Some(true),
            ),
            (
                r#"{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#,
                Some(false),
            ),
            (
                r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#,
                Some(false),
            ),
            (
                r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"${var.key}":"false"}}}"#,
                None,
            ),
            (
                r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"${var.value}"}}}"#,
                None,
            ),
            (
                r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#,
                Some(false),
            ),
        ] {
            assert_eq!(ask(Policy::denies_insecure_transport, statement), expected, "{statement}");
        }
    }

    #[test]
    fn administration_is_every_action_on_every_resource() {
        for (statement, expected) in [
            (r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#, Some(true)),
            (r#"{"Effect":"Allow","Action":"*:*","Resource":"*"}"#, Some(true)),
            (r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#, Some(false)),
            (r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::logs/*"}"#, Some(false)),
            (r#"{"Effect":"Allow","Action":"${var.actions}","Resource":"*"}"#, None),
        ] {
            assert_eq!(ask(Policy::allows_full_administration, statement), expected, "{statement}");
        }
    }
}
