//! `partywall watch`, from the command line.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::partywall;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").canonicalize().unwrap()
}

fn call(id: &str, action: &str) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": "2026-11-20T10:05:00Z", "eventSource": "iam.amazonaws.com",
        "eventName": action, "eventID": id, "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/eve"},
        "requestParameters": {"userName": "eve"},
    })
}

/// Titles of alerts, by the rule's id.
fn alerts(folder: &Path, arguments: &[&str]) -> Vec<(String, String)> {
    let run = partywall(folder, &[&["watch", "run", "-o", "json"], arguments].concat());
    assert!(run.code < 2, "{run:?}");
    let alert = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let text = |alert: &Value, name: &str| alert["rule"][name].as_str().unwrap().to_owned();
    run.out.lines().map(alert).map(|alert| (text(&alert, "id"), text(&alert, "title"))).collect()
}

#[test]
fn the_first_use_of_a_way_to_more_permissions_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let estate = folder.path().join("estate");
    std::fs::create_dir(&estate).unwrap();
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*"}]});
    let details = json!({"UserDetailList": [{
        "UserName": "eve", "Arn": "arn:aws:iam::111122223333:user/eve", "UserId": "AIDAEVE", "Path": "/",
        "CreateDate": "2026-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": [],
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy}]}],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": []});
    std::fs::write(estate.join("get-account-authorization-details.json"), details.to_string()).unwrap();
    let mut refused = call("0", "AttachUserPolicy");
    refused["errorCode"] = json!("AccessDenied");
    let events = [refused, call("1", "AttachUserPolicy"), call("2", "AttachUserPolicy"), call("3", "ListUsers")];
    let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
    std::fs::write(folder.path().join("log.jsonl"), lines).unwrap();
    let told = |arguments: &[&str]| {
        let alerts = alerts(folder.path(), &[&["log.jsonl", "--estate", "estate"], arguments].concat());
        alerts.into_iter().filter(|(id, _)| id == "partywall/path-first-used").collect::<Vec<_>>()
    };
    let first = told(&["--state", "state"]);
    assert_eq!(first.len(), 1, "{first:?}");
    assert!(first[0].1.contains("everything in account 111122223333"), "{first:?}");
    assert_eq!(told(&["--state", "state"]), first, "told again under the same id, and not twice");
}

#[test]
fn a_flow_that_nothing_lets_through_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let flow = |interface: &str, from: &str, to: &str, ports: &str, action: &str| {
        format!("2 111122223333 {interface} {from} {to} {ports} 6 1 40 1795341600 1795341660 {action} OK\n")
    };
    let log = [
        // A network ACL denies what comes from here, whatever groups say.
        flow("eni-db1", "10.0.1.66", "10.0.2.10", "40000 5432", "ACCEPT"),
        flow("eni-db1", "10.0.1.66", "10.0.2.10", "40001 5432", "REJECT"),
        flow("eni-db1", "10.0.1.10", "10.0.2.10", "40000 5432", "ACCEPT"),
        flow("eni-web1", "203.0.113.9", "10.0.0.10", "50000 22", "ACCEPT"),
        // The answer, and what leaves: a filter further on may still stop it.
        flow("eni-web1", "10.0.0.10", "203.0.113.9", "22 50000", "ACCEPT"),
        flow("eni-app66", "10.0.1.66", "10.0.2.10", "40000 5432", "ACCEPT"),
        flow("eni-nowhere", "10.0.1.66", "10.9.9.9", "40000 5432", "ACCEPT"),
    ];
    std::fs::write(folder.path().join("flow.log"), log.concat()).unwrap();
    let estate = fixtures().join("network/account");
    let alerts = alerts(folder.path(), &["flow.log", "--estate", estate.to_str().unwrap()]);
    let ids: Vec<&str> = alerts.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["partywall/flow-not-possible"], "{alerts:?}");
}

#[test]
fn a_folder_of_logs_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs/2026/11");
    std::fs::create_dir_all(&logs).unwrap();
    let records = json!({"Records": [call("1", "DeleteUser"), {"eventName": 1}]});
    std::fs::write(logs.join("111122223333_CloudTrail_eu-central-1_20261120T1005Z_a.json"), records.to_string())
        .unwrap();
    let rule = "title: gone\nid: gone\nauthor: us\nlevel: low\nlogsource: {product: aws, service: cloudtrail}\n\
                detection: {s: {eventName: DeleteUser}, condition: s}\n";
    std::fs::write(folder.path().join("rule.yml"), rule).unwrap();
    let arguments = ["watch", "run", "logs", "--rules", "rule.yml", "--own-only", "--state", "state"];
    let run = partywall(folder.path(), &arguments);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("gone") && run.out.contains("rule by us"), "{run:?}");
    assert!(run.err.contains("1 objects, 2 records, 1 alerts"), "{run:?}");
    let again = partywall(folder.path(), &arguments);
    assert!(again.err.contains("0 objects"), "{again:?}");
    let rules = partywall(folder.path(), &["watch", "rules"]);
    assert_eq!(rules.code, 0, "every shipped rule can be used: {rules:?}");
}
