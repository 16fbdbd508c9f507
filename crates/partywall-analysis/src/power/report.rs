//! The proof for people: what stands where, what has failed, and what each failure would do.

use partywall_model::{Inventory, PowerElement, PowerReport, PowerScenario};

use super::proof::{Harm, Proof, Scenario};
use super::read::{Power, read};
use super::topology::{FOREVER, Topology};
use crate::site::Site;

/// The power of each site. One without a topology says why.
pub fn reports(inventory: &Inventory) -> Vec<PowerReport> {
    Site::all(inventory).iter().map(report).collect()
}

fn report(site: &Site<'_>) -> PowerReport {
    let name = site.name().to_owned();
    match read(site) {
        Err(cause) => PowerReport { site: name, error: cause, ..PowerReport::default() },
        Ok(power) => {
            let proof = Proof::of(&power.topology, &power.already);
            PowerReport {
                site: name,
                error: String::new(),
                elements: elements(&power),
                scenarios: scenarios(&power, &proof),
                played: proof.scenarios,
                left_out: proof.harms_left_out,
                is_given_up: proof.is_given_up,
                missing: power.topology.missing(),
                hidden: power.hidden.as_ref().map(ToString::to_string).unwrap_or_default(),
            }
        }
    }
}

fn elements(power: &Power) -> Vec<PowerElement> {
    let topology = &power.topology;
    let name = |at: &usize| topology.elements.get(*at).map(|element| element.declared.id.clone());
    let out = power.out();
    let mut depths: Vec<usize> = Vec::new();
    let mut elements = Vec::new();
    for (at, element) in topology.elements.iter().enumerate() {
        let depth = element.sources.iter().filter_map(|source| depths.get(*source)).max().map_or(0, |depth| depth + 1);
        depths.push(depth);
        let said = power.states.iter().filter(|(of, _)| *of == at).map(|(_, state)| state.as_str());
        elements.push(PowerElement {
            id: element.declared.id.clone(),
            kind: element.declared.kind.id(),
            sources: element.sources.iter().filter_map(name).collect(),
            capacity_watts: element.declared.capacity_watts,
            load_watts: element.declared.load_watts,
            seconds: element.declared.ride_through.or(element.declared.start).map(|time| time as f64 / 1000.0),
            depth,
            is_out: out.contains(&at),
            state: said.collect::<Vec<_>>().join(", "),
        });
    }
    elements
}

/// Every scenario that harms a load, with all loads that it harms.
fn scenarios(power: &Power, proof: &Proof) -> Vec<PowerScenario> {
    let name =
        |at: usize| power.topology.elements.get(at).map(|element| element.declared.id.clone()).unwrap_or_default();
    let mut scenarios: Vec<(Scenario, PowerScenario)> = Vec::new();
    for harm in &proof.harms {
        let is_same = scenarios.last().is_some_and(|(last, _)| *last == harm.scenario);
        if !is_same {
            let (kind, failed, maintained) = match harm.scenario {
                Scenario::Now => ("now", None, None),
                Scenario::UtilityLoss => ("utility_loss", None, None),
                Scenario::Single(at) => ("single", Some(at), None),
                Scenario::Maintenance(maintained, at) => ("maintenance", at, Some(maintained)),
            };
            let scenario = PowerScenario {
                title: title(&power.topology, harm.scenario),
                kind,
                failed: failed.map(name).unwrap_or_default(),
                maintained: maintained.map(name).unwrap_or_default(),
                ..PowerScenario::default()
            };
            scenarios.push((harm.scenario, scenario));
        }
        let Some((_, scenario)) = scenarios.last_mut() else { continue };
        let load = name(harm.load);
        match (harm.is_certain, harm.is_lost) {
            (true, Some(true)) => scenario.lost.push((load, seconds(harm.dark))),
            (true, _) => {}
            (false, _) => scenario.unknown.push(load),
        }
        for element in harm.overloaded.iter().map(|at| name(*at)) {
            if !scenario.overloaded.contains(&element) {
                scenario.overloaded.push(element);
            }
        }
    }
    scenarios.into_iter().map(|(_, scenario)| scenario).collect()
}

fn seconds(dark: Option<u64>) -> f64 {
    match dark {
        Some(dark) if dark < FOREVER => dark as f64 / 1000.0,
        Some(_) | None => -1.0,
    }
}

/// What a scenario is, in words.
pub(super) fn title(topology: &Topology, scenario: Scenario) -> String {
    let name = |at: usize| topology.elements.get(at).map_or("", |element| element.declared.id.as_str());
    match scenario {
        Scenario::Now => "now".to_owned(),
        Scenario::UtilityLoss => "every utility feed fails".to_owned(),
        Scenario::Single(at) => format!("{} fails", name(at)),
        Scenario::Maintenance(maintained, None) => format!("{} is maintained", name(maintained)),
        Scenario::Maintenance(maintained, Some(at)) => {
            format!("{} fails while {} is maintained", name(at), name(maintained))
        }
    }
}

/// What a scenario does to a load, in words.
pub(super) fn words(topology: &Topology, harm: &Harm) -> String {
    let name = |at: &usize| topology.elements.get(*at).map_or("", |element| element.declared.id.as_str());
    let lost = match (harm.is_lost, harm.dark) {
        (Some(true), Some(dark)) if dark < FOREVER => format!("dark for {} s", dark as f64 / 1000.0),
        (Some(true), Some(_)) => "dark for good".to_owned(),
        (Some(true), None) => "dark".to_owned(),
        (Some(false), _) => String::new(),
        (None, _) => "perhaps dark".to_owned(),
    };
    let over: Vec<&str> = harm.overloaded.iter().map(name).collect();
    let over = if over.is_empty() { String::new() } else { format!("overloads {}", over.join(", ")) };
    let parts: Vec<&str> = [lost.as_str(), over.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    format!(
        "{}: {}",
        title(topology, harm.scenario),
        if parts.is_empty() { "perhaps overloaded".to_owned() } else { parts.join(", ") }
    )
}
