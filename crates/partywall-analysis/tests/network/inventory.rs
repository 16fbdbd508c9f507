//! A random network as rows of a live account.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Cell, ColumnType, Inventory, Origin, Row, table};

use crate::world::{Acl, Entry, Peer, Range, Rule, Target, World, address};

/// A row of which only some columns are set; the rest are empty.
pub(crate) fn row(name: &str, resource: &str, set: &[(&str, Cell)]) -> Row {
    let table = table(name).unwrap();
    for (column, _) in set {
        assert!(table.column(column).is_some(), "{name} has no column {column}");
    }
    let cell = |column: &partywall_model::Column| {
        let given = set.iter().find(|(name, _)| *name == column.name).map(|(_, cell)| cell.clone());
        given.unwrap_or_else(|| empty(column.column_type))
    };
    let call: Arc<str> = "ec2:Describe".into();
    let none: Arc<str> = "".into();
    Row {
        resource: resource.into(),
        origin: Arc::new(Origin::Api { file: none.clone(), call, account_id: none.clone(), region: none }),
        existence: None,
        unseen: None,
        cells: table.columns.iter().map(cell).collect(),
    }
}

fn empty(column: ColumnType) -> Cell {
    match column {
        ColumnType::Text | ColumnType::Json | ColumnType::Reference => Cell::text(""),
        ColumnType::Boolean => Cell::Boolean(false),
        ColumnType::Integer => Cell::Integer(-1),
        ColumnType::Number => Cell::Number(0.0),
        ColumnType::Map => Cell::Map(BTreeMap::new()),
        ColumnType::List(_) => Cell::List(Vec::new()),
        ColumnType::Struct(fields) => Cell::Struct(fields.iter().map(|field| empty(field.column_type)).collect()),
    }
}

/// A struct of a list column with some fields set.
fn fields(name: &str, column: &str, set: &[(&str, Cell)]) -> Cell {
    let ColumnType::List(ColumnType::Struct(fields)) = table(name).unwrap().column(column).unwrap().1.column_type
    else {
        panic!("{name}.{column} is no list of structs")
    };
    let value = |field: &partywall_model::Column| {
        set.iter()
            .find(|(name, _)| *name == field.name)
            .map_or_else(|| empty(field.column_type), |(_, cell)| cell.clone())
    };
    Cell::Struct(fields.iter().map(value).collect())
}

fn texts(texts: impl IntoIterator<Item = String>) -> Cell {
    Cell::List(texts.into_iter().map(Cell::text).collect())
}

fn text(text: impl Into<String>) -> Cell {
    Cell::text(text.into())
}

pub(crate) fn inventory(world: &World) -> Inventory {
    let mut out = Inventory::default();
    let mut push = |name: &str, resource: &str, set: &[(&str, Cell)]| out.push(name, row(name, resource, set)).unwrap();
    let blocks = ["off", "block-ingress", "block-bidirectional"][world.vpcs[0].blocks];
    push("aws_vpc_block_public_access_options", "bpa", &[("internet_gateway_block_mode", text(blocks))]);
    for (at, vpc) in world.vpcs.iter().enumerate() {
        push(
            "aws_vpc",
            &format!("vpc-{at:08}"),
            &[("vpc_id", text(format!("vpc-{at:08}"))), ("cidr_block", text(vpc.range.text()))],
        );
        if vpc.has_gateway {
            let set = [("vpc_id", text(format!("vpc-{at:08}"))), ("attachment_state", text("available"))];
            push("aws_vpc_internet_gateway", &format!("igw-{at:08}"), &set);
        }
    }
    for (at, subnet) in world.subnets.iter().enumerate() {
        let name = format!("subnet-{at:08}");
        push(
            "aws_vpc_subnet",
            &name,
            &[
                ("subnet_id", text(&*name)),
                ("vpc_id", text(format!("vpc-{:08}", subnet.vpc))),
                ("cidr_block", text(subnet.range.text())),
                ("availability_zone", text(format!("zone-{}", subnet.zone))),
            ],
        );
        push(
            "aws_vpc_route_table_association",
            &format!("rtbassoc-{at}"),
            &[("route_table_id", text(format!("rtb-{:08}", subnet.table))), ("subnet_id", text(&*name))],
        );
        acl(&mut push, subnet.acl, &world.acls[subnet.acl], &name);
    }
    for (at, table) in world.tables.iter().enumerate() {
        let name = format!("rtb-{at:08}");
        push(
            "aws_vpc_route_table",
            &name,
            &[("route_table_id", text(&*name)), ("vpc_id", text(format!("vpc-{:08}", table.vpc)))],
        );
        for (position, (range, target)) in table.routes.iter().enumerate() {
            let mut set = vec![
                ("route_table_id", text(&*name)),
                ("destination_cidr_block", text(range.text())),
                ("state", text("active")),
            ];
            set.extend(match target {
                Target::Internet => vec![("gateway_id", text(format!("igw-{:08}", table.vpc)))],
                Target::Nat(nat) => vec![("nat_gateway_id", text(format!("nat-{nat:08}")))],
                Target::Peering => vec![("vpc_peering_connection_id", text("pcx-00000000"))],
                Target::Transit => vec![("transit_gateway_id", text("tgw-00000000"))],
                Target::Blackhole => vec![("network_interface_id", text("eni-gone"))],
            });
            if *target == Target::Blackhole {
                set.retain(|(column, _)| *column != "state");
                set.push(("state", text("blackhole")));
            }
            push("aws_vpc_route", &format!("{name}/{position}"), &set);
        }
    }
    groups_and_interfaces(world, &mut push);
    gateways(world, &mut push);
    out.sort();
    out
}

