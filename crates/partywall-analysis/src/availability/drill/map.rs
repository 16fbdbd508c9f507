//! One scenario as a map.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use partywall_model::{DrillBox, DrillColumn, DrillFlow, DrillLevel as Level, DrillMap, DrillReport};

use super::Drill;
use crate::availability::evaluate::{Scenario, State, evaluate};
use crate::availability::facts::Facts;
use crate::availability::graph::{Need, Node, NodeNumber};
use crate::availability::place::Location;

/// Boxes of a column.
const BOXES_MAX: usize = 12;

/// Scenarios that are drawn.
const MAPS_MAX: usize = 24;

/// A column's region, then its zone; what is of the region as a whole comes first.
type Place = (Option<u16>, Option<u16>);

impl Drill {
    /// Maps of the first scenarios of a report, with the workloads that the report shows.
    pub fn maps(&self, report: &DrillReport) -> Vec<DrillMap> {
        let shown: BTreeSet<&str> = report.workloads.iter().map(|workload| workload.name.as_str()).collect();
        let of_shown = self.workloads.iter().filter(|workload| shown.contains(&*workload.name));
        let nodes: BTreeSet<NodeNumber> = of_shown.flat_map(|workload| workload.reach.iter().copied()).collect();
        let atlas = &self.graph.atlas;
        let scenario = |named: &partywall_model::DrillScenario| Scenario {
            zones: named.zones.iter().flat_map(|name| atlas.find_zones(name)).collect(),
            regions: named.regions.iter().filter_map(|name| atlas.find_region(name)).collect(),
            nodes: BTreeSet::new(),
        };
        report.scenarios.iter().take(MAPS_MAX).map(|named| self.map(&named.name, &scenario(named), &nodes)).collect()
    }

    fn map(&self, name: &str, scenario: &Scenario, nodes: &BTreeSet<NodeNumber>) -> DrillMap {
        let states = evaluate(&self.graph, scenario);
        let mut places: BTreeMap<Place, Vec<NodeNumber>> = BTreeMap::new();
        for number in nodes {
            let Some(node) = self.graph.node(*number) else { continue };
            if self.is_drawn(node) {
                for place in places_of(&node.location) {
                    places.entry(place).or_default().push(*number);
                }
            }
        }
        for (zone, number) in self.graph.atlas.zones.iter().zip(0..) {
            if places.keys().any(|(region, _)| *region == Some(zone.region)) {
                places.entry((Some(zone.region), Some(number))).or_default();
            }
        }
        let mut at: HashMap<NodeNumber, Vec<(usize, usize)>> = HashMap::new();
        let mut columns = Vec::new();
        for (place, numbers) in &places {
            for (number, position) in numbers.iter().take(BOXES_MAX).zip(0..) {
                at.entry(*number).or_default().push((columns.len(), position));
            }
            columns.push(self.column(*place, numbers, scenario, &states));
        }
        let mut flows = Vec::new();
        for number in nodes {
            let Some(node) = self.graph.node(*number) else { continue };
            for need in &node.needs {
                self.add_flows(*number, need, &at, &states, &mut flows);
            }
        }
        // Nothing goes through what lies in a column that fell, whatever its other zones do.
        for flow in &mut flows {
            let is_in_ruins = |(column, _): (usize, usize)| columns.get(column).is_some_and(|column| column.has_fallen);
            flow.is_alive &= !is_in_ruins(flow.from) && !is_in_ruins(flow.to);
            flow.takes_over &= flow.is_alive;
        }
        DrillMap { scenario: name.to_owned(), columns, flows }
    }

    /// Whether a node is drawn: what people made, not what only joins it to others.
    fn is_drawn(&self, node: &Node) -> bool {
        node.table == "aws_route53_record" && node.name.starts_with("name ")
            || (Facts::shipped().service(node.table).is_some() && node.table != "aws_route53_record")
    }

    fn column(
        &self,
        (region, zone): Place,
        numbers: &[NodeNumber],
        scenario: &Scenario,
        states: &[State],
    ) -> DrillColumn {
        let atlas = &self.graph.atlas;
        let region_name =
            region.and_then(|region| atlas.regions.get(usize::from(region))).map(|region| region.name.to_string());
        let zone_name = zone.and_then(|zone| atlas.zones.get(usize::from(zone))).map(|zone| zone.name.to_string());
        let has_fallen = region.is_some_and(|region| scenario.regions.contains(&region))
            || zone.is_some_and(|zone| scenario.zones.contains(&zone));
        let otherwise = if region.is_some() { "whole region" } else { "everywhere" };
        let boxes = numbers.iter().take(BOXES_MAX).filter_map(|number| {
            let node = self.graph.node(*number)?;
            let kind = Facts::shipped().service(node.table).map_or("", |service| service.title.as_str());
            let state = states.get(*number as usize).copied().unwrap_or_default();
            let name = node.title.split(" in ").next().unwrap_or_default().to_owned();
            // A box in a zone that fell has fallen there, whatever its other zones do.
            let level = if has_fallen && zone.is_some() { Level::Down } else { state.level };
            Some(DrillBox { name, kind: kind.to_owned(), level })
        });
        DrillColumn {
            name: zone_name.unwrap_or_else(|| otherwise.to_owned()),
            region: region_name.unwrap_or_default(),
            has_fallen,
            boxes: boxes.collect(),
            more: numbers.len().saturating_sub(BOXES_MAX),
        }
    }

    fn add_flows(
        &self,
        from: NodeNumber,
        need: &Need,
        at: &HashMap<NodeNumber, Vec<(usize, usize)>>,
        states: &[State],
        flows: &mut Vec<DrillFlow>,
    ) {
        let level = |number: NodeNumber| states.get(number as usize).map_or(Level::Up, |state| state.level);
        let mut needed = BTreeSet::new();
        need.of.iter().for_each(|number| self.drawn_below(*number, at, &mut needed, 0));
        let has_lost = need.of.iter().any(|number| level(*number) == Level::Down);
        for start in at.get(&from).into_iter().flatten() {
            for number in &needed {
                for end in at.get(number).into_iter().flatten().filter(|end| *end != start) {
                    let is_alive = level(*number) != Level::Down && level(from) != Level::Down;
                    flows.push(DrillFlow { from: *start, to: *end, is_alive, takes_over: is_alive && has_lost });
                }
            }
        }
    }

    /// The drawn nodes behind a node that only joins others.
    fn drawn_below(
        &self,
        number: NodeNumber,
        at: &HashMap<NodeNumber, Vec<(usize, usize)>>,
        found: &mut BTreeSet<NodeNumber>,
        depth: usize,
    ) {
        const DEPTH_MAX: usize = 6;
        if at.contains_key(&number) {
            found.insert(number);
            return;
        }
        let Some(node) = self.graph.node(number).filter(|_| depth < DEPTH_MAX) else { return };
        for needed in node.needs.iter().filter(|need| need.is_hard).flat_map(|need| &need.of) {
            self.drawn_below(*needed, at, found, depth + 1);
        }
    }
}

fn places_of(location: &Location) -> Vec<Place> {
    match location {
        Location::Global => vec![(None, None)],
        Location::Region(region) => vec![(Some(*region), None)],
        Location::Zones(zones) if zones.certain.is_empty() => vec![(Some(zones.region), None)],
        Location::Zones(zones) => zones.certain.iter().map(|zone| (Some(zones.region), Some(*zone))).collect(),
    }
}
