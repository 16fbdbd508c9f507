//! What is written in OSCAL: valid, the same each time, and never better than what is known.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::partywall;

const DAY: &str = "2026-06-01";
const KINDS: [&str; 5] = ["component-definition", "ssp", "provider-ssp", "assessment-results", "poam"];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").canonicalize().unwrap()
}

fn export(estate: &str, kind: &str) -> String {
    let run = partywall(&fixtures(), &["oscal", "export", estate, "--kind", kind, "--as-of", DAY]);
    assert_eq!(run.code, 0, "{estate} {kind}: {}", run.err);
    run.out
}

fn document(estate: &str, kind: &str) -> Value {
    let document: Value = serde_json::from_str(&export(estate, kind)).unwrap();
    document.as_object().unwrap().values().next().unwrap().clone()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The Python environment with both validators.
fn python() -> PathBuf {
    let requirements = std::fs::read_to_string(fixtures().join("oscal/requirements.txt")).unwrap();
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let given = std::env::var_os("PARTYWALL_OSCAL").map(PathBuf::from);
    let environment = given.unwrap_or_else(|| cache.join("partywall/oscal-validators"));
    let installed = std::fs::read_to_string(environment.join("installed-requirements.txt"));
    assert!(
        installed.is_ok_and(|installed| installed == requirements),
        "the validators of OSCAL are not installed in {environment:?}: run `cargo xtask test`, or `cargo xtask oscal`"
    );
    environment.join("bin/python")
}

/// What each validator finds wrong with each file, by file and validator.
fn validated(files: &[PathBuf]) -> BTreeMap<(String, &'static str), Vec<Value>> {
    let run = Command::new(python()).arg(fixtures().join("oscal/validate.py")).args(files).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let mut found = BTreeMap::new();
    for line in String::from_utf8(run.stdout).unwrap().lines().filter(|line| line.starts_with('{')) {
        let said: Value = serde_json::from_str(line).unwrap();
        for validator in ["trestle", "oscal-validate"] {
            let file = said["file"].as_str().unwrap().to_owned();
            found.insert((file, validator), said[validator].as_array().unwrap().clone());
        }
    }
    assert_eq!(found.len(), 2 * files.len());
    found
}

#[test]
fn both_validators_accept_every_export_and_find_a_fault_that_is_put_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<PathBuf> =
        ["customer", "iaas", "paas", "saas"].map(|name| fixtures().join(format!("oscal/{name}.json"))).into();
    for estate in ["attested", "webshop"] {
        for kind in KINDS {
            let file = folder.path().join(format!("{estate}-{kind}.json"));
            std::fs::write(&file, export(estate, kind)).unwrap();
            files.push(file);
        }
    }
    let broken = folder.path().join("broken.json");
    let text = export("attested", "ssp").replacen("\"uuid\": \"", "\"uuid\": \"not-", 1);
    std::fs::write(&broken, text).unwrap();
    files.push(broken);
    for ((file, validator), wrong) in validated(&files) {
        assert_eq!(wrong.is_empty(), file != "broken.json", "{validator} on {file}: {wrong:#?}");
    }
}

#[test]
fn exports_are_the_same_each_time_and_their_uuids_differ() {
    for kind in KINDS {
        assert_eq!(export("attested", kind), export("attested", kind));
    }
    let run =
        partywall(&fixtures(), &["oscal", "export", "attested", "--kind", "ssp", "--as-of", DAY, "--name", "another"]);
    let other: Value = serde_json::from_str(&run.out).unwrap();
    assert_ne!(other["system-security-plan"]["uuid"], document("attested", "ssp")["uuid"]);
}

/// The kinds of defects between the plans of both sides, and what was followed.
fn between(estate: &str) -> (BTreeSet<String>, Value) {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["ssp", "provider-ssp"] {
        std::fs::write(folder.path().join(format!("{kind}.json")), export(estate, kind)).unwrap();
    }
    let run = partywall(
        folder.path(),
        &["oscal", "check", "ssp.json", "--leveraged", "provider-ssp.json", "--as-of", DAY, "-o", "json"],
    );
    assert_eq!(run.code, 1, "{}", run.err);
    let checked: Value = serde_json::from_str(&run.out).unwrap();
    let kinds = list(&checked, "defects").iter().map(|defect| defect["kind"].as_str().unwrap().to_owned()).collect();
    (kinds, checked["followed"].clone())
}

#[test]
fn both_sides_plans_fit_and_only_what_is_not_done_is_missing() {
    let (kinds, followed) = between("attested");
    assert_eq!(kinds, BTreeSet::from(["responsibility-unsatisfied".to_owned()]));
    assert!(followed["inherited"].as_u64() > Some(20) && followed["satisfied"].as_u64() > Some(5), "{followed}");
    // Nothing attests what the provider does for the web shop: nothing is inherited.
    let (kinds, followed) = between("webshop");
    assert!(kinds.contains("plan-without-authorization"), "{kinds:?}");
    assert_eq!(followed["inherited"], 0, "{followed}");
}

#[test]
fn what_is_not_known_is_never_satisfied() {
    for estate in ["attested", "webshop", "webshop-weak"] {
        let results = document(estate, "assessment-results");
        let result = &results["results"][0];
        let verdicts: BTreeMap<&str, &str> = list(result, "observations")
            .iter()
            .map(|one| {
                let verdict = list(one, "props").iter().find(|property| property["name"] == "verdict").unwrap();
                (one["uuid"].as_str().unwrap(), verdict["value"].as_str().unwrap())
            })
            .collect();
        let mut seen = BTreeSet::new();
        for finding in list(result, "findings") {
            let of_finding: BTreeSet<&str> = list(finding, "related-observations")
                .iter()
                .map(|one| verdicts[one["observation-uuid"].as_str().unwrap()])
                .collect();
            let state = finding["target"]["status"]["state"].as_str().unwrap();
            let is_good =
                of_finding.contains("pass") && !of_finding.contains("fail") && !of_finding.contains("unknown");
            assert_eq!(state == "satisfied", is_good, "{estate}: {finding:#}");
            seen.insert(state.to_owned());
        }
        assert!(seen.contains("not-satisfied"), "{estate}: {seen:?}");
    }
}

