//! Fault trees: what must fail together so that a node goes down.

use std::collections::HashMap;

use partywall_model::DrillLevel as Level;

use super::facts::Effect;
use super::graph::{Graph, Node, NodeNumber, Toll};
use super::place::{Likeness, Location, RegionNumber, ZoneNumber, Zones};

/// What can fail by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// A region, with all of its zones.
    Region(RegionNumber),
    /// A zone.
    Zone(ZoneNumber),
    /// A single node.
    Node(NodeNumber),
}

/// A formula over events that says when something fails. The more events, the more fails.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Gate {
    /// When this happens.
    Event(usize),
    /// When all of these fail; always, when there are none.
    All(Vec<usize>),
    /// When so many of these fail.
    AtLeast(usize, Vec<usize>),
}

/// A fault tree: gates that name earlier gates.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// The gates.
    pub gates: Vec<Gate>,
    /// The numbers of the gates, each after those that it names, but for gates of nodes that need each other.
    pub sequence: Vec<usize>,
    /// The events, by number.
    pub events: Vec<Event>,
    /// The gate at the top.
    pub top: usize,
    known: HashMap<Gate, usize>,
    numbers: HashMap<Event, usize>,
}

impl Tree {
    /// The tree of what makes a node go at least to this level: down, or not known to stand. `reach` is all that it
    /// needs, what is needed first.
    pub fn of(graph: &Graph, reach: &[NodeNumber], top: NodeNumber, level: Level) -> Self {
        let mut tree = Self::default();
        // Gates of nodes come first, so that nodes may need each other.
        let gates: HashMap<NodeNumber, usize> = reach.iter().copied().zip(0..).collect();
        tree.gates = vec![Gate::AtLeast(1, Vec::new()); reach.len()];
        for (number, gate) in reach.iter().zip(0..) {
            let Some(node) = graph.node(*number) else { continue };
            let mut any = vec![tree.own(graph, *number, node, level)];
            for need in node.needs.iter().filter(|need| need.is_hard) {
                let is_shared = (need.least as usize) < need.of.len();
                let is_doubtful = |needed: &NodeNumber| graph.node(*needed).is_some_and(|node| node.is_doubtful);
                let of: Vec<usize> = need
                    .of
                    .iter()
                    .filter_map(|needed| match level == Level::Unknown && is_shared && is_doubtful(needed) {
                        // Nobody can count on what may not exist.
                        true => Some(tree.add(Gate::All(Vec::new()))),
                        false => gates.get(needed).copied(),
                    })
                    .collect();
                let fallen = of.len() + 1 - (need.least as usize).min(of.len());
                any.push(tree.at_least(fallen, of));
            }
            if let Some(place) = tree.gates.get_mut(gate) {
                *place = Gate::AtLeast(1, any);
            }
            tree.sequence.push(gate);
        }
        tree.top = gates.get(&top).copied().unwrap_or_default();
        tree
    }

    /// Adds a gate, or finds it.
    pub fn add(&mut self, gate: Gate) -> usize {
        let next = self.gates.len();
        let number = *self.known.entry(gate.clone()).or_insert(next);
        if number == next {
            self.gates.push(gate);
            self.sequence.push(number);
        }
        number
    }

    /// The gate of an event.
    pub fn event(&mut self, event: Event) -> usize {
        let next = self.events.len();
        let number = *self.numbers.entry(event).or_insert(next);
        if number == next {
            self.events.push(event);
        }
        self.add(Gate::Event(number))
    }

    fn at_least(&mut self, count: usize, mut of: Vec<usize>) -> usize {
        of.sort_unstable();
        if count == 1 {
            of.dedup();
        }
        match of.as_slice() {
            [only] if count == 1 => *only,
            _ if count == of.len() => self.add(Gate::All(of)),
            _ => self.add(Gate::AtLeast(count, of)),
        }
    }

    fn never(&mut self) -> usize {
        self.add(Gate::AtLeast(1, Vec::new()))
    }

