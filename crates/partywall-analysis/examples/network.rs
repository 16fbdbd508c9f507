//! How long reachability takes on a generated estate: `cargo xtask bench network`.
//!
//! Networks of 1,000 interfaces in two zones and three tiers; ten of them share a transit gateway.
#![expect(clippy::print_stdout, reason = "a program that prints what it measures")]

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use partywall_analysis::network::flows::flows;
use partywall_analysis::network::headers::{Block, Headers, Span, TCP};
use partywall_analysis::network::{read, spot, trace};
use partywall_model::{Cell, ColumnType, Inventory, Origin, Row, table};

/// Interfaces of one network.
const INTERFACES: usize = 1_000;

/// Networks that share a transit gateway.
const SHARED: usize = 10;

/// Point queries that are timed.
const QUERIES: usize = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    println!("| interfaces | classes | exchanges | reading | all pairs, with answers | one packet |");
    println!("|---|---|---|---|---|---|");
    for size in std::env::args().skip(1) {
        measure(size.parse()?)?;
    }
    Ok(())
}

fn measure(size: usize) -> Result<(), Box<dyn Error>> {
    let inventory = estate(size)?;
    let started = Instant::now();
    let network = read(&inventory);
    let reading = started.elapsed();
    let started = Instant::now();
    let all = flows(&network);
    let pairs = started.elapsed();
    let names: Vec<&str> = network.interfaces.keys().map(|name| &**name).collect();
    let headers: Headers =
        Block { source: Span::one(40_000), destination: Span::one(8080), ..Block::of_protocol(TCP) }.into();
    let started = Instant::now();
    let mut asked = 0_u32;
    for (from, to) in names.iter().zip(names.iter().rev()).cycle().take(QUERIES) {
        let (from, to) = (
            spot(&network, from, None).map_err(|missing| missing.to_string())?,
            spot(&network, to, None).map_err(|missing| missing.to_string())?,
        );
        black_box(trace(&network, from, to, &headers, false).map_err(|missing| missing.to_string())?);
        asked += 1;
    }
    let packet = started.elapsed() / asked.max(1);
    let (classes, exchanges) = (all.classes.len(), all.pairs.len());
    println!("| {size} | {classes} | {exchanges} | {reading:.2?} | {pairs:.2?} | {packet:.2?} |");
    Ok(())
}

