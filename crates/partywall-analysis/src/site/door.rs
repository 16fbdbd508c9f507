//! What a badge log says of each door, beside the staff list, the grants and the visits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use partywall_model::{Cause, Cell, Gap, GapKind, Row, Unknown};

use super::badge::{Event, doors, events, is_gap, written};
use super::view::{Instant, Record, Site, texts, undetermined, verdict};

/// Rooms that hold machines or plant: <https://aws.amazon.com/compliance/data-center/controls/>
pub(super) const GUARDED: [&str; 6] = ["data", "mechanical", "electrical", "chiller", "generator", "battery"];

/// Evidence without which nobody can tell that every entry had a need.
const NEED: [&str; 4] = ["site_badge_event", "site_person", "site_grant", "site_visitor"];

/// A row for each door.
pub(super) fn rows(site: &Site<'_>) -> Vec<Row> {
    let events = events(site);
    let rights = Rights::of(site);
    let pass_backs = pass_backs(site, &events);
    let rooms: BTreeMap<&str, Record<'_>> = site.rows("site_room").map(|room| (room.text("id"), room)).collect();
    let mut rows = Vec::new();
    for door in site.rows("site_door") {
        let id = door.text("id");
        let inner = rooms.get(door.text("to"));
        let entries: Vec<&Event<'_>> =
            events.iter().filter(|event| event.door == id && event.is_inward && event.is_granted).collect();
        let places = [id, door.text("to"), inner.map_or("", |room| room.text("area")), "*"];
        let without: Vec<String> = entries.iter().filter_map(|event| rights.against(event, &places)).collect();
        let passed: Vec<String> = pass_backs.iter().filter(|(of, _)| *of == id).map(|(_, text)| text.clone()).collect();
        let tells = site.unseen(&["site_badge_event"]).or_else(|| exits_hidden(site, door.text("to")));
        let has_second_factor = match door.list("factors") {
            Some(factors) => Cell::Boolean(factors.iter().collect::<BTreeSet<_>>().len() >= 2),
            None => undetermined(&format!("{id}.factors"), "`site.toml` does not say what the door asks for"),
        };
        let has_camera = match door.known_text("camera") {
            Some(camera) => Cell::Boolean(!camera.is_empty()),
            None => undetermined(&format!("{id}.camera"), "`site.toml` does not say which camera sees the door"),
        };
        let is_guarded = match inner {
            Some(room) => Cell::Boolean(GUARDED.contains(&room.text("kind"))),
            None => undetermined(&format!("{id}.to"), "`site.toml` has no room of that name"),
        };
        let (found, passes) = (without.len(), passed.len());
        rows.push(door.derive(vec![
            Cell::text(site.name()),
            Cell::text(id),
            match site.unseen(&["site_badge_event"]) {
                None => Cell::Integer(i64::try_from(entries.len()).unwrap_or(i64::MAX)),
                Some(unknown) => Cell::Unknown(unknown),
            },
            texts(without),
            verdict(found, site.unseen(&NEED)),
            texts(passed),
            verdict(passes, tells),
            has_second_factor,
            has_camera,
            is_guarded,
        ]));
    }
    rows
}

/// Lines of the log about doors that the site does not have.
pub(super) fn gaps(site: &Site<'_>) -> Vec<Gap> {
    let doors = doors(site);
    let mut strange: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events(site).iter().filter(|event| !doors.contains_key(event.door)) {
        *strange.entry(event.door).or_default() += 1;
    }
    let file = site.own.row.origin.file().to_owned();
    let gap = |(door, count): (&str, usize)| {
        let door: String = door.chars().take(40).collect();
        let cause = format!("the badge log names a door `{door}` ({count} times) that `site.toml` does not have");
        Gap::in_file(GapKind::NotEvaluated, file.as_str(), 0, cause, "add the door to `site.toml`")
    };
    strange.into_iter().take(20).map(gap).collect()
}

/// Who may be where, when.
struct Rights<'i> {
    people: BTreeMap<&'i str, Record<'i>>,
    grants: BTreeMap<&'i str, Vec<Record<'i>>>,
    visits: BTreeMap<&'i str, Vec<Record<'i>>>,
    /// Whether that somebody is not listed means that they have no right.
    knows_people: bool,
    knows_grants: bool,
    knows_visits: bool,
}

