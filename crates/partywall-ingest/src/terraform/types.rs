//! Type constraints of variables, and conversion to them.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/type-constraints>

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::expr::{Expression, FuncCall, ObjectKey};
use partywall_model::{TextPart, Value, format_number};

use super::failure::{Failure, Outcome};

/// A type constraint.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    Any,
    Text,
    Number,
    Bool,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Tuple(Vec<Type>),
    Object(BTreeMap<String, Field>),
}

/// An attribute of an object type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) kind: Type,
    pub(crate) optional: bool,
    /// What stands in when it is not given.
    pub(crate) default: Option<Value>,
}

/// Reads a type expression. `constant` evaluates the defaults inside `optional(…)`.
///
/// # Errors
/// When the expression is no type.
pub(crate) fn parse(expression: &Expression, constant: &dyn Fn(&Expression) -> Outcome) -> Result<Type, Failure> {
    match expression {
        Expression::Variable(name) => keyword(name.as_str()),
        Expression::String(name) => keyword(name.value()),
        Expression::Parenthesis(inner) => parse(inner.inner(), constant),
        Expression::FuncCall(call) => constructor(call, constant),
        _ => Err(Failure::invalid("the type constraint is not understood")),
    }
}

fn keyword(name: &str) -> Result<Type, Failure> {
    Ok(match name {
        "any" => Type::Any,
        "string" => Type::Text,
        "number" => Type::Number,
        "bool" => Type::Bool,
        "list" => Type::List(Box::new(Type::Any)),
        "set" => Type::Set(Box::new(Type::Any)),
        "map" => Type::Map(Box::new(Type::Any)),
        _ => return Err(Failure::invalid(format!("`{name}` is no type"))),
    })
}

fn constructor(call: &FuncCall, constant: &dyn Fn(&Expression) -> Outcome) -> Result<Type, Failure> {
    let name = call.name.name.as_str();
    let Some(argument) = call.args.get(0) else { return keyword(name) };
    let inner = |expression| parse(expression, constant);
    Ok(match (name, argument) {
        ("list", _) => Type::List(Box::new(inner(argument)?)),
        ("set", _) => Type::Set(Box::new(inner(argument)?)),
        ("map", _) => Type::Map(Box::new(inner(argument)?)),
        ("tuple", Expression::Array(items)) => Type::Tuple(items.iter().map(inner).collect::<Result<_, _>>()?),
        ("object", Expression::Object(entries)) => {
            let mut fields = BTreeMap::new();
            for (key, value) in entries {
                let key = match key {
                    ObjectKey::Ident(ident) => ident.as_str().to_owned(),
                    ObjectKey::Expression(key) => key.as_str().unwrap_or_default().to_owned(),
                };
                fields.insert(key, field(value.expr(), constant)?);
            }
            Type::Object(fields)
        }
        _ => return Err(Failure::invalid(format!("`{name}(…)` is no type"))),
    })
}

fn field(expression: &Expression, constant: &dyn Fn(&Expression) -> Outcome) -> Result<Field, Failure> {
    if let Expression::FuncCall(call) = expression
        && call.name.name.as_str() == "optional"
        && let Some(inner) = call.args.get(0)
    {
        let kind = parse(inner, constant)?;
        let default = call.args.get(1).map(constant).transpose()?;
        return Ok(Field { kind, optional: true, default });
    }
    Ok(Field { kind: parse(expression, constant)?, optional: false, default: None })
}

/// Converts a value as Terraform does when it is assigned to something of this type. Unknowns stay as they are.
///
/// # Errors
/// When no conversion exists.
pub(crate) fn convert(value: Value, kind: &Type) -> Outcome {
    if matches!(value, Value::Unknown(_) | Value::Null) {
        return Ok(value);
    }
    match kind {
        Type::Any => Ok(value),
        Type::Text => to_text(value),
        Type::Number => to_number(value),
        Type::Bool => to_bool(value),
        Type::List(inner) => Ok(Value::list(convert_items(value, inner)?)),
        Type::Set(inner) => Ok(to_set(convert_items(value, inner)?)),
        Type::Map(inner) => match value {
            Value::Map(entries) => convert_entries(&entries, inner),
            other => Err(unsuitable("a map", &other)),
        },
        Type::Tuple(kinds) => match value {
            Value::List(items) if items.len() == kinds.len() => {
                let converted: Result<Vec<_>, _> =
                    items.iter().zip(kinds).map(|(item, kind)| convert(item.clone(), kind)).collect();
                Ok(Value::list(converted?))
            }
            other => Err(unsuitable(&format!("a tuple of {}", kinds.len()), &other)),
        },
        Type::Object(fields) => match value {
            Value::Map(entries) => convert_object(&entries, fields),
            other => Err(unsuitable("an object", &other)),
        },
    }
}

