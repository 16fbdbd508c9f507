//! Prefix lists, security groups and network ACLs.

use std::collections::BTreeMap;
use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::{Inventory, ResourceKey};

use super::view::{Fields, View, no_range, views};
use crate::network::address::range;
use crate::network::headers::{Block, ICMP, ICMPV6, PORTS, Span, TCP, UDP};
use crate::network::model::{
    AclEntry, Fact, GroupRule, GroupRules, Missing, Name, Network, NetworkAcl, Peer, PrefixList, SecurityGroup,
};

/// What of a direction's rules is declared apart from their owner.
struct Declared<R> {
    by_owner: BTreeMap<Arc<str>, Vec<R>>,
    /// Rules of which it is not known whose they are.
    adrift: Vec<R>,
}

impl<R> Default for Declared<R> {
    fn default() -> Self {
        Self { by_owner: BTreeMap::new(), adrift: Vec::new() }
    }
}

impl<R: Clone> Declared<R> {
    fn add(&mut self, owner: Fact<Arc<str>>, rule: R, doubtful: impl Fn(R, Missing) -> R) {
        match owner {
            Ok(owner) => self.by_owner.entry(owner).or_default().push(rule),
            Err(missing) => self.adrift.push(doubtful(rule, missing)),
        }
    }

    fn of(&self, owners: &[&Arc<str>]) -> Vec<R> {
        let own = owners.iter().filter_map(|owner| self.by_owner.get(*owner)).flatten();
        own.chain(&self.adrift).cloned().collect()
    }
}

pub(super) fn prefix_lists(inventory: &Inventory, network: &mut Network) {
    for view in views(inventory, "aws_ec2_managed_prefix_list") {
        let name = view.name("prefix_list_id");
        let (of_service, _) = view.ranges("service_cidr_blocks");
        let (ranges, more) = if of_service.is_empty() { view.ranges("cidr_blocks") } else { (of_service, None) };
        let ranges = match more.or_else(|| view.doubt()) {
            Some(missing) => Err(missing),
            None => Ok(ranges),
        };
        let title = view.set("name").unwrap_or_default();
        // Two calls may show the same list; the one that tells its ranges is meant.
        if ranges.is_ok() || !network.aliases.contains_key(&name.short) {
            network.aliases.insert(name.short.clone(), name.resource.clone());
        }
        let is_service = is_service(&title);
        network.prefix_lists.insert(name.resource.clone(), Arc::new(PrefixList { name, title, is_service, ranges }));
    }
}

/// Whether a list is one that AWS keeps for a service of public addresses. Lattice has others.
fn is_service(title: &str) -> bool {
    title.starts_with("com.amazonaws.") && !title.contains("lattice")
}

/// The list that an id means; one whose ranges are not known when the source does not show it.
pub(super) fn prefix_list(network: &Network, id: &Arc<str>) -> Arc<PrefixList> {
    network.find(&network.prefix_lists, id).cloned().unwrap_or_else(|_| {
        Arc::new(PrefixList {
            name: Name { resource: id.clone(), short: id.clone() },
            title: "".into(),
            is_service: is_service(id),
            ranges: Err(format!("the ranges of the prefix list `{id}` are not in this source").into()),
        })
    })
}

