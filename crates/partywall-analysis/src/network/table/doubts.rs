//! Why answers about the network are not known.

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_model::{Cause, Cell, Inventory, Unknown, Unseen};

/// How many causes of not knowing are named.
const CAUSES_MAX: usize = 20;

/// Tables whose rows are judged as rules, and those that they belong to.
const RULES: [&str; 6] = [
    "aws_vpc_network_acl",
    "aws_vpc_network_acl_entry",
    "aws_vpc_route",
    "aws_vpc_route_table",
    "aws_vpc_security_group",
    "aws_vpc_security_group_rule",
];

/// Tables whose rows have interfaces where the account does not show those themselves.
const WITH_INTERFACES: [&str; 23] = [
    "aws_docdb_cluster",
    "aws_ec2_application_load_balancer",
    "aws_ec2_autoscaling_group",
    "aws_ec2_classic_load_balancer",
    "aws_ec2_instance",
    "aws_ec2_network_interface",
    "aws_ec2_network_load_balancer",
    "aws_ecs_service",
    "aws_efs_mount_target",
    "aws_elasticache_cluster",
    "aws_elasticache_replication_group",
    "aws_elasticache_serverless_cache",
    "aws_fsx_file_system",
    "aws_lambda_function",
    "aws_mq_broker",
    "aws_msk_cluster",
    "aws_neptune_db_cluster",
    "aws_opensearch_domain",
    "aws_rds_db_instance",
    "aws_rds_db_proxy",
    "aws_redshift_cluster",
    "aws_redshiftserverless_workgroup",
    "aws_vpc_endpoint",
];

/// Says of the derived tables that rows may be missing, where rows of the tables that they come from are.
pub(super) fn hide(inventory: &mut Inventory, wanted: &BTreeSet<&str>) {
    const OF_INTERFACES: [&str; 5] =
        ["network_asymmetry", "network_endpoint", "network_exposure", "network_flow", "network_interface"];
    let are_shown = !inventory.unseen().iter().any(|unseen| unseen.table == "aws_ec2_network_interface");
    let mut hidden = Vec::new();
    for unseen in inventory.unseen() {
        let has_interfaces = match unseen.table {
            "aws_ec2_network_interface" | "aws_ec2_instance" => true,
            table => !are_shown && WITH_INTERFACES.contains(&table),
        };
        let of_interfaces = OF_INTERFACES.into_iter().filter(|_| has_interfaces);
        let of_rules = RULES.contains(&unseen.table).then_some("network_rule");
        let tables = of_interfaces.chain(of_rules).filter(|table| wanted.contains(table));
        hidden.extend(tables.map(|table| Unseen { table, ..unseen.clone() }));
    }
    hidden.into_iter().for_each(|unseen| inventory.add_unseen(unseen));
}

/// What keeps answers from being known, besides what each says itself.
pub(super) struct Doubts {
    /// Calls that were refused. One of them may decide; which one the answers do not tell apart.
    refused: Vec<String>,
}

impl Doubts {
    pub(super) fn new(inventory: &Inventory) -> Self {
        // Besides those of the network itself: what has interfaces, and the groups of subnets that tell where.
        let decides = |table: &str| {
            table.starts_with("aws_vpc")
                || table.starts_with("aws_ec2_")
                || table.ends_with("_subnet_group")
                || WITH_INTERFACES.contains(&table)
        };
        let unseen = inventory.unseen().iter().filter(|unseen| unseen.asked && decides(unseen.table));
        let refused: BTreeSet<String> = unseen.map(|unseen| unseen.cause.to_string()).collect();
        Self { refused: refused.into_iter().collect() }
    }

    /// An unknown cell, with what is missing.
    pub(super) fn cell<'t>(&self, missing: impl IntoIterator<Item = &'t str>) -> Cell {
        let symbol = "who reaches whom".to_owned();
        let missing: Vec<&str> = missing.into_iter().collect();
        let refused =
            self.refused.iter().map(String::as_str).filter(|cause| !missing.iter().any(|own| own.contains(cause)));
        let mut causes: Vec<&str> = missing.iter().copied().chain(refused).collect();
        let more = causes.len().saturating_sub(CAUSES_MAX);
        causes.truncate(CAUSES_MAX);
        let mut words = causes.join("; ");
        if more > 0 {
            words.push_str(&format!("; and {more} more"));
        }
        let cause = match (words.is_empty(), self.refused.is_empty()) {
            (true, _) => Cause::Undetermined("something on the way is not known".to_owned()),
            (false, true) => Cause::Undetermined(words),
            (false, false) => Cause::Refused(words),
        };
        Cell::Unknown(Arc::new(Unknown { symbol, cause, reference: None }))
    }
}
