//! Workloads: what people would miss, and where requests enter it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use partywall_model::{Inventory, Span};
use serde::Deserialize;

use super::graph::{Graph, Need, Node, NodeNumber, Settings, Toll};
use super::place::Location;
use super::words::Range;

/// Tables whose rows serve requests or do work by themselves.
const SERVING: [&str; 19] = [
    "aws_api_gateway_rest_api",
    "aws_api_gatewayv2_api",
    "aws_cloudfront_distribution",
    "aws_ec2_application_load_balancer",
    "aws_ec2_autoscaling_group",
    "aws_ec2_classic_load_balancer",
    "aws_ec2_instance",
    "aws_ec2_network_load_balancer",
    "aws_ecs_service",
    "aws_eks_fargate_profile",
    "aws_eks_node_group",
    "aws_elastic_beanstalk_environment",
    "aws_emr_cluster",
    "aws_globalaccelerator_accelerator",
    "aws_lambda_function",
    "aws_route53_record",
    "aws_sfn_state_machine",
    "aws_transfer_server",
    "aws_workspaces_workspace",
];

/// What a team says about a workload.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// Its name: what its resources' tags say.
    pub name: String,
    /// Resources where requests enter, or that belong to it, as the `resource` column has them; `*` at an end stands
    /// for anything. Without them, entries are found.
    #[serde(default)]
    pub entry: Vec<String>,
    /// Percent of its instances and tasks that its load takes.
    pub load: Option<u32>,
    /// Whether it stops without a way out to the internet.
    #[serde(default)]
    pub needs_internet: bool,
    /// What it has to survive.
    #[serde(default)]
    pub target: Targets,
}

/// What a workload has to survive.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// Seconds of data that may be lost.
    pub rpo: Option<u32>,
    /// Seconds after which it has to be back.
    pub rto: Option<u32>,
    /// How it has to stand when a zone is lost: up or degraded.
    pub zone: Option<Stand>,
    /// How it has to stand when a region is lost.
    pub region: Option<Stand>,
}

/// How a workload has to stand at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// As before.
    Up,
    /// With less, or after a pause.
    Degraded,
}

/// A workload in a graph.
#[derive(Debug, Clone)]
pub struct Workload {
    /// Its name.
    pub name: Arc<str>,
    /// Its own node, which needs all of its entries.
    pub node: NodeNumber,
    /// Where requests enter, and data that belongs to it.
    pub entries: Vec<NodeNumber>,
    /// Everything that it needs, with itself; what is needed comes first.
    pub reach: Vec<NodeNumber>,
    /// What a team says about it.
    pub declared: Declared,
}

/// The graph of an estate, with a node for each workload.
pub fn read(inventory: &Inventory, settings: &Settings, declared: &[Declared]) -> (Graph, Vec<Workload>) {
    let (mut graph, tagged) = Graph::of(inventory, settings);
    inherit(&mut graph);
    let copies = copies(inventory);
    let mut entries = entries(&graph, &tagged, &copies);
    for one in declared.iter().filter(|one| !one.entry.is_empty()) {
        let is_entry =
            |node: &Node| node.whole.is_none() && one.entry.iter().any(|pattern| matches(pattern, &node.name));
        let found: BTreeSet<NodeNumber> =
            graph.nodes.iter().zip(0..).filter(|(node, _)| is_entry(node)).map(|(_, number)| number).collect();
        entries.retain(|_, known| !found.is_superset(known) || known.is_empty());
        entries.insert(one.name.as_str().into(), found);
    }
    for one in declared {
        entries.entry(one.name.as_str().into()).or_default();
    }
    let workloads: Vec<Workload> = entries
        .into_iter()
        .map(|(name, entries)| {
            let declared = declared.iter().find(|one| *one.name == *name).cloned().unwrap_or_default();
            let entries: Vec<NodeNumber> = entries.into_iter().collect();
            let node = graph.add(node_of(&name, &entries));
            Workload { name, node, entries, reach: Vec::new(), declared }
        })
        .collect();
    graph.arrange();
    let mut positions = vec![0_u32; graph.nodes.len()];
    for (number, position) in graph.order.iter().zip(0..) {
        if let Some(place) = positions.get_mut(*number as usize) {
            *place = position;
        }
    }
    let position = |number: &NodeNumber| positions.get(*number as usize).copied().unwrap_or_default();
    let with_reach = |workload: Workload| {
        let mut reach = reach(&graph, workload.node);
        reach.sort_by_key(position);
        Workload { reach, ..workload }
    };
    let workloads = workloads.into_iter().map(with_reach).collect();
    (graph, workloads)
}

