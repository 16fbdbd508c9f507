//! The drill: every workload under every scenario.

mod changes;
mod map;
mod outcome;

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_model::{
    DrillCorrelation, DrillCut, DrillLevel as Level, DrillOutcome, DrillReport, DrillScenario, DrillWorkload, Inventory,
};

use super::cuts::{Limits, minimal_cuts};
use super::evaluate::{Scenario, State, evaluate, evaluate_within};
use super::facts::Facts;
use super::graph::{Graph, NodeNumber, Settings};
use super::tree::{Event, Tree};
use super::workload::{Declared, Workload, read};

/// Cut sets that are listed for a workload.
const CUTS_LISTED: usize = 40;

/// Events of a cut set that is listed.
const CUT_SIZE_MAX: usize = 3;

/// What to fail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Zones, by id or name, each by itself.
    pub zones: Vec<String>,
    /// Regions, each by itself.
    pub regions: Vec<String>,
    /// Every zone and every region, each by itself.
    pub all: bool,
    /// Every two of them together.
    pub pairs: bool,
    /// Whether cut sets are looked for.
    pub cuts: bool,
}

/// An estate that is ready to be failed.
#[derive(Debug)]
pub struct Drill {
    /// What needs what.
    pub graph: Graph,
    /// The workloads, by name.
    pub workloads: Vec<Workload>,
    /// Why rows were not seen that a workload may need.
    pub blind: Vec<String>,
}

/// A name that no place has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {kind} `{name}` in this estate; there are: {known}")]
pub struct NoSuchPlace {
    /// zone or region.
    pub kind: &'static str,
    /// What was asked for.
    pub name: String,
    /// What there is.
    pub known: String,
}

impl Drill {
    /// Reads an estate.
    pub fn of(inventory: &Inventory, tag_keys: Option<&[String]>, declared: &[Declared]) -> Self {
        let mut settings = Settings::default();
        if let Some(keys) = tag_keys {
            settings.tag_keys = keys.to_vec();
        }
        let needing = declared.iter().filter(|one| one.needs_internet);
        settings.need_way_out = needing.map(|one| one.name.clone()).collect();
        let (graph, workloads) = read(inventory, &settings, declared);
        let counts =
            |unseen: &&partywall_model::Unseen| unseen.asked && Facts::shipped().service(unseen.table).is_some();
        let hidden: BTreeSet<String> = inventory
            .unseen()
            .iter()
            .filter(counts)
            .map(|unseen| format!("rows of `{}` could not be seen: {}", unseen.table, unseen.cause))
            .collect();
        Self { graph, workloads, blind: hidden.into_iter().collect() }
    }

    /// The scenarios of a plan, with their names.
    ///
    /// # Errors
    /// When the plan names a place that the estate does not have.
    pub fn scenarios(&self, plan: &Plan) -> Result<Vec<(DrillScenario, Scenario)>, NoSuchPlace> {
        let atlas = &self.graph.atlas;
        let mut singles: BTreeSet<Event> = BTreeSet::new();
        for name in &plan.zones {
            let found = atlas.find_zones(name);
            if found.is_empty() {
                let known = atlas.zones.iter().map(|zone| &*zone.name).collect::<Vec<_>>().join(", ");
                return Err(NoSuchPlace { kind: "zone", name: name.clone(), known });
            }
            singles.extend(found.into_iter().map(Event::Zone));
        }
        for name in &plan.regions {
            let Some(found) = atlas.find_region(name) else {
                let known = atlas.regions.iter().map(|region| &*region.name).collect::<Vec<_>>().join(", ");
                return Err(NoSuchPlace { kind: "region", name: name.clone(), known });
            };
            singles.insert(Event::Region(found));
        }
        if plan.all || plan.pairs || singles.is_empty() {
            singles.extend(self.places());
        }
        let mut singles: Vec<Event> = singles.into_iter().collect();
        singles.sort_by_key(|event| (matches!(event, Event::Region(_)), self.name(*event)));
        let mut scenarios: Vec<(DrillScenario, Scenario)> =
            singles.iter().map(|event| self.scenario(&[*event])).collect();
        if plan.pairs {
            for (at, first) in singles.iter().enumerate() {
                let others = singles.iter().skip(at + 1).filter(|second| !self.is_inside(*first, **second));
                scenarios.extend(others.map(|second| self.scenario(&[*first, *second])));
            }
        }
        Ok(scenarios)
    }

    /// Every zone and region in which something of the estate is.
    fn places(&self) -> impl Iterator<Item = Event> {
        let atlas = &self.graph.atlas;
        let count = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
        let used: BTreeSet<u16> =
            self.workloads.iter().flat_map(|one| &one.reach).filter_map(|number| self.region_of(*number)).collect();
        let regions = (0..count(atlas.regions.len())).filter(move |region| used.contains(region)).map(Event::Region);
        (0..count(atlas.zones.len())).map(Event::Zone).chain(regions)
    }

