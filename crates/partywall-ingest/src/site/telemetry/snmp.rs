//! Answers of the UPS-MIB: RFC 1628, <https://www.rfc-editor.org/rfc/rfc1628>.

use std::collections::BTreeMap;

use super::Thing;

/// Where the MIB's objects are: `upsObjects`.
const OBJECTS: &str = "1.3.6.1.2.1.33.1.";

/// Names of the objects that are read, below [`OBJECTS`].
const BATTERY_STATUS: &str = "2.1.0";
const SECONDS_ON_BATTERY: &str = "2.2.0";
const MINUTES_REMAINING: &str = "2.3.0";
const OUTPUT_SOURCE: &str = "4.1.0";
const OUTPUT_LOAD: &str = "4.4.1.5.";

/// The one UPS of an agent; it is named `ups`.
pub(super) fn things(said: &BTreeMap<String, (u32, serde_json::Value)>) -> Result<Vec<Thing>, (u32, String)> {
    let mut values: BTreeMap<String, f64> = BTreeMap::new();
    let mut place = 0;
    for (question, (line, answer)) in said.iter().filter(|(question, _)| question.starts_with("WALK ")) {
        place = *line;
        let rows = answer.as_array().ok_or_else(|| (*line, format!("`{question}` has no variables")))?;
        for row in rows.iter().filter_map(serde_json::Value::as_array) {
            let [serde_json::Value::String(name), .., value] = row.as_slice() else { continue };
            if let (Some(name), Some(number)) = (name.strip_prefix(OBJECTS), value.as_f64()) {
                values.insert(name.to_owned(), number);
            }
        }
    }
    if said.is_empty() {
        return Ok(Vec::new());
    }
    let number = |name: &str| values.get(name).copied();
    let source = number(OUTPUT_SOURCE).ok_or_else(|| (place, "the agent shows no `upsOutputSource`".to_owned()))?;
    let battery = number(BATTERY_STATUS);
    let load = values.iter().filter(|(name, _)| name.starts_with(OUTPUT_LOAD)).map(|(_, load)| *load);
    // upsOutputSource: other 1, none 2, normal 3, bypass 4, battery 5, booster 6, reducer 7.
    let is_known = (2.0..=7.0).contains(&source);
    let on_battery = is_known.then(|| source == 5.0 || number(SECONDS_ON_BATTERY).is_some_and(|seconds| seconds > 0.0));
    Ok(vec![Thing {
        name: "ups".to_owned(),
        kind: "ups",
        state: state(source).to_owned(),
        on_battery,
        // upsBatteryStatus: unknown 1, normal 2, low 3, depleted 4.
        low_battery: battery.filter(|status| *status > 1.0).map(|status| status > 2.0),
        breaker_open: is_known.then_some(source == 2.0),
        redundancy_lost: is_known.then_some(source == 4.0),
        runtime_seconds: number(MINUTES_REMAINING).map(|minutes| minutes * 60.0),
        load_percent: load.max_by(f64::total_cmp),
        ..Thing::default()
    }])
}

fn state(source: f64) -> &'static str {
    match source as i64 {
        2 => "none",
        3 => "normal",
        4 => "bypass",
        5 => "battery",
        6 => "booster",
        7 => "reducer",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use std::collections::BTreeMap;

    use serde_json::json;

    use super::things;

    #[test]
    fn a_discharging_ups_is_understood() {
        let answer = json!([
            ["1.3.6.1.2.1.33.1.2.1.0", "integer", 3],
            ["1.3.6.1.2.1.33.1.2.3.0", "integer", 4],
            ["1.3.6.1.2.1.33.1.4.1.0", "integer", 5],
            ["1.3.6.1.2.1.33.1.4.4.1.5.1", "integer", 61]
        ]);
        let said = BTreeMap::from([("WALK 1.3.6.1.2.1.33".to_owned(), (2, answer))]);
        let found = things(&said).unwrap();
        let ups = found.first().unwrap();
        assert_eq!((ups.on_battery, ups.low_battery, ups.breaker_open), (Some(true), Some(true), Some(false)));
        assert_eq!((ups.runtime_seconds, ups.load_percent), (Some(240.0), Some(61.0)));
    }

    #[test]
    fn an_agent_without_the_mib_is_no_sound_ups() {
        let said = BTreeMap::from([("WALK 1.3.6.1.2.1.33".to_owned(), (2, json!([])))]);
        assert_eq!(things(&said).unwrap_err().0, 2);
    }
}
