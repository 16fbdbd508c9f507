//! Gives meaning to what the decoders read: one row per resource, defaults applied, references resolved.
//!
//! Where each column is kept and what it defaults to is data (`tables/`); this module is the one
//! place that reads it, whatever the source's language.

pub(crate) mod attributes;
mod cell;
mod json;
mod questions;
pub(crate) mod references;
mod rows;
mod secret;

pub use secret::is_credential;

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Decoded, Gap, GapKind, Inventory, Resource, Suppression, Unseen};

use references::Estate;

/// The inventory of what was read, with what could not be seen.
#[derive(Debug, Default)]
pub struct Normalized {
    /// The rows, sorted.
    pub inventory: Inventory,
    /// What could not be read, understood or covered.
    pub gaps: Vec<Gap>,
    /// Comments in the source that waive a check.
    pub suppressions: Vec<Suppression>,
}

/// Turns resources into rows.
pub fn normalize(decoded: Decoded) -> Normalized {
    let Decoded { resources, mut gaps, suppressions, unanswered } = decoded;
    let estate = Estate::new(&resources, &unanswered);
    let mut inventory = Inventory::default();
    for resource in &resources {
        for (table, source) in references::tables_of(resource) {
            for row in rows::rows(&estate, resource, table, source) {
                if let Err(error) = inventory.push(table.name, row) {
                    gaps.push(uncovered(resource, 1, &error.to_string()));
                }
            }
        }
    }
    for call in &unanswered {
        for table in references::tables_of_call(&call.call) {
            inventory.add_unseen(Unseen {
                table,
                account_id: call.account_id.clone(),
                region: call.region.clone(),
                cause: call.cause.clone(),
                asked: call.asked,
            });
        }
    }
    gaps.extend(uncovered_types(&resources));
    gaps.extend(estate.unattached_parts());
    gaps.sort();
    gaps.dedup();
    inventory.sort();
    Normalized { inventory, gaps, suppressions }
}

/// One gap for each AWS type that no table describes, so that its resources do not vanish unsaid.
fn uncovered_types(resources: &[Resource]) -> Vec<Gap> {
    let mut seen: BTreeMap<&Arc<str>, (usize, &Resource)> = BTreeMap::new();
    for resource in resources {
        let of_aws = resource.kind.starts_with("aws_") || resource.kind.starts_with("AWS::");
        if of_aws && !references::is_covered(resource.dialect, &resource.kind) {
            seen.entry(&resource.kind).or_insert((0, resource)).0 += 1;
        }
    }
    seen.into_iter()
        .map(|(kind, (count, first))| {
            uncovered(first, count, &format!("no table describes `{kind}` ({count} in this scan)"))
        })
        .collect()
}

fn uncovered(resource: &Resource, count: usize, cause: &str) -> Gap {
    let cure = if count == 1 { "judge it by hand" } else { "judge them by hand" };
    Gap::in_file(
        GapKind::UncoveredType,
        resource.origin.file(),
        resource.origin.lines().0,
        cause,
        format!("{cure}, or add a table as CONTRIBUTING.md shows"),
    )
}
