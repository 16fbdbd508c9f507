//! What reports on the provider cover: taken away, damaged or expired, they never cover more.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use partywall::{Configuration, ScanOptions, assess, derived_tables_of, open};
use partywall_checks::Library;
use partywall_model::{Assessment, Verdict};
use serde_json::Value;
use support::partywall;

/// A day on which most of the example's reports hold, and one on which most have ended.
const DAYS: [&str; 2] = ["2026-06-01", "2027-02-01"];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name).canonicalize().unwrap()
}

/// A copy of the example.
fn copy() -> tempfile::TempDir {
    let (folder, source) = (tempfile::tempdir().unwrap(), fixture("attested"));
    std::fs::create_dir(folder.path().join("attestations")).unwrap();
    for name in ["main.tf", "partywall.toml"] {
        std::fs::copy(source.join(name), folder.path().join(name)).unwrap();
    }
    for entry in std::fs::read_dir(source.join("attestations")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.path().join("attestations").join(entry.file_name())).unwrap();
    }
    folder
}

fn scan(folder: &Path, day: &str, library: &Library) -> Assessment {
    let mut options = ScanOptions {
        configuration: Configuration::load(None, folder).unwrap(),
        today: day.to_owned(),
        only: library.checks.keys().filter(|id| id.starts_with("assurance/")).map(ToString::to_string).collect(),
        ..ScanOptions::default()
    };
    options.derived_tables = derived_tables_of(library, &options).unwrap();
    let estate = open(folder, &options, &|_| ()).unwrap();
    assess(folder, estate, library, &options, &|_| ()).unwrap()
}

/// The worst verdict about each resource.
fn worst(assessment: &Assessment) -> BTreeMap<String, Verdict> {
    let mut worst = BTreeMap::new();
    for finding in &assessment.findings {
        let verdict = worst.entry(finding.resource.to_string()).or_insert(finding.verdict);
        *verdict = (*verdict).min(finding.verdict);
    }
    worst
}

/// How much what is inherited of each programme is worth at each place; the more the better.
fn states(folder: &Path, day: &str) -> (BTreeMap<String, usize>, Value) {
    let words = ["missing", "out_of_scope", "expired", "unknown", "bridged", "inherited"];
    let run = partywall(folder, &["assurance", "--as-of", day, "-o", "json", "."]);
    assert_eq!(run.code, 0, "{}", run.err);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let mut states = BTreeMap::new();
    let programmes = report["assurance"]["programmes"].as_array().unwrap();
    for place in report["assurance"]["places"].as_array().unwrap() {
        for (programme, cell) in programmes.iter().zip(place["cells"].as_array().unwrap()) {
            let worth = words.iter().position(|word| cell["state"] == *word).unwrap();
            states.insert(format!("{} {} {programme}", place["service"], place["region"]), worth);
        }
    }
    (states, report)
}

