//! Which rules change nothing: because they apply to nothing, or because others decide what they are about.

mod covering;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use partywall_model::{Cell, Inventory, Origin, ResourceKey, Row};

use super::model::{
    AclEntry, Destination, Fact, GroupRule, Missing, Network, NetworkAcl, Route, RouteTable, SecurityGroup,
};
use covering::{Covers, peer_covers, ranges_cover, shadow};
use shown::Shown;

/// What kind of rule it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A rule of a security group.
    SecurityGroup,
    /// An entry of a network ACL.
    NetworkAcl,
    /// A route.
    Route,
}

impl Kind {
    /// `security_group`, `network_acl` or `route`.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::SecurityGroup => "security_group",
            Self::NetworkAcl => "network_acl",
            Self::Route => "route",
        }
    }
}

/// A rule and its use.
#[derive(Debug)]
pub(super) struct Rule {
    /// The row that declares it.
    pub(super) resource: ResourceKey,
    /// What kind of rule it is.
    pub(super) kind: Kind,
    /// The security group, network ACL or route table.
    pub(super) owner: ResourceKey,
    /// Whether it is about what leaves.
    pub(super) is_egress: bool,
    /// Whether it applies to anything.
    pub(super) is_used: Fact<bool>,
    /// Whether others decide everything that it is about.
    pub(super) is_shadowed: Fact<bool>,
    /// Those that do.
    pub(super) shadowed_by: Vec<ResourceKey>,
    /// What makes it idle; '' when nothing does.
    pub(super) why: String,
}

/// Every rule that a row declares.
pub(super) fn rules(network: &Network, inventory: &Inventory) -> Vec<Rule> {
    let estate = Estate::new(network, inventory);
    let mut out = Vec::new();
    for group in network.groups.values() {
        out.extend(estate.of_group(group, &group.ingress.rules, false));
        out.extend(estate.of_group(group, &group.egress.rules, true));
    }
    let mut acls: BTreeMap<&ResourceKey, &NetworkAcl> = BTreeMap::new();
    let mut tables: BTreeMap<&ResourceKey, &RouteTable> = BTreeMap::new();
    for subnet in network.subnets.values() {
        acls.extend(subnet.acl.iter().map(|acl| (&acl.name.resource, &**acl)));
        tables.extend(subnet.routes.iter().map(|table| (&table.name.resource, &**table)));
    }
    let gateways = network.internet_gateways.values().filter_map(|gateway| gateway.routes.as_ref()?.as_ref().ok());
    tables.extend(gateways.map(|table| (&table.name.resource, &**table)));
    for (resource, acl) in acls {
        out.extend(estate.of_acl(resource, &acl.ingress, false));
        out.extend(estate.of_acl(resource, &acl.egress, true));
    }
    for (resource, table) in tables {
        out.extend(table.routes.iter().map(|route| estate.of_route(resource, table, route)));
    }
    out.retain(|rule| estate.declares(&rule.resource, rule.kind));
    let told: BTreeSet<ResourceKey> = out.iter().map(|rule| rule.resource.clone()).collect();
    out.extend(estate.idle(inventory, &told));
    // A row may declare several rules, for several ranges or of several tables.
    out.sort_by(|left, right| left.resource.cmp(&right.resource));
    let mut merged: Vec<Rule> = Vec::new();
    for rule in out {
        match merged.last_mut().filter(|first| first.resource == rule.resource) {
            Some(first) => first.add(rule),
            None => merged.push(rule),
        }
    }
    merged
}

impl Rule {
    /// Takes over another part of what its row declares: it is idle when each part is.
    fn add(&mut self, part: Rule) {
        let is_idle = |rule: &Rule| rule.is_shadowed == Ok(true) || rule.is_used == Ok(false);
        if !(is_idle(self) && is_idle(&part)) {
            self.why.clear();
        }
        self.is_used = either(&self.is_used, &part.is_used);
        let not = |fact: &Fact<bool>| fact.clone().map(|truth| !truth);
        self.is_shadowed = not(&either(&not(&self.is_shadowed), &not(&part.is_shadowed)));
        self.shadowed_by.extend(part.shadowed_by);
        if self.is_shadowed != Ok(true) {
            self.shadowed_by.clear();
        }
    }
}

fn either(left: &Fact<bool>, right: &Fact<bool>) -> Fact<bool> {
    match (left, right) {
        (Ok(true), _) | (_, Ok(true)) => Ok(true),
        (Err(missing), _) | (_, Err(missing)) => Err(missing.clone()),
        (Ok(false), Ok(false)) => Ok(false),
    }
}

/// What rules are looked at with.
struct Estate<'n> {
    network: &'n Network,
    /// Rows of rules, with whether the account itself shows them.
    declared: BTreeMap<ResourceKey, (Kind, bool)>,
    shown: Shown,
    /// Groups that some interface is in.
    carried: BTreeSet<&'n ResourceKey>,
    /// Whether interfaces, or the groups that they are in, are out of sight.
    is_unsure: bool,
    /// Whether any subnet has addresses of IPv6.
    has_v6: bool,
}

