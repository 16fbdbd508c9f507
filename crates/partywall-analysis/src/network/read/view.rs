//! One row, by the names of its columns.

use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::{Cell, Inventory, Origin, Row, Table, table};

use crate::network::address::range;
use crate::network::model::{Fact, Missing, Name};

/// One row, by the names of its columns.
#[derive(Clone, Copy)]
pub(super) struct View<'i> {
    pub(super) table: &'static Table,
    pub(super) row: &'i Row,
}

/// The rows of a table.
pub(super) fn views<'i>(inventory: &'i Inventory, name: &str) -> impl Iterator<Item = View<'i>> + use<'i> {
    let table = table(name);
    debug_assert!(table.is_some(), "there is no table {name}");
    let rows = if table.is_some() { inventory.rows(name) } else { &[] };
    rows.iter().filter_map(move |row| Some(View { table: table?, row }))
}

impl<'i> View<'i> {
    pub(super) fn cell(self, column: &str) -> Option<&'i Cell> {
        debug_assert!(self.table.column(column).is_some(), "{} has no column {column}", self.table.name);
        self.row.cell(self.table, column)
    }

    /// Whether the source is the account itself, which leaves nothing out.
    pub(super) fn is_live(self) -> bool {
        matches!(*self.row.origin, Origin::Api { .. })
    }

    /// What people call it: the id in `column`, or what the source calls it.
    pub(super) fn name(self, column: &str) -> Name {
        let id = self.cell(column).and_then(Cell::as_text).filter(|text| !text.is_empty());
        Name { resource: self.row.resource.clone(), short: id.unwrap_or(&self.row.resource).into() }
    }

    /// Why it is not known whether it is there.
    pub(super) fn doubt(self) -> Option<Missing> {
        self.row.existence.as_ref().map(|unknown| unknown.to_string().into())
    }

    /// The text; '' when it is not set.
    pub(super) fn text(self, column: &str) -> Fact<Arc<str>> {
        match self.cell(column) {
            Some(Cell::Text(text)) => Ok(text.clone()),
            other => Err(missing(other, column)),
        }
    }

    /// The text, when it is known and set.
    pub(super) fn set(self, column: &str) -> Option<Arc<str>> {
        self.text(column).ok().filter(|text| !text.is_empty())
    }

    /// What is referred to.
    ///
    /// # Errors
    /// When it is not known, or not set.
    pub(super) fn reference(self, column: &str) -> Fact<Arc<str>> {
        match self.text(column) {
            Ok(text) if text.is_empty() => Err(format!("`{}` names no `{column}`", self.row.resource).into()),
            other => other,
        }
    }

    pub(super) fn boolean(self, column: &str) -> Fact<bool> {
        match self.cell(column) {
            Some(Cell::Boolean(truth)) => Ok(*truth),
            other => Err(missing(other, column)),
        }
    }

    pub(super) fn integer(self, column: &str) -> Fact<i64> {
        match self.cell(column) {
            Some(Cell::Integer(number)) => Ok(*number),
            other => Err(missing(other, column)),
        }
    }

    /// The known texts of a list; then why further ones may be in it.
    pub(super) fn texts(self, column: &str) -> (Vec<Arc<str>>, Option<Missing>) {
        texts(self.cell(column), column)
    }

    /// The known ranges of a list; then why further ones may be in it.
    pub(super) fn ranges(self, column: &str) -> (Vec<IpNet>, Option<Missing>) {
        let (texts, mut more) = self.texts(column);
        let mut ranges = Vec::new();
        for text in texts.iter().filter(|text| !text.is_empty()) {
            match range(text) {
                Some(range) => ranges.push(range),
                None => more = Some(no_range(text)),
            }
        }
        (ranges, more)
    }

    /// The structs of a list, each with its fields; then why further ones may be in it.
    pub(super) fn structs(self, column: &str) -> (Vec<Fields<'i>>, Option<Missing>) {
        let fields = self.table.column(column).map(|(_, column)| column.column_type);
        let Some(partywall_model::ColumnType::List(partywall_model::ColumnType::Struct(fields))) = fields else {
            return (Vec::new(), None);
        };
        let cell = self.cell(column);
        let Some(Cell::List(items)) = cell else { return (Vec::new(), Some(missing(cell, column))) };
        let mut more = None;
        let mut found = Vec::new();
        for item in items {
            match item {
                Cell::Struct(cells) => found.push(Fields { names: fields, cells }),
                other => more = Some(missing(Some(other), column)),
            }
        }
        (found, more)
    }
}

/// The fields of a struct, by name.
#[derive(Clone, Copy)]
pub(super) struct Fields<'i> {
    names: &'static [partywall_model::Column],
    cells: &'i [Cell],
}

impl<'i> Fields<'i> {
    pub(super) fn cell(self, name: &str) -> Option<&'i Cell> {
        let at = self.names.iter().position(|column| column.name == name);
        debug_assert!(at.is_some(), "there is no field {name}");
        self.cells.get(at?)
    }

    pub(super) fn text(self, name: &str) -> Fact<Arc<str>> {
        match self.cell(name) {
            Some(Cell::Text(text)) => Ok(text.clone()),
            other => Err(missing(other, name)),
        }
    }

    pub(super) fn integer(self, name: &str) -> Fact<i64> {
        match self.cell(name) {
            Some(Cell::Integer(number)) => Ok(*number),
            other => Err(missing(other, name)),
        }
    }

    pub(super) fn texts(self, name: &str) -> (Vec<Arc<str>>, Option<Missing>) {
        texts(self.cell(name), name)
    }
}

fn texts(cell: Option<&Cell>, column: &str) -> (Vec<Arc<str>>, Option<Missing>) {
    let Some(Cell::List(items)) = cell else { return (Vec::new(), Some(missing(cell, column))) };
    let mut more = None;
    let mut found = Vec::new();
    for item in items {
        match item {
            Cell::Text(text) => found.push(text.clone()),
            other => more = Some(missing(Some(other), column)),
        }
    }
    (found, more)
}

/// Why a cell does not tell what is asked of it.
fn missing(cell: Option<&Cell>, column: &str) -> Missing {
    match cell.and_then(|cell| cell.unknowns().into_iter().next()) {
        Some(unknown) => unknown.to_string().into(),
        None => format!("`{column}` cannot be read").into(),
    }
}

/// Says that a text is no range of addresses.
pub(super) fn no_range(text: &str) -> Missing {
    format!("`{text}` is no range of addresses").into()
}
