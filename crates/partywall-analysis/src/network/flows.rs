//! Everything that everybody can say to everybody.
//!
//! Interfaces that no rule tells apart form a class, and one of a class speaks for all. Pairs of classes between which
//! the destination's security groups let nothing in, or whose networks nothing joins, are never looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ipnet::IpNet;

use super::address::{Inside, inside, same_family};
use super::headers::Headers;
use super::model::{AttachedTo, Destination, Fact, Interface, Network, Peer, Vpc};
use super::passage::in_list;
use super::trace::{Flow, Spot, trace};
use super::walk::vpc_of;

/// Interfaces that no rule tells apart.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its members, by `resource`.
    pub members: Vec<Arc<Interface>>,
}

/// What one can say to another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Exchange {
    /// What surely gets there.
    pub certain: Headers,
    /// What gets there, or may.
    pub possible: Headers,
    /// What surely gets there, and its answers surely back.
    pub answered: Headers,
    /// What gets there, or may, and its answers as well.
    pub maybe_answered: Headers,
}

impl Exchange {
    /// What a flow amounts to.
    pub fn of(flow: &Flow) -> Self {
        Self {
            answered: flow.forward.certain.answered_by(&flow.reply.certain),
            maybe_answered: flow.forward.possible.answered_by(&flow.reply.possible),
            certain: flow.forward.certain.clone(),
            possible: flow.forward.possible.clone(),
        }
    }

    /// Whether nothing gets there.
    pub fn is_empty(&self) -> bool {
        self.possible.is_empty()
    }

    /// Whether both are the same, however their sets are cut.
    pub fn is_same(&self, other: &Self) -> bool {
        self.certain.is_same(&other.certain)
            && self.possible.is_same(&other.possible)
            && self.answered.is_same(&other.answered)
            && self.maybe_answered.is_same(&other.maybe_answered)
    }
}

/// Everything that everybody can say to everybody by private addresses. What is not listed gets nothing through.
#[derive(Debug, Default)]
pub struct Flows {
    /// The classes.
    pub classes: Vec<Class>,
    /// Exchanges by the positions of two classes, from and to. A class and itself stands for its different members.
    pub pairs: BTreeMap<(u32, u32), Arc<Exchange>>,
}

/// What tells interfaces apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Traits<'n> {
    subnet: Fact<&'n str>,
    groups: Vec<&'n str>,
    is_groups_known: bool,
    is_unfiltered: bool,
    kind: &'n str,
    is_certain: bool,
    /// How the internet may reach it.
    publicity: Vec<Fact<bool>>,
    refuses_internet_v6: bool,
    /// The smallest range that any rule names around its first address of each family, or what is known of the address.
    ranges: Vec<(bool, Option<IpNet>)>,
}

/// Sorts interfaces into classes.
pub fn classes(network: &Network) -> Vec<Class> {
    let named = Named::new(network);
    let mut classes: BTreeMap<Traits<'_>, Vec<Arc<Interface>>> = BTreeMap::new();
    for interface in network.interfaces.values() {
        classes.entry(traits(&named, interface)).or_default().push(interface.clone());
    }
    classes.into_values().map(|members| Class { members }).collect()
}

fn traits<'n>(named: &Named, interface: &'n Interface) -> Traits<'n> {
    let mut groups: Vec<&str> = interface.groups.iter().map(|group| &*group.name.resource).collect();
    groups.sort_unstable();
    Traits {
        subnet: interface.subnet.as_ref().map(|subnet| &*subnet.name.resource).map_err(Clone::clone),
        groups,
        is_groups_known: interface.more_groups.is_none(),
        is_unfiltered: interface.is_unfiltered,
        kind: &interface.kind,
        is_certain: interface.doubt.is_none() && interface.runs == Ok(true),
        publicity: interface
            .addresses
            .iter()
            .map(|address| address.public.clone().map(|public| public.is_some()))
            .take(1)
            .collect(),
        refuses_internet_v6: interface.refuses_internet_v6,
        ranges: first_of_each_family(interface)
            .into_iter()
            .map(|address| (matches!(address, IpNet::V6(_)), named.around(address)))
            .collect(),
    }
}

/// An interface's first address of each family that it has.
fn first_of_each_family(interface: &Interface) -> Vec<IpNet> {
    let mut out: Vec<IpNet> = Vec::with_capacity(2);
    for address in &interface.addresses {
        if !out.iter().any(|known| same_family(*known, address.private)) {
            out.push(address.private);
        }
    }
    out
}