/// Rules of one list beyond which nobody looks for those that shadow others: more than AWS lets anybody have.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
const RULES_MAX: usize = 1_000;

impl<'n> Estate<'n> {
    fn new(network: &'n Network, inventory: &Inventory) -> Self {
        let mut declared = BTreeMap::new();
        for (table, kind, _) in TABLES {
            let is_live = |row: &Row| matches!(*row.origin, Origin::Api { .. });
            declared.extend(inventory.rows(table).iter().map(|row| (row.resource.clone(), (kind, is_live(row)))));
        }
        let interfaces = || network.interfaces.values();
        let is_v6 = |range: &IpNet| matches!(range, IpNet::V6(_));
        Self {
            declared,
            shown: Shown::new(network, inventory),
            carried: interfaces().flat_map(|own| &own.groups).map(|group| &group.name.resource).collect(),
            is_unsure: network.unseen.contains_key("aws_ec2_network_interface")
                || interfaces().any(|own| own.more_groups.is_some()),
            has_v6: network.subnets.values().any(|subnet| subnet.ranges.iter().any(is_v6)),
            network,
        }
    }

    fn declares(&self, resource: &ResourceKey, kind: Kind) -> bool {
        self.declared.get(resource).is_some_and(|(own, _)| *own == kind)
    }

    fn is_live(&self, resource: &ResourceKey) -> bool {
        self.declared.get(resource).is_some_and(|(_, is_live)| *is_live)
    }

    fn of_group(&self, group: &SecurityGroup, rules: &[GroupRule], is_egress: bool) -> Vec<Rule> {
        let is_carried = self.is_carried(group);
        let name = |rule: &GroupRule| self.shown.of(group, is_egress, rule).unwrap_or_else(|| rule.resource.clone());
        let one = |(at, rule): (usize, &GroupRule)| {
            let resource = name(rule);
            let others = rules.iter().enumerate().filter(|(_, cover)| cover.resource != rule.resource);
            let others = others.map(|(other, cover)| {
                // Of two that say the same, the second is idle.
                let is_same = other > at
                    && peer_covers(self.network, self.has_v6, &rule.peer, &cover.peer) == Covers::Yes
                    && rule.headers.is_ok()
                    && rule.headers == cover.headers;
                let covers =
                    if is_same { Covers::No } else { peer_covers(self.network, self.has_v6, &cover.peer, &rule.peer) };
                (name(cover), covers, &cover.headers, &cover.doubt)
            });
            let (is_shadowed, shadowed_by) = match too_many(rules.len()) {
                Some(missing) => (Err(missing), Vec::new()),
                None => shadow(&rule.headers, others),
            };
            let is_used = match &is_carried {
                Err(missing) if !self.is_live(&resource) || self.is_unsure => Err(missing.clone()),
                Err(_) => Ok(false),
                Ok(()) => Ok(true),
            };
            let why = why(&is_used, &shadowed_by, || format!("no interface is in `{}`", group.name.short));
            Rule {
                resource,
                kind: Kind::SecurityGroup,
                owner: group.name.resource.clone(),
                is_egress,
                is_used,
                is_shadowed,
                shadowed_by,
                why,
            }
        };
        rules.iter().enumerate().map(one).collect()
    }

    /// Whether any interface is in a group.
    fn is_carried(&self, group: &SecurityGroup) -> Result<(), Missing> {
        if self.carried.contains(&group.name.resource) {
            return Ok(());
        }
        Err(format!("no interface in this source is in `{}`; something that is not shown may be", group.name.short)
            .into())
    }

    fn of_acl(&self, owner: &ResourceKey, entries: &[AclEntry], is_egress: bool) -> Vec<Rule> {
        let one = |(at, entry): (usize, &AclEntry)| {
            let earlier = entries.iter().take(at).map(|cover| {
                let covers = match (&cover.peer, &entry.peer) {
                    (Ok(cover), Ok(own)) if cover.contains(own) => Covers::Yes,
                    (Ok(_), Ok(_)) => Covers::No,
                    _ => Covers::Maybe,
                };
                let covers =
                    if cover.number.is_err() || entry.number.is_err() { covers.at_most_maybe() } else { covers };
                (cover.resource.clone(), covers, &cover.headers, &cover.doubt)
            });
            let (is_shadowed, shadowed_by) = match too_many(entries.len()) {
                Some(missing) => (Err(missing), Vec::new()),
                None => shadow(&entry.headers, earlier),
            };
            Rule {
                resource: entry.resource.clone(),
                kind: Kind::NetworkAcl,
                owner: owner.clone(),
                is_egress,
                is_used: Ok(true),
                why: why(&Ok(true), &shadowed_by, String::new),
                is_shadowed,
                shadowed_by,
            }
        };
        entries.iter().enumerate().filter(|(_, entry)| !is_last(&entry.number)).map(one).collect()
    }