impl<'i> Rights<'i> {
    fn of(site: &Site<'i>) -> Self {
        let mut grants: BTreeMap<&str, Vec<Record<'_>>> = BTreeMap::new();
        for grant in site.rows("site_grant") {
            grants.entry(grant.text("person")).or_default().push(grant);
        }
        let mut visits: BTreeMap<&str, Vec<Record<'_>>> = BTreeMap::new();
        for visit in site.rows("site_visitor") {
            visits.entry(visit.text("badge")).or_default().push(visit);
        }
        Self {
            people: site.rows("site_person").map(|person| (person.text("id"), person)).collect(),
            grants,
            visits,
            knows_people: site.unseen(&["site_person"]).is_none(),
            knows_grants: site.unseen(&["site_grant"]).is_none(),
            knows_visits: site.unseen(&["site_visitor"]).is_none(),
        }
    }

    /// What certainly speaks against an entry, in words.
    fn against(&self, event: &Event<'_>, places: &[&str]) -> Option<String> {
        let when = written(event.time);
        if event.person.is_empty() {
            let visits = self.visits.get(event.badge).map_or(&[][..], Vec::as_slice);
            let fits = visits.iter().any(|visit| may_be(visit, "arrived", "left", event.time));
            return (self.knows_visits && !fits).then(|| format!("badge `{}` of no visitor on {when}", event.badge));
        }
        let name = event.person;
        match self.people.get(name) {
            None if self.knows_people => return Some(format!("`{name}`, who is not on the staff list, on {when}")),
            Some(person) if !may_be(person, "start", "end", event.time) => {
                return Some(format!("`{name}`, whose work had ended or not begun, on {when}"));
            }
            _ => {}
        }
        let grants = self.grants.get(name).map_or(&[][..], Vec::as_slice);
        let covers = |grant: &&Record<'_>| {
            grant.known_text("area").is_none_or(|area| !area.is_empty() && places.contains(&area))
                && grant.known_text("need").is_none_or(|need| !need.is_empty())
                && may_be(grant, "start", "end", event.time)
                && may_be(grant, "start", "removed", event.time)
        };
        let has_grant = grants.iter().any(|grant| covers(&grant));
        (self.knows_grants && !has_grant).then(|| format!("`{name}` without a grant and its need on {when}"))
    }
}

/// Whether an instant may lie between two others; an end that is not set has not come.
fn may_be(record: &Record<'_>, from: &str, until: &str, time: i64) -> bool {
    let begun = !matches!(record.instant(from), Instant::At(begin) if begin > time);
    begun && !matches!(record.instant(until), Instant::At(end) if end < time)
}

/// A badge that enters a room in which it is already was handed back through the door. Where lines of the log are
/// missing, they may be those of the way out.
fn pass_backs<'i>(site: &Site<'i>, events: &[Event<'i>]) -> Vec<(&'i str, String)> {
    let doors = doors(site);
    let mut rooms: BTreeMap<&str, &str> = BTreeMap::new();
    let mut found = Vec::new();
    let mut before: Option<&Event<'_>> = None;
    for event in events {
        if before.is_some_and(|before| is_gap(before, event)) {
            rooms.clear();
        }
        before = Some(event);
        let Some((outer, inner)) = doors.get(event.door).filter(|_| event.is_granted) else { continue };
        let room = if event.is_inward { *inner } else { *outer };
        let was = rooms.insert(event.who(), room);
        if event.is_inward && was == Some(room) && exits_hidden(site, room).is_none() {
            found.push((event.door, format!("`{}` on {}", event.who(), written(event.time))));
        }
    }
    found
}

/// Why the log does not tell who is in a room: one of its doors opens from within without a badge.
fn exits_hidden(site: &Site<'_>, room: &str) -> Option<Arc<Unknown>> {
    let mut silent =
        site.rows("site_door").filter(|door| door.text("to") == room && door.flag("logs_exit") != Some(true));
    let door = silent.next()?.text("id");
    let why = format!("door `{door}` does not record who leaves");
    Some(Arc::new(Unknown { symbol: format!("{door}.logs_exit"), cause: Cause::Undetermined(why), reference: None }))
}
