//! Interfaces and their places.

use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::{Cell, Row};

use super::Found;
use crate::network::address::is_public;
use crate::network::model::{Fact, Interface, Subnet, Zone};

/// The rows of `network_interface`.
pub(super) fn rows(found: &Found<'_>) -> Vec<Row> {
    let classes = found.flows.classes.iter().zip(0i64..);
    let members = classes.flat_map(|(class, number)| class.members.iter().map(move |interface| (interface, number)));
    members.filter_map(|(interface, number)| row(found, interface, number)).collect()
}

fn row(found: &Found<'_>, interface: &Interface, class: i64) -> Option<Row> {
    let resource = found.resource(interface)?;
    let of_subnet = |name: fn(&Subnet) -> Fact<Arc<str>>| {
        found.fact(interface.subnet.as_ref().map_err(Clone::clone).and_then(|subnet| name(subnet)))
    };
    let mut groups: Vec<Cell> = interface.groups.iter().map(|group| Cell::Text(group.name.resource.clone())).collect();
    groups.extend(interface.more_groups.as_ref().map(|missing| found.doubts.cell([&**missing])));
    let addresses = interface.addresses.iter().map(|own| Cell::text(shown(own.private))).collect();
    let cells = vec![
        Cell::Text(resource.clone()),
        Cell::text(found.table_of(resource)),
        Cell::Text(interface.name.resource.clone()),
        Cell::Text(interface.kind.clone()),
        of_subnet(|subnet| subnet.vpc.as_ref().map(|vpc| vpc.name.resource.clone()).map_err(Clone::clone)),
        of_subnet(|subnet| Ok(subnet.name.resource.clone())),
        of_subnet(|subnet| subnet.zone.as_ref().map(Zone::shown).map_err(Clone::clone)),
        found.tier_cell(&interface.subnet),
        Cell::List(groups),
        Cell::List(addresses),
        has_public_address(found, interface),
        Cell::Integer(class),
    ];
    found.row(resource, cells)
}

/// An address alone without its prefix.
fn shown(address: IpNet) -> String {
    if address.prefix_len() == address.max_prefix_len() { address.addr().to_string() } else { address.to_string() }
}

fn has_public_address(found: &Found<'_>, interface: &Interface) -> Cell {
    let is_own = |private: IpNet| matches!(private, IpNet::V6(_)) && is_public(private);
    let mut cell = Cell::Boolean(false);
    for address in &interface.addresses {
        match &address.public {
            _ if is_own(address.private) => return Cell::Boolean(true),
            Ok(Some(_)) => return Cell::Boolean(true),
            Ok(None) => {}
            Err(missing) => cell = found.doubts.cell([&**missing]),
        }
    }
    cell
}
