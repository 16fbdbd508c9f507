//! What was found, as rows for SQL.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use partywall_model::{
    AccessAction, AccessCertainty, AccessPath, AccessReport, Cause, Cell, DutyConflict, Exposure, Inventory, Origin,
    Row, Unknown, UnknownTable, Unseen, UnusedAccess,
};

use super::estate::{Estate, Holder};
use super::facts::escalation::Requirement;
use super::facts::{Duties, Escalation, ResourcePolicies};

/// How many causes of not knowing are named.
const CAUSES_MAX: usize = 5;

/// Adds the tables `access_path`, `access_exposure`, `access_duty_conflict`, `access_unused` and `access_principal`.
///
/// # Errors
/// When a table is not declared.
pub fn add_tables(inventory: &mut Inventory, estate: &Estate, report: &AccessReport) -> Result<(), UnknownTable> {
    hide(inventory);
    let undecided = undecided(estate, inventory);
    let origins: HashMap<Arc<str>, Arc<Origin>> = inventory
        .resource_tables()
        .flat_map(|(_, rows)| rows)
        .map(|row| (row.resource.clone(), row.origin.clone()))
        .collect();
    let mut add = |table: &str, resource: &Arc<str>, cells: Vec<Cell>| {
        let Some(origin) = origins.get(resource).cloned() else { return Ok(()) };
        inventory.push(table, Row { resource: resource.clone(), origin, existence: None, unseen: None, cells })
    };
    for holder in &estate.principals {
        add("access_principal", &holder.resource, principal(holder, report, &undecided))?;
    }
    for one in &report.paths {
        add("access_path", &one.from, path(one, &undecided))?;
    }
    for one in &report.exposures {
        add("access_exposure", &one.resource, exposure(one, &undecided))?;
    }
    for one in &report.conflicts {
        add("access_duty_conflict", &one.principal, conflict(one, &undecided))?;
    }
    for one in &report.unused {
        add("access_unused", &one.principal, unused(one))?;
    }
    Ok(())
}

/// Says of the derived tables that rows may be missing, where rows of the tables that they come from are.
fn hide(inventory: &mut Inventory) {
    let carriers: BTreeSet<&str> = ResourcePolicies::shipped().iter().map(|carrier| carrier.table.as_str()).collect();
    let mut hidden = Vec::new();
    for unseen in inventory.unseen() {
        let tables: &[&str] = match unseen.table {
            "aws_iam_role" | "aws_iam_user" => {
                &["access_duty_conflict", "access_path", "access_principal", "access_unused"]
            }
            "aws_iam_access_advisor" => &["access_unused"],
            _ => &[],
        };
        let exposure = carriers.contains(unseen.table).then_some("access_exposure");
        for table in tables.iter().copied().chain(exposure) {
            hidden.push(Unseen { table, ..unseen.clone() });
        }
    }
    for unseen in hidden {
        inventory.add_unseen(unseen);
    }
}

/// Why rows of tables that answers about access rest on were not seen.
fn unseen_causes(inventory: &Inventory) -> Vec<&Arc<Unknown>> {
    let mut tables: BTreeSet<&str> = BTreeSet::new();
    for path in Escalation::shipped() {
        tables.extend(path.resource.as_ref().map(|resource| resource.table.as_str()));
        tables.extend(path.requires.iter().filter_map(|requirement| match requirement {
            Requirement::Rows(rows) => Some(rows.rows.as_str()),
            Requirement::Column(_) => None,
        }));
    }
    let sides = Duties::shipped().rules().iter().flat_map(|rule| &rule.sides);
    tables.extend(sides.filter_map(|side| side.resource.as_deref()));
    let unseen = inventory.unseen().iter().filter(|unseen| tables.contains(unseen.table));
    unseen.map(|unseen| &unseen.cause).collect()
}

fn path(path: &AccessPath, undecided: &Arc<Unknown>) -> Vec<Cell> {
    let ways = path.hops.iter().map(|hop| Cell::text(hop.way)).collect();
    let actions = path.hops.iter().flat_map(|hop| &hop.actions).map(action).collect();
    vec![
        Cell::Text(path.from.clone()),
        Cell::Text(path.to.clone()),
        Cell::Boolean(path.reaches_administrator),
        surely(path.certainty, undecided),
        Cell::text(path.certainty.id()),
        Cell::Integer(i64::try_from(path.hops.len()).unwrap_or(i64::MAX)),
        Cell::List(ways),
        Cell::List(actions),
    ]
}

