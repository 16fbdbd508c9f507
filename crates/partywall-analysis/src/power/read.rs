//! The topology of a site, and what its devices say has failed, from rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_model::{Cause, Gap, GapKind, Unknown};

use super::proof::Already;
use super::topology::{Declared, FOREVER, Kind, Topology};
use crate::site::{Record, Site};

/// What is known of a site's power.
pub(super) struct Power {
    pub(super) topology: Topology,
    pub(super) already: Already,
    /// What devices say of elements, in words, by position.
    pub(super) states: Vec<(usize, String)>,
    /// Why something may have failed without being seen.
    pub(super) hidden: Option<Arc<Unknown>>,
    /// Whether any device says anything of the elements.
    pub(super) is_watched: bool,
    pub(super) gaps: Vec<Gap>,
}

/// Reads the power of a site; an error is why there is no topology.
pub(super) fn read(site: &Site<'_>) -> Result<Power, String> {
    let mut declared = Vec::new();
    for row in site.rows("site_power_element") {
        declared.push(element(&row)?);
    }
    let telemetry: Vec<Record<'_>> =
        site.rows("site_telemetry").filter(|row| !row.text("element").is_empty()).collect();
    for row in &telemetry {
        let of = declared.iter_mut().find(|element| element.id == row.text("element"));
        if let Some(element) = of.filter(|element| element.kind == Kind::Ups) {
            shorten(element, row);
        }
    }
    let topology = Topology::new(declared).map_err(|error| error.to_string())?;
    let mut power = Power {
        topology,
        already: Already::default(),
        states: Vec::new(),
        hidden: site.unseen(&["site_telemetry"]),
        is_watched: !telemetry.is_empty(),
        gaps: Vec::new(),
    };
    for row in &telemetry {
        power.take(site, row);
    }
    Ok(power)
}

fn element(row: &Record<'_>) -> Result<Declared, String> {
    let id = row.text("id").to_owned();
    let kind = Kind::from_id(row.text("kind")).ok_or_else(|| {
        format!("`{id}` is a `{}`, which is no kind of element", row.text("kind").chars().take(40).collect::<String>())
    })?;
    let sources = match row.list("sources") {
        Some(sources) => sources.into_iter().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let watts = |name: &str| match row.number(name) {
        Some(watts) if watts < 0.0 => Err(format!("`{id}`.{name} is below nothing")),
        watts => Ok(watts),
    };
    let time = |name: &str| match row.number(name) {
        Some(seconds) if seconds < 0.0 => Err(format!("`{id}`.{name} is below nothing")),
        seconds => Ok(seconds.map(milliseconds)),
    };
    Ok(Declared {
        kind,
        sources,
        capacity_watts: watts("capacity_watts")?,
        load_watts: watts("load_watts")?,
        ride_through: time("ride_through_seconds")?,
        start: time("start_seconds")?,
        transfer: time("transfer_seconds")?,
        sources_needed: row.number("sources_needed").map_or(1, |count| count.clamp(1.0, 1_000.0) as usize),
        maintenance_bypass: row.flag("maintenance_bypass") == Some(true),
        id,
    })
}

fn milliseconds(seconds: f64) -> u64 {
    ((seconds * 1000.0).round() as u64).min(FOREVER - 1)
}

/// A battery lasts as long as its device says, where that is less than what was declared.
fn shorten(element: &mut Declared, row: &Record<'_>) {
    let said = row.number("runtime_seconds").map(|seconds| milliseconds(seconds.max(0.0)));
    let said = match (said, row.flag("low_battery")) {
        (None, Some(true)) => Some(0),
        (said, _) => said,
    };
    if let (Some(said), Some(declared)) = (said, element.ride_through) {
        element.ride_through = Some(said.min(declared));
    }
}

impl Power {
    fn take(&mut self, site: &Site<'_>, row: &Record<'_>) {
        let name = row.text("element");
        let Some(at) = self.topology.position(name) else {
            let cause = format!(
                "device `{}` reports on `{name}`, which is no element of the power topology",
                row.text("device")
            );
            let file = site.own.row.origin.file().to_owned();
            self.gaps.push(Gap::in_file(GapKind::NotEvaluated, file, 0, cause, "correct `elements` of the device"));
            return;
        };
        self.states.push((at, row.text("state").to_owned()));
        let is_ups = self.topology.elements.get(at).is_some_and(|element| element.declared.kind == Kind::Ups);
        let (on_battery, is_open) = (row.flag("on_battery"), row.flag("breaker_open"));
        if is_open == Some(true) {
            self.already.outage.failed.insert(at);
        }
        if on_battery == Some(true) {
            self.already.outage.starved.insert(at);
        }
        if row.flag("redundancy_lost") == Some(true) {
            self.already.weakened.insert(at);
        }
        if is_ups && (on_battery.is_none() || is_open.is_none()) && self.hidden.is_none() {
            let why = format!(
                "device `{}` does not say whether `{name}` has power: `{}`",
                row.text("device"),
                row.text("state")
            );
            let unknown = Unknown { symbol: name.to_owned(), cause: Cause::Undetermined(why), reference: None };
            self.hidden = Some(Arc::new(unknown));
        }
    }

    /// Elements that devices say have failed, lost their input, or lost their spare part.
    pub(super) fn out(&self) -> BTreeSet<usize> {
        let outage = &self.already.outage;
        outage.failed.iter().chain(&outage.starved).chain(&self.already.weakened).copied().collect()
    }
}
