#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use super::Operator;
use crate::{Context, ContextValues, Doubt, Policy, Principal, Truth};

/// Whether a condition of code holds in a context of which nothing is known but what is given.
fn holds(condition: &str, given: &ContextValues) -> Truth {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}}}"#
    );
    let policy = Policy::parse_code(&text).unwrap();
    let principal = Principal::parse("arn:aws:iam::111122223333:user/ada").unwrap();
    policy.statements[0].conditions[0].holds(&Context::new(given, &principal, None))
}

const CONDITION: Truth = Truth::Open(Doubt::CONDITION);
const UNRESOLVED: Truth = Truth::Open(Doubt::UNRESOLVED);
const UNDOCUMENTED: Truth = Truth::Open(Doubt::UNDOCUMENTED);

#[test]
fn what_is_not_known_of_the_request_stays_open() {
    let given = ContextValues::open().with("team", ["red"]).with("tags", ["a", "b"]);
    for (condition, expected) in [
        (r#"{"StringEquals":{"other":"x"}}"#, CONDITION),
        (r#"{"StringEqualsIfExists":{"other":"x"}}"#, CONDITION),
        (r#"{"ForAllValues:StringEquals":{"other":"x"}}"#, CONDITION),
        (r#"{"Null":{"other":"true"}}"#, CONDITION),
        (r#"{"Null":{"team":"true"}}"#, Truth::False),
        (r#"{"StringEquals":{"team":"red"}}"#, Truth::True),
        // A value that is not known may be what a variable stands for.
        (r#"{"StringEquals":{"team":"${aws:PrincipalTag/team}"}}"#, CONDITION),
        (r#"{"StringEquals":{"team":["${aws:PrincipalTag/team}","red"]}}"#, Truth::True),
        // What follows from the principal is known even so.
        (r#"{"StringEquals":{"aws:username":"ada"}}"#, Truth::True),
        (r#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#, Truth::False),
        // One comparison of several values, which AWS does not explain.
        (r#"{"StringEquals":{"tags":"a"}}"#, UNDOCUMENTED),
        (r#"{"StringEquals":{"tags":["a","b"]}}"#, Truth::True),
        (r#"{"StringNotEquals":{"tags":"c"}}"#, Truth::True),
    ] {
        let found = holds(condition, &given);
        match (expected, found) {
            (Truth::Open(expected), Truth::Open(found)) => assert!(found.contains(expected), "{condition}"),
            _ => assert_eq!(found, expected, "{condition}"),
        }
    }
}

#[test]
fn what_code_leaves_unresolved_stays_open() {
    let given = ContextValues::closed().with("team", ["red"]).with("count", ["5"]).with("aws:SourceIp", ["10.0.0.1"]);
    for (condition, expected) in [
        (r#"{"StringEquals":{"team":"${var.team}"}}"#, UNRESOLVED),
        (r#"{"StringEquals":{"team":"blue-${var.team}"}}"#, Truth::False),
        (r#"{"StringNotEquals":{"team":"blue-${var.team}"}}"#, Truth::True),
        (r#"{"StringEquals":{"team":["${var.team}","red"]}}"#, Truth::True),
        (r#"{"StringEquals":{"missing":"${var.team}"}}"#, Truth::False),
        (r#"{"NumericLessThan":{"count":"${var.count}"}}"#, UNRESOLVED),
        (r#"{"IpAddress":{"aws:SourceIp":"${var.range}"}}"#, UNRESOLVED),
        (r#"{"IpAddress":{"aws:SourceIp":["${var.range}","10.0.0.0/8"]}}"#, Truth::True),
        (r#"{"Bool":{"aws:SecureTransport":"${var.secure}"}}"#, Truth::False),
        (r#"{"StringEquals":{"${var.key}":"x"}}"#, UNRESOLVED),
        (r#"{"${var.operator}":{"team":"x"}}"#, UNRESOLVED),
        (r#"{"StringEquals":"${var.pairs}"}"#, UNRESOLVED),
        (r#""${var.conditions}""#, UNRESOLVED),
    ] {
        assert_eq!(holds(condition, &given), expected, "{condition}");
    }
}

#[test]
fn values_that_cannot_be_compared_do_not_match() {
    let given = ContextValues::closed()
        .with("aws:SourceIp", ["no address"])
        .with("count", ["many"])
        .with("date", ["soon"])
        .with("flag", ["perhaps"])
        .with("bytes", ["?"])
        .with("arn", ["arn:aws:s3"]);
    for condition in [
        r#"{"IpAddress":{"aws:SourceIp":["0.0.0.0/0","::/0","rubbish"]}}"#,
        r#"{"NumericLessThan":{"count":["9","rubbish"]}}"#,
        r#"{"DateLessThan":{"date":["2024-01-01","rubbish"]}}"#,
        r#"{"Bool":{"flag":["true","false","perhaps"]}}"#,
        r#"{"BinaryEquals":{"bytes":["QQ==","?"]}}"#,
        r#"{"ArnLike":{"arn":["arn:aws:s3:::*","arn:aws:s3"]}}"#,
    ] {
        assert_eq!(holds(condition, &given), Truth::False, "{condition}");
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
#[test]
fn operators_are_written_as_they_are_read() {
    for (text, expected) in [
        ("StringEquals", Some("StringEquals")),
        ("stringequalsignorecase", Some("StringEqualsIgnoreCase")),
        ("FORALLVALUES:StringLikeIfExists", Some("ForAllValues:StringLikeIfExists")),
        ("ForAnyValue:NumericLessThanEquals", Some("ForAnyValue:NumericLessThanEquals")),
        ("NotIpAddressIfExists", Some("NotIpAddressIfExists")),
        ("Null", Some("Null")),
        ("NullIfExists", None),
        ("StringEqual", None),
        ("ForSomeValues:StringEquals", None),
        ("IfExists", None),
        ("", None),
        ("ForAllValues:", None),
        ("é", None),
    ] {
        let found = Operator::parse(text).map(|operator| operator.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }
}
