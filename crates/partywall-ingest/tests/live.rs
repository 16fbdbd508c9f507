//! What a collection shows and what it hides.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use partywall_ingest::{Options, normalize::normalize, read};
use partywall_model::Inventory;

const USER: &str = r#"{"UserName": "deploy", "Arn": "arn:aws:iam::111122223333:user/deploy"}"#;
const KEY: &str = r#"{"UserName": "deploy", "AccessKeyId": "AKIAEXAMPLE", "Status": "Active"}"#;

/// The inventory of a collection whose IAM answers are these lines.
fn inventory(lines: &[&str]) -> Inventory {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let calls = r#"["iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys"]"#;
    let account = r#"{"id": "111122223333", "partition": "aws", "regions": []}"#;
    write("collection.json", format!(r#"{{"partywall_collection": 1, "accounts": [{account}], "calls": {calls}}}"#));
    write("111122223333/global/iam.jsonl", lines.join("\n") + "\n");
    normalize(read(folder.path(), &Options::default()).unwrap()).inventory
}

fn users() -> String {
    let call = r#""call": "iam:GetAccountAuthorizationDetails", "request": {}, "page": 0, "last": true"#;
    format!(r#"{{{call}, "answer": {{"UserDetailList": [{USER}]}}}}"#)
}

fn keys(page: u32, last: bool, said: &str) -> String {
    let call = r#""call": "iam:ListAccessKeys", "request": {"UserName": "deploy"}"#;
    format!(r#"{{{call}, "page": {page}, "last": {last}, {said}}}"#)
}

fn answer() -> String {
    format!(r#""answer": {{"AccessKeyMetadata": [{KEY}]}}"#)
}

const THROTTLED: &str = r#""refusal": {"kind": "throttled", "code": "Throttling"}"#;

/// Rows of access keys, and whether it is known that there are no more.
fn shown(inventory: &Inventory) -> (usize, bool) {
    let is_whole = !inventory.unseen().iter().any(|unseen| unseen.table == "aws_iam_access_key");
    (inventory.rows("aws_iam_access_key").len(), is_whole)
}

#[test]
fn a_whole_answer_shows_every_row() {
    assert_eq!(shown(&inventory(&[&users(), &keys(0, true, &answer())])), (1, true));
}

#[test]
fn pages_before_a_refusal_are_kept_and_the_rest_is_unseen() {
    assert_eq!(shown(&inventory(&[&users(), &keys(0, false, &answer()), &keys(1, true, THROTTLED)])), (1, false));
}

#[test]
fn a_refused_or_missing_answer_hides_rows() {
    assert_eq!(shown(&inventory(&[&users(), &keys(0, true, THROTTLED)])), (0, false));
    assert_eq!(shown(&inventory(&[&users()])), (0, false));
    assert!(!shown(&inventory(&[&keys(0, true, &answer())])).1);
}

#[test]
fn a_group_of_pages_that_was_torn_counts_as_never_asked() {
    let torn = [users(), keys(0, false, &answer())];
    assert_eq!(shown(&inventory(&[&torn[0], &torn[1]])), (0, false));
    let again = [&torn[0], &torn[1], &keys(0, true, &answer())];
    assert_eq!(shown(&inventory(&again.map(String::as_str))), (1, true));
}
