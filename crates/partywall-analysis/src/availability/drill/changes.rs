//! The cheapest change that removes a cut set, and what the drill says after it.

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::DrillLevel as Level;

use super::Drill;
use crate::availability::evaluate::{Scenario, by_themselves, evaluate_within};
use crate::availability::graph::{Node, NodeNumber};
use crate::availability::tree::Event;
use crate::availability::workload::Workload;

/// What each kind of resource needs so that it survives the loss of a zone, the cheapest first to be tried.
const CHANGES: [(&str, u32, &str); 16] = [
    ("aws_lambda_function", 1, "add a subnet of another zone to"),
    ("aws_ec2_autoscaling_group", 2, "spread over subnets of several zones, with two instances or more,"),
    ("aws_ecs_service", 2, "spread over subnets of several zones, with two tasks or more,"),
    ("aws_eks_node_group", 2, "spread over subnets of several zones, with two nodes or more,"),
    ("aws_vpc_endpoint", 3, "add a subnet of another zone to"),
    ("aws_efs_mount_target", 3, "add mount targets in other zones beside"),
    ("aws_vpc_nat_gateway", 4, "add a gateway and a route in each zone beside"),
    ("aws_ec2_network_load_balancer", 4, "add a subnet of another zone to"),
    ("aws_elasticache_replication_group", 5, "turn on Multi-AZ and automatic failover, with a replica, of"),
    ("aws_elasticache_cluster", 5, "use a replication group with Multi-AZ instead of"),
    ("aws_efs_file_system", 5, "use a regional file system instead of"),
    ("aws_ec2_instance", 6, "put an Auto Scaling group over several zones in the place of"),
    ("aws_rds_db_instance", 7, "turn on Multi-AZ of"),
    ("aws_rds_db_cluster", 7, "add an instance in another zone to"),
    ("aws_redshift_cluster", 8, "turn on Multi-AZ of"),
    ("aws_msk_cluster", 8, "spread over three zones"),
];

/// What is changed when no kind is known.
const ANY_OTHER: (u32, &str) = (9, "add redundancy in another zone to");

/// What is changed against the loss of a region.
const ELSEWHERE: (u32, &str) = (20, "set up a second region, with a name that fails over, for");

/// The cheapest change that removes a cut set, in words, and how the workload stands under the same failure then.
/// Changes are tried one by one: nodes that fall by themselves are made to survive, the cheapest first, until the
/// workload stands.
pub(super) fn cheapest(drill: &Drill, workload: &Workload, events: &[Event]) -> (String, Option<Level>) {
    let (_, scenario) = drill.scenario(events);
    let is_of_region = events.iter().all(|event| matches!(event, Event::Region(_)));
    let mut fallen: BTreeMap<(u32, String), NodeNumber> = BTreeMap::new();
    for (number, own, _) in by_themselves(&drill.graph, &scenario, &workload.reach) {
        if let (true, Some(node)) = (own.level > Level::Degraded, drill.graph.node(number)) {
            let target = node.whole.unwrap_or(number);
            fallen.insert((cost(node, is_of_region).0, drill.name(Event::Node(target))), target);
        }
    }
    if is_of_region {
        let after = level_without(drill, workload, &scenario, &fallen.values().copied().collect::<Vec<_>>());
        return (format!("{} {}", ELSEWHERE.1, workload.name), Some(after));
    }
    // One change that suffices is the cheapest; otherwise everything that fell by itself is changed.
    for ((_, name), number) in &fallen {
        let after = level_without(drill, workload, &scenario, &[*number]);
        if after <= Level::Degraded {
            return (words(drill, *number, name), Some(after));
        }
    }
    let all: Vec<NodeNumber> = fallen.values().copied().collect();
    if all.is_empty() {
        return (String::new(), None);
    }
    let after = level_without(drill, workload, &scenario, &all);
    let words: Vec<String> = fallen.iter().map(|((_, name), number)| words(drill, *number, name)).collect();
    (words.join("; and "), Some(after))
}

fn cost(node: &Node, is_of_region: bool) -> (u32, &'static str) {
    if is_of_region {
        return ELSEWHERE;
    }
    let known = CHANGES.iter().find(|(table, ..)| *table == node.table);
    known.map_or(ANY_OTHER, |(_, cost, words)| (*cost, *words))
}

fn words(drill: &Drill, number: NodeNumber, name: &str) -> String {
    let verb = drill.graph.node(number).map_or(ANY_OTHER.1, |node| cost(node, false).1);
    format!("{verb} `{name}`")
}

/// How the workload stands under a scenario when these nodes, and their parts, survive it by themselves.
fn level_without(drill: &Drill, workload: &Workload, scenario: &Scenario, changed: &[NodeNumber]) -> Level {
    let is_changed = |number: &NodeNumber| {
        changed.contains(number)
            || drill.graph.node(*number).and_then(|node| node.whole).is_some_and(|whole| changed.contains(&whole))
    };
    let spared: BTreeSet<NodeNumber> = workload.reach.iter().copied().filter(is_changed).collect();
    let states = evaluate_within(&drill.graph, scenario, &workload.reach, &spared);
    states.get(&workload.node).map_or(Level::Unknown, |state| state.level)
}
