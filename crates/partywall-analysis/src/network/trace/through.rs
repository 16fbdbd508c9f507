//! Through load balancers to what is behind them: one way to the load balancer, and one from there.

use ipnet::IpNet;
use partywall_model::ResourceKey;

use super::regions::regions;
use super::{Flow, Leg, Spot, direct, distinct, end, family, finish, from_outside, one, settled};
use crate::network::address::same_family;
use crate::network::headers::{Block, EPHEMERAL_PORTS, Headers, PORTS, Span, TCP, UDP};
use crate::network::model::{BalancedTarget, Balancer, Fact, Forward, Interface, Missing, Name, Network, TargetGroup};
use crate::network::walk::{End, Hop, Place, Reason, Walk, vpc_of};

/// A possible way on from a load balancer's node to a target.
struct Onward<'n> {
    balancer: ResourceKey,
    group: Option<&'n Name>,
    /// What the listener takes.
    takes: Headers,
    /// What the target is asked for.
    asks: Headers,
    preserves_client: Fact<bool>,
    /// Whether the load balancer crosses the subnet's border to whoever is in it.
    is_classic: bool,
    /// Why it is not known whether connections go this way.
    doubt: Option<Missing>,
    /// Why no connection goes this way.
    denied: Option<Reason>,
}

/// What reaches an interface through load balancers.
pub(in crate::network) fn ways_to<'n>(
    network: &'n Network,
    from: Spot<'n>,
    target: &'n Interface,
    explains: bool,
) -> Vec<Flow> {
    let mut out = Vec::new();
    if target.balancer.is_some() && !is_target(network, target) {
        return out;
    }
    for (balancer, nodes) in &network.nodes {
        for node in nodes.iter().filter_map(|node| network.interfaces.get(node)) {
            if node.name == target.name || is_it(from, node) {
                continue;
            }
            for onward in onwards(network, balancer, node, target) {
                let flows = flows_to_node(network, from, node, target, &onward.takes, explains);
                let all = flows.into_iter().filter(|(_, flow)| !flow.forward.possible.is_empty());
                out.extend(all.map(|(client, flow)| join(network, node, target, &onward, client, flow, explains)));
            }
        }
    }
    out
}

/// Notes in the way to a load balancer where it goes on to.
pub(super) fn go_on(network: &Network, node: &Interface, flow: &mut Flow, headers: &Headers) {
    let Some(balancer) = node.balancer.as_ref().and_then(|name| network.balancers.get(name)) else { return };
    for Forward { takes, group } in &balancer.forwards {
        if takes.meet(headers).meet(&flow.forward.possible).is_empty() {
            continue;
        }
        match group {
            Ok(group) => {
                flow.forward.path.push(Hop { kind: "target_group", resource: group.name.resource.clone() });
                let interfaces = group.targets.iter().flat_map(|target| &target.interfaces).flatten();
                for interface in interfaces {
                    flow.forward.path.push(Hop { kind: "target", resource: interface.clone() });
                }
            }
            Err(missing) => flow.forward.unknowns.push(Reason {
                code: "UNKNOWN_RESOURCE",
                resource: balancer.name.resource.clone(),
                message: missing.to_string(),
            }),
        }
    }
}

fn is_it(from: Spot<'_>, node: &Interface) -> bool {
    matches!(from, Spot::Interface(own) | Spot::AddressOf(own, _) if own.name == node.name)
}

/// Whether some load balancer has an interface, itself a load balancer's, as its target.
fn is_target(network: &Network, node: &Interface) -> bool {
    let groups = network.balancers.values().flat_map(|balancer| &balancer.forwards).flat_map(|forward| &forward.group);
    let mut names = groups.flat_map(|group| &group.targets).flat_map(|target| &target.interfaces).flatten();
    names.any(|name| *name == node.name.resource)
}

