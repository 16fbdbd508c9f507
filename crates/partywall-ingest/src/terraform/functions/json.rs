//! `jsonencode` and `jsondecode`, with unknown pieces kept.

use partywall_model::{TextPart, Value};

use super::{Call, Function, lenient};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::placeholder::Placeholders;
use crate::terraform::root::Root;

pub(super) const FUNCTIONS: &[Function] = &[
    lenient("jsonencode", 1, 1, |call| Ok(encode(call.scope.root, call.argument(0)?))),
    lenient("jsondecode", 1, 1, decode),
];

/// JSON text of a value. An unknown becomes a text with the unknown in it: `"${symbol}"`.
pub(crate) fn encode(root: &Root<'_>, value: &Value) -> Value {
    let mut placeholders = root.placeholders.borrow_mut();
    let marked = mark(&mut placeholders, value);
    let text = marked.to_json(&|unknown| unknown.placeholder()).to_string();
    // As Go's encoder, which Terraform uses.
    let text = text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    let text = text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    placeholders.restore(&text)
}

/// The value with placeholders for its unknowns.
fn mark(placeholders: &mut Placeholders, value: &Value) -> Value {
    match value {
        Value::Unknown(_) | Value::Template(_) => Value::text(placeholders.key(value)),
        Value::List(items) => Value::list(items.iter().map(|item| mark(placeholders, item))),
        Value::Map(entries) => Value::map(entries.iter().map(|(key, item)| (key.clone(), mark(placeholders, item)))),
        other => other.clone(),
    }
}

fn decode(call: &Call<'_, '_>) -> Outcome {
    if call.is_opaque(0) {
        return Ok(call.unknown());
    }
    let mut placeholders = Placeholders::default();
    let text = match call.argument(0)? {
        template @ Value::Template(parts) if parts.iter().any(|part| matches!(part, TextPart::Unknown(_))) => {
            placeholders.key(template)
        }
        _ => call.text(0)?.to_string(),
    };
    match serde_json::from_str(&text) {
        Ok(json) => Ok(placeholders.restore_all(Value::from_json(&json))),
        // The unknown part may make it whole.
        Err(_) if matches!(call.argument(0)?, Value::Template(_)) => Ok(call.unknown()),
        Err(error) => Err(Failure::invalid(format!("this is not JSON: {error}"))),
    }
}