type Push<'p> = dyn FnMut(&str, &str, &[(&str, Cell)]) + 'p;

fn acl(push: &mut Push<'_>, at: usize, acl: &Acl, subnet: &str) {
    let name = format!("acl-{at:08}");
    push("aws_vpc_network_acl", &name, &[("network_acl_id", text(&*name)), ("subnet_ids", texts([subnet.to_owned()]))]);
    for (is_egress, entries) in [(false, &acl.ingress), (true, &acl.egress)] {
        for Entry { number, allows, protocol, range, ports } in entries {
            push(
                "aws_vpc_network_acl_entry",
                &format!("{name}/{is_egress}/{number}"),
                &[
                    ("network_acl_id", text(&*name)),
                    ("is_egress", Cell::Boolean(is_egress)),
                    ("rule_number", Cell::Integer(i64::from(*number))),
                    ("rule_action", text(if *allows { "allow" } else { "deny" })),
                    ("protocol", text(protocol_name(*protocol))),
                    ("cidr_block", text(range.text())),
                    ("from_port", Cell::Integer(ports.0.into())),
                    ("to_port", Cell::Integer(ports.1.into())),
                ],
            );
        }
    }
}

fn protocol_name(protocol: Option<u8>) -> String {
    protocol.map_or_else(|| "-1".to_owned(), |protocol| protocol.to_string())
}

fn permission(column: &str, rule: &Rule) -> Cell {
    let (range, group) = match &rule.peer {
        Peer::Range(range) => (texts([range.text()]), texts([])),
        Peer::Group(group) => (texts([]), texts([format!("sg-{group:08}")])),
    };
    fields(
        "aws_vpc_security_group",
        column,
        &[
            ("ip_protocol", text(protocol_name(rule.protocol))),
            ("from_port", Cell::Integer(rule.ports.0.into())),
            ("to_port", Cell::Integer(rule.ports.1.into())),
            ("cidr_ipv4", range),
            ("referenced_group_ids", group),
        ],
    )
}

