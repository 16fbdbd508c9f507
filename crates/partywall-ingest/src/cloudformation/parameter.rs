//! The values of a template's parameters.
//! [Parameters](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html)

use std::collections::BTreeMap;

use partywall_model::{Cause, TextPart, Value, format_number};

use super::node::Node;
use super::symbol::{derived, scalar_text};

/// Evaluates the `Parameters` section with what was given from outside.
pub(super) fn values(section: &Node, given: &BTreeMap<String, Value>, prefix: &str) -> BTreeMap<String, Value> {
    section
        .entries()
        .iter()
        .map(|entry| (entry.key.to_string(), value(&entry.key, &entry.value, given, prefix)))
        .collect()
}

fn value(name: &str, declaration: &Node, given: &BTreeMap<String, Value>, prefix: &str) -> Value {
    let symbol = format!("{prefix}{name}");
    let kind = declaration.get("Type").and_then(Node::as_text).unwrap_or("String");
    let given = given.get(name);
    if kind.starts_with("AWS::SSM::Parameter::Value<") {
        return Value::unknown(symbol, Cause::External);
    }
    let hidden =
        declaration.get("NoEcho").and_then(Node::scalar_text).is_some_and(|text| text.eq_ignore_ascii_case("true"));
    if hidden {
        return match given {
            Some(unknown @ Value::Unknown(_)) => unknown.clone(),
            _ => Value::unknown(symbol, Cause::NoValue),
        };
    }
    match (given, declaration.get("Default")) {
        (Some(value), _) => typed(kind, value),
        (None, Some(default)) => default.scalar_text().map_or_else(
            || if default.items().is_empty() { typed(kind, &Value::text("")) } else { list_default(default) },
            |text| typed(kind, &Value::text(text)),
        ),
        (None, None) => Value::unknown(symbol, Cause::NoValue),
    }
}

/// A default that is written as a list, which CloudFormation refuses and SAM's own tools accept.
fn list_default(default: &Node) -> Value {
    Value::list(default.items().iter().filter_map(Node::scalar_text).map(Value::text))
}

fn typed(kind: &str, value: &Value) -> Value {
    if kind == "CommaDelimitedList" || kind.starts_with("List<") {
        return list(kind, value);
    }
    match (kind, scalar_text(value)) {
        ("Number", Some(text)) => number(&text),
        (_, Some(text)) => Value::Text(text),
        _ => value.clone(),
    }
}

fn list(kind: &str, value: &Value) -> Value {
    let item = |text: &str| if kind == "List<Number>" { number(text.trim()) } else { Value::text(text.trim()) };
    match value {
        Value::Template(parts) => split(parts).unwrap_or_else(|| match value.first_unknown() {
            Some(unknown) => derived(format!("Fn::Split(,, {})", super::symbol::symbol(value)), unknown),
            None => value.clone(),
        }),
        Value::Unknown(_) | Value::List(_) => value.clone(),
        _ => match scalar_text(value) {
            Some(text) if text.is_empty() => Value::list([]),
            Some(text) => Value::list(text.split(',').map(item)),
            None => value.clone(),
        },
    }
}

/// Text split at its commas, as long as every unknown piece is an attribute of a resource and so has none.
fn split(parts: &[TextPart]) -> Option<Value> {
    let mut items: Vec<Vec<TextPart>> = vec![Vec::new()];
    for part in parts {
        match part {
            TextPart::Unknown(unknown) => {
                unknown.reference.as_ref()?;
                items.last_mut()?.push(part.clone());
            }
            TextPart::Literal(text) => {
                for (position, piece) in text.split(',').enumerate() {
                    if position > 0 {
                        items.push(Vec::new());
                    }
                    items.last_mut()?.push(TextPart::Literal(piece.trim().into()));
                }
            }
        }
    }
    Some(Value::list(items.into_iter().map(Value::template)))
}

/// A number, unless its written form would be lost.
fn number(text: &str) -> Value {
    match text.parse::<f64>() {
        Ok(number) if format_number(number) == text => Value::Number(number),
        _ => Value::text(text),
    }
}
