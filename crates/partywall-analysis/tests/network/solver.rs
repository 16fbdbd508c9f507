//! What the engine says of random networks, put to z3, which looks for a packet that shows the opposite. It runs as a
//! process of its own, with an encoding of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use partywall_analysis::network::flows::Exchange;
use partywall_analysis::network::headers::Headers;
use partywall_analysis::network::{read, spot, trace};
use serde_json::{Value, json};

use crate::inventory::inventory;
use crate::simulator::{Packet, Who};
use crate::world::{Entry, Peer, Random, Range, Rule, Target, World};

/// Networks of an ordinary run.
const NETWORKS: u64 = 25;

/// Pairs that are claimed about in each network.
const PAIRS: usize = 8;

/// The variable that gives another number of networks.
const VARIABLE: &str = "PARTYWALL_SOLVED_NETWORKS";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The Python with z3 that `cargo xtask test` has installed.
fn python() -> PathBuf {
    let requirements = std::fs::read_to_string(workspace().join("fixtures/live/requirements.txt")).unwrap();
    let version = requirements.lines().find_map(|line| line.strip_prefix("moto[server]==")).unwrap();
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let given = std::env::var_os("PARTYWALL_MOTO").map(PathBuf::from);
    let python = given.unwrap_or_else(|| cache.join(format!("partywall/moto-{version}"))).join("bin/python");
    assert!(python.exists(), "z3, which checks reachability, is not installed in {python:?}: run `cargo xtask test`");
    python
}

fn range(Range(first, length): Range) -> Value {
    json!([first, length])
}

fn entries(entries: &[Entry]) -> Vec<Value> {
    let entry = |entry: &Entry| {
        let Entry { number, allows, protocol, range: of, ports } = entry;
        json!({"number": number, "allows": allows, "protocol": protocol, "range": range(*of), "ports": [ports.0, ports.1]})
    };
    entries.iter().map(entry).collect()
}

fn rules(rules: &[Rule]) -> Vec<Value> {
    let rule = |rule: &Rule| {
        let ports = [rule.ports.0, rule.ports.1];
        match rule.peer {
            Peer::Range(of) => json!({"range": range(of), "protocol": rule.protocol, "ports": ports}),
            Peer::Group(group) => json!({"group": group, "protocol": rule.protocol, "ports": ports}),
        }
    };
    rules.iter().map(rule).collect()
}

fn target(target: &Target) -> Value {
    match target {
        Target::Internet => json!(["internet", 0]),
        Target::Nat(nat) => json!(["nat", nat]),
        Target::Peering => json!(["peering", 0]),
        Target::Transit => json!(["transit", 0]),
        Target::Blackhole => json!(["blackhole", 0]),
    }
}

fn described(world: &World) -> Value {
    let vpc = |vpc: &crate::world::Vpc| json!({"range": range(vpc.range), "has_gateway": vpc.has_gateway, "blocks": vpc.blocks});
    let subnet = |subnet: &crate::world::Subnet| json!({"vpc": subnet.vpc, "range": range(subnet.range), "acl": subnet.acl, "table": subnet.table, "zone": subnet.zone});
    let table = |table: &crate::world::Table| {
        let routes = table.routes.iter().map(|(of, to)| json!({"range": range(*of), "target": target(to)}));
        json!({"routes": routes.collect::<Vec<_>>()})
    };
    let nic = |nic: &crate::world::Nic| json!({"subnet": nic.subnet, "address": nic.address, "public": nic.public, "groups": nic.groups, "runs": nic.runs});
    let transit = world.transit.as_ref().map(|transit| {
        let routes = transit.routes.iter().map(|(of, to)| json!({"range": range(*of), "to": to}));
        json!({"attached": transit.attached, "associated": transit.associated, "routes": routes.collect::<Vec<_>>()})
    });
    json!({
        "vpcs": world.vpcs.iter().map(vpc).collect::<Vec<_>>(),
        "subnets": world.subnets.iter().map(subnet).collect::<Vec<_>>(),
        "acls": world.acls.iter().map(|acl| json!({"ingress": entries(&acl.ingress), "egress": entries(&acl.egress)})).collect::<Vec<_>>(),
        "tables": world.tables.iter().map(table).collect::<Vec<_>>(),
        "groups": world.groups.iter().map(|group| json!({"ingress": rules(&group.ingress), "egress": rules(&group.egress)})).collect::<Vec<_>>(),
        "nics": world.nics.iter().map(nic).collect::<Vec<_>>(),
        "nats": world.nats.iter().map(|nat| json!({"subnet": nat.subnet, "address": nat.address, "public": nat.public})).collect::<Vec<_>>(),
        "peering": world.peering,
        "transit": transit,
    })
}

fn who(who: Who) -> Value {
    match who {
        Who::Nic(nic) => json!(["nic", nic]),
        Who::Public(nic) => json!(["public", nic]),
        Who::Host(host) => json!(["host", host]),
    }
}

fn blocks(headers: &Headers) -> Vec<[u16; 6]> {
    let block = |block: &partywall_analysis::network::headers::Block| {
        let (protocol, source, destination) = (block.protocol, block.source, block.destination);
        [protocol.first.into(), protocol.last.into(), source.first, source.last, destination.first, destination.last]
    };
    headers.blocks().iter().map(block).collect()
}

/// A network with what the engine says of some pairs in it.
fn case(seed: u64) -> Value {
    let mut random = Random::new(seed + 3_000_000);
    let world = World::random(&mut random);
    let network = read(&inventory(&world));
    let mut claims = Vec::new();
    for _ in 0..PAIRS {
        let Packet { from, to, .. } = Packet::random(&world, &mut random);
        let ends = [from, to].map(|end| spot(&network, &end.name(&world), None).unwrap());
        let flows = trace(&network, ends[0], ends[1], &Headers::all(), false).unwrap();
        let exchange = Exchange::of(&flows[0]);
        claims.push(json!({
            "from": who(from),
            "to": who(to),
            "certain": blocks(&exchange.certain),
            "possible": blocks(&exchange.possible),
            "answered": blocks(&exchange.answered),
            "maybe_answered": blocks(&exchange.maybe_answered),
        }));
    }
    json!({"id": seed, "world": described(&world), "claims": claims})
}

#[test]
fn a_solver_finds_no_packet_that_shows_the_opposite() {
    let networks: u64 = std::env::var(VARIABLE).ok().and_then(|count| count.parse().ok()).unwrap_or(NETWORKS);
    let mut solver = Command::new(python())
        .arg(workspace().join("xtask/referee/z3_network.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = solver.stdin.take().unwrap();
    let writer = std::thread::spawn(move || (0..networks).try_for_each(|seed| writeln!(input, "{}", case(seed))));
    let output = solver.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "the solver ended with {}", output.status);
    let lines: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (summary, disagreements) = lines.split_last().unwrap();
    assert!(disagreements.is_empty(), "{} disagreements, the first: {:#}", disagreements.len(), disagreements[0]);
    let number = |name: &str| summary[name].as_u64().unwrap();
    assert!(number("asked") >= networks * 16 && number("gave_up") * 20 < number("asked"), "{summary}");
}
