//! The rows, typed by their table.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use crate::{ColumnType, Origin, TABLES, Table, Unknown, Unseen, table};

/// The value of the `resource` column: unique in an inventory.
pub type ResourceKey = Arc<str>;

/// One value of a row. [`Cell::Unknown`] is SQL's NULL and carries its cause.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Not known, and why.
    Unknown(Arc<Unknown>),
    /// Text, JSON or a reference.
    Text(Arc<str>),
    /// TRUE or FALSE.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A fraction.
    Number(f64),
    /// Elements in order.
    List(Vec<Cell>),
    /// Text to text, sorted by key.
    Map(BTreeMap<String, Cell>),
    /// Fields in the order of the column type.
    Struct(Vec<Cell>),
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The `resource` column.
    pub resource: ResourceKey,
    /// Where it came from.
    pub origin: Arc<Origin>,
    /// Set when it is not known whether the resource will exist at all.
    pub existence: Option<Arc<Unknown>>,
    /// Set when the call that shows the row failed, so that only its being there is known.
    pub unseen: Option<Arc<Unknown>>,
    /// One cell for each column of the table, in its order.
    pub cells: Vec<Cell>,
}

/// Every row that was read or derived, by table.
#[derive(Debug, Default, Clone)]
pub struct Inventory {
    rows: BTreeMap<&'static str, Vec<Row>>,
    /// Rows that a source could not show.
    unseen: Vec<Unseen>,
}

/// A name that no table has.
#[derive(Debug, Error)]
#[error("there is no table `{0}`; `partywall query \"show tables\"` lists them")]
pub struct UnknownTable(pub String);

impl Inventory {
    /// Adds a row to a table.
    ///
    /// # Errors
    /// When no table has this name.
    pub fn push(&mut self, name: &str, row: Row) -> Result<(), UnknownTable> {
        let table = table(name).ok_or_else(|| UnknownTable(name.to_owned()))?;
        self.rows.entry(table.name).or_default().push(row);
        Ok(())
    }

    /// The rows of a table; none when the table is empty or does not exist.
    pub fn rows(&self, name: &str) -> &[Row] {
        self.rows.get(name).map_or(&[], Vec::as_slice)
    }

    /// The rows of a table, to be changed by normalisation.
    pub fn rows_mut(&mut self, name: &str) -> &mut [Row] {
        self.rows.get_mut(name).map_or(&mut [], Vec::as_mut_slice)
    }

    /// Every table that holds a row, with its rows, by name.
    pub fn tables(&self) -> impl Iterator<Item = (&'static Table, &[Row])> {
        self.rows.iter().filter_map(|(name, rows)| Some((table(name)?, rows.as_slice())))
    }

    /// Every table that holds a row of a resource, not of an analysis.
    pub fn resource_tables(&self) -> impl Iterator<Item = (&'static Table, &[Row])> {
        self.tables().filter(|(table, _)| !table.derived)
    }

    /// Every table there is, whether it holds a row or not.
    pub fn all_tables() -> &'static [Table] {
        TABLES
    }

    /// Says that rows of a table could not be seen.
    pub fn add_unseen(&mut self, unseen: Unseen) {
        self.unseen.push(unseen);
    }

    /// What of any table could not be seen.
    pub fn unseen(&self) -> &[Unseen] {
        &self.unseen
    }

    /// Whether it is not known of some row of these tables whether its resource will exist.
    pub fn has_doubtful_rows<'a>(&self, mut names: impl Iterator<Item = &'a String>) -> bool {
        names.any(|name| self.rows(name).iter().any(|row| row.existence.is_some()))
    }

    /// The inventory without the rows of which it is not known whether their resource will exist.
    pub fn without_doubtful_rows(&self) -> Self {
        let certain = |rows: &Vec<Row>| rows.iter().filter(|row| row.existence.is_none()).cloned().collect();
        let rows = self.rows.iter().map(|(name, rows)| (*name, certain(rows))).collect();
        Self { rows, unseen: self.unseen.clone() }
    }

    /// Sorts the rows of each table by their `resource`, so that results never depend on reading order.
    pub fn sort(&mut self) {
        for rows in self.rows.values_mut() {
            rows.sort_by(|left, right| left.resource.cmp(&right.resource));
        }
    }
}

impl Row {
    /// The cell of this column, when the table has it.
    pub fn cell(&self, table: &Table, column: &str) -> Option<&Cell> {
        table.column(column).and_then(|(at, _)| self.cells.get(at))
    }

    /// The known text of this column; None when unknown, absent or of another type.
    pub fn text(&self, table: &Table, column: &str) -> Option<&str> {
        self.cell(table, column).and_then(Cell::as_text)
    }
}

impl Cell {
    /// What a column of a type holds when nothing is set.
    pub fn empty(column_type: &ColumnType) -> Self {
        match column_type {
            ColumnType::Text | ColumnType::Json | ColumnType::Reference => Self::text(""),
            ColumnType::Boolean => Self::Boolean(false),
            ColumnType::Integer => Self::Integer(0),
            ColumnType::Number => Self::Number(0.0),
            ColumnType::Map => Self::Map(BTreeMap::new()),
            ColumnType::List(_) => Self::List(Vec::new()),
            ColumnType::Struct(fields) => {
                Self::Struct(fields.iter().map(|field| Self::empty(&field.column_type)).collect())
            }
        }
    }

    /// Known text.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// The text, when it is known.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, when it is known.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The unknowns inside, in order.
    pub fn unknowns(&self) -> Vec<&Arc<Unknown>> {
        match self {
            Self::Unknown(unknown) => vec![unknown],
            Self::List(cells) | Self::Struct(cells) => cells.iter().flat_map(Self::unknowns).collect(),
            Self::Map(entries) => entries.values().flat_map(Self::unknowns).collect(),
            Self::Text(_) | Self::Boolean(_) | Self::Integer(_) | Self::Number(_) => Vec::new(),
        }
    }
}
