//! Resources in a network, and who reaches them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use partywall_model::{Cell, ResourceKey, Row, Sensitivity};

use super::exposure::{doubts, is_wide, via};
use super::ports::{self, Ports};
use super::{Found, asymmetry};
use crate::network::address::same_family;
use crate::network::flows::{Class, Exchange};
use crate::network::headers::Headers;
use crate::network::model::{Fact, Interface, Network};
use crate::network::tier::Tier;
use crate::network::{Flow, Spot, trace};

/// Ports that others of one tier and table reach.
#[derive(Debug, Clone)]
struct Caller {
    tier: Fact<Tier>,
    table: &'static str,
    /// At most two of them, so that one is another than the one that is reached.
    examples: Vec<ResourceKey>,
    ports: Ports,
    why: Vec<String>,
}

/// What tells callers of one resource apart.
type Key = (Fact<Tier>, &'static str, String, u16, u16);

/// Callers by the position of the class that they reach, and what tells them apart.
type Callers = BTreeMap<u32, BTreeMap<Key, Caller>>;

/// The rows of `network_endpoint`.
pub(super) fn rows(found: &Found<'_>, sensitivities: &BTreeMap<ResourceKey, Sensitivity>) -> Vec<Row> {
    let (callers, classes) = (callers(found), positions(&found.flows.classes));
    let mut exposed: HashMap<&ResourceKey, Vec<Cell>> = HashMap::new();
    let mut reached: HashMap<&ResourceKey, Cell> = HashMap::new();
    for exposure in &found.exposures {
        let Some(resource) = found.resource(&exposure.interface) else { continue };
        let why = doubts(&exposure.flow);
        for ports in ports::of_exchange(&exposure.exchange) {
            let mut cells = vec![
                Cell::Text(exposure.interface.name.resource.clone()),
                Cell::text(exposure.range.to_string()),
                Cell::Boolean(is_wide(exposure.range)),
                via(exposure),
            ];
            cells.extend(found.ports(&ports, &why));
            let is_reached = found.truth(ports.is_reached, &why);
            let known = reached.entry(resource).or_insert(Cell::Boolean(false));
            if *known != Cell::Boolean(true) {
                *known = is_reached;
            }
            exposed.entry(resource).or_default().push(Cell::Struct(cells));
        }
    }
    let mut lost: HashMap<&ResourceKey, Vec<&asymmetry::Asymmetry>> = HashMap::new();
    for one in &found.asymmetries {
        lost.entry(&one.resource).or_default().push(one);
    }
    let row = |(resource, interfaces): (&ResourceKey, &Vec<&Arc<Interface>>)| {
        let lost = lost.get(resource).map(Vec::as_slice).unwrap_or_default();
        let sensitivity = sensitivities.get(resource).copied().unwrap_or(Sensitivity::Restricted);
        let names = interfaces.iter().map(|interface| Cell::Text(interface.name.resource.clone())).collect();
        let cells = vec![
            Cell::Text(resource.clone()),
            Cell::text(found.table_of(resource)),
            found.service(resource),
            Cell::text(sensitivity.id()),
            Cell::List(names),
            tiers(found, interfaces),
            reached.remove(resource).unwrap_or(Cell::Boolean(false)),
            found.truth(asymmetry::loses(lost), &asymmetry::unknowns(lost)),
            Cell::List(exposed.remove(resource).unwrap_or_default()),
            Cell::List(
                callers_of(&callers, &classes, resource, interfaces).map(|caller| cell(found, &caller)).collect(),
            ),
        ];
        found.row(resource, cells)
    };
    found.endpoints.iter().filter_map(row).collect()
}

/// The rows of `network_flow`.
pub(super) fn flow_rows(found: &Found<'_>) -> Vec<Row> {
    let (callers, classes) = (callers(found), positions(&found.flows.classes));
    let mut out = Vec::new();
    for (resource, interfaces) in &found.endpoints {
        let tier = interfaces.first().map_or(Cell::text(""), |first| found.tier_cell(&first.subnet));
        for caller in callers_of(&callers, &classes, resource, interfaces) {
            let mut cells = vec![Cell::Text(resource.clone()), Cell::text(found.table_of(resource)), tier.clone()];
            cells.extend(caller_cells(found, &caller));
            out.extend(found.row(resource, cells));
        }
    }
    out
}

fn tiers(found: &Found<'_>, interfaces: &[&Arc<Interface>]) -> Cell {
    let mut tiers: Vec<Fact<Tier>> = interfaces.iter().map(|interface| found.tier(&interface.subnet)).collect();
    tiers.sort();
    tiers.dedup();
    Cell::List(tiers.into_iter().map(|tier| found.fact(tier.map(|tier| tier.id().into()))).collect())
}

fn caller_cells(found: &Found<'_>, caller: &Caller) -> Vec<Cell> {
    let why: Vec<&str> = caller.why.iter().map(String::as_str).collect();
    let mut cells = vec![
        found.fact(caller.tier.clone().map(|tier| tier.id().into())),
        Cell::text(caller.table),
        caller.examples.first().cloned().map_or(Cell::text(""), Cell::Text),
    ];
    cells.extend(found.ports(&caller.ports, &why));
    cells
}

fn cell(found: &Found<'_>, caller: &Caller) -> Cell {
    Cell::Struct(caller_cells(found, caller))
}

fn positions(classes: &[Class]) -> HashMap<&ResourceKey, u32> {
    let members = classes.iter().zip(0u32..).flat_map(|(class, at)| class.members.iter().map(move |own| (own, at)));
    members.map(|(interface, at)| (&interface.name.resource, at)).collect()
}

/// At most two resources of each table that are in a class.
type Members<'n> = BTreeMap<&'static str, Vec<&'n Arc<Interface>>>;

fn members<'n>(found: &Found<'_>, class: &'n Class) -> Members<'n> {
    let mut by_table = Members::new();
    for member in &class.members {
        let Some(resource) = found.resource(member) else { continue };
        let known = by_table.entry(found.table_of(resource)).or_default();
        if known.len() < 2 && known.iter().all(|other| found.resource(other) != Some(resource)) {
            known.push(member);
        }
    }
    by_table
}

/// Who reaches each class.
fn callers(found: &Found<'_>) -> Callers {
    let mut out = Callers::new();
    let all_members: Vec<Members<'_>> = found.flows.classes.iter().map(|class| members(found, class)).collect();
    for ((from, to), exchange) in &found.flows.pairs {
        let (source, target) = (all_members.get(*from as usize), found.flows.classes.get(*to as usize));
        let (Some(source), Some(target)) = (source, target) else { continue };
        let all = ports::of_exchange(exchange);
        let is_known = all.iter().all(|ports| ports.is_reached.and(ports.is_answered).is_some());
        for (table, members) in source {
            let Some(first) = members.first() else { continue };
            let tier = found.tier(&first.subnet);
            let examples: Vec<ResourceKey> =
                members.iter().filter_map(|member| found.resource(member).cloned()).collect();
            let why = if is_known { Vec::new() } else { why(found.network, first, target) };
            for ports in &all {
                let key = (tier.clone(), *table, ports.protocol.clone(), ports.from, ports.to);
                let caller = Caller {
                    tier: tier.clone(),
                    table,
                    examples: examples.clone(),
                    ports: ports.clone(),
                    why: why.clone(),
                };
                keep_better(out.entry(*to).or_default(), key, caller);
            }
        }
    }
    out
}

fn keep_better(known: &mut BTreeMap<Key, Caller>, key: Key, caller: Caller) {
    // A yes tells more than a perhaps, and a perhaps more than a no.
    let rank = |truth: Option<bool>| match truth {
        Some(true) => 2,
        None => 1,
        Some(false) => 0,
    };
    let of = |caller: &Caller| (rank(caller.ports.is_reached), rank(caller.ports.is_answered));
    match known.get(&key) {
        Some(other) if of(other) >= of(&caller) => {}
        _ => drop(known.insert(key, caller)),
    }
}

fn why(network: &Network, from: &Interface, to: &Class) -> Vec<String> {
    let Some(target) = to.members.iter().find(|target| target.name != from.name) else { return Vec::new() };
    let flows = flows_between(network, from, target);
    let mut out: Vec<String> = flows.iter().flat_map(doubts).map(str::to_owned).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// What one interface can say to another by private addresses, with everything that is known of why.
pub(super) fn flows_between(network: &Network, from: &Interface, to: &Interface) -> Vec<Flow> {
    let mut out = Vec::new();
    for (at, address) in to.addresses.iter().enumerate() {
        if to.addresses.iter().take(at).any(|earlier| same_family(earlier.private, address.private)) {
            continue;
        }
        let spot = Spot::AddressOf(to, address.private);
        out.extend(trace(network, Spot::Interface(from), spot, &Headers::all(), true).unwrap_or_default());
    }
    out.retain(|flow| !Exchange::of(flow).is_empty());
    out
}

/// Who reaches a resource by any of its interfaces, besides itself.
fn callers_of(
    callers: &Callers,
    classes: &HashMap<&ResourceKey, u32>,
    resource: &ResourceKey,
    interfaces: &[&Arc<Interface>],
) -> impl Iterator<Item = Caller> + use<> {
    let mut out: BTreeMap<Key, Caller> = BTreeMap::new();
    for of_class in interfaces.iter().filter_map(|own| callers.get(classes.get(&own.name.resource)?)) {
        for (key, caller) in of_class {
            let examples: Vec<ResourceKey> =
                caller.examples.iter().filter(|example| *example != resource).take(1).cloned().collect();
            if !examples.is_empty() {
                keep_better(&mut out, key.clone(), Caller { examples, ..caller.clone() });
            }
        }
    }
    out.into_values()
}