/// The ranges that rules, lists and routes name, with what they cut the address space into.
struct Named {
    /// First address of each piece, and the smallest range around it.
    pieces: Vec<(u128, Option<IpNet>)>,
}

impl Named {
    fn new(network: &Network) -> Self {
        let mut ranges = BTreeSet::new();
        for group in network.groups.values() {
            for peer in group.ingress.rules.iter().chain(&group.egress.rules).filter_map(|rule| rule.peer.as_ref().ok())
            {
                match peer {
                    Peer::Range(range) => drop(ranges.insert(*range)),
                    Peer::List(list) => ranges.extend(list.ranges.iter().flatten()),
                    Peer::Group(_) => {}
                }
            }
        }
        for subnet in network.subnets.values() {
            if let Ok(acl) = &subnet.acl {
                ranges.extend(acl.ingress.iter().chain(&acl.egress).filter_map(|entry| entry.peer.as_ref().ok()));
            }
            let routes = subnet.routes.iter().flat_map(|table| &table.routes).map(|route| &route.destination);
            routes.for_each(|destination| add(destination, &mut ranges));
        }
        for table in network.transit_gateways.values().flat_map(|gateway| &gateway.tables) {
            table.routes.iter().for_each(|route| add(&route.destination, &mut ranges));
        }
        Self { pieces: pieces(&ranges) }
    }

    fn around(&self, address: IpNet) -> Option<IpNet> {
        // Of an address that is not known, all that is known is what tells it apart.
        if address.prefix_len() < address.max_prefix_len() {
            return Some(address);
        }
        let number = number(address.network());
        let after = self.pieces.partition_point(|(first, _)| *first <= number);
        self.pieces.get(after.checked_sub(1)?).and_then(|(_, range)| *range)
    }
}

fn add(destination: &Fact<Destination>, ranges: &mut BTreeSet<IpNet>) {
    match destination {
        Ok(Destination::Range(range)) => drop(ranges.insert(*range)),
        Ok(Destination::List(list)) => ranges.extend(list.ranges.iter().flatten()),
        Err(_) => {}
    }
}

/// Ranges either lie in one another or apart, so that they cut the addresses into pieces with one smallest range each.
fn pieces(ranges: &BTreeSet<IpNet>) -> Vec<(u128, Option<IpNet>)> {
    let mut sorted: Vec<IpNet> = ranges.iter().copied().collect();
    sorted.sort_by_key(|range| (number(range.network()), range.prefix_len()));
    let mut out: Vec<(u128, Option<IpNet>)> = Vec::new();
    let mut open: Vec<IpNet> = Vec::new();
    let close = |open: &mut Vec<IpNet>, before: u128, out: &mut Vec<(u128, Option<IpNet>)>| {
        while let Some(last) = open.last().copied().filter(|last| number(last.broadcast()) < before) {
            open.pop();
            out.push((number(last.broadcast()).saturating_add(1), open.last().copied()));
        }
    };
    for range in sorted {
        close(&mut open, number(range.network()), &mut out);
        out.push((number(range.network()), Some(range)));
        open.push(range);
    }
    close(&mut open, u128::MAX, &mut out);
    // Of pieces that begin at the same address the last one that was written holds.
    out.sort_by_key(|(first, _)| *first);
    let mut last: Vec<(u128, Option<IpNet>)> = Vec::with_capacity(out.len());
    for piece in out {
        match last.last_mut().filter(|previous| previous.0 == piece.0) {
            Some(previous) => *previous = piece,
            None => last.push(piece),
        }
    }
    last
}

/// A number for each address of both families, those of IPv4 as IPv6 maps them.
fn number(address: std::net::IpAddr) -> u128 {
    match address {
        std::net::IpAddr::V4(address) => address.to_ipv6_mapped().into(),
        std::net::IpAddr::V6(address) => address.into(),
    }
}

/// Everything that everybody can say to everybody.
pub fn flows(network: &Network) -> Flows {
    let classes = classes(network);
    let joined = Joined::new(network);
    let all: Vec<u32> = (0u32..).take(classes.len()).collect();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = all.len().div_ceil(threads).max(1);
    let pairs = std::thread::scope(|scope| {
        let work = |targets: &[u32]| pairs_to(network, &classes, &joined, targets);
        let running: Vec<_> = all.chunks(share).map(|targets| scope.spawn(move || work(targets))).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    });
    Flows { classes, pairs }
}

type Pairs = Vec<((u32, u32), Arc<Exchange>)>;

