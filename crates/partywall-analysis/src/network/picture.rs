//! A network as bands of subnets and what they can say to each other.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use partywall_model::{
    Inventory, NetworkBand, NetworkExposure, NetworkFlow, NetworkPicture, NetworkSubnet, ResourceKey,
};

use super::exposure::Exposure;
use super::flows::{Exchange, Flows};
use super::headers::{Headers, PORTS};
use super::model::{Interface, Network, Subnet};
use super::tier::{Tier, tier};

/// What tells bands apart: the VPC, and the position of the tier.
type Key = (String, usize);

/// Tiers from outside to inside; the last is that of which nobody knows.
const TIERS: [&str; 4] = ["public", "private", "isolated", "unknown"];

/// Puts what is known of a network into bands.
pub fn picture(network: &Network, inventory: &Inventory, flows: &Flows, exposures: &[Exposure]) -> NetworkPicture {
    let mut bands: BTreeMap<Key, BTreeMap<ResourceKey, NetworkSubnet>> = BTreeMap::new();
    let titles = titles(inventory);
    for subnet in network.subnets.values() {
        let own = blank(subnet, &titles);
        bands.entry(key_of(network, Some(subnet))).or_default().insert(subnet.name.resource.clone(), own);
    }
    let tables = tables(inventory);
    for interface in network.interfaces.values() {
        let subnet = interface.subnet.as_ref().ok();
        let resource = subnet.map_or_else(|| "".into(), |subnet| subnet.name.resource.clone());
        let band = bands.entry(key_of(network, subnet)).or_default();
        let own = band.entry(resource).or_insert_with(nowhere);
        let table = [&interface.owner.resource, &interface.name.resource].into_iter().find_map(|name| tables.get(name));
        let table = table.copied().unwrap_or("aws_ec2_network_interface");
        match own.holds.iter_mut().find(|(known, _)| *known == table) {
            Some((_, count)) => *count += 1,
            None => own.holds.push((table, 1)),
        }
    }
    for (interface, exposure) in exposed(exposures) {
        let subnet = interface.subnet.as_ref().ok();
        let resource = subnet.map_or_else(|| "".into(), |subnet| subnet.name.resource.clone());
        let own = bands.get_mut(&key_of(network, subnet)).and_then(|band| band.get_mut(&resource));
        own.into_iter().for_each(|own| own.exposed.push(exposure.clone()));
    }
    let positions: HashMap<Key, usize> = bands.keys().cloned().zip(0..).collect();
    let flows = between(network, &positions, flows, exposures);
    let bands = bands.into_iter().map(|(key, subnets)| band(network, key, subnets)).collect();
    NetworkPicture { bands, flows }
}

fn key_of(network: &Network, subnet: Option<&Arc<Subnet>>) -> Key {
    let vpc = subnet.and_then(|subnet| subnet.vpc.as_ref().ok()).map(|vpc| vpc.name.resource.to_string());
    let position = match subnet.map(|subnet| tier(network, subnet)) {
        Some(Ok(Tier::Public)) => 0,
        Some(Ok(Tier::Private)) => 1,
        Some(Ok(Tier::Isolated)) => 2,
        Some(Err(_)) | None => 3,
    };
    (vpc.unwrap_or_default(), position)
}

fn band(network: &Network, (vpc, position): Key, subnets: BTreeMap<ResourceKey, NetworkSubnet>) -> NetworkBand {
    let mut subnets: Vec<NetworkSubnet> = subnets.into_values().collect();
    subnets.sort_by(|left, right| (&left.zone, &left.title).cmp(&(&right.zone, &right.title)));
    subnets.iter_mut().for_each(|subnet| subnet.holds.sort());
    let known = network.vpcs.get(vpc.as_str());
    NetworkBand {
        ranges: known.map(|vpc| vpc.ranges.iter().map(ToString::to_string).collect()).unwrap_or_default(),
        vpc: known.map_or(vpc, |vpc| vpc.name.short.to_string()),
        tier: TIERS.get(position).copied().unwrap_or("unknown"),
        subnets,
    }
}

fn blank(subnet: &Subnet, titles: &HashMap<ResourceKey, String>) -> NetworkSubnet {
    NetworkSubnet {
        resource: subnet.name.resource.clone(),
        title: titles.get(&subnet.name.resource).cloned().unwrap_or_else(|| subnet.name.short.to_string()),
        zone: subnet.zone.as_ref().map(|zone| zone.shown().to_string()).unwrap_or_default(),
        ranges: subnet.ranges.iter().map(ToString::to_string).collect(),
        holds: Vec::new(),
        exposed: Vec::new(),
    }
}

