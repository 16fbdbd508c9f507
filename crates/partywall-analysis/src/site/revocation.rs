//! Whether grants of people whose work has ended were removed in time.

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::{Cell, Row};

use super::view::{Instant, Record, Site, texts, undetermined, verdict};

/// A row for each person of the staff list, and for each grant of somebody who is not on it.
pub(super) fn rows(site: &Site<'_>) -> Vec<Row> {
    let mut grants: BTreeMap<&str, Vec<Record<'_>>> = BTreeMap::new();
    for grant in site.rows("site_grant") {
        grants.entry(grant.text("person")).or_default().push(grant);
    }
    let hours = site.own.number("revocation_hours_max");
    let mut known = BTreeSet::new();
    let mut rows = Vec::new();
    for person in site.rows("site_person") {
        let id = person.text("id");
        known.insert(id);
        let own = grants.get(id).map_or(&[][..], Vec::as_slice);
        rows.push(person_row(site, &person, own, hours));
    }
    for (person, grants) in grants.iter().filter(|(person, _)| !known.contains(*person)) {
        for grant in grants.iter().filter(|grant| !matches!(grant.instant("removed"), Instant::At(_))) {
            let is_timely = match site.unseen(&["site_person"]) {
                Some(unknown) => Cell::Unknown(unknown),
                None => Cell::Boolean(false),
            };
            let late = vec![format!("`{}` of somebody who is not on the staff list", grant.text("id"))];
            rows.push(grant.derive(cells(site, person, "", late, hours, is_timely)));
        }
    }
    rows
}

fn cells(
    site: &Site<'_>,
    person: &str,
    end: &str,
    late: Vec<String>,
    hours: Option<f64>,
    is_timely: Cell,
) -> Vec<Cell> {
    let hours = hours.map_or_else(|| undetermined("revocation_hours_max", "it is not known"), Cell::Number);
    vec![Cell::text(site.name()), Cell::text(person), Cell::text(end), texts(late), hours, is_timely]
}

fn person_row(site: &Site<'_>, person: &Record<'_>, grants: &[Record<'_>], hours: Option<f64>) -> Row {
    let id = person.text("id");
    let end = person.instant("end");
    let late: Vec<String> = match (end, hours) {
        (Instant::At(end), Some(hours)) => {
            let due = end.saturating_add((hours * 3600.0) as i64);
            grants.iter().filter_map(|grant| late(site, grant, due)).collect()
        }
        _ => Vec::new(),
    };
    let is_open = |grant: &Record<'_>| grant.instant("removed") == Instant::Unknown;
    let is_timely = match (end, hours, site.end()) {
        (Instant::Unset, ..) => Cell::Boolean(true),
        (Instant::Unknown, ..) | (_, None, _) | (.., None) => {
            undetermined(&format!("{id}.end"), "when the work ends, or the period of the evidence, is not known")
        }
        _ if late.is_empty() && grants.iter().any(is_open) => {
            undetermined(&format!("{id}.removed"), "when a grant was removed is not known")
        }
        _ => verdict(late.len(), site.unseen(&["site_grant"])),
    };
    person.derive(cells(site, id, person.text("end"), late, hours, is_timely))
}

/// A grant that was still there when it had to be gone.
fn late(site: &Site<'_>, grant: &Record<'_>, due: i64) -> Option<String> {
    if matches!(grant.instant("end"), Instant::At(end) if end <= due) {
        return None;
    }
    let id = grant.text("id");
    match grant.instant("removed") {
        Instant::At(removed) => (removed > due).then(|| format!("`{id}`, removed on {}", grant.text("removed"))),
        Instant::Unset => site.end().filter(|end| *end > due).map(|_| format!("`{id}`, never removed")),
        Instant::Unknown => None,
    }
}
