//! One workload under one scenario.

use std::collections::{BTreeSet, HashMap};

use partywall_model::{DrillLevel as Level, DrillMiss, DrillOutcome, DrillScenario, Span};

use super::Drill;
use crate::availability::evaluate::{Scenario, State, evaluate_with_own};
use crate::availability::graph::{Need, Node, NodeNumber};
use crate::availability::workload::{Stand, Targets, Workload};

/// Things that fell, each with its reason, that are told of one workload.
const TOLD_MAX: usize = 40;

/// A graph that a scenario has struck.
pub(super) struct Struck<'s> {
    named: &'s DrillScenario,
    /// How each node stands.
    states: Vec<State>,
    /// How each node stands by itself, and whether its region fell.
    own: Vec<(State, bool)>,
}

impl<'s> Struck<'s> {
    pub(super) fn of(drill: &Drill, named: &'s DrillScenario, scenario: &Scenario) -> Self {
        let (states, own) = evaluate_with_own(&drill.graph, scenario);
        Self { named, states, own }
    }
}

/// What becomes of a workload. `parts` are smaller scenarios with how it stands under them: what is no worse than
/// they are is told by them.
pub(super) fn outcome(
    drill: &Drill,
    workload: &Workload,
    struck: &Struck<'_>,
    parts: &[(&Scenario, Level)],
) -> DrillOutcome {
    let Struck { named, states, .. } = struck;
    let state = states.get(workload.node as usize).copied().unwrap_or_default();
    let mut found = DrillOutcome {
        scenario: named.name.clone(),
        level: state.level,
        capacity_left: None,
        carries_load: Some(true),
        rpo: state.rpo,
        rto: state.rto,
        automatic: !state.is_manual,
        manual: Vec::new(),
        why: Vec::new(),
        misses: Vec::new(),
    };
    if state != State::default() {
        match parts.iter().find(|(_, level)| *level >= state.level && *level > Level::Up) {
            Some((part, _)) => found.why.push(format!("as when {} alone is lost", drill.name_of(part))),
            None => explain(drill, workload, struck, &mut found),
        }
        found.capacity_left = capacity(drill, workload, states);
        found.carries_load = carries(found.capacity_left, workload.declared.load, state.level);
    }
    if !drill.blind.is_empty() && found.level < Level::Unknown {
        // What was not seen may be needed, and may have fallen.
        found.level = Level::Unknown;
        found.carries_load = None;
        (found.rpo, found.rto) = (Span::ANY, Span::ANY);
        found.why.extend(drill.blind.iter().take(TOLD_MAX).cloned());
    }
    found.misses = misses(&workload.declared.target, named, &found);
    found
}

/// Says what fell, and what a human has to do.
fn explain(drill: &Drill, workload: &Workload, struck: &Struck<'_>, found: &mut DrillOutcome) {
    let states = &struck.states;
    let (mut why, mut manual) = (BTreeSet::new(), BTreeSet::new());
    for number in &workload.reach {
        let Some((by_itself, of_region)) = struck.own.get(*number as usize).copied() else { continue };
        let Some(node) = drill.graph.node(*number).filter(|_| by_itself.level > Level::Up) else { continue };
        let words = if of_region { &node.region.words } else { &node.zone.words };
        why.insert(format!("{} is {}: {}", node.name, by_itself.level.id(), words.why));
        if by_itself.level > Level::Degraded && node.whole.is_none() {
            manual.extend(words.manual.iter().map(|step| format!("{}: {step}", node.name)));
        }
    }
    // A way out that is gone is a matter of what uses it.
    for number in &workload.reach {
        let Some(node) = drill.graph.node(*number) else { continue };
        let is_standing = states.get(*number as usize).is_some_and(|state| state.level == Level::Degraded);
        for need in node.needs.iter().filter(|need| !need.is_hard && is_standing) {
            let lost = need
                .of
                .iter()
                .filter(|of| states.get(**of as usize).is_some_and(|state| state.level > Level::Degraded));
            if lost.count() == need.of.len() {
                why.insert(format!("{} goes on without its {}", node.name, need.label));
            }
        }
    }
    found.why = why.into_iter().take(TOLD_MAX).collect();
    found.manual = if found.level > Level::Degraded || !found.automatic {
        manual.into_iter().take(TOLD_MAX).collect()
    } else {
        Vec::new()
    };
}

/// Percent of instances and tasks that are left, at least and at most; None when there are none to count. Units are
/// spread evenly; what cannot be divided is in the lost zone. Of what is needed together the least counts, of a name
/// that fails over where it leads, and what shares traffic adds up.
fn capacity(drill: &Drill, workload: &Workload, states: &[State]) -> Option<(u32, u32)> {
    let mut known: HashMap<NodeNumber, (u32, u32)> = HashMap::new();
    for number in &workload.reach {
        let Some(node) = drill.graph.node(*number) else { continue };
        let own = (node.whole.is_none() && node.units.most > 0).then(|| left_of(*number, node, states)).flatten();
        let needs = node.needs.iter().filter(|need| need.is_hard && &*need.label != "zones");
        let of_needs = needs.filter_map(|need| shared(need, &known, states));
        let least = |left: (u32, u32), right: (u32, u32)| (left.0.min(right.0), left.1.min(right.1));
        if let Some(found) = own.into_iter().chain(of_needs).reduce(least) {
            known.insert(*number, found);
        }
    }
    known.get(&workload.node).copied()
}

