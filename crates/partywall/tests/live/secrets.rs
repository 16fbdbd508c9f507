//! Secrets that an account shows land neither in a collection nor in a report.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;

use crate::account::collect;
use crate::support::moto::Moto;

fn secrets() -> Vec<String> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/live/secrets.txt");
    let text = std::fs::read_to_string(list).unwrap();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Forms in which a secret could stand in a file: as it is, and inside base64 at each of the three offsets.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    for offset in 0..3 {
        let padded = format!("{}{secret}", "x".repeat(offset));
        let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(padded);
        // The first and the last characters depend on what stands beside the secret.
        let inner: String = encoded.chars().skip(4).collect();
        forms.push(inner.chars().take(inner.chars().count().saturating_sub(3)).collect());
    }
    forms
}

#[test]
fn no_secret_is_written() {
    let moto = Moto::start_with(&[("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")]);
    moto.seed("estate.py", &[]);
    let folder = tempfile::tempdir().unwrap();
    collect(&moto, &folder.path().join("collection"), &[]);
    for format in ["json", "sarif", "csv", "html", "junit", "terminal"] {
        let report = folder.path().join(format!("report.{format}"));
        let output = Command::new(env!("CARGO_BIN_EXE_partywall"))
            .args(["scan", "--all", "--fail-on", "never", "-o", &format!("{format}={}", report.display())])
            .arg(folder.path().join("collection"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let snapshot = folder.path().join("snapshot");
    let output = Command::new(env!("CARGO_BIN_EXE_partywall"))
        .arg("snapshot")
        .arg(folder.path().join("collection"))
        .arg("-o")
        .arg(&snapshot)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (files, secrets) = (files(folder.path()), secrets());
    assert!(files.len() > 20 && secrets.len() > 10, "{} files, {} secrets", files.len(), secrets.len());
    let mut found = Vec::new();
    for file in &files {
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        for secret in &secrets {
            if forms(secret).iter().any(|form| form.len() > 5 && text.contains(form.as_str())) {
                found.push(format!("{secret} in {}", file.strip_prefix(folder.path()).unwrap().display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let of_collection = files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "jsonl"));
    let concealed =
        of_collection.filter(|file| std::fs::read_to_string(file).unwrap().contains("(concealed credential)"));
    let concealed: Vec<_> = concealed.map(|file| file.file_name().unwrap().to_owned()).collect();
    assert!(concealed.len() > 2, "credentials were concealed in {concealed:?} only");
}
