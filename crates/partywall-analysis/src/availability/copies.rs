//! What a row itself tells about copies of its data elsewhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_model::{Cell, ColumnType, Row, Table};

use super::words::Range;

/// The words about copies that a row tells by itself.
pub(super) fn of_row(table: &Table, row: &Row) -> Vec<(&'static str, Range)> {
    match table.name {
        "aws_dynamodb_table" => vec![("replica_regions", regions_of_table(table, row))],
        "aws_s3_bucket" => vec![("replica_regions", buckets(table, row))],
        "aws_directory_service_directory" | "aws_secretsmanager_secret" => {
            vec![("replica_regions", listed(table, row, "replica_regions"))]
        }
        "aws_kms_key" => vec![("replica_regions", Range::from(0, "replicas of the key are not in sight"))],
        _ => Vec::new(),
    }
}

/// Copies of a table in other regions; CloudFormation lists the table's own as well.
fn regions_of_table(table: &Table, row: &Row) -> Range {
    let own = row.text(table, "region").unwrap_or_default();
    let (names, missing) = field(table, row, "replicas", "region_name");
    let others = names.iter().filter(|name| ***name != *own).count();
    let separate = match row.cell(table, "has_separate_replica") {
        Some(Cell::Boolean(true)) => 1,
        _ => 0,
    };
    let least = u32::try_from(others).unwrap_or(u32::MAX).max(separate);
    match missing {
        Some(missing) => Range::from(least, missing),
        None => Range::exactly(least),
    }
}

/// Buckets that receive copies. Whether they are in another region is for the graph to find out.
fn buckets(table: &Table, row: &Row) -> Range {
    let (names, missing) = field(table, row, "replication_rules", "destination_bucket");
    match (names.len(), missing) {
        (0, None) => Range::NONE,
        (_, Some(missing)) => Range::from(0, missing),
        (count, None) => Range {
            least: 0,
            most: u32::try_from(count).unwrap_or(u32::MAX),
            missing: Some("the region of the bucket that receives copies is not in sight".into()),
        },
    }
}

/// The entries of a list.
fn listed(table: &Table, row: &Row, column: &str) -> Range {
    match row.cell(table, column) {
        Some(Cell::List(items)) => Range::exactly(u32::try_from(items.len()).unwrap_or(u32::MAX)),
        Some(Cell::Unknown(unknown)) => Range::from(0, unknown.to_string()),
        _ => Range::NONE,
    }
}

/// The known texts of one field of a list of structs; then why there may be more.
pub(super) fn field(table: &Table, row: &Row, column: &str, field: &str) -> (BTreeSet<Arc<str>>, Option<String>) {
    let Some((_, declared)) = table.column(column) else { return (BTreeSet::new(), None) };
    let ColumnType::List(ColumnType::Struct(fields)) = declared.column_type else { return (BTreeSet::new(), None) };
    let at = fields.iter().position(|known| known.name == field);
    let items = match row.cell(table, column) {
        Some(Cell::List(items)) => items,
        Some(Cell::Unknown(unknown)) => return (BTreeSet::new(), Some(unknown.to_string())),
        _ => return (BTreeSet::new(), None),
    };
    let (mut known, mut missing) = (BTreeSet::new(), None);
    for item in items {
        let cell = match item {
            Cell::Struct(cells) => at.and_then(|at| cells.get(at)),
            other => Some(other),
        };
        match cell {
            Some(Cell::Text(text)) => {
                known.insert(text.clone());
            }
            Some(Cell::Unknown(unknown)) => missing = Some(unknown.to_string()),
            _ => {}
        }
    }
    (known, missing)
}