/// What every class can say to some of them.
fn pairs_to(network: &Network, classes: &[Class], joined: &Joined<'_>, targets: &[u32]) -> Pairs {
    let mut out = Pairs::new();
    // Most exchanges are one of few.
    let mut known: std::collections::HashMap<Exchange, Arc<Exchange>> = std::collections::HashMap::new();
    for target in targets {
        let Some(to) = classes.get(*target as usize) else { continue };
        for (from, source) in classes.iter().zip(0u32..) {
            if let Some(exchange) = between(network, joined, from, to, source == *target) {
                let shared = known.entry(exchange).or_insert_with_key(|exchange| Arc::new(exchange.clone()));
                out.push(((source, *target), shared.clone()));
            }
        }
    }
    out
}

/// What members of one class can say to members of another; None when nothing.
fn between(network: &Network, joined: &Joined<'_>, from: &Class, to: &Class, is_same: bool) -> Option<Exchange> {
    let source = from.members.first()?;
    let destination = if is_same { to.members.get(1)? } else { to.members.first()? };
    if !joined.may_reach(source, destination) || !may_enter(network, source, destination) {
        return None;
    }
    Some(exchange(network, source, destination)).filter(|exchange| !exchange.is_empty())
}

/// What one interface can say to another by private addresses of either family.
pub fn exchange(network: &Network, from: &Interface, to: &Interface) -> Exchange {
    let mut out = Exchange::default();
    for address in first_of_each_family(to) {
        if !first_of_each_family(from).iter().any(|own| same_family(*own, address)) {
            continue;
        }
        let spot = Spot::AddressOf(to, address);
        let Ok(flows) = trace(network, Spot::Interface(from), spot, &Headers::all(), false) else { continue };
        for flow in &flows {
            let one = Exchange::of(flow);
            out.certain = out.certain.join(&one.certain);
            out.possible = out.possible.join(&one.possible);
            out.answered = out.answered.join(&one.answered);
            out.maybe_answered = out.maybe_answered.join(&one.maybe_answered);
        }
    }
    out
}

/// Whether any rule of the destination may be about the source.
fn may_enter(network: &Network, from: &Interface, to: &Interface) -> bool {
    if to.is_unfiltered || to.more_groups.is_some() || from.more_groups.is_some() {
        return true;
    }
    let rules = to.groups.iter().flat_map(|group| &group.ingress.rules);
    to.groups.iter().any(|group| group.ingress.more.is_some())
        || rules.map(|rule| &rule.peer).any(|peer| match peer {
            Ok(Peer::Range(range)) => from.addresses.iter().any(|own| inside(own.private, *range) != Inside::No),
            Ok(Peer::List(list)) => from.addresses.iter().any(|own| in_list(list, own.private).0 != Inside::No),
            Ok(Peer::Group(name)) => {
                let resource = network.resolve(name);
                from.groups.iter().any(|group| group.name.resource == *resource || group.name.short == *name)
            }
            Err(_) => true,
        })
}

/// Which networks anything joins.
struct Joined<'n> {
    /// The group of joined networks that each network is in.
    pairs: BTreeSet<(&'n str, &'n str)>,
    /// Networks that share a transit gateway, or gateways that are joined.
    transit: BTreeSet<&'n str>,
}

impl<'n> Joined<'n> {
    fn new(network: &'n Network) -> Self {
        let mut pairs = BTreeSet::new();
        for peering in network.peerings.values() {
            if let [Ok(left), Ok(right)] = &peering.sides {
                let (left, right) = (&**network.resolve(left), &**network.resolve(right));
                pairs.extend([(left, right), (right, left)]);
            }
        }
        let attached = network.transit_gateways.values().flat_map(|gateway| &gateway.attachments);
        let transit = attached.filter_map(|attachment| match &attachment.to {
            AttachedTo::Vpc { vpc: Ok(vpc), .. } => Some(&**network.resolve(vpc)),
            _ => None,
        });
        Self { transit: transit.collect(), pairs }
    }

    /// Whether packets between two interfaces can find a way at all. What is not known may be one.
    fn may_reach(&self, from: &Interface, to: &Interface) -> bool {
        let (Some(from), Some(to)) = (vpc_of(&from.subnet), vpc_of(&to.subnet)) else { return true };
        let (left, right): (&Vpc, &Vpc) = (from, to);
        let names = (&*left.name.resource, &*right.name.resource);
        left.name == right.name
            || self.pairs.contains(&names)
            || (self.transit.contains(names.0) && self.transit.contains(names.1))
    }
}
