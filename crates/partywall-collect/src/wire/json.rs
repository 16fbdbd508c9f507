//! Answers written in JSON.

use serde_json::{Map, Value};

use super::{Malformed, Operation, Service, Shape, Type, header, time};

/// The answer of a body. Members that the model does not know are kept.
pub(super) fn answer(
    service: &Service,
    operation: &Operation,
    output: &Type,
    body: &str,
) -> Result<Map<String, Value>, Malformed> {
    if body.trim().is_empty() {
        return Ok(Map::new());
    }
    let body: Value =
        serde_json::from_str(body).map_err(|error| Malformed(format!("the answer is not JSON: {error}")))?;
    if let Some(payload) = &operation.payload {
        let value = match header::payload_member(service, output, payload) {
            Some(member) => value(service, &member.value, body),
            None => body,
        };
        return Ok(Map::from_iter([(payload.clone(), value)]));
    }
    match value(service, output, body) {
        Value::Object(answer) => Ok(answer),
        _ => Err(Malformed("the answer is not a JSON object".to_owned())),
    }
}

fn value(service: &Service, of: &Type, value: Value) -> Value {
    match (of, value) {
        (Type::Timestamp, value) => time::timestamp(value),
        (Type::Json, Value::String(text)) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        (Type::Shape(name), value) => match (service.shape(name), value) {
            (Some(Shape::Structure(members)), Value::Object(given)) => {
                let named = given.into_iter().filter(|(_, value)| !value.is_null()).map(|(wire, given)| match members
                    .body
                    .get(&wire)
                {
                    Some(member) => (member.name.clone(), self::value(service, &member.value, given)),
                    None => (wire, given),
                });
                Value::Object(named.collect())
            }
            (Some(Shape::List { of, .. }), Value::Array(items)) => {
                Value::Array(items.into_iter().map(|item| self::value(service, of, item)).collect())
            }
            (Some(Shape::Map { of, .. }), Value::Object(entries)) => {
                Value::Object(entries.into_iter().map(|(key, entry)| (key, self::value(service, of, entry))).collect())
            }
            (_, value) => value,
        },
        (_, value) => value,
    }
}
