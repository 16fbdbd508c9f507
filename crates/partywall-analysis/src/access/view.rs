//! Rows by the columns that the analysis of access needs.

use std::sync::Arc;

use partywall_model::{Cell, Inventory, Row, Table, table};

use super::names::Names;

/// A row with its table.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) table: &'static Table,
    pub(super) row: &'a Row,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Known<T> {
    /// This.
    Yes(T),
    /// Nobody knows.
    No,
}

/// The rows of a table.
pub(super) fn rows<'a>(inventory: &'a Inventory, name: &str) -> impl Iterator<Item = View<'a>> {
    let table = table(name);
    inventory.rows(name).iter().filter_map(move |row| Some(View { table: table?, row }))
}

/// What of an inventory is read: all of it, or the rows of one account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) account: Option<&'a str>,
}

impl<'a> Part<'a> {
    /// The rows of a table in this part.
    pub(super) fn rows(self, names: &'a Names, name: &str) -> impl Iterator<Item = View<'a>> {
        let is_of = move |view: &View<'a>| self.holds(names, view);
        rows(self.inventory, name).filter(is_of)
    }

    /// Whether a row is in this part.
    pub(super) fn holds(self, names: &Names, view: &View<'_>) -> bool {
        self.account.is_none_or(|account| *names.account(view.table, view.row) == *account)
    }
}

/// Whether rows of a table may be missing: a source could not show them, or nobody asked it.
pub(super) fn is_unseen(inventory: &Inventory, name: &str) -> bool {
    inventory.unseen().iter().any(|unseen| unseen.table == name)
}

impl<'a> View<'a> {
    /// The value of the `resource` column.
    pub(super) fn key(&self) -> &'a Arc<str> {
        &self.row.resource
    }

    /// A text; '' when the table has no such column.
    pub(super) fn text(&self, column: &str) -> Known<&'a str> {
        match self.row.cell(self.table, column) {
            Some(Cell::Text(text)) => Known::Yes(text),
            Some(Cell::Unknown(_)) => Known::No,
            _ => Known::Yes(""),
        }
    }

    /// A text that is known and not empty.
    pub(super) fn given(&self, column: &str) -> Option<&'a str> {
        self.row.text(self.table, column).filter(|text| !text.is_empty())
    }

    /// A truth value.
    pub(super) fn boolean(&self, column: &str) -> Known<bool> {
        match self.row.cell(self.table, column) {
            Some(Cell::Boolean(truth)) => Known::Yes(*truth),
            Some(Cell::Unknown(_)) => Known::No,
            _ => Known::Yes(false),
        }
    }

    /// The texts of a list, and whether there may be more or others.
    pub(super) fn list(&self, column: &str) -> (Vec<&'a str>, bool) {
        match self.row.cell(self.table, column) {
            Some(Cell::List(cells)) => {
                let texts = cells.iter().filter_map(Cell::as_text).filter(|text| !text.is_empty()).collect();
                (texts, cells.iter().any(|cell| matches!(cell, Cell::Unknown(_))))
            }
            Some(Cell::Text(text)) if !text.is_empty() => (vec![&**text], false),
            Some(Cell::Unknown(_)) => (Vec::new(), true),
            _ => (Vec::new(), false),
        }
    }

    /// The entries of a map that are known; None when the map is not.
    pub(super) fn map(&self, column: &str) -> Option<Vec<(&'a str, &'a str)>> {
        match self.row.cell(self.table, column) {
            Some(Cell::Map(entries)) => {
                Some(entries.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_text()?))).collect())
            }
            _ => None,
        }
    }
}
