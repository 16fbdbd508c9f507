//! How long a drill takes on a generated estate: `cargo xtask bench drill`.
//!
//! Workloads in six regions of three zones each: a name that fails over between two regions, in each a load balancer,
//! a group of instances, a gateway a zone, a database, a queue and a function, and beside them what is only there.
#![expect(clippy::print_stdout, reason = "a program that prints what it measures")]

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use partywall_analysis::availability::drill::{Drill, Plan};
use partywall_model::{Cell, Inventory, Origin, Row, table};

type Failure = Box<dyn Error>;

const REGIONS: [&str; 6] = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-southeast-1", "sa-east-1"];

/// Rows of one workload.
const ROWS: usize = 50;

fn main() -> Result<(), Failure> {
    println!("| resources | workloads | nodes | reading | every zone and region | every pair | scenarios |");
    println!("|---|---|---|---|---|---|---|");
    for size in std::env::args().skip(1) {
        measure(size.parse()?)?;
    }
    Ok(())
}

fn measure(size: usize) -> Result<(), Failure> {
    let inventory = estate(size)?;
    let rows: usize = inventory.resource_tables().map(|(_, rows)| rows.len()).sum();
    let started = Instant::now();
    let drill = Drill::of(&inventory, None, &[]);
    let reading = started.elapsed();
    let started = Instant::now();
    let singles = black_box(drill.run(&Plan { all: true, ..Plan::default() })?);
    let every = started.elapsed();
    let started = Instant::now();
    let pairs = black_box(drill.run(&Plan { pairs: true, ..Plan::default() })?);
    let two = started.elapsed();
    println!(
        "| {rows} | {} | {} | {reading:.2?} | {every:.2?} | {two:.2?} | {} and {} |",
        drill.workloads.len(),
        drill.graph.nodes.len(),
        singles.scenarios.len(),
        pairs.scenarios.len(),
    );
    Ok(())
}

/// Adds rows to an inventory.
struct Builder {
    inventory: Inventory,
    workload: String,
}

impl Builder {
    fn add(&mut self, name: &str, resource: &str, region: &str, set: &[(&str, Cell)]) -> Result<(), Failure> {
        let table = table(name).ok_or_else(|| format!("there is no table {name}"))?;
        let tags = Cell::Map([("workload".to_owned(), Cell::text(self.workload.as_str()))].into());
        let cell = |column: &partywall_model::Column| match column.name {
            "region" => Cell::text(region),
            "tags" => tags.clone(),
            name => {
                let given = set.iter().find(|(set, _)| *set == name);
                given.map_or_else(|| Cell::empty(&column.column_type), |(_, cell)| cell.clone())
            }
        };
        let file: Arc<str> = "generated".into();
        let row = Row {
            resource: resource.into(),
            origin: Arc::new(Origin::Code { file, line_start: 1, line_end: 1, calls: Vec::new() }),
            existence: None,
            unseen: None,
            cells: table.columns.iter().map(cell).collect(),
        };
        Ok(self.inventory.push(name, row)?)
    }
}

fn list(texts: &[String]) -> Cell {
    Cell::List(texts.iter().map(|text| Cell::text(text.as_str())).collect())
}

fn estate(size: usize) -> Result<Inventory, Failure> {
    let mut builder = Builder { inventory: Inventory::default(), workload: String::new() };
    for number in 0..size.div_ceil(ROWS) {
        builder.workload = format!("w{number}");
        for (at, region) in REGIONS.iter().cycle().skip(number).take(2).enumerate() {
            site(&mut builder, number, at, region)?;
        }
        for (at, failover) in ["PRIMARY", "SECONDARY"].into_iter().enumerate() {
            builder.add(
                "aws_route53_record",
                &format!("w{number}/record{at}"),
                "",
                &[
                    ("name", Cell::text(format!("w{number}.example"))),
                    ("type", Cell::text("A")),
                    ("set_identifier", Cell::text(failover)),
                    ("failover", Cell::text(failover)),
                    ("alias_target", Cell::text(format!("w{number}/{at}/lb"))),
                    ("alias_evaluate_target_health", Cell::Boolean(true)),
                ],
            )?;
        }
    }
    builder.inventory.sort();
    Ok(builder.inventory)
}

/// One region of a workload: 24 rows.
fn site(builder: &mut Builder, number: usize, at: usize, region: &str) -> Result<(), Failure> {
    let name = |kind: &str| format!("w{number}/{at}/{kind}");
    let zones = ["a", "b", "c"];
    let subnets: Vec<String> = zones.iter().map(|zone| name(&format!("subnet-{zone}"))).collect();
    for (zone, subnet) in zones.iter().zip(&subnets) {
        let of_zone = |kind: &str| name(&format!("{kind}-{zone}"));
        let place = [("availability_zone", Cell::text(format!("{region}{zone}"))), ("vpc_id", Cell::text(name("vpc")))];
        builder.add("aws_vpc_subnet", subnet, region, &place)?;
        builder.add("aws_vpc_nat_gateway", &of_zone("nat"), region, &[("subnet_id", Cell::text(subnet.as_str()))])?;
        builder.add("aws_vpc_route_table", &of_zone("table"), region, &[("vpc_id", Cell::text(name("vpc")))])?;
        let route = [
            ("route_table_id", Cell::text(of_zone("table"))),
            ("destination_cidr_block", Cell::text("0.0.0.0/0")),
            ("nat_gateway_id", Cell::text(of_zone("nat"))),
        ];
        builder.add("aws_vpc_route", &of_zone("route"), region, &route)?;
        let of_subnet = [("route_table_id", Cell::text(of_zone("table"))), ("subnet_id", Cell::text(subnet.as_str()))];
        builder.add("aws_vpc_route_table_association", &of_zone("association"), region, &of_subnet)?;
    }
    builder.add("aws_vpc", &name("vpc"), region, &[])?;
    builder.add("aws_ec2_application_load_balancer", &name("lb"), region, &[("subnets", list(&subnets))])?;
    builder.add("aws_ec2_target_group", &name("targets"), region, &[])?;
    let listener =
        [("load_balancer_arn", Cell::text(name("lb"))), ("default_action_target_group", Cell::text(name("targets")))];
    builder.add("aws_ec2_load_balancer_listener", &name("listener"), region, &listener)?;
    let group = [
        ("vpc_zone_identifier", list(&subnets)),
        ("target_group_arns", list(&[name("targets")])),
        ("desired_capacity", Cell::Integer(6)),
        ("min_size", Cell::Integer(3)),
    ];
    builder.add("aws_ec2_autoscaling_group", &name("group"), region, &group)?;
    let database = [
        ("multi_az", Cell::Boolean(number.is_multiple_of(2))),
        ("availability_zone", Cell::text(format!("{region}a"))),
        ("kms_key_id", Cell::text(name("key"))),
        ("backup_retention_period", Cell::Integer(7)),
    ];
    builder.add("aws_rds_db_instance", &name("database"), region, &database)?;
    builder.add("aws_kms_key", &name("key"), region, &[])?;
    builder.add("aws_sqs_queue", &name("queue"), region, &[("kms_master_key_id", Cell::text(name("key")))])?;
    builder.add("aws_lambda_function", &name("function"), region, &[("vpc_subnet_ids", list(&subnets))])
}
