//! Every report format is valid, complete, self-contained and the same twice.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use partywall_checks::{Library, Page};
use quick_xml::events::Event;
use serde_json::Value;
use support::partywall;

fn webshop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/webshop")
}

fn report(format: &str) -> String {
    let run = partywall(&webshop(), &["scan", ".", "--all", "-o", format]);
    assert_eq!(run.code, 1, "{}", run.err);
    run.out
}

fn json(format: &str) -> Value {
    serde_json::from_str(&report(format)).unwrap()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().unwrap_or_else(|| panic!("`{key}` is no list in {value}"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is no text in {value}"))
}

fn findings() -> Vec<Value> {
    list(&json("json"), "findings").clone()
}

fn count(findings: &[Value], verdict: &str) -> usize {
    findings.iter().filter(|finding| finding["verdict"] == verdict).count()
}

#[test]
fn the_json_summary_equals_the_lists() {
    let report = json("json");
    let findings = list(&report, "findings");
    let mut verdicts: BTreeMap<&str, u64> = ["fail", "unknown", "pass", "not_applicable"].map(|id| (id, 0)).into();
    findings.iter().for_each(|finding| *verdicts.entry(text(finding, "verdict")).or_default() += 1);
    assert_eq!(report["summary"]["findings"], serde_json::to_value(verdicts).unwrap());
    let mut duties: BTreeMap<&str, u64> = BTreeMap::new();
    list(&report, "duties").iter().for_each(|duty| *duties.entry(text(duty, "status")).or_default() += 1);
    assert_eq!(report["summary"]["duties"], serde_json::to_value(duties).unwrap());
    assert_eq!(report["summary"]["gaps"], list(&report, "gaps").len());
    let rows: u64 = report["tables"].as_object().unwrap().values().map(|rows| rows.as_u64().unwrap()).sum();
    assert_eq!(report["summary"]["resources"], rows);
    let pairs: BTreeSet<(&str, &str)> =
        findings.iter().map(|finding| (text(finding, "check"), text(finding, "resource"))).collect();
    assert_eq!(pairs.len(), findings.len(), "a finding occurs twice");
    let prints: BTreeSet<&str> = findings.iter().map(|finding| text(finding, "fingerprint")).collect();
    assert_eq!(prints.len(), findings.len(), "a fingerprint occurs twice");
    let checks: BTreeSet<&str> = report["checks"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(checks, findings.iter().map(|finding| text(finding, "check")).collect());
    for finding in findings.iter().filter(|finding| finding["verdict"] == "unknown") {
        assert!(!list(finding, "causes").is_empty(), "{finding}");
    }
}

#[test]
fn sarif_keeps_its_rules() {
    let report = json("sarif");
    assert_eq!((text(&report, "version"), list(&report, "runs").len()), ("2.1.0", 1));
    let run = &report["runs"][0];
    let rules: BTreeSet<&str> = list(&run["tool"]["driver"], "rules").iter().map(|rule| text(rule, "id")).collect();
    assert_eq!(rules.len(), list(&run["tool"]["driver"], "rules").len(), "a rule occurs twice");
    for rule in list(&run["tool"]["driver"], "rules") {
        assert!(["error", "warning", "note"].contains(&text(&rule["defaultConfiguration"], "level")));
        assert!(!text(&rule["shortDescription"], "text").is_empty() && !text(&rule["help"], "text").is_empty());
        let severity: f64 = text(&rule["properties"], "security-severity").parse().unwrap();
        assert!((0.0..=10.0).contains(&severity));
    }
    let findings = findings();
    assert_eq!(list(run, "results").len(), findings.len() - count(&findings, "not_applicable"));
    for result in list(run, "results") {
        assert!(rules.contains(text(result, "ruleId")), "{result}");
        let (kind, level) = (text(result, "kind"), text(result, "level"));
        assert!(["fail", "open", "pass"].contains(&kind), "{result}");
        // Section 3.27.10: whatever is no failure has the level `none`.
        assert_eq!(kind == "fail", level != "none", "{result}");
        assert!(!text(&result["message"], "text").is_empty());
        for location in
            list(result, "locations").iter().chain(result["relatedLocations"].as_array().into_iter().flatten())
        {
            let place = &location["physicalLocation"];
            let uri = text(&place["artifactLocation"], "uri");
            assert!(!uri.starts_with('/') && !uri.contains("://") && !uri.contains(['\\', ' ']), "{uri}");
            assert!(webshop().join(uri).is_file(), "{uri}");
            let line = |key: &str| place["region"][key].as_u64().unwrap();
            assert!(line("startLine") >= 1 && line("endLine") >= line("startLine"));
        }
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn junit_counts_what_it_lists() {
    let text = report("junit");
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut sums: BTreeMap<String, usize> = BTreeMap::new();
    loop {
        let event = reader.read_event().unwrap();
        let (Event::Start(element) | Event::Empty(element)) = &event else {
            if event == Event::Eof {
                break;
            }
            continue;
        };
        let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
        for attribute in element.attributes() {
            let attribute = attribute.unwrap();
            let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
            if let (true, Ok(number)) =
                (name == "testsuite", String::from_utf8_lossy(&attribute.value).parse::<usize>())
            {
                *sums.entry(key).or_default() += number;
            }
        }
        *counts.entry(name).or_default() += 1;
    }
    let findings = findings();
    let open = |verdict: &str| {
        let is_open = |finding: &&Value| finding["verdict"] == verdict && finding["waiver"].is_null();
        findings.iter().filter(is_open).count()
    };
    assert_eq!(counts["testcase"], findings.len());
    assert_eq!((counts["failure"], counts["error"]), (open("fail"), open("unknown")));
    assert_eq!((sums["tests"], sums["failures"], sums["errors"]), (findings.len(), open("fail"), open("unknown")));
}

#[test]
fn csv_has_a_line_for_each_finding() {
    let text = report("csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let width = reader.headers().unwrap().len();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), findings().len());
    assert!(records.iter().all(|record| record.len() == width));
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = report("html");
    for loads in
        ["src=", "<link", "<iframe", "<object", "<embed", "@import", "url(", "fetch(", "XMLHttpRequest", "import("]
    {
        assert!(!page.contains(loads), "the page loads something by `{loads}`");
    }
    let findings = findings();
    let items = page.matches("<li data-verdict=").count();
    assert_eq!(items, findings.len() - count(&findings, "not_applicable"));
}

#[test]
fn the_terminal_tells_every_fault() {
    let text = report("terminal");
    let findings = findings();
    let open = |finding: &&Value| finding["verdict"] == "fail" && finding["waiver"].is_null();
    for finding in findings.iter().filter(open) {
        let message = finding["message"].as_str().unwrap();
        assert!(text.contains(message), "{message}");
    }
    let failed = findings.iter().filter(open).count();
    assert!(text.contains(&format!("\n{failed} failed")), "{text}");
}

#[test]
fn two_runs_are_the_same() {
    for format in ["terminal", "json", "sarif", "junit", "csv", "html"] {
        assert_eq!(report(format), report(format), "{format}");
    }
}

#[test]
fn every_check_of_a_report_has_its_page() {
    let library = Library::shipped().unwrap();
    for (id, check) in json("json")["checks"].as_object().unwrap() {
        let page = Page::parse(&library.find(id).unwrap().page);
        assert_eq!(text(check, "rationale"), page.rationale);
        assert!(!text(check, "rationale").is_empty() && !text(check, "remedy").is_empty(), "{id}");
    }
}
