//! Load balancers and where they pass connections on to.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Inventory, ResourceKey};

use super::listeners::{CLASSIC, accepted, at_port, protocols};
use super::view::{Fields, View, views};
use crate::network::address::range;
use crate::network::headers::{Headers, TCP, UDP};
use crate::network::model::{BalancedTarget, Balancer, Fact, Forward, Missing, Network, TargetGroup};
use crate::network::walk::vpc_of;

/// What load balancers are, and whether they open no connections of their own.
const BALANCERS: [(&str, bool); 2] =
    [("aws_ec2_application_load_balancer", false), ("aws_ec2_network_load_balancer", true)];

/// Tables that must be seen to know where connections go.
const NEEDED: [&str; 3] =
    ["aws_ec2_load_balancer_listener", "aws_ec2_load_balancer_listener_rule", "aws_ec2_target_group"];

pub(super) fn balancers(inventory: &Inventory, network: &mut Network) {
    let owners = Owners::new(network);
    for (resource, interface) in &network.interfaces {
        if let Some(balancer) = &interface.balancer {
            network.nodes.entry(balancer.clone()).or_default().push(resource.clone());
        }
    }
    let groups = target_groups(inventory, network, &owners);
    let forwards = forwards(inventory, &groups);
    let mut found = BTreeMap::new();
    for (table, is_network) in BALANCERS {
        for view in views(inventory, table) {
            let name = view.name("name");
            let unseen = NEEDED.iter().find_map(|table| network.unseen.get(table)).filter(|_| view.is_live());
            let mut more = unseen.cloned();
            let mut own = Vec::new();
            for forward in forwards.get(&name.resource).into_iter().flatten() {
                match forward {
                    Ok((takes, group)) => own.push(Forward { takes: takes.clone(), group: group.clone() }),
                    Err(missing) => more = Some(missing.clone()),
                }
            }
            // An Application Load Balancer crosses zones unless a target group says otherwise.
            // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
            let crosses_zones = if is_network { view.boolean("cross_zone_enabled") } else { Ok(true) };
            let balancer =
                Balancer { is_network, is_classic: false, crosses_zones, forwards: own, more, name: name.clone() };
            found.insert(name.resource, Arc::new(balancer));
        }
    }
    for view in views(inventory, CLASSIC) {
        let balancer = classic(inventory, view, network, &owners);
        found.insert(balancer.name.resource.clone(), Arc::new(balancer));
    }
    network.balancers = found;
}

/// Interfaces by the names of what they belong to.
struct Owners(BTreeMap<Arc<str>, Vec<ResourceKey>>);

impl Owners {
    fn new(network: &Network) -> Self {
        let mut out: BTreeMap<Arc<str>, Vec<ResourceKey>> = BTreeMap::new();
        for (resource, interface) in &network.interfaces {
            let balancer = interface.balancer.as_ref();
            let names = [Some(&interface.owner.resource), Some(&interface.owner.short), balancer];
            for name in names.into_iter().flatten() {
                let known = out.entry(name.clone()).or_default();
                if !known.contains(resource) {
                    known.push(resource.clone());
                }
            }
        }
        Self(out)
    }

    /// The first interface of an instance, or all of something else.
    fn of(&self, network: &Network, name: &Arc<str>) -> Fact<Vec<ResourceKey>> {
        let found = self.0.get(name).or_else(|| self.0.get(network.resolve(name)));
        found.cloned().ok_or_else(|| format!("`{name}` has no interface in this source").into())
    }
}

type Groups = BTreeMap<ResourceKey, Arc<TargetGroup>>;

fn target_groups(inventory: &Inventory, network: &Network, owners: &Owners) -> Groups {
    let mut joined: BTreeMap<Arc<str>, Vec<Fact<Vec<ResourceKey>>>> = BTreeMap::new();
    for (table, column) in [("aws_ec2_autoscaling_group", "target_group_arns"), ("aws_ecs_service", "target_groups")] {
        // In a live account the group itself lists those that joined it.
        for view in views(inventory, table).filter(|view| !view.is_live()) {
            for group in view.texts(column).0 {
                joined.entry(group).or_default().push(owners.of(network, &view.row.resource));
            }
        }
    }
    let mut out = Groups::new();
    for view in views(inventory, "aws_ec2_target_group") {
        let mut group = target_group(view, network, owners);
        for interfaces in joined.remove(&view.row.resource).into_iter().flatten() {
            group.targets.push(BalancedTarget { interfaces, takes: takes(view, None), is_used: Ok(true) });
        }
        out.insert(view.row.resource.clone(), Arc::new(group));
    }
    out
}

fn target_group(view: View<'_>, network: &Network, owners: &Owners) -> TargetGroup {
    let (fields, mut more) = view.structs("targets");
    let kind = view.text("target_type");
    let states: Vec<Fact<Arc<str>>> = fields.iter().map(|target| target.text("state")).collect();
    // When none is healthy, all are used.
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health.html
    let fails_open = !states.iter().any(|state| state.as_deref() == Ok("healthy"));
    let mut targets = Vec::new();
    for (target, state) in fields.into_iter().zip(states) {
        let interfaces = match kind.as_deref() {
            Ok("lambda") => Ok(Vec::new()),
            Ok("ip") => target.text("target_id").and_then(|address| at_address(view, network, &address)),
            Ok("instance") => target
                .text("target_id")
                .and_then(|name| owners.of(network, &name).map(|interfaces| interfaces.into_iter().take(1).collect())),
            Ok(_) => target.text("target_id").and_then(|name| owners.of(network, &name)),
            Err(missing) => Err(missing.clone()),
        };
        let is_used = match state {
            // Code does not tell how targets will fare; they are there to be used.
            Err(_) if !view.is_live() => Ok(true),
            state => state.map(|state| match state.as_ref() {
                "healthy" => true,
                "unhealthy" | "unavailable" | "initial" | "" => fails_open,
                _ => false,
            }),
        };
        targets.push(BalancedTarget { interfaces, takes: takes(view, Some(target)), is_used });
    }
    more = more.or_else(|| view.doubt());
    TargetGroup {
        name: view.name("target_group_name"),
        preserves_client: preserves_client(view),
        crosses_zones: view.text("cross_zone").map(|word| match word.as_ref() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }),
        targets,
        more,
    }
}

