#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::{Duration, Instant};

use super::{ArnPattern, ArnRules, Features, Pattern};
use crate::context::{Context, ContextValues};
use crate::principal::Principal;
use crate::text::{Placeholders, Subject};
use crate::truth::{Doubt, Truth};

const FEATURES: Features = Features { wildcards: true, variables: true, placeholders: Placeholders::Unresolved };

fn matches(pattern: &str, text: &str) -> Truth {
    Pattern::new(pattern, FEATURES).matches(&Subject::with_placeholders(text), &Context::unknown())
}

#[test]
fn stars_and_question_marks_match_as_iam_says() {
    for (pattern, text, expected) in [
        ("*", "", true),
        ("s3:Get*", "s3:GetObject", true),
        ("s3:Get*", "s3:PutObject", false),
        ("s3:?et*t", "s3:GetObject", true),
        ("a*b*c", "axxbyyc", true),
        ("a*b*c", "axxbyy", false),
        ("*ab*ab", "ab", false),
        ("*ab*ab", "abab", true),
        ("?", "é", true),
        ("", "a", false),
    ] {
        assert_eq!(matches(pattern, text), expected.into(), "{pattern} on {text}");
    }
}

#[test]
fn ten_stars_end_in_bounded_time() {
    let text = "a".repeat(100_000);
    let start = Instant::now();
    assert!(matches("*a*a*a*a*a*a*a*a*a*a*b", &text).is_false());
    assert!(matches("*a*a*a*a*?a*a*a*a*a*a", &text).is_true());
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn long_pieces_end_in_bounded_time() {
    let text = "a".repeat(1_000_000);
    let start = Instant::now();
    let piece = "a".repeat(50_000);
    assert!(matches(&format!("*{piece}b*"), &text).is_false());
    assert!(matches(&format!("*{piece}*"), &text).is_true());
    // Nobody can tell in reasonable time, and nobody claims to.
    assert!(matches!(matches(&format!("*{piece}?b*"), &text), Truth::Open(_)));
    assert!(matches!(matches(&format!("*{piece}${{aws:username}}*"), &text), Truth::Open(_)));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn unresolved_text_is_open_only_where_it_decides() {
    let open = Truth::Open(Doubt::UNRESOLVED);
    for (pattern, text, expected) in [
        ("${var.name}", "anything", open),
        ("logs-${var.name}", "data-1", Truth::False),
        ("logs-*", "logs-${var.name}", Truth::True),
        ("logs-a*", "logs-${var.name}", open),
        ("logs-${var.name}", "logs-${var.name}", Truth::True),
        ("logs-${var.name}/*", "logs-${var.name}/2024", Truth::True),
        ("logs-${var.other}/*", "logs-${var.name}/2024", open),
        ("*", "${var.name}", Truth::True),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
#[test]
fn parts_of_an_arn_are_compared_one_by_one() {
    for (pattern, text, in_resource, in_condition) in [
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b:c", true, true),
        ("arn:aws:sqs:*:123456789012:q", "arn:aws:sqs:eu-west-1:123456789012:q", true, true),
        ("arn:aws:sqs:?u-west-1:*:q", "arn:aws:sqs:eu-west-1:123456789012:q", true, true),
        // A wildcard inside of a part stays inside.
        ("arn:aws:sqs:e*1:q", "arn:aws:sqs:eu-west-1:123456789011:q", false, false),
        // One that ends a part of a `Resource` may go on; operators check every part for itself.
        ("arn:aws:sqs:*:q", "arn:aws:sqs:eu-west-1:123456789012:q", true, false),
        ("arn:aws:s3*", "arn:aws:s3:::bucket", true, false),
        ("arn:aws:logs:*:*:log-group:a:*", "arn:aws:logs:eu-west-1:123456789012:log-group:a:stream", true, true),
        ("*", "arn:aws:s3:::bucket", true, true),
        ("arn:aws:s3:::*", "*", false, false),
    ] {
        for (rules, expected) in [(ArnRules::Resource, in_resource), (ArnRules::Condition, in_condition)] {
            let found = ArnPattern::new(pattern, rules, FEATURES).matches(&Subject::plain(text), &Context::unknown());
            assert_eq!(found, expected.into(), "{pattern} on {text} by the rules of {rules:?}");
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
#[test]
fn variables_take_the_values_of_the_request() {
    let principal = Principal::parse("arn:aws:iam::123456789012:user/ada").unwrap();
    let values = ContextValues::closed().with("aws:PrincipalTag/team", ["red*"]).with("many", ["a", "b"]);
    let context = Context::new(&values, &principal, None);
    let old = Features { variables: false, ..FEATURES };
    for (features, pattern, text, expected) in [
        (FEATURES, "home/${aws:username}/*", "home/ada/x", true),
        (FEATURES, "home/${aws:username}/*", "home/bob/x", false),
        (old, "home/${aws:username}", "home/${aws:username}", true),
        (old, "home/${aws:username}", "home/ada", false),
        // Wildcards that come from a value are characters.
        (FEATURES, "${aws:PrincipalTag/team}", "red*", true),
        (FEATURES, "${aws:PrincipalTag/team}", "reddish", false),
        (FEATURES, "${aws:PrincipalTag/missing}", "", false),
        (FEATURES, "${aws:PrincipalTag/missing, 'all'}", "all", true),
        (FEATURES, "${aws:PrincipalTag/team, 'all'}", "all", false),
        (FEATURES, "${*}${?}${$}", "*?$", true),
        (FEATURES, "${*}", "x", false),
    ] {
        let subject = Subject::plain(text);
        assert_eq!(Pattern::new(pattern, features).matches(&subject, &context), expected.into(), "{pattern} on {text}");
    }
    // Only the last part of a resource's ARN may hold a variable.
    let pattern = ArnPattern::new("arn:aws:s3:${aws:username}::b", ArnRules::Resource, FEATURES);
    assert!(pattern.matches(&Subject::plain("arn:aws:s3:ada::b"), &context).is_false());
}
