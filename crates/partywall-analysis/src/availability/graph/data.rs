//! Where data is kept and copied, and who is let in to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use partywall_model::{Cell, ColumnType, Inventory, Row, Table};

use super::NodeNumber;
use super::build::{Site, references};
use crate::availability::copies::field;
use crate::availability::facts::{Facts, NeedRule};
use crate::availability::place::{Atlas, Location, RegionNumber, Zones, rows};
use crate::availability::words::{Range, Words};

/// Tables of members of a cluster, which name it in `db_cluster_identifier`.
const MEMBERS: [&str; 3] = ["aws_rds_db_instance", "aws_docdb_cluster_instance", "aws_neptune_db_cluster_instance"];

/// Columns that name what a row is a copy of.
const COPIES_OF: [(&str, &str); 4] = [
    ("aws_rds_db_instance", "replicate_source_db"),
    ("aws_rds_db_cluster", "replication_source_identifier"),
    ("aws_kms_key", "primary_key_arn"),
    ("aws_ebs_snapshot", "source_snapshot_id"),
];

/// Columns with the security groups that let others in to data.
const LET_IN: [(&str, &str); 13] = [
    ("aws_rds_db_instance", "vpc_security_groups"),
    ("aws_rds_db_cluster", "vpc_security_groups"),
    ("aws_docdb_cluster", "vpc_security_groups"),
    ("aws_neptune_db_cluster", "vpc_security_groups"),
    ("aws_redshift_cluster", "vpc_security_groups"),
    ("aws_elasticache_replication_group", "security_group_ids"),
    ("aws_elasticache_cluster", "security_group_ids"),
    ("aws_memorydb_cluster", "security_group_ids"),
    ("aws_dax_cluster", "security_group_ids"),
    ("aws_opensearch_domain", "vpc_security_group_ids"),
    ("aws_msk_cluster", "security_groups"),
    ("aws_mq_broker", "security_groups"),
    ("aws_rds_db_proxy", "vpc_security_group_ids"),
];

/// Columns with the security groups of those who ask.
const ASK: [(&str, &str); 6] = [
    ("aws_ec2_instance", "vpc_security_group_ids"),
    ("aws_ecs_service", "network_configuration_security_groups"),
    ("aws_lambda_function", "vpc_security_group_ids"),
    ("aws_rds_db_proxy", "vpc_security_group_ids"),
    ("aws_emr_cluster", "additional_security_groups"),
    ("aws_sagemaker_notebook_instance", "security_groups"),
];

/// Where members of clusters are, and where copies are.
#[derive(Debug, Default)]
pub(super) struct Copies {
    members: HashMap<Arc<str>, Zones>,
    regions: HashMap<Arc<str>, BTreeSet<RegionNumber>>,
    /// Of a backed up resource: seconds between backups, and whether they are copied to another region.
    backups: HashMap<Arc<str>, (u32, bool)>,
}

impl Copies {
    pub(super) fn of(atlas: &mut Atlas, inventory: &Inventory) -> Self {
        let mut copies = Self::default();
        for name in MEMBERS {
            copies.add_members(atlas, inventory, name);
        }
        copies.add_regions(atlas, inventory);
        copies.add_backups(atlas, inventory);
        copies
    }

    /// The zones of a cluster's members; None when it has none in sight.
    pub(super) fn members(&self, cluster: &str) -> Option<&Zones> {
        self.members.get(cluster)
    }

    /// Adds what is known of the copies of a row to its words.
    pub(super) fn add_to(&self, words: &mut Words, table: &Table, row: &Row) {
        if let Some(regions) = self.regions.get(&row.resource) {
            let found = u32::try_from(regions.len()).unwrap_or(u32::MAX);
            let known = words.get("replica_regions");
            words.set("replica_regions", Range::exactly(found.max(known.least)));
        } else if matches!(table.name, "aws_s3_bucket" | "aws_kms_key") && words.get("replica_regions").least == 0 {
            let is_code = !matches!(*row.origin, partywall_model::Origin::Api { .. });
            let lists_none = table.name == "aws_kms_key" || words.get("replica_regions").most == 0;
            if is_code && lists_none {
                words.set("replica_regions", Range::NONE);
            }
        }
        if let Some((interval, is_copied)) = self.backups.get(&row.resource) {
            words.set("backup_interval", Range::exactly(*interval));
            words.set("backup_regions", Range::exactly(u32::from(*is_copied)));
        }
    }

    fn add_members(&mut self, atlas: &mut Atlas, inventory: &Inventory, name: &str) {
        for (table, row) in rows(inventory, name) {
            let Some(cluster) = row.text(table, "db_cluster_identifier").filter(|cluster| !cluster.is_empty()) else {
                continue;
            };
            let Some(service) = Facts::shipped().service(name) else { continue };
            let location = atlas.locate(inventory, table, row, service);
            let Location::Zones(zones) = location else { continue };
            let known = self
                .members
                .entry(cluster.into())
                .or_insert_with(|| Zones { region: zones.region, ..Zones::default() });
            known.certain.extend(zones.certain.iter().copied());
            known.certain.sort_unstable();
            known.certain.dedup();
            if zones.certain.is_empty() {
                let missing = || format!("nothing says in which zone `{}` is", row.resource).into();
                known.elsewhere = Some(zones.elsewhere.unwrap_or_else(missing));
            }
        }
    }

