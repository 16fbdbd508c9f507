//! Conditions on a resource's configuration, in three-valued logic.

use partywall_model::{Cell, ColumnType, Row, Table};
use serde::Deserialize;

use crate::availability::words::Words;

/// A test of one column, or of one word that follows from several rows; exactly one of the operators is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The column.
    #[serde(default)]
    column: String,
    /// Of a list of structs: the field of its elements.
    field: Option<String>,
    /// The word, instead of a column.
    word: Option<String>,
    /// The value.
    is: Option<serde_json::Value>,
    /// How the text begins.
    starts_with: Option<String>,
    /// One of these is in the list, or in the field of an element.
    contains: Option<Vec<String>>,
    /// Whether the text or the list is there.
    set: Option<bool>,
    /// The least number.
    at_least: Option<i64>,
    /// The number is less.
    less_than: Option<i64>,
    /// The greatest number.
    at_most: Option<i64>,
}

impl Condition {
    /// Whether it holds.
    ///
    /// # Errors
    /// When it depends on something that is not known: what that is.
    pub fn holds(&self, table: &Table, row: &Row, words: &Words) -> Result<bool, String> {
        if let Some(word) = &self.word {
            let range = words.get(word);
            let (least, most) = (i64::from(range.least), i64::from(range.most));
            let decided = match (self.at_least, self.less_than, self.at_most) {
                (Some(bound), ..) => both(least >= bound, most >= bound),
                (_, Some(bound), _) => both(most < bound, least < bound),
                (.., Some(bound)) => both(most <= bound, least <= bound),
                _ => Some(false),
            };
            return decided.ok_or_else(|| range.missing_or(word));
        }
        let Some(cell) = row.cell(table, &self.column) else { return Ok(false) };
        let fields = self.field.as_ref().map(|field| fields(table, &self.column, field, cell));
        self.holds_of(fields.as_ref().unwrap_or(cell)).ok_or_else(|| match cell.unknowns().into_iter().next() {
            Some(unknown) => unknown.to_string(),
            None => format!("`{}` is not known", self.column),
        })
    }

    fn holds_of(&self, cell: &Cell) -> Option<bool> {
        if matches!(cell, Cell::Unknown(_)) {
            return None;
        }
        if let Some(wanted) = &self.contains {
            return contains(cell, wanted);
        }
        if let Some(set) = self.set {
            return match cell {
                Cell::Text(text) => Some(text.is_empty() != set),
                Cell::List(items) => Some(items.is_empty() != set),
                _ => Some(set),
            };
        }
        if let (Some(prefix), Cell::Text(text)) = (&self.starts_with, cell) {
            return Some(text.starts_with(prefix.as_str()));
        }
        if let Cell::Integer(number) = cell {
            let within = self.at_least.is_none_or(|bound| *number >= bound)
                && self.less_than.is_none_or(|bound| *number < bound)
                && self.at_most.is_none_or(|bound| *number <= bound);
            if self.is.is_none() {
                return Some(within);
            }
        }
        self.is.as_ref().map(|expected| plain(cell) == *expected)
    }

    /// What is wrong with the condition, if anything is.
    pub(super) fn fault(&self, table: &Table, words: &[&str]) -> Option<String> {
        let operators = [
            self.is.is_some(),
            self.starts_with.is_some(),
            self.contains.is_some(),
            self.set.is_some(),
            self.at_least.is_some(),
            self.less_than.is_some(),
            self.at_most.is_some(),
        ];
        if operators.iter().filter(|given| **given).count() != 1 {
            return Some(format!("a condition on `{}` has not one operator", self.column));
        }
        if let Some(word) = &self.word {
            return (!words.contains(&word.as_str())).then(|| format!("there is no word `{word}`"));
        }
        let Some((_, column)) = table.column(&self.column) else {
            return Some(format!("there is no column `{}`", self.column));
        };
        let field = self.field.as_ref()?;
        match column.column_type {
            ColumnType::List(ColumnType::Struct(fields)) if fields.iter().any(|known| known.name == field) => None,
            _ => Some(format!("`{}` has no field `{field}`", self.column)),
        }
    }

    /// Whether one of both always holds.
    pub(super) fn is_opposite_of(&self, other: &Self) -> bool {
        let of_same = self.word == other.word && self.column == other.column;
        let bounds = (self.at_least.is_some() && self.at_least == other.less_than)
            || (self.less_than.is_some() && self.less_than == other.at_least);
        of_same && bounds
    }
}

/// One field of every element.
fn fields(table: &Table, column: &str, field: &str, cell: &Cell) -> Cell {
    let declared = table.column(column).map(|(_, column)| column.column_type);
    let at = match declared {
        Some(ColumnType::List(ColumnType::Struct(fields))) => fields.iter().position(|known| known.name == field),
        _ => None,
    };
    let (Some(at), Cell::List(items)) = (at, cell) else { return cell.clone() };
    let one = |item: &Cell| match item {
        Cell::Struct(cells) => cells.get(at).cloned(),
        other => Some(other.clone()),
    };
    Cell::List(items.iter().filter_map(one).collect())
}

/// A truth when certain and possible agree.
fn both(certain: bool, possible: bool) -> Option<bool> {
    (certain == possible).then_some(certain)
}

/// Whether one of the texts is anywhere inside.
fn contains(cell: &Cell, wanted: &[String]) -> Option<bool> {
    match cell {
        Cell::Text(text) => Some(wanted.iter().any(|wanted| **wanted == **text)),
        Cell::Unknown(_) => None,
        Cell::List(items) | Cell::Struct(items) => {
            let mut answer = Some(false);
            for item in items {
                match contains(item, wanted) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => answer = None,
                }
            }
            answer
        }
        _ => Some(false),
    }
}

fn plain(cell: &Cell) -> serde_json::Value {
    match cell {
        Cell::Text(text) => text.as_ref().into(),
        Cell::Boolean(truth) => (*truth).into(),
        Cell::Integer(number) => (*number).into(),
        Cell::Number(number) => (*number).into(),
        _ => serde_json::Value::Null,
    }
}
