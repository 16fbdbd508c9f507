//! What must be so for a path besides its actions.

use std::collections::{BTreeSet, HashMap};

use partywall_model::Inventory;

use crate::access::estate::{Estate, Holder};
use crate::access::facts::Escalation;
use crate::access::facts::escalation::{ColumnRequirement, Path, Principal as Whom, Requirement, RowsRequirement};
use crate::access::question::Certainty;
use crate::access::view::{Known, View, is_unseen, rows};

/// What the requirements of the catalogue ask about.
pub(super) struct Requirements<'a> {
    /// The rows of users and roles.
    principals: HashMap<&'a str, View<'a>>,
    /// How many rows of a table refer to a row by a column.
    references: HashMap<(&'static str, &'static str), References<'a>>,
}

struct References<'a> {
    counts: HashMap<&'a str, usize>,
    /// Accounts in which there may be more of them, to whatever row.
    may_be_more: BTreeSet<&'a str>,
    /// Whether rows may be missing anywhere.
    is_unseen: bool,
}

impl<'a> Requirements<'a> {
    pub(super) fn of(estate: &'a Estate, inventory: &'a Inventory) -> Self {
        let principals = ["aws_iam_role", "aws_iam_user"].into_iter().flat_map(|table| rows(inventory, table));
        let wanted: BTreeSet<(&'static str, &'static str)> = Escalation::shipped()
            .iter()
            .flat_map(|path| &path.requires)
            .filter_map(|requirement| match requirement {
                Requirement::Rows(wanted) => Some((wanted.rows.as_str(), wanted.via.as_str())),
                Requirement::Column(_) => None,
            })
            .collect();
        Self {
            principals: principals.map(|view| (&**view.key(), view)).collect(),
            references: wanted.into_iter().map(|key| (key, references(estate, inventory, key))).collect(),
        }
    }

    /// How sure it is that a path's further requirements are met; None when one is not.
    pub(super) fn met(&self, path: &'static Path, holder: &Holder, target: Option<&Holder>) -> Option<Certainty> {
        let mut certainty = Certainty::Certain;
        for requirement in &path.requires {
            let met = match requirement {
                Requirement::Column(column) => match column.of {
                    Whom::Itself => self.column_is(holder, column),
                    Whom::Target => self.column_is(target?, column),
                },
                Requirement::Rows(wanted) => self.rows_are(target?, wanted),
            };
            match met {
                Some(true) => {}
                Some(false) => return None,
                None => certainty = Certainty::Possible,
            }
        }
        Some(certainty)
    }

    fn column_is(&self, holder: &Holder, wanted: &ColumnRequirement) -> Option<bool> {
        let view = self.principals.get(&*holder.resource)?;
        if let Some(expected) = wanted.is {
            return match view.boolean(&wanted.column) {
                Known::Yes(truth) => Some(truth == expected),
                Known::No => None,
            };
        }
        let set = match (view.text(&wanted.column), view.list(&wanted.column)) {
            (Known::No, _) => return None,
            (Known::Yes(text), (list, _)) if !text.is_empty() || !list.is_empty() => true,
            (_, (_, true)) => return None,
            _ => false,
        };
        wanted.set.map(|expected| set == expected)
    }

    fn rows_are(&self, holder: &Holder, wanted: &'static RowsRequirement) -> Option<bool> {
        let references = self.references.get(&(wanted.rows.as_str(), wanted.via.as_str()))?;
        let count = references.counts.get(&*holder.resource).copied().unwrap_or_default();
        match references.is_unseen || references.may_be_more.contains(&*holder.account) {
            false => Some((wanted.at_least..=wanted.at_most).contains(&count)),
            true if count > wanted.at_most => Some(false),
            true if count >= wanted.at_least && wanted.at_most == usize::MAX => Some(true),
            true => None,
        }
    }
}

fn references<'a>(
    estate: &'a Estate,
    inventory: &'a Inventory,
    (table, column): (&'static str, &str),
) -> References<'a> {
    let is_unseen = is_unseen(inventory, table);
    let mut references = References { counts: HashMap::new(), may_be_more: BTreeSet::new(), is_unseen };
    for view in rows(inventory, table) {
        let (referred, is_open) = view.list(column);
        if is_open && let Some(account) = estate.account_of(view.key()) {
            references.may_be_more.insert(account);
        }
        for resource in referred.into_iter().collect::<BTreeSet<&str>>() {
            *references.counts.entry(resource).or_default() += 1;
        }
    }
    references
}
