//! What is left of a graph when places or single nodes fall.
//!
//! Nothing that a failure sets off counts as help: no launch, no change by a control plane, no human. What AWS fails
//! over by itself does, after the time that it takes.

use std::collections::BTreeSet;

use partywall_model::{DrillLevel as Level, Span};

use super::facts::Effect;
use super::graph::{Graph, Need, Node, NodeNumber, Toll};
use super::place::{Atlas, Likeness, Location, RegionNumber, ZoneNumber, Zones};

/// What falls.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scenario {
    /// Zones.
    pub zones: BTreeSet<ZoneNumber>,
    /// Regions, with all of their zones.
    pub regions: BTreeSet<RegionNumber>,
    /// Single nodes.
    pub nodes: BTreeSet<NodeNumber>,
}

impl Scenario {
    /// Whether all that falls here falls there too.
    pub fn is_part_of(&self, other: &Self) -> bool {
        self.zones.is_subset(&other.zones)
            && self.regions.is_subset(&other.regions)
            && self.nodes.is_subset(&other.nodes)
    }
}

/// How a node stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State {
    /// How.
    pub level: Level,
    /// What is lost.
    pub rpo: Span,
    /// After what time it is back.
    pub rto: Span,
    /// Whether a human has to do something.
    pub is_manual: bool,
}

/// Whether something is where the scenario strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hit {
    No,
    Perhaps,
    Yes,
}

/// A scenario, by the number of each place.
struct Strike<'s> {
    zones: Vec<Hit>,
    regions: Vec<Hit>,
    /// How many zones fall in each region.
    fallen_in: Vec<u16>,
    nodes: &'s BTreeSet<NodeNumber>,
    /// Whether some place may be struck and is not known to be.
    has_perhaps: bool,
}

impl<'s> Strike<'s> {
    fn of(atlas: &Atlas, scenario: &'s Scenario) -> Self {
        let count = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
        let regions: Vec<Hit> = (0..count(atlas.regions.len()))
            .map(|region| most(scenario.regions.iter().map(|fallen| is_same_region(atlas, *fallen, region))))
            .collect();
        let region_hit = |region: RegionNumber| regions.get(usize::from(region)).copied().unwrap_or(Hit::No);
        let zones: Vec<Hit> = (0..count(atlas.zones.len()))
            .map(|zone| {
                let of_region = atlas.zones.get(usize::from(zone)).map_or(Hit::No, |zone| region_hit(zone.region));
                most(scenario.zones.iter().map(|fallen| match atlas.likeness(*fallen, zone) {
                    Likeness::Same => Hit::Yes,
                    Likeness::Perhaps => Hit::Perhaps,
                    Likeness::Distinct => Hit::No,
                }))
                .max(of_region)
            })
            .collect();
        let mut fallen_in = vec![0; regions.len()];
        for zone in scenario.zones.iter().filter_map(|zone| atlas.zones.get(usize::from(*zone))) {
            if let Some(number) = fallen_in.get_mut(usize::from(zone.region)) {
                *number += 1;
            }
        }
        let has_perhaps = zones.iter().chain(&regions).any(|hit| *hit == Hit::Perhaps);
        Self { zones, regions, fallen_in, nodes: &scenario.nodes, has_perhaps }
    }

    fn zone(&self, zone: ZoneNumber) -> Hit {
        self.zones.get(usize::from(zone)).copied().unwrap_or(Hit::No)
    }

    fn region(&self, region: RegionNumber) -> Hit {
        self.regions.get(usize::from(region)).copied().unwrap_or(Hit::No)
    }

    fn fallen_in(&self, region: RegionNumber) -> u16 {
        self.fallen_in.get(usize::from(region)).copied().unwrap_or(0)
    }

    /// What becomes of a node by itself. What may not exist may not be missed.
    fn own(&self, number: NodeNumber, node: &Node) -> State {
        match self.own_if_it_exists(number, node) {
            State { level: Level::Down, rpo, rto, is_manual } if node.is_doubtful => {
                State { level: Level::Unknown, rpo, rto, is_manual }
            }
            state => state,
        }
    }

    fn own_if_it_exists(&self, number: NodeNumber, node: &Node) -> State {
        if self.nodes.contains(&number) {
            return state(Level::Down, &node.zone);
        }
        match &node.location {
            Location::Global => State::default(),
            Location::Region(region) => match (self.region(*region), self.fallen_in(*region)) {
                (Hit::Yes, _) => certain(&node.region),
                (Hit::Perhaps, _) => perhaps(&node.region),
                (Hit::No, 0) => State::default(),
                (Hit::No, 1) => certain(&node.zone),
                // AWS says what the loss of one zone does.
                (Hit::No, _) if node.is_managed => at_least_unknown(certain(&node.zone)),
                (Hit::No, _) => certain(&node.zone),
            },
            Location::Zones(zones) => match self.region(zones.region) {
                // With the region all of its zones are lost, whatever is said of the region itself.
                Hit::Yes => match (certain(&node.region), self.zones(node, zones)) {
                    (of_region, of_zones) if of_zones.level > of_region.level => of_zones,
                    (of_region, _) => of_region,
                },
                Hit::Perhaps => perhaps(&node.region).worse(self.zones(node, zones)),
                Hit::No => self.zones(node, zones),
            },
        }
    }

