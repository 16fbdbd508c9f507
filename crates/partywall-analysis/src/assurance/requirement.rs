//! Which resources need which programme.

use std::collections::BTreeMap;

use partywall_model::{Cell, Row, Sensitivity, Table};
use serde::Deserialize;

/// A programme that a team asks for, and where. Without tags and sensitivity it is asked for everywhere.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Required {
    /// The programme, by any of its names.
    pub programme: String,
    /// Tags that a resource has to carry, all of them; `*` stands for any value.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The least sensitivity of a resource.
    pub sensitivity: Option<Sensitivity>,
}

impl Required {
    /// Whether it is asked for a resource; None when that is not known.
    pub(super) fn applies(&self, table: &Table, row: &Row, sensitivity: Option<Sensitivity>) -> Option<bool> {
        let tags = row.cell(table, "tags");
        let is_known = tags.is_none_or(|tags| tags.unknowns().is_empty());
        let mut answer = Some(true);
        for (key, wanted) in &self.tags {
            match tag(tags, key, wanted) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => answer = None,
            }
        }
        // The highest level is assumed where tags are unknown.
        let Some(least) = self.sensitivity else { return answer };
        match sensitivity {
            Some(level) if level < least => Some(false),
            Some(Sensitivity::Restricted) if !is_known => None,
            Some(_) => answer,
            None => None,
        }
    }
}

fn tag(tags: Option<&Cell>, key: &str, wanted: &str) -> Option<bool> {
    match tags {
        None => Some(false),
        Some(Cell::Map(entries)) => match entries.get(key) {
            None => Some(false),
            Some(Cell::Text(value)) => Some(wanted == "*" || value.as_ref() == wanted),
            Some(_) if wanted == "*" => Some(true),
            Some(_) => None,
        },
        Some(_) => None,
    }
}
