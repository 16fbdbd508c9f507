//! Whether an escort was in the same room as a visitor all the time.

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_model::{Cause, Cell, Row, Unknown};

use super::badge::{Doors, Event, Stay, doors, events, is_gap, stays, written};
use super::view::{Instant, Record, Site, texts, verdict};

/// A row for each visit.
pub(super) fn rows(site: &Site<'_>) -> Vec<Row> {
    let (events, doors) = (events(site), doors(site));
    let required: BTreeSet<&str> = site
        .rows("site_room")
        .filter(|room| room.flag("escort_required") != Some(false))
        .map(|room| room.text("id"))
        .collect();
    site.rows("site_visitor").map(|visit| row(site, &visit, &events, &doors, &required)).collect()
}

fn row(site: &Site<'_>, visit: &Record<'_>, events: &[Event<'_>], doors: &Doors<'_>, required: &BTreeSet<&str>) -> Row {
    let (escort, badge) = (visit.text("escort"), visit.text("badge"));
    let begin = match visit.instant("arrived") {
        Instant::At(time) => time,
        Instant::Unset | Instant::Unknown => i64::MIN,
    };
    let end = match visit.instant("left") {
        Instant::At(time) => time,
        Instant::Unset | Instant::Unknown => site.end().unwrap_or(i64::MAX),
    };
    let is_visitor =
        |event: &Event<'_>| event.person.is_empty() && event.badge == badge && (begin..=end).contains(&event.time);
    let (alone, hidden) = match (visit.known_text("escort"), badge) {
        (Some(""), _) => (vec!["nobody was named to escort them".to_owned()], None),
        (_, "") => (Vec::new(), Some(unknown("the visit names no badge"))),
        _ => {
            let visited = stays(events, doors, is_visitor);
            let with = stays(events, doors, |event| event.person == escort);
            let grace = site.own.number("escort_grace_seconds").unwrap_or(0.0) as i64;
            let visited = visited.iter().filter(|stay| required.contains(stay.room));
            let alone: Vec<String> = visited.filter_map(|stay| unescorted(stay, end, &with, grace)).collect();
            match hidden(site, events, begin, end) {
                // A line that is missing may be the escort's.
                Some(hidden) => (Vec::new(), Some(hidden)),
                None => (alone, None),
            }
        }
    };
    let found = alone.len();
    visit.derive(vec![
        Cell::text(site.name()),
        Cell::text(visit.text("id")),
        Cell::text(escort),
        texts(alone),
        verdict(found, hidden),
    ])
}

fn unknown(why: &str) -> Arc<Unknown> {
    Arc::new(Unknown { symbol: "escort".to_owned(), cause: Cause::Undetermined(why.to_owned()), reference: None })
}

/// Why the log may not show all of a visit.
fn hidden(site: &Site<'_>, events: &[Event<'_>], begin: i64, end: i64) -> Option<Arc<Unknown>> {
    let pairs = events.iter().zip(events.iter().skip(1));
    let mut gaps = pairs.filter(|(before, after)| is_gap(before, after) && before.time <= end && after.time >= begin);
    site.unseen(&["site_badge_event"])
        .or_else(|| gaps.next().map(|_| unknown("lines of the badge log are missing during the visit")))
}

/// The part of a visitor's stay that the escort spent elsewhere, beyond the grace at its ends.
fn unescorted(stay: &Stay<'_>, end: i64, with: &[Stay<'_>], grace: i64) -> Option<String> {
    let until = stay.until.min(end);
    let mut covered = stay.from;
    for other in with.iter().filter(|other| other.room == stay.room && other.until >= stay.from && other.from <= until)
    {
        if other.from.saturating_sub(covered) > grace {
            break;
        }
        covered = covered.max(other.until);
    }
    (until.saturating_sub(covered) > grace).then(|| format!("`{}` from {}", stay.room, written(covered.max(stay.from))))
}