/// Where interfaces are drawn whose subnet is not known.
fn nowhere() -> NetworkSubnet {
    NetworkSubnet {
        resource: "".into(),
        title: "subnet not known".to_owned(),
        zone: String::new(),
        ranges: Vec::new(),
        holds: Vec::new(),
        exposed: Vec::new(),
    }
}

fn titles(inventory: &Inventory) -> HashMap<ResourceKey, String> {
    let Some(table) = partywall_model::table("aws_vpc_subnet") else { return HashMap::new() };
    let titles = inventory.rows(table.name).iter().filter_map(|row| Some((row, row.text(table, "title")?)));
    titles.filter(|(_, title)| !title.is_empty()).map(|(row, title)| (row.resource.clone(), title.to_owned())).collect()
}

fn tables(inventory: &Inventory) -> HashMap<ResourceKey, &'static str> {
    let rows = inventory.resource_tables().flat_map(|(table, rows)| rows.iter().map(move |row| (table.name, row)));
    rows.map(|(name, row)| (row.resource.clone(), name)).collect()
}

/// What the internet reaches of each interface, whatever its range.
fn exposed(exposures: &[Exposure]) -> Vec<(&Arc<Interface>, NetworkExposure)> {
    let mut by_interface: BTreeMap<&ResourceKey, (&Arc<Interface>, Exchange)> = BTreeMap::new();
    for exposure in directly(exposures) {
        let name = &exposure.interface.name.resource;
        let (_, whole) = by_interface.entry(name).or_insert_with(|| (&exposure.interface, Exchange::default()));
        join(whole, &exposure.exchange);
    }
    let of = |(interface, exchange): (&'_ Arc<Interface>, Exchange)| {
        let is_certain = !exchange.answered.is_empty();
        let headers = if is_certain { &exchange.answered } else { &exchange.possible };
        NetworkExposure { interface: interface.name.resource.clone(), ports: words(headers), is_certain }
    };
    by_interface.into_values().map(|(interface, exchange)| (interface, of((interface, exchange)))).collect()
}

/// What reaches a load balancer's targets through it is told of the load balancer.
fn directly(exposures: &[Exposure]) -> impl Iterator<Item = &Exposure> {
    exposures.iter().filter(|exposure| exposure.flow.via.is_none())
}

fn join(whole: &mut Exchange, part: &Exchange) {
    let add = |whole: &mut Headers, part: &Headers| {
        if !whole.holds(part) {
            *whole = std::mem::take(whole).join(part);
        }
    };
    add(&mut whole.certain, &part.certain);
    add(&mut whole.possible, &part.possible);
    add(&mut whole.answered, &part.answered);
    add(&mut whole.maybe_answered, &part.maybe_answered);
}

fn between(
    network: &Network,
    positions: &HashMap<Key, usize>,
    flows: &Flows,
    exposures: &[Exposure],
) -> Vec<NetworkFlow> {
    let at = |interface: &Interface| positions.get(&key_of(network, interface.subnet.as_ref().ok())).copied();
    let of_class: Vec<Option<usize>> =
        flows.classes.iter().map(|class| class.members.first().and_then(|first| at(first))).collect();
    let mut whole: BTreeMap<(Option<usize>, usize), Exchange> = BTreeMap::new();
    for exposure in directly(exposures) {
        if let Some(to) = at(&exposure.interface) {
            join(whole.entry((None, to)).or_default(), &exposure.exchange);
        }
    }
    for ((from, to), exchange) in &flows.pairs {
        let place = |class: &u32| of_class.get(*class as usize).copied().flatten();
        if let (Some(from), Some(to)) = (place(from), place(to)) {
            join(whole.entry((Some(from), to)).or_default(), exchange);
        }
    }
    let flow = |((from, to), exchange): ((Option<usize>, usize), Exchange)| NetworkFlow {
        from,
        to,
        unanswered: words(&exchange.certain.with_sources(PORTS).without(&exchange.answered.with_sources(PORTS))),
        unknown: words(&exchange.maybe_answered.with_sources(PORTS).without(&exchange.certain.with_sources(PORTS))),
        answered: words(&exchange.answered),
    };
    whole.into_iter().map(flow).collect()
}

/// Headers without the client's ports.
fn words(headers: &Headers) -> String {
    if headers.is_empty() { String::new() } else { headers.with_sources(PORTS).to_string() }
}
