//! What third parties attest about the provider, and which of its duties that covers.
//!
//! A report covers a duty when it is about the service and the region and holds on the day. Whatever of that is not
//! known leaves it unknown. Where several reports say something, the one that is worth most counts.

mod coverage;
mod facts;
mod requirement;
mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use partywall_model::{
    AssuranceCell, AssuranceComplement, AssuranceDocument, AssurancePlace, AssuranceReport, AssuranceState,
    Attestation, AttestedScope, Cell, Day, DutyStatus, Inventory, Party, ResourceKey, Responsibility, Row, Sensitivity,
    Table,
};

use coverage::{Answer, Coverage};

pub use facts::Facts;
pub use requirement::Required;
pub use table::add_tables;

/// Where a service has no region.
pub const GLOBAL: &str = "global";

/// What there is about the provider.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// What third parties attest.
    pub attestations: Vec<Attestation>,
    /// Files that may be a report of any programme: they cannot be read.
    pub unreadable: Vec<String>,
    /// The programmes that are asked for.
    pub required: Vec<Required>,
    /// The day for which to answer; None when it is not known.
    pub day: Option<Day>,
}

/// What reports cover of an estate. Without a report and without a requirement every place answers `missing`, under
/// the programme `any`.
pub fn report(
    inventory: &Inventory,
    responsibilities: &[Responsibility],
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
    evidence: &Evidence,
) -> AssuranceReport {
    let facts = Facts::shipped();
    let coverage = Coverage::of(facts, evidence);
    let programmes = programmes(facts, evidence);
    let subjects = subjects(facts, inventory, responsibilities);
    let mut places: BTreeMap<(&str, Option<Arc<str>>), AssurancePlace> = BTreeMap::new();
    for subject in &subjects {
        let key = (subject.table.service, subject.region.clone());
        let place = places.entry(key).or_insert_with(|| AssurancePlace {
            service: subject.table.service.to_owned(),
            region: subject.region.as_deref().map(str::to_owned),
            resources: 0,
            duties: 0,
            cells: programmes
                .iter()
                .map(|programme| cell(coverage.answer(programme, subject.table.service, subject.region.as_deref())))
                .collect(),
        });
        place.resources += 1;
        place.duties += subject.duties.len();
        for (programme, cell) in programmes.iter().zip(&mut place.cells) {
            match subject.needs(facts, evidence, sensitivities, programme) {
                Some(true) => cell.required += 1,
                Some(false) => {}
                None => cell.maybe_required += 1,
            }
        }
    }
    AssuranceReport {
        day: evidence.day.map(|day| day.to_string()).unwrap_or_default(),
        programmes,
        places: places.into_values().collect(),
        documents: evidence.attestations.iter().map(|attestation| document(&coverage, facts, attestation)).collect(),
    }
}

/// Those that are asked for, and those of which there is a report, by id.
fn programmes(facts: &Facts, evidence: &Evidence) -> Vec<String> {
    let attested = evidence.attestations.iter().map(|attestation| attestation.programme.as_str());
    let required = evidence.required.iter().map(|required| required.programme.as_str());
    let programmes: BTreeSet<String> = attested.chain(required).map(|name| facts.programme_id(name)).collect();
    if programmes.is_empty() { vec!["any".to_owned()] } else { programmes.into_iter().collect() }
}

fn cell(answer: Answer) -> AssuranceCell {
    AssuranceCell {
        state: answer.state,
        file: answer.file,
        why: answer.why.to_string(),
        required: 0,
        maybe_required: 0,
    }
}

fn document(coverage: &Coverage<'_>, facts: &Facts, attestation: &Attestation) -> AssuranceDocument {
    let standing = coverage.standing(attestation);
    let (mut state, mut why) = (standing.state, standing.why);
    if !facts.is_provider(&attestation.provider) {
        state = AssuranceState::OutOfScope;
        why = format!("is about `{}`, not about AWS", attestation.provider);
    }
    AssuranceDocument {
        file: attestation.file.clone(),
        programme: facts.programme_id(&attestation.programme),
        provider: attestation.provider.clone(),
        auditor: attestation.auditor.clone(),
        report: attestation.report.clone(),
        state,
        why,
        from: standing.days.map(|(from, _)| from.to_string()),
        controls: match &attestation.controls {
            AttestedScope::Named(names) => {
                AttestedScope::Named(names.iter().map(|name| name.trim().to_lowercase()).collect())
            }
            other => other.clone(),
        },
        complements: attestation
            .complements
            .iter()
            .map(|complement| AssuranceComplement {
                id: complement.id.clone(),
                text: complement.text.clone(),
                checks: complement.checks.clone(),
                status: DutyStatus::Open,
            })
            .collect(),
    }
}

/// A resource in which the provider has work.
struct Subject<'a> {
    table: &'static Table,
    row: &'a Row,
    /// None when it is not known.
    region: Option<Arc<str>>,
    /// The layers in which the provider has, or may have, work.
    duties: Vec<&'a Responsibility>,
}

impl Subject<'_> {
    /// Whether the resource needs a programme; None when that is not known.
    fn needs(
        &self,
        facts: &Facts,
        evidence: &Evidence,
        sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
        programme: &str,
    ) -> Option<bool> {
        let sensitivity = sensitivities.get(&self.row.resource).copied();
        let mut answer = Some(false);
        for required in evidence.required.iter().filter(|one| facts.programme_id(&one.programme) == programme) {
            match required.applies(self.table, self.row, sensitivity) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => answer = None,
            }
        }
        answer
    }
}

/// Every resource in which the provider has work.
fn subjects<'a>(facts: &Facts, inventory: &'a Inventory, responsibilities: &'a [Responsibility]) -> Vec<Subject<'a>> {
    let rows: HashMap<&str, (&'static Table, &Row)> = inventory
        .resource_tables()
        .flat_map(|(table, rows)| rows.iter().map(move |row| (row.resource.as_ref(), (table, row))))
        .collect();
    let mut subjects: Vec<Subject<'_>> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    for duty in responsibilities {
        if matches!(duty.party, Some(Party::Customer | Party::NotApplicable)) {
            continue;
        }
        let Some((table, row)) = rows.get(duty.resource.as_ref()).copied() else { continue };
        let position = *at.entry(duty.resource.as_ref()).or_insert_with(|| {
            let region = region(facts, table, row);
            subjects.push(Subject { table, row, region, duties: Vec::new() });
            subjects.len() - 1
        });
        if let Some(subject) = subjects.get_mut(position) {
            subject.duties.push(duty);
        }
    }
    subjects
}

/// Where a resource is; None when it is not known.
fn region(facts: &Facts, table: &Table, row: &Row) -> Option<Arc<str>> {
    if facts.is_global(table.service) {
        return Some(GLOBAL.into());
    }
    match row.cell(table, "region") {
        Some(Cell::Text(region)) if !region.is_empty() => Some(region.clone()),
        _ => None,
    }
}