/// What has no tag, such as a name, and needs resources of one workload only belongs to that.
fn inherit(graph: &mut Graph) {
    for number in graph.order.clone() {
        let Some(node) = graph.node(number).filter(|node| node.workload.is_none()) else { continue };
        let needed = node.needs.iter().filter(|need| need.is_hard && &*need.label != "key").flat_map(|need| &need.of);
        let found: BTreeSet<u32> = needed.filter_map(|needed| graph.node(*needed)?.workload).collect();
        if let (1, Some(node)) = (found.len(), graph.nodes.get_mut(number as usize)) {
            node.workload = found.into_iter().next();
        }
    }
}

/// Everything that a node needs, with itself.
pub fn reach(graph: &Graph, from: NodeNumber) -> Vec<NodeNumber> {
    let mut seen: HashSet<NodeNumber> = HashSet::from([from]);
    let mut open = vec![from];
    while let Some(number) = open.pop() {
        let Some(node) = graph.node(number) else { continue };
        for needed in node.needs.iter().flat_map(|need| &need.of) {
            if seen.insert(*needed) {
                open.push(*needed);
            }
        }
    }
    let mut reach: Vec<NodeNumber> = seen.into_iter().collect();
    reach.sort_unstable();
    reach
}

fn node_of(name: &Arc<str>, entries: &[NodeNumber]) -> Node {
    let least = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let all =
        Need { label: "entries".into(), of: entries.to_vec(), least, is_hard: true, pause: Span::ZERO, first: None };
    Node {
        name: format!("workload {name}").into(),
        title: name.clone(),
        table: "workload",
        whole: None,
        location: Location::Global,
        zone: Toll::none(),
        region: Toll::none(),
        holds_data: false,
        is_managed: false,
        needs: if entries.is_empty() { Vec::new() } else { vec![all] },
        units: Range::NONE,
        is_single: false,
        is_doubtful: false,
        workload: None,
    }
}

/// Nodes that are a copy of another one, and so no data of their own.
fn copies(inventory: &Inventory) -> HashSet<Arc<str>> {
    let mut copies = HashSet::new();
    for (name, column) in [
        ("aws_rds_db_instance", "replicate_source_db"),
        ("aws_rds_db_instance", "db_cluster_identifier"),
        ("aws_rds_db_cluster", "replication_source_identifier"),
    ] {
        let of_table = super::place::rows(inventory, name);
        let is_copy = of_table.filter(|(table, row)| row.text(table, column).is_some_and(|source| !source.is_empty()));
        copies.extend(is_copy.map(|(_, row)| row.resource.clone()));
    }
    for (table, row) in super::place::rows(inventory, "aws_s3_bucket") {
        copies.extend(super::copies::field(table, row, "replication_rules", "destination_bucket").0);
    }
    let secondary = super::place::rows(inventory, "aws_rds_db_cluster");
    copies.extend(
        secondary
            .filter(|(table, row)| {
                let is_global = !matches!(row.text(table, "global_cluster_identifier"), Some(""));
                is_global && row.text(table, "master_user_name").is_none_or(str::is_empty)
            })
            .map(|(_, row)| row.resource.clone()),
    );
    copies
}

/// The entries of each workload: what nothing else of the workload needs and that serves or keeps data. What has no
/// tag and is needed by nothing is a workload by itself.
fn entries(graph: &Graph, tagged: &[Arc<str>], copies: &HashSet<Arc<str>>) -> BTreeMap<Arc<str>, BTreeSet<NodeNumber>> {
    let mut needed_within: HashSet<NodeNumber> = HashSet::new();
    let mut needed: HashSet<NodeNumber> = HashSet::new();
    for node in &graph.nodes {
        for number in node.needs.iter().flat_map(|need| &need.of) {
            needed.insert(*number);
            let same = graph.node(*number).is_some_and(|other| {
                other.workload == node.workload || node.workload.is_none() || node.table == "aws_route53_record"
            });
            if same {
                needed_within.insert(*number);
            }
        }
    }
    let mut entries: BTreeMap<Arc<str>, BTreeSet<NodeNumber>> =
        tagged.iter().map(|name| (name.clone(), BTreeSet::new())).collect();
    for (node, number) in graph.nodes.iter().zip(0..) {
        let serves = SERVING.contains(&node.table) || (node.holds_data && !copies.contains(&node.name));
        if node.whole.is_some() || !serves {
            continue;
        }
        match node.workload.and_then(|workload| tagged.get(workload as usize)) {
            Some(name) if !needed_within.contains(&number) => {
                entries.entry(name.clone()).or_default().insert(number);
            }
            None if !needed.contains(&number) => {
                entries.entry(node.name.clone()).or_default().insert(number);
            }
            _ => {}
        }
    }
    entries.retain(|_, entries| !entries.is_empty());
    entries
}

/// Whether a name is meant by a pattern, whose `*` at either end stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => name == pattern,
    }
}
