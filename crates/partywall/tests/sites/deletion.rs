//! Taking evidence away never improves a verdict, and nothing vanishes.

use std::path::{Path, PathBuf};

use partywall_checks::Library;
use partywall_model::Verdict;

use super::{copy, fixtures, judged, verdicts};

/// Every file of a folder, relative to it.
fn files(folder: &Path, below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder.join(below)).unwrap().map(Result::unwrap) {
        let path = below.join(entry.file_name());
        if entry.path().is_dir() {
            found.extend(files(folder, &path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The next better verdict is pass; a fault that can no longer be seen is unknown.
fn improvements(name: &str, without: &Path, library: &Library) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixtures().join(name), folder.path());
    let before = verdicts(&judged(library, folder.path()));
    std::fs::remove_file(folder.path().join(without)).unwrap();
    let assessment = judged(library, folder.path());
    let after = verdicts(&assessment);
    let mut wrong = Vec::new();
    let mut tell = |words: String| wrong.push(format!("{name} without {}: {words}", without.display()));
    for ((check, resource), old) in &before {
        match after.get(&(check.clone(), resource.clone())) {
            Some(Verdict::Unknown) => {}
            Some(new) if new == old => {}
            // That evidence is missing is a fault of its own.
            Some(Verdict::Fail) if check == "site/evidence-missing" => {}
            Some(new) => tell(format!("{check} on {resource}: {} became {}", old.id(), new.id())),
            None => {
                let stands =
                    |((of, _), verdict): (&(String, String), &Verdict)| of == check && *verdict == Verdict::Unknown;
                if !after.iter().any(stands) {
                    tell(format!("{check} on {resource}: {} vanished", old.id()));
                }
            }
        }
    }
    for ((check, resource), new) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        if *new != Verdict::Unknown {
            tell(format!("{check} on {resource}: {} came", new.id()));
        }
    }
    if assessment.gaps.is_empty() {
        tell("no gap says so".to_owned());
    }
    wrong
}

#[test]
fn no_file_can_be_taken_away_to_advantage() {
    let library = Library::shipped().unwrap();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for name in ["sound", "faulty"] {
        for file in files(&fixtures().join(name), Path::new("")) {
            tried += 1;
            wrong.extend(improvements(name, &file, &library));
        }
    }
    assert!(tried >= 22, "{tried} files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Neither can a line: every line of every file of evidence is left out in turn.
#[test]
fn no_fault_passes_when_a_line_is_damaged() {
    let library = Library::shipped().unwrap();
    let names = ["badge-events.csv", "staff.csv", "visitors.csv", "maintenance-records.csv", "maintenance-plan.csv"];
    let folder = tempfile::tempdir().unwrap();
    copy(&fixtures().join("faulty"), folder.path());
    let before = verdicts(&judged(&library, folder.path()));
    for name in names {
        let path = folder.path().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for at in (1..lines.len()).step_by(3) {
            let damage =
                |(line, words): (usize, &&str)| if line == at { "\"".to_owned() + words } else { (*words).to_owned() };
            let damaged: Vec<String> = lines.iter().enumerate().map(damage).collect();
            std::fs::write(&path, damaged.join("\n")).unwrap();
            let after = verdicts(&judged(&library, folder.path()));
            for (key, new) in after.iter().filter(|(_, new)| **new == Verdict::Pass) {
                let old = before.get(key);
                assert!(
                    old.is_none() || old == Some(&Verdict::Pass),
                    "{name}:{}: {key:?}: {old:?} became {new:?}",
                    at + 1
                );
            }
        }
        std::fs::write(&path, &text).unwrap();
    }
}
