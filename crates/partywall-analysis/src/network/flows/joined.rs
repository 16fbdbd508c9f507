//! Which networks packets can find a way between at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::ResourceKey;

use crate::network::model::{AttachedTo, Network, Peering, Subnet, Target, TransitGateway, Vpc};

/// Which networks packets can find a way between at all. What is not known may be one.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Joined {
    /// Networks that each network's packets may come to, itself among them.
    targets: BTreeMap<ResourceKey, BTreeSet<ResourceKey>>,
    /// Networks whose routes may lead anywhere.
    open: BTreeSet<ResourceKey>,
}

impl Joined {
    pub(super) fn new(network: &Network) -> Self {
        let mut out = Self::default();
        for vpc in network.vpcs.keys() {
            out.targets.entry(vpc.clone()).or_default().insert(vpc.clone());
        }
        for subnet in network.subnets.values() {
            if let Ok(vpc) = &subnet.vpc
                && !out.open.contains(&vpc.name.resource)
                && may_lead_anywhere(network, subnet)
            {
                out.open.insert(vpc.name.resource.clone());
            }
        }
        for [left, right] in network.peerings.values().filter_map(|peering| sides(network, peering)) {
            out.targets.entry(left.clone()).or_default().insert(right.clone());
            out.targets.entry(right.clone()).or_default().insert(left.clone());
        }
        // Over the internet every IPv6 address can be reached.
        let dual: BTreeSet<&ResourceKey> =
            network.vpcs.values().filter(|vpc| may_have_v6(vpc)).map(|vpc| &vpc.name.resource).collect();
        for vpc in network
            .subnets
            .values()
            .filter(|subnet| leads_to_internet(subnet))
            .filter_map(|subnet| subnet.vpc.as_ref().ok())
        {
            if dual.contains(&vpc.name.resource) {
                out.targets.entry(vpc.name.resource.clone()).or_default().extend(dual.iter().copied().cloned());
            }
        }
        for members in shared(network) {
            // What comes to one of them may go on from there.
            if !members.is_disjoint(&out.open) {
                out.open.extend(members.iter().cloned());
            }
            for vpc in &members {
                out.targets.entry(vpc.clone()).or_default().extend(members.iter().cloned());
            }
        }
        out
    }

    /// Whether packets of one network may come to another.
    pub(super) fn joins(&self, from: &ResourceKey, to: &ResourceKey) -> bool {
        from == to || self.open.contains(from) || self.targets.get(from).is_some_and(|targets| targets.contains(to))
    }

    /// Networks that a network's packets may come to; None when that may be any.
    pub(super) fn targets_of(&self, from: &ResourceKey) -> Option<&BTreeSet<ResourceKey>> {
        if self.open.contains(from) { None } else { self.targets.get(from) }
    }

    /// Networks of which packets come elsewhere than before.
    pub(super) fn changed<'j>(&'j self, before: &'j Self) -> BTreeSet<&'j ResourceKey> {
        let all = self.targets.keys().chain(before.targets.keys()).chain(&self.open).chain(&before.open);
        all.filter(|vpc| self.targets_of(vpc) != before.targets_of(vpc)).collect()
    }
}

/// Whether a route of a subnet may lead elsewhere than into the networks that its network is joined to.
fn may_lead_anywhere(network: &Network, subnet: &Subnet) -> bool {
    let Ok(table) = &subnet.routes else { return true };
    let may = |target: &Target| match target {
        Target::Local | Target::EgressOnly(_) | Target::InternetGateway(_) | Target::GatewayEndpoint(_) => false,
        Target::Nat(name) => network.find(&network.nat_gateways, name).map_or(true, |nat| nat.subnet.is_err()),
        Target::Peering(name) => {
            network.find(&network.peerings, name).map_or(true, |peering| sides(network, peering).is_none())
        }
        Target::TransitGateway(name) => {
            network.find(&network.transit_gateways, name).map_or(true, |gateway| !is_whole(network, gateway))
        }
        // The endpoint's subnet is one of its network's own.
        Target::ApplianceEndpoint(name) => {
            network.find(&network.firewall_endpoints, name).map_or(true, |endpoint| endpoint.subnet.is_err())
        }
        Target::Interface(_) | Target::VpnGateway(_) | Target::Other(..) => true,
    };
    table.more_routes.is_some()
        || table.routes.iter().any(|route| !route.is_blackhole && route.target.as_ref().map_or(true, may))
}

fn may_have_v6(vpc: &Vpc) -> bool {
    vpc.more_ranges.is_some() || vpc.ranges.iter().any(|range| matches!(range, IpNet::V6(_)))
}

fn leads_to_internet(subnet: &Subnet) -> bool {
    let mut routes = subnet.routes.iter().flat_map(|table| &table.routes);
    routes.any(|route| matches!(route.target, Ok(Target::InternetGateway(_) | Target::EgressOnly(_))))
}

fn sides<'n>(network: &'n Network, peering: &'n Peering) -> Option<[&'n ResourceKey; 2]> {
    let [Ok(left), Ok(right)] = &peering.sides else { return None };
    Some([network.resolve(left), network.resolve(right)])
}

/// Whether everything that a transit gateway leads to is known.
fn is_whole(network: &Network, gateway: &TransitGateway) -> bool {
    let is_known = |to: &AttachedTo| match to {
        AttachedTo::Vpc { vpc, .. } => vpc.is_ok(),
        AttachedTo::Gateway(other) => {
            other.as_ref().is_ok_and(|other| network.find(&network.transit_gateways, other).is_ok())
        }
        AttachedTo::Other(_) => false,
    };
    let routes = gateway.tables.iter().flat_map(|table| table.routes.iter().flat_map(|route| &route.attachments));
    let names = gateway.tables.iter().flat_map(|table| &table.associations).chain(routes);
    gateway.more.is_none()
        && gateway.tables.iter().all(|table| table.more.is_none())
        && gateway.attachments.iter().all(|attachment| is_known(&attachment.to))
        && names.into_iter().all(|name| name.as_ref().is_ok_and(|name| is_attached(gateway, name)))
}

fn is_attached(gateway: &TransitGateway, name: &Arc<str>) -> bool {
    gateway.attachments.iter().any(|attachment| attachment.name.resource == *name || attachment.name.short == *name)
}

/// The networks that each set of transit gateways joins, gateways that are joined being one set.
fn shared(network: &Network) -> Vec<BTreeSet<ResourceKey>> {
    let mut sets: Vec<(BTreeSet<&ResourceKey>, BTreeSet<ResourceKey>)> = Vec::new();
    for (name, gateway) in &network.transit_gateways {
        let (mut gateways, mut vpcs) = (BTreeSet::from([name]), BTreeSet::new());
        for attachment in &gateway.attachments {
            match &attachment.to {
                AttachedTo::Vpc { vpc: Ok(vpc), .. } => drop(vpcs.insert(network.resolve(vpc).clone())),
                AttachedTo::Gateway(Ok(other)) => drop(gateways.insert(network.resolve(other))),
                _ => {}
            }
        }
        let (own, apart): (Vec<_>, Vec<_>) = sets.into_iter().partition(|(known, _)| !known.is_disjoint(&gateways));
        for (further, members) in own {
            gateways.extend(further);
            vpcs.extend(members);
        }
        sets = apart;
        sets.push((gateways, vpcs));
    }
    sets.into_iter().map(|(_, vpcs)| vpcs).collect()
}