fn row(name: &str, resource: &str, set: &[(&str, Cell)]) -> Result<Row, Box<dyn Error>> {
    let table = table(name).ok_or_else(|| format!("there is no table {name}"))?;
    let cell = |column: &partywall_model::Column| {
        let given = set.iter().find(|(name, _)| *name == column.name);
        given.map_or_else(|| empty(column.column_type), |(_, cell)| cell.clone())
    };
    let none: Arc<str> = "".into();
    let origin = Origin::Api { file: none.clone(), call: none.clone(), account_id: none.clone(), region: none };
    Ok(Row {
        resource: resource.into(),
        origin: Arc::new(origin),
        existence: None,
        unseen: None,
        cells: table.columns.iter().map(cell).collect(),
    })
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

fn text(text: impl Into<String>) -> Cell {
    Cell::text(text.into())
}

fn texts<const COUNT: usize>(all: [String; COUNT]) -> Cell {
    Cell::List(all.into_iter().map(Cell::text).collect())
}

/// A permission of a security group: one port, for a range or for a group.
fn permission(port: i64, range: Option<String>, group: Option<String>) -> Result<Cell, Box<dyn Error>> {
    let (_, column) =
        table("aws_vpc_security_group").and_then(|table| table.column("ip_permissions")).ok_or("no column")?;
    let ColumnType::List(ColumnType::Struct(fields)) = column.column_type else {
        return Err("no list of structs".into());
    };
    let list = |text: &Option<String>| Cell::List(text.iter().map(|text| Cell::text(text.as_str())).collect());
    let value = |field: &partywall_model::Column| match field.name {
        "ip_protocol" => Cell::text(if port < 0 { "-1" } else { "tcp" }),
        "from_port" | "to_port" => Cell::Integer(port),
        "cidr_ipv4" => list(&range),
        "referenced_group_ids" => list(&group),
        _ => empty(field.column_type),
    };
    Ok(Cell::Struct(fields.iter().map(value).collect()))
}

fn estate(size: usize) -> Result<Inventory, Box<dyn Error>> {
    let mut out = Inventory::default();
    for vpc in 0..size.div_ceil(INTERFACES) {
        let count = INTERFACES.min(size - vpc * INTERFACES);
        network(&mut out, vpc, count)?;
    }
    out.sort();
    Ok(out)
}

fn network(out: &mut Inventory, vpc: usize, count: usize) -> Result<(), Box<dyn Error>> {
    let mut push = |name: &str, resource: &str, set: &[(&str, Cell)]| -> Result<(), Box<dyn Error>> {
        Ok(out.push(name, row(name, resource, set)?)?)
    };
    let (id, hub) = (format!("vpc-{vpc:08}"), format!("tgw-{:08}", vpc / SHARED));
    // Networks of different transit gateways may have the same ranges.
    let base = format!("10.{}", vpc % 256);
    push("aws_vpc", &id, &[("vpc_id", text(&*id)), ("cidr_block", text(format!("{base}.0.0/16")))])?;
    let table = format!("rtb-{vpc:08}");
    push(
        "aws_vpc_route_table",
        &table,
        &[("route_table_id", text(&*table)), ("vpc_id", text(&*id)), ("is_main", Cell::Boolean(true))],
    )?;
    push(
        "aws_vpc_route",
        &format!("{table}/0"),
        &[
            ("route_table_id", text(&*table)),
            ("destination_cidr_block", text("10.0.0.0/8")),
            ("transit_gateway_id", text(&*hub)),
            ("state", text("active")),
        ],
    )?;
    let subnets = subnets(&mut push, vpc, &id, &base)?;
    groups(&mut push, vpc, &id)?;
    interfaces(&mut push, vpc, count, &base, &subnets)?;
    transit(&mut push, vpc, &hub, &id, &base, &subnets)
}

type Push<'p> = dyn FnMut(&str, &str, &[(&str, Cell)]) -> Result<(), Box<dyn Error>> + 'p;

/// Six subnets in two zones, behind one network ACL that lets everything through.
fn subnets(push: &mut Push<'_>, vpc: usize, id: &str, base: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let subnets: Vec<String> = (0..6).map(|part| format!("subnet-{vpc:05}{part:03}")).collect();
    let acl = format!("acl-{vpc:08}");
    let all = Cell::List(subnets.iter().map(|name| text(&**name)).collect());
    push("aws_vpc_network_acl", &acl, &[("network_acl_id", text(&*acl)), ("subnet_ids", all)])?;
    for is_egress in [false, true] {
        push(
            "aws_vpc_network_acl_entry",
            &format!("{acl}/{is_egress}"),
            &[
                ("network_acl_id", text(&*acl)),
                ("is_egress", Cell::Boolean(is_egress)),
                ("rule_number", Cell::Integer(100)),
                ("rule_action", text("allow")),
                ("protocol", text("-1")),
                ("cidr_block", text("0.0.0.0/0")),
            ],
        )?;
    }
    let zone = |part: usize| text(format!("zone-{}", part % 2));
    for (part, name) in subnets.iter().enumerate() {
        push(
            "aws_vpc_subnet",
            name,
            &[
                ("subnet_id", text(&**name)),
                ("vpc_id", text(id)),
                ("cidr_block", text(format!("{base}.{part}.0/24"))),
                ("availability_zone", zone(part)),
            ],
        )?;
    }
    Ok(subnets)
}

fn group(vpc: usize, tier: usize) -> String {
    format!("sg-{vpc:05}{tier:03}")
}

/// The groups of three tiers, each of which lets the one before it in.
fn groups(push: &mut Push<'_>, vpc: usize, id: &str) -> Result<(), Box<dyn Error>> {
    let group = |tier| group(vpc, tier);
    let entries = [
        permission(443, Some("10.0.0.0/8".to_owned()), None)?,
        permission(8080, None, Some(group(0)))?,
        permission(5432, None, Some(group(1)))?,
    ];
    for (tier, entry) in entries.into_iter().enumerate() {
        push(
            "aws_vpc_security_group",
            &group(tier),
            &[
                ("group_id", text(group(tier))),
                ("vpc_id", text(id)),
                ("ip_permissions", Cell::List(vec![entry])),
                ("ip_permissions_egress", Cell::List(vec![permission(-1, Some("0.0.0.0/0".to_owned()), None)?])),
            ],
        )?;
    }
    Ok(())
}

fn interfaces(
    push: &mut Push<'_>,
    vpc: usize,
    count: usize,
    base: &str,
    subnets: &[String],
) -> Result<(), Box<dyn Error>> {
    for host in 0..count {
        let name = format!("eni-{vpc:05}{host:05}");
        let part = host % 6;
        push(
            "aws_ec2_network_interface",
            &name,
            &[
                ("network_interface_id", text(&*name)),
                ("subnet_id", text(subnets.get(part).cloned().unwrap_or_default())),
                ("security_groups", texts([group(vpc, part / 2)])),
                ("private_ip_address", text(format!("{base}.{part}.{}", 4 + host / 6))),
                ("status", text("in-use")),
            ],
        )?;
    }
    Ok(())
}

fn transit(
    push: &mut Push<'_>,
    vpc: usize,
    hub: &str,
    id: &str,
    base: &str,
    subnets: &[String],
) -> Result<(), Box<dyn Error>> {
    let (attachment, table) = (format!("tgw-attach-{vpc:08}"), format!("tgw-rtb-{:08}", vpc / SHARED));
    push(
        "aws_ec2_transit_gateway_vpc_attachment",
        &attachment,
        &[
            ("transit_gateway_attachment_id", text(&*attachment)),
            ("transit_gateway_id", text(hub)),
            ("vpc_id", text(id)),
            ("subnet_ids", Cell::List(subnets.iter().take(2).map(|name| text(&**name)).collect())),
            ("state", text("available")),
        ],
    )?;
    push(
        "aws_ec2_transit_gateway_route",
        &format!("{table}/{vpc}"),
        &[
            ("transit_gateway_route_table_id", text(&*table)),
            ("destination_cidr_block", text(format!("{base}.0.0/16"))),
            ("transit_gateway_attachment_ids", texts([attachment])),
            ("type", text("static")),
        ],
    )?;
    if vpc.is_multiple_of(SHARED) {
        let members = (vpc..vpc + SHARED).map(|vpc| text(format!("tgw-attach-{vpc:08}"))).collect();
        push(
            "aws_ec2_transit_gateway_route_table",
            &table,
            &[
                ("transit_gateway_route_table_id", text(&*table)),
                ("transit_gateway_id", text(hub)),
                ("associations", Cell::List(members)),
            ],
        )?;
    }
    Ok(())
}