pub(super) fn security_groups(inventory: &Inventory, network: &mut Network) {
    let [ingress, egress] = declared_rules(inventory, network);
    let mut groups = BTreeMap::new();
    for view in views(inventory, "aws_vpc_security_group") {
        let name = view.name("group_id");
        let vpc = view.set("vpc_id").filter(|_| view.boolean("is_default") == Ok(true));
        let owners: Vec<&Arc<str>> = [Some(&name.resource), vpc.as_ref()].into_iter().flatten().collect();
        if let Some(vpc) = &vpc {
            network.default_groups.insert(vpc.clone(), name.resource.clone());
        }
        let group = if view.is_live() {
            shown_group(network, view, name.clone())
        } else {
            let more = view.boolean("default_egress").err();
            let mut egress = GroupRules { rules: egress.of(&owners), more };
            if view.boolean("default_egress") == Ok(true) && egress.rules.is_empty() {
                egress.rules = everything_to_anywhere(&name.resource);
            }
            SecurityGroup { name: name.clone(), ingress: GroupRules { rules: ingress.of(&owners), more: None }, egress }
        };
        // Whoever may not be there may not let anything pass either.
        let group = doubtful_group(group, view.doubt());
        network.aliases.insert(name.short.clone(), name.resource.clone());
        groups.insert(name.resource.clone(), Arc::new(group));
    }
    network.groups = groups;
    // A network's default group that nobody declares has the rules with which AWS makes it.
    // https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    for view in views(inventory, "aws_vpc").filter(|view| !view.is_live()) {
        let resource = default_group_of(&view.row.resource);
        let owners = [&view.row.resource, &resource];
        let mut own = ingress.of(&owners);
        own.push(rule(&resource, Ok(Peer::Group(resource.clone())), Ok(Block::ALL)));
        let mut out = egress.of(&owners);
        out.extend(everything_to_anywhere(&resource));
        let short = format!("default group of {}", view.name("vpc_id").short).into();
        let group = SecurityGroup {
            name: Name { resource: resource.clone(), short },
            ingress: GroupRules { rules: own, more: None },
            egress: GroupRules { rules: out, more: None },
        };
        network.groups.insert(resource, Arc::new(group));
    }
}

/// The `resource` of a network's default security group that nobody declares.
pub(super) fn default_group_of(vpc: &str) -> ResourceKey {
    format!("{vpc}/default-security-group").into()
}

fn doubtful_group(mut group: SecurityGroup, doubt: Option<Missing>) -> SecurityGroup {
    if doubt.is_some() {
        for rule in group.ingress.rules.iter_mut().chain(&mut group.egress.rules) {
            rule.doubt.clone_from(&doubt);
        }
    }
    group
}

fn rule(resource: &ResourceKey, peer: Fact<Peer>, headers: Fact<Block>) -> GroupRule {
    GroupRule { resource: resource.clone(), peer, headers, doubt: None }
}

fn everything_to_anywhere(resource: &ResourceKey) -> Vec<GroupRule> {
    ["0.0.0.0/0", "::/0"]
        .into_iter()
        .filter_map(range)
        .map(|anywhere| rule(resource, Ok(Peer::Range(anywhere)), Ok(Block::ALL)))
        .collect()
}

/// A group as a live account shows it, with all its rules.
fn shown_group(network: &Network, view: View<'_>, name: Name) -> SecurityGroup {
    let rules = |column: &str| {
        let (permissions, more) = view.structs(column);
        let mut all = GroupRules { rules: Vec::new(), more };
        for (permission, position) in permissions.into_iter().zip(0..) {
            let resource: ResourceKey = format!("{}/{column}[{position}]", name.resource).into();
            let headers = headers_of_permission(permission);
            let mut add = |field: &str, peer: &dyn Fn(&Arc<str>) -> Fact<Peer>| {
                let (peers, more) = permission.texts(field);
                all.rules.extend(peers.iter().map(|text| rule(&resource, peer(text), headers.clone())));
                if let Some(missing) = more {
                    all.rules.push(rule(&resource, Err(missing), headers.clone()));
                }
            };
            let of_range = |text: &Arc<str>| range(text).map(Peer::Range).ok_or_else(|| no_range(text));
            add("cidr_ipv4", &of_range);
            add("cidr_ipv6", &of_range);
            add("prefix_list_ids", &|id| Ok(Peer::List(prefix_list(network, id))));
            add("referenced_group_ids", &|id| Ok(Peer::Group(id.clone())));
        }
        all
    };
    SecurityGroup { ingress: rules("ip_permissions"), egress: rules("ip_permissions_egress"), name }
}

fn headers_of_permission(permission: Fields<'_>) -> Fact<Block> {
    group_headers(&permission.text("ip_protocol")?, &|| {
        Ok((permission.integer("from_port")?, permission.integer("to_port")?))
    })
}