#[test]
fn an_accepted_risk_names_who_accepted_it_and_until_when() {
    let plan = document("webshop", "poam");
    let accepted: Vec<&Value> =
        list(&plan, "risks").iter().filter(|risk| risk["status"] == "deviation-approved").collect();
    assert_eq!(accepted.len(), 1, "{accepted:#?}");
    assert_eq!(accepted[0]["deadline"], "2027-03-31T23:59:59Z");
    assert!(accepted[0]["props"].to_string().contains("platform@webshop.example"), "{:#}", accepted[0]);
    assert!(list(&plan, "risks").iter().any(|risk| risk["status"] == "open"));
}

#[test]
fn the_matrix_says_who_does_what() {
    let run = partywall(&fixtures(), &["oscal", "matrix", "attested", "--as-of", DAY]);
    let mut reader = csv::Reader::from_reader(run.out.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let find = |control: &str, service: &str| {
        let row = rows.iter().find(|row| &row[0] == control && &row[2] == service);
        row.unwrap_or_else(|| panic!("no row for {control} and {service}"))
    };
    let media = find("mp-6", "dynamodb");
    assert_eq!((&media[3], &media[6], &media[8]), ("provider", "bridged", ""), "{media:?}");
    // In one of its two regions no report of PCI DSS covers it.
    assert_eq!(&find("mp-6", "s3")[6], "out_of_scope");
    assert_eq!(&find("ac-2", "sqs")[3], "customer");
    let page = partywall(&fixtures(), &["oscal", "matrix", "attested", "--as-of", DAY, "--format", "html"]).out;
    assert!(page.contains("<td>mp-6</td>") && page.ends_with("</html>\n"));
}

#[test]
fn a_control_without_an_evaluator_waits_for_an_attestation() {
    let evaluations = |day: &str| -> BTreeMap<String, String> {
        let run = partywall(&fixtures(), &["oscal", "coverage", "attested", "--as-of", day, "-o", "json"]);
        let controls: Vec<Value> = serde_json::from_str(&run.out).unwrap();
        let of = |control: &Value, name: &str| control[name].as_str().unwrap().to_owned();
        controls.iter().map(|control| (of(control, "control"), of(control, "evaluation"))).collect()
    };
    let (then, later) = (evaluations(DAY), evaluations("2026-07-01"));
    assert_eq!(then.len(), 160);
    for (control, expected) in
        [("pe-3", "attested"), ("cp-9", "checks"), ("ir-4", "attestation_needed"), ("pe-5", "attestation_needed")]
    {
        assert_eq!(then[control], expected, "{control}");
    }
    // The bridge letter has ended.
    assert_eq!(later["pe-3"], "attestation_needed");
}

#[test]
fn a_providers_plan_becomes_an_attestation_that_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let attestations = folder.path().join("attestations");
    std::fs::create_dir(&attestations).unwrap();
    std::fs::copy(fixtures().join("attested/main.tf"), folder.path().join("main.tf")).unwrap();
    std::fs::copy(fixtures().join("oscal/iaas.json"), attestations.join("iaas.json")).unwrap();
    let arguments = [
        "oscal",
        "import",
        "attestations/iaas.json",
        "--auditor",
        "Marble",
        "--provider",
        "AWS",
        "--service",
        "Amazon S3",
        "--region",
        "eu-central-1",
        "--out",
        "attestations/iaas.toml",
    ];
    let run = partywall(folder.path(), &arguments);
    assert_eq!(run.code, 0, "{}", run.err);
    let run = partywall(folder.path(), &["assurance", "--as-of", DAY, "-o", "json", "."]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(list(&report, "gaps").len(), 0, "{report:#}");
    let places = list(&report["assurance"], "places");
    let state = |service: &str, region: &str| {
        let place = places.iter().find(|place| place["service"] == service && place["region"] == region).unwrap();
        place["cells"][0]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (state("s3", "eu-central-1"), state("s3", "ap-southeast-4")),
        ("inherited".into(), "out_of_scope".into())
    );
    let planned = fixtures().join("oscal/iaas.json");
    let text = std::fs::read_to_string(planned).unwrap().replacen("\"operational\"", "\"under-development\"", 1);
    std::fs::write(folder.path().join("planned.json"), text).unwrap();
    let run = partywall(folder.path(), &["oscal", "import", "planned.json", "--auditor", "Marble"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("under-development"), "{}", run.err);
}

#[test]
fn a_check_ends_clean_with_defects_or_says_why_it_could_not_run() {
    let oscal = fixtures().join("oscal");
    let check =
        |arguments: &[&str]| partywall(&oscal, &[&["oscal", "check", "--as-of", "2026-03-01"], arguments].concat());
    assert_eq!(check(&["saas.json", "--leveraged", "paas.json", "iaas.json"]).code, 0);
    let alone = check(&["saas.json"]);
    assert_eq!(alone.code, 1);
    assert!(alone.out.contains("saas.json:") && alone.out.contains("authorization-without-plan"), "{}", alone.out);
    for (arguments, part) in [
        (&["none.json"][..], "none.json"),
        (&["requirements.txt"], "not JSON"),
        (&["../webshop/plan/plan.json"], "no OSCAL"),
    ] {
        let run = check(arguments);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.err.contains(part), "{}", run.err);
    }
}
