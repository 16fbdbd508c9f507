//! Rows that a source could not show, and what that does to verdicts.

use std::sync::Arc;

use partywall_model::{Inventory, Origin, Row, Table, Unseen};

/// Why a verdict about a row cannot stand: the statement looks beyond the row into a table of the row's account whose
/// rows were not all seen.
pub(crate) fn taint<'i>(inventory: &'i Inventory, tables: &[&str], table: &Table, row: &Row) -> Option<&'i Unseen> {
    let Origin::Api { .. } = row.origin.as_ref() else { return None };
    let account_id = row.text(table, "account_id").unwrap_or_default();
    inventory.unseen().iter().find(|unseen| {
        tables.contains(&unseen.table) && (unseen.account_id.is_empty() || unseen.account_id.as_ref() == account_id)
    })
}

/// What stands for rows that somebody asked for and did not get.
pub(crate) fn stand_ins<'i>(inventory: &'i Inventory, table: &str) -> impl Iterator<Item = &'i Unseen> {
    inventory.unseen().iter().filter(move |unseen| unseen.asked && unseen.table == table)
}

/// The name of what stands for unseen rows: account, region, table.
pub(crate) fn resource(unseen: &Unseen) -> Arc<str> {
    format!("{}/{}/{}", unseen.account_id, unseen.region, unseen.table).into()
}