    fn of_route(&self, owner: &ResourceKey, table: &RouteTable, route: &Route) -> Rule {
        let is_used = Ok(!route.is_blackhole);
        let others = table.routes.iter().filter(|other| other.resource != route.resource);
        let (is_shadowed, shadowed_by) = match &route.destination {
            _ if table.routes.len() > RULES_MAX => (too_many(table.routes.len()).map_or(Ok(false), Err), Vec::new()),
            Ok(Destination::Range(range)) => {
                ranges_cover(*range, route.is_propagated, others, table.more_routes.as_ref())
            }
            // A list's ranges may be told apart by as many routes.
            Ok(Destination::List(_)) => (Ok(false), Vec::new()),
            Err(missing) => (Err(missing.clone()), Vec::new()),
        };
        let why = why(&is_used, &shadowed_by, || "its target is gone".to_owned());
        let (resource, kind, owner) = (route.resource.clone(), Kind::Route, owner.clone());
        Rule { resource, kind, owner, is_egress: false, is_used, is_shadowed, shadowed_by, why }
    }

    /// Rules of lists and tables that no subnet uses.
    fn idle(&self, inventory: &Inventory, told: &BTreeSet<ResourceKey>) -> Vec<Rule> {
        let mut out = Vec::new();
        let (are_subnets_known, associated) = (self.are_subnets_known(), associated(inventory));
        for (name, kind, column) in TABLES {
            let Some(table) = partywall_model::table(name) else { continue };
            for row in inventory.rows(name).iter().filter(|row| !told.contains(&row.resource)) {
                let owner: ResourceKey = row.text(table, column).unwrap_or_default().into();
                let missing: Missing =
                    format!("nothing in this source uses `{owner}`; something that is not shown may").into();
                // Rules of groups that are in sight are told already.
                let is_unused = kind != Kind::SecurityGroup
                    && self.is_live(&row.resource)
                    && are_subnets_known
                    && !owner.is_empty()
                    && !associated.contains(&owner);
                // Routes within a network itself are no rows of their own in the model.
                let is_local = kind == Kind::Route && row.text(table, "gateway_id") == Some("local");
                let is_last =
                    matches!(row.cell(table, "rule_number"), Some(Cell::Integer(number)) if is_last(&Ok(*number)));
                if is_local || is_last {
                    continue;
                }
                out.push(Rule {
                    resource: row.resource.clone(),
                    kind,
                    is_egress: row.cell(table, "is_egress").and_then(Cell::as_boolean) == Some(true),
                    is_used: if is_unused { Ok(false) } else { Err(missing.clone()) },
                    is_shadowed: Err(missing),
                    shadowed_by: Vec::new(),
                    why: if is_unused { format!("nothing uses `{owner}`") } else { String::new() },
                    owner,
                });
            }
        }
        out
    }

    fn are_subnets_known(&self) -> bool {
        let unseen = [
            "aws_vpc_subnet",
            "aws_vpc_route_table_association",
            "aws_vpc_route_table",
            "aws_vpc_network_acl",
            "aws_vpc_security_group",
        ];
        !unseen.iter().any(|table| self.network.unseen.contains_key(table))
            && self.network.subnets.values().all(|subnet| subnet.acl.is_ok() && subnet.routes.is_ok())
    }
}

/// Route tables that something is associated with, be it a gateway.
fn associated(inventory: &Inventory) -> BTreeSet<ResourceKey> {
    let Some(table) = partywall_model::table("aws_vpc_route_table_association") else { return BTreeSet::new() };
    let rows = inventory.rows(table.name).iter();
    rows.filter_map(|row| row.text(table, "route_table_id")).map(ResourceKey::from).collect()
}

/// Number of the entry that AWS puts at the end of every network ACL, which drops everything and cannot be removed.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html>
const LAST_ENTRY: i64 = 32767;

fn is_last(number: &Fact<i64>) -> bool {
    number.as_ref().is_ok_and(|number| *number >= LAST_ENTRY)
}

/// Tables with a row for each rule, and the column with what it belongs to.
const TABLES: [(&str, Kind, &str); 3] = [
    ("aws_vpc_security_group_rule", Kind::SecurityGroup, "group_id"),
    ("aws_vpc_network_acl_entry", Kind::NetworkAcl, "network_acl_id"),
    ("aws_vpc_route", Kind::Route, "route_table_id"),
];

fn too_many(rules: usize) -> Option<Missing> {
    (rules > RULES_MAX).then(|| format!("{rules} rules are more than AWS allows, and more than are compared").into())
}

fn why(is_used: &Fact<bool>, shadowed_by: &[ResourceKey], unused: impl Fn() -> String) -> String {
    match (is_used, shadowed_by) {
        (Ok(false), _) => unused(),
        (_, []) => String::new(),
        (_, others) => format!(
            "`{}` {} it",
            others.join("`, `"),
            if others.len() == 1 { "decides before" } else { "decide before" }
        ),
    }
}
