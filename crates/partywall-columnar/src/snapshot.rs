//! An inventory on disk: `snapshot.json`, and `<table>/account_id=<account>/region=<region>/rows.parquet`.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use partywall_model::{Cell, Gap, Inventory, Origin, Row, Suppression, Table, Unknown, Unseen, table};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{cells, rows};

/// The file that makes a folder a snapshot.
const MANIFEST: &str = "snapshot.json";

/// The version of the format.
const FORMAT: u32 = 1;

/// Columns beside the table's own: why values are unknown, in order; where the row came from; whether it will exist;
/// whether only its being there is known.
const SIDE_COLUMNS: [&str; 4] = ["partywall_unknown", "partywall_origin", "partywall_existence", "partywall_unseen"];

/// What stands in a partition's path for a value that is not known.
const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// What a snapshot holds.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The rows, and what rows could not be seen.
    pub inventory: Inventory,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// Comments that waive a check.
    pub suppressions: Vec<Suppression>,
}

/// Why a snapshot cannot be written or read.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// A file cannot be read or written.
    #[error("`{path}`: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A file is damaged, or no part of a snapshot.
    #[error("`{path}` is damaged: {message}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The snapshot was written by a newer version.
    #[error("`{path}` has the format {format}, which this version cannot read")]
    Format {
        /// The manifest.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// The folder holds something else.
    #[error("`{path}` is not empty and holds no snapshot")]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    partywall_snapshot: u32,
    tables: BTreeMap<String, usize>,
    gaps: Vec<Gap>,
    suppressions: Vec<Suppression>,
    unseen: Vec<UnseenRows>,
}

#[derive(Serialize, Deserialize)]
struct UnseenRows {
    table: String,
    account_id: Arc<str>,
    region: Arc<str>,
    cause: Arc<Unknown>,
    asked: bool,
}

/// Whether a folder holds a snapshot.
pub fn is_snapshot(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file()
}

/// Writes a snapshot; one that is there already is replaced.
///
/// # Errors
/// When the folder holds something else, or cannot be written.
pub fn write(folder: &Path, snapshot: &Snapshot) -> Result<(), SnapshotError> {
    clear(folder)?;
    let mut tables = BTreeMap::new();
    for (table, rows) in snapshot.inventory.resource_tables().filter(|(_, rows)| !rows.is_empty()) {
        tables.insert(table.name.to_owned(), rows.len());
        let mut partitions: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
        for row in rows {
            let value = |column: &str| row.text(table, column).unwrap_or(NO_VALUE).to_owned();
            partitions.entry((value("account_id"), value("region"))).or_default().push(row.clone());
        }
        for ((account_id, region), rows) in &partitions {
            let (account_id, region) = (encoded(account_id), encoded(region));
            let path = folder.join(table.name).join(format!("account_id={account_id}/region={region}"));
            write_rows(&path, table, rows)?;
        }
    }
    let unseen = |unseen: &Unseen| UnseenRows {
        table: unseen.table.to_owned(),
        account_id: unseen.account_id.clone(),
        region: unseen.region.clone(),
        cause: unseen.cause.clone(),
        asked: unseen.asked,
    };
    let manifest = Manifest {
        partywall_snapshot: FORMAT,
        tables,
        gaps: snapshot.gaps.clone(),
        suppressions: snapshot.suppressions.clone(),
        unseen: snapshot.inventory.unseen().iter().map(unseen).collect(),
    };
    let path = folder.join(MANIFEST);
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| damaged(&path, &error))?;
    std::fs::write(&path, text + "\n").map_err(|error| SnapshotError::File { path, error })
}

/// Makes the folder empty; only a snapshot is ever removed.
fn clear(folder: &Path) -> Result<(), SnapshotError> {
    let failed = |error| SnapshotError::File { path: folder.to_owned(), error };
    if is_snapshot(folder) {
        for entry in std::fs::read_dir(folder).map_err(failed)?.flatten() {
            let path = entry.path();
            let is_table = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| table(name).is_some());
            if is_table {
                std::fs::remove_dir_all(&path).map_err(failed)?;
            }
        }
    } else if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(SnapshotError::Occupied { path: folder.to_owned() });
    }
    std::fs::create_dir_all(folder).map_err(failed)
}

/// A value as a partition's path holds it: what Hive escapes, escaped.
fn encoded(value: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
    utf8_percent_encode(value, KEPT).to_string()
}

fn write_rows(folder: &Path, table: &Table, own: &[Row]) -> Result<(), SnapshotError> {
    std::fs::create_dir_all(folder).map_err(|error| SnapshotError::File { path: folder.to_owned(), error })?;
    let path = folder.join("rows.parquet");
    let batch = batch(table, own).map_err(|error| damaged(&path, &error))?;
    let file = File::create(&path).map_err(|error| SnapshotError::File { path: path.clone(), error })?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let written = ArrowWriter::try_new(file, batch.schema(), Some(properties)).and_then(|mut writer| {
        writer.write(&batch)?;
        writer.close()
    });
    written.map(|_| ()).map_err(|error: ParquetError| damaged(&path, &error))
}

