//! Answers of Redfish: schemas Outlet, Circuit, PowerSupply, PowerSubsystem, PowerDistribution, LeakDetector, Sensor and
//! LogEntry of DMTF DSP0268, <https://www.dmtf.org/standards/redfish>.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Thing;

/// Everything that the resources report on, named by its path below `/redfish/v1/`.
pub(super) fn things(said: &BTreeMap<String, (u32, Value)>) -> Result<Vec<Thing>, (u32, String)> {
    let mut things = Vec::new();
    for (question, (line, resource)) in said {
        let Some(path) = question.strip_prefix("GET ") else { continue };
        if !resource.is_object() {
            return Err((*line, format!("`{path}` is no object")));
        }
        let name = path.trim_start_matches("/redfish/v1").trim_matches('/').to_owned();
        let schema = text(resource, "@odata.type").trim_start_matches('#').split('.').next().unwrap_or_default();
        things.extend(
            match schema {
                "Outlet" | "Circuit" => Some(circuit(resource, if schema == "Outlet" { "outlet" } else { "mains" })),
                "PowerSupply" => Some(supply(resource)),
                "PowerDistribution" => Some(distribution(resource)),
                "LeakDetector" => Some(detector(resource)),
                "Sensor" => sensor(resource),
                "LogEntry" => {
                    Some(Thing { kind: "event", state: text(resource, "Message").to_owned(), ..Thing::default() })
                }
                _ => None,
            }
            .map(|thing| Thing { name: name.clone(), ..thing }),
        );
        things.extend(redundancies(resource, &name));
    }
    Ok(things)
}

fn text<'a>(resource: &'a Value, name: &str) -> &'a str {
    resource.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Health and state in one text.
fn state(resource: &Value, more: &str) -> String {
    let status = resource.get("Status").unwrap_or(&Value::Null);
    let words = [more, text(status, "State"), text(status, "Health")];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a thing works, when it says so.
fn is_sound(resource: &Value) -> Option<bool> {
    let status = resource.get("Status")?;
    match (text(status, "State"), text(status, "Health")) {
        ("", "") => None,
        (_, "Critical") | ("Absent" | "Disabled" | "UnavailableOffline", _) => Some(false),
        _ => Some(true),
    }
}

/// `BreakerState` is Normal, Tripped or Off; `PowerState` is On, Off, PoweringOn or PoweringOff.
fn circuit(resource: &Value, kind: &'static str) -> Thing {
    let (breaker, power) = (text(resource, "BreakerState"), text(resource, "PowerState"));
    let breaker_open = match (breaker, power) {
        ("Tripped" | "Off", _) | (_, "Off") => Some(true),
        ("", "") => None,
        _ => Some(false),
    };
    let load = resource.pointer("/PowerWatts/Reading").and_then(Value::as_f64);
    Thing {
        kind,
        state: state(resource, if breaker.is_empty() { power } else { breaker }),
        breaker_open,
        value: load,
        ..Thing::default()
    }
}

/// `LineInputStatus` is Normal, LossOfInput or OutOfRange.
fn supply(resource: &Value) -> Thing {
    let input = text(resource, "LineInputStatus");
    let lost = match (input, is_sound(resource)) {
        ("LossOfInput" | "OutOfRange", _) | (_, Some(false)) => Some(true),
        ("", None) => None,
        _ => Some(false),
    };
    Thing { kind: "power_supply", state: state(resource, input), redundancy_lost: lost, ..Thing::default() }
}

/// A distribution that changes between mains is a transfer switch.
fn distribution(resource: &Value) -> Thing {
    let is_switch = text(resource, "EquipmentType").contains("TransferSwitch");
    let mains = resource.pointer("/TransferConfiguration/ActiveMainsId").and_then(Value::as_str).unwrap_or_default();
    Thing {
        kind: if is_switch { "transfer_switch" } else { "mains" },
        state: state(resource, mains),
        redundancy_lost: is_sound(resource).map(|sound| !sound),
        ..Thing::default()
    }
}

/// `DetectorState` is the state of the detector as a health: OK, Warning, Critical.
fn detector(resource: &Value) -> Thing {
    let said = text(resource, "DetectorState");
    let is_leaking = match said {
        "OK" => Some(false),
        "Warning" | "Critical" => Some(true),
        _ => None,
    };
    Thing { kind: "leak_detector", state: state(resource, said), is_leaking, ..Thing::default() }
}

fn sensor(resource: &Value) -> Option<Thing> {
    let kind = match text(resource, "ReadingType") {
        "Temperature" => "temperature",
        "Humidity" => "humidity",
        _ => return None,
    };
    let value = resource.get("Reading").and_then(Value::as_f64);
    Some(Thing { kind, state: state(resource, ""), value, ..Thing::default() })
}

/// Groups such as `PowerSupplyRedundancy`, of which a member fewer than is needed for the type is a loss.
fn redundancies(resource: &Value, name: &str) -> Vec<Thing> {
    let groups = ["PowerSupplyRedundancy", "MainsRedundancy", "Redundancy"];
    let of =
        |group: &&str| resource.get(*group).and_then(Value::as_array).map(|list| (group.to_string(), list.clone()));
    let mut things = Vec::new();
    for (group, list) in groups.iter().filter_map(of) {
        for (at, one) in list.iter().enumerate() {
            let is_sound = match (is_sound(one), one.pointer("/Status/Health").and_then(Value::as_str)) {
                (_, Some("Warning")) => Some(false),
                (sound, _) => sound,
            };
            things.push(Thing {
                name: format!("{name}#{group}/{at}"),
                kind: "redundancy",
                state: state(one, text(one, "RedundancyType")),
                redundancy_lost: is_sound.map(|sound| !sound),
                ..Thing::default()
            });
        }
    }
    things
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use std::collections::BTreeMap;

    use serde_json::json;

    use super::things;

    #[test]
    fn states_are_understood_and_silence_is_unknown() {
        let outlet = json!({ "@odata.type": "#Outlet.v1_4_0.Outlet", "PowerState": "Off" });
        let mains = json!({ "@odata.type": "#Circuit.v1_7_0.Circuit", "BreakerState": "Normal" });
        let leak = json!({ "@odata.type": "#LeakDetector.v1_0_0.LeakDetector" });
        let said = BTreeMap::from([
            ("GET /redfish/v1/P/Outlets/A1".to_owned(), (1, outlet)),
            ("GET /redfish/v1/P/Mains/1".to_owned(), (2, mains)),
            ("GET /redfish/v1/T/L1".to_owned(), (3, leak)),
        ]);
        let found = things(&said).unwrap();
        let told: Vec<_> =
            found.iter().map(|thing| (thing.name.as_str(), thing.breaker_open, thing.is_leaking)).collect();
        assert_eq!(told, [("P/Mains/1", Some(false), None), ("P/Outlets/A1", Some(true), None), ("T/L1", None, None)]);
    }
}
