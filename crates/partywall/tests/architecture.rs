//! The walls between the rooms stand, and no file or function outgrows its reader.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Lines of a file.
const FILE_LINES_MAX: usize = 600;

/// Lines of a function.
const FUNCTION_LINES_MAX: usize = 70;

/// Which of our crates each crate may use. Whoever adds an edge says in ARCHITECTURE.md why.
const EDGES: &[(&str, &[&str])] = &[
    ("aws-policy", &[]),
    ("partywall-model", &[]),
    ("partywall-collect", &["partywall-model"]),
    ("partywall-ingest", &["partywall-model"]),
    ("partywall-analysis", &["partywall-model", "aws-policy"]),
    ("partywall-columnar", &["partywall-model"]),
    ("partywall-sql", &["partywall-model", "partywall-columnar", "aws-policy"]),
    ("partywall-checks", &["partywall-model", "partywall-sql"]),
    ("partywall-oscal", &["partywall-model"]),
    ("partywall-report", &["partywall-model"]),
    ("partywall-detect", &["partywall-model"]),
    ("partywall-evidence", &["partywall-model"]),
    ("partywall-incident", &["partywall-model"]),
    (
        "partywall",
        &[
            "aws-policy",
            "partywall-model",
            "partywall-collect",
            "partywall-ingest",
            "partywall-analysis",
            "partywall-columnar",
            "partywall-sql",
            "partywall-checks",
            "partywall-oscal",
            "partywall-report",
            "partywall-detect",
            "partywall-evidence",
            "partywall-incident",
        ],
    ),
    ("xtask", &[]),
];

/// The crate behind which a dependency stays.
const FIREWALLS: [(&str, &str); 1] = [("datafusion", "partywall-sql")];

/// Lints that nobody may switch off for more than a test.
const LINTS: [&str; 5] =
    ["clippy::unwrap_used", "clippy::expect_used", "clippy::panic", "clippy::todo", "clippy::indexing_slicing"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn packages() -> Vec<Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap()
}

#[test]
fn crates_use_only_what_they_may() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().map(name).collect();
    assert_eq!(ours, EDGES.iter().map(|(name, _)| *name).collect(), "every crate is listed in EDGES");
    let mut forbidden = Vec::new();
    for package in &packages {
        let (_, allowed) = EDGES.iter().find(|(other, _)| *other == name(package)).unwrap();
        for dependency in package["dependencies"].as_array().unwrap().iter().map(name) {
            if ours.contains(dependency) && !allowed.contains(&dependency) {
                forbidden.push(format!("{} → {dependency}", name(package)));
            }
            if FIREWALLS.iter().any(|(hidden, holder)| dependency.starts_with(hidden) && *holder != name(package)) {
                forbidden.push(format!("{} → {dependency}", name(package)));
            }
        }
    }
    assert!(forbidden.is_empty(), "{forbidden:#?}");
}

/// Every source file of the workspace that is not a test or an example.
fn sources() -> Vec<(PathBuf, String)> {
    let mut sources = Vec::new();
    let mut pending: Vec<PathBuf> = std::fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path().join("src"))
        .chain([root().join("xtask/src")])
        .collect();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push((path.strip_prefix(root()).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    sources.sort();
    assert!(sources.len() > 50, "the sources are not found");
    sources
}

/// Functions with their first line and length. A function ends at the first line that closes a brace at the
/// indentation of its head, which `cargo fmt` guarantees.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let is_head = |line: &str| {
        let words = line.split_whitespace().take_while(|word| !word.starts_with("fn"));
        line.split_whitespace().any(|word| word == "fn")
            && words.clone().all(|word| {
                ["pub", "const", "async", "unsafe"].contains(&word) || word.starts_with("pub(") || word.ends_with(')')
            })
    };
    let heads = lines.iter().enumerate().filter(|(_, line)| is_head(line));
    heads
        .filter_map(|(at, head)| {
            let rest = lines.get(at..)?;
            let closes = |line: &&str| indentation(line) == indentation(head) && line.trim_start().starts_with('}');
            let is_one_line = head.trim_end().ends_with(['}', ';']);
            let length = if is_one_line { 1 } else { rest.iter().position(closes)? + 1 };
            Some((at + 1, length))
        })
        .collect()
}

#[test]
fn files_and_functions_stay_small() {
    let mut large = Vec::new();
    let mut counted = 0;
    for (path, text) in sources() {
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX {
            large.push(format!("{}: {lines} lines", path.display()));
        }
        for (line, length) in functions(&text) {
            counted += 1;
            if length > FUNCTION_LINES_MAX {
                large.push(format!("{}:{line}: a function of {length} lines", path.display()));
            }
        }
    }
    assert!(counted > 500, "the functions are not found: {counted}");
    assert!(large.is_empty(), "{}", large.join("\n"));
}

/// A lint may be expected in a file of tests, or below the line that begins a file's tests.
#[test]
fn no_lint_is_switched_off() {
    let mut off = Vec::new();
    for (path, text) in sources() {
        let is_test = path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests");
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = program.lines().zip(1..).filter(|(line, _)| !line.contains("cfg_attr(test"));
        for (line, number) in lines.filter(|_| !is_test) {
            let loosens = line.contains("allow(") || line.contains("expect(clippy");
            if loosens && LINTS.iter().any(|lint| line.contains(lint)) {
                off.push(format!("{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(off.is_empty(), "{}", off.join("\n"));
}

#[test]
fn every_crate_keeps_the_lints_and_says_what_it_is() {
    for package in packages() {
        let manifest = std::fs::read_to_string(package["manifest_path"].as_str().unwrap()).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{}: [lints] workspace = true", name(&package));
        assert!(
            !package["description"].as_str().unwrap_or_default().is_empty(),
            "{} has no description",
            name(&package)
        );
        for target in package["targets"].as_array().unwrap() {
            let path = target["src_path"].as_str().unwrap();
            let text = std::fs::read_to_string(path).unwrap();
            assert!(
                text.starts_with("//!") || path.ends_with("build.rs") && text.contains("//!"),
                "{path} says nothing"
            );
        }
    }
}
