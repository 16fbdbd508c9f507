//! A badge log, and who was in which room when.

use std::collections::BTreeMap;

use super::view::{Instant, Record, Site};

/// A line of a badge log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event<'i> {
    pub(super) sequence: Option<i64>,
    /// Seconds since 1970.
    pub(super) time: i64,
    pub(super) door: &'i str,
    /// '' for a visitor.
    pub(super) person: &'i str,
    pub(super) badge: &'i str,
    pub(super) is_inward: bool,
    pub(super) is_granted: bool,
}

impl<'i> Event<'i> {
    /// Who it was: the person, else the badge.
    pub(super) fn who(&self) -> &'i str {
        if self.person.is_empty() { self.badge } else { self.person }
    }
}

/// The lines of a site's log in the log's own order. Lines without an instant were reported when they were read.
pub(super) fn events<'i>(site: &Site<'i>) -> Vec<Event<'i>> {
    let mut events: Vec<Event<'i>> = site.rows("site_badge_event").filter_map(|row| event(&row)).collect();
    match events.iter().all(|event| event.sequence.is_some()) {
        true => events.sort_by_key(|event| (event.sequence, event.time)),
        false => events.sort_by_key(|event| event.time),
    }
    // A line that was exported twice says nothing new.
    events.dedup();
    events
}

fn event<'i>(row: &Record<'i>) -> Option<Event<'i>> {
    let Instant::At(time) = row.instant("time") else { return None };
    Some(Event {
        sequence: row.number("sequence").map(|number| number as i64),
        time,
        door: row.text("door"),
        person: row.text("person"),
        badge: row.text("badge"),
        is_inward: row.text("direction") != "out",
        is_granted: row.text("result") != "denied",
    })
}

/// A door's two sides.
pub(super) type Doors<'i> = BTreeMap<&'i str, (&'i str, &'i str)>;

pub(super) fn doors<'i>(site: &Site<'i>) -> Doors<'i> {
    site.rows("site_door").map(|door| (door.text("id"), (door.text("from"), door.text("to")))).collect()
}

/// Somebody's time in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stay<'i> {
    pub(super) room: &'i str,
    pub(super) from: i64,
    /// `i64::MAX` when nobody saw them leave.
    pub(super) until: i64,
}

/// Where one badge was, by the doors that it went through.
pub(super) fn stays<'i>(
    events: &[Event<'i>],
    doors: &Doors<'i>,
    is_them: impl Fn(&Event<'i>) -> bool,
) -> Vec<Stay<'i>> {
    let mut stays: Vec<Stay<'i>> = Vec::new();
    for event in events.iter().filter(|event| event.is_granted && is_them(event)) {
        let Some((outer, inner)) = doors.get(event.door) else { continue };
        if let Some(open) = stays.last_mut().filter(|stay| stay.until == i64::MAX) {
            open.until = event.time;
        }
        let room = if event.is_inward { inner } else { outer };
        stays.push(Stay { room, from: event.time, until: i64::MAX });
    }
    stays
}

/// Whether lines are missing between two that follow each other.
pub(super) fn is_gap(before: &Event<'_>, after: &Event<'_>) -> bool {
    matches!((before.sequence, after.sequence), (Some(before), Some(after)) if after.saturating_sub(before) > 1)
}

/// An instant for people.
pub(super) fn written(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 0000-03-01, in eras of 400 years: <https://howardhinnant.github.io/date_algorithms.html>
    let shifted = days.saturating_add(719_468);
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era.saturating_mul(400) + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
