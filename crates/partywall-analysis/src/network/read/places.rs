//! Networks and subnets, and what Block Public Access does in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Inventory, ResourceKey};

use super::filters::network_acls;
use super::routes::Tables;
use super::view::{View, no_range, views};
use crate::network::address::range;
use crate::network::model::{Fact, Missing, Network, NetworkAcl, PublicAccess, Subnet, Vpc, Zone};

pub(super) fn vpcs(inventory: &Inventory, network: &mut Network) {
    for view in views(inventory, "aws_vpc") {
        let name = view.name("vpc_id");
        let mut ranges = Vec::new();
        let mut more_ranges = view.doubt();
        match view.text("cidr_block") {
            Ok(text) => ranges.extend(range(&text)),
            Err(missing) => more_ranges = Some(missing),
        }
        for column in ["secondary_cidr_blocks", "ipv6_cidr_blocks"] {
            let (further, more) = view.ranges(column);
            ranges.extend(further);
            more_ranges = more_ranges.or(more);
        }
        if !view.is_live() && view.boolean("assign_generated_ipv6_cidr_block") == Ok(true) {
            let missing = || format!("Amazon chooses the IPv6 range of `{}`", name.resource).into();
            more_ranges = more_ranges.or_else(|| Some(missing()));
        }
        ranges.sort();
        ranges.dedup();
        network.aliases.insert(name.short.clone(), name.resource.clone());
        let public_access = public_access(inventory, network, view, &[&name.resource]);
        let vpc = Vpc { ranges, more_ranges, region: view.text("region"), public_access, name };
        network.vpcs.insert(vpc.name.resource.clone(), Arc::new(vpc));
    }
}

/// What Block Public Access does: what the account's region is set to, unless one of these is excluded.
fn public_access(inventory: &Inventory, network: &Network, place: View<'_>, names: &[&Arc<str>]) -> PublicAccess {
    let (account, region) = (place.text("account_id"), place.text("region"));
    let is_here = |view: &View<'_>| view.text("account_id") == account && view.text("region") == region;
    let modes: Vec<Fact<Arc<str>>> = views(inventory, "aws_vpc_block_public_access_options")
        .filter(|view| is_here(view) || account.is_err() || region.is_err())
        .map(|view| view.doubt().map_or_else(|| view.text("internet_gateway_block_mode"), Err))
        .collect();
    let mode = match (modes.first(), network.unseen.get("aws_vpc_block_public_access_options")) {
        (None, Some(missing)) => return PublicAccess::Unknown(missing.clone()),
        (None, None) => return PublicAccess::Open,
        (Some(Err(missing)), _) => return PublicAccess::Unknown(missing.clone()),
        (Some(Ok(mode)), _) => mode,
    };
    let blocked = match mode.as_ref() {
        "off" | "" => return PublicAccess::Open,
        "block-ingress" => PublicAccess::EgressOnly,
        _ => PublicAccess::Blocked,
    };
    for view in views(inventory, "aws_vpc_block_public_access_exclusion") {
        let is_about = match view.reference("excluded") {
            Ok(excluded) => names.iter().any(|name| {
                **name == excluded
                    || excluded.rsplit('/').next().is_some_and(|id| network.aliases.get(id) == Some(name))
            }),
            Err(missing) => return PublicAccess::Unknown(missing),
        };
        if is_about {
            return match (view.doubt(), view.text("internet_gateway_exclusion_mode")) {
                (Some(missing), _) | (None, Err(missing)) => PublicAccess::Unknown(missing),
                (None, Ok(mode)) if mode.as_ref() == "allow-egress" => PublicAccess::EgressOnly,
                (None, Ok(_)) => PublicAccess::Open,
            };
        }
    }
    match network.unseen.get("aws_vpc_block_public_access_exclusion") {
        Some(missing) => PublicAccess::Unknown(missing.clone()),
        None => blocked,
    }
}