    fn region_of(&self, number: NodeNumber) -> Option<u16> {
        match &self.graph.node(number)?.location {
            super::place::Location::Global => None,
            super::place::Location::Region(region) => Some(*region),
            super::place::Location::Zones(zones) => Some(zones.region),
        }
    }

    /// Whether one of two places is inside of the other, so that failing both is failing the larger.
    fn is_inside(&self, first: Event, second: Event) -> bool {
        match (first, second) {
            (Event::Zone(zone), Event::Region(region)) | (Event::Region(region), Event::Zone(zone)) => {
                self.graph.atlas.zones.get(usize::from(zone)).is_some_and(|zone| zone.region == region)
            }
            _ => false,
        }
    }

    /// What people call an event.
    pub fn name(&self, event: Event) -> String {
        let atlas = &self.graph.atlas;
        match event {
            Event::Zone(zone) => {
                let found = atlas.zones.get(usize::from(zone));
                format!("zone {}", found.map_or("", |zone| &zone.name))
            }
            Event::Region(region) => {
                let found = atlas.regions.get(usize::from(region));
                format!("region {}", found.map_or("", |region| &region.name))
            }
            Event::Node(number) => self.graph.node(number).map_or_else(String::new, |node| node.name.to_string()),
        }
    }

    /// What people call a scenario.
    fn name_of(&self, scenario: &Scenario) -> String {
        let zones = scenario.zones.iter().map(|zone| Event::Zone(*zone));
        let regions = scenario.regions.iter().map(|region| Event::Region(*region));
        zones.chain(regions).map(|event| self.name(event)).collect::<Vec<_>>().join(" and ")
    }

