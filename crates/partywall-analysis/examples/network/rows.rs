//! Rows of an estate as a live account shows them.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use partywall_model::{Cell, ColumnType, Origin, Row, table};

/// A row of which only some columns are set; the rest are empty.
pub(crate) fn row(name: &str, resource: &str, set: &[(&str, Cell)]) -> Result<Row, Box<dyn Error>> {
    let table = table(name).ok_or_else(|| format!("there is no table {name}"))?;
    let cell = |column: &partywall_model::Column| {
        let given = set.iter().find(|(name, _)| *name == column.name);
        given.map_or_else(|| empty(column.column_type), |(_, cell)| cell.clone())
    };
    let none: Arc<str> = "".into();
    let origin = Origin::Api { file: none.clone(), call: none.clone(), account_id: none.clone(), region: none };
    Ok(Row {
        resource: resource.into(),
        origin: Arc::new(origin),
        existence: None,
        unseen: None,
        cells: table.columns.iter().map(cell).collect(),
    })
}

fn empty(column: ColumnType) -> Cell {
    match column {
        ColumnType::Text | ColumnType::Json | ColumnType::Reference => Cell::text(""),
        ColumnType::Boolean => Cell::Boolean(false),
        ColumnType::Integer => Cell::Integer(-1),
        ColumnType::Number => Cell::Number(0.0),
        ColumnType::Map => Cell::Map(BTreeMap::new()),
        ColumnType::List(_) => Cell::List(Vec::new()),
        ColumnType::Struct(fields) => Cell::Struct(fields.iter().map(|field| empty(field.column_type)).collect()),
    }
}

pub(crate) fn text(text: impl Into<String>) -> Cell {
    Cell::text(text.into())
}

pub(crate) fn texts(all: impl IntoIterator<Item = String>) -> Cell {
    Cell::List(all.into_iter().map(Cell::text).collect())
}

/// A permission of a security group: one port, for a range or for a group; all ports when it is negative.
pub(crate) fn permission(port: i64, range: Option<String>, group: Option<String>) -> Result<Cell, Box<dyn Error>> {
    let (_, column) =
        table("aws_vpc_security_group").and_then(|table| table.column("ip_permissions")).ok_or("no column")?;
    let ColumnType::List(ColumnType::Struct(fields)) = column.column_type else {
        return Err("no list of structs".into());
    };
    let list = |text: &Option<String>| Cell::List(text.iter().map(|text| Cell::text(text.as_str())).collect());
    let value = |field: &partywall_model::Column| match field.name {
        "ip_protocol" => Cell::text(if port < 0 { "-1" } else { "tcp" }),
        "from_port" | "to_port" => Cell::Integer(port),
        "cidr_ipv4" => list(&range),
        "referenced_group_ids" => list(&group),
        _ => empty(field.column_type),
    };
    Ok(Cell::Struct(fields.iter().map(value).collect()))
}
