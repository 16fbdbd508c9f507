//! Iteration over lists, sets and maps.

use std::sync::Arc;

use partywall_model::{Unknown, Value};

use super::failure::Failure;
use super::types::describe;

/// The elements of a collection.
pub(crate) enum Elements {
    /// Keys (or indices) and values.
    Known(Vec<(Value, Value)>),
    /// It is not known which there are.
    Unknown(Arc<Unknown>),
}

/// Lists the elements of a collection.
///
/// # Errors
/// When the value is no collection.
pub(crate) fn elements(value: &Value) -> Result<Elements, Failure> {
    match value {
        Value::List(items) => {
            let indexed = items.iter().enumerate().map(|(index, item)| (Value::Number(index as f64), item.clone()));
            Ok(Elements::Known(indexed.collect()))
        }
        Value::Map(entries) => {
            let pairs = entries.iter().map(|(key, item)| (Value::text(key.as_str()), item.clone()));
            Ok(Elements::Known(pairs.collect()))
        }
        Value::Unknown(unknown) => Ok(Elements::Unknown(unknown.clone())),
        other => Err(Failure::invalid(format!("cannot iterate over {}", describe(other)))),
    }
}
