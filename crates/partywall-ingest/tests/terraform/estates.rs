//! Small estates, each with a golden file: `<case>/` holds the estate, `<case>/expected.json` what is read from it.

use std::fs;
use std::path::PathBuf;

use partywall_ingest::terraform::{Options, decode, decode_document, is_document};
use partywall_model::Decoded;

use crate::dump::{compare, dump};

fn cases() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/terraform")
}

/// Evaluates all folders of a case.
fn read(case: &str, options: &Options) -> Decoded {
    let base = cases().join(case);
    let mut folders = vec![base.clone()];
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        next += 1;
        let entries = fs::read_dir(&folder).unwrap().flatten();
        let inner = entries.map(|entry| entry.path()).filter(|path| path.is_dir() && !path.ends_with(".terraform"));
        folders.extend(inner);
    }
    decode(&base, &folders, options)
}

fn check(case: &str, options: &Options) {
    compare(&cases().join(case).join("expected.json"), &dump(&read(case, options)));
}

#[test]
fn repetition() {
    check("repetition", &Options::default());
}

#[test]
fn modules() {
    check("modules", &Options::default());
}

#[test]
fn variables() {
    let mut options = Options::default();
    options.variables.insert("from_command_line".into(), "[1, 2]".into());
    options.variables.insert("text_from_command_line".into(), "[1, 2]".into());
    options.variable_files.push(cases().join("variables/extra/more.tfvars"));
    check("variables", &options);
}

#[test]
fn references() {
    check("references", &Options::default());
}

#[test]
fn providers() {
    check("providers", &Options::default());
}

#[test]
fn policy_documents() {
    check("policy_documents", &Options::default());
}

#[test]
fn dynamic_blocks() {
    check("dynamic_blocks", &Options::default());
}

#[test]
fn json_and_overrides() {
    check("json_and_overrides", &Options::default());
}

#[test]
fn comments() {
    check("comments", &Options::default());
}

#[test]
fn broken_files() {
    check("broken_files", &Options::default());
}

#[test]
fn documents() {
    for name in ["plan", "state", "raw_state"] {
        let base = cases().join("documents");
        let file = base.join(format!("{name}.json"));
        assert!(is_document(&fs::read_to_string(&file).unwrap()), "{name}");
        compare(&base.join(format!("{name}.expected.json")), &dump(&decode_document(&base, &file)));
    }
    assert!(!is_document("{\"Resources\": {}}"));
}
