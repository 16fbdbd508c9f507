//! The calls and the wire data fit each other, and nothing is ever changed.

use std::collections::BTreeSet;

use partywall_model::CALLS;

use crate::permissions;
use crate::plan::root_request;
use crate::wire;

/// Operations that let AWS compute a report and change nothing else.
const PREPARING: [&str; 2] = ["GenerateCredentialReport", "GenerateServiceLastAccessedDetails"];

/// What the name of an operation that only reads begins with.
const READING: [&str; 7] = ["Describe", "Get", "List", "BatchGet", "Search", "Lookup", "BatchDescribe"];

/// Operations whose names read and that do more: they make credentials, take messages, or cost by the use.
const NOT_READING: [&str; 6] = [
    "GetSessionToken",
    "GetFederationToken",
    "GetAuthorizationToken",
    "GetPasswordData",
    "GetSecretValue",
    "BatchGetSecretValue",
];

#[test]
fn the_wire_data_names_every_call() {
    let missing: Vec<String> = CALLS
        .iter()
        .filter(|call| {
            wire::service(call.service).is_none_or(|service| !service.operations.contains_key(call.operation))
        })
        .map(|call| call.id())
        .collect();
    assert!(missing.is_empty(), "run `cargo xtask wire`: {missing:#?}");
}

#[test]
fn every_parameter_of_a_call_can_be_sent() {
    for call in CALLS {
        let parameters = &wire::service(call.service).unwrap().operations[call.operation].parameters;
        let taken = call.for_each.iter().flat_map(|each| each.take.iter().map(|(name, _)| *name));
        for name in taken.chain(call.with.iter().map(|(name, _)| *name)) {
            assert!(parameters.contains_key(name), "run `cargo xtask wire`: {} sends {name}", call.id());
        }
        let request = root_request(call, "123456789012");
        assert!(call.with.iter().all(|(name, _)| request.contains_key(*name)));
    }
}

#[test]
fn no_call_changes_anything() {
    for call in CALLS {
        let operation = &wire::service(call.service).unwrap().operations[call.operation];
        let is_reader =
            READING.iter().any(|verb| call.operation.starts_with(verb)) && !NOT_READING.contains(&call.operation);
        assert_eq!(call.prepares, PREPARING.contains(&call.operation), "{}", call.id());
        assert!(is_reader || call.prepares, "{} does not say that it only reads", call.id());
        assert!(["GET", "POST", "HEAD"].contains(&operation.method.as_str()), "{}", call.id());
    }
}

#[test]
fn the_policy_is_sorted_and_allows_each_action_once() {
    let policy = permissions(CALLS.iter(), Some("reader"));
    let statements = policy["Statement"].as_array().unwrap();
    let sids: Vec<&str> = statements.iter().map(|statement| statement["Sid"].as_str().unwrap()).collect();
    assert!(sids.contains(&"S3") && sids.contains(&"Organizations") && sids.last() == Some(&"AssumeRole"), "{sids:?}");
    assert_eq!(statements.last().unwrap()["Resource"], "arn:*:iam::*:role/reader");
    let mut allowed: BTreeSet<&str> = BTreeSet::new();
    for statement in &statements[..statements.len() - 1] {
        let actions: Vec<&str> =
            statement["Action"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert!(actions.is_sorted_by(|a, b| a < b), "{actions:?}");
        allowed.extend(actions);
    }
    // Neither more nor less than the calls say that they need, and what the collector itself asks.
    let own = ["ec2:DescribeRegions", "organizations:ListAccounts"];
    let needed: BTreeSet<&str> = CALLS.iter().flat_map(|call| call.actions.iter().copied()).chain(own).collect();
    assert_eq!(allowed, needed);
}
