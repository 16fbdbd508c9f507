//! Rows in columnar form.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, MapArray, RecordBatch, RecordBatchOptions,
    StringArray, StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef};
use partywall_model::{Cell, Column, ColumnType, Row, Table};

/// The schema of a table. Everything is nullable: NULL is how a row says unknown.
pub fn schema(table: &Table) -> SchemaRef {
    Arc::new(Schema::new(
        table.columns.iter().map(|column| field(column.name, &column.column_type)).collect::<Vec<_>>(),
    ))
}

pub(crate) fn field(name: &str, column_type: &ColumnType) -> Field {
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

pub(crate) fn map_fields() -> Fields {
    Fields::from(vec![Field::new("keys", DataType::Utf8, false), Field::new("values", DataType::Utf8, true)])
}

fn struct_fields(columns: &[Column]) -> Fields {
    columns.iter().map(|column| field(column.name, &column.column_type)).collect()
}

/// The rows of a table as one batch.
///
/// # Errors
/// When the arrays do not fit together, which is a fault of this crate.
pub fn batch(table: &Table, schema: &SchemaRef, rows: &[Row]) -> Result<RecordBatch, ArrowError> {
    let columns = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| array(&column.column_type, rows.iter().map(|row| row.cells.get(at)).collect()))
        .collect::<Result<Vec<_>, ArrowError>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
}

/// A column of cells; a cell that is missing, unknown or of another type is NULL.
fn array(column_type: &ColumnType, cells: Vec<Option<&Cell>>) -> Result<ArrayRef, ArrowError> {
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

fn list_array(inner: &'static ColumnType, cells: &[Option<&Cell>]) -> Result<ArrayRef, ArrowError> {
    let lists: Vec<Option<&Vec<Cell>>> =
        cells.iter().map(|cell| if let Some(Cell::List(items)) = cell { Some(items) } else { None }).collect();
    let offsets = OffsetBuffer::from_lengths(lists.iter().map(|list| list.map_or(0, Vec::len)));
    let nulls = NullBuffer::from(lists.iter().map(Option::is_some).collect::<Vec<_>>());
    let items = array(inner, lists.into_iter().flatten().flatten().map(Some).collect())?;
    Ok(Arc::new(ListArray::try_new(Arc::new(field("item", inner)), offsets, items, Some(nulls))?))
}

fn struct_array(columns: &'static [Column], cells: &[Option<&Cell>]) -> Result<ArrayRef, ArrowError> {
    let structs: Vec<Option<&Vec<Cell>>> =
        cells.iter().map(|cell| if let Some(Cell::Struct(fields)) = cell { Some(fields) } else { None }).collect();
    let nulls = NullBuffer::from(structs.iter().map(Option::is_some).collect::<Vec<_>>());
    let arrays = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            array(&column.column_type, structs.iter().map(|fields| fields.and_then(|fields| fields.get(at))).collect())
        })
        .collect::<Result<Vec<_>, ArrowError>>()?;
    Ok(Arc::new(StructArray::try_new(struct_fields(columns), arrays, Some(nulls))?))
}

fn map_array(cells: &[Option<&Cell>]) -> Result<ArrayRef, ArrowError> {
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