    /// Events that happen together, as a scenario.
    pub fn scenario(&self, events: &[Event]) -> (DrillScenario, Scenario) {
        let mut scenario = Scenario::default();
        let (mut zones, mut regions, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for event in events {
            let name = self.name(*event);
            match event {
                Event::Zone(zone) => {
                    scenario.zones.insert(*zone);
                    zones.push(name.trim_start_matches("zone ").to_owned());
                }
                Event::Region(region) => {
                    scenario.regions.insert(*region);
                    regions.push(name.trim_start_matches("region ").to_owned());
                }
                Event::Node(number) => {
                    scenario.nodes.insert(*number);
                }
            }
            names.push(name);
        }
        (DrillScenario { name: names.join(" and "), zones, regions }, scenario)
    }

    /// Runs a plan.
    ///
    /// # Errors
    /// When the plan names a place that the estate does not have.
    pub fn run(&self, plan: &Plan) -> Result<DrillReport, NoSuchPlace> {
        let scenarios = self.scenarios(plan)?;
        let mut workloads: Vec<DrillWorkload> = self.workloads.iter().map(|workload| self.empty(workload)).collect();
        // Single places first: pairs are told by them.
        let is_single = |(named, _): &&(DrillScenario, Scenario)| named.zones.len() + named.regions.len() < 2;
        let singles = scenarios.iter().take_while(is_single).count();
        let (singles, pairs) = scenarios.split_at(singles);
        let alone = self.fail_each(singles, &[]);
        let levels: Vec<(&Scenario, Vec<Level>)> = singles
            .iter()
            .zip(&alone)
            .map(|((_, scenario), outcomes)| (scenario, outcomes.iter().map(|outcome| outcome.level).collect()))
            .collect();
        let together = self.fail_each(pairs, &levels);
        for outcomes in alone.into_iter().chain(together) {
            for (outcome, report) in outcomes.into_iter().zip(&mut workloads) {
                report.outcomes.push(outcome);
            }
        }
        if plan.cuts {
            for (workload, report) in self.workloads.iter().zip(&mut workloads) {
                self.add_cuts(workload, report);
            }
        }
        let zones_by_name = self.graph.atlas.named_across_accounts().map(|(zone, accounts)| {
            let accounts: Vec<&str> = accounts.iter().map(AsRef::as_ref).collect();
            format!(
                "{} is what accounts {} call a zone; it may be another one in each, so use zone ids",
                zone.name,
                accounts.join(" and ")
            )
        });
        Ok(DrillReport {
            zones_by_name: zones_by_name.collect(),
            scenarios: scenarios.into_iter().map(|(named, _)| named).collect(),
            workloads,
        })
    }

    /// What becomes of every workload under each scenario, on as many threads as the machine has.
    fn fail_each(
        &self,
        scenarios: &[(DrillScenario, Scenario)],
        alone: &[(&Scenario, Vec<Level>)],
    ) -> Vec<Vec<DrillOutcome>> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let share = scenarios.len().div_ceil(threads).max(1);
        let fail = |(named, scenario): &(DrillScenario, Scenario)| -> Vec<DrillOutcome> {
            let struck = outcome::Struck::of(self, named, scenario);
            let parts: Vec<&(&Scenario, Vec<Level>)> =
                alone.iter().filter(|(part, _)| part.is_part_of(scenario)).collect();
            let one = |(workload, at): (&Workload, usize)| {
                let known = parts.iter().filter_map(|(part, levels)| Some((*part, *levels.get(at)?)));
                outcome::outcome(self, workload, &struck, &known.collect::<Vec<_>>())
            };
            self.workloads.iter().zip(0..).map(one).collect()
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = scenarios
                .chunks(share)
                .map(|chunk| scope.spawn(move || chunk.iter().map(fail).collect::<Vec<_>>()))
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
        })
    }

    fn empty(&self, workload: &Workload) -> DrillWorkload {
        DrillWorkload {
            name: workload.name.to_string(),
            entries: workload.entries.iter().map(|entry| self.name(Event::Node(*entry))).collect(),
            outcomes: Vec::new(),
            cuts: Vec::new(),
            has_more_cuts: false,
            cold_sites: outcome::cold_sites(self, workload),
            correlated: Vec::new(),
        }
    }

    /// The cut sets of a workload: those with which it certainly goes down, and those with which it may.
    fn add_cuts(&self, workload: &Workload, report: &mut DrillWorkload) {
        let limits = Limits { size_max: CUT_SIZE_MAX, sets_max: CUTS_LISTED };
        let mut found: Vec<(Vec<Event>, bool)> = Vec::new();
        for (level, is_certain) in [(Level::Down, true), (Level::Unknown, false)] {
            let tree = Tree::of(&self.graph, &workload.reach, workload.node, level);
            let Ok(cuts) = minimal_cuts(&tree, limits) else {
                report.has_more_cuts = true;
                continue;
            };
            report.has_more_cuts |= cuts.count > cuts.sets.len() as u128;
            for set in cuts.sets {
                let mut events: Vec<Event> = set.iter().filter_map(|event| tree.events.get(*event).copied()).collect();
                events.sort_unstable();
                if !found.iter().any(|(known, _)| *known == events) {
                    found.push((events, is_certain));
                }
            }
        }
        // What fails more often comes first: a thing before a zone before a region.
        let rank = |event: &Event| match event {
            Event::Node(_) => 0,
            Event::Zone(_) => 1,
            Event::Region(_) => 2,
        };
        found.sort_by_key(|(events, is_certain)| {
            let weights: u32 = events.iter().map(rank).sum();
            (events.len(), !is_certain, weights, events.iter().map(|event| self.name(*event)).collect::<Vec<_>>())
        });
        let mut correlated: BTreeSet<DrillCorrelation> = BTreeSet::new();
        for (events, is_certain) in found {
            if let ([only], true) = (events.as_slice(), is_certain) {
                correlated.extend(self.correlations(workload, *only));
            }
            let (change, after) = changes::cheapest(self, workload, &events);
            let of = events.iter().map(|event| self.name(*event)).collect();
            report.cuts.push(DrillCut { of, is_certain, change, after });
        }
        report.correlated = correlated.into_iter().collect();
    }

    /// Alternatives that stand in for each other and fall together.
    fn correlations(&self, workload: &Workload, event: Event) -> Vec<DrillCorrelation> {
        let (_, scenario) = self.scenario(&[event]);
        let states = evaluate_within(&self.graph, &scenario, &workload.reach, &BTreeSet::new());
        let state = |number: &NodeNumber| states.get(number).copied().unwrap_or_default();
        let mut found = Vec::new();
        for node in workload.reach.iter().filter_map(|number| self.graph.node(*number)) {
            for need in node.needs.iter().filter(|need| need.of.len() > 1 && need.least == 1) {
                if need.of.iter().all(|number| state(number).level == Level::Down)
                    && !matches!(event, Event::Region(_) if self.is_in_one_region(&need.of))
                {
                    let alternatives = need.of.iter().map(|number| self.name(Event::Node(*number))).collect();
                    found.push(DrillCorrelation { of: node.name.to_string(), alternatives, through: self.name(event) });
                }
            }
        }
        found
    }

    fn is_in_one_region(&self, nodes: &[NodeNumber]) -> bool {
        let regions: BTreeSet<Option<u16>> = nodes.iter().map(|number| self.region_of(*number)).collect();
        regions.len() == 1
    }

    /// How a workload stands when these events happen.
    pub fn level(&self, workload: &Workload, events: &[Event]) -> Level {
        let (_, scenario) = self.scenario(events);
        let states = evaluate_within(&self.graph, &scenario, &workload.reach, &BTreeSet::new());
        states.get(&workload.node).map_or(Level::Unknown, |state| state.level)
    }

    /// The states of all nodes when these events happen.
    pub fn states(&self, scenario: &Scenario) -> Vec<State> {
        evaluate(&self.graph, scenario)
    }

    /// The workload of a name.
    pub fn workload(&self, name: &str) -> Option<&Workload> {
        self.workloads.iter().find(|workload| *workload.name == *Arc::<str>::from(name))
    }
}