/// What is left behind a need.
fn shared(need: &Need, known: &HashMap<NodeNumber, (u32, u32)>, states: &[State]) -> Option<(u32, u32)> {
    if !need.of.iter().any(|number| known.contains_key(number)) && (need.least > 1 || &*need.label != "targets") {
        return None;
    }
    let each = need.of.iter().map(|number| {
        let level = states.get(*number as usize).map_or(Level::Up, |state| state.level);
        let (least, most) = known.get(number).copied().unwrap_or((100, 100));
        match level {
            Level::Up | Level::Degraded => (least, most),
            Level::Unknown => (0, most),
            Level::Down => (0, 0),
        }
    });
    let count = u32::try_from(need.of.len()).unwrap_or(u32::MAX).max(1);
    let is_standing =
        |number: &NodeNumber| states.get(*number as usize).is_none_or(|state| state.level <= Level::Degraded);
    let first = need.first.filter(is_standing);
    let is_together = need.least == count;
    match (is_together, &*need.label) {
        (true, _) => each.reduce(|left, right| (left.0.min(right.0), left.1.min(right.1))),
        (false, "failover") if let Some(first) = first => known.get(&first).copied(),
        (false, "failover") => each.reduce(|left, right| (left.0.max(right.0), left.1.max(right.1))),
        (false, _) => {
            let (least, most) = each.fold((0, 0), |(least, most), one| (least + one.0, most + one.1));
            Some((least / count, most / count))
        }
    }
}

fn left_of(number: NodeNumber, node: &Node, states: &[State]) -> Option<(u32, u32)> {
    let parts: Vec<NodeNumber> =
        node.needs.iter().find(|need| &*need.label == "zones").map(|need| need.of.clone()).unwrap_or_default();
    let level = |number: NodeNumber| states.get(number as usize).map_or(Level::Up, |state| state.level);
    let whole = level(number);
    if parts.is_empty() {
        let (least, most) = match whole {
            Level::Up | Level::Degraded => (100, 100),
            Level::Unknown => (0, 100),
            Level::Down => (0, 0),
        };
        return Some((least, most));
    }
    if whole == Level::Down {
        return Some((0, 0));
    }
    let zones = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    let of = |level_is: fn(Level) -> bool| {
        u32::try_from(parts.iter().filter(|part| level_is(level(**part))).count()).unwrap_or(u32::MAX)
    };
    let (lost, doubtful) = (of(|level| level == Level::Down), of(|level| level == Level::Unknown));
    let left = |units: u32, zones_lost: u32| {
        let of_zone = units.div_ceil(zones);
        let rest = units.saturating_sub(of_zone.saturating_mul(zones_lost));
        u32::try_from(u64::from(rest) * 100 / u64::from(units.max(1))).unwrap_or(100)
    };
    let units = if node.units.least == node.units.most { node.units.most } else { zones };
    Some((left(units, lost + doubtful), left(units, lost)))
}

/// Whether what is left carries the load: nobody knows when the load is not known and something is gone.
fn carries(left: Option<(u32, u32)>, load: Option<u32>, level: Level) -> Option<bool> {
    match (level, left, load) {
        (Level::Down, ..) => Some(false),
        (Level::Unknown, ..) => None,
        (_, None | Some((100, 100)), _) => Some(true),
        (_, Some((_, 0)), _) => Some(false),
        (_, Some((least, _)), Some(load)) if least >= load => Some(true),
        (_, Some((_, most)), Some(load)) if most < load => Some(false),
        _ => None,
    }
}

/// Targets that are missed, or that nobody can tell to be met.
fn misses(targets: &Targets, named: &DrillScenario, found: &DrillOutcome) -> Vec<DrillMiss> {
    let mut misses = Vec::new();
    let mut miss = |what: String, is_certain: bool| misses.push(DrillMiss { what, is_certain });
    let stand = if named.regions.is_empty() { targets.zone } else { targets.region };
    let wanted = stand.map(|stand| match stand {
        Stand::Up => Level::Up,
        Stand::Degraded => Level::Degraded,
    });
    if let Some(wanted) = wanted {
        if found.level > wanted {
            let is_certain = found.level != Level::Unknown;
            miss(format!("it has to be {} and is {}", wanted.id(), found.level.id()), is_certain);
        }
        if found.level <= Level::Degraded && found.carries_load != Some(true) {
            let is_certain = found.carries_load == Some(false);
            let words = if is_certain { "does not carry" } else { "is not known to carry" };
            miss(format!("what is left {words} the load"), is_certain);
        }
    }
    for (what, target, span) in [("RPO", targets.rpo, found.rpo), ("RTO", targets.rto, found.rto)] {
        let Some(target) = target.filter(|target| span.most > *target) else { continue };
        let wanted = Span::new(target, target);
        // A span without a bound is what a human's work takes, which no target can count on.
        let is_certain = span.least > target || (span.most == Span::UNBOUNDED && found.level == Level::Down);
        miss(format!("{what} has to be {wanted} and is {span}"), is_certain);
    }
    misses
}

/// Alternatives of a name that are answered only when another one has fallen.
pub(super) fn cold_sites(drill: &Drill, workload: &Workload) -> Vec<String> {
    let mut cold = BTreeSet::new();
    for node in workload.reach.iter().filter_map(|number| drill.graph.node(*number)) {
        for need in node.needs.iter().filter(|need| &*need.label == "failover") {
            let others = need.of.iter().filter(|number| need.first.is_some_and(|first| first != **number));
            let others = others.filter_map(|number| drill.graph.node(*number));
            cold.extend(others.map(|other| format!("{} serves nothing until {} fails over", other.name, node.name)));
        }
    }
    cold.into_iter().collect()
}