#[test]
fn taking_any_file_away_improves_no_verdict() {
    let library = Library::shipped().unwrap();
    for day in DAYS {
        let whole = copy();
        let (before, (worth, _)) = (worst(&scan(whole.path(), day, &library)), states(whole.path(), day));
        assert!(before.values().any(|verdict| *verdict == Verdict::Fail), "{before:?}");
        let mut names: Vec<_> = std::fs::read_dir(whole.path().join("attestations"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert!(names.len() >= 6, "{names:?}");
        for name in names {
            let less = copy();
            std::fs::remove_file(less.path().join("attestations").join(&name)).unwrap();
            let after = worst(&scan(less.path(), day, &library));
            for (resource, verdict) in &before {
                let own = resource.starts_with(&format!("attestations/{name}"));
                assert!(
                    own || *verdict == Verdict::Pass || after.get(resource).is_some_and(|now| now <= verdict),
                    "{day}, without {name}: `{resource}` was {verdict:?}, is {:?}",
                    after.get(resource)
                );
            }
            for (resource, verdict) in &after {
                assert!(before.get(resource).is_none_or(|then| verdict <= then), "{day}, {name}: {resource}");
            }
            let (left, _) = states(less.path(), day);
            for (place, worth) in left {
                assert!(worth <= before_of(&place, &states(whole.path(), day).0), "{day}, without {name}: {place}");
            }
        }
        assert!(worth.len() >= 15, "{worth:?}");
    }
}

fn before_of(place: &str, states: &BTreeMap<String, usize>) -> usize {
    states.get(place).copied().unwrap_or_default()
}

#[test]
fn the_example_inherits_what_its_reports_say() {
    let (states, report) = states(&fixture("attested"), DAYS[0]);
    for (place, worth) in [
        ("\"s3\" \"eu-central-1\" \"pci-dss\"", 5),
        ("\"s3\" \"ap-southeast-4\" \"pci-dss\"", 1),
        ("\"neptune\" \"eu-central-1\" \"pci-dss\"", 1),
        ("\"neptune\" \"eu-central-1\" \"soc-2\"", 4),
        ("\"sqs\" \"eu-central-1\" \"iso-27001\"", 2),
        ("\"sqs\" \"eu-central-1\" \"c5\"", 0),
    ] {
        assert_eq!(states.get(place), Some(&worth), "{place}: {states:#?}");
    }
    let expected = &report["assurance"]["documents"][3]["complements"];
    assert_eq!((&expected[0]["status"], &expected[1]["status"]), (&"failed".into(), &"open".into()), "{report:#}");
    let run = partywall(&fixture("attested"), &["assurance", "--as-of", DAYS[0], "--assert", "."]);
    assert_eq!(run.code, 1, "{}", run.err);
}

#[test]
fn without_attestations_nothing_floods_and_the_matrix_says_missing() {
    let library = Library::shipped().unwrap();
    let shop = fixture("webshop");
    let assessment = scan(&shop, DAYS[0], &library);
    assert!(assessment.findings.is_empty(), "{:#?}", assessment.findings);
    let (states, _) = states(&shop, DAYS[0]);
    assert!(states.len() > 10 && states.values().all(|worth| *worth == 0), "{states:#?}");
}

#[test]
fn what_cannot_be_read_or_relied_on_is_a_gap_and_leaves_it_unknown() {
    let holds = "provider = \"AWS\"\nauditor = \"A\"\nreport = \"R\"\nservices = \"all\"\nregions = \"all\"\n\
                 programme = \"c5\"\nperiod = { from = 2026-01-01, until = 2026-12-31 }\n";
    let with = |more: &str| format!("{holds}{more}\n").into_bytes();
    let cut = b"%PDF-1.4\n".to_vec();
    let digest = "5f1b08a9fbe9a3c5e6dc8d8ec0c2a1d5f0a9c0ed6d3c4f3e3a6a4e2b5c9d8f70";
    for (what, text, part) in [
        ("not TOML", b"programme = \"c5".to_vec(), "not understood"),
        ("not UTF-8", vec![0xff, 0xfe], "cannot be read"),
        ("an unknown key", with("colour = 1"), "colour"),
        ("too large", vec![b'#'; 2 * 1024 * 1024], "more than"),
        ("nested deeply", format!("a = {}", "[".repeat(100_000)).into_bytes(), "not understood"),
        ("a period that runs backwards", with("bridge = { from = 2026-02-01, until = 2026-01-01 }"), "ends before"),
        ("a day that is none", with("issued = 2026-02-30"), "not understood"),
        ("a missing document", with("document = { file = \"r.pdf\", sha256 = \"00\" }"), "cannot be read"),
        ("a way out", with("document = { file = \"../main.tf\", sha256 = \"00\" }"), "no name of a file"),
        ("another document", with(&format!("document = {{ file = \"cut.pdf\", sha256 = \"{digest}\" }}")), "digest"),
        ("a document that is cut off", with("document = { file = \"cut.pdf\", sha256 = \"CUT\" }"), "cut off"),
    ] {
        let folder = copy();
        let attestations = folder.path().join("attestations");
        std::fs::write(attestations.join("cut.pdf"), &cut).unwrap();
        // Of nine bytes, as `sha256sum` says.
        let text = String::from_utf8(text.clone()).map_or(text, |text| text.replace("CUT", CUT_SHA256).into_bytes());
        std::fs::write(attestations.join("c5.toml"), text).unwrap();
        let (states, report) = states(folder.path(), DAYS[0]);
        let gaps = report["gaps"].to_string();
        assert!(gaps.contains(part), "{what}: {gaps}");
        let of_c5: Vec<usize> =
            states.iter().filter(|(place, _)| place.contains("\"c5\"")).map(|(_, worth)| *worth).collect();
        assert!(!of_c5.is_empty() && of_c5.iter().all(|worth| *worth == 3), "{what}: {states:#?}");
    }
}

/// The digest of `%PDF-1.4` and a line break.
const CUT_SHA256: &str = "e5c62df5dab5c87b6a015ef3d43597074d1eec433b15f51aec63b8582d0e4ab4";
