//! What of the internet rules tell apart.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::network::address::representatives;
use crate::network::model::{
    AttachedTo, Destination, Fact, GroupRules, Interface, Network, Peer, RouteTable, Subnet, Target,
};

/// One address for each range of the internet that something on the way from or to an interface tells apart.
pub(super) fn regions(network: &Network, interfaces: &[&Interface], like: IpNet) -> Vec<(IpNet, IpNet)> {
    let mut ranges = Vec::new();
    for group in interfaces.iter().flat_map(|interface| &interface.groups) {
        ranges_of_rules(&group.ingress, &mut ranges);
        ranges_of_rules(&group.egress, &mut ranges);
    }
    let mut seen = BTreeSet::new();
    let mut pending: Vec<&Subnet> =
        interfaces.iter().flat_map(|interface| &interface.subnet).map(|subnet| &**subnet).collect();
    while let Some(subnet) = pending.pop() {
        if !seen.insert(&subnet.name) {
            continue;
        }
        if let Ok(list) = &subnet.acl {
            ranges.extend(list.ingress.iter().chain(&list.egress).filter_map(|entry| entry.peer.as_ref().ok()));
        }
        if let Ok(table) = &subnet.routes {
            ranges_of_table(table, &mut ranges);
            for target in table.routes.iter().filter_map(|route| route.target.as_ref().ok()) {
                pending.extend(behind(network, target, &mut ranges));
            }
        }
        let vpc = subnet.vpc.as_ref().ok().map(|vpc| &vpc.name.resource);
        for gateway in network
            .internet_gateways
            .values()
            .filter(|gateway| gateway.vpc.as_ref().ok().and_then(Option::as_ref) == vpc)
        {
            if let Some(Ok(table)) = &gateway.routes {
                ranges_of_table(table, &mut ranges);
                for target in table.routes.iter().filter_map(|route| route.target.as_ref().ok()) {
                    pending.extend(behind(network, target, &mut ranges));
                }
            }
        }
    }
    representatives(&ranges, like)
}

/// Subnets whose tables and filters decide further behind a target.
fn behind<'n>(network: &'n Network, target: &Target, ranges: &mut Vec<IpNet>) -> Vec<&'n Subnet> {
    match target {
        Target::Nat(name) => network
            .find(&network.nat_gateways, name)
            .ok()
            .and_then(|nat| nat.subnet.as_ref().ok())
            .map(|subnet| &**subnet)
            .into_iter()
            .collect(),
        Target::ApplianceEndpoint(name) => {
            let Ok(endpoint) = network.find(&network.firewall_endpoints, name) else { return Vec::new() };
            ranges.extend(endpoint.policy.iter().flat_map(|policy| policy.ranges()));
            endpoint.subnet.iter().map(|subnet| &**subnet).collect()
        }
        Target::TransitGateway(name) => {
            let Ok(gateway) = network.find(&network.transit_gateways, name) else { return Vec::new() };
            for route in gateway.tables.iter().flat_map(|table| &table.routes) {
                ranges_of_destination(&route.destination, ranges);
            }
            let of = |to: &'n AttachedTo| match to {
                AttachedTo::Vpc { subnets, .. } => {
                    subnets.iter().filter_map(|subnet| subnet.as_ref().ok().map(|subnet| &**subnet)).collect()
                }
                _ => Vec::new(),
            };
            gateway.attachments.iter().flat_map(|attachment| of(&attachment.to)).collect()
        }
        _ => Vec::new(),
    }
}

fn ranges_of_rules(rules: &GroupRules, ranges: &mut Vec<IpNet>) {
    for peer in rules.rules.iter().filter_map(|rule| rule.peer.as_ref().ok()) {
        match peer {
            Peer::Range(range) => ranges.push(*range),
            Peer::List(list) => ranges.extend(list.ranges.iter().flatten()),
            Peer::Group(_) => {}
        }
    }
}

fn ranges_of_table(table: &RouteTable, ranges: &mut Vec<IpNet>) {
    for route in &table.routes {
        ranges_of_destination(&route.destination, ranges);
    }
}

fn ranges_of_destination(destination: &Fact<Destination>, ranges: &mut Vec<IpNet>) {
    match destination {
        Ok(Destination::Range(range)) => ranges.push(*range),
        Ok(Destination::List(list)) => ranges.extend(list.ranges.iter().flatten()),
        Err(_) => {}
    }
}