/// Whether targets of a Network Load Balancer see the client's address.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation>
fn preserves_client(view: View<'_>) -> Fact<bool> {
    let protocol = view.text("protocol")?;
    if protocols(&protocol).contains(&UDP) {
        return Ok(true);
    }
    match view.text("preserve_client_ip")?.as_ref() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Ok(view.text("target_type")?.as_ref() == "instance"),
    }
}

fn takes(view: View<'_>, target: Option<Fields<'_>>) -> Fact<Headers> {
    let own = target.map(|target| target.integer("port")).transpose()?.filter(|port| *port > 0);
    let port = match own {
        Some(port) => port,
        None => view.integer("port")?,
    };
    let protocol = view.text("protocol")?;
    protocols(&protocol).iter().try_fold(Headers::none(), |all, protocol| Ok(all.join(&at_port(*protocol, port)?)))
}

fn at_address(view: View<'_>, network: &Network, text: &Arc<str>) -> Fact<Vec<ResourceKey>> {
    let address = range(text).ok_or_else(|| -> Missing { format!("`{text}` is no address").into() })?;
    let vpc = view.text("vpc_id")?;
    let vpc = network.resolve(&vpc);
    let has_it = |interface: &&Arc<crate::network::model::Interface>| {
        interface.addresses.iter().any(|own| own.private == address)
    };
    let all: Vec<_> = network.interfaces.values().filter(has_it).collect();
    let near = all.iter().find(|one| vpc_of(&one.subnet).is_some_and(|own| own.name.resource == *vpc));
    match (near, all.as_slice()) {
        (Some(one), _) | (None, [one]) => Ok(vec![one.name.resource.clone()]),
        _ => Err(format!("no interface with the address {text} is in this source").into()),
    }
}

/// Where each load balancer's connections go, by its name; or why that is not known.
type Forwards = BTreeMap<Arc<str>, Vec<Fact<(Headers, Fact<Arc<TargetGroup>>)>>>;

fn forwards(inventory: &Inventory, groups: &Groups) -> Forwards {
    let mut out = Forwards::new();
    let rules: Vec<View<'_>> = views(inventory, "aws_ec2_load_balancer_listener_rule").collect();
    for view in views(inventory, "aws_ec2_load_balancer_listener") {
        let Ok(balancer) = view.reference("load_balancer_arn") else { continue };
        let own = out.entry(balancer).or_default();
        let takes = match view.doubt().map_or_else(|| accepted(view), Err) {
            Ok(takes) => takes,
            Err(missing) => {
                own.push(Err(missing));
                continue;
            }
        };
        let is_its = |rule: &&View<'_>| rule.text("listener_arn").is_ok_and(|listener| listener == view.row.resource);
        // What a request says decides between rules, so that every rule may be taken.
        let lists = std::iter::once(view.texts("default_action_target_groups"))
            .chain(rules.iter().filter(is_its).map(|rule| rule.texts("target_groups")));
        for (names, more) in lists {
            own.extend(more.map(Err));
            for name in names.into_iter().filter(|name| !name.is_empty()) {
                let group = groups.get(&name).cloned();
                let group = group.ok_or_else(|| format!("the target group `{name}` is not in this source").into());
                if !own.iter().flatten().any(|(known, other)| *known == takes && *other == group) {
                    own.push(Ok((takes.clone(), group)));
                }
            }
        }
    }
    out
}

/// A load balancer of the first generation, which names its instances itself.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-listener-config.html>
fn classic(inventory: &Inventory, view: View<'_>, network: &Network, owners: &Owners) -> Balancer {
    let (names, mut more) = view.texts("instances");
    let mut all: Vec<Fact<Vec<ResourceKey>>> = names.iter().map(|name| owners.of(network, name)).collect();
    for fleet in views(inventory, "aws_ec2_autoscaling_group").filter(|fleet| !fleet.is_live()) {
        if fleet.texts("load_balancer_names").0.contains(&view.row.resource) {
            all.push(owners.of(network, &fleet.row.resource));
        }
    }
    let (listeners, unknown) = view.structs("listeners");
    more = more.or(unknown).or_else(|| view.doubt());
    let mut forwards = Vec::new();
    for listener in listeners {
        let takes = match listener.integer("load_balancer_port").and_then(|port| at_port(TCP, port)) {
            Ok(takes) => takes,
            Err(missing) => {
                more = Some(missing);
                continue;
            }
        };
        let target = |interfaces: &Fact<Vec<ResourceKey>>| BalancedTarget {
            interfaces: interfaces.clone(),
            takes: listener.integer("instance_port").and_then(|port| at_port(TCP, port)),
            is_used: Ok(true),
        };
        let group = TargetGroup {
            name: view.name("name"),
            preserves_client: Ok(false),
            crosses_zones: Ok(None),
            targets: all.iter().map(target).collect(),
            more: None,
        };
        forwards.push(Forward { takes, group: Ok(Arc::new(group)) });
    }
    let crosses_zones = view.boolean("cross_zone_enabled");
    Balancer { name: view.name("name"), is_network: false, is_classic: true, crosses_zones, forwards, more }
}
