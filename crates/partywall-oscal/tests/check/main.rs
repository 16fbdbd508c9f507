//! Plans that are in order, and the same plans with one defect of each kind.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod hostile;
mod injections;

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;
use partywall_oscal::{Checked, DefectKind, Plan, Settings, check, read};
use serde_json::Value;

/// The plan of this name among the fixtures.
fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/oscal").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn settings() -> Settings {
    Settings { as_of: NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), authorized_for_years: Some(3) }
}

fn plans(documents: &[(&str, Value)]) -> Vec<Plan> {
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    documents.iter().map(|(name, value)| read(name, &text(value)).unwrap()).collect()
}

fn checked(documents: &[(&str, Value)]) -> Checked {
    check(plans(documents), settings())
}

fn estate(names: &[&'static str]) -> Vec<(&'static str, Value)> {
    names.iter().map(|name| (*name, fixture(name))).collect()
}

#[test]
fn plans_in_order_have_no_defect() {
    for (names, followed) in [
        (&["customer.json", "iaas.json"][..], (2, 1, 2, 2, 0)),
        (&["paas.json", "iaas.json"], (2, 1, 3, 2, 1)),
        (&["saas.json", "paas.json", "iaas.json"], (3, 2, 7, 5, 1)),
        (&["saas.json", "iaas.json", "paas.json"], (3, 2, 7, 5, 1)),
        (&["iaas.json"], (1, 0, 0, 0, 0)),
    ] {
        let Checked { defects, followed: found } = checked(&estate(names));
        assert!(defects.is_empty(), "{names:?}: {defects:#?}");
        let found = (found.plans, found.authorizations, found.inherited, found.satisfied, found.passed_on);
        assert_eq!(found, followed, "{names:?}");
    }
}

#[test]
fn each_defect_is_found_and_nothing_else() {
    let mut told = BTreeSet::new();
    for injection in injections::all() {
        let kinds: BTreeSet<&str> =
            checked(&injection.documents).defects.iter().map(|defect| defect.kind.id()).collect();
        assert_eq!(kinds, BTreeSet::from([injection.kind]), "{}", injection.what);
        told.insert(injection.kind);
    }
    let all: BTreeSet<&str> = DefectKind::TABLE.iter().map(|entry| entry.1).collect();
    assert_eq!(told, all, "every kind is injected");
}

#[test]
fn a_defect_says_where_it_is() {
    let mut documents = estate(&["customer.json", "iaas.json"]);
    let place = "/system-security-plan/control-implementation/implemented-requirements/1/by-components/1/satisfied/0";
    documents[0].1.pointer_mut(place).unwrap()["responsibility-uuid"] = "a0000000-0000-4000-8000-000000009999".into();
    let text = serde_json::to_string_pretty(&documents[0].1).unwrap();
    let found = checked(&documents).defects;
    let dangling = found.iter().find(|defect| defect.kind == DefectKind::SatisfiedDangling).unwrap();
    assert_eq!(dangling.place.file, "customer.json");
    assert_eq!(dangling.place.pointer, place);
    assert_eq!(dangling.uuid, "a0000000-0000-4000-8000-000000009999");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[dangling.place.line - 1].trim() == "{" && lines[dangling.place.line + 1].contains("000000009999"));
}

#[test]
fn taking_a_leveraged_plan_away_never_ends_clean() {
    let names = ["saas.json", "paas.json", "iaas.json"];
    for left_out in 1..names.len() {
        let mut documents = estate(&names);
        documents.remove(left_out);
        let found = checked(&documents);
        assert!(!found.defects.is_empty(), "without {}", names[left_out]);
    }
}

#[test]
fn the_table_of_kinds_is_complete_and_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/oscal.md");
    let page = std::fs::read_to_string(path).unwrap();
    let mut seen = BTreeSet::new();
    for (kind, id, meaning, cure) in DefectKind::TABLE {
        assert!(seen.insert(kind) && DefectKind::from_id(id) == Some(kind), "{id}");
        let row = format!("| `{id}` | {meaning} | {cure} |");
        assert!(page.contains(&row), "docs/oscal.md lacks the row\n{row}");
    }
}