    fn zones(&self, node: &Node, zones: &Zones) -> State {
        let fallen = self.fallen_in(zones.region);
        let hits = |list: &[ZoneNumber], hit: Hit| list.iter().filter(|zone| self.zone(**zone) == hit).count();
        let surely = hits(&zones.certain, Hit::Yes);
        let is_all_known = zones.perhaps.is_empty() && zones.elsewhere.is_none();
        let may_be_hit = hits(&zones.certain, Hit::Perhaps) > 0
            || zones.perhaps.iter().any(|zone| self.zone(*zone) > Hit::No)
            || (zones.elsewhere.is_some() && fallen > 0);
        let found = if surely > 0 && surely == zones.certain.len() && is_all_known && surely > 1 {
            State { level: Level::Down, rpo: node.zone.rpo.longer(node.region.rpo), rto: Span::ANY, is_manual: true }
        } else if surely > 0 {
            certain(&node.zone)
        } else if may_be_hit {
            perhaps(&node.zone)
        } else {
            State::default()
        };
        let may_lose_the_rest = surely > 0 && surely < zones.certain.len() && may_be_hit;
        let is_beyond = fallen > 1 && node.holds_data && zones.certain.len() != 1;
        if is_beyond || may_lose_the_rest { at_least_unknown(found) } else { found }
    }
}

fn most(hits: impl Iterator<Item = Hit>) -> Hit {
    hits.max().unwrap_or(Hit::No)
}

fn is_same_region(atlas: &Atlas, left: RegionNumber, right: RegionNumber) -> Hit {
    if left == right {
        return Hit::Yes;
    }
    let is_known = |number: RegionNumber| atlas.regions.get(usize::from(number)).is_some_and(|region| region.is_known);
    if is_known(left) && is_known(right) { Hit::No } else { Hit::Perhaps }
}

fn state(level: Level, toll: &Toll) -> State {
    let is_manual = !toll.automatic && level > Level::Degraded;
    State { level, rpo: toll.rpo, rto: toll.rto, is_manual }
}

/// What a toll does to a node that is surely hit.
fn certain(toll: &Toll) -> State {
    match (toll.least, toll.most) {
        (_, Effect::None) => State::default(),
        (_, Effect::Degraded) => state(Level::Degraded, toll),
        (Effect::Down, Effect::Down) => state(Level::Down, toll),
        (_, Effect::Down) => state(Level::Unknown, toll),
    }
}

/// What a toll does to a node that may be hit. Less than the worst is as good as sure.
fn perhaps(toll: &Toll) -> State {
    match toll.most {
        Effect::None => State::default(),
        Effect::Degraded => state(Level::Degraded, toll),
        Effect::Down => state(Level::Unknown, toll),
    }
}

fn at_least_unknown(state: State) -> State {
    match state.level {
        Level::Down => state,
        _ => State { level: Level::Unknown, rpo: Span::ANY, rto: Span::ANY, is_manual: true },
    }
}

impl State {
    /// Both, when both are needed.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        Self {
            level: self.level.max(other.level),
            rpo: self.rpo.longer(other.rpo),
            rto: self.rto.longer(other.rto),
            is_manual: self.is_manual || other.is_manual,
        }
    }
}

/// How every node stands.
pub fn evaluate(graph: &Graph, scenario: &Scenario) -> Vec<State> {
    evaluate_with_own(graph, scenario).0
}

/// How every node stands; and how it stands by itself, with whether its region fell. Only what is struck, and what
/// needs something that fell, is looked at.
pub fn evaluate_with_own(graph: &Graph, scenario: &Scenario) -> (Vec<State>, Vec<(State, bool)>) {
    let strike = Strike::of(&graph.atlas, scenario);
    let is_struck = |region: u16| strike.region(region) > Hit::No || strike.fallen_in(region) > 0;
    let mut own = vec![(State::default(), false); graph.nodes.len()];
    let mut states = vec![State::default(); graph.nodes.len()];
    // A doubtful alternative weighs on who needs it although nothing falls.
    let mut is_due: Vec<bool> = graph.nodes.iter().map(|_| false).collect();
    for (region, number) in graph.regions.iter().zip(0..) {
        if !is_struck(*region) && !strike.nodes.contains(&number) && !strike.has_perhaps {
            continue;
        }
        let (Some(node), Some(place)) = (graph.node(number), own.get_mut(number as usize)) else { continue };
        *place = (strike.own(number, node), strike.region(*region) > Hit::No);
        set_due(&mut is_due, number);
    }
    for number in &graph.doubtful {
        graph.needers.get(*number as usize).into_iter().flatten().for_each(|needer| set_due(&mut is_due, *needer));
    }
    loop {
        let mut has_changed = false;
        for number in &graph.order {
            if !is_due.get(*number as usize).is_some_and(|due| *due) {
                continue;
            }
            let at = *number as usize;
            let (Some(node), Some((start, _))) = (graph.node(*number), own.get(at).copied()) else { continue };
            let before = states.get(at).copied().unwrap_or_default();
            let look = |number: NodeNumber| {
                let is_doubtful = graph.doubtful.binary_search(&number).is_ok();
                (states.get(number as usize).copied().unwrap_or_default(), is_doubtful)
            };
            let found = node.needs.iter().fold(start.worse(before), |state, need| state.worse(met(need, &look)));
            if found != before {
                if let Some(place) = states.get_mut(at) {
                    *place = found;
                }
                has_changed = true;
                graph.needers.get(at).into_iter().flatten().for_each(|needer| set_due(&mut is_due, *needer));
            }
        }
        if !graph.is_cyclic || !has_changed {
            return (states, own);
        }
    }
}

