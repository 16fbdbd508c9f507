//! Answers of Network UPS Tools: RFC 9271, <https://www.rfc-editor.org/rfc/rfc9271>.

use std::collections::BTreeMap;

use super::Thing;

type Said = BTreeMap<String, (u32, serde_json::Value)>;

/// Each UPS whose variables were listed.
pub(super) fn things(said: &Said) -> Result<Vec<Thing>, (u32, String)> {
    let mut things = Vec::new();
    for (question, (line, answer)) in said {
        let Some(name) = question.strip_prefix("LIST VAR ") else { continue };
        let lines = answer.as_array().ok_or_else(|| (*line, format!("`{question}` has no lines")))?;
        let variables: BTreeMap<String, String> =
            lines.iter().filter_map(|line| variable(line.as_str()?, name)).collect();
        things.push(thing(name, &variables).ok_or_else(|| (*line, format!("`{name}` has no `ups.status`")))?);
    }
    Ok(things)
}

/// `VAR <ups> <name> "<value>"`, in which quotes and backslashes are escaped.
fn variable(line: &str, ups: &str) -> Option<(String, String)> {
    let (name, quoted) = line.strip_prefix("VAR ")?.strip_prefix(ups)?.trim_start().split_once(' ')?;
    let inner = quoted.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut value = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        value.push(if character == '\\' { characters.next()? } else { character });
    }
    Some((name.to_owned(), value))
}

/// The words of `ups.status`: OL online, OB on battery, LB low battery, RB replace battery, BYPASS, OFF, OVER, …
fn thing(name: &str, variables: &BTreeMap<String, String>) -> Option<Thing> {
    let status = variables.get("ups.status")?;
    let has = |word: &str| status.split_whitespace().any(|other| other == word);
    let number = |name: &str| variables.get(name).and_then(|text| text.parse().ok());
    // Without OL and OB nobody knows where its power comes from: WAIT, or a driver that lost its UPS.
    let on_battery = (has("OL") || has("OB")).then(|| has("OB"));
    Some(Thing {
        name: name.to_owned(),
        kind: "ups",
        state: status.clone(),
        on_battery,
        low_battery: on_battery.map(|_| has("LB")),
        breaker_open: on_battery.map(|_| false).filter(|_| !has("OFF")).or_else(|| has("OFF").then_some(true)),
        redundancy_lost: Some(has("RB") || has("BYPASS")),
        runtime_seconds: number("battery.runtime"),
        load_percent: number("ups.load"),
        ..Thing::default()
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{things, variable};

    #[test]
    fn quotes_are_unescaped() {
        let line = r#"VAR cellar ups.model "a \"b\" \\c""#;
        assert_eq!(variable(line, "cellar"), Some(("ups.model".to_owned(), "a \"b\" \\c".to_owned())));
        assert_eq!(variable("VAR cellar ups.model", "cellar"), None);
    }

    #[test]
    fn an_outage_is_understood() {
        let answer = json!(["VAR cellar ups.status \"OB LB DISCHRG\"", "VAR cellar battery.runtime \"90\""]);
        let said = BTreeMap::from([("LIST VAR cellar".to_owned(), (1, answer))]);
        let found = things(&said).unwrap();
        let [ups] = found.as_slice() else { unreachable!("one UPS") };
        assert_eq!((ups.on_battery, ups.low_battery, ups.runtime_seconds), (Some(true), Some(true), Some(90.0)));
    }

    #[test]
    fn a_status_that_says_nothing_is_unknown() {
        let said = BTreeMap::from([("LIST VAR x".to_owned(), (1, json!(["VAR x ups.status \"WAIT\""])))]);
        let found = things(&said).unwrap();
        assert_eq!(found.first().map(|ups| (ups.on_battery, ups.breaker_open)), Some((None, None)));
    }
}
