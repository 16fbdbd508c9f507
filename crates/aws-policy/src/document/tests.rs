#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::time::{Duration, Instant};

use super::{Effect, Policy, Scope, Version};

fn problems(text: &str) -> Vec<String> {
    match Policy::parse(text) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems.iter().map(|problem| problem.kind.to_string()).collect(),
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
#[test]
fn a_document_is_read_as_the_grammar_says() {
    let text = r#"{
        "Version": "2012-10-17",
        "Id": "anything",
        "Statement": [
            {"Sid": "One", "Effect": "Allow", "Principal": {"AWS": ["111122223333", "*"], "Service": "sns.amazonaws.com"},
             "Action": "S3:Get*", "NotResource": ["arn:aws:s3:::b", "arn:aws:s3:::c"],
             "Condition": {"Bool": {"aws:SecureTransport": true}, "NumericEquals": {"s3:max-keys": [1, "2"]}}},
            {"Effect": "Deny", "NotPrincipal": "*", "NotAction": ["iam:*"], "Resource": "*"}
        ]
    }"#;
    let policy = Policy::parse(text).unwrap();
    assert_eq!(policy.version, Version::V2012);
    let [one, two] = policy.statements.as_slice() else { unreachable!("two statements") };
    assert_eq!((one.sid.as_str(), one.effect, two.effect), ("One", Effect::Allow, Effect::Deny));
    assert_eq!(one.actions.named()[0].source(), "s3:get*");
    assert!(one.resources.is_negated() && two.actions.is_negated());
    assert!(matches!(&two.principals, Some(Scope::AllBut(principals)) if principals.aws == ["*"]));
    let principals = one.principals.as_ref().unwrap().named();
    assert_eq!((principals.aws.len(), principals.service.len()), (2, 1));
    assert_eq!(one.conditions.iter().map(|condition| condition.operands.len()).collect::<Vec<_>>(), [1, 2]);
    assert!(text[one.span.start..one.span.end].starts_with(r#"{"Sid""#));
    assert!(text[two.span.start..two.span.end].ends_with(r#""Resource": "*"}"#));
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[test]
fn a_document_without_a_version_is_an_old_one() {
    let policy = Policy::parse(r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#).unwrap();
    assert_eq!((policy.version, policy.statements.len()), (Version::V2008, 1));
    assert_eq!(problems(r#"{"Version":"2012-10-18","Statement":[]}"#).len(), 1);
    assert_eq!(problems(r#"{"Version":[],"Statement":[]}"#), ["`Version` must be text"]);
}

#[test]
fn every_problem_is_reported_where_it_stands() {
    let text = r#"{"Version":"2012-10-17","Statements":[],"Statement":[
        {"Effect":"allow","Action":"*","Resource":"*"},
        {"Effect":"Allow","Actions":"*","Resource":"*"},
        {"Effect":"Allow","Action":"*","NotAction":"s3:*","Resource":"*"},
        {"Effect":"Allow","Action":[1,{}],"Resource":"*"},
        {"Effect":"Allow","Action":"*","Resource":"*","Effect":"Deny"},
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEqual":{"a":"b"},"Bool":"x"}},
        {"Effect":"Allow","Action":"*","Resource":"*","Principal":{"Aws":"*"}},
        {"Action":"*"},
        7
    ]}"#;
    let error = Policy::parse(text).unwrap_err();
    let found: Vec<String> = error
        .problems
        .iter()
        .map(|problem| format!("{} at {:.12}", problem.kind, text.get(problem.span.start..).unwrap()))
        .collect();
    let expected = [
        "`Statements` is no element of a policy; check its spelling at \"Statements\"",
        "`Effect` must be `Allow` or `Deny`, not `allow` at \"allow\",\"Ac",
        "`Actions` is no element of a policy; check its spelling at \"Actions\":\"",
        "`Action` is missing at {\"Effect\":\"A",
        "`Action` and `NotAction` exclude each other at \"s3:*\",\"Res",
        "`Action` must be text or a list of texts at {}],\"Resourc",
        "`Effect` is given twice at \"Effect\":\"De",
        "`StringEqual` is no condition operator at \"StringEqual",
        "`Bool` must be an object at \"x\"}},",
        "`Aws` is no kind of principal; use `AWS`, `Service`, `Federated` or `CanonicalUser` at \"Aws\":\"*\"}}",
        "`Effect` is missing at {\"Action\":\"*",
        "`a statement` must be an object at 7",
    ];
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.replace('\n', " ").starts_with(expected), "{found}\n  is not\n{expected}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn what_is_no_json_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "[]",
        "null",
        "\"text\"",
        "{}",
        r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},]}"#,
        r#"{"Statement":[]} trailing"#,
        r#"{'Statement':[]}"#,
        r#"{"Statement":[] // comment
        }"#,
        r#"{"Statement":[/* comment */]}"#,
        "\u{feff}{",
        r#"{"Statement":{"Effect":"Allow","Action":"\ud800","Resource":"*"}}"#,
    ] {
        assert!(!problems(text).is_empty(), "{text}");
    }
}

#[test]
fn odd_characters_are_kept() {
    let text = r#"{"Version":"2012-10-17","Statement":{"Sid":"é\u0000\"","Effect":"Allow","Action":"s3:İ*",
        "Resource":"arn:aws:s3:::b/\ud83d\ude00/${aws:username}","Condition":{"StringEqualsIgnoreCase":{"aws:KÉY":"ẞß"}}}}"#;
    let policy = Policy::parse(text).unwrap();
    let statement = &policy.statements[0];
    assert_eq!(statement.sid, "é\0\"");
    assert_eq!(statement.resources.named()[0].source(), "arn:aws:s3:::b/😀/${aws:username}");
    assert_eq!(statement.actions.named()[0].source(), "s3:İ*");
}

#[test]
fn placeholders_are_unknown_in_code_and_text_in_accounts() {
    let text = r#"{"Version":"2012-10-17","Statement":["${var.statements}",{"Effect":"Allow","Action":"*","Resource":"${var.arn}"}]}"#;
    let code = Policy::parse_code(text).unwrap();
    assert!(code.has_unresolved_statements && code.statements.len() == 1);
    assert_eq!(problems(text), ["`a statement` must be an object"]);
    assert!(Policy::parse_code(r#""${var.policy}""#).unwrap().has_unresolved_statements);
    assert!(Policy::parse_code(r#"{"Statement":"${var.all}"}"#).unwrap().has_unresolved_statements);
}

#[test]
fn deep_nesting_is_refused_in_bounded_time() {
    let start = Instant::now();
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        for depth in [33, 100_000, 1_000_000] {
            let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(problems(&text), ["it is nested too deeply"], "{depth}");
            assert!(!problems(&open.repeat(depth)).is_empty());
        }
    }
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn megabytes_are_read_in_bounded_time() {
    let start = Instant::now();
    let statement = r#"{"Effect":"Allow","Action":["s3:Get*","s3:Put*"],"Resource":"arn:aws:s3:::bucket/*","Condition":{"StringLike":{"aws:PrincipalTag/a":"*x*y*"}}}"#;
    let many = format!(r#"{{"Statement":[{}]}}"#, vec![statement; 20_000].join(","));
    assert_eq!(Policy::parse(&many).unwrap().statements.len(), 20_000);
    let long = format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"{}"}}}}"#, "${".repeat(1_000_000));
    assert!(Policy::parse(&long).is_ok());
    assert!(Policy::parse_code(&long).is_ok());
    let braces =
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"{}"}}}}"#, "${}{".repeat(500_000));
    assert!(Policy::parse(&braces).is_ok());
    let keys: Vec<String> = (0..50_000).map(|at| format!(r#""key{at}":"x""#)).collect();
    let wide = format!(
        r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"Bool":{{{}}}}}}}}}"#,
        keys.join(",")
    );
    assert!(Policy::parse(&wide).is_ok());
    let unknown = format!("{{{}}}", keys.join(","));
    assert_eq!(problems(&unknown).len(), 50_001);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
