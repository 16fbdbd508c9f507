//! What follows from the inventory: who is answerable for what, and how sensitive it is.
//!
//! Every analysis is pure: it takes the inventory and facts that are data, and has no clock, network or files.

pub mod access;
pub mod assurance;
pub mod availability;
pub mod correspondence;
pub mod drift;
pub mod network;
pub mod power;
pub mod responsibility;
pub mod sensitivity;
pub mod site;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use partywall_model::{
    AccessReport, Cell, Gap, Inventory, NetworkPicture, ResourceKey, Responsibility, Row, Sensitivity, UnknownTable,
};

/// What the analyses derive from an inventory.
#[derive(Debug, Default)]
pub struct Derived {
    /// One entry for each layer of each resource.
    pub responsibilities: Vec<Responsibility>,
    /// How sensitive each resource's data is.
    pub sensitivities: BTreeMap<ResourceKey, Sensitivity>,
    /// Who can do what; None when nobody asked.
    pub access: Option<AccessReport>,
    /// What stands where in the network; None when nobody asked.
    pub network: Option<NetworkPicture>,
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
        access: None,
        network: None,
    })
}

/// Adds the derived tables that are wanted to the inventory, by name. They are larger or dearer than all others
/// together, so that a scan without a statement that names them does better without.
///
/// # Errors
/// When a derived table is not declared.
pub fn add_derived_tables(
    inventory: &mut Inventory,
    derived: &mut Derived,
    duties: &access::facts::Duties,
    evidence: &assurance::Evidence,
    wanted: &BTreeSet<&str>,
) -> Result<Vec<Gap>, AnalysisError> {
    if wanted.contains("responsibility") {
        for row in responsibility_rows(inventory, &derived.responsibilities, &derived.sensitivities) {
            inventory.push("responsibility", row)?;
        }
    }
    if wanted.contains("aws_resource") {
        for row in resource_rows(inventory, &derived.sensitivities) {
            inventory.push("aws_resource", row)?;
        }
    }
    if wanted.iter().any(|name| name.starts_with("network_")) {
        derived.network = Some(network::add_tables(inventory, &derived.sensitivities, wanted)?);
    }
    if wanted.iter().any(|name| name.starts_with("availability_")) {
        availability::add_tables(inventory)?;
    }
    if wanted.iter().any(|name| name.starts_with("assurance_")) {
        assurance::add_tables(inventory, &derived.responsibilities, &derived.sensitivities, evidence)?;
    }
    let mut gaps = site::add_tables(inventory, wanted)?;
    gaps.extend(power::add_tables(inventory, wanted)?);
    if wanted.iter().any(|name| name.starts_with("access_")) {
        let estate = access::Estate::of(inventory);
        let report = access::report(&estate, inventory, duties, &derived.sensitivities);
        access::add_tables(inventory, &estate, &report)?;
        derived.access = Some(report);
        gaps.extend(estate.gaps);
    }
    Ok(gaps)
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