    fn region(&mut self, graph: &Graph, region: RegionNumber, level: Level) -> usize {
        let others = 0..u16::try_from(graph.atlas.regions.len()).unwrap_or(u16::MAX);
        let is_known =
            |number: RegionNumber| graph.atlas.regions.get(usize::from(number)).is_some_and(|one| one.is_known);
        let may_be = |other: &RegionNumber| {
            *other == region || (level == Level::Unknown && !(is_known(*other) && is_known(region)))
        };
        let gates: Vec<usize> = others.filter(may_be).map(|other| self.event(Event::Region(other))).collect();
        self.at_least(1, gates)
    }

    /// The loss of a zone, with that of its region.
    fn zone(&mut self, graph: &Graph, zone: ZoneNumber, level: Level) -> usize {
        let all = 0..u16::try_from(graph.atlas.zones.len()).unwrap_or(u16::MAX);
        let may_be = |other: &ZoneNumber| match graph.atlas.likeness(*other, zone) {
            Likeness::Same => true,
            Likeness::Perhaps => level == Level::Unknown,
            Likeness::Distinct => false,
        };
        let mut gates: Vec<usize> = all.filter(may_be).map(|other| self.event(Event::Zone(other))).collect();
        if let Some(zone) = graph.atlas.zones.get(usize::from(zone)) {
            gates.push(self.region(graph, zone.region, level));
        }
        self.at_least(1, gates)
    }

    /// When a node by itself goes to the level, in the words of [`super::evaluate`].
    fn own(&mut self, graph: &Graph, number: NodeNumber, node: &Node, level: Level) -> usize {
        let mut any = Vec::new();
        if node.is_doubtful && level == Level::Down {
            return self.never();
        }
        if node.is_single {
            any.push(self.event(Event::Node(number)));
        }
        match &node.location {
            Location::Global => {}
            Location::Region(region) => {
                if reaches(&node.region, level) {
                    any.push(self.region(graph, *region, level));
                }
                if reaches(&node.zone, level) {
                    let zones = self.zones_of(graph, *region);
                    any.extend(zones);
                } else if node.is_managed && level == Level::Unknown {
                    let zones = self.zones_of(graph, *region);
                    any.push(self.at_least(2, zones));
                }
            }
            Location::Zones(zones) => {
                if reaches(&node.region, level) {
                    any.push(self.region(graph, zones.region, level));
                }
                self.own_zones(graph, node, zones, level, &mut any);
            }
        }
        if any.is_empty() { self.never() } else { self.at_least(1, any) }
    }

    fn own_zones(&mut self, graph: &Graph, node: &Node, zones: &Zones, level: Level, any: &mut Vec<usize>) {
        if reaches(&node.zone, level) {
            for zone in &zones.certain {
                any.push(self.zone(graph, *zone, level));
            }
        }
        let is_all_known = zones.perhaps.is_empty() && zones.elsewhere.is_none();
        if is_all_known && zones.certain.len() > 1 {
            let all: Vec<usize> = zones.certain.iter().map(|zone| self.zone(graph, *zone, level)).collect();
            any.push(self.at_least(all.len(), all.clone()));
        }
        if level == Level::Unknown {
            if node.zone.most == Effect::Down {
                for zone in &zones.perhaps {
                    any.push(self.zone(graph, *zone, level));
                }
                if zones.elsewhere.is_some() {
                    any.extend(self.zones_of(graph, zones.region));
                }
            }
            if node.holds_data && zones.certain.len() != 1 {
                let all = self.zones_of(graph, zones.region);
                any.push(self.at_least(2, all));
            }
            if zones.certain.len() > 1 && !is_all_known {
                let all = self.zones_of(graph, zones.region);
                any.push(self.at_least(2, all));
            }
        }
    }

    /// The losses of all zones of a region that the estate names.
    fn zones_of(&mut self, graph: &Graph, region: RegionNumber) -> Vec<usize> {
        let zones = graph.atlas.zones.iter().zip(0..);
        zones.filter(|(zone, _)| zone.region == region).map(|(_, zone)| self.event(Event::Zone(zone))).collect()
    }
}

/// Whether a toll brings who surely pays it to the level.
fn reaches(toll: &Toll, level: Level) -> bool {
    match level {
        Level::Down => toll.least == Effect::Down,
        _ => toll.most == Effect::Down,
    }
}
