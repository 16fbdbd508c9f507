//! Texts that mean harm end in an error or in defects, soon.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{checked, estate, fixture, settings};
use partywall_oscal::{ReadError, check, read};

#[test]
fn what_is_no_plan_is_a_clear_error() {
    for (text, part) in [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("{}", "no OSCAL system security plan"),
        ("[]", "no OSCAL system security plan"),
        ("{\"catalog\": {}}", "no OSCAL system security plan"),
        ("{\"system-security-plan\": {}, \"system-security-plan\": {}}", "appears twice"),
        ("{\"system-security-plan\": {\n\"uuid\": 'x'}}", "line 2"),
        ("{\"a\": 1, // comment\n}", "not JSON"),
        ("\0", "not JSON"),
    ] {
        let error = read("plan.json", text).unwrap_err().to_string();
        assert!(error.contains(part), "{text:?}: {error}");
    }
}

#[test]
fn deep_nesting_is_refused_before_it_is_followed() {
    for unit in ["[", "{\"a\":"] {
        let error = read("plan.json", &unit.repeat(5_000_000)).unwrap_err();
        assert!(matches!(error, ReadError::TooDeep { .. }), "{error}");
    }
}

#[test]
fn every_part_of_a_wrong_type_is_a_defect() {
    let empty = json!({ "system-security-plan": [] });
    let found = check(vec![read("plan.json", &empty.to_string()).unwrap()], settings());
    assert!(!found.defects.is_empty());
    for part in ["metadata", "system-characteristics", "system-implementation", "control-implementation"] {
        for value in [Value::Null, json!(7), json!([[]]), json!("text"), json!({ "components": 3 })] {
            let mut documents = estate(&["customer.json", "iaas.json"]);
            documents[0].1["system-security-plan"][part] = value.clone();
            let found = checked(&documents);
            assert!(!found.defects.is_empty(), "{part}: {value}");
        }
    }
}

#[test]
fn a_hundred_thousand_claims_take_time_in_proportion() {
    let plan = |count: usize| {
        let mut documents = estate(&["customer.json", "iaas.json"]);
        let list = "/system-security-plan/control-implementation/implemented-requirements/3/by-components/0";
        let claims = (0..count).map(|at| {
            json!({ "uuid": format!("d0000000-0000-4000-9000-{at:012}"), "description": ".",
                    "provided-uuid": format!("a0000000-0000-4000-9000-{at:012}") })
        });
        documents[0].1.pointer_mut(list).unwrap()["inherited"] = claims.collect();
        documents
    };
    let time = |count: usize| {
        let documents = plan(count);
        let start = Instant::now();
        assert_eq!(checked(&documents).defects.len(), count);
        start.elapsed()
    };
    let (few, many) = (time(10_000), time(100_000));
    assert!(many < (few + Duration::from_millis(50)) * 30, "{few:?} for ten thousand, {many:?} for ten times as many");
}

#[test]
fn what_is_long_is_not_multiplied_by_what_is_many() {
    let mut documents = estate(&["customer.json", "iaas.json"]);
    let long = "x".repeat(1024 * 1024);
    let plan = &mut documents[0].1["system-security-plan"];
    let requirement = &mut plan["control-implementation"]["implemented-requirements"][3];
    requirement["control-id"] = long.clone().into();
    let claims = |at: usize| {
        json!([{ "uuid": format!("d0000000-0000-4000-9000-{at:012}"), "description": ".",
        "provided-uuid": format!("a0000000-0000-4000-9000-{at:012}") }])
    };
    let part = |at: usize| {
        json!({ "uuid": format!("d0000000-0000-4000-a000-{at:012}"), "description": ".",
        "component-uuid": "d0000000-0000-4000-8000-000000000012", "inherited": claims(at) })
    };
    requirement["by-components"] = (0..20_000).map(part).collect();
    let authorization = |at: usize| {
        json!({ "uuid": format!("d0000000-0000-4000-b000-{at:012}"), "title": "none",
        "links": [{ "href": "#d0000000-0000-4000-8000-000000000007" }],
        "party-uuid": "d0000000-0000-4000-8000-000000000002", "date-authorized": "2025-06-01" })
    };
    let component = |at: usize| {
        json!({ "uuid": format!("d0000000-0000-4000-8001-{at:012}"), "type": "service",
        "title": long.get(..10), "props": [
            { "name": "leveraged-authorization-uuid", "value": format!("d0000000-0000-4000-b000-{at:012}") },
            { "name": "inherited-uuid", "value": "a0000000-0000-4000-8000-000000000011" }] })
    };
    let system = &mut plan["system-implementation"];
    system["components"].as_array_mut().unwrap().extend((0..20_000).map(component));
    system["leveraged-authorizations"].as_array_mut().unwrap().extend((0..20_000).map(authorization));
    plan["back-matter"]["resources"][0]["rlinks"] =
        (0..20_000).map(|at| json!({ "href": format!("{at}.json") })).collect();
    let start = Instant::now();
    let found = checked(&documents);
    assert!(found.defects.len() >= 20_000);
    assert!(found.defects.iter().all(|defect| defect.message.len() < 1_000 && defect.place.pointer.len() < 1_000));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

/// Every place of a document that holds something.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(name, value)| {
            found.push(format!("{pointer}/{name}"));
            places(value, &format!("{pointer}/{name}"), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, value)| {
            places(value, &format!("{pointer}/{at}"), found);
        }),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn replacing_any_value_by_any_other_never_panics(at in any::<prop::sample::Index>(), which in 0..6_usize) {
        let mut documents = estate(&["saas.json", "paas.json", "iaas.json"]);
        let mut found = Vec::new();
        places(&documents[1].1, "", &mut found);
        let value = [json!(null), json!(1e308), json!([]), json!({}), json!("\u{202e}\n"), json!([[{}]])][which].clone();
        *documents[1].1.pointer_mut(&found[at.index(found.len())]).unwrap() = value;
        let text = documents[1].1.to_string();
        if let Ok(plan) = read("paas.json", &text) {
            let mut plans = super::plans(&[("saas.json", fixture("saas.json")), ("iaas.json", fixture("iaas.json"))]);
            plans.insert(1, plan);
            check(plans, settings());
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        drop(read("plan.json", &text));
        drop(read("plan.json", &format!("{{\"system-security-plan\": {text}}}")));
    }
}
