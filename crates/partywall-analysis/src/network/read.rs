//! The network that an inventory describes.

mod balancers;
mod filters;
mod firewalls;
mod gateways;
mod interfaces;
mod listeners;
mod places;
mod routes;
mod services;
mod transit;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::Inventory;

use super::model::{Missing, Network};

/// Features that are off, and things that are absent, unless somebody asks for them: when nobody looked, they are
/// taken to be so. Where a call was refused, nothing is.
const RARE: [&str; 15] = [
    "aws_vpc_block_public_access_options",
    "aws_vpc_block_public_access_exclusion",
    "aws_ec2_managed_prefix_list",
    "aws_vpc_peering_connection",
    "aws_ec2_transit_gateway",
    "aws_ec2_transit_gateway_vpc_attachment",
    "aws_ec2_transit_gateway_peering_attachment",
    "aws_ec2_transit_gateway_route_table",
    "aws_vpc_egress_only_internet_gateway",
    "aws_vpc_vpn_gateway",
    "aws_vpc_eip",
    "aws_ec2_instance",
    "aws_networkfirewall_firewall",
    "aws_networkfirewall_firewall_policy",
    "aws_networkfirewall_rule_group",
];

/// Reads the network that an inventory describes.
pub fn read(inventory: &Inventory) -> Network {
    let mut network = Network { unseen: unseen(inventory), rare: not_asked(inventory), ..Network::default() };
    filters::prefix_lists(inventory, &mut network);
    filters::security_groups(inventory, &mut network);
    places::vpcs(inventory, &mut network);
    let tables = routes::tables(inventory, &network);
    places::subnets(inventory, &mut network, &tables);
    interfaces::interfaces(inventory, &mut network);
    balancers::balancers(inventory, &mut network);
    gateways::gateways(inventory, &mut network, &tables);
    gateways::nat_gateways(inventory, &mut network);
    gateways::peerings(inventory, &mut network);
    gateways::endpoints(inventory, &mut network);
    firewalls::firewalls(inventory, &mut network);
    transit::transit_gateways(inventory, &mut network);
    network
}

/// Why rows of a table could not be seen.
fn unseen(inventory: &Inventory) -> BTreeMap<&'static str, Missing> {
    let notes = inventory.unseen().iter().filter(|note| note.asked || !RARE.contains(&note.table));
    notes
        .map(|note| (note.table, format!("rows of `{}` could not be seen: {}", note.table, note.cause).into()))
        .collect()
}

fn not_asked(inventory: &Inventory) -> BTreeSet<&'static str> {
    inventory.unseen().iter().filter(|note| !note.asked).map(|note| note.table).collect()
}