pub(super) fn subnets(inventory: &Inventory, network: &mut Network, tables: &Tables) {
    let acls = Acls::new(inventory);
    for view in views(inventory, "aws_vpc_subnet") {
        let name = view.name("subnet_id");
        network.aliases.insert(name.short.clone(), name.resource.clone());
        let vpc = view.reference("vpc_id").and_then(|vpc| network.find(&network.vpcs, &vpc).cloned());
        let mut ranges = Vec::new();
        let mut more_ranges = view.doubt();
        for column in ["cidr_block", "ipv6_cidr_block"] {
            match view.text(column) {
                Ok(text) if text.is_empty() => {}
                Ok(text) => match range(&text) {
                    Some(range) => ranges.push(range),
                    None => more_ranges = Some(no_range(&text)),
                },
                Err(missing) => more_ranges = Some(missing),
            }
        }
        let key = vpc.as_ref().map(|vpc| &vpc.name.resource).map_err(Clone::clone);
        let routes = match network.unseen.get("aws_vpc_route_table") {
            Some(missing) if tables.of_subnet(&name.resource, &name.short, key.clone()).is_err() => {
                Err(missing.clone())
            }
            _ => tables.of_subnet(&name.resource, &name.short, key.clone()),
        };
        let acl = acls.of(view, &name.resource, &name.short, key);
        let acl = acl.map_err(|missing| network.unseen.get("aws_vpc_network_acl").cloned().unwrap_or(missing));
        let names: Vec<&Arc<str>> =
            [Some(&name.resource), vpc.as_ref().ok().map(|vpc| &vpc.name.resource)].into_iter().flatten().collect();
        let public_access = public_access(inventory, network, view, &names);
        let zone = zone(view);
        network.gives_public.insert(name.resource.clone(), view.boolean("map_public_ip_on_launch"));
        if view.boolean("assign_ipv6_address_on_creation") == Ok(true) {
            network.gives_v6.insert(name.resource.clone());
        }
        let subnet = Subnet { vpc, ranges, more_ranges, zone, acl, routes, public_access, name };
        network.subnets.insert(subnet.name.resource.clone(), Arc::new(subnet));
    }
}

fn zone(view: View<'_>) -> Fact<Zone> {
    let (name, id) = (view.set("availability_zone"), view.set("availability_zone_id"));
    if name.is_none() && id.is_none() {
        let missing =
            view.reference("availability_zone").err().or_else(|| view.reference("availability_zone_id").err());
        return Err(missing.unwrap_or_else(|| format!("the zone of `{}` is not known", view.row.resource).into()));
    }
    Ok(Zone { name, id })
}

/// Network ACLs and which subnets they filter.
struct Acls {
    acls: BTreeMap<ResourceKey, Arc<NetworkAcl>>,
    by_subnet: BTreeMap<Arc<str>, Fact<ResourceKey>>,
    more: Option<Missing>,
}

impl Acls {
    fn new(inventory: &Inventory) -> Self {
        let mut by_subnet = BTreeMap::new();
        let mut more = None;
        for view in views(inventory, "aws_vpc_network_acl") {
            let (subnets, unknown) = view.texts("subnet_ids");
            let acl = view.doubt().map_or_else(|| Ok(view.row.resource.clone()), Err);
            for subnet in subnets {
                by_subnet.insert(subnet, acl.clone());
            }
            more = more.or(unknown);
        }
        Self { acls: network_acls(inventory), by_subnet, more }
    }

    fn of(&self, view: View<'_>, subnet: &Arc<str>, id: &Arc<str>, vpc: Fact<&Arc<str>>) -> Fact<Arc<NetworkAcl>> {
        let named = self.by_subnet.get(subnet).or_else(|| self.by_subnet.get(id));
        let absent = || -> Missing { format!("no network ACL of `{subnet}` is in this source").into() };
        match (named, &self.more) {
            (Some(acl), _) => self.acls.get(&acl.clone()?).cloned().ok_or_else(absent),
            (None, Some(missing)) => Err(missing.clone()),
            (None, None) if view.is_live() => Err(absent()),
            (None, None) => self.acls.get(vpc?).cloned().ok_or_else(absent),
        }
    }
}
