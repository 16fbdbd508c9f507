//! The shipped checks and tables keep their own rules.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use partywall::test_checks;
use partywall_checks::Library;
use partywall_model::{Inventory, TABLES};
use partywall_sql::Database;

/// Fewer would mean that some got lost.
const CHECKS_MIN: usize = 80;
const TABLES_MIN: usize = 60;

#[test]
fn every_example_gets_its_verdict() {
    let (count, faults) = test_checks(&Library::shipped().unwrap(), &[]).unwrap();
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 3 * CHECKS_MIN, "{count} examples");
}

#[test]
fn the_library_is_sound_and_complete() {
    let library = Library::shipped().unwrap();
    let database = Database::new(Arc::new(Inventory::default())).unwrap();
    assert_eq!(library.faults(&database), Vec::<String>::new());
    assert!(library.checks.len() >= CHECKS_MIN, "{} checks", library.checks.len());
    assert!(TABLES.len() >= TABLES_MIN, "{} tables", TABLES.len());
}

#[test]
fn every_table_and_column_is_described() {
    let mut silent = Vec::new();
    for table in TABLES {
        if table.about.trim().is_empty() {
            silent.push(table.name.to_owned());
        }
        let columns = table.columns.iter().filter(|column| column.about.trim().is_empty());
        silent.extend(columns.map(|column| format!("{}.{}", table.name, column.name)));
    }
    assert!(silent.is_empty(), "not described: {}", silent.join(", "));
}