fn groups_and_interfaces(world: &World, push: &mut Push<'_>) {
    for (at, group) in world.groups.iter().enumerate() {
        let name = format!("sg-{at:08}");
        let list =
            |column: &str, rules: &[Rule]| Cell::List(rules.iter().map(|rule| permission(column, rule)).collect());
        push(
            "aws_vpc_security_group",
            &name,
            &[
                ("group_id", text(&*name)),
                ("vpc_id", text(format!("vpc-{:08}", group.vpc))),
                ("ip_permissions", list("ip_permissions", &group.ingress)),
                ("ip_permissions_egress", list("ip_permissions_egress", &group.egress)),
            ],
        );
    }
    for (at, nic) in world.nics.iter().enumerate() {
        let (name, instance) = (format!("eni-{at:08}"), format!("i-{at:08}"));
        let public = nic.public.map_or_else(String::new, address);
        push(
            "aws_ec2_network_interface",
            &name,
            &[
                ("network_interface_id", text(&*name)),
                ("subnet_id", text(format!("subnet-{:08}", nic.subnet))),
                ("security_groups", texts(nic.groups.iter().map(|group| format!("sg-{group:08}")))),
                ("private_ip_address", text(address(nic.address))),
                ("source_dest_check", Cell::Boolean(true)),
                ("attached_instance_id", text(&*instance)),
                ("status", text("in-use")),
                (
                    "addresses",
                    Cell::List(vec![fields(
                        "aws_ec2_network_interface",
                        "addresses",
                        &[("private_ip_address", text(address(nic.address))), ("public_ip", text(public))],
                    )]),
                ),
            ],
        );
        let state = if nic.runs { "running" } else { "stopped" };
        push("aws_ec2_instance", &instance, &[("instance_id", text(&*instance)), ("instance_state", text(state))]);
    }
}

fn gateways(world: &World, push: &mut Push<'_>) {
    for (at, nat) in world.nats.iter().enumerate() {
        let name = format!("nat-{at:08}");
        push(
            "aws_vpc_nat_gateway",
            &name,
            &[
                ("nat_gateway_id", text(&*name)),
                ("subnet_id", text(format!("subnet-{:08}", nat.subnet))),
                ("connectivity_type", text(if nat.public.is_some() { "public" } else { "private" })),
                ("availability_mode", text("zonal")),
                ("private_ip_addresses", texts([address(nat.address)])),
                ("public_ip_addresses", texts(nat.public.map(address))),
            ],
        );
    }
    if let Some(is_active) = world.peering {
        push(
            "aws_vpc_peering_connection",
            "pcx-00000000",
            &[
                ("vpc_peering_connection_id", text("pcx-00000000")),
                ("requester_vpc_id", text("vpc-00000000")),
                ("accepter_vpc_id", text("vpc-00000001")),
                ("status_code", text(if is_active { "active" } else { "pending-acceptance" })),
            ],
        );
    }
    let Some(transit) = &world.transit else { return };
    push("aws_ec2_transit_gateway", "tgw-00000000", &[("transit_gateway_id", text("tgw-00000000"))]);
    for (vpc, subnets) in transit.attached.iter().enumerate().filter(|(_, subnets)| !subnets.is_empty()) {
        push(
            "aws_ec2_transit_gateway_vpc_attachment",
            &format!("tgw-attach-{vpc:08}"),
            &[
                ("transit_gateway_attachment_id", text(format!("tgw-attach-{vpc:08}"))),
                ("transit_gateway_id", text("tgw-00000000")),
                ("vpc_id", text(format!("vpc-{vpc:08}"))),
                ("subnet_ids", texts(subnets.iter().map(|subnet| format!("subnet-{subnet:08}")))),
                ("state", text("available")),
            ],
        );
    }
    let associated = (0..2).filter(|vpc| transit.associated[*vpc] && !transit.attached[*vpc].is_empty());
    push(
        "aws_ec2_transit_gateway_route_table",
        "tgw-rtb-00000000",
        &[
            ("transit_gateway_route_table_id", text("tgw-rtb-00000000")),
            ("transit_gateway_id", text("tgw-00000000")),
            ("associations", texts(associated.map(|vpc| format!("tgw-attach-{vpc:08}")))),
        ],
    );
    for (position, (Range(first, length), to)) in transit.routes.iter().enumerate() {
        push(
            "aws_ec2_transit_gateway_route",
            &format!("tgw-rtb-00000000/{position}"),
            &[
                ("transit_gateway_route_table_id", text("tgw-rtb-00000000")),
                ("destination_cidr_block", text(Range(*first, *length).text())),
                ("transit_gateway_attachment_ids", texts(to.map(|vpc| format!("tgw-attach-{vpc:08}")))),
                ("blackhole", Cell::Boolean(to.is_none())),
                ("type", text("static")),
            ],
        );
    }
}
