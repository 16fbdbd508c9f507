//! `partywall drill`, on cases that each name the AWS page that they follow, and on whole estates.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::partywall;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").canonicalize().unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn single_resources_fare_as_the_documentation_says() {
    let path = fixtures().join("availability/cases.jsonl");
    let run = partywall(&fixtures(), &["drill", "--cases", path.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.err);
    let (cases, answers) = (lines(&std::fs::read_to_string(&path).unwrap()), lines(&run.out));
    assert_eq!(cases.len(), answers.len());
    for (case, answer) in cases.iter().zip(&answers) {
        let found = json!({
            "effect": answer["effect"], "automatic": answer["automatic"], "rpo": answer["rpo"], "rto": answer["rto"],
        });
        assert_eq!(case["id"], answer["id"]);
        assert_eq!(found, case["expect"], "{}: {}\n{answer:#}", case["why"], case["page"]);
        assert!(answer.get("ignored").is_none(), "{answer:#}");
        assert!(answer["why"].as_str().unwrap().len() > 5, "{answer:#}");
        assert!(case["page"].as_str().unwrap().starts_with("https://docs.aws.amazon.com/"));
    }
}

#[test]
fn cases_that_make_no_sense_end_in_a_clear_error_or_in_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.jsonl");
    for (text, code, part) in [
        ("{\"type\":\"aws_instance\",\"fail\":\"zone\"", 2, "line 1"),
        ("{\"type\":\"aws_instance\",\"fail\":\"planet\"}", 2, "planet"),
        ("{\"type\":\"aws_nothing\",\"fail\":\"zone\"}", 0, "\"unknown\""),
        ("{\"type\":\"aws_instance\",\"fail\":\"zone\",\"properties\":{\"colour\":1}}", 0, "\"ignored\":[\"colour\"]"),
        ("{\"type\":\"aws_rds_db_instance\",\"fail\":\"zone\",\"properties\":{\"multi_az\":[]}}", 0, "\"down\""),
        ("\n\n", 0, ""),
    ] {
        std::fs::write(&path, text).unwrap();
        let run = partywall(folder.path(), &["drill", "--cases", path.to_str().unwrap()]);
        assert_eq!(run.code, code, "{text}: {run:#?}");
        assert!(format!("{}{}", run.out, run.err).contains(part), "{text}: {run:#?}");
    }
}
