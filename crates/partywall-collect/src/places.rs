//! Finding the places in an answer that a call names.

use std::borrow::Cow;

use partywall_model::Step;
use serde_json::Value;

/// The values at a place. A list is entered at its first element unless the place says otherwise.
pub(crate) fn find<'v>(value: &'v Value, steps: &[Step]) -> Vec<Cow<'v, Value>> {
    let Some((step, rest)) = steps.split_first() else {
        return vec![Cow::Borrowed(value)];
    };
    match (step, value) {
        (Step::Own, value) => find(value, rest),
        (Step::Name(name), Value::Object(members)) => members.get(*name).map_or_else(Vec::new, |next| find(next, rest)),
        (Step::Name(_), Value::Array(items)) => items.first().map_or_else(Vec::new, |first| find(first, steps)),
        (Step::All, Value::Array(items)) => items.iter().flat_map(|item| find(item, rest)).collect(),
        (Step::All | Step::Values, Value::Object(entries)) => {
            entries.values().flat_map(|entry| find(entry, rest)).collect()
        }
        (Step::Matching(name, text), Value::Array(items)) => {
            let is_meant = |item: &&Value| item.get(*name).and_then(text_of).as_deref() == Some(*text);
            items.iter().filter(is_meant).flat_map(|item| find(item, rest)).collect()
        }
        (Step::Keys, Value::Object(entries)) => {
            entries.keys().map(|key| Cow::Owned(Value::String(key.clone()))).collect()
        }
        (Step::LastSegment, Value::String(text)) if rest.is_empty() => {
            vec![Cow::Owned(Value::String(text.rsplit('/').next().unwrap_or(text).to_owned()))]
        }
        _ => Vec::new(),
    }
}

/// A scalar as text; none when it is a list, an object or nothing.
pub(crate) fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(_) | Value::Number(_) => Some(Cow::Owned(value.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The texts at a place of dotted names: `A.B`.
pub(crate) fn dotted<'v>(value: &'v Value, place: &str) -> Option<&'v Value> {
    place.split('.').try_fold(value, |value, name| value.get(name))
}
