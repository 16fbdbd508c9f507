//! Expressions and what `terraform console` (1.11.4) makes of them, in `functions/expected.txt`:
//! an expression on one line, its value as JSON on the next.

use std::fs;
use std::path::{Path, PathBuf};

use partywall_ingest::terraform::{Options, decode};
use serde_json::Value as Json;

#[test]
fn expressions_give_what_terraform_gives() {
    let cases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/terraform/functions");
    let text = fs::read_to_string(cases.join("expected.txt")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let estate = tempfile::tempdir().unwrap();
    copy(&cases.join("files"), &estate.path().join("files"));
    let arguments: Vec<String> =
        lines.chunks(2).enumerate().map(|(at, pair)| format!("  e{at} = {}\n", pair[0])).collect();
    let configuration = format!("resource \"test_value\" \"all\" {{\n{}}}\n", arguments.concat());
    fs::write(estate.path().join("main.tf"), configuration).unwrap();
    let decoded = decode(estate.path(), &[estate.path().to_owned()], &Options::default());
    assert_eq!(decoded.resources.len(), 1, "{:#?}", decoded.gaps);
    let attributes = &decoded.resources[0].attributes;
    let mut wrong = Vec::new();
    for (at, pair) in lines.chunks(2).enumerate() {
        let expected: Json = serde_json::from_str(pair[1].trim()).unwrap();
        let actual = attributes[&format!("e{at}")].to_json(&|unknown| format!("unknown {unknown}"));
        if !same(&expected, &actual) {
            wrong.push(format!("{}\n  terraform {expected}\n  partywall {actual}", pair[0]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), lines.len() / 2, wrong.join("\n"));
}

/// Numbers are doubles here and decimals in Terraform.
fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => {
            let (left, right) = (left.as_f64().unwrap(), right.as_f64().unwrap());
            (left - right).abs() <= 1e-9 * left.abs().max(1.0)
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