/// Rules that stand for themselves: those that come in, and those that go out.
fn declared_rules(inventory: &Inventory, network: &Network) -> [Declared<GroupRule>; 2] {
    let [mut ingress, mut egress] = [Declared::default(), Declared::default()];
    for view in views(inventory, "aws_vpc_security_group_rule").filter(|view| !view.is_live()) {
        let headers = view.text("ip_protocol").and_then(|protocol| {
            group_headers(&protocol, &|| Ok((view.integer("from_port")?, view.integer("to_port")?)))
        });
        let owner = view.reference("group_id");
        let mut peers = Vec::new();
        for (column, read) in PEERS {
            match view.text(column) {
                Ok(text) if text.is_empty() => {}
                Ok(text) => peers.push(read(network, &text)),
                Err(missing) => peers.push(Err(missing)),
            }
        }
        match (view.boolean("is_self"), &owner) {
            (Ok(true), Ok(owner)) => peers.push(Ok(Peer::Group(owner.clone()))),
            (Ok(false), _) => {}
            (Err(missing), _) => peers.push(Err(missing)),
            (_, Err(missing)) => peers.push(Err(missing.clone())),
        }
        let doubt = view.doubt();
        for peer in peers {
            let rule =
                GroupRule { resource: view.row.resource.clone(), peer, headers: headers.clone(), doubt: doubt.clone() };
            let doubtful = |rule: GroupRule, missing: Missing| GroupRule { doubt: Some(missing), ..rule };
            match view.boolean("is_egress") {
                Ok(true) => egress.add(owner.clone(), rule, doubtful),
                Ok(false) => ingress.add(owner.clone(), rule, doubtful),
                Err(missing) => {
                    let rule = GroupRule { doubt: Some(missing), ..rule };
                    ingress.add(owner.clone(), rule.clone(), doubtful);
                    egress.add(owner.clone(), rule, doubtful);
                }
            }
        }
    }
    [ingress, egress]
}

type ReadPeer = fn(&Network, &Arc<str>) -> Fact<Peer>;

/// Columns that may hold the other side of a rule.
const PEERS: [(&str, ReadPeer); 4] = [
    ("cidr_ipv4", |_, text| range(text).map(Peer::Range).ok_or_else(|| no_range(text))),
    ("cidr_ipv6", |_, text| range(text).map(Peer::Range).ok_or_else(|| no_range(text))),
    ("prefix_list_id", |network, id| Ok(Peer::List(prefix_list(network, id)))),
    ("referenced_group_id", |_, id| Ok(Peer::Group(id.clone()))),
];

/// A protocol by its number or name; None for all.
fn protocol(text: &str) -> Fact<Option<u8>> {
    match text.to_ascii_lowercase().as_str() {
        "-1" | "all" => Ok(None),
        "tcp" => Ok(Some(TCP)),
        "udp" => Ok(Some(UDP)),
        "icmp" => Ok(Some(ICMP)),
        "icmpv6" => Ok(Some(ICMPV6)),
        number => number.parse().map(Some).map_err(|_| format!("`{text}` is no protocol").into()),
    }
}

fn span(first: i64, last: i64) -> Span<u16> {
    if first < 0 {
        return PORTS;
    }
    let port = |number: i64| u16::try_from(number).unwrap_or(u16::MAX);
    Span { first: port(first), last: if last < 0 { u16::MAX } else { port(last) } }
}

/// What a security group's rule is about. Only TCP, UDP and ICMP look at ports.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>
fn group_headers(name: &str, ports: &dyn Fn() -> Fact<(i64, i64)>) -> Fact<Block> {
    let Some(protocol) = protocol(name)? else { return Ok(Block::ALL) };
    let all = Block::of_protocol(protocol);
    match protocol {
        TCP | UDP => {
            let (first, last) = ports()?;
            Ok(Block { destination: span(first, last), ..all })
        }
        ICMP | ICMPV6 => {
            let (kind, code) = ports()?;
            Ok(icmp(all, kind, code))
        }
        _ => Ok(all),
    }
}

fn icmp(all: Block, kind: i64, code: i64) -> Block {
    let one = |number: i64| if number < 0 { PORTS } else { span(number, number) };
    Block { source: one(kind), destination: if kind < 0 { PORTS } else { one(code) }, ..all }
}

