//! What the drill found, as rows for SQL.

use std::collections::HashMap;
use std::sync::Arc;

use partywall_model::{
    Cause, Cell, DrillLevel as Level, DrillOutcome, DrillReport, Inventory, Origin, Row, Span, Unknown, UnknownTable,
    Unseen,
};

use super::drill::{Drill, Plan};
use super::facts::Facts;

/// Fails every zone and region and adds the tables `availability_outcome` and `availability_cut`. Workloads are those
/// that tags name.
///
/// # Errors
/// When a table is not declared.
pub fn add_tables(inventory: &mut Inventory) -> Result<(), UnknownTable> {
    let drill = Drill::of(inventory, None, &[]);
    let Ok(report) = drill.run(&Plan { all: true, cuts: true, ..Plan::default() }) else { return Ok(()) };
    hide(inventory);
    let origins: HashMap<Arc<str>, Arc<Origin>> = inventory
        .resource_tables()
        .flat_map(|(_, rows)| rows)
        .map(|row| (row.resource.clone(), row.origin.clone()))
        .collect();
    for (table, resource, cells) in rows(&report) {
        let resource: Arc<str> = resource.into();
        let Some(origin) = origins.get(&resource).cloned() else { continue };
        inventory.push(table, Row { resource, origin, existence: None, unseen: None, cells })?;
    }
    Ok(())
}

fn rows(report: &DrillReport) -> Vec<(&'static str, String, Vec<Cell>)> {
    let mut rows = Vec::new();
    for workload in &report.workloads {
        for (outcome, scenario) in workload.outcomes.iter().zip(&report.scenarios) {
            let kind = if scenario.regions.is_empty() { "zone" } else { "region" };
            for entry in &workload.entries {
                rows.push(("availability_outcome", entry.clone(), of_outcome(entry, &workload.name, kind, outcome)));
            }
        }
        let Some(entry) = workload.entries.first() else { continue };
        for cut in &workload.cuts {
            let is_certain =
                if cut.is_certain { Cell::Boolean(true) } else { undecided("availability_cut.is_certain") };
            let cells = vec![
                Cell::text(entry.as_str()),
                Cell::text(workload.name.as_str()),
                Cell::List(cut.of.iter().map(|event| Cell::text(event.as_str())).collect()),
                Cell::Integer(i64::try_from(cut.of.len()).unwrap_or(i64::MAX)),
                is_certain,
                Cell::text(cut.change.as_str()),
            ];
            rows.push(("availability_cut", entry.clone(), cells));
        }
    }
    rows
}

fn of_outcome(entry: &str, workload: &str, kind: &str, outcome: &DrillOutcome) -> Vec<Cell> {
    let stands = match outcome.level {
        Level::Up | Level::Degraded => Cell::Boolean(true),
        Level::Down => Cell::Boolean(false),
        Level::Unknown => {
            let why = outcome.why.first().map_or("something that is not known decides", String::as_str);
            Cell::Unknown(Arc::new(Unknown {
                symbol: format!("{workload} when {} is lost", outcome.scenario),
                cause: Cause::Undetermined(why.to_owned()),
                reference: None,
            }))
        }
    };
    let carries = outcome.carries_load.map_or_else(|| undecided("availability_outcome.carries_load"), Cell::Boolean);
    let seconds = |span: Span| Cell::Integer(if span.most == Span::UNBOUNDED { -1 } else { i64::from(span.most) });
    vec![
        Cell::text(entry),
        Cell::text(workload),
        Cell::text(outcome.scenario.as_str()),
        Cell::text(kind),
        Cell::text(outcome.level.id()),
        stands,
        carries,
        Cell::Boolean(outcome.automatic),
        seconds(outcome.rpo),
        seconds(outcome.rto),
        Cell::List(outcome.why.iter().map(|why| Cell::text(why.as_str())).collect()),
    ]
}

fn undecided(symbol: &str) -> Cell {
    let cause = Cause::Undetermined("something that is not known decides".to_owned());
    Cell::Unknown(Arc::new(Unknown { symbol: symbol.to_owned(), cause, reference: None }))
}

/// Says of the derived tables that rows may be missing, where rows of the tables that they come from are.
fn hide(inventory: &mut Inventory) {
    let counts = |unseen: &&Unseen| Facts::shipped().service(unseen.table).is_some();
    let hidden: Vec<Unseen> = inventory.unseen().iter().filter(counts).cloned().collect();
    for unseen in hidden {
        for table in ["availability_outcome", "availability_cut"] {
            inventory.add_unseen(Unseen { table, ..unseen.clone() });
        }
    }
}