    fn add_regions(&mut self, atlas: &mut Atlas, inventory: &Inventory) {
        for (name, column) in COPIES_OF {
            for (table, row) in rows(inventory, name) {
                if let Some(source) = row.text(table, column).filter(|source| !source.is_empty()) {
                    let region = atlas.region(table, row);
                    let own = rows(inventory, name).find(|(_, row)| *row.resource == *source);
                    if own.map(|(table, row)| atlas.region(table, row)) != Some(region) {
                        self.regions.entry(source.into()).or_default().insert(region);
                    }
                }
            }
        }
        for (table, row) in rows(inventory, "aws_s3_bucket") {
            let own = atlas.region(table, row);
            let (buckets, _) = field(table, row, "replication_rules", "destination_bucket");
            for (table, target) in rows(inventory, "aws_s3_bucket").filter(|(_, row)| buckets.contains(&row.resource)) {
                let region = atlas.region(table, target);
                if region != own {
                    self.regions.entry(row.resource.clone()).or_default().insert(region);
                }
            }
        }
        self.add_global_clusters(atlas, inventory);
    }

    /// Clusters of one global database, each with the regions of the others.
    fn add_global_clusters(&mut self, atlas: &mut Atlas, inventory: &Inventory) {
        let mut members: BTreeMap<String, Vec<(Arc<str>, RegionNumber)>> = BTreeMap::new();
        for (table, row) in rows(inventory, "aws_rds_db_cluster") {
            let global = match row.cell(table, "global_cluster_identifier") {
                Some(Cell::Text(text)) if !text.is_empty() => text.to_string(),
                Some(Cell::Unknown(unknown)) if unknown.reference.is_some() => unknown.symbol.clone(),
                _ => continue,
            };
            let region = atlas.region(table, row);
            members.entry(global).or_default().push((row.resource.clone(), region));
        }
        for clusters in members.values() {
            for (cluster, own) in clusters {
                let others = clusters.iter().map(|(_, region)| *region).filter(|region| region != own);
                let others: BTreeSet<RegionNumber> = others.collect();
                if !others.is_empty() {
                    self.regions.entry(cluster.clone()).or_default().extend(others);
                }
            }
        }
    }

    fn add_backups(&mut self, atlas: &mut Atlas, inventory: &Inventory) {
        let mut plans: HashMap<Arc<str>, (u32, bool)> = HashMap::new();
        let vaults: HashMap<Arc<str>, RegionNumber> = rows(inventory, "aws_backup_vault")
            .map(|(table, row)| (row.resource.clone(), atlas.region(table, row)))
            .collect();
        for (table, row) in rows(inventory, "aws_backup_plan") {
            let own = atlas.region(table, row);
            if let Some(found) = plan(table, row, own, &vaults) {
                plans.insert(row.resource.clone(), found);
            }
        }
        for (table, row) in rows(inventory, "aws_backup_selection") {
            let Some(plan) = row.text(table, "backup_plan_id").and_then(|plan| plans.get(plan)) else { continue };
            for resource in references(table, row, "resources") {
                self.backups.insert(resource.clone(), *plan);
            }
            for (key, value) in tags(table, row) {
                for (of, rows) in inventory.resource_tables() {
                    let has = |row: &&Row| matches!(row.cell(of, "tags"), Some(Cell::Map(tags)) if tags.get(&key).and_then(Cell::as_text) == Some(value.as_str()));
                    self.backups.extend(rows.iter().filter(has).map(|row| (row.resource.clone(), *plan)));
                }
            }
        }
    }
}

/// Seconds between the backups of a plan, by its most frequent rule that is copied, or its most frequent one; and
/// whether that rule copies to another region.
fn plan(table: &Table, row: &Row, own: RegionNumber, vaults: &HashMap<Arc<str>, RegionNumber>) -> Option<(u32, bool)> {
    let (_, column) = table.column("rules")?;
    let ColumnType::List(ColumnType::Struct(fields)) = column.column_type else { return None };
    let Some(Cell::List(rules)) = row.cell(table, "rules") else { return None };
    let at = |name: &str| fields.iter().position(|field| field.name == name);
    let mut best: Option<(bool, u32)> = None;
    for rule in rules {
        let Cell::Struct(cells) = rule else { continue };
        let cell = |name: &str| at(name).and_then(|at| cells.get(at));
        let Some(interval) = cell("schedule").and_then(Cell::as_text).and_then(interval) else { continue };
        let is_elsewhere =
            |vault: &Cell| vault.as_text().and_then(|vault| vaults.get(vault)).is_some_and(|region| *region != own);
        let copied =
            matches!(cell("copy_destination_vaults"), Some(Cell::List(copies)) if copies.iter().any(is_elsewhere));
        let is_better =
            best.is_none_or(|(known, shortest)| (copied, u32::MAX - interval) > (known, u32::MAX - shortest));
        if is_better {
            best = Some((copied, interval));
        }
    }
    best.map(|(copied, interval)| (interval, copied))
}

