//! Questions about one document. Each answers None when a placeholder decides.

use crate::document::{Condition, Effect, Policy, Principals, Scope, Statement};
use crate::pattern::{is_placeholder, matches};

/// Keys that limit who calls, from where or on whose behalf, as S3 counts a policy as not public.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
const LIMITING_KEYS: [&str; 17] = [
    "aws:sourceip",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:userid",
    "aws:username",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "kms:calleraccount",
];

/// Keys by which a service principal's statement is tied to the account or resource that it acts for.
const SOURCE_KEYS: [&str; 4] = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"];

impl Policy {
    /// Whether a statement allows any principal, without a condition that limits who or where from.
    ///
    /// None also when a Deny with conditions of that kind may take back what is allowed.
    pub fn allows_public(&self) -> Option<bool> {
        let public = any(self
            .of(Effect::Allow)
            .map(|statement| both(everybody(statement), limited(statement).map(|limited| !limited))));
        let taken_back = self.of(Effect::Deny).any(|statement| {
            everybody(statement) != Some(false)
                && statement
                    .conditions
                    .iter()
                    .any(|condition| LIMITING_KEYS.contains(&condition.key.as_str()) || is_placeholder(&condition.key))
        });
        if taken_back && public == Some(true) { None } else { public }
    }

    /// Whether a statement denies every principal every action when the request is not sent over TLS.
    pub fn denies_insecure_transport(&self) -> Option<bool> {
        any(self.of(Effect::Deny).map(|statement| {
            let [condition] = statement.conditions.as_slice() else { return Some(false) };
            both(is_insecure_transport(condition), both(everybody(statement), every_action_of_a_service(statement)))
        }))
    }

    /// Whether a statement allows every action on every resource, without a condition.
    pub fn allows_full_administration(&self) -> Option<bool> {
        any(self
            .of(Effect::Allow)
            .filter(|statement| statement.conditions.is_empty())
            .map(|statement| both(covers(&statement.actions, "*"), covers(&statement.resources, "*"))))
    }

    /// Whether a statement allows every action of some service on every resource.
    pub fn allows_all_of_service(&self) -> Option<bool> {
        any(self
            .of(Effect::Allow)
            .map(|statement| both(every_action_of_a_service(statement), covers(&statement.resources, "*"))))
    }

    /// Whether a statement allows the action on every resource and no statement denies it on every resource.
    pub fn allows_action_everywhere(&self, action: &str) -> Option<bool> {
        let action = action.to_ascii_lowercase();
        let on = |effect| {
            any(self
                .of(effect)
                .filter(move |statement| effect == Effect::Allow || statement.conditions.is_empty())
                .map(|statement| both(covers(&statement.actions, &action), covers(&statement.resources, "*"))))
        };
        both(on(Effect::Allow), on(Effect::Deny).map(|denied| !denied))
    }

    /// Whether a statement lets an AWS service act without naming the account or resource it acts for.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    pub fn trusts_service_without_source(&self) -> Option<bool> {
        any(self.of(Effect::Allow).map(|statement| {
            let names_service =
                matches!(&statement.principals, Some(Scope::Only(principals)) if !principals.service.is_empty());
            let names_source = any(statement.conditions.iter().map(|condition| match condition.key.as_str() {
                key if is_placeholder(key) => None,
                key => Some(SOURCE_KEYS.contains(&key)),
            }));
            both(Some(names_service), names_source.map(|names_source| !names_source))
        }))
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
    let is = |text: &str, expected: &dyn Fn(&str) -> bool| match is_placeholder(text) {
        true => None,
        false => Some(expected(&text.to_ascii_lowercase())),
    };
    let key = is(&condition.key, &|key| key == "aws:securetransport");
    let operator = is(&condition.operator, &|operator| operator.starts_with("bool"));
    both(both(key, operator), any(condition.values.iter().map(|value| is(value, &|value| value == "false"))))
}

/// Whether a statement is about every principal.
fn everybody(statement: &Statement) -> Option<bool> {
    match &statement.principals {
        None => Some(false),
        Some(Scope::AllBut(_)) => Some(true),
        Some(Scope::Only(Principals { aws, .. })) => any(aws.iter().map(|principal| match principal.as_str() {
            "*" => Some(true),
            text if is_placeholder(text) => None,
            _ => Some(false),
        })),
    }
}

/// Whether a condition of a statement limits who or where from.
fn limited(statement: &Statement) -> Option<bool> {
    any(statement.conditions.iter().map(limits))
}

fn limits(condition: &Condition) -> Option<bool> {
    let operator = condition.operator.to_ascii_lowercase();
    let operator = operator.rsplit(':').next().unwrap_or_default();
    let positive = !operator.contains("not") && operator != "null" && !operator.ends_with("ifexists");
    if is_placeholder(&condition.operator) || (positive && is_placeholder(&condition.key)) {
        return None;
    }
    if !positive || !LIMITING_KEYS.contains(&condition.key.as_str()) {
        return Some(false);
    }
    let open = any(condition.values.iter().map(|value| match value.as_str() {
        "*" | "0.0.0.0/0" | "::/0" => Some(true),
        text if is_placeholder(text) => None,
        _ => Some(false),
    }));
    open.map(|open| !open)
}

/// Whether a list of patterns covers a thing, `*` meaning everything.
fn covers(scope: &Scope<Vec<String>>, thing: &str) -> Option<bool> {
    let one = |pattern: &String| match pattern.as_str() {
        "*" => Some(true),
        text if is_placeholder(text) => None,
        text if thing == "*" => Some(text.chars().all(|character| "*:".contains(character)) && text.contains('*')),
        text => Some(matches(text, thing)),
    };
    match scope {
        Scope::Only(patterns) => any(patterns.iter().map(one)),
        // All but a few is not everything, yet nobody means it as a limit: it counts unless it names the thing.
        Scope::AllBut(patterns) if thing == "*" => any(patterns.iter().map(one)).map(|none_left| !none_left),
        Scope::AllBut(patterns) => any(patterns.iter().map(one)).map(|excluded| !excluded),
    }
}

fn every_action_of_a_service(statement: &Statement) -> Option<bool> {
    match &statement.actions {
        Scope::AllBut(_) => Some(true),
        Scope::Only(actions) => any(actions.iter().map(|action| match action.as_str() {
            "*" => Some(true),
            text if is_placeholder(text) => None,
            text => Some(text.ends_with(":*")),
        })),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use crate::Policy;

    type Question = fn(&Policy) -> Option<bool>;

    fn ask(question: Question, statement: &str) -> Option<bool> {
        question(&Policy::parse(&format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#)).unwrap())
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

    #[test]
    fn a_document_of_another_shape_is_refused() {
        for text in
            ["", "[]", r#"{"Statement":[{"Effect":"Maybe","Action":"*"}]}"#, r#"{"Statement":[{"Effect":"Allow"}]}"#]
        {
            assert!(Policy::parse(text).is_err(), "{text}");
        }
    }
}
