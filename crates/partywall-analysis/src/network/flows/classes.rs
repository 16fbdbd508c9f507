//! Which interfaces no rule tells apart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::ResourceKey;

use crate::network::headers::Headers;
use crate::network::model::{Destination, Fact, Interface, Network, Peer, RouteTable, Target};
use crate::network::way::first_of_each_family;

/// What tells interfaces apart. Why something is not known tells nobody apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Traits {
    pub(super) groups: Vec<ResourceKey>,
    is_groups_known: bool,
    is_unfiltered: bool,
    pub(super) place: Place,
}

/// What tells interfaces apart besides their groups.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    subnet: Option<ResourceKey>,
    kind: Arc<str>,
    is_certain: bool,
    runs: Option<bool>,
    listens: Option<Option<Headers>>,
    balancer: Option<ResourceKey>,
    /// How the internet may reach its addresses.
    publicity: Vec<Option<bool>>,
    refuses_internet_v6: bool,
    /// The smallest range that any rule names around its first address of each family, or what is known of the address.
    ranges: Vec<(bool, Option<IpNet>)>,
    /// Itself, when a route leads to it.
    itself: Option<ResourceKey>,
}

/// What rules, lists and routes name: ranges, with what they cut the address space into, and interfaces.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// First address of each piece, and the smallest range around it.
    pieces: Vec<(u128, Option<IpNet>)>,
    /// Names of interfaces, or of their owners, that routes lead to.
    interfaces: BTreeSet<ResourceKey>,
}

impl Named {
    pub(super) fn new(network: &Network) -> Self {
        let mut ranges = BTreeSet::new();
        for group in network.groups.values() {
            for peer in group.ingress.rules.iter().chain(&group.egress.rules).filter_map(|rule| rule.peer.as_ref().ok())
            {
                match peer {
                    Peer::Range(range) => drop(ranges.insert(*range)),
                    Peer::List(list) => ranges.extend(list.ranges.iter().flatten()),
                    Peer::Group(_) => {}
                }
            }
        }
        let mut tables: BTreeMap<&ResourceKey, &RouteTable> = BTreeMap::new();
        let mut acls = BTreeMap::new();
        for subnet in network.subnets.values() {
            tables.extend(subnet.routes.iter().map(|table| (&table.name.resource, &**table)));
            acls.extend(subnet.acl.iter().map(|acl| (&acl.name.resource, acl)));
        }
        for gateway in network.internet_gateways.values() {
            tables.extend(gateway.routes.iter().flatten().map(|table| (&table.name.resource, &**table)));
        }
        for acl in acls.values() {
            ranges.extend(acl.ingress.iter().chain(&acl.egress).filter_map(|entry| entry.peer.as_ref().ok()));
        }
        let mut interfaces = BTreeSet::new();
        for route in tables.values().flat_map(|table| &table.routes) {
            add(&route.destination, &mut ranges);
            if let Ok(Target::Interface(name)) = &route.target {
                interfaces.extend([name.clone(), network.resolve(name).clone()]);
            }
        }
        for table in network.transit_gateways.values().flat_map(|gateway| &gateway.tables) {
            table.routes.iter().for_each(|route| add(&route.destination, &mut ranges));
        }
        let policies = network.firewall_endpoints.values().filter_map(|endpoint| endpoint.policy.as_ref().ok());
        ranges.extend(policies.flat_map(|policy| policy.ranges()));
        ranges.extend(network.vpcs.values().flat_map(|vpc| &vpc.ranges));
        Self { pieces: pieces(&ranges), interfaces }
    }

    pub(super) fn traits(&self, interface: &Interface) -> Traits {
        let mut groups: Vec<ResourceKey> = interface.groups.iter().map(|group| group.name.resource.clone()).collect();
        groups.sort_unstable();
        let is_named =
            [&interface.name.resource, &interface.owner.resource].iter().any(|name| self.interfaces.contains(*name));
        let place = Place {
            subnet: interface.subnet.as_ref().ok().map(|subnet| subnet.name.resource.clone()),
            kind: interface.kind.clone(),
            is_certain: interface.doubt.is_none(),
            runs: interface.runs.as_ref().ok().copied(),
            balancer: interface.balancer.clone(),
            listens: interface.listens.as_ref().map(|listens| listens.as_ref().ok().cloned()),
            publicity: interface
                .addresses
                .iter()
                .map(|address| address.public.as_ref().ok().map(Option::is_some))
                .collect(),
            refuses_internet_v6: interface.refuses_internet_v6,
            ranges: first_of_each_family(interface)
                .into_iter()
                .map(|address| (matches!(address, IpNet::V6(_)), self.around(address)))
                .collect(),
            itself: is_named.then(|| interface.name.resource.clone()),
        };
        Traits {
            groups,
            is_groups_known: interface.more_groups.is_none(),
            is_unfiltered: interface.is_unfiltered,
            place,
        }
    }

    fn around(&self, address: IpNet) -> Option<IpNet> {
        // Of an address that is not known, all that is known is what tells it apart.
        if address.prefix_len() < address.max_prefix_len() {
            return Some(address);
        }
        let number = number(address.network());
        let after = self.pieces.partition_point(|(first, _)| *first <= number);
        self.pieces.get(after.checked_sub(1)?).and_then(|(_, range)| *range)
    }
}

fn add(destination: &Fact<Destination>, ranges: &mut BTreeSet<IpNet>) {
    match destination {
        Ok(Destination::Range(range)) => drop(ranges.insert(*range)),
        Ok(Destination::List(list)) => ranges.extend(list.ranges.iter().flatten()),
        Err(_) => {}
    }
}

/// Ranges either lie in one another or apart, so that they cut the addresses into pieces with one smallest range each.
fn pieces(ranges: &BTreeSet<IpNet>) -> Vec<(u128, Option<IpNet>)> {
    let mut sorted: Vec<IpNet> = ranges.iter().copied().collect();
    sorted.sort_by_key(|range| (number(range.network()), range.prefix_len()));
    let mut out: Vec<(u128, Option<IpNet>)> = Vec::new();
    let mut open: Vec<IpNet> = Vec::new();
    let close = |open: &mut Vec<IpNet>, before: u128, out: &mut Vec<(u128, Option<IpNet>)>| {
        while let Some(last) = open.last().copied().filter(|last| number(last.broadcast()) < before) {
            open.pop();
            out.push((number(last.broadcast()).saturating_add(1), open.last().copied()));
        }
    };
    for range in sorted {
        close(&mut open, number(range.network()), &mut out);
        out.push((number(range.network()), Some(range)));
        open.push(range);
    }
    close(&mut open, u128::MAX, &mut out);
    // Of pieces that begin at the same address the last one that was written holds.
    out.sort_by_key(|(first, _)| *first);
    let mut last: Vec<(u128, Option<IpNet>)> = Vec::with_capacity(out.len());
    for piece in out {
        match last.last_mut().filter(|previous| previous.0 == piece.0) {
            Some(previous) => *previous = piece,
            None => last.push(piece),
        }
    }
    last
}

/// A number for each address of both families, those of IPv4 as IPv6 maps them.
fn number(address: std::net::IpAddr) -> u128 {
    match address {
        std::net::IpAddr::V4(address) => address.to_ipv6_mapped().into(),
        std::net::IpAddr::V6(address) => address.into(),
    }
}
