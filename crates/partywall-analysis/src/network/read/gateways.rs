//! Gateways, peering connections and endpoints.

use std::sync::Arc;

use partywall_model::Inventory;

use super::routes::Tables;
use super::view::{View, views};
use crate::network::address::{range, same_family};
use crate::network::model::{Endpoint, Fact, InternetGateway, NatGateway, Network, Peering, VpnGateway};

pub(super) fn gateways(inventory: &Inventory, network: &mut Network, tables: &Tables) {
    for view in views(inventory, "aws_vpc_internet_gateway") {
        let name = view.name("internet_gateway_id");
        network.aliases.insert(name.short.clone(), name.resource.clone());
        let state = view.set("attachment_state");
        let is_detached = state.is_some_and(|state| !matches!(state.as_ref(), "available" | "attached"));
        let vpc = attached_vpc(network, view).map(|vpc| vpc.filter(|_| !is_detached));
        // A table that nobody could see may direct what enters.
        let unseen = ["aws_vpc_route_table", "aws_vpc_route_table_association"];
        let unseen = unseen.iter().find_map(|table| network.unseen.get(table)).filter(|_| view.is_live());
        let routes = tables.of_gateway(&name.resource, &name.short).or_else(|| unseen.cloned().map(Err));
        network.internet_gateways.insert(name.resource.clone(), Arc::new(InternetGateway { name, vpc, routes }));
    }
    for view in views(inventory, "aws_vpc_vpn_gateway") {
        let name = view.name("vpn_gateway_id");
        network.aliases.insert(name.short.clone(), name.resource.clone());
        let vpc = attached_vpc(network, view);
        let has_connection = views(inventory, "aws_vpc_vpn_connection").any(|link| {
            link.set("vpn_gateway_id").is_some_and(|gateway| gateway == name.resource || gateway == name.short)
        });
        network.vpn_gateways.insert(name.resource.clone(), Arc::new(VpnGateway { name, vpc, has_connection }));
    }
    for view in views(inventory, "aws_vpc_egress_only_internet_gateway") {
        let name = view.name("egress_only_internet_gateway_id");
        network.aliases.insert(name.short.clone(), name.resource.clone());
        let vpc = attached_vpc(network, view);
        network
            .egress_only_gateways
            .insert(name.resource.clone(), Arc::new(InternetGateway { name, vpc, routes: None }));
    }
}

fn attached_vpc(network: &Network, view: View<'_>) -> Fact<Option<Arc<str>>> {
    if let Some(missing) = view.doubt() {
        return Err(missing);
    }
    let vpc = view.text("vpc_id")?;
    Ok((!vpc.is_empty()).then(|| network.resolve(&vpc).clone()))
}

pub(super) fn nat_gateways(inventory: &Inventory, network: &mut Network) {
    for view in views(inventory, "aws_vpc_nat_gateway") {
        let name = view.name("nat_gateway_id");
        network.aliases.insert(name.short.clone(), name.resource.clone());
        let subnet = match view.text("availability_mode").as_deref() {
            Ok("regional") => {
                Err(format!("`{}` is regional, and its own route table is not in this source", name.short).into())
            }
            _ => view.reference("subnet_id").and_then(|subnet| network.find(&network.subnets, &subnet).cloned()),
        };
        let (mut private, _) = view.ranges("private_ip_addresses");
        if private.is_empty()
            && let (Ok(subnet), Some(v4)) = (&subnet, range("0.0.0.0/0"))
        {
            private.extend(subnet.ranges.iter().copied().find(|range| same_family(*range, v4)));
        }
        let gateway = NatGateway {
            subnet,
            is_public: view.text("connectivity_type").map(|kind| kind.as_ref() != "private"),
            private,
            public: view.ranges("public_ip_addresses").0,
            doubt: view.doubt(),
            name,
        };
        network.nat_gateways.insert(gateway.name.resource.clone(), Arc::new(gateway));
    }
}

pub(super) fn peerings(inventory: &Inventory, network: &mut Network) {
    for view in views(inventory, "aws_vpc_peering_connection") {
        let name = view.name("vpc_peering_connection_id");
        network.aliases.insert(name.short.clone(), name.resource.clone());
        let sides = [view.reference("requester_vpc_id"), view.reference("accepter_vpc_id")];
        let peering = Peering {
            ranges: ["requester_cidr_blocks", "accepter_cidr_blocks"].map(|column| view.ranges(column).0),
            is_active: view.doubt().map_or_else(|| is_active(view), Err),
            is_regional: is_regional(view),
            sides,
            name,
        };
        if let ([Ok(left), Ok(right)], Ok(true)) = (&peering.sides, &peering.is_regional) {
            let (left, right) = (network.resolve(left).clone(), network.resolve(right).clone());
            network.peered.extend([(left.clone(), right.clone()), (right, left)]);
        }
        network.peerings.insert(peering.name.resource.clone(), Arc::new(peering));
    }
}

/// Whether a peering connection passes traffic. In CloudFormation one within an account is accepted at once.
/// <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle>
fn is_active(view: View<'_>) -> Fact<bool> {
    match view.text("status_code") {
        Ok(status) => Ok(status.as_ref() == "active"),
        Err(missing) => {
            let is_accepted = [view.boolean("auto_accept"), view.boolean("is_accepted_here")].contains(&Ok(true));
            if is_accepted { Ok(true) } else { Err(missing) }
        }
    }
}

fn is_regional(view: View<'_>) -> Fact<bool> {
    let asked = view.text("accepter_region")?;
    if asked.is_empty() {
        return Ok(true);
    }
    let own = match view.set("requester_region") {
        Some(region) => region,
        None => view.text("region")?,
    };
    Ok(asked == own)
}

pub(super) fn endpoints(inventory: &Inventory, network: &mut Network) {
    for view in views(inventory, "aws_vpc_endpoint") {
        let name = view.name("vpc_endpoint_id");
        network.aliases.insert(name.short.clone(), name.resource.clone());
        let endpoint = Endpoint {
            service: view.text("service_name"),
            vpc: view.reference("vpc_id").map(|vpc| network.resolve(&vpc).clone()),
            kind: view.text("vpc_endpoint_type"),
            name,
        };
        network.endpoints.insert(endpoint.name.resource.clone(), Arc::new(endpoint));
    }
}
