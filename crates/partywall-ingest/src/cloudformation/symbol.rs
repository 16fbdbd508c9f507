//! Names for values that are not known, and text that holds them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use partywall_model::{Cause, TextPart, Unknown, Value, format_number};

/// Longest symbol that is written in full, in bytes.
const SYMBOL_BYTES_MAX: usize = 120;

/// An unknown that follows from another: for the same reason, but no attribute of a resource itself.
pub(super) fn derived(symbol: String, from: &Unknown) -> Value {
    Value::unknown(shortened(symbol), from.cause.clone())
}

/// How a value is written within the symbol of another.
pub(super) fn symbol(value: &Value) -> String {
    shortened(match value {
        Value::Unknown(unknown) => unknown.symbol.clone(),
        Value::Text(text) => text.to_string(),
        other => match other.to_json(&|unknown| unknown.placeholder()) {
            serde_json::Value::String(text) => text,
            json => json.to_string(),
        },
    })
}

/// Keeps a symbol short and on one line; a digest of all of it keeps different ones different.
pub(super) fn shortened(symbol: String) -> String {
    if symbol.len() <= SYMBOL_BYTES_MAX && !symbol.contains(char::is_control) {
        return symbol;
    }
    let mut hasher = DefaultHasher::new();
    symbol.hash(&mut hasher);
    let head: String = symbol.chars().filter(|character| !character.is_control()).take(SYMBOL_BYTES_MAX / 2).collect();
    format!("{head}…#{:016x}", hasher.finish())
}

/// A scalar that is known, as text: CloudFormation compares and joins `true` and `"true"` alike.
pub(super) fn scalar_text(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string().into()),
        Value::Number(number) => Some(format_number(*number).into()),
        _ => None,
    }
}

/// A scalar as pieces of text; None for lists, maps and nothing.
pub(super) fn parts(value: &Value) -> Option<Vec<TextPart>> {
    match value {
        Value::Unknown(unknown) => Some(vec![TextPart::Unknown(unknown.clone())]),
        Value::Template(parts) => Some(parts.to_vec()),
        other => scalar_text(other).map(|text| vec![TextPart::Literal(text)]),
    }
}

/// The unknown that says that an expression fails.
pub(super) fn invalid(symbol: impl Into<String>, how: impl Into<String>) -> Value {
    Value::unknown(shortened(symbol.into()), Cause::Invalid(how.into()))
}
