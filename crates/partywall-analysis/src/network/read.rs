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

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_model::{Inventory, Unseen};

use super::model::{Missing, Network};
use view::views;

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
    let mut network = Network { rare: not_asked(inventory), ..Network::default() };
    for (note, missing) in unseen(inventory) {
        network.unseen_in.insert((note.table, note.account_id.clone()), missing.clone());
        network.unseen.insert(note.table, missing);
    }
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

/// Tables of which only the owner of a network has rows. Whoever has interfaces in subnets of somebody else has none.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html>
const OF_OWNERS: [&str; 8] = [
    "aws_vpc_subnet",
    "aws_vpc_route_table",
    "aws_vpc_route_table_association",
    "aws_vpc_route",
    "aws_vpc_network_acl",
    "aws_vpc_network_acl_entry",
    "aws_vpc_internet_gateway",
    "aws_vpc_nat_gateway",
];

/// Why rows of a table could not be seen.
fn unseen(inventory: &Inventory) -> impl Iterator<Item = (&Unseen, Missing)> {
    let accounts = views(inventory, "aws_vpc").map(|view| view.text("account_id").unwrap_or_default());
    let notes = || inventory.unseen().iter();
    let vpcs = notes().filter(|note| note.table == "aws_vpc").map(|note| note.account_id.clone());
    let owners: BTreeSet<Arc<str>> = accounts.chain(vpcs).chain(["".into()]).collect();
    let matters = move |note: &&Unseen| {
        let is_participant = !owners.contains(&note.account_id);
        (note.asked || !RARE.contains(&note.table)) && !(is_participant && OF_OWNERS.contains(&note.table))
    };
    notes()
        .filter(matters)
        .map(|note| (note, format!("rows of `{}` could not be seen: {}", note.table, note.cause).into()))
}

fn not_asked(inventory: &Inventory) -> BTreeSet<&'static str> {
    inventory.unseen().iter().filter(|note| !note.asked).map(|note| note.table).collect()
}