/// The network ACLs, by `resource`, and by the `resource` of each network its default one.
pub(super) fn network_acls(inventory: &Inventory) -> BTreeMap<ResourceKey, Arc<NetworkAcl>> {
    let [mut ingress, mut egress] = [Declared::default(), Declared::default()];
    for view in views(inventory, "aws_vpc_network_acl_entry") {
        let entry = acl_entry(view);
        let owner = view.reference("network_acl_id");
        let doubtful = |entry: AclEntry, missing: Missing| AclEntry { doubt: Some(missing), ..entry };
        match view.boolean("is_egress") {
            Ok(true) => egress.add(owner, entry, doubtful),
            Ok(false) => ingress.add(owner, entry, doubtful),
            Err(missing) => {
                let entry = AclEntry { doubt: Some(missing), ..entry };
                ingress.add(owner.clone(), entry.clone(), doubtful);
                egress.add(owner, entry, doubtful);
            }
        }
    }
    let sorted = |entries: &Declared<AclEntry>, owners: &[&Arc<str>]| {
        let mut own = entries.of(owners);
        own.sort_by_key(|entry| entry.number.clone().unwrap_or(i64::MIN));
        own
    };
    let mut acls = BTreeMap::new();
    for view in views(inventory, "aws_vpc_network_acl") {
        let name = view.name("network_acl_id");
        let is_default = view.boolean("is_default") == Ok(true);
        let vpc = view.set("vpc_id").or_else(|| view.set("default_network_acl_id")).filter(|_| is_default);
        let owners: Vec<&Arc<str>> = [Some(&name.resource), vpc.as_ref()].into_iter().flatten().collect();
        let acl =
            NetworkAcl { ingress: sorted(&ingress, &owners), egress: sorted(&egress, &owners), name: name.clone() };
        let acl = Arc::new(acl);
        if let Some(vpc) = vpc {
            acls.insert(vpc, acl.clone());
        }
        acls.insert(name.resource, acl);
    }
    for view in views(inventory, "aws_vpc").filter(|view| !view.is_live()) {
        let vpc = &view.row.resource;
        let short = format!("default network ACL of {}", view.name("vpc_id").short).into();
        let with_default = |entries: &Declared<AclEntry>| {
            let mut own = sorted(entries, &[vpc]);
            own.extend(let_everything_pass(vpc));
            own.sort_by_key(|entry| entry.number.clone().unwrap_or(i64::MIN));
            own
        };
        acls.entry(vpc.clone()).or_insert_with(|| {
            let name = Name { resource: vpc.clone(), short };
            Arc::new(NetworkAcl { name, ingress: with_default(&ingress), egress: with_default(&egress) })
        });
    }
    acls
}

/// The entries with which AWS makes a network's default ACL.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html>
fn let_everything_pass(vpc: &ResourceKey) -> Vec<AclEntry> {
    let entry = |(text, number): (&str, i64)| {
        let peer = range(text).ok_or_else(|| no_range(text));
        AclEntry {
            resource: vpc.clone(),
            number: Ok(number),
            allows: Ok(true),
            peer,
            headers: Ok(Block::ALL),
            doubt: None,
        }
    };
    [("0.0.0.0/0", 100), ("::/0", 101)].map(entry).to_vec()
}

fn acl_entry(view: View<'_>) -> AclEntry {
    let peer = |column: &str| -> Fact<Option<IpNet>> {
        match view.text(column)? {
            text if text.is_empty() => Ok(None),
            text => range(&text).map(Some).ok_or_else(|| no_range(&text)),
        }
    };
    let peer = match (peer("cidr_block"), peer("ipv6_cidr_block")) {
        (Ok(Some(range)), _) | (_, Ok(Some(range))) => Ok(range),
        (Err(missing), _) | (_, Err(missing)) => Err(missing),
        (Ok(None), Ok(None)) => Err(format!("`{}` names no range", view.row.resource).into()),
    };
    AclEntry {
        resource: view.row.resource.clone(),
        number: view.integer("rule_number"),
        allows: view.text("rule_action").and_then(|action| match action.as_ref() {
            "allow" => Ok(true),
            "deny" => Ok(false),
            other => Err(format!("`{other}` is neither allow nor deny").into()),
        }),
        peer,
        headers: view.text("protocol").and_then(|protocol| acl_headers(view, &protocol)),
        doubt: view.doubt(),
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html>
fn acl_headers(view: View<'_>, name: &str) -> Fact<Block> {
    let Some(protocol) = protocol(name)? else { return Ok(Block::ALL) };
    let all = Block::of_protocol(protocol);
    match protocol {
        TCP | UDP => Ok(Block { destination: span(view.integer("from_port")?, view.integer("to_port")?), ..all }),
        ICMP | ICMPV6 => Ok(icmp(all, view.integer("icmp_type")?, view.integer("icmp_code")?)),
        _ => Ok(all),
    }
}
