//! Files that the AWS CLI prints are judged like a collection.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::account::{WEBSHOP, collect, report, verdicts};

/// Tables with one row for each account, whose call ends with an error where nothing is set.
const ERRORS_WHERE_UNSET: [&str; 1] = ["aws_iam_account_password_policy"];

/// Writes each answer of a collection as the AWS CLI would print it, one file for each call.
fn as_files(collection: &Path, folder: &Path) -> usize {
    let mut count = 0;
    let account = collection.join("111122223333");
    for region in std::fs::read_dir(&account).unwrap().flatten() {
        for file in std::fs::read_dir(region.path()).unwrap().flatten() {
            let service = file.path().file_stem().unwrap().to_str().unwrap().to_owned();
            let target = folder.join("111122223333").join(region.file_name()).join(service);
            std::fs::create_dir_all(&target).unwrap();
            for (name, answer) in answers(&file.path()) {
                std::fs::write(target.join(format!("{name}.json")), answer.to_string()).unwrap();
                count += 1;
            }
        }
    }
    count
}

/// The whole answers of a file, by the name that a person might give each.
fn answers(file: &Path) -> BTreeMap<String, Value> {
    let mut whole: BTreeMap<String, Value> = BTreeMap::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let page: Value = serde_json::from_str(line).unwrap();
        let refusal = page["refusal"]["kind"].as_str();
        let Some(answer) = page.get("answer").filter(|_| refusal.is_none()) else { continue };
        let operation = page["call"].as_str().unwrap().split(':').nth(1).unwrap();
        let asked: Vec<String> = page["request"].as_object().unwrap().values().filter_map(text).collect();
        let name = [vec![operation.to_owned()], asked].concat().join("_").replace(['/', ':'], "_");
        let entry = whole.entry(name).or_insert_with(|| json!({}));
        for (key, value) in answer.as_object().unwrap() {
            match (entry.get_mut(key).and_then(Value::as_array_mut), value.as_array()) {
                (Some(items), Some(more)) => items.extend(more.iter().cloned()),
                _ => entry[key] = value.clone(),
            }
        }
    }
    whole
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// Calls whose entry is a variant of an operation cannot be told apart by the operation's name alone; here they go by
/// the entry's name, which people would not write.
#[test]
fn files_of_the_command_line_give_the_rows_of_a_collection() {
    let folder = tempfile::tempdir().unwrap();
    let (collection, files) = (folder.path().join("collection"), folder.path().join("files"));
    collect(&*WEBSHOP, &collection, &["--service", "s3", "--service", "sqs", "--service", "ec2", "--service", "iam"]);
    assert!(as_files(&collection, &files) > 40);
    let mut tables = report(&collection)["tables"].clone();
    // The CLI prints an error where nothing is set, so that there is no file to tell of it.
    ERRORS_WHERE_UNSET.iter().for_each(|table| drop(tables.as_object_mut().unwrap().remove(*table)));
    assert_eq!(tables, report(&files)["tables"]);
    let (before, after) = (verdicts(&collection), verdicts(&files));
    let mut surprises = Vec::new();
    for (key, (verdict, causes)) in &before {
        match after.get(key) {
            Some((now, _)) if now == verdict => {}
            // It is off unless somebody switches it on, and here nobody was asked, whereas moto's refusal is an answer.
            Some(_) if causes.contains("`ec2:DescribeVpcBlockPublicAccess") => {}
            // An error is no file: what was refused, or is not set, is missing here and so unknown.
            Some((now, _)) if now == "unknown" => {}
            None if key.1.split('/').count() == 3 => {}
            other => surprises.push(format!("{key:?}: {verdict} in the collection, {other:?} in the files")),
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    let decided =
        |verdicts: &BTreeMap<_, (String, String)>| verdicts.values().filter(|(of, _)| of != "unknown").count();
    assert!(decided(&after) * 10 > decided(&before) * 8, "{} of {}", decided(&after), decided(&before));
}

#[test]
fn a_missing_file_is_unknown_and_never_a_pass() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("111122223333");
    std::fs::create_dir_all(&place).unwrap();
    let write = |name: &str, answer: Value| std::fs::write(place.join(name), answer.to_string()).unwrap();
    write("aws-s3api-list-buckets.json", json!({ "Buckets": [{ "Name": "logs" }, { "Name": "shop" }] }));
    write("get-bucket-versioning_logs.json", json!({ "Status": "Enabled" }));
    let verdicts = verdicts(folder.path());
    let of = |bucket: &str| {
        let key = ("s3/bucket-unversioned".to_owned(), format!("arn:aws:s3:::{bucket}"));
        verdicts.get(&key).map(|(verdict, _)| verdict.as_str())
    };
    assert_eq!((of("logs"), of("shop")), (Some("pass"), Some("unknown")));
    let passed = verdicts.iter().filter(|((_, resource), (of, _))| resource == "arn:aws:s3:::shop" && of == "pass");
    assert_eq!(passed.count(), 0, "nothing is known of `shop` but its name");
}
