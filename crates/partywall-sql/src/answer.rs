//! The engine's answers as plain values.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema};

use crate::{Answer, Batches, SqlValue};

/// The engine's batches as plain values.
pub(crate) fn answer(schema: &Schema, batches: &Batches) -> std::result::Result<Answer, String> {
    let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut rows = Vec::new();
    for batch in batches {
        for at in 0..batch.num_rows() {
            rows.push(
                batch.columns().iter().map(|column| value(column, at)).collect::<std::result::Result<Vec<_>, _>>()?,
            );
        }
    }
    Ok(Answer { columns, rows })
}

fn value(array: &ArrayRef, at: usize) -> std::result::Result<SqlValue, String> {
    if array.is_null(at) {
        return Ok(SqlValue::Null);
    }
    Ok(match array.data_type() {
        DataType::Boolean => SqlValue::Boolean(array.as_boolean().value(at)),
        DataType::Int64 => SqlValue::Integer(array.as_primitive::<Int64Type>().value(at)),
        DataType::Float64 => SqlValue::Number(array.as_primitive::<Float64Type>().value(at)),
        DataType::Utf8 => SqlValue::Text(array.as_string::<i32>().value(at).to_owned()),
        DataType::List(_) | DataType::Struct(_) | DataType::Map(..) => SqlValue::Json(json(array, at)?),
        DataType::Null => SqlValue::Null,
        _ => other(array, at)?,
    })
}

/// Types that no table has but an expression may produce: counts, dates, other widths.
fn other(array: &ArrayRef, at: usize) -> std::result::Result<SqlValue, String> {
    use datafusion::arrow::compute::cast;
    let slice = array.slice(at, 1);
    let target = if array.data_type().is_integer() {
        DataType::Int64
    } else if array.data_type().is_numeric() {
        DataType::Float64
    } else {
        DataType::Utf8
    };
    let converted = cast(&slice, &target).map_err(|error| error.to_string())?;
    if converted.data_type() == &target {
        value(&converted, 0)
    } else {
        Err(format!("type {} has no plain form", array.data_type()))
    }
}

fn json(array: &ArrayRef, at: usize) -> std::result::Result<serde_json::Value, String> {
    if array.is_null(at) {
        return Ok(serde_json::Value::Null);
    }
    Ok(match array.data_type() {
        DataType::List(_) => {
            let items = array.as_list::<i32>().value(at);
            serde_json::Value::Array(
                (0..items.len()).map(|item| json(&items, item)).collect::<std::result::Result<_, _>>()?,
            )
        }
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let entry = |(field, column): (&Arc<Field>, &ArrayRef)| Ok((field.name().clone(), json(column, at)?));
            serde_json::Value::Object(
                fields.iter().zip(columns).map(entry).collect::<std::result::Result<_, String>>()?,
            )
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(at);
            let (keys, values) = (entries.column(0), entries.column(1));
            let entry = |item| Ok((keys.as_string::<i32>().value(item).to_owned(), json(values, item)?));
            serde_json::Value::Object((0..entries.len()).map(entry).collect::<std::result::Result<_, String>>()?)
        }
        _ => match value(array, at)? {
            SqlValue::Null => serde_json::Value::Null,
            SqlValue::Boolean(truth) => truth.into(),
            SqlValue::Integer(number) => number.into(),
            SqlValue::Number(number) => number.into(),
            SqlValue::Text(text) => text.into(),
            SqlValue::Json(json) => json,
        },
    })
}
