//! The rows of rules that an account shows besides its groups' own lists.

use std::collections::BTreeMap;

use partywall_model::{Cell, Inventory, Origin, ResourceKey, Row, Table, table};

use crate::network::address::range;
use crate::network::headers::{Block, ICMP, ICMPV6, TCP, UDP};
use crate::network::model::{GroupRule, Network, Peer, SecurityGroup};

/// What tells rules apart: the group, the direction, the other side, protocol, and first and last port.
type Key = (ResourceKey, bool, String, i64, i64, i64);

/// The rows of rules that an account shows.
pub(super) struct Shown(BTreeMap<Key, ResourceKey>);

const NAME: &str = "aws_vpc_security_group_rule";

impl Shown {
    pub(super) fn new(network: &Network, inventory: &Inventory) -> Self {
        let Some(table) = table(NAME) else { return Self(BTreeMap::new()) };
        let live = inventory.rows(NAME).iter().filter(|row| matches!(*row.origin, Origin::Api { .. }));
        Self(live.filter_map(|row| Some((key_of_row(network, table, row)?, row.resource.clone()))).collect())
    }

    /// The row of a rule in a group's list.
    pub(super) fn of(&self, group: &SecurityGroup, is_egress: bool, rule: &GroupRule) -> Option<ResourceKey> {
        let (Ok(peer), Ok(block)) = (&rule.peer, &rule.headers) else { return None };
        let peer = match peer {
            Peer::Range(range) => range.to_string(),
            Peer::List(list) => list.name.short.to_string(),
            Peer::Group(name) => name.rsplit('/').next().unwrap_or(name).to_owned(),
        };
        let (protocol, first, last) = ports_of(*block);
        self.0.get(&(group.name.resource.clone(), is_egress, peer, protocol, first, last)).cloned()
    }
}

fn ports_of(block: Block) -> (i64, i64, i64) {
    if block == Block::ALL {
        return (-1, -1, -1);
    }
    let span = if matches!(block.protocol.first, ICMP | ICMPV6) { block.source } else { block.destination };
    match block.protocol.first {
        protocol @ (TCP | UDP) => (protocol.into(), span.first.into(), span.last.into()),
        // Of ICMP the kind is enough, as the account shows it.
        protocol @ (ICMP | ICMPV6) if span.first == span.last => (protocol.into(), span.first.into(), -1),
        protocol => (protocol.into(), -1, -1),
    }
}

fn key_of_row(network: &Network, table: &Table, row: &Row) -> Option<Key> {
    let group: ResourceKey = row.text(table, "group_id")?.into();
    let is_egress = row.cell(table, "is_egress").and_then(Cell::as_boolean)?;
    let set = |column: &str| row.text(table, column).filter(|text| !text.is_empty());
    let cidr = set("cidr_ipv4").or_else(|| set("cidr_ipv6")).and_then(range).map(|range| range.to_string());
    let named = || set("prefix_list_id").or_else(|| set("referenced_group_id"));
    let peer = cidr.or_else(|| named().map(|name| name.rsplit('/').next().unwrap_or(name).to_owned()))?;
    let number = |column: &str| match row.cell(table, column) {
        Some(Cell::Integer(number)) => Some(*number),
        _ => None,
    };
    let protocol = match row.text(table, "ip_protocol")? {
        "-1" | "all" => -1,
        "tcp" => TCP.into(),
        "udp" => UDP.into(),
        "icmp" => ICMP.into(),
        "icmpv6" => ICMPV6.into(),
        other => other.parse().ok()?,
    };
    let is_ported = [TCP, UDP].map(i64::from).contains(&protocol);
    let (first, last) = match (number("from_port")?, number("to_port")?) {
        (first, _) if is_ported && first < 0 => (0, u16::MAX.into()),
        ports if is_ported => ports,
        (kind, _) if [ICMP, ICMPV6].map(i64::from).contains(&protocol) && kind >= 0 => (kind, -1),
        _ => (-1, -1),
    };
    Some((network.resolve(&group).clone(), is_egress, peer, protocol, first, last))
}
