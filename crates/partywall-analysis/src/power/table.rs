//! The proof as rows for SQL.

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_model::{Cause, Cell, Gap, GapKind, Inventory, Row, Unknown, UnknownTable};

use super::proof::{Harm, Proof, Scenario};
use super::read::{Power, read};
use super::report::words;
use super::topology::{FOREVER, Topology};
use crate::site::{Record, Site, hide, texts};

const LOAD: &str = "site_power_load";
const FAILURE: &str = "site_power_failure";

/// Adds the tables of power that are wanted.
///
/// # Errors
/// When a table is not declared.
pub fn add_tables(inventory: &mut Inventory, wanted: &BTreeSet<&str>) -> Result<Vec<Gap>, UnknownTable> {
    if !wanted.contains(LOAD) && !wanted.contains(FAILURE) {
        return Ok(Vec::new());
    }
    let (mut gaps, mut rows) = (Vec::new(), Vec::new());
    for site in Site::all(inventory) {
        add_site(&site, &mut rows, &mut gaps);
    }
    for (table, row) in rows {
        inventory.push(table, row)?;
    }
    for table in [LOAD, FAILURE] {
        hide(inventory, table, &["site_power_element"]).into_iter().for_each(|unseen| inventory.add_unseen(unseen));
    }
    Ok(gaps)
}

fn add_site(site: &Site<'_>, rows: &mut Vec<(&'static str, Row)>, gaps: &mut Vec<Gap>) {
    let loads: Vec<Record<'_>> = site.rows("site_power_element").filter(|row| row.text("kind") == "load").collect();
    match read(site) {
        Ok(power) => {
            let proof = Proof::of(&power.topology, &power.already);
            gaps.extend(power.gaps.iter().cloned());
            let view = View { site, power: &power, proof: &proof };
            gaps.extend(view.left_out());
            rows.extend(loads.iter().filter_map(|load| Some((LOAD, view.load(load)?))));
            rows.extend(proof.harms.iter().filter_map(|harm| Some((FAILURE, view.failure(harm, &loads)?))));
        }
        Err(cause) => {
            let file = site.own.row.origin.file().to_owned();
            let cure = "correct `[[power]]` in site.toml; until then nothing is known of the site's power";
            gaps.push(Gap::in_file(GapKind::NotEvaluated, file, 0, cause.clone(), cure));
            let all = site.rows("site_power_element");
            // Without a topology it is not known what is a load either.
            let unknown = unknown("power", &cause);
            let of = all.filter(|row| row.text("kind") == "load" || loads.is_empty());
            rows.extend(of.map(|load| (LOAD, nothing_known(site, &load, &unknown))));
        }
    }
}

fn unknown(symbol: &str, why: &str) -> Arc<Unknown> {
    Arc::new(Unknown { symbol: symbol.to_owned(), cause: Cause::Undetermined(why.to_owned()), reference: None })
}

fn nothing_known(site: &Site<'_>, load: &Record<'_>, unknown: &Arc<Unknown>) -> Row {
    let none = || Cell::Unknown(unknown.clone());
    let list = || Cell::List(Vec::new());
    load.derive(vec![
        Cell::text(site.name()),
        Cell::text(load.text("id")),
        none(),
        Cell::text(""),
        none(),
        list(),
        none(),
        list(),
        none(),
        list(),
    ])
}

struct View<'a, 'i> {
    site: &'a Site<'i>,
    power: &'a Power,
    proof: &'a Proof,
}

impl View<'_, '_> {
    fn topology(&self) -> &Topology {
        &self.power.topology
    }

    fn left_out(&self) -> Option<Gap> {
        let count = self.proof.harms_left_out;
        let cause = match (self.proof.is_given_up, count) {
            (true, _) => {
                "the power topology has more scenarios than are played; what is not at fault is unknown".to_owned()
            }
            (false, 0) => return None,
            (false, count) => format!("{count} further harms of power failures are not listed"),
        };
        let file = self.site.own.row.origin.file().to_owned();
        Some(Gap::in_file(GapKind::NotEvaluated, file, 0, cause, "split the topology into parts that share no source"))
    }