/// The ways on from a node to a target.
fn onwards<'n>(network: &'n Network, name: &ResourceKey, node: &Interface, target: &Interface) -> Vec<Onward<'n>> {
    let unknown = |takes: Headers, missing: Missing| Onward {
        balancer: name.clone(),
        group: None,
        takes,
        asks: Headers::from(Block::of_protocol(TCP)).join(&Block::of_protocol(UDP).into()),
        preserves_client: Err(missing.clone()),
        is_classic: false,
        doubt: Some(missing),
        denied: None,
    };
    // Whoever is in the load balancer's network may be meant where it is not known who is.
    let may_be = target.balancer.is_none()
        && &*target.kind == "interface"
        && vpc_of(&node.subnet).map(|vpc| &vpc.name) == vpc_of(&target.subnet).map(|vpc| &vpc.name);
    let Some(balancer) = network.balancers.get(name) else {
        let missing = || format!("what is behind `{name}` is not in this source").into();
        return may_be.then(|| unknown(Headers::all(), missing())).into_iter().collect();
    };
    let mut out: Vec<Onward<'n>> = Vec::new();
    out.extend(balancer.more.iter().filter(|_| may_be).map(|missing| unknown(Headers::all(), missing.clone())));
    for Forward { takes, group } in &balancer.forwards {
        let group = match group {
            Ok(group) => group,
            Err(missing) => {
                out.extend(may_be.then(|| unknown(takes.clone(), missing.clone())));
                continue;
            }
        };
        out.extend(group.more.iter().filter(|_| may_be).map(|missing| unknown(takes.clone(), missing.clone())));
        for one in &group.targets {
            match &one.interfaces {
                Ok(names) if names.contains(&target.name.resource) => {
                    out.push(to_target(balancer, takes, group, one, node, target));
                }
                Ok(_) => {}
                Err(missing) => out.extend(may_be.then(|| unknown(takes.clone(), missing.clone()))),
            }
        }
    }
    out
}

fn to_target<'n>(
    balancer: &'n Balancer,
    takes: &Headers,
    group: &'n TargetGroup,
    one: &'n BalancedTarget,
    node: &Interface,
    target: &Interface,
) -> Onward<'n> {
    let zone = |interface: &Interface| interface.subnet.clone().and_then(|subnet| subnet.zone.clone());
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
    let crosses = match &group.crosses_zones {
        Ok(Some(own)) => Ok(*own),
        Ok(None) => balancer.crosses_zones.clone(),
        Err(missing) => Err(missing.clone()),
    };
    let is_near = match (zone(node), zone(target)) {
        (Ok(left), Ok(right)) => left.is(&right),
        (Err(missing), _) | (_, Err(missing)) => Err(missing),
    };
    let reason =
        |code: &'static str, name: &Name, message: String| Reason { code, resource: name.resource.clone(), message };
    let denied = match (&crosses, &is_near, &one.is_used) {
        (Ok(false), Ok(false), _) => Some(reason(
            "ELB_NOT_CROSSZONE",
            &balancer.name,
            format!(
                "`{}` does not cross zones, and `{}` is in another than its node",
                balancer.name.short, target.name.short
            ),
        )),
        (_, _, Ok(false)) => Some(reason(
            "TARGET_NOT_IN_USE",
            &group.name,
            format!("`{}` is not healthy in `{}` while others are, or leaves it", target.name.short, group.name.short),
        )),
        _ => None,
    };
    let zones = if is_near == Ok(true) || crosses == Ok(true) { None } else { crosses.err().or_else(|| is_near.err()) };
    let doubts = [zones, one.is_used.clone().err(), one.takes.clone().err()];
    Onward {
        balancer: balancer.name.resource.clone(),
        group: Some(&group.name),
        takes: takes.clone(),
        asks: one.takes.clone().unwrap_or_else(|_| Headers::from(Block::of_protocol(TCP))),
        preserves_client: if balancer.is_network { group.preserves_client.clone() } else { Ok(false) },
        is_classic: balancer.is_classic,
        doubt: doubts.into_iter().flatten().next(),
        denied,
    }
}

/// What comes to a node, with the client's address where that is known.
fn flows_to_node<'n>(
    network: &'n Network,
    from: Spot<'n>,
    node: &'n Interface,
    target: &'n Interface,
    all: &Headers,
    explains: bool,
) -> Vec<(Option<IpNet>, Flow)> {
    let to = Spot::Interface(node);
    let like = family(from, to);
    match from {
        Spot::Internet => regions(network, &[node, target], like)
            .into_iter()
            .map(|(client, range)| {
                let flow = from_outside(network, client, to, like, all, explains);
                (Some(client), Flow { range: Some(range), ..flow })
            })
            .collect(),
        Spot::Interface(own) | Spot::AddressOf(own, _) => {
            let client = own.addresses.iter().map(|own| own.private).find(|own| same_family(*own, like));
            vec![(client, one(network, from, to, like, all, explains))]
        }
        Spot::Address(client) => {
            let flows = direct(network, from, to, all, explains).unwrap_or_default();
            flows.into_iter().map(|flow| (Some(client), flow)).collect()
        }
    }
}

/// Both ways as one.
fn join(
    network: &Network,
    node: &Interface,
    target: &Interface,
    onward: &Onward<'_>,
    client: Option<IpNet>,
    first: Flow,
    explains: bool,
) -> Flow {
    let mut states: Vec<(bool, Flow)> = Vec::new();
    for preserves in [false, true] {
        if onward.preserves_client.as_ref().is_ok_and(|known| *known != preserves) {
            continue;
        }
        states.push((preserves, second(network, node, target, onward, client.filter(|_| preserves), explains)));
    }
    let joined = states.into_iter().map(|(preserves, second)| both(onward, &first, second, preserves));
    let mut flow = joined.reduce(|left, right| Flow {
        forward: super::either(left.forward, right.forward),
        reply: super::either(left.reply, right.reply),
        ..Flow::default()
    });
    let flow = flow.get_or_insert_default();
    flow.range = first.range;
    flow.via = Some(onward.balancer.clone());
    std::mem::take(flow)
}

