//! What differs between two readings of an estate.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use partywall_model::{
    Assessment, Cell, CellChange, Change, Dialect, Drift, Duty, Finding, Inventory, Origin, ResourceKey,
    ResponsibilityChange, Row, RowChange, Table, VerdictChange,
};

use crate::correspondence::{Correspondence, agree, correspond, json};

/// Columns that name a thing in its own source; they differ between code and account without any drift.
const NAMES: [&str; 3] = ["resource", "arn", "title"];

/// The region of what a live account has only once; code has it in the region of its provider.
const GLOBAL: &str = "global";

/// One reading: its rows, and what was found out about them.
pub struct Reading<'a> {
    /// The rows.
    pub inventory: &'a Inventory,
    /// The verdicts and duties.
    pub assessment: &'a Assessment,
}

/// Compares two readings.
///
/// A value that one of them does not know is no difference; a row that one of them could not have seen neither came
/// nor went.
pub fn compare(before: &Reading<'_>, after: &Reading<'_>) -> Drift {
    let same = correspond(before.inventory, after.inventory);
    let mut rows = Vec::new();
    let changed = changed(before.inventory, after.inventory, &same);
    let unchanged = same.pairs.len() - changed.len();
    rows.extend(changed);
    rows.extend(same.only_before.iter().map(|(table, row)| {
        let change = match unseen(after.inventory, table, row) {
            Some(cause) => Change::OutOfSight { cause },
            None => Change::Removed,
        };
        row_change(table, row, change)
    }));
    rows.extend(same.only_after.iter().map(|(table, row)| {
        let change = match unseen(before.inventory, table, row) {
            Some(cause) => Change::CameIntoSight { cause },
            None => Change::Added,
        };
        row_change(table, row, change)
    }));
    rows.sort_by(|left, right| (left.table, &left.resource).cmp(&(right.table, &right.resource)));
    Drift {
        before: before.assessment.target.clone(),
        after: after.assessment.target.clone(),
        rows,
        verdicts: verdicts(&before.assessment.findings, &after.assessment.findings, &same),
        responsibilities: responsibilities(&before.assessment.duties, &after.assessment.duties, &same),
        unchanged,
    }
}

fn row_change(table: &'static Table, row: &Row, change: Change) -> RowChange {
    let title = row.text(table, "title").unwrap_or_default().to_owned();
    RowChange { table: table.name, resource: row.resource.clone(), title, origin: row.origin.clone(), change }
}

/// Why a reading may have a row without showing it.
fn unseen(inventory: &Inventory, table: &Table, row: &Row) -> Option<String> {
    let (account_id, region) = (row.text(table, "account_id"), row.text(table, "region"));
    let is_at = |own: Option<&str>, of: &str| of.is_empty() || own.is_none_or(|own| own == of);
    let of_row = inventory.unseen().iter().find(|unseen| {
        let is_in_region = unseen.region.as_ref() == "global" || is_at(region, &unseen.region);
        unseen.table == table.name && is_at(account_id, &unseen.account_id) && is_in_region
    });
    let never_shown = || {
        let is_of_account = inventory.resource_tables().any(|(_, rows)| rows.first().is_some_and(is_live));
        let has_source = table.sources.iter().any(|source| source.dialect == Dialect::Api);
        (is_of_account && !has_source && !is_live(row)).then(|| "no call that is collected shows such rows".to_owned())
    };
    of_row.map(|unseen| unseen.cause.to_string()).or_else(never_shown)
}

