//! What reports cover, as rows for SQL.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use partywall_model::{
    AssuranceState as State, Attestation, AttestedDocument, Cause, Cell, Day, Inventory, Origin, ResourceKey,
    Responsibility, Row, Sensitivity, Unknown, UnknownTable, Unseen,
};

use super::coverage::{Coverage, Standing};
use super::{Evidence, Facts, programmes, subjects};

/// Adds the tables `assurance_report`, `assurance_complement` and `assurance_duty`.
///
/// # Errors
/// When a table is not declared.
pub fn add_tables(
    inventory: &mut Inventory,
    responsibilities: &[Responsibility],
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
    evidence: &Evidence,
) -> Result<(), UnknownTable> {
    let facts = Facts::shipped();
    let coverage = Coverage::of(facts, evidence);
    let mut rows = Vec::new();
    for attestation in &evidence.attestations {
        let origin = Arc::new(Origin::Document { file: attestation.file.clone(), path: attestation.report.clone() });
        let cells = of_report(facts, &coverage, evidence, attestation);
        rows.push(("assurance_report", row(attestation.file.clone(), &origin, cells)));
        for complement in &attestation.complements {
            let resource: Arc<str> = format!("{}#{}", attestation.file, complement.id).into();
            let cells = vec![
                Cell::Text(resource.clone()),
                Cell::Text(attestation.file.clone()),
                Cell::text(facts.programme_id(&attestation.programme)),
                Cell::text(complement.id.as_str()),
                Cell::text(complement.text.as_str()),
                Cell::List(complement.checks.iter().map(|check| Cell::text(check.as_str())).collect()),
                of_document(attestation),
            ];
            rows.push(("assurance_complement", row(resource, &origin, cells)));
        }
    }
    if !evidence.required.is_empty() {
        rows.extend(of_duties(facts, &coverage, inventory, responsibilities, sensitivities, evidence));
        hide(inventory);
    }
    for (table, row) in rows {
        inventory.push(table, row)?;
    }
    Ok(())
}

fn row(resource: ResourceKey, origin: &Arc<Origin>, cells: Vec<Cell>) -> Row {
    Row { resource, origin: origin.clone(), existence: None, unseen: None, cells }
}

fn unknown(symbol: &str, why: &str) -> Cell {
    let cause = Cause::Undetermined(why.to_owned());
    Cell::Unknown(Arc::new(Unknown { symbol: symbol.to_owned(), cause, reference: None }))
}

fn written(day: Option<Day>) -> Cell {
    Cell::text(day.map(|day| day.to_string()).unwrap_or_default())
}

fn of_report(facts: &Facts, coverage: &Coverage<'_>, evidence: &Evidence, attestation: &Attestation) -> Vec<Cell> {
    let standing = coverage.standing(attestation);
    let bridge_days = attestation.bridge.map_or(0, |(from, until)| (until - from).num_days() + 1);
    let next = successor(facts, coverage, evidence, attestation);
    let symbol = attestation.file.as_ref();
    let is_valid = match standing.state {
        State::Unknown => unknown(symbol, &standing.why),
        state => Cell::Boolean(state.is_inherited()),
    };
    let gap = match &next {
        None => Cell::Integer(0),
        Some((_, of_next)) => gap_days(attestation, &standing, of_next)
            .map_or_else(|| unknown(symbol, "an end of the report or of its successor is not known"), Cell::Integer),
    };
    vec![
        Cell::Text(attestation.file.clone()),
        Cell::text(facts.programme_id(&attestation.programme)),
        Cell::text(attestation.provider.as_str()),
        Cell::text(attestation.auditor.as_str()),
        Cell::text(attestation.report.as_str()),
        written(attestation.issued),
        written(attestation.period.map(|(from, _)| from)),
        written(attestation.period.map(|(_, until)| until)),
        standing.days.map_or_else(|| unknown(symbol, &standing.why), |(_, until)| written(Some(until))),
        is_valid,
        Cell::Boolean(standing.state == State::Bridged),
        Cell::Integer(bridge_days),
        Cell::Integer(facts.bridge_days_max()),
        Cell::Text(next.map_or_else(|| "".into(), |(next, _)| next.file.clone())),
        gap,
        of_document(attestation),
    ]
}

