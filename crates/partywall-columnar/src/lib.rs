//! Rows in Arrow's columnar form, and inventories stored as Parquet.
//!
//! A snapshot is a folder that DuckDB, Athena, Spark and Trino read as it is: one dataset a table, partitioned by
//! account and region. What NULL alone cannot say, why a value is unknown and where a row came from, stands in columns
//! beside the table's own, so that a snapshot is judged exactly as what it was taken of.

mod cells;
pub mod rows;
mod snapshot;

pub use snapshot::{Snapshot, SnapshotError, is_snapshot, read, write};