fn changed(before: &Inventory, after: &Inventory, same: &Correspondence<'_>) -> Vec<RowChange> {
    let index: HashMap<&ResourceKey, (&'static Table, &Row)> = after
        .resource_tables()
        .flat_map(|(table, rows)| rows.iter().map(move |row| (&row.resource, (table, row))))
        .collect();
    let mut changes = Vec::new();
    for (table, rows) in before.resource_tables() {
        for row in rows {
            let Some((after, _)) = same.pairs.get(&row.resource) else { continue };
            let Some((_, after)) = index.get(after) else { continue };
            let columns = cell_changes(table, row, after, same);
            if !columns.is_empty() {
                changes.push(row_change(table, after, Change::Changed { columns }));
            }
        }
    }
    changes
}

fn cell_changes(table: &'static Table, before: &Row, after: &Row, same: &Correspondence<'_>) -> Vec<CellChange> {
    let rename = |text: &str| same.pairs.get(text).map_or_else(|| text.to_owned(), |(after, _)| after.to_string());
    let columns = table.columns.iter().zip(before.cells.iter().zip(&after.cells));
    // What code leaves open, AWS or somebody else may fill in.
    let is_open = |cell: &Cell| !is_live(before) && is_live(after) && is_empty(cell);
    columns
        .filter(|(column, (before, _))| !NAMES.contains(&column.name) && !is_open(before))
        .filter(|(column, (_, after))| column.name != "region" || after.as_text() != Some(GLOBAL))
        .filter(|(column, (before, after))| agree(before, after, &column.column_type, &rename) == Some(false))
        .map(|(column, (before, after))| CellChange {
            column: column.name,
            before: json(before, &column.column_type, &rename),
            after: json(after, &column.column_type, &str::to_owned),
        })
        .collect()
}

fn is_live(row: &Row) -> bool {
    matches!(row.origin.as_ref(), Origin::Api { .. })
}

fn is_empty(cell: &Cell) -> bool {
    match cell {
        Cell::Text(text) => text.is_empty(),
        Cell::List(items) => items.is_empty(),
        Cell::Map(entries) => entries.is_empty(),
        _ => false,
    }
}

/// What the two readings say of a resource and a check.
type BothVerdicts<'a> = BTreeMap<(Arc<str>, Arc<str>), (Option<&'a Finding>, Option<&'a Finding>)>;

fn verdicts(before: &[Finding], after: &[Finding], same: &Correspondence<'_>) -> Vec<VerdictChange> {
    let renamed = |resource: &Arc<str>| match same.pairs.get(resource) {
        Some((after, _)) => after.clone(),
        None => resource.clone(),
    };
    let mut both = BothVerdicts::new();
    for finding in before {
        both.entry((renamed(&finding.resource), finding.check.clone())).or_default().0 = Some(finding);
    }
    for finding in after {
        both.entry((finding.resource.clone(), finding.check.clone())).or_default().1 = Some(finding);
    }
    let mut changes: Vec<VerdictChange> = both
        .into_iter()
        .filter(|(_, (before, after))| before.map(|finding| finding.verdict) != after.map(|finding| finding.verdict))
        .filter_map(|((resource, check), (before, after))| {
            let finding = after.or(before)?;
            Some(VerdictChange {
                check,
                title: finding.title.clone(),
                severity: finding.severity,
                resource,
                resource_title: finding.resource_title.clone(),
                before: before.map(|finding| finding.verdict),
                after: after.map(|finding| finding.verdict),
            })
        })
        .collect();
    changes.sort_by(|left, right| {
        let order = |change: &VerdictChange| (change.after.is_none(), change.after, std::cmp::Reverse(change.severity));
        order(left).cmp(&order(right)).then_with(|| (&left.resource, &left.check).cmp(&(&right.resource, &right.check)))
    });
    changes
}

fn responsibilities(before: &[Duty], after: &[Duty], same: &Correspondence<'_>) -> Vec<ResponsibilityChange> {
    let earlier: HashMap<(&ResourceKey, _), &Duty> = before
        .iter()
        .filter_map(|duty| Some(((&same.pairs.get(&duty.responsibility.resource)?.0, duty.responsibility.layer), duty)))
        .collect();
    after
        .iter()
        .filter_map(|duty| {
            let key = (&duty.responsibility.resource, duty.responsibility.layer);
            let (before, after) = (party(earlier.get(&key)?), party(duty));
            let (resource, layer) = (duty.responsibility.resource.clone(), duty.responsibility.layer);
            (before != after).then_some(ResponsibilityChange { resource, layer, before, after })
        })
        .collect()
}

fn party(duty: &Duty) -> String {
    duty.responsibility.party.map_or_else(|| "unknown".to_owned(), |party| party.id().replace('_', " "))
}