fn of_document(attestation: &Attestation) -> Cell {
    match &attestation.document {
        AttestedDocument::Stated => Cell::text("stated"),
        AttestedDocument::Verified => Cell::text("verified"),
        AttestedDocument::Doubtful(cause) => unknown(&attestation.file, cause),
    }
}

/// The report of the same programme and provider that begins next.
fn successor<'a>(
    facts: &Facts,
    coverage: &Coverage<'_>,
    evidence: &'a Evidence,
    attestation: &Attestation,
) -> Option<(&'a Attestation, Standing)> {
    let programme = facts.programme_id(&attestation.programme);
    let provider = attestation.provider.trim().to_lowercase();
    let (own, _) = coverage.standing(attestation).days?;
    evidence
        .attestations
        .iter()
        .filter(|other| facts.programme_id(&other.programme) == programme)
        .filter(|other| other.provider.trim().to_lowercase() == provider)
        .map(|other| (other, coverage.standing(other)))
        .filter(|(_, standing)| standing.days.is_some_and(|(from, _)| from > own))
        .min_by_key(|(_, standing)| standing.days)
}

/// Days that neither a report, its bridge letter nor its successor covers.
fn gap_days(attestation: &Attestation, own: &Standing, next: &Standing) -> Option<i64> {
    let (_, until) = own.days?;
    let (begins, _) = next.days?;
    // A letter that does not begin at once leaves a gap of its own.
    let bridged = attestation.bridge.filter(|(from, _)| (*from - until).num_days() <= 1);
    let end = bridged.map_or(until, |(_, last)| last.max(until));
    Some(((begins - end).num_days() - 1).max(0))
}

fn of_duties(
    facts: &Facts,
    coverage: &Coverage<'_>,
    inventory: &Inventory,
    responsibilities: &[Responsibility],
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
    evidence: &Evidence,
) -> Vec<(&'static str, Row)> {
    let mut rows = Vec::new();
    let programmes = programmes(facts, evidence);
    for subject in subjects(facts, inventory, responsibilities) {
        for programme in &programmes {
            let needs = subject.needs(facts, evidence, sensitivities, programme);
            if needs == Some(false) {
                continue;
            }
            let service = subject.table.service;
            let answer = coverage.answer(programme, service, subject.region.as_deref());
            let symbol = format!("{programme} for {service}");
            let known = |cell: Cell| answer.unknown.clone().map_or(cell, Cell::Unknown);
            let undecided = "tags or sensitivity that decide are not known";
            for duty in &subject.duties {
                let party = duty.party.map_or_else(
                    || unknown(&symbol, "the configuration that decides it is not known"),
                    |party| Cell::text(party.id()),
                );
                let region = subject.region.clone();
                let cells = vec![
                    Cell::Text(duty.resource.clone()),
                    Cell::text(duty.layer.id()),
                    party,
                    Cell::text(service),
                    region.map_or_else(|| unknown(&symbol, "the region is not known"), Cell::Text),
                    Cell::text(programme.as_str()),
                    needs.map_or_else(|| unknown(&symbol, undecided), Cell::Boolean),
                    known(Cell::text(answer.state.id())),
                    known(Cell::Boolean(answer.state.is_inherited())),
                    Cell::Text(answer.file.clone()),
                    Cell::Text(answer.why.clone()),
                ];
                rows.push(("assurance_duty", row(duty.resource.clone(), &subject.row.origin, cells)));
            }
        }
    }
    rows
}

/// Says once of each account and region with unseen rows that duties may be missing.
fn hide(inventory: &mut Inventory) {
    let mut seen = HashSet::new();
    let of_resources = |unseen: &&Unseen| partywall_model::table(unseen.table).is_some_and(|table| !table.derived);
    let hidden: Vec<Unseen> = inventory
        .unseen()
        .iter()
        .filter(of_resources)
        .filter(|unseen| unseen.asked && seen.insert((unseen.account_id.clone(), unseen.region.clone())))
        .cloned()
        .collect();
    for unseen in hidden {
        inventory.add_unseen(Unseen { table: "assurance_duty", ..unseen });
    }
}
