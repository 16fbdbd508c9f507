//! Ways out: what each zone's part of a resource needs on the network.
//!
//! A packet to the internet is followed from an interface of each subnet. What it passes is what has to stand: a zone
//! that survives and whose packets leave through a gateway of the zone that fell has no way out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use partywall_model::{Cell, Row, Table};

use super::build::{Site, references};
use super::{NodeNumber, Settings, data};
use crate::availability::facts::NeedRule;
use crate::availability::place::rows;
use crate::network::headers::{Block, Headers, Span, TCP};
use crate::network::model::{Interface, Network};
use crate::network::{Hop, Spot, read, trace};

/// What a gateway is to the one in need.
const WAY_OUT: &str = "way out";

/// Where packets leave for the internet.
const LAST_HOPS: [&str; 2] = ["internet_gateway", "egress_only_internet_gateway"];

/// What packets pass that can fall, or has parts that can: by the kind of the hop, and what it is to the one in need.
const HOPS: [(&str, &str); 5] = [
    ("nat_gateway", WAY_OUT),
    ("interface", "way out through an appliance"),
    ("appliance_endpoint", "way out through an inspection"),
    ("transit_gateway", "way out through a transit gateway"),
    ("transit_gateway_attachment", "way out through an attachment"),
];

/// The port that packets to the internet are followed to.
const HTTPS: u16 = 443;

/// Columns with the subnets of what runs.
const SUBNETS: [(&str, &str); 6] = [
    ("aws_ec2_instance", "subnet_id"),
    ("aws_ec2_autoscaling_group", "vpc_zone_identifier"),
    ("aws_ecs_service", "network_configuration_subnets"),
    ("aws_eks_node_group", "subnet_ids"),
    ("aws_eks_fargate_profile", "subnets"),
    ("aws_lambda_function", "vpc_subnet_ids"),
];

/// Adds what every part needs to get out: what its packets pass on the way, and the endpoints of its VPC.
pub(super) fn add(site: &mut Site<'_>, settings: &Settings) {
    let Some(hard) = data::hard() else { return };
    let out = ways(site);
    let endpoints = endpoints(site);
    for (name, column) in SUBNETS {
        for (table, row) in rows(site.inventory, name) {
            let Some(whole) = site.graph.numbers.get(&row.resource).copied() else { continue };
            let of_workload = site.graph.node(whole).and_then(|node| node.workload);
            let workload = of_workload.and_then(|number| site.workload_name(number));
            let is_needed = workload.is_some_and(|name| settings.need_way_out.iter().any(|wanted| **wanted == **name));
            let soft = NeedRule { any: true, soft: !is_needed, ..hard.clone() };
            for subnet in references(table, row, column) {
                let users = users(site, whole, subnet);
                let of_vpc = endpoints.get(subnet).cloned().unwrap_or_default();
                for user in users {
                    for passed in out.get(subnet).into_iter().flatten() {
                        let number = passed.number.unwrap_or_else(|| site.outside(user, &passed.name));
                        if number != whole {
                            site.need(user, &passed.label, number, &soft);
                        }
                    }
                    for endpoint in &of_vpc {
                        let all = NeedRule { any: false, soft: true, ..hard.clone() };
                        site.need(user, &"endpoints".into(), *endpoint, &all);
                    }
                }
            }
        }
    }
}

/// The part of a resource that is in a subnet's zone; the whole when it has no parts.
fn users(site: &Site<'_>, whole: NodeNumber, subnet: &str) -> Vec<NodeNumber> {
    let Some(parts) = site.parts.get(&whole) else { return vec![whole] };
    let zone = site.graph.atlas.subnet(subnet).ok();
    parts.iter().filter(|(of, _)| *of == zone).map(|(_, part)| *part).collect()
}

/// Something on the way out.
struct Passed {
    label: Arc<str>,
    /// Its name, or what is not known of the way.
    name: Arc<str>,
    /// None when it is not in sight.
    number: Option<NodeNumber>,
}

