//! Ways out: what each zone's part of a resource needs on the network.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use partywall_model::{Cell, Row, Table};

use super::build::{Site, references};
use super::{NodeNumber, Settings, data};
use crate::availability::facts::NeedRule;
use crate::availability::place::rows;

/// Columns of a route that name what is in a zone, or has parts in zones.
const TARGETS: [&str; 4] = ["nat_gateway_id", "vpc_endpoint_id", "instance_id", "transit_gateway_id"];

/// Columns with the subnets of what runs.
const SUBNETS: [(&str, &str); 6] = [
    ("aws_ec2_instance", "subnet_id"),
    ("aws_ec2_autoscaling_group", "vpc_zone_identifier"),
    ("aws_ecs_service", "network_configuration_subnets"),
    ("aws_eks_node_group", "subnet_ids"),
    ("aws_eks_fargate_profile", "subnets"),
    ("aws_lambda_function", "vpc_subnet_ids"),
];

/// Adds what every part needs to get out: the target of its subnet's default route, and the endpoints of its VPC.
pub(super) fn add(site: &mut Site<'_>, settings: &Settings) {
    let Some(hard) = data::hard() else { return };
    let out = by_subnet(site);
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
                let way = out.get(subnet).copied();
                let of_vpc = endpoints.get(subnet).cloned().unwrap_or_default();
                for user in users {
                    if let Some(way) = way {
                        site.need(user, &"way out".into(), way, &soft);
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

/// Where each subnet's default route leads, when that is something that may fall with a zone.
fn by_subnet(site: &Site<'_>) -> HashMap<Arc<str>, NodeNumber> {
    let inventory = site.inventory;
    let mut defaults: HashMap<&str, NodeNumber> = HashMap::new();
    for (table, row) in rows(inventory, "aws_vpc_route") {
        let is_default = ["destination_cidr_block", "destination_ipv6_cidr_block"]
            .into_iter()
            .any(|column| matches!(row.text(table, column), Some("0.0.0.0/0" | "::/0")));
        let target = TARGETS.into_iter().find_map(|column| {
            let name = row.text(table, column).filter(|name| !name.is_empty())?;
            site.graph.numbers.get(name).copied()
        });
        if let (true, Some(of), Some(target)) = (is_default, row.text(table, "route_table_id"), target) {
            defaults.insert(of, target);
        }
    }
    let mut explicit: HashMap<&str, &str> = HashMap::new();
    let mut main: HashMap<&str, &str> = HashMap::new();
    for (table, row) in rows(inventory, "aws_vpc_route_table_association") {
        let Some(of) = row.text(table, "route_table_id") else { continue };
        match (row.text(table, "subnet_id"), row.text(table, "vpc_id")) {
            (Some(subnet), _) if !subnet.is_empty() => {
                explicit.insert(subnet, of);
            }
            (_, Some(vpc)) if !vpc.is_empty() => {
                main.insert(vpc, of);
            }
            _ => {}
        }
    }
    for (table, row) in rows(inventory, "aws_vpc_route_table") {
        if row.cell(table, "is_main").and_then(Cell::as_boolean) == Some(true)
            && let Some(vpc) = row.text(table, "vpc_id")
        {
            main.entry(vpc).or_insert(&row.resource);
        }
    }
    let of_subnet = |(table, row): (&'static Table, &Row)| {
        let own = explicit.get(row.resource.as_ref()).copied();
        let chosen = own.or_else(|| main.get(row.text(table, "vpc_id")?).copied())?;
        Some((row.resource.clone(), *defaults.get(chosen)?))
    };
    rows(inventory, "aws_vpc_subnet").filter_map(of_subnet).collect()
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