fn exposure(exposure: &Exposure, undecided: &Arc<Unknown>) -> Vec<Cell> {
    let in_organization = match exposure.is_in_organization {
        Some(truth) => Cell::Boolean(truth),
        None => Cell::Unknown(unknown("no organization is in sight", Cause::NotCollected)),
    };
    vec![
        Cell::Text(exposure.resource.clone()),
        Cell::text(exposure.table),
        Cell::text(exposure.audience.id()),
        Cell::Text(exposure.who.clone()),
        in_organization,
        surely(exposure.certainty, undecided),
        Cell::text(exposure.certainty.id()),
        Cell::List(exposure.access.iter().map(|kind| Cell::text(*kind)).collect()),
        Cell::text(exposure.through),
        Cell::Text(exposure.action.clone()),
    ]
}

fn conflict(conflict: &DutyConflict, undecided: &Arc<Unknown>) -> Vec<Cell> {
    let sides = conflict.sides.iter().map(|side| {
        let how = side.action.as_ref().map_or_else(|| "everything".to_owned(), in_words);
        Cell::text(format!("{}: {how}, as {}", side.name, side.through))
    });
    vec![
        Cell::Text(conflict.principal.clone()),
        Cell::text(conflict.rule.as_str()),
        Cell::text(conflict.title.as_str()),
        surely(conflict.certainty, undecided),
        Cell::text(conflict.certainty.id()),
        Cell::List(sides.collect()),
    ]
}

fn unused(unused: &UnusedAccess) -> Vec<Cell> {
    let texts = |list: &[String]| Cell::List(list.iter().map(|text| Cell::text(text.as_str())).collect());
    vec![
        Cell::Text(unused.principal.clone()),
        texts(&unused.unused_services),
        texts(&unused.used_services),
        Cell::text(unused.smaller_policy.as_str()),
    ]
}

fn principal(holder: &Holder, report: &AccessReport, undecided: &Arc<Unknown>) -> Vec<Cell> {
    let of_holder = |path: &&AccessPath| path.from == holder.resource && path.reaches_administrator;
    let surest = report.paths.iter().filter(of_holder).map(|path| path.certainty).max();
    let own = report.administrators.get(&holder.resource).copied();
    let conflicts = report.conflicts.iter().filter(|conflict| conflict.principal == holder.resource);
    let or_not = |certainty: Option<AccessCertainty>| {
        certainty.map_or(Cell::Boolean(false), |certainty| surely(certainty, undecided))
    };
    vec![
        Cell::Text(holder.resource.clone()),
        Cell::text(holder.table),
        Cell::text(holder.principal.text.as_str()),
        or_not(own),
        or_not(surest.max(own)),
        or_not(conflicts.clone().map(|conflict| conflict.certainty).max()),
        Cell::List(conflicts.map(|conflict| Cell::text(conflict.title.as_str())).collect()),
    ]
}

/// TRUE when something is so whatever the circumstances, or under circumstances that the caller may bring about; NULL
/// when something that is not known decides.
fn surely(certainty: AccessCertainty, undecided: &Arc<Unknown>) -> Cell {
    match certainty {
        AccessCertainty::Allowed | AccessCertainty::Conditional => Cell::Boolean(true),
        AccessCertainty::Unknown => Cell::Unknown(undecided.clone()),
    }
}

/// Why answers about access are not known: what keeps policies from being known. One of the causes decides; which one
/// the answers do not tell apart.
fn undecided(estate: &Estate, inventory: &Inventory) -> Arc<Unknown> {
    let mut causes: Vec<&Arc<Unknown>> =
        estate.unknowns.iter().map(|(_, unknown)| unknown).chain(unseen_causes(inventory)).collect();
    causes.dedup();
    // What was refused says more than what nobody asked.
    let refused: Vec<&Arc<Unknown>> =
        causes.iter().copied().filter(|unknown| matches!(unknown.cause, Cause::Refused(_))).collect();
    let symbol = "what a policy says";
    match (refused.as_slice(), causes.first()) {
        ([], Some(unknown)) => (*unknown).clone(),
        ([], None) => unknown(symbol, Cause::Undetermined("what a policy says, or who has it".into())),
        ([one], _) => (*one).clone(),
        (several, _) => {
            let more = several.len().saturating_sub(CAUSES_MAX);
            let named: Vec<String> = several.iter().take(CAUSES_MAX).map(ToString::to_string).collect();
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            unknown(symbol, Cause::Refused(named.join("; ") + &more))
        }
    }
}

fn unknown(symbol: &str, cause: Cause) -> Arc<Unknown> {
    Arc::new(Unknown { symbol: symbol.to_owned(), cause, reference: None })
}

fn action(action: &AccessAction) -> Cell {
    Cell::text(in_words(action))
}

fn in_words(action: &AccessAction) -> String {
    format!("{} on {}", action.action, action.on)
}
