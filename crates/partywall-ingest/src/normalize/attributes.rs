//! Finds the value that a table's path names among a resource's attributes.

use partywall_model::{Cause, Step, Unknown, Value};

use super::json;

/// Follows a path from a value. None when nothing is set there.
///
/// An unknown on the way makes the result unknown: what lies behind it may or may not be set.
pub(crate) fn follow(value: &Value, steps: &[Step], own_address: &str) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else {
        return (*value != Value::Null).then(|| value.clone());
    };
    if let Step::Own = step {
        return follow(&Value::reference(own_address, "id"), rest, own_address);
    }
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
        Value::Text(text) if matches!(step, Step::LastSegment) => {
            follow(&Value::text(text.rsplit('/').next().unwrap_or(text)), rest, own_address)
        }
        Value::Unknown(unknown) => Some(behind(unknown)),
        Value::Text(_) | Value::Template(_) => match json::parse(value) {
            Some(parsed) => follow(&parsed, steps, own_address),
            None => value.first_unknown().map(|unknown| behind(unknown)),
        },
        Value::Map(entries) => match step {
            Step::Name(name) => follow(entries.get(*name)?, rest, own_address),
            Step::All => follow(value, rest, own_address).map(|found| Value::list([found])),
            Step::Keys => Some(Value::list(entries.keys().map(|key| Value::text(key.as_str())))),
            Step::Values => {
                let values: Vec<Value> = entries.values().cloned().collect();
                Some(collect(&values, rest, own_address))
            }
            Step::Matching(..) => follow_matching(std::slice::from_ref(value), step, rest, own_address),
            Step::LastSegment | Step::Own => None,
        },
        Value::List(items) => match step {
            Step::Name(_) | Step::Keys | Step::Values | Step::LastSegment => follow(items.first()?, steps, own_address),
            Step::All => Some(collect(items, rest, own_address)),
            Step::Matching(..) => follow_matching(items, step, rest, own_address),
            Step::Own => None,
        },
    }
}

/// What lies behind an unknown: it is no longer the reference itself that is meant.
fn behind(unknown: &Unknown) -> Value {
    Value::Unknown(Unknown { reference: None, ..unknown.clone() }.into())
}

fn collect(items: &[Value], rest: &[Step], own_address: &str) -> Value {
    let nested = rest.iter().any(|step| matches!(step, Step::All | Step::Values));
    let mut found = Vec::new();
    for item in items {
        match follow(item, rest, own_address) {
            Some(Value::List(inner)) if nested => found.extend(inner.iter().cloned()),
            Some(value) => found.push(value),
            None => {}
        }
    }
    Value::list(found)
}

fn follow_matching(items: &[Value], step: &Step, rest: &[Step], own_address: &str) -> Option<Value> {
    let Step::Matching(name, wanted) = step else { return None };
    let mut unclear = None;
    for item in items {
        match item.as_map().map(|entries| entries.get(*name)) {
            Some(Some(Value::Text(text))) if text.as_ref() == *wanted => return follow(item, rest, own_address),
            Some(Some(Value::Bool(truth))) if truth.to_string() == *wanted => return follow(item, rest, own_address),
            Some(Some(Value::Unknown(unknown))) => unclear = Some(unknown.symbol.clone()),
            _ => {
                if let Value::Unknown(unknown) = item {
                    unclear = Some(unknown.symbol.clone());
                }
            }
        }
    }
    unclear.map(|symbol| {
        Value::unknown(symbol, Cause::Undetermined(format!("it may be the entry whose `{name}` is `{wanted}`")))
    })
}
