//! Whether what should watch speaks, and whether anything says that there is water.

use partywall_model::{Cell, Row};

use super::view::{Record, Site, texts, undetermined};

/// A row for each electrical, mechanical or life-support system.
pub(super) fn systems(site: &Site<'_>) -> Vec<Row> {
    site.rows("site_system").map(|system| of_system(site, &system)).collect()
}

fn of_system(site: &Site<'_>, system: &Record<'_>) -> Row {
    let id = system.text("id");
    let watchers = system.list("monitored_by");
    let mut silent = Vec::new();
    let (mut speaks, mut doubt) = (false, watchers.is_none());
    for watcher in watchers.iter().flatten() {
        match speaks_of(site, watcher) {
            Some(true) => speaks = true,
            Some(false) => silent.push((*watcher).to_owned()),
            None => doubt = true,
        }
    }
    let is_monitored = match (speaks, doubt) {
        (true, _) => Cell::Boolean(true),
        (false, true) => {
            undetermined(&format!("{id}.monitored_by"), "what watches it, or what that says, is not known")
        }
        (false, false) => Cell::Boolean(false),
    };
    system.derive(vec![
        Cell::text(site.name()),
        Cell::text(id),
        Cell::text(system.text("class")),
        texts(silent),
        is_monitored,
    ])
}

/// Whether a sensor or a device said anything in the period; None when that is not known.
fn speaks_of(site: &Site<'_>, watcher: &str) -> Option<bool> {
    if let Some(reading) = site.rows("site_reading").find(|row| row.text("id") == watcher) {
        let spoke = reading.number("count")? > 0.0;
        return match site.unseen(&["site_reading"]) {
            Some(_) if !spoke => None,
            _ => Some(spoke),
        };
    }
    match site.rows("site_device").find(|row| row.text("id") == watcher) {
        Some(device) if device.flag("is_answered") == Some(true) => Some(true),
        // Nobody asked it, or it refused: the evidence is what is missing.
        Some(_) => None,
        None => Some(false),
    }
}

/// A row for each detector of water.
pub(super) fn water(site: &Site<'_>) -> Vec<Row> {
    let sensors = site.rows("site_reading").filter(|row| row.text("kind") == "water").map(|reading| {
        let is_dry = match (reading.number("maximum"), site.unseen(&["site_reading"])) {
            (Some(most), _) if most > 0.0 => Cell::Boolean(false),
            (_, Some(unknown)) => Cell::Unknown(unknown),
            (Some(_), None) => Cell::Boolean(true),
            (None, None) => undetermined(reading.text("id"), "the detector said nothing in the period"),
        };
        reading.derive(vec![Cell::text(site.name()), Cell::text(reading.text("id")), is_dry])
    });
    let detectors = site.rows("site_telemetry").filter(|row| row.text("kind") == "leak_detector").map(|thing| {
        let is_dry = match thing.flag("is_leaking") {
            Some(is_leaking) => Cell::Boolean(!is_leaking),
            None => undetermined(thing.text("id"), "the device does not say whether there is water"),
        };
        thing.derive(vec![Cell::text(site.name()), Cell::text(thing.text("id")), is_dry])
    });
    sensors.chain(detectors).collect()
}