/// What packets from each subnet pass on their way to the internet, when it is something that may fall. One interface
/// of a subnet speaks for all: its routes are the subnet's, and filters do not end the way of a packet.
fn ways(site: &Site<'_>) -> HashMap<Arc<str>, Vec<Passed>> {
    let network = read(site.inventory);
    let mut first: BTreeMap<&Arc<str>, &Interface> = BTreeMap::new();
    for interface in network.interfaces.values() {
        if let Ok(subnet) = &interface.subnet
            && !HOPS.iter().any(|(kind, _)| *kind == &*interface.kind && *kind != "interface")
        {
            first.entry(&subnet.name.resource).or_insert(interface);
        }
    }
    let ways = first.into_iter().map(|(subnet, interface)| (subnet.clone(), way(site, &network, interface)));
    ways.collect()
}

fn way(site: &Site<'_>, network: &Network, from: &Interface) -> Vec<Passed> {
    let https: Headers = Block { destination: Span::one(HTTPS), ..Block::of_protocol(TCP) }.into();
    let not_known = |what: Arc<str>| Passed { label: WAY_OUT.into(), name: what, number: None };
    let flows = match trace(network, Spot::Interface(from), Spot::Internet, &https, true) {
        Ok(flows) => flows,
        Err(missing) => return vec![not_known(missing.to_string().into())],
    };
    // The widest range of the internet comes first: single addresses may have ways of their own.
    let Some(flow) = flows.first() else { return Vec::new() };
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    let mut passed = Vec::new();
    for hop in flow.forward.path.iter().skip(1) {
        let Some((_, label)) = HOPS.iter().find(|(kind, _)| *kind == hop.kind) else { continue };
        let times = met.entry(label).or_default();
        *times += 1;
        // Each has to stand, also the second of a kind: what has one label stands in for each other.
        let label = if *times > 1 { format!("{label} ({times})").into() } else { Arc::from(*label) };
        passed.push(Passed { label, name: hop.resource.clone(), number: number(site, network, hop) });
    }
    let arrives = flow.forward.path.last().is_some_and(|hop| LAST_HOPS.contains(&hop.kind));
    if !arrives && !flow.forward.possible.is_empty() {
        let what = flow.forward.unknowns.first().map(|reason| reason.message.as_str());
        passed.push(not_known(what.unwrap_or("where packets to the internet leave").into()));
    }
    passed
}

/// The node of what is passed: of an interface, of what it belongs to.
fn number(site: &Site<'_>, network: &Network, hop: &Hop) -> Option<NodeNumber> {
    let numbers = &site.graph.numbers;
    let owner = || Some(&network.interfaces.get(&hop.resource)?.owner.resource);
    numbers.get(&hop.resource).or_else(|| numbers.get(owner()?)).copied()
}

/// The interface endpoints of each subnet's VPC, which lead all of it to services of AWS by their usual names.
fn endpoints(site: &Site<'_>) -> HashMap<Arc<str>, BTreeSet<NodeNumber>> {
    let mut of_vpc: HashMap<&str, BTreeSet<NodeNumber>> = HashMap::new();
    for (table, row) in rows(site.inventory, "aws_vpc_endpoint") {
        let is_private = row.cell(table, "private_dns_enabled").and_then(Cell::as_boolean) == Some(true);
        if let (Some("Interface"), true, Some(vpc), Some(number)) = (
            row.text(table, "vpc_endpoint_type"),
            is_private,
            row.text(table, "vpc_id"),
            site.graph.numbers.get(&row.resource),
        ) {
            of_vpc.entry(vpc).or_default().insert(*number);
        }
    }
    let of_subnet = |(table, row): (&'static Table, &Row)| {
        Some((row.resource.clone(), of_vpc.get(row.text(table, "vpc_id")?)?.clone()))
    };
    rows(site.inventory, "aws_vpc_subnet").filter_map(of_subnet).collect()
}
