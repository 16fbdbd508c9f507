//! What follows from the inventory: who is answerable for what, and how sensitive it is.
//!
//! Every analysis is pure: it takes the inventory and facts that are data, and has no clock, network or files.

pub mod correspondence;
pub mod drift;
pub mod network;
pub mod responsibility;
pub mod sensitivity;

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Cell, Inventory, ResourceKey, Responsibility, Row, Sensitivity, UnknownTable};

/// What the analyses derive from an inventory.
#[derive(Debug, Default)]
pub struct Derived {
    /// One entry for each layer of each resource.
    pub responsibilities: Vec<Responsibility>,
    /// How sensitive each resource's data is.
    pub sensitivities: BTreeMap<ResourceKey, Sensitivity>,
}

/// Runs every analysis.
///
/// # Errors
/// When the shipped facts are damaged.
pub fn analyse(inventory: &Inventory, settings: &sensitivity::Settings) -> Result<Derived, AnalysisError> {
    let facts = responsibility::Facts::shipped()?;
    Ok(Derived {
        responsibilities: responsibility::decide(&facts, inventory),
        sensitivities: sensitivity::classify(inventory, settings),
    })
}

/// Adds the derived tables to the inventory, for statements that name them. They are larger than all others
/// together, so that a scan without such a statement does better without.
///
/// # Errors
/// When a derived table is not declared.
pub fn add_derived_tables(inventory: &mut Inventory, derived: &Derived) -> Result<(), AnalysisError> {
    for row in responsibility_rows(inventory, &derived.responsibilities, &derived.sensitivities) {
        inventory.push("responsibility", row)?;
    }
    for row in resource_rows(inventory, &derived.sensitivities) {
        inventory.push("aws_resource", row)?;
    }
    Ok(())
}

/// Why an analysis could not run. Both are faults of the program, not of the estate.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The shipped facts do not have the shape that the code expects.
    #[error("the shipped responsibility facts are damaged: {0}")]
    Facts(#[from] serde_json::Error),
    /// A derived table is not declared under `tables/`.
    #[error(transparent)]
    Table(#[from] UnknownTable),
}

fn responsibility_rows(
    inventory: &Inventory,
    responsibilities: &[Responsibility],
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
) -> Vec<Row> {
    let origins: BTreeMap<&ResourceKey, &Row> =
        inventory.resource_tables().flat_map(|(_, rows)| rows).map(|row| (&row.resource, row)).collect();
    responsibilities
        .iter()
        .filter_map(|duty| {
            let row = origins.get(&duty.resource)?;
            let party = match duty.party {
                Some(party) => Cell::text(party.id()),
                None => Cell::Unknown(responsibility::undetermined(duty)),
            };
            let sensitivity = sensitivities.get(&duty.resource).copied().unwrap_or(Sensitivity::Internal);
            Some(Row {
                resource: duty.resource.clone(),
                origin: row.origin.clone(),
                existence: None,
                unseen: None,
                cells: vec![
                    Cell::Text(duty.resource.clone()),
                    Cell::text(duty.table),
                    Cell::text(duty.form),
                    Cell::text(duty.layer.id()),
                    party,
                    Cell::Text(duty.rule.clone()),
                    Cell::Text(duty.why.clone()),
                    Cell::Text(duty.source.clone()),
                    Cell::text(duty.confidence),
                    Cell::text(duty.mission_claim),
                    Cell::text(sensitivity.id()),
                ],
            })
        })
        .collect()
}

fn resource_rows(inventory: &Inventory, sensitivities: &BTreeMap<ResourceKey, Sensitivity>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (table, of_table) in inventory.resource_tables() {
        for row in of_table {
            let copy = |column: &str| row.cell(table, column).cloned().unwrap_or_else(|| Cell::text(""));
            let sensitivity = sensitivities.get(&row.resource).copied().unwrap_or(Sensitivity::Internal);
            let (line_start, _) = row.origin.lines();
            rows.push(Row {
                resource: row.resource.clone(),
                origin: row.origin.clone(),
                existence: row.existence.clone(),
                unseen: row.unseen.clone(),
                cells: vec![
                    Cell::Text(row.resource.clone()),
                    Cell::text(table.name),
                    Cell::text(table.service),
                    copy("title"),
                    copy("arn"),
                    copy("account_id"),
                    copy("region"),
                    copy("tags"),
                    Cell::text(sensitivity.id()),
                    Cell::Text(Arc::from(row.origin.file())),
                    Cell::Integer(i64::from(line_start)),
                ],
            });
        }
    }
    rows
}