/// Keys and values of the tags by which a selection takes resources.
fn tags(table: &Table, row: &Row) -> Vec<(String, String)> {
    let (keys, _) = field(table, row, "list_of_tags", "condition_key");
    let (values, _) = field(table, row, "list_of_tags", "condition_value");
    match (keys.len(), values.len()) {
        (1, 1) => keys.iter().zip(&values).map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        _ => Vec::new(),
    }
}

/// Seconds between two runs of a schedule, at most: `rate(1 hour)`, `cron(0 5 ? * * *)`.
/// <https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html>
pub(super) fn interval(schedule: &str) -> Option<u32> {
    const DAY: u32 = 86_400;
    if let Some(rate) = schedule.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')')) {
        let (number, unit) = rate.trim().split_once(' ')?;
        let seconds = match unit.trim_end_matches('s') {
            "minute" => 60,
            "hour" => 3_600,
            "day" => DAY,
            _ => return None,
        };
        return number.parse::<u32>().ok()?.checked_mul(seconds);
    }
    let fields: Vec<&str> = schedule.strip_prefix("cron(")?.strip_suffix(')')?.split_whitespace().collect();
    let [_, hours, days, months, weekdays, _] = fields.as_slice() else { return None };
    let is_any = |field: &str| matches!(field, "*" | "?");
    match (is_any(months), is_any(days), is_any(weekdays)) {
        (true, true, true) => match hours.split_once('/') {
            Some((_, step)) => step.parse::<u32>().ok()?.checked_mul(3_600).map(|seconds| seconds.min(DAY)),
            None if *hours == "*" => Some(3_600),
            None => Some(DAY),
        },
        (true, true, false) => Some(7 * DAY),
        (true, false, _) => Some(31 * DAY),
        (false, ..) => Some(366 * DAY),
    }
}

/// Who asks needs the data whose security group lets it in.
pub(super) fn security_groups(site: &mut Site<'_>) {
    let mut members: HashMap<Arc<str>, BTreeSet<NodeNumber>> = HashMap::new();
    for (name, column) in ASK {
        for (table, row) in rows(site.inventory, name) {
            let Some(number) = site.graph.numbers.get(&row.resource) else { continue };
            for group in references(table, row, column) {
                members.entry(group.clone()).or_default().insert(*number);
            }
        }
    }
    for (group, number) in groups_of_templates(site) {
        members.entry(group).or_default().insert(number);
    }
    let mut lets_in: HashMap<Arc<str>, BTreeSet<Arc<str>>> = HashMap::new();
    for (table, row) in rows(site.inventory, "aws_vpc_security_group_rule") {
        if row.cell(table, "is_egress").and_then(Cell::as_boolean) == Some(false)
            && let (Some(group), Some(from)) = (row.text(table, "group_id"), row.text(table, "referenced_group_id"))
            && !from.is_empty()
        {
            lets_in.entry(group.into()).or_default().insert(from.into());
        }
    }
    let Some(rule) = hard() else { return };
    for (name, column) in LET_IN {
        for (table, row) in rows(site.inventory, name) {
            let Some(provider) = site.graph.numbers.get(&row.resource).copied() else { continue };
            let askers: BTreeSet<NodeNumber> = references(table, row, column)
                .into_iter()
                .filter_map(|group| lets_in.get(group))
                .flatten()
                .filter_map(|from| members.get(from))
                .flatten()
                .copied()
                .collect();
            for asker in askers.into_iter().filter(|asker| *asker != provider) {
                site.need(asker, &"data".into(), provider, &rule);
            }
        }
    }
}

/// A need of everything under its label.
pub(super) fn hard() -> Option<NeedRule> {
    serde_json::from_value(serde_json::json!({"table": "", "label": ""})).ok()
}

/// Groups of Auto Scaling groups' and node groups' instances, by the launch template.
fn groups_of_templates(site: &Site<'_>) -> Vec<(Arc<str>, NodeNumber)> {
    let mut of_template: HashMap<&str, Vec<&Arc<str>>> = HashMap::new();
    for (table, row) in rows(site.inventory, "aws_ec2_launch_template") {
        of_template.insert(&row.resource, references(table, row, "vpc_security_group_ids"));
    }
    let mut found = Vec::new();
    for name in ["aws_ec2_autoscaling_group", "aws_eks_node_group"] {
        for (table, row) in rows(site.inventory, name) {
            let template = row.text(table, "launch_template").and_then(|template| of_template.get(template));
            let number = site.graph.numbers.get(&row.resource);
            if let (Some(groups), Some(number)) = (template, number) {
                found.extend(groups.iter().map(|group| ((*group).clone(), *number)));
            }
        }
    }
    found
}
