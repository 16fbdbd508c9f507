#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{Decision, Layer, Outcome, explain};
use crate::{Attached, ContextValues, Doubt, Effect, Level, Policy, PolicySet, Principal, Request, Subject};

const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
const ALLOW_SQS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}"#;
const DENY_INSECURE: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"*","Resource":"*"},
    {"Sid":"Tls","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",
     "Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;

fn ask(context: &ContextValues, build: impl for<'a> Fn(&'a [Policy]) -> PolicySet<'a>, texts: &[&str]) -> Decision {
    let parsed: Vec<Policy> = texts.iter().map(|text| Policy::parse_code(text).unwrap()).collect();
    let request = Request {
        principal: &Principal::parse("arn:aws:iam::111122223333:user/ada").unwrap(),
        action: "s3:getobject",
        resource: Subject::plain("arn:aws:s3:::data/k"),
        resource_account: Some("111122223333"),
        context,
    };
    explain(&request, &build(&parsed))
}

fn attached(policies: &[Policy]) -> Vec<Attached<'_>> {
    policies.iter().map(|policy| Attached { name: "it", policy }).collect()
}

fn identity(policies: &[Policy]) -> PolicySet<'_> {
    PolicySet { identity: attached(policies), ..PolicySet::default() }
}

#[test]
fn whoever_blocks_is_named() {
    let boundary = ask(
        &ContextValues::closed(),
        |policies| PolicySet {
            identity: attached(policies.get(..1).unwrap()),
            boundary: Some(attached(policies.get(1..).unwrap())),
            ..PolicySet::default()
        },
        &[ALLOW, ALLOW_SQS],
    );
    assert_eq!((boundary.outcome, boundary.blocked_by), (Outcome::ImplicitlyDenied, vec![Layer::Boundary]));
    let levels = ask(
        &ContextValues::closed(),
        |policies| PolicySet {
            identity: attached(policies.get(..1).unwrap()),
            service_control: vec![Level { name: "root", policies: attached(policies.get(1..).unwrap()) }],
            ..PolicySet::default()
        },
        &[ALLOW, ALLOW_SQS],
    );
    assert_eq!((levels.outcome, levels.blocked_by), (Outcome::ImplicitlyDenied, vec![Layer::ServiceControl]));
    let nothing = ask(&ContextValues::closed(), identity, &[]);
    assert_eq!((nothing.outcome, nothing.blocked_by), (Outcome::ImplicitlyDenied, vec![Layer::Identity]));
}

#[test]
fn reasons_are_the_statements_that_decided() {
    for (secure, outcome, effect, statement) in
        [("true", Outcome::Allowed, Effect::Allow, 0), ("false", Outcome::ExplicitlyDenied, Effect::Deny, 1)]
    {
        let decision = ask(&ContextValues::closed().with("aws:SecureTransport", [secure]), identity, &[DENY_INSECURE]);
        assert_eq!(decision.outcome, outcome);
        let reasons: Vec<_> = decision.because.iter().map(|reason| (reason.effect, reason.statement)).collect();
        assert_eq!(reasons, [(effect, statement)], "{secure}");
    }
}

#[test]
fn an_open_condition_leaves_the_decision_open() {
    let decision = ask(&ContextValues::open(), identity, &[DENY_INSECURE]);
    let Outcome::Undecided(doubt) = decision.outcome else { unreachable!("{decision:?}") };
    assert!(doubt.contains(Doubt::CONDITION) && !doubt.contains(Doubt::UNRESOLVED));
    // A deny that holds in any case does not care for it.
    let denied = ask(
        &ContextValues::open(),
        identity,
        &[DENY_INSECURE, r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#],
    );
    assert_eq!(denied.outcome, Outcome::ExplicitlyDenied);
}

#[test]
fn unresolved_policies_leave_the_decision_open() {
    for text in [
        r#""${data.aws_iam_policy_document.x.json}""#,
        r#"{"Statement":["${var.statement}"]}"#,
        r#"{"Statement":[{"Effect":"${var.effect}","Action":"*","Resource":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Deny","Action":"${var.action}","Resource":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"${aws_s3_bucket.x.arn}/*"}]}"#,
    ] {
        let decision = ask(&ContextValues::closed(), identity, &[ALLOW, text]);
        let Outcome::Undecided(doubt) = decision.outcome else { unreachable!("{text}: {decision:?}") };
        assert!(doubt.contains(Doubt::UNRESOLVED), "{text}");
    }
}
