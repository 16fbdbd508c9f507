//! Columnar form back as cells.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use partywall_model::{Cause, Cell, ColumnType, Unknown};

/// Why the values of a row are unknown, in the order in which they appear in it.
pub(crate) type Unknowns = VecDeque<Arc<Unknown>>;

/// The cell at a position of a column; a NULL takes the next of the row's unknowns.
pub(crate) fn cell(column_type: &ColumnType, array: &ArrayRef, at: usize, unknowns: &mut Unknowns) -> Cell {
    if array.is_null(at) {
        return Cell::Unknown(unknowns.pop_front().unwrap_or_else(|| unexplained("a value of a snapshot")));
    }
    match (column_type, array.data_type()) {
        (ColumnType::Text | ColumnType::Json | ColumnType::Reference, DataType::Utf8) => {
            Cell::text(array.as_string::<i32>().value(at))
        }
        (ColumnType::Boolean, DataType::Boolean) => Cell::Boolean(array.as_boolean().value(at)),
        (ColumnType::Integer, DataType::Int64) => Cell::Integer(array.as_primitive::<Int64Type>().value(at)),
        (ColumnType::Number, DataType::Float64) => Cell::Number(array.as_primitive::<Float64Type>().value(at)),
        (ColumnType::List(inner), DataType::List(_)) => {
            let items = array.as_list::<i32>().value(at);
            Cell::List((0..items.len()).map(|item| cell(inner, &items, item, unknowns)).collect())
        }
        (ColumnType::Map, DataType::Map(..)) => map(array, at, unknowns),
        (ColumnType::Struct(columns), DataType::Struct(_)) => {
            let structs = array.as_struct();
            let field =
                |column: &partywall_model::Column, unknowns: &mut Unknowns| match structs.column_by_name(column.name) {
                    Some(array) => cell(&column.column_type, array, at, unknowns),
                    None => Cell::Unknown(unexplained(column.name)),
                };
            Cell::Struct(columns.iter().map(|column| field(column, unknowns)).collect())
        }
        _ => Cell::Unknown(unexplained("a column whose type has changed")),
    }
}

fn map(array: &ArrayRef, at: usize, unknowns: &mut Unknowns) -> Cell {
    let entries = array.as_map().value(at);
    let (keys, values) = (entries.column(0), entries.column(1));
    let mut map = BTreeMap::new();
    for entry in 0..entries.len() {
        let key = keys.as_string::<i32>().value(entry).to_owned();
        map.insert(key, cell(&ColumnType::Text, values, entry, unknowns));
    }
    Cell::Map(map)
}

/// An unknown of which the snapshot does not hold the cause: it was taken by another version.
pub(crate) fn unexplained(what: &str) -> Arc<Unknown> {
    let cause = Cause::NotUnderstood("the snapshot was taken by a version that did not know it".to_owned());
    Arc::new(Unknown { symbol: what.to_owned(), cause, reference: None })
}