fn convert_items(value: Value, inner: &Type) -> Result<Vec<Value>, Failure> {
    match value {
        Value::List(items) => items.iter().map(|item| convert(item.clone(), inner)).collect(),
        Value::Map(_)
        | Value::Text(_)
        | Value::Template(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Null
        | Value::Unknown(_) => Err(unsuitable("a list", &value)),
    }
}

fn convert_entries(entries: &BTreeMap<String, Value>, inner: &Type) -> Outcome {
    let converted: Result<BTreeMap<_, _>, Failure> =
        entries.iter().map(|(key, item)| Ok((key.clone(), convert(item.clone(), inner)?))).collect();
    Ok(Value::Map(Arc::new(converted?)))
}

/// Attributes that the type does not name are dropped; optional ones get their default.
fn convert_object(entries: &BTreeMap<String, Value>, fields: &BTreeMap<String, Field>) -> Outcome {
    let mut converted = BTreeMap::new();
    for (name, field) in fields {
        let given = entries.get(name).filter(|value| !(field.optional && matches!(value, Value::Null)));
        let value = match (given, &field.default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => default.clone(),
            (None, None) if field.optional => Value::Null,
            (None, None) => return Err(Failure::invalid(format!("attribute `{name}` is required"))),
        };
        let value = convert(value, &field.kind)
            .map_err(|failure| Failure::invalid(format!("attribute `{name}`: {failure}")))?;
        converted.insert(name.clone(), value);
    }
    Ok(Value::Map(Arc::new(converted)))
}

/// A set: no duplicates, in the order in which Terraform iterates (text and numbers ascending).
pub(crate) fn to_set(items: Vec<Value>) -> Value {
    let mut distinct: Vec<Value> = Vec::with_capacity(items.len());
    let mut texts = std::collections::BTreeSet::new();
    for item in items {
        let fresh = match &item {
            Value::Text(text) => texts.insert(text.clone()),
            other => !distinct.contains(other),
        };
        if fresh {
            distinct.push(item);
        }
    }
    distinct.sort_by(|left, right| match (left, right) {
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => left.total_cmp(right),
        _ => std::cmp::Ordering::Equal,
    });
    Value::list(distinct)
}

/// Text of a text, number or truth value.
pub(crate) fn to_text(value: Value) -> Outcome {
    match value {
        Value::Number(number) => Ok(Value::text(format_number(number))),
        Value::Bool(truth) => Ok(Value::text(truth.to_string())),
        Value::Text(_) | Value::Template(_) | Value::Unknown(_) | Value::Null => Ok(value),
        other => Err(unsuitable("text", &other)),
    }
}

/// Number of a number or a numeric text.
pub(crate) fn to_number(value: Value) -> Outcome {
    match &value {
        Value::Text(text) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Number(number)),
            _ => Err(unsuitable("a number", &value)),
        },
        Value::Number(_) | Value::Unknown(_) | Value::Null => Ok(value),
        Value::Template(_) => Ok(super::unknown::derived(&super::unknown::spell(&value), &[&value])),
        other => Err(unsuitable("a number", other)),
    }
}

/// Truth of a truth value or of `true`, `false`, `1` and `0` as text.
pub(crate) fn to_bool(value: Value) -> Outcome {
    match &value {
        Value::Text(text) => match text.as_ref() {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(unsuitable("a truth value", &value)),
        },
        Value::Bool(_) | Value::Unknown(_) | Value::Null => Ok(value),
        other => Err(unsuitable("a truth value", other)),
    }
}

/// The pieces of a value inside text.
pub(crate) fn text_parts(value: &Value) -> Result<Vec<TextPart>, Failure> {
    match to_text(value.clone())? {
        Value::Text(text) => Ok(vec![TextPart::Literal(text)]),
        Value::Template(parts) => Ok(parts.to_vec()),
        Value::Unknown(unknown) => Ok(vec![TextPart::Unknown(unknown)]),
        _ => Err(Failure::invalid("null cannot be part of a text")),
    }
}

/// What a value is, for messages.
pub(crate) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::Text(_) | Value::Template(_) => "a text",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
        Value::Unknown(_) => "an unknown value",
    }
}

fn unsuitable(wanted: &str, value: &Value) -> Failure {
    Failure::invalid(format!("{wanted} is required, not {}", describe(value)))
}
