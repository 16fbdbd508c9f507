//! Flows that follow edits beside flows that are computed anew, and both beside packets that are traced one by one.

use std::collections::{BTreeMap, BTreeSet};

use partywall_analysis::network::flows::{Exchange, Flows, Following, exchange, flows};
use partywall_analysis::network::model::Network;
use partywall_analysis::network::read;

use crate::inventory::inventory;
use crate::world::{Entry, Nic, Peer, Random, Range, Rule, World};

/// Edits of an ordinary run.
const EDITS: u64 = 400;

/// Edits of one network; then comes another.
const EDITS_OF_ONE: u64 = 20;

/// The variable that says how many edits are tried: 10000 are what the project promises.
const VARIABLE: &str = "PARTYWALL_EDITS";

/// One random edit.
fn edit(world: &mut World, random: &mut Random) {
    let other = World::random(random);
    let nic = random.below(world.nics.len());
    let group = random.below(world.groups.len());
    match random.below(16) {
        0 => world.groups[group].ingress.push(Rule {
            peer: Peer::Range(Range(world.nics[nic].address, 32)),
            protocol: Some(6),
            ports: (80, 443),
        }),
        1 => drop(world.groups[group].ingress.pop()),
        2 => drop(world.groups[group].egress.pop()),
        3 => world.groups[group].ingress.push(Rule { peer: Peer::Group(0), protocol: None, ports: (0, 65535) }),
        4 => world.nics[nic].runs = !world.nics[nic].runs,
        5 => {
            world.nics[nic].public = match world.nics[nic].public {
                Some(_) => None,
                None => Some(0x3601_0100 + u32::try_from(nic).unwrap()),
            }
        }
        6 => {
            let vpc = world.subnets[world.nics[nic].subnet].vpc;
            world.nics[nic].groups = vec![vpc * 2 + random.below(2)];
        }
        7 => {
            let Nic { subnet, address, .. } = world.nics[nic];
            if world.nics.iter().all(|nic| nic.address != address + 7) {
                let groups = world.nics[nic].groups.clone();
                world.nics.push(Nic { subnet, address: address + 7, public: None, groups, runs: true });
            }
        }
        8 if world.nics.len() > 3 => drop(world.nics.remove(nic)),
        9 => {
            let at = random.below(world.acls.len());
            world.acls[at].ingress.insert(
                0,
                Entry {
                    number: 1,
                    allows: random.chance(50),
                    protocol: Some(6),
                    range: Range(world.nics[nic].address, 32),
                    ports: (0, 1023),
                },
            );
            world.acls[at].ingress.dedup_by_key(|entry| entry.number);
        }
        10 => {
            let at = random.below(world.acls.len());
            world.acls[at].egress.pop();
        }
        11 => {
            let at = random.below(world.tables.len());
            world.tables[at].routes.pop();
        }
        12 => world.peering = other.peering,
        13 => world.transit.clone_from(
            &other
                .transit
                .filter(|transit| transit.attached.iter().flatten().all(|subnet| *subnet < world.subnets.len())),
        ),
        14 => world.vpcs[0].has_gateway = !world.vpcs[0].has_gateway,
        _ => {
            let at = random.below(world.tables.len());
            let fits = other.tables.iter().filter(|table| table.vpc == world.tables[at].vpc);
            let routes = fits.map(|table| table.routes.clone()).next().unwrap_or_default();
            world.tables[at].routes = routes;
        }
    }
}

/// Exchanges by the names of both ends.
fn by_name(flows: &Flows) -> BTreeMap<(String, String), Exchange> {
    let mut out = BTreeMap::new();
    for ((from, to), exchange) in &flows.pairs {
        for source in &flows.classes[*from as usize].members {
            for destination in &flows.classes[*to as usize].members {
                if source.name != destination.name {
                    let names = (source.name.resource.to_string(), destination.name.resource.to_string());
                    assert!(out.insert(names, (**exchange).clone()).is_none(), "two exchanges of one pair");
                }
            }
        }
    }
    out
}

fn assert_same(seed: u64, step: u64, found: &Flows, expected: &BTreeMap<(String, String), Exchange>, world: &World) {
    let found = by_name(found);
    let pairs: BTreeSet<&(String, String)> = found.keys().chain(expected.keys()).collect();
    for pair in pairs {
        let is_same = match (found.get(pair), expected.get(pair)) {
            (Some(found), Some(expected)) => found.is_same(expected),
            _ => false,
        };
        assert!(
            is_same,
            "network {seed}, edit {step}, {pair:?}: {:?} is {:?}\n{world:#?}",
            found.get(pair),
            expected.get(pair)
        );
    }
}

/// Every pair, traced on its own.
fn traced(network: &Network) -> BTreeMap<(String, String), Exchange> {
    let mut out = BTreeMap::new();
    for (from, source) in &network.interfaces {
        for (to, destination) in network.interfaces.iter().filter(|(to, _)| *to != from) {
            let exchange = exchange(network, source, destination);
            if !exchange.is_empty() {
                out.insert((from.to_string(), to.to_string()), exchange);
            }
        }
    }
    out
}

#[test]
fn flows_follow_edits_as_if_computed_anew() {
    let edits: u64 = std::env::var(VARIABLE).ok().and_then(|count| count.parse().ok()).unwrap_or(EDITS);
    let (mut computed, mut all) = (0, 0);
    for seed in 0..edits.div_ceil(EDITS_OF_ONE) {
        let mut random = Random::new(seed + 7_000_000);
        let mut world = World::random(&mut random);
        let mut following = Following::new(read(&inventory(&world)));
        assert_same(seed, 0, &following.flows(), &traced(following.network()), &world);
        for step in 1..=EDITS_OF_ONE {
            edit(&mut world, &mut random);
            let network = read(&inventory(&world));
            let anew = flows(&network);
            let changed = following.revise(network);
            computed += changed.computed;
            all += following.network().interfaces.len().pow(2);
            assert_same(seed, step, &following.flows(), &by_name(&anew), &world);
            assert_same(seed, step, &anew, &traced(following.network()), &world);
            // Whatever is another than before is said.
            let again = following.revise(read(&inventory(&world)));
            assert_eq!(
                (again.computed, again.changes.len(), again.moved.len()),
                (0, 0, 0),
                "network {seed}, edit {step}"
            );
        }
    }
    assert!(computed * 4 < all, "{computed} of {all} pairs were computed again");
}
