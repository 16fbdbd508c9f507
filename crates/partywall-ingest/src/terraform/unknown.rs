//! Unknowns that are derived from other unknowns, and what can be said of them all the same.
//!
//! A symbol names its value: two unknowns with one symbol are equal. So every derived symbol spells
//! out all that the value depends on.

use std::sync::Arc;

use partywall_model::{Cause, Reference, TextPart, Unknown, Value, format_number};
use sha2::{Digest, Sha256};

use super::limits::SYMBOL_LENGTH_MAX;

/// An unknown that depends on `operands`; its cause is that of the first unknown among them.
pub(crate) fn derived(symbol: &str, operands: &[&Value]) -> Value {
    let cause = operands
        .iter()
        .find_map(|operand| operand.first_unknown())
        .map_or_else(|| Cause::NotUnderstood("an operation on unknown values".into()), |unknown| unknown.cause.clone());
    Value::unknown(shorten(symbol), cause)
}

/// An unknown that is one of several values, depending on `condition`.
pub(crate) fn undetermined(symbol: &str, condition: &Value) -> Value {
    let on = condition.first_unknown().map_or_else(|| spell(condition), |unknown| unknown.symbol.clone());
    Value::unknown(shorten(symbol), Cause::Undetermined(format!("it depends on `{on}`")))
}

/// An attribute or element of an unknown: `step` is `.name` or `[…]`.
pub(crate) fn member(unknown: &Unknown, step: &str) -> Value {
    let reference = unknown.reference.as_ref().map(|reference| Reference {
        address: reference.address.clone(),
        attribute: match reference.attribute.is_empty() {
            true => step.trim_start_matches('.').to_owned(),
            false => format!("{}{step}", reference.attribute),
        },
    });
    let symbol = shorten(&format!("{}{step}", unknown.symbol));
    Value::Unknown(Arc::new(Unknown { symbol, cause: unknown.cause.clone(), reference }))
}

/// True when no part of the value is unknown.
pub(crate) fn is_known(value: &Value) -> bool {
    value.first_unknown().is_none()
}

/// The value in a compact spelling, for use in symbols; bounded in length.
pub(crate) fn spell(value: &Value) -> String {
    let mut spelled = String::new();
    spell_into(value, &mut spelled);
    shorten(&spelled)
}

/// Cuts a long symbol and marks it with a digest of the whole, so that it stays unique.
pub(crate) fn shorten(symbol: &str) -> String {
    if symbol.chars().count() <= SYMBOL_LENGTH_MAX {
        return symbol.to_owned();
    }
    let digest = Sha256::digest(symbol.as_bytes());
    let mark: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let kept: String = symbol.chars().take(SYMBOL_LENGTH_MAX - 16).collect();
    format!("{kept}…#{mark}")
}

fn spell_into(value: &Value, spelled: &mut String) {
    match value {
        Value::Null => spelled.push_str("null"),
        Value::Bool(truth) => spelled.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => spelled.push_str(&format_number(*number)),
        Value::Text(text) => spelled.push_str(&format!("{:?}", text.as_ref())),
        Value::Template(parts) => spell_parts(parts, spelled),
        Value::Unknown(unknown) => spelled.push_str(&unknown.symbol),
        Value::List(items) => {
            spelled.push('[');
            for item in items.iter() {
                spell_into(item, spelled);
                spelled.push(',');
            }
            spelled.push(']');
        }
        Value::Map(entries) => {
            spelled.push('{');
            for (key, item) in entries.iter() {
                spelled.push_str(&format!("{key:?}="));
                spell_into(item, spelled);
                spelled.push(',');
            }
            spelled.push('}');
        }
    }
}

fn spell_parts(parts: &[TextPart], spelled: &mut String) {
    spelled.push('"');
    for part in parts {
        match part {
            TextPart::Literal(text) => spelled.push_str(text),
            TextPart::Unknown(unknown) => spelled.push_str(&unknown.placeholder()),
        }
    }
    spelled.push('"');
}

/// Whether two values are equal; None when that is unknown.
///
/// Text and numbers are never equal to each other, as in Terraform.
pub(crate) fn equal(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Unknown(left), Value::Unknown(right)) => (left.symbol == right.symbol).then_some(true),
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => None,
        (Value::Template(parts), other) | (other, Value::Template(parts)) => equal_template(parts, other),
        (Value::List(left), Value::List(right)) => {
            if left.len() != right.len() {
                return Some(false);
            }
            all_equal(left.iter().zip(right.iter()))
        }
        (Value::Map(left), Value::Map(right)) => {
            if !left.keys().eq(right.keys()) {
                return Some(false);
            }
            all_equal(left.values().zip(right.values()))
        }
        (left, right) => Some(left == right),
    }
}

fn all_equal<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Option<bool> {
    let mut undecided = false;
    for (left, right) in pairs {
        match equal(left, right) {
            Some(false) => return Some(false),
            Some(true) => {}
            None => undecided = true,
        }
    }
    if undecided { None } else { Some(true) }
}

/// A template differs from any text that lacks its known beginning or end.
fn equal_template(parts: &[TextPart], other: &Value) -> Option<bool> {
    match other {
        Value::Template(others) => (parts == others.as_ref()).then_some(true),
        Value::Text(text) => {
            let prefix = literal(parts.first());
            let suffix = literal(parts.last());
            let fits = text.len() >= prefix.len() + suffix.len() && text.starts_with(prefix) && text.ends_with(suffix);
            if fits { None } else { Some(false) }
        }
        _ => Some(false),
    }
}

fn literal(part: Option<&TextPart>) -> &str {
    match part {
        Some(TextPart::Literal(text)) => text,
        _ => "",
    }
}
