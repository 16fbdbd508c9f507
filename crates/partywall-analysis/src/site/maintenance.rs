//! Whether systems and fire zones were maintained and tested in time.

use partywall_model::{Cell, Row};

use super::view::{Instant, Record, Site, undetermined};

/// A row for each system and its preventive maintenance, and for each fire zone and its tests.
pub(super) fn rows(site: &Site<'_>) -> Vec<Row> {
    let tasks: Vec<Record<'_>> = site.rows("site_maintenance_task").collect();
    let records: Vec<Record<'_>> = site.rows("site_maintenance_record").collect();
    let mut needs: Vec<(Record<'_>, &str, Option<f64>)> = Vec::new();
    needs.extend(site.rows("site_system").map(|system| (system, "preventive", None)));
    for zone in site.rows("site_fire_zone") {
        needs.push((zone, "alarm_test", zone.number("alarm_test_days_max")));
        if zone.known_text("suppression").is_none_or(|how| !how.is_empty()) {
            needs.push((zone, "suppression_test", zone.number("suppression_test_days_max")));
        }
    }
    let rows = needs.iter().map(|(subject, kind, limit)| row(site, subject, kind, *limit, &tasks, &records));
    rows.collect()
}

fn row(
    site: &Site<'_>,
    subject: &Record<'_>,
    kind: &str,
    limit: Option<f64>,
    tasks: &[Record<'_>],
    records: &[Record<'_>],
) -> Row {
    let id = subject.text("id");
    let own: Vec<&Record<'_>> =
        tasks.iter().filter(|task| task.text("subject") == id && task.text("kind") == kind).collect();
    let done: Vec<(i64, &Record<'_>)> = records
        .iter()
        .filter(|record| own.iter().any(|task| task.text("id") == record.text("task")))
        .filter_map(|record| match record.instant("time") {
            Instant::At(time) => Some((time, record)),
            Instant::Unset | Instant::Unknown => None,
        })
        .collect();
    let latest = done.iter().max_by_key(|(time, _)| *time);
    let passed = done.iter().filter(|(_, record)| record.text("result") == "passed").max_by_key(|(time, _)| *time);
    let intervals = own.iter().map(|task| task.number("interval_days")).collect::<Option<Vec<f64>>>();
    let days_max = intervals.and_then(|days| days.into_iter().chain(limit).min_by(f64::total_cmp));
    let days = passed.and_then(|(time, _)| Some((site.end()? - time) as f64 / 86_400.0));
    let why = match (own.is_empty(), passed, latest, days, days_max) {
        (true, ..) => "it is not in the maintenance plan".to_owned(),
        (_, None, ..) => "it was never done and passed".to_owned(),
        (_, Some((passed, _)), Some((latest, _)), ..) if latest > passed => "it failed the last time".to_owned(),
        (.., Some(days), Some(most)) if days > most => {
            format!("it was last done {days:.0} days before the end of the period")
        }
        _ => String::new(),
    };
    let number = |known: Option<f64>, name: &str| match known {
        Some(known) => Cell::Number(known),
        None => undetermined(&format!("{id}.{name}"), "the plan or the records do not tell"),
    };
    let unseen = match own.is_empty() {
        true => site.unseen(&["site_maintenance_task"]),
        false => site.unseen(&["site_maintenance_task", "site_maintenance_record"]),
    };
    let is_current = match (unseen, why.is_empty()) {
        (Some(unknown), _) => Cell::Unknown(unknown),
        (None, false) => Cell::Boolean(false),
        (None, true) if days.is_some() && days_max.is_some() => Cell::Boolean(true),
        (None, true) => {
            undetermined(&format!("{id}.{kind}"), "the interval, or the period of the evidence, is not known")
        }
    };
    subject.derive(vec![
        Cell::text(site.name()),
        Cell::text(id),
        Cell::text(kind),
        Cell::text(passed.map_or("", |(_, record)| record.text("time"))),
        number(days, "days"),
        number(days_max, "days_max"),
        is_current,
        Cell::text(why),
    ])
}
