//! Something that a device reports on.

use std::collections::BTreeMap;

use partywall_model::Value;

use crate::site::entry::Entry;

/// A UPS, an outlet, a detector: what a device says about it. None is what it does not say.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Thing {
    /// How the device names it.
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) state: String,
    pub(super) on_battery: Option<bool>,
    pub(super) low_battery: Option<bool>,
    pub(super) breaker_open: Option<bool>,
    pub(super) redundancy_lost: Option<bool>,
    pub(super) is_leaking: Option<bool>,
    pub(super) runtime_seconds: Option<f64>,
    pub(super) load_percent: Option<f64>,
    pub(super) value: Option<f64>,
}

impl Thing {
    /// As an entry of the table of telemetry.
    pub(super) fn entry(self, device: &Entry) -> Entry {
        let id = device.text("id");
        let elements = device.fields.get("elements").and_then(Value::as_map);
        let element = elements.and_then(|map| map.get(&self.name)).and_then(Value::as_text).unwrap_or_default();
        let mut fields: BTreeMap<String, Value> = BTreeMap::from([
            ("id".to_owned(), Value::text(format!("{id}/{}", self.name))),
            ("device".to_owned(), Value::text(id)),
            ("kind".to_owned(), Value::text(self.kind)),
            ("element".to_owned(), Value::text(element)),
            ("state".to_owned(), Value::text(self.state)),
        ]);
        let flags = [
            ("on_battery", self.on_battery),
            ("low_battery", self.low_battery),
            ("breaker_open", self.breaker_open),
            ("redundancy_lost", self.redundancy_lost),
            ("is_leaking", self.is_leaking),
        ];
        let flags = flags.into_iter().filter_map(|(name, flag)| Some((name.to_owned(), Value::Bool(flag?))));
        let numbers =
            [("runtime_seconds", self.runtime_seconds), ("load_percent", self.load_percent), ("value", self.value)];
        let numbers = numbers.into_iter().filter_map(|(name, number)| Some((name.to_owned(), Value::Number(number?))));
        fields.extend(flags);
        fields.extend(numbers.filter(|(_, number)| matches!(number, Value::Number(number) if number.is_finite())));
        Entry { kind: "telemetry", fields, line: 1 }
    }
}
