#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use partywall_model::{Path, Step};
use serde_json::{Value, json};

use super::conceal;

/// Takes a text for a credential when it or its name says so.
fn detector(name: Option<&str>, text: &str) -> bool {
    text.contains("AKIA") || name.is_some_and(|name| name.contains("PASSWORD"))
}

fn concealed(answer: Value, steps: &'static [Step]) -> Value {
    let mut answer = answer.as_object().unwrap().clone();
    conceal(&mut answer, &[Path { part: None, steps }], detector);
    Value::Object(answer)
}

#[test]
fn every_text_below_a_place_is_concealed() {
    let steps: &[Step] = &[Step::Name("Environment"), Step::Name("Variables")];
    let answer = json!({"Name": "kept", "Environment": {"Variables": {"A": "x", "DB_PASSWORD": "y", "EMPTY": "", "N": 7, "L": ["AKIA1", {"d": "z"}]}}});
    assert_eq!(
        concealed(answer, steps),
        json!({"Name": "kept", "Environment": {"Variables": {
            "A": "(concealed)", "DB_PASSWORD": "(concealed credential)", "EMPTY": "", "N": 7,
            "L": ["(concealed credential)", {"d": "(concealed)"}],
        }}})
    );
}

#[test]
fn pairs_are_known_by_their_names() {
    let steps: &[Step] = &[Step::Name("Environment"), Step::All, Step::Name("value")];
    let answer = json!({"Environment": [{"name": "DB_PASSWORD", "value": "x"}, {"name": "A", "value": "x"}]});
    assert_eq!(
        concealed(answer, steps),
        json!({"Environment": [
            {"name": "DB_PASSWORD", "value": "(concealed credential)"}, {"name": "A", "value": "(concealed)"},
        ]})
    );
}

#[test]
fn an_unexpected_form_hides_more_not_less() {
    let steps: &[Step] = &[Step::Name("A"), Step::Name("B")];
    assert_eq!(concealed(json!({"A": "secret"}), steps), json!({"A": "(concealed)"}));
    assert_eq!(
        concealed(json!({"A": [{"B": "x"}, {"B": "y"}]}), steps),
        json!({"A": [{"B": "(concealed)"}, {"B": "(concealed)"}]})
    );
    assert_eq!(concealed(json!({"A": {"C": "kept"}}), steps), json!({"A": {"C": "kept"}}));
}

#[test]
fn what_is_encoded_is_looked_into() {
    let steps: &[Step] = &[Step::Name("UserData")];
    assert_eq!(concealed(json!({"UserData": "QUtJQTEyMw=="}), steps), json!({"UserData": "(concealed credential)"}));
}
