//! Interfaces: those that are declared or shown, and those that instances and services have without saying so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::{Inventory, ResourceKey};

use super::filters::default_group_of;
use super::listeners::Listeners;
use super::services;
use super::view::{View, views};
use crate::network::address::{everywhere, range, same_family};
use crate::network::model::{Address, Fact, Interface, Missing, Name, Network, SecurityGroup, Subnet};

/// Kinds of interfaces that have no security group unless they show one.
const UNFILTERED: [&str; 6] = [
    "network_load_balancer",
    "nat_gateway",
    "gateway_load_balancer",
    "gateway_load_balancer_endpoint",
    "transit_gateway",
    "natGateway",
];

/// What instances and elastic addresses say about interfaces.
struct Attached<'i> {
    /// Instances by `resource` and by id.
    instances: BTreeMap<Arc<str>, View<'i>>,
    /// Instances that name an interface as theirs, by the interface's name.
    of_interface: BTreeMap<Arc<str>, View<'i>>,
    /// Elastic addresses by the interface or instance that has them.
    elastic: BTreeMap<Arc<str>, Vec<View<'i>>>,
}

pub(super) fn interfaces(inventory: &Inventory, network: &mut Network) {
    let attached = attached(inventory);
    let listeners = Listeners::new(inventory, network);
    let mut shown: BTreeSet<Arc<str>> = BTreeSet::new();
    for view in views(inventory, "aws_ec2_network_interface") {
        let interface = shown_interface(network, &attached, &listeners, view);
        shown.insert(interface.name.resource.clone());
        shown.insert(interface.name.short.clone());
        shown.insert(interface.owner.resource.clone());
        add(network, interface);
    }
    for view in views(inventory, "aws_ec2_instance") {
        let name = view.name("instance_id");
        let (own, _) = view.texts("network_interface_ids");
        if shown.contains(&name.resource) || own.iter().any(|interface| shown.contains(interface)) {
            continue;
        }
        let interface = instance_interface(network, &attached, view, name, own.first().cloned());
        add(network, interface);
    }
    let all_are_shown = !network.unseen.contains_key("aws_ec2_network_interface");
    for interface in services::interfaces(inventory, network, &listeners, all_are_shown) {
        add(network, interface);
    }
}

fn add(network: &mut Network, interface: Interface) {
    let name = interface.name.clone();
    network.aliases.insert(name.short, name.resource.clone());
    network.interfaces.insert(name.resource, Arc::new(interface));
}

fn attached(inventory: &Inventory) -> Attached<'_> {
    let mut out = Attached { instances: BTreeMap::new(), of_interface: BTreeMap::new(), elastic: BTreeMap::new() };
    for view in views(inventory, "aws_ec2_instance") {
        let name = view.name("instance_id");
        for interface in view.texts("network_interface_ids").0 {
            out.of_interface.insert(interface, view);
        }
        out.instances.insert(name.short, view);
        out.instances.insert(name.resource, view);
    }
    for view in views(inventory, "aws_vpc_eip") {
        let owners = [view.set("network_interface_id"), view.set("instance_id")];
        for owner in owners.into_iter().flatten() {
            out.elastic.entry(owner).or_default().push(view);
        }
    }
    out
}

/// Whether the instance runs. A stopped one keeps its interfaces, and nothing answers there.
fn runs(instance: View<'_>) -> Fact<bool> {
    instance.text("instance_state").map(|state| matches!(state.as_ref(), "" | "running" | "pending"))
}

