//! Sites that we run ourselves: what badge logs, readings, plans and the power topology say when they are put together.
//!
//! What is found is found; that nothing is found counts only where all of the evidence was there.

mod badge;
mod door;
mod escort;
mod log;
mod maintenance;
mod protection;
mod revocation;
mod stale;
mod view;
mod watch;

use std::collections::BTreeSet;

use partywall_model::{Gap, Inventory, Row, UnknownTable, Unseen};

pub use stale::stale;
pub(crate) use view::{Record, Site, texts};

/// Derived tables, what fills them, and the tables of which no row may be missing for theirs to be complete.
type Filler = (&'static str, fn(&Site<'_>) -> Vec<Row>, &'static [&'static str]);

const FILLERS: [Filler; 8] = [
    ("site_door_access", door::rows, &["site_door"]),
    ("site_revocation", revocation::rows, &["site_person"]),
    ("site_visit", escort::rows, &["site_visitor"]),
    ("site_log", log::rows, &["site_evidence"]),
    ("site_room_protection", protection::rows, &["site_room"]),
    ("site_maintenance", maintenance::rows, &["site_system"]),
    ("site_watch", watch::systems, &["site_system"]),
    ("site_water", watch::water, &["site_sensor", "site_telemetry"]),
];

/// Adds the derived tables of sites that are wanted.
///
/// # Errors
/// When a table is not declared.
pub fn add_tables(inventory: &mut Inventory, wanted: &BTreeSet<&str>) -> Result<Vec<Gap>, UnknownTable> {
    let mut gaps = Vec::new();
    let mut filled: Vec<(&'static str, Row)> = Vec::new();
    let mut hidden: Vec<Unseen> = Vec::new();
    for (table, fill, needs) in FILLERS.iter().filter(|(table, ..)| wanted.contains(table)) {
        let of_site = Site::all(inventory).into_iter().flat_map(|site| fill(&site));
        filled.extend(of_site.map(|row| (*table, row)));
        hidden.extend(hide(inventory, table, needs));
    }
    if wanted.contains("site_door_access") {
        gaps.extend(Site::all(inventory).iter().flat_map(door::gaps));
    }
    for (table, row) in filled {
        inventory.push(table, row)?;
    }
    hidden.into_iter().for_each(|unseen| inventory.add_unseen(unseen));
    Ok(gaps)
}

/// Says of a derived table that rows may be missing, where rows of the tables that it comes from are.
pub(crate) fn hide(inventory: &Inventory, table: &'static str, needs: &[&str]) -> Vec<Unseen> {
    let of = inventory.unseen().iter().filter(|unseen| needs.contains(&unseen.table));
    let mut hidden: Vec<Unseen> = Vec::new();
    for unseen in of {
        if !hidden.iter().any(|other| other.account_id == unseen.account_id) {
            hidden.push(Unseen { table, ..unseen.clone() });
        }
    }
    hidden
}
