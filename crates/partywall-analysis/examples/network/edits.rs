//! How long flows take to follow one edit.

use std::error::Error;
use std::time::{Duration, Instant};

use partywall_analysis::network::flows::Following;
use partywall_analysis::network::read;
use partywall_model::{Cell, Inventory, Table, table};

use crate::estate::{estate, group, permissions};
use crate::rows::permission;

/// Edits that are timed, of each kind.
const EDITS: usize = 8;

/// How long one edit took.
struct Taken {
    reading: Duration,
    comparing: Duration,
    computing: Duration,
    computed: usize,
}

/// One edit of an inventory, by its number.
type Edit = fn(&mut Inventory, usize, usize) -> Result<(), Box<dyn Error>>;

const KINDS: [(&str, Edit); 5] = [
    ("a group lets another port in", open_port),
    ("a group lets a subnet in", open_range),
    ("an interface joins a group", join_group),
    ("a network ACL denies a port", deny_port),
    ("a route leads elsewhere", change_route),
];

/// Prints how long flows take to follow edits of an estate of so many interfaces.
pub(crate) fn measure(size: usize) -> Result<(), Box<dyn Error>> {
    let mut inventory = estate(size)?;
    let started = Instant::now();
    let mut following = Following::new(read(&inventory));
    println!("\nfollowing {size} interfaces from the beginning: {:.2?}", started.elapsed());
    println!("| edit | reading anew | comparing | computing | pairs computed |");
    println!("|---|---|---|---|---|");
    let mut all: Vec<Taken> = Vec::new();
    for (kind, edit) in KINDS {
        let mut taken = Vec::new();
        for number in 0..EDITS {
            edit(&mut inventory, number * 37 + 11, size)?;
            let started = Instant::now();
            let network = read(&inventory);
            let reading = started.elapsed();
            let started = Instant::now();
            let pending = following.adopt(network);
            let comparing = started.elapsed();
            let started = Instant::now();
            let changed = following.compute(pending);
            taken.push(Taken { reading, comparing, computing: started.elapsed(), computed: changed.computed });
        }
        print(kind, &taken);
        all.extend(taken);
    }
    print("all, median", &all);
    Ok(())
}

fn print(kind: &str, taken: &[Taken]) {
    let median = |of: &dyn Fn(&Taken) -> Duration| {
        let mut all: Vec<Duration> = taken.iter().map(of).collect();
        all.sort();
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    let mut computed: Vec<usize> = taken.iter().map(|taken| taken.computed).collect();
    computed.sort_unstable();
    println!(
        "| {kind} | {:.2?} | {:.2?} | {:.2?} | {} |",
        median(&|taken| taken.reading),
        median(&|taken| taken.comparing),
        median(&|taken| taken.computing),
        computed.get(computed.len() / 2).copied().unwrap_or_default()
    );
}

fn change(
    inventory: &mut Inventory,
    name: &str,
    resource: &str,
    column: &str,
    change: impl Fn(&mut Cell),
) -> Result<(), Box<dyn Error>> {
    let table: &'static Table = table(name).ok_or("no such table")?;
    let (at, _) = table.column(column).ok_or("no such column")?;
    let rows = inventory.rows_mut(name);
    let row = rows.iter_mut().find(|row| *row.resource == *resource).ok_or_else(|| format!("no {resource}"))?;
    change(row.cells.get_mut(at).ok_or("no such cell")?);
    Ok(())
}

fn networks(size: usize) -> usize {
    (size / 1_000).max(1)
}

fn add_permission(inventory: &mut Inventory, number: usize, size: usize, added: &Cell) -> Result<(), Box<dyn Error>> {
    let (vpc, service) = (number % networks(size), number % 20);
    let mut entries = permissions(vpc, service)?;
    entries.push(added.clone());
    let entries = Cell::List(entries);
    change(inventory, "aws_vpc_security_group", &group(vpc, service), "ip_permissions", |cell| *cell = entries.clone())
}

fn open_port(inventory: &mut Inventory, number: usize, size: usize) -> Result<(), Box<dyn Error>> {
    let from = group(number % networks(size), (number + 3) % 20);
    add_permission(inventory, number, size, &permission(i64::try_from(2000 + number)?, None, Some(from))?)
}

fn open_range(inventory: &mut Inventory, number: usize, size: usize) -> Result<(), Box<dyn Error>> {
    let from = format!("10.{}.{}.0/20", number % networks(size) % 256, number % 12 * 16);
    add_permission(inventory, number, size, &permission(i64::try_from(3000 + number)?, Some(from), None)?)
}

fn join_group(inventory: &mut Inventory, number: usize, size: usize) -> Result<(), Box<dyn Error>> {
    let vpc = number % networks(size);
    let groups = Cell::List(vec![Cell::text(group(vpc, number % 20)), Cell::text(group(vpc, (number + 1) % 20))]);
    let name = format!("eni-{vpc:05}{:05}", number % 500);
    change(inventory, "aws_ec2_network_interface", &name, "security_groups", |cell| *cell = groups.clone())
}

fn deny_port(inventory: &mut Inventory, number: usize, size: usize) -> Result<(), Box<dyn Error>> {
    let name = format!("acl-{:05}003/false/0", number % networks(size));
    let last = Cell::Integer(i64::try_from(1024 + number)?);
    change(inventory, "aws_vpc_network_acl_entry", &name, "to_port", |cell| *cell = last.clone())
}

fn change_route(inventory: &mut Inventory, number: usize, size: usize) -> Result<(), Box<dyn Error>> {
    let name = format!("rtb-{:05}001/0", number % networks(size));
    let gateway = Cell::text(format!("nat-{:05}{:03}", number % networks(size), 1 + number % 2));
    change(inventory, "aws_vpc_route", &name, "nat_gateway_id", |cell| *cell = gateway.clone())
}
