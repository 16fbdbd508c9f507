#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod brute_force;

use super::{Answer, Limits, Obstacle, Question, ask, difference, intersection};
use crate::document::Policy;

fn policy(statements: &str) -> Policy {
    Policy::parse_code(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).unwrap()
}

fn allow(action: &str, resource: &str, condition: &str) -> String {
    statement("Allow", action, resource, condition)
}

fn statement(effect: &str, action: &str, resource: &str, condition: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!(r#","Condition":{condition}"#) };
    format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"{condition}}}"#)
}

/// What the first permits beyond the second: yes, no, or why neither.
fn beyond(first: &str, second: &str) -> &'static str {
    match difference(&policy(first), &policy(second)) {
        Answer::Yes(_) => "yes",
        Answer::No => "no",
        Answer::Unknown(Obstacle::Unresolved) => "unresolved",
        Answer::Unknown(Obstacle::Variables) => "variables",
        Answer::Unknown(Obstacle::Effort) => "effort",
    }
}

#[test]
fn what_one_policy_permits_beyond_another() {
    let bucket = "arn:aws:s3:::b/*";
    let from = |network: &str| format!(r#"{{"IpAddress":{{"aws:SourceIp":"{network}"}}}}"#);
    let tag = |operator: &str, value: &str| format!(r#"{{"{operator}":{{"aws:PrincipalTag/team":"{value}"}}}}"#);
    let size = |operator: &str, value: &str| format!(r#"{{"{operator}":{{"s3:max-keys":"{value}"}}}}"#);
    for (first, second, forth, back) in [
        (allow("s3:Get*", bucket, ""), allow("s3:GetObject", bucket, ""), "yes", "no"),
        (allow("s3:GetObject", bucket, ""), allow("S3:GETOBJECT", "*", ""), "no", "yes"),
        (format!("{},{}", allow("*", "*", ""), statement("Deny", "iam:*", "*", "")), allow("*", "*", ""), "no", "yes"),
        (allow("s3:*", "*", &from("10.0.0.0/8")), allow("s3:*", "*", &from("10.1.0.0/16")), "yes", "no"),
        (allow("s3:*", "*", &from("10.0.0.0/9")), allow("s3:*", "*", &from("10.128.0.0/9")), "yes", "yes"),
        (allow("s3:*", "*", &tag("StringEquals", "red")), allow("s3:*", "*", &tag("StringLike", "r*")), "no", "yes"),
        (allow("s3:*", "*", &tag("StringNotEquals", "red")), allow("s3:*", "*", ""), "no", "yes"),
        (
            format!(
                "{},{}",
                allow("s3:*", "*", &tag("StringNotEquals", "red")),
                allow("s3:*", "*", &tag("StringEquals", "red"))
            ),
            allow("s3:*", "*", ""),
            "no",
            "no",
        ),
        (
            allow("s3:*", "*", &tag("StringEqualsIgnoreCase", "RED")),
            allow("s3:*", "*", &tag("StringEquals", "red")),
            "yes",
            "no",
        ),
        (
            allow("s3:*", "*", &size("NumericLessThan", "10")),
            allow("s3:*", "*", &size("NumericLessThanEquals", "9")),
            "yes",
            "no",
        ),
    ] {
        assert_eq!((beyond(&first, &second), beyond(&second, &first)), (forth, back), "{first}\n{second}");
    }
}

#[test]
fn what_keys_variables_and_unresolved_text_permit_beyond_others() {
    let size = |operator: &str, value: &str| format!(r#"{{"{operator}":{{"s3:max-keys":"{value}"}}}}"#);
    for (first, second, forth, back) in [
        (
            format!(
                "{},{}",
                allow("s3:*", "*", &size("NumericLessThan", "10")),
                allow("s3:*", "*", &size("NumericGreaterThanEquals", "10"))
            ),
            allow("s3:*", "*", r#"{"Null":{"s3:max-keys":"false"}}"#),
            "no",
            // A value that is no number meets neither comparison.
            "yes",
        ),
        (
            allow("s3:*", "*", r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}"#),
            allow("s3:*", "*", r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}"#),
            "yes",
            "yes",
        ),
        (
            allow("s3:*", "arn:aws:s3:::home/${aws:username}/*", ""),
            allow("s3:*", "arn:aws:s3:::home/${aws:username}/*", ""),
            "no",
            "no",
        ),
        (
            allow("s3:*", "arn:aws:s3:::home/${aws:username}/*", ""),
            allow("s3:*", "arn:aws:s3:::home/*", ""),
            "no",
            "yes",
        ),
        (allow("s3:*", "${var.bucket}", ""), allow("s3:*", "*", ""), "no", "unresolved"),
        (allow("s3:*", "${var.bucket}", ""), allow("s3:*", "${var.bucket}", ""), "no", "no"),
        (allow("s3:*", "${var.one}", ""), allow("s3:*", "${var.two}", ""), "unresolved", "unresolved"),
        // Whatever the bucket turns out to be, its objects are beyond what another service's policy permits.
        (allow("s3:*", "${var.one}/*", ""), allow("sqs:*", "*", ""), "yes", "yes"),
        (allow("s3:*", "${var.one}/*", ""), allow("s3:*", "arn:aws:s3:::b/*", ""), "unresolved", "unresolved"),
        (
            allow("s3:*", "arn:aws:s3:::a-${var.name}", ""),
            allow("s3:*", "arn:aws:s3:::b-${var.name}", ""),
            "yes",
            "yes",
        ),
        (
            r#"{"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::secret*"}"#.to_owned(),
            allow("*", "*", ""),
            "no",
            "yes",
        ),
        (
            r#"{"Effect":"Allow","NotAction":["iam:*","sts:*"],"Resource":"*"}"#.to_owned(),
            r#"{"Effect":"Allow","NotAction":["iam:*"],"Resource":"*"}"#.to_owned(),
            "no",
            "yes",
        ),
    ] {
        assert_eq!((beyond(&first, &second), beyond(&second, &first)), (forth, back), "{first}\n{second}");
    }
}

#[test]
fn policies_of_resources_differ_in_principals() {
    let trusts =
        |principal: &str| format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"s3:*","Resource":"*"}}"#);
    let account = r#"{"AWS":"123456789012"}"#;
    for (first, second, forth, back) in [
        (trusts(r#""*""#), trusts(account), "yes", "no"),
        (trusts(account), trusts(r#"{"AWS":"arn:aws:iam::123456789012:root"}"#), "no", "no"),
        (trusts(r#"{"AWS":"arn:aws:iam::123456789012:role/a"}"#), trusts(account), "no", "yes"),
        (trusts(r#"{"Service":"sns.amazonaws.com"}"#), trusts(r#"{"Service":"sqs.amazonaws.com"}"#), "yes", "yes"),
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"123456789012"}}}"#.to_owned(),
            trusts(account),
            "no",
            "no",
        ),
    ] {
        assert_eq!((beyond(&first, &second), beyond(&second, &first)), (forth, back), "{first}\n{second}");
    }
}

#[test]
fn what_two_policies_permit_in_common_has_a_witness() {
    let (first, second) = (policy(&allow("s3:Get*", "*", "")), policy(&allow("s3:*Object", "arn:aws:s3:::b/*", "")));
    let Answer::Yes(witness) = intersection(&first, &second) else { unreachable!("s3:GetObject is in both") };
    assert!(witness.action.starts_with("s3:get") && witness.action.ends_with("object"), "{witness:?}");
    assert!(witness.resource.starts_with("arn:aws:s3:::b/"), "{witness:?}");
    let actions = ["s3:getobject", "s3:putobject"];
    let question = Question {
        permitted_by: vec![&first],
        not_permitted_by: vec![&second],
        limits: Limits { actions: &actions, ..Limits::default() },
    };
    let Answer::Yes(witness) = ask(&question) else { unreachable!("outside of the bucket") };
    assert_eq!(witness.action, "s3:getobject");
    let elsewhere = policy(&allow("iam:*", "*", ""));
    assert_eq!(intersection(&first, &elsewhere), Answer::No);
}

#[test]
fn hostile_policies_end_in_bounded_time() {
    let stars = format!("s3:{}", "*a?b".repeat(10));
    let first = policy(&(0..20).map(|at| allow(&format!("{stars}{at}*"), "*", "")).collect::<Vec<_>>().join(","));
    let second = policy(&(0..20).map(|at| allow(&format!("*{at}{stars}"), "*", "")).collect::<Vec<_>>().join(","));
    let start = std::time::Instant::now();
    let _ = (difference(&first, &second), intersection(&first, &second));
    assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
}