/// The way from a node to a target: from the client's address when that is kept, else from the node's.
fn second(
    network: &Network,
    node: &Interface,
    target: &Interface,
    onward: &Onward<'_>,
    client: Option<IpNet>,
    explains: bool,
) -> Flow {
    let family_of = |interface: &Interface| interface.addresses.first().map(|own| own.private);
    let Some(like) = family_of(target) else { return Flow::default() };
    let (Some(own), Some(destination)) =
        (end(Spot::Interface(node), like, false), end(Spot::Interface(target), like, false))
    else {
        return Flow::default();
    };
    // Between families the node's own address is used.
    let client = client.filter(|client| same_family(*client, like));
    let ports = if client.is_some() { PORTS } else { EPHEMERAL_PORTS };
    let headers = onward.asks.with_sources(ports);
    let source = End { address: client.unwrap_or(own.address), place: Place::Interface(node), keeps_groups: Ok(true) };
    let mut walk = Walk::new(network, source, destination, headers.clone(), explains);
    walk.is_balanced = true;
    walk.always_crosses = onward.is_classic;
    walk.depart(node);
    finish(&walk, &headers)
}

fn both(onward: &Onward<'_>, first: &Flow, second: Flow, preserves: bool) -> Flow {
    let answered = |certain: bool| {
        let (there, back) = if certain {
            (&first.forward.certain, &first.reply.certain)
        } else {
            (&first.forward.possible, &first.reply.possible)
        };
        there.meet(&onward.takes).answered_by(back)
    };
    let asked = onward.asks.with_sources(if preserves { PORTS } else { EPHEMERAL_PORTS });
    let is_sure = onward.doubt.is_none() && onward.denied.is_none();
    // What goes on after these have come to the node.
    let passed = |came: &Headers, goes: &Headers, certain: bool| {
        if came.is_empty() || onward.denied.is_some() || (certain && !is_sure) {
            return Headers::none();
        }
        if preserves {
            let spans = came.blocks().iter().map(|block| Block { source: block.source, ..Block::ALL });
            return spans.fold(Headers::none(), |all, span| all.join(&goes.meet_block(span)));
        }
        if certain { settled_anywhere(&asked, goes) } else { goes.with_sources(PORTS) }
    };
    let (there, back) = (&second.forward, &second.reply);
    let certain = passed(&first.forward.certain.meet(&onward.takes), &there.certain, true);
    let possible = passed(&first.forward.possible.meet(&onward.takes), &there.possible, false);
    let certain_back = passed(&answered(true), &there.certain.answered_by(&back.certain), true);
    let possible_back = passed(&answered(false), &there.possible.answered_by(&back.possible), false);
    let mut unknowns = [first.forward.unknowns.clone(), there.unknowns.clone()].concat();
    unknowns.extend(onward.doubt.iter().map(|missing| Reason {
        code: "UNKNOWN_RESOURCE",
        resource: onward.balancer.clone(),
        message: missing.to_string(),
    }));
    let mut path = first.forward.path.clone();
    path.push(Hop { kind: "load_balancer", resource: onward.balancer.clone() });
    path.extend(onward.group.map(|group| Hop { kind: "target_group", resource: group.resource.clone() }));
    path.extend(there.path.iter().cloned());
    let reasons =
        [first.forward.reasons.clone(), there.reasons.clone(), onward.denied.iter().cloned().collect()].concat();
    let back_path = [back.path.clone(), first.reply.path.clone()].concat();
    let back_reasons = [back.reasons.clone(), first.reply.reasons.clone()].concat();
    let back_unknowns = [back.unknowns.clone(), first.reply.unknowns.clone()].concat();
    Flow {
        forward: Leg { certain, possible, path, reasons: distinct(&reasons), unknowns: distinct(&unknowns) },
        reply: Leg {
            certain: certain_back.reversed(),
            possible: possible_back.reversed(),
            path: back_path,
            reasons: distinct(&back_reasons),
            unknowns: distinct(&back_unknowns),
        },
        ..Flow::default()
    }
}

/// Headers that pass whatever port the load balancer opens a connection from.
fn settled_anywhere(asked: &Headers, certain: &Headers) -> Headers {
    settled(asked, certain).with_sources(Span { first: 0, last: u16::MAX })
}
