//! The policies of resources.

use std::collections::HashMap;
use std::sync::Arc;

use super::documents::{Document, Documents};
use super::facts::ResourcePolicies;
use super::facts::resource_policies::Means;
use super::names::Names;
use super::view::Part;

/// The policy of every resource that has one, by row.
pub(super) fn policies<'a>(
    part: Part<'a>,
    names: &'a Names,
    documents: &mut Documents<'a>,
) -> HashMap<Arc<str>, Document> {
    let mut policies = HashMap::new();
    for carrier in ResourcePolicies::shipped() {
        let Means::Policy(means) = &carrier.means else { continue };
        for view in part.rows(names, &carrier.table) {
            let Some(document) = documents.of(view, &means.policy, "resource policy") else { continue };
            let of = carrier.of.as_deref().and_then(|column| view.given(column)).unwrap_or(view.key());
            policies.insert(of.into(), document);
        }
    }
    policies
}

/// The account of every row.
pub(super) fn accounts(part: Part<'_>, names: &Names) -> HashMap<Arc<str>, Arc<str>> {
    let rows = part.inventory.resource_tables().flat_map(|(table, rows)| rows.iter().map(move |row| (table, row)));
    rows.map(|(table, row)| (row.resource.clone(), names.account(table, row)))
        .filter(|(_, account)| part.account.is_none_or(|only| **account == *only))
        .collect()
}
