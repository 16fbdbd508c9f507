//! Which columns say that one resource needs another.

use partywall_model::{ColumnType, Table};
use serde::Deserialize;

use super::condition::Condition;
use partywall_model::Span;

/// A column that says that one resource needs another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedRule {
    /// The table whose rows say so.
    pub table: String,
    /// What the needed thing is to the needer.
    pub label: String,
    /// The column that names who is in need; the row itself when left out.
    #[serde(default)]
    pub needer: String,
    /// The column that names what is needed, `column.field` of a list of structs; the row itself when left out.
    #[serde(default)]
    pub needed: String,
    /// One of all that the needer has under this label is enough.
    #[serde(default)]
    pub any: bool,
    /// Without it the needer goes on with less.
    #[serde(default)]
    pub soft: bool,
    /// Only what is in sight counts: what is elsewhere is somebody else's, such as a key of AWS.
    #[serde(default)]
    pub inside: bool,
    /// Names that mean no resource.
    #[serde(default)]
    pub except: Vec<String>,
    /// Holds only for rows of which all of these hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// How long it takes until another one stands in.
    pub pause: Option<Span>,
}

impl NeedRule {
    /// The column and the field of what is needed.
    pub fn needed_parts(&self) -> (&str, Option<&str>) {
        match self.needed.split_once('.') {
            Some((column, field)) => (column, Some(field)),
            None => (&self.needed, None),
        }
    }

    /// What is wrong with the rule.
    pub(super) fn faults(&self) -> Vec<String> {
        let Some(table) = partywall_model::table(&self.table) else {
            return vec![format!("there is no table `{}`", self.table)];
        };
        let mut faults: Vec<String> = self.when.iter().filter_map(|condition| condition.fault(table, &[])).collect();
        let (column, field) = self.needed_parts();
        for (column, field) in [(self.needer.as_str(), None), (column, field)] {
            if !column.is_empty() && !has(table, column, field) {
                faults.push(format!("`{}` has no `{column}`", self.table));
            }
        }
        if self.needer.is_empty() && self.needed.is_empty() {
            faults.push(format!("a row of `{}` cannot need itself", self.table));
        }
        faults
    }
}

fn has(table: &Table, column: &str, field: Option<&str>) -> bool {
    match (table.column(column), field) {
        (Some(_), None) => true,
        (Some((_, column)), Some(field)) => match column.column_type {
            ColumnType::List(ColumnType::Struct(fields)) => fields.iter().any(|known| known.name == field),
            _ => false,
        },
        (None, _) => false,
    }
}