fn batch(table: &Table, own: &[Row]) -> Result<RecordBatch, ArrowError> {
    let schema = rows::schema(table);
    let values = rows::batch(table, &schema, own)?;
    let mut fields: Vec<Field> = schema.fields().iter().map(|field| field.as_ref().clone()).collect();
    fields.extend(SIDE_COLUMNS.map(|name| Field::new(name, DataType::Utf8, true)));
    let mut columns: Vec<ArrayRef> = values.columns().to_vec();
    let text = |values: Vec<Option<String>>| -> ArrayRef { Arc::new(StringArray::from(values)) };
    columns.push(text(own.iter().map(unknown_text).collect()));
    columns.push(text(own.iter().map(|row| json(&row.origin)).collect()));
    columns.push(text(own.iter().map(|row| row.existence.as_ref().and_then(json)).collect()));
    columns.push(text(own.iter().map(|row| row.unseen.as_ref().and_then(json)).collect()));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn json(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// The causes of a row's unknowns in order; None when everything is known.
fn unknown_text(row: &Row) -> Option<String> {
    let unknowns: Vec<&Arc<Unknown>> = row.cells.iter().flat_map(Cell::unknowns).collect();
    if unknowns.is_empty() { None } else { json(&unknowns) }
}

fn damaged(path: &Path, error: &dyn std::fmt::Display) -> SnapshotError {
    SnapshotError::Damaged { path: path.to_owned(), message: error.to_string() }
}

/// Reads a snapshot.
///
/// # Errors
/// When a part of it is missing, damaged or of a newer format: rows must not vanish.
pub fn read(folder: &Path) -> Result<Snapshot, SnapshotError> {
    let path = folder.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|error| SnapshotError::File { path: path.clone(), error })?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| damaged(&path, &error))?;
    if manifest.partywall_snapshot != FORMAT {
        return Err(SnapshotError::Format { path, format: manifest.partywall_snapshot });
    }
    let mut inventory = Inventory::default();
    for (name, count) in &manifest.tables {
        let table = table(name).ok_or_else(|| damaged(&path, &format!("there is no table `{name}` any more")))?;
        let files = parquet_files(&folder.join(name))?;
        let mut read = 0;
        for file in files {
            for row in read_rows(&file, table)? {
                read += 1;
                inventory.push(table.name, row).map_err(|error| damaged(&file, &error))?;
            }
        }
        if read != *count {
            return Err(damaged(&path, &format!("`{name}` should have {count} rows and has {read}")));
        }
    }
    for unseen in manifest.unseen {
        let Some(table) = table(&unseen.table) else { continue };
        inventory.add_unseen(Unseen {
            table: table.name,
            account_id: unseen.account_id,
            region: unseen.region,
            cause: unseen.cause,
            asked: unseen.asked,
        });
    }
    inventory.sort();
    Ok(Snapshot { inventory, gaps: manifest.gaps, suppressions: manifest.suppressions })
}

fn parquet_files(folder: &Path) -> Result<Vec<PathBuf>, SnapshotError> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|error| SnapshotError::File { path: folder.to_owned(), error })?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(parquet_files(&path)?);
        } else if path.extension().is_some_and(|kind| kind == "parquet") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_rows(path: &Path, table: &'static Table) -> Result<Vec<Row>, SnapshotError> {
    let file = File::open(path).map_err(|error| SnapshotError::File { path: path.to_owned(), error })?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|error| damaged(path, &error))?;
    let mut found = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| damaged(path, &error))?;
        for at in 0..batch.num_rows() {
            found.push(row(&batch, at, table).map_err(|message| damaged(path, &message))?);
        }
    }
    Ok(found)
}