fn set_due(is_due: &mut [bool], number: NodeNumber) {
    if let Some(place) = is_due.get_mut(number as usize) {
        *place = true;
    }
}

/// How nodes stand when only these are looked at, in an order in which what is needed comes first. `spared` are
/// nodes that survive by themselves, with less.
pub fn evaluate_within(
    graph: &Graph,
    scenario: &Scenario,
    within: &[NodeNumber],
    spared: &BTreeSet<NodeNumber>,
) -> std::collections::HashMap<NodeNumber, State> {
    let strike = Strike::of(&graph.atlas, scenario);
    let mut states = std::collections::HashMap::new();
    let own = |number: NodeNumber, node: &Node| match strike.own(number, node) {
        state if state.level > Level::Degraded && spared.contains(&number) => {
            State { level: Level::Degraded, ..State::default() }
        }
        state => state,
    };
    loop {
        let mut has_changed = false;
        for number in within {
            let Some(node) = graph.node(*number) else { continue };
            let before = states.get(number).copied();
            let start = before.unwrap_or_else(|| own(*number, node));
            let look = |number: NodeNumber| {
                let is_doubtful = graph.node(number).is_some_and(|node| node.is_doubtful);
                (states.get(&number).copied().unwrap_or_default(), is_doubtful)
            };
            let found = node.needs.iter().fold(start, |state, need| state.worse(met(need, &look)));
            has_changed |= before != Some(found);
            states.insert(*number, found);
        }
        if !graph.is_cyclic || !has_changed {
            return states;
        }
    }
}

/// How nodes stand by themselves, whatever they need; and whether their region fell, or else zones.
pub fn by_themselves(graph: &Graph, scenario: &Scenario, of: &[NodeNumber]) -> Vec<(NodeNumber, State, bool)> {
    let strike = Strike::of(&graph.atlas, scenario);
    let own = |number: &NodeNumber| {
        let node = graph.node(*number)?;
        let region = match &node.location {
            Location::Global => return Some((*number, strike.own(*number, node), false)),
            Location::Region(region) => *region,
            Location::Zones(zones) => zones.region,
        };
        Some((*number, strike.own(*number, node), strike.region(region) > Hit::No))
    };
    of.iter().filter_map(own).collect()
}

/// What a need makes of who has it. `look` says how a node stands, and whether it may not exist: then nobody can count
/// on it to stand in for another.
fn met(need: &Need, look: &dyn Fn(NodeNumber) -> (State, bool)) -> State {
    let (mut standing, mut possible, mut fallen) = (0_u32, 0_u32, 0_u32);
    let (mut worst, mut soonest) = (State::default(), None::<Span>);
    for number in &need.of {
        let (state, is_doubtful) = look(*number);
        match state.level {
            Level::Up | Level::Degraded if is_doubtful && (need.least as usize) < need.of.len() => possible += 1,
            Level::Up | Level::Degraded => standing += 1,
            Level::Unknown => possible += 1,
            Level::Down => fallen += 1,
        }
        if state.level <= Level::Degraded || need.least > 1 || need.of.len() == 1 {
            worst = worst.worse(state);
        }
        let first = |known: Span| Span::new(known.least.min(state.rto.least), known.most.min(state.rto.most));
        soonest = Some(soonest.map_or(state.rto, first));
    }
    let level = if standing >= need.least {
        if possible + fallen > 0 { Level::Degraded } else { worst.level.min(Level::Degraded) }
    } else if standing + possible >= need.least {
        Level::Unknown
    } else {
        Level::Down
    };
    let first = need.first.map(|number| look(number).0).filter(|state| state.level <= Level::Degraded);
    let found = match level {
        Level::Degraded if let Some(first) = first => State { level, ..first },
        Level::Up => worst,
        Level::Degraded if possible + fallen > 0 => State { level, rto: worst.rto.longer(need.pause), ..worst },
        Level::Degraded => worst,
        Level::Unknown | Level::Down => {
            let all = need.of.iter().map(|number| look(*number).0);
            let all = all.fold(State::default(), State::worse);
            let is_one_enough = need.least == 1;
            let rto = if is_one_enough { soonest.unwrap_or(all.rto) } else { all.rto };
            State { level, rto: rto.longer(need.pause), ..all }
        }
    };
    if need.is_hard || found.level <= Level::Degraded {
        return found;
    }
    State { level: Level::Degraded, rpo: Span::ZERO, rto: found.rto, is_manual: found.is_manual }
}
