//! The rows of one site, as the analyses ask for them.

use std::sync::Arc;

use partywall_model::{Cause, Cell, Inventory, Row, Table, Unknown, table};

/// One site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'i> {
    inventory: &'i Inventory,
    /// The row of the site itself.
    pub(crate) own: Record<'i>,
}

/// A row with its table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'i> {
    table: &'static Table,
    pub(crate) row: &'i Row,
}

/// An instant that need not be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instant {
    /// Nobody set it: it has not come, or does not matter.
    Unset,
    /// Seconds since 1970.
    At(i64),
    /// It is not known.
    Unknown,
}

impl<'i> Site<'i> {
    /// Every site of an inventory.
    pub(crate) fn all(inventory: &'i Inventory) -> Vec<Self> {
        let Some(table) = table("site") else { return Vec::new() };
        inventory.rows("site").iter().map(|row| Self { inventory, own: Record { table, row } }).collect()
    }

    /// The rows of a table that belong to the site.
    pub(crate) fn rows(&self, name: &str) -> impl Iterator<Item = Record<'i>> + use<'i> {
        let own: &'i str = &self.own.row.resource;
        let found = table(name);
        let rows = self.inventory.rows(name).iter();
        rows.filter_map(move |row| Some(Record { table: found?, row })).filter(move |row| row.text("account_id") == own)
    }

    /// Why rows of one of these tables may be missing.
    pub(crate) fn unseen(&self, names: &[&str]) -> Option<Arc<Unknown>> {
        let is_ours = |account: &str| account.is_empty() || account == self.own.row.resource.as_ref();
        let unseen = self.inventory.unseen().iter();
        let mut of = unseen.filter(|unseen| names.contains(&unseen.table) && is_ours(&unseen.account_id));
        of.next().map(|unseen| unseen.cause.clone())
    }

    /// The site's name.
    pub(crate) fn name(&self) -> &'i str {
        self.own.text("name")
    }

    /// The last instant that the evidence speaks of, in seconds since 1970.
    pub(crate) fn end(&self) -> Option<i64> {
        match self.own.instant("as_of") {
            Instant::At(seconds) => Some(seconds),
            Instant::Unset | Instant::Unknown => None,
        }
    }
}

impl<'i> Record<'i> {
    /// The text of a column; '' when it is not set or not known.
    pub(crate) fn text(&self, column: &str) -> &'i str {
        self.row.text(self.table, column).unwrap_or_default()
    }

    /// The text of a column; None when it is not known.
    pub(crate) fn known_text(&self, column: &str) -> Option<&'i str> {
        self.row.text(self.table, column)
    }

    /// The number of a column, when it is known.
    pub(crate) fn number(&self, column: &str) -> Option<f64> {
        match self.row.cell(self.table, column) {
            Some(Cell::Number(number)) => Some(*number).filter(|number| number.is_finite()),
            Some(Cell::Integer(number)) => Some(*number as f64),
            _ => None,
        }
    }

    /// The truth value of a column, when it is known.
    pub(crate) fn flag(&self, column: &str) -> Option<bool> {
        self.row.cell(self.table, column).and_then(Cell::as_boolean)
    }

    /// The texts of a list; None when it is not known.
    pub(crate) fn list(&self, column: &str) -> Option<Vec<&'i str>> {
        match self.row.cell(self.table, column) {
            Some(Cell::List(cells)) => cells.iter().map(Cell::as_text).collect(),
            _ => None,
        }
    }

    /// The instant of a column of this name and its `_seconds`.
    pub(crate) fn instant(&self, column: &str) -> Instant {
        match (self.number(&format!("{column}_seconds")), self.known_text(column)) {
            (Some(seconds), _) => Instant::At(seconds as i64),
            (None, Some("")) => Instant::Unset,
            (None, _) => Instant::Unknown,
        }
    }

    /// A row of a derived table about this one. The columns after `resource` are given.
    pub(crate) fn derive(&self, cells: Vec<Cell>) -> Row {
        let cells = std::iter::once(Cell::Text(self.row.resource.clone())).chain(cells).collect();
        Row {
            resource: self.row.resource.clone(),
            origin: self.row.origin.clone(),
            existence: self.row.existence.clone(),
            unseen: None,
            cells,
        }
    }
}

/// A cell that is not known, for this reason.
pub(crate) fn undetermined(symbol: &str, why: &str) -> Cell {
    let cause = Cause::Undetermined(why.to_owned());
    Cell::Unknown(Arc::new(Unknown { symbol: symbol.to_owned(), cause, reference: None }))
}

/// Whether a condition holds: what was found against it is certain, that nothing was found counts only when nothing
/// was hidden.
pub(crate) fn verdict(found: usize, hidden: Option<Arc<Unknown>>) -> Cell {
    match (found, hidden) {
        (0, None) => Cell::Boolean(true),
        (0, Some(unknown)) => Cell::Unknown(unknown),
        _ => Cell::Boolean(false),
    }
}

/// Texts that a list shows; the others are counted.
const TEXTS_MAX: usize = 20;

/// Texts as a list that people can read.
pub(crate) fn texts(mut all: Vec<String>) -> Cell {
    let more = all.len().saturating_sub(TEXTS_MAX);
    all.truncate(TEXTS_MAX);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    Cell::List(all.into_iter().map(Cell::text).collect())
}