fn shown_interface(network: &Network, attached: &Attached<'_>, listeners: &Listeners, view: View<'_>) -> Interface {
    let name = view.name("network_interface_id");
    let named = view.set("attached_instance_id").and_then(|owner| attached.instances.get(&owner));
    let instance = named
        .or_else(|| attached.of_interface.get(&name.resource))
        .or_else(|| attached.of_interface.get(&name.short))
        .copied();
    let owner = match (instance, view.set("attached_instance_id")) {
        (Some(instance), _) => instance.name("instance_id"),
        (None, Some(id)) => Name { resource: id.clone(), short: id },
        (None, None) => name.clone(),
    };
    let subnet = view.reference("subnet_id").and_then(|subnet| network.find(&network.subnets, &subnet).cloned());
    let kind = view.set("interface_type").unwrap_or_else(|| "interface".into());
    let (groups, more_groups) = groups(network, view, "security_groups", &subnet);
    let is_unfiltered = groups.is_empty() && more_groups.is_none() && UNFILTERED.contains(&kind.as_ref());
    let runs = match instance {
        Some(instance) => runs(instance),
        None => Ok(view.set("status").is_none_or(|status| status.as_ref() != "available")),
    };
    Interface {
        addresses: addresses(attached, view, &name, &owner, &subnet),
        delegated: view.ranges("ipv4_prefixes").0.into_iter().chain(view.ranges("ipv6_prefixes").0).collect(),
        listens: listeners.of_interface(view),
        balancer: listeners.balancer_of_interface(view),
        owner,
        subnet,
        groups,
        more_groups,
        is_unfiltered,
        checks_addresses: view.boolean("source_dest_check"),
        runs,
        refuses_internet_v6: view.boolean("deny_all_igw_traffic") == Ok(true),
        kind,
        doubt: view.doubt(),
        name,
    }
}

/// The groups of an interface; where code names none, its network's default group.
pub(super) fn groups(
    network: &Network,
    view: View<'_>,
    column: &str,
    subnet: &Fact<Arc<Subnet>>,
) -> (Vec<Arc<SecurityGroup>>, Option<Missing>) {
    let (names, mut more) = view.texts(column);
    let mut groups = Vec::new();
    for name in &names {
        match network.find(&network.groups, name) {
            Ok(group) => groups.push(group.clone()),
            Err(missing) => more = Some(network.unseen.get("aws_vpc_security_group").cloned().unwrap_or(missing)),
        }
    }
    if names.is_empty() && more.is_none() && !view.is_live() {
        match subnet.as_ref().map_err(Clone::clone).and_then(|subnet| default_group(network, subnet)) {
            Ok(group) => groups.push(group),
            Err(missing) => more = Some(missing),
        }
    }
    (groups, more)
}

/// The default group of a subnet's network: the one that is declared, or the one that AWS makes.
fn default_group(network: &Network, subnet: &Subnet) -> Fact<Arc<SecurityGroup>> {
    let vpc = &subnet.vpc.as_ref().map_err(Clone::clone)?.name.resource;
    let declared = network.default_groups.get(vpc);
    let group =
        declared.and_then(|group| network.groups.get(group)).or_else(|| network.groups.get(&default_group_of(vpc)));
    group.cloned().ok_or_else(|| format!("the default security group of `{vpc}` is not in this source").into())
}

fn addresses(
    attached: &Attached<'_>,
    view: View<'_>,
    name: &Name,
    owner: &Name,
    subnet: &Fact<Arc<Subnet>>,
) -> Vec<Address> {
    let mut out: Vec<Address> = Vec::new();
    let (shown, _) = view.structs("addresses");
    for fields in shown {
        let Some(private) = fields.text("private_ip_address").ok().and_then(|text| range(&text)) else { continue };
        let public = fields.text("public_ip").map(|text| range(&text));
        out.push(Address { private, public });
    }
    let elastic = elastic(attached, &[&name.resource, &name.short, &owner.resource, &owner.short]);
    if out.is_empty() {
        let (further, _) = view.texts("private_ip_addresses");
        let own = view.set("private_ip_address").into_iter().chain(further);
        let mut known: Vec<IpNet> = own.filter_map(|text| range(&text)).collect();
        let first = known.first().copied();
        known.dedup_by(|next, _| Some(*next) == first);
        if known.is_empty() {
            known.extend(somewhere(subnet, "0.0.0.0/0"));
        }
        out.extend(known.into_iter().map(|private| Address { private, public: Ok(None) }));
        if let Some(first) = out.first_mut() {
            first.public = public_of_first(view);
        }
    }
    for (private, public) in elastic {
        let at = private.and_then(|private| out.iter().position(|address| address.private == private)).unwrap_or(0);
        if let Some(address) = out.get_mut(at).filter(|address| !matches!(address.public, Ok(Some(_)))) {
            address.public = Ok(Some(public));
        }
    }
    let (v6, _) = view.ranges("ipv6_addresses");
    out.extend(v6.into_iter().map(|private| Address { private, public: Ok(None) }));
    out
}