fn row(batch: &RecordBatch, at: usize, table: &'static Table) -> Result<Row, String> {
    let side = |name: &str| {
        let column = batch.column_by_name(name).filter(|column| column.data_type() == &DataType::Utf8);
        column.filter(|column| !column.is_null(at)).map(|column| column.as_string::<i32>().value(at))
    };
    let parse = |error: serde_json::Error| error.to_string();
    let [unknown, origin, existence, unseen] = SIDE_COLUMNS.map(side);
    let mut unknowns: cells::Unknowns = match unknown {
        Some(text) => serde_json::from_str(text).map_err(parse)?,
        None => cells::Unknowns::new(),
    };
    let origin: Origin = serde_json::from_str(origin.ok_or("a row has no origin")?).map_err(parse)?;
    let existence: Option<Arc<Unknown>> = existence.map(serde_json::from_str).transpose().map_err(parse)?;
    let unseen: Option<Arc<Unknown>> = unseen.map(serde_json::from_str).transpose().map_err(parse)?;
    let cells: Vec<Cell> = table
        .columns
        .iter()
        .map(|column| match batch.column_by_name(column.name) {
            Some(array) => cells::cell(&column.column_type, array, at, &mut unknowns),
            None => Cell::Unknown(cells::unexplained(column.name)),
        })
        .collect();
    let resource = cells.first().and_then(Cell::as_text).ok_or("a row has no `resource`")?.into();
    Ok(Row { resource, origin: Arc::new(origin), existence, unseen, cells })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use std::sync::Arc;

    use partywall_model::{Cause, Cell, ColumnType, Inventory, Origin, Row, TABLES, Table, Unknown, Unseen};

    use super::{Snapshot, SnapshotError, is_snapshot, read, write};

    fn unknown(symbol: &str) -> Arc<Unknown> {
        Arc::new(Unknown { symbol: symbol.to_owned(), cause: Cause::NoValue, reference: None })
    }

    /// A cell of a column's type, deep enough to hold everything that it can, every third one unknown.
    fn cell(column_type: &ColumnType, count: &mut usize) -> Cell {
        *count += 1;
        if count.is_multiple_of(3) {
            return Cell::Unknown(unknown(&format!("var.x{count}")));
        }
        match column_type {
            ColumnType::Text | ColumnType::Json | ColumnType::Reference => Cell::text(format!("text {count}")),
            ColumnType::Boolean => Cell::Boolean(count.is_multiple_of(2)),
            ColumnType::Integer => Cell::Integer(*count as i64),
            ColumnType::Number => Cell::Number(*count as f64 / 2.0),
            ColumnType::Map => Cell::Map(["a", "b"].map(|key| (key.to_owned(), cell(&ColumnType::Text, count))).into()),
            ColumnType::List(inner) => Cell::List((0..2).map(|_| cell(inner, count)).collect()),
            ColumnType::Struct(columns) => {
                Cell::Struct(columns.iter().map(|column| cell(&column.column_type, count)).collect())
            }
        }
    }

    fn rows(table: &Table) -> Vec<Row> {
        let mut count = table.name.len();
        (0..3)
            .map(|number| {
                let mut cells: Vec<Cell> =
                    table.columns.iter().map(|column| cell(&column.column_type, &mut count)).collect();
                let resource: Arc<str> = format!("{}/{number}", table.name).into();
                cells[0] = Cell::Text(resource.clone());
                let origin = Origin::Document { file: "plan.json".into(), path: resource.to_string() };
                let existence = (number == 1).then(|| unknown("var.enabled"));
                let unseen = (number == 2).then(|| unknown("eks:DescribeCluster"));
                Row { resource, origin: Arc::new(origin), existence, unseen, cells }
            })
            .collect()
    }

    fn everything() -> Inventory {
        let mut inventory = Inventory::default();
        for table in TABLES.iter().filter(|table| !table.derived) {
            rows(table).into_iter().for_each(|row| inventory.push(table.name, row).unwrap());
        }
        inventory.add_unseen(Unseen {
            table: "aws_s3_bucket",
            account_id: "111122223333".into(),
            region: "global".into(),
            cause: unknown("s3:ListBuckets"),
            asked: true,
        });
        inventory.sort();
        inventory
    }

    #[test]
    fn every_table_comes_back_as_it_went() {
        let folder = tempfile::tempdir().unwrap();
        let inventory = everything();
        let before: Vec<Vec<Row>> = inventory.tables().map(|(_, rows)| rows.to_vec()).collect();
        let unseen = inventory.unseen().to_vec();
        write(folder.path(), &Snapshot { inventory, ..Snapshot::default() }).unwrap();
        assert!(is_snapshot(folder.path()));
        let snapshot = read(folder.path()).unwrap();
        let after: Vec<Vec<Row>> = snapshot.inventory.tables().map(|(_, rows)| rows.to_vec()).collect();
        assert_eq!(before, after);
        assert_eq!(snapshot.inventory.unseen(), unseen);
    }

    #[test]
    fn a_lost_file_is_an_error_and_never_fewer_rows() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &Snapshot { inventory: everything(), ..Snapshot::default() }).unwrap();
        let table = folder.path().join("aws_s3_bucket");
        let partition = std::fs::read_dir(&table).unwrap().flatten().next().unwrap().path();
        std::fs::remove_dir_all(partition).unwrap();
        assert!(matches!(read(folder.path()), Err(SnapshotError::Damaged { .. })));
    }

    #[test]
    fn a_folder_with_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
        assert!(matches!(write(folder.path(), &Snapshot::default()), Err(SnapshotError::Occupied { .. })));
        assert!(folder.path().join("thesis.txt").exists());
    }
}
