//! Whether rooms that need it are in a fire zone with detection and suppression.

use partywall_model::{Cell, Row};

use super::door::GUARDED;
use super::view::{Record, Site, texts, undetermined};

/// A row for each room that holds machines or plant.
pub(super) fn rows(site: &Site<'_>) -> Vec<Row> {
    let zones: Vec<Record<'_>> = site.rows("site_fire_zone").collect();
    let smoke: Vec<Record<'_>> = site.rows("site_sensor").filter(|sensor| sensor.text("kind") == "smoke").collect();
    let rooms = site.rows("site_room").filter(|room| GUARDED.contains(&room.text("kind")));
    rooms.map(|room| row(site, &room, &zones, &smoke)).collect()
}

fn row(site: &Site<'_>, room: &Record<'_>, zones: &[Record<'_>], smoke: &[Record<'_>]) -> Row {
    let id = room.text("id");
    let own: Vec<&Record<'_>> =
        zones.iter().filter(|zone| zone.list("rooms").is_some_and(|rooms| rooms.contains(&id))).collect();
    let detects =
        |detector: &&str| smoke.iter().any(|sensor| sensor.text("id") == *detector && sensor.text("room") == id);
    let detection = own.iter().map(|zone| zone.list("detectors").map(|list| list.iter().any(detects)));
    let suppression = own.iter().map(|zone| zone.known_text("suppression").map(|how| !how.is_empty()));
    room.derive(vec![
        Cell::text(site.name()),
        Cell::text(id),
        Cell::text(room.text("kind")),
        texts(own.iter().map(|zone| zone.text("id").to_owned()).collect()),
        any(detection, "`site.toml` does not say what detects smoke in the fire zone"),
        any(suppression, "`site.toml` does not say how fire in the zone is put out"),
    ])
}

fn any(known: impl Iterator<Item = Option<bool>>, why: &str) -> Cell {
    let known: Vec<Option<bool>> = known.collect();
    match (known.contains(&Some(true)), known.contains(&None)) {
        (true, _) => Cell::Boolean(true),
        (false, true) => undetermined("fire_zone", why),
        (false, false) => Cell::Boolean(false),
    }
}
