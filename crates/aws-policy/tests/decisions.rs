//! Decisions as AWS documents them: one case a line in `tests/decisions/`, each with the page that it follows.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

#[path = "support/case.rs"]
mod case;

use std::collections::BTreeSet;
use std::path::Path;

use aws_policy::{Outcome, decide, explain};
use case::Case;
use serde_json::Value;

fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "Allowed",
        Outcome::ImplicitlyDenied => "ImplicitlyDenied",
        Outcome::ExplicitlyDenied => "ExplicitlyDenied",
        Outcome::Undecided(_) => "Unknown",
    }
}

fn cases() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decisions");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.is_empty()) {
            let place = format!("{}:{number}", file.file_name().unwrap().to_string_lossy());
            let case = serde_json::from_str(line).unwrap_or_else(|error| unreachable!("{place}: {error}"));
            cases.push((place, case));
        }
    }
    cases
}

#[test]
fn requests_are_decided_as_aws_documents() {
    let cases = cases();
    let mut wrong = Vec::new();
    for (place, case) in &cases {
        let read = Case::read(case);
        let outcome = decide(&read.request(), &read.policies());
        assert_eq!(outcome, explain(&read.request(), &read.policies()).outcome, "{place}");
        if case["expect"] != name(outcome) {
            wrong.push(format!("{place}: {} is {}, not {}", case["why"], name(outcome), case["expect"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn every_case_says_why_and_where_it_is_written() {
    const KEYS: [&str; 14] = [
        "why",
        "page",
        "expect",
        "request",
        "identityPolicies",
        "permissionBoundaries",
        "sessionPolicy",
        "resourcePolicy",
        "serviceControlPolicies",
        "resourceControlPolicies",
        "endpointPolicies",
        "managementAccountId",
        "additionalSettings",
        "id",
    ];
    let mut reasons = BTreeSet::new();
    for (place, case) in cases() {
        let page = case["page"].as_str().unwrap();
        assert!(page.starts_with("https://docs.aws.amazon.com/"), "{place}: {page}");
        assert!(reasons.insert(case["why"].as_str().unwrap().to_owned()), "{place} says the same as another");
        for key in case.as_object().unwrap().keys() {
            assert!(KEYS.contains(&key.as_str()), "{place}: `{key}` is not read");
        }
    }
    assert!(reasons.len() > 100, "{} cases", reasons.len());
}