    /// Whether a load goes through all scenarios of a kind, and what it does not.
    fn survives(&self, load: usize, is_kind: impl Fn(Scenario) -> bool) -> (Cell, Vec<String>) {
        let of = self.proof.harms.iter().filter(|harm| harm.load == load && is_kind(harm.scenario));
        let (certain, perhaps): (Vec<&Harm>, Vec<&Harm>) = of.partition(|harm| harm.is_certain);
        let told = |harms: &[&Harm]| harms.iter().map(|harm| words(self.topology(), harm)).collect::<Vec<_>>();
        if !certain.is_empty() {
            return (Cell::Boolean(false), told(&certain));
        }
        if !perhaps.is_empty() {
            let missing = self.topology().missing();
            let more = if missing.len() > 5 { ", …" } else { "" };
            let missing = missing.into_iter().take(5).collect::<Vec<_>>().join(", ");
            return (Cell::Unknown(unknown("power", &format!("it depends on {missing}{more}"))), told(&perhaps));
        }
        let hidden = match (self.proof.is_given_up, &self.power.hidden) {
            (true, _) => Some(unknown("power", "the enumeration was given up")),
            (false, hidden) => hidden.clone(),
        };
        (hidden.map_or(Cell::Boolean(true), Cell::Unknown), Vec::new())
    }

    fn load(&self, load: &Record<'_>) -> Option<Row> {
        let at = self.topology().position(load.text("id"))?;
        let (mut is_powered, now) = self.survives(at, |scenario| scenario == Scenario::Now);
        if is_powered == Cell::Boolean(true) && !self.power.is_watched {
            is_powered = Cell::Unknown(unknown("power", "no device reports on an element of the power topology"));
        }
        let (single, failures) = self.survives(at, |scenario| matches!(scenario, Scenario::Single(_) | Scenario::Now));
        let (maintained, pairs) = self.survives(at, |scenario| matches!(scenario, Scenario::Maintenance(..)));
        let (rides, short) = self.survives(at, |scenario| scenario == Scenario::UtilityLoss);
        Some(load.derive(vec![
            Cell::text(self.site.name()),
            Cell::text(load.text("id")),
            is_powered,
            Cell::text(now.join("; ")),
            single,
            texts(failures),
            maintained,
            texts(pairs),
            rides,
            texts(short),
        ]))
    }

    fn failure(&self, harm: &Harm, loads: &[Record<'_>]) -> Option<Row> {
        let name = |at: usize| self.topology().elements.get(at).map_or("", |element| element.declared.id.as_str());
        let load = loads.iter().find(|row| row.text("id") == name(harm.load))?;
        let (kind, failed, maintained) = match harm.scenario {
            Scenario::Now => ("now", "", ""),
            Scenario::UtilityLoss => ("utility_loss", "", ""),
            Scenario::Single(at) => ("single", name(at), ""),
            Scenario::Maintenance(maintained, at) => ("maintenance", at.map_or("", name), name(maintained)),
        };
        let not_known = || Cell::Unknown(unknown("power", "it depends on numbers that nobody gave"));
        let seconds = |dark: u64| Cell::Number(if dark >= FOREVER { -1.0 } else { dark as f64 / 1000.0 });
        Some(load.derive(vec![
            Cell::text(self.site.name()),
            Cell::text(super::report::title(self.topology(), harm.scenario)),
            Cell::text(kind),
            Cell::text(failed),
            Cell::text(maintained),
            Cell::text(load.text("id")),
            harm.is_lost.map_or_else(not_known, Cell::Boolean),
            harm.dark.map_or_else(not_known, seconds),
            texts(harm.overloaded.iter().map(|at| name(*at).to_owned()).collect()),
        ]))
    }
}