/// The range that an address is from when only its subnet is known.
pub(super) fn somewhere(subnet: &Fact<Arc<Subnet>>, like: &str) -> Option<IpNet> {
    let like = range(like)?;
    match subnet {
        Ok(subnet) if subnet.more_ranges.is_none() => {
            subnet.ranges.iter().copied().find(|range| same_family(*range, like))
        }
        _ => Some(everywhere(like)),
    }
}

fn public_of_first(view: View<'_>) -> Fact<Option<IpNet>> {
    if let Some(public) = view.set("association_public_ip") {
        return Ok(range(&public));
    }
    match view.boolean("elastic_ip_associated") {
        Ok(true) => Ok(range("0.0.0.0/0")),
        Ok(false) => Ok(None),
        Err(missing) => Err(missing),
    }
}

/// Elastic addresses of these, with the private ones that they lead to where that is known.
fn elastic(attached: &Attached<'_>, owners: &[&Arc<str>]) -> Vec<(Option<IpNet>, IpNet)> {
    let mut seen: BTreeSet<&ResourceKey> = BTreeSet::new();
    let rows = owners.iter().filter_map(|owner| attached.elastic.get(*owner)).flatten();
    rows.filter(|view| seen.insert(&view.row.resource))
        .filter_map(|view| {
            let public = view.set("public_ip").and_then(|text| range(&text)).or_else(|| range("0.0.0.0/0"))?;
            Some((view.set("private_ip_address").and_then(|text| range(&text)), public))
        })
        .collect()
}

/// The first interface of an instance, which it has whether or not the source shows it.
fn instance_interface(
    network: &Network,
    attached: &Attached<'_>,
    view: View<'_>,
    owner: Name,
    id: Option<Arc<str>>,
) -> Interface {
    let subnet = view.reference("subnet_id").and_then(|subnet| network.find(&network.subnets, &subnet).cloned());
    let (groups, more_groups) = groups(network, view, "vpc_security_group_ids", &subnet);
    let private =
        view.set("private_ip_address").and_then(|text| range(&text)).or_else(|| somewhere(&subnet, "0.0.0.0/0"));
    let public = match elastic(attached, &[&owner.resource, &owner.short]).first() {
        Some((_, public)) => Ok(Some(*public)),
        None => public_of_instance(network, view, &subnet),
    };
    let mut addresses: Vec<Address> =
        private.into_iter().map(|private| Address { private, public: public.clone() }).collect();
    let has_v6 = view.integer("ipv6_address_count").is_ok_and(|count| count > 0)
        || subnet.as_ref().is_ok_and(|subnet| network.gives_v6.contains(&subnet.name.resource));
    if has_v6 && !view.is_live() {
        addresses.extend(somewhere(&subnet, "::/0").map(|private| Address { private, public: Ok(None) }));
    }
    let name = match id {
        Some(id) => Name { resource: id.clone(), short: id },
        None => owner.clone(),
    };
    Interface {
        name,
        owner,
        subnet,
        groups,
        more_groups,
        is_unfiltered: false,
        addresses,
        delegated: Vec::new(),
        listens: None,
        balancer: None,
        checks_addresses: view.boolean("source_dest_check"),
        runs: runs(view),
        refuses_internet_v6: false,
        kind: "interface".into(),
        doubt: view.doubt(),
    }
}

/// The public address of an instance: its own, or one that it gets because it, or else its subnet, asks for it.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html>
fn public_of_instance(network: &Network, view: View<'_>, subnet: &Fact<Arc<Subnet>>) -> Fact<Option<IpNet>> {
    if let Some(public) = view.set("public_ip_address") {
        return Ok(range(&public));
    }
    if view.is_live() {
        return Ok(None);
    }
    let some = || Ok(range("0.0.0.0/0"));
    if view.boolean("elastic_ip_associated")? {
        return some();
    }
    if view.boolean("subnet_decides_public_address")? {
        let subnet = subnet.as_ref().map_err(Clone::clone)?;
        return match network.gives_public.get(&subnet.name.resource) {
            Some(Ok(true)) => some(),
            Some(Ok(false)) | None => Ok(None),
            Some(Err(missing)) => Err(missing.clone()),
        };
    }
    if view.boolean("associate_public_ip_address")? { some() } else { Ok(None) }
}
