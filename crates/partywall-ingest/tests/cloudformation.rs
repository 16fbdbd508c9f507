//! Whole templates: each folder under `tests/cloudformation/` is scanned and compared with its
//! `expected.json`, which `PARTYWALL_BLESS=1 cargo test -p partywall-ingest` writes anew.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use partywall_ingest::cloudformation::{Options, decode};
use partywall_model::{Decoded, Existence, Value};
use serde_json::{Value as Json, json};

#[test]
fn templates_evaluate_to_what_is_expected() {
    let mut wrong = Vec::new();
    let mut cases: Vec<PathBuf> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cloudformation"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let actual = dump(&decode(&case, &files(&case), &options(&case)));
        let written = serde_json::to_string_pretty(&actual).unwrap() + "\n";
        let golden = case.join("expected.json");
        if std::env::var_os("PARTYWALL_BLESS").is_some() {
            fs::write(&golden, &written).unwrap();
        } else if serde_json::from_str::<Json>(&fs::read_to_string(&golden).unwrap_or_default()).ok() != Some(actual) {
            wrong.push(format!("{}: got\n{written}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A folder of templates of your own: `PARTYWALL_TEMPLATES=<folder> cargo test … -- --ignored --nocapture`.
#[test]
#[ignore = "needs a folder of templates"]
fn templates_of_others_are_read() {
    let folder = PathBuf::from(std::env::var_os("PARTYWALL_TEMPLATES").unwrap());
    let started = std::time::Instant::now();
    let decoded = decode(&folder, &files(&folder), &Options::default());
    let seconds = started.elapsed().as_secs_f64();
    println!("{} resources, {} gaps, {seconds:.2} s", decoded.resources.len(), decoded.gaps.len());
    if let Some(out) = std::env::var_os("PARTYWALL_DUMP") {
        fs::write(out, serde_json::to_string_pretty(&dump(&decoded)).unwrap()).unwrap();
    }
}

fn options(case: &Path) -> Options {
    let text = fs::read_to_string(case.join("parameters.json")).unwrap_or_else(|_| "{}".into());
    let parameters: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
    Options { parameters }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !path.is_symlink() {
                todo.push(path);
            } else if [".yaml", ".yml", ".json", ".template"].iter().any(|end| name.ends_with(end))
                && !["expected.json", "parameters.json"].contains(&&*name)
            {
                out.push(path);
            }
        }
    }
    out
}

fn dump(decoded: &Decoded) -> Json {
    let write = |value: &Value| value.to_json(&|unknown| unknown.placeholder());
    let resources: Vec<Json> = decoded
        .resources
        .iter()
        .map(|resource| {
            let attributes: BTreeMap<&String, Json> = resource.attributes.iter().map(|(key, value)| (key, write(value))).collect();
            let existence = match &resource.existence {
                Existence::Certain => Json::from("certain"),
                Existence::Unknown(unknown) => Json::from(unknown.to_string()),
            };
            json!({
                "scope": resource.scope, "address": resource.address, "kind": resource.kind, "attributes": attributes,
                "existence": existence, "region": write(&resource.region), "account_id": write(&resource.account_id), "origin": resource.origin,
            })
        })
        .collect();
    json!({ "resources": resources, "gaps": decoded.gaps, "suppressions": decoded.suppressions })
}
