//! `partywall network`, on an account of the AWS CLI's files whose every case names the AWS page that it follows.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::partywall;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").canonicalize().unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What becomes of the cases in a folder, by the case's id.
fn traced(account: &Path) -> BTreeMap<String, Value> {
    let cases = fixtures().join("network/cases.jsonl");
    let run =
        partywall(&fixtures(), &["network", "trace", "--cases", cases.to_str().unwrap(), account.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.err);
    lines(&run.out).into_iter().map(|answer| (answer["id"].as_str().unwrap().to_owned(), answer)).collect()
}

#[test]
fn packets_get_where_the_documentation_says() {
    let answers = traced(&fixtures().join("network/account"));
    let cases = lines(&std::fs::read_to_string(fixtures().join("network/cases.jsonl")).unwrap());
    assert_eq!(answers.len(), cases.len());
    for case in cases {
        let answer = &answers[case["id"].as_str().unwrap()];
        let found = serde_json::json!([answer["forward"], answer["reply"]]);
        assert_eq!(found, case["expect"], "{}: {}\n{answer:#}", case["why"], case["page"]);
        let has_reason = answer["reasons"].as_array().unwrap().iter().any(|reason| reason["effect"] != "note");
        assert!(has_reason || answer["reply"] == "allowed", "{} without a reason", case["id"]);
    }
}

/// Answers that everything rests on: without one of them nothing turns from denied to allowed, or the other way round.
#[test]
fn without_an_answer_packets_are_not_known_to_arrive() {
    let account = fixtures().join("network/account");
    let whole = traced(&account);
    for missing in [
        "describe-network-acls",
        "describe-route-tables",
        "describe-security-groups",
        "describe-subnets",
        "describe-nat-gateways",
        "elbv2-describe-load-balancers",
        "describe-listeners-60dc6c495c0c9188",
        "describe-target-groups",
        "describe-target-health-73e2d6bc24d8a001",
    ] {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(&account).unwrap().map(|entry| entry.unwrap().path()) {
            if file.file_stem().unwrap() != missing {
                std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
            }
        }
        for (id, answer) in traced(folder.path()) {
            for direction in ["forward", "reply"] {
                let (before, after) = (&whole[&id][direction], &answer[direction]);
                assert!(before == after || after == "unknown", "without {missing}, {id} is {after} and was {before}");
            }
        }
    }
}

#[test]
fn both_languages_of_the_web_shop_give_the_same_flows() {
    let matrix = |target: &str| {
        let run = partywall(&fixtures(), &["network", "matrix", "--by", "tag:Name", "-o", "json", target]);
        assert_eq!(run.code, 0, "{}", run.err);
        serde_json::from_str::<Value>(&run.out).unwrap()
    };
    let (terraform, template) = (matrix("webshop"), matrix("webshop/cloudformation"));
    assert!(terraform.as_array().unwrap().len() > 3, "{terraform:#}");
    assert_eq!(terraform, template);
}

#[test]
fn policies_decide_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let account = fixtures().join("network/account");
    for (from, to, ports, expect, code) in [
        ("internet", "group:sg-db", "tcp/5432", "denied", 0),
        ("internet", "eni-web1", "tcp/443", "denied", 1),
        ("eni-web1", "eni-app1", "tcp/8080", "allowed", 0),
        ("eni-app1", "eni-closed", "tcp/80", "allowed", 1),
        ("any", "group:sg-nobody", "tcp/80", "denied", 1),
    ] {
        let policy = format!(
            "[[assert]]\ntitle = \"it\"\nfrom = {from:?}\nto = {to:?}\nports = [{ports:?}]\nexpect = {expect:?}\n"
        );
        std::fs::write(folder.path().join("policies.toml"), policy).unwrap();
        let run = partywall(folder.path(), &["network", "assert", "policies.toml", account.to_str().unwrap()]);
        assert_eq!(run.code, code, "{from} to {to} {expect}: {run:#?}");
    }
    std::fs::write(folder.path().join("policies.toml"), "[[assert]]\ntitle = 1\n").unwrap();
    assert_eq!(partywall(folder.path(), &["network", "assert", "policies.toml", account.to_str().unwrap()]).code, 2);
}
