//! Rows in the engine's columnar form, and its answers back as plain values.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, ListArray, MapArray, RecordBatch,
    RecordBatchOptions, StringArray, StructArray,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type, Int64Type, Schema, SchemaRef};
use datafusion::error::Result;
use partywall_model::{Cell, Column, ColumnType, Row, Table};

use crate::{Answer, Batches, SqlValue};

/// The engine's schema of a table. Everything is nullable: NULL is how a row says unknown.
pub(crate) fn schema(table: &Table) -> SchemaRef {
    Arc::new(Schema::new(
        table.columns.iter().map(|column| field(column.name, &column.column_type)).collect::<Vec<_>>(),
    ))
}

fn field(name: &str, column_type: &ColumnType) -> Field {
    Field::new(name, data_type(column_type), true)
}

fn data_type(column_type: &ColumnType) -> DataType {
    match column_type {
        ColumnType::Text | ColumnType::Json | ColumnType::Reference => DataType::Utf8,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Number => DataType::Float64,
        ColumnType::Map => DataType::Map(Arc::new(Field::new("entries", DataType::Struct(map_fields()), false)), false),
        ColumnType::List(inner) => DataType::List(Arc::new(field("item", inner))),
        ColumnType::Struct(columns) => DataType::Struct(struct_fields(columns)),
    }
}

fn map_fields() -> Fields {
    Fields::from(vec![Field::new("keys", DataType::Utf8, false), Field::new("values", DataType::Utf8, true)])
}

fn struct_fields(columns: &[Column]) -> Fields {
    columns.iter().map(|column| field(column.name, &column.column_type)).collect()
}

/// The rows of a table as one batch.
pub(crate) fn batch(table: &Table, schema: &SchemaRef, rows: &[Row]) -> Result<RecordBatch> {
    let columns = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| array(&column.column_type, rows.iter().map(|row| row.cells.get(at)).collect()))
        .collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}

/// A column of cells; a cell that is missing, unknown or of another type is NULL.
fn array(column_type: &ColumnType, cells: Vec<Option<&Cell>>) -> Result<ArrayRef> {
    Ok(match column_type {
        ColumnType::Text | ColumnType::Json | ColumnType::Reference => {
            Arc::new(cells.into_iter().map(|cell| cell.and_then(Cell::as_text)).collect::<StringArray>())
        }
        ColumnType::Boolean => {
            Arc::new(cells.into_iter().map(|cell| cell.and_then(Cell::as_boolean)).collect::<BooleanArray>())
        }
        ColumnType::Integer => Arc::new(cells.into_iter().map(integer).collect::<Int64Array>()),
        ColumnType::Number => Arc::new(cells.into_iter().map(number).collect::<Float64Array>()),
        ColumnType::Map => map_array(&cells)?,
        ColumnType::List(inner) => list_array(inner, &cells)?,
        ColumnType::Struct(columns) => struct_array(columns, &cells)?,
    })
}

fn integer(cell: Option<&Cell>) -> Option<i64> {
    match cell {
        Some(Cell::Integer(number)) => Some(*number),
        _ => None,
    }
}

fn number(cell: Option<&Cell>) -> Option<f64> {
    match cell {
        Some(Cell::Number(number)) => Some(*number),
        Some(Cell::Integer(number)) => Some(*number as f64),
        _ => None,
    }
}

fn list_array(inner: &'static ColumnType, cells: &[Option<&Cell>]) -> Result<ArrayRef> {
    let lists: Vec<Option<&Vec<Cell>>> =
        cells.iter().map(|cell| if let Some(Cell::List(items)) = cell { Some(items) } else { None }).collect();
    let offsets = OffsetBuffer::from_lengths(lists.iter().map(|list| list.map_or(0, Vec::len)));
    let nulls = NullBuffer::from(lists.iter().map(Option::is_some).collect::<Vec<_>>());
    let items = array(inner, lists.into_iter().flatten().flatten().map(Some).collect())?;
    Ok(Arc::new(ListArray::try_new(Arc::new(field("item", inner)), offsets, items, Some(nulls))?))
}

fn struct_array(columns: &'static [Column], cells: &[Option<&Cell>]) -> Result<ArrayRef> {
    let structs: Vec<Option<&Vec<Cell>>> =
        cells.iter().map(|cell| if let Some(Cell::Struct(fields)) = cell { Some(fields) } else { None }).collect();
    let nulls = NullBuffer::from(structs.iter().map(Option::is_some).collect::<Vec<_>>());
    let arrays = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            array(&column.column_type, structs.iter().map(|fields| fields.and_then(|fields| fields.get(at))).collect())
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(StructArray::try_new(struct_fields(columns), arrays, Some(nulls))?))
}

fn map_array(cells: &[Option<&Cell>]) -> Result<ArrayRef> {
    let maps: Vec<_> =
        cells.iter().map(|cell| if let Some(Cell::Map(entries)) = cell { Some(entries) } else { None }).collect();
    let offsets = OffsetBuffer::from_lengths(maps.iter().map(|map| map.map_or(0, |entries| entries.len())));
    let nulls = NullBuffer::from(maps.iter().map(Option::is_some).collect::<Vec<_>>());
    let keys: StringArray = maps.iter().copied().flatten().flat_map(|entries| entries.keys()).map(Some).collect();
    let values: StringArray =
        maps.iter().copied().flatten().flat_map(|entries| entries.values()).map(Cell::as_text).collect();
    let entries = StructArray::try_new(map_fields(), vec![Arc::new(keys), Arc::new(values)], None)?;
    let entry_field = Arc::new(Field::new("entries", DataType::Struct(map_fields()), false));
    Ok(Arc::new(MapArray::try_new(entry_field, offsets, entries, Some(nulls), false)?))
}

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
