//! What security groups and network ACLs let through.

use std::sync::Arc;

use ipnet::IpNet;

use super::address::{CARRIER, Inside, PRIVATE, inside, same_family};
use super::headers::{Block, Headers};
use super::model::{AclEntry, Destination, Fact, GroupRules, Interface, Missing, Network, Peer, PrefixList};

/// What a filter lets through of the headers that come to it.
#[derive(Debug, Default)]
pub(super) struct Passage {
    /// What surely passes.
    pub(super) certain: Headers,
    /// What passes, or may.
    pub(super) possible: Headers,
    /// What would have to be known of what only may.
    pub(super) missing: Vec<Missing>,
}

/// The other side of a packet, as a security group sees it.
#[derive(Debug, Clone)]
pub(super) struct Other<'n> {
    /// Its address.
    pub(super) address: IpNet,
    /// The interface that has it, where groups may refer to it: by its private address, on a path that keeps
    /// references.
    pub(super) member: Option<&'n Interface>,
    /// Why it is not known whether references are kept.
    pub(super) doubt: Option<Missing>,
}

/// What the groups of an interface let through: everything that a rule of any of them allows.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>
pub(super) fn groups(
    network: &Network,
    own: &Interface,
    is_egress: bool,
    other: &Other<'_>,
    headers: &Headers,
) -> Passage {
    let mut out = Passage::default();
    if own.is_unfiltered {
        return Passage { certain: headers.clone(), possible: headers.clone(), missing: Vec::new() };
    }
    for group in &own.groups {
        let rules = if is_egress { &group.egress } else { &group.ingress };
        add_rules(network, rules, other, headers, &mut out);
    }
    if let Some(missing) = &own.more_groups {
        out.possible = headers.clone();
        out.missing.push(missing.clone());
    }
    out
}

/// What the groups of an interface may let in of packets that come from an address that is not known.
pub(super) fn groups_from_anywhere(own: &Interface, headers: &Headers) -> Passage {
    let is_open = |rules: &GroupRules| rules.more.is_some();
    if own.is_unfiltered || own.more_groups.is_some() || own.groups.iter().any(|group| is_open(&group.ingress)) {
        return Passage { certain: Headers::none(), possible: headers.clone(), missing: Vec::new() };
    }
    let mut out = Passage::default();
    for rule in own.groups.iter().flat_map(|group| &group.ingress.rules) {
        let passes = headers.meet_block(rule.headers.clone().unwrap_or(Block::ALL));
        out.possible = std::mem::take(&mut out.possible).join(&passes);
    }
    out
}

fn add_rules(network: &Network, rules: &GroupRules, other: &Other<'_>, headers: &Headers, out: &mut Passage) {
    for rule in &rules.rules {
        let (is_peer, why) = match &rule.peer {
            Ok(peer) => is_peer(network, peer, other),
            Err(missing) => (Inside::Maybe, Some(missing.clone())),
        };
        if is_peer == Inside::No {
            continue;
        }
        let block = rule.headers.clone().unwrap_or(Block::ALL);
        let passes = headers.meet_block(block);
        if passes.is_empty() {
            continue;
        }
        let doubts = [rule.headers.clone().err(), rule.doubt.clone(), why];
        let is_certain = is_peer == Inside::Yes && doubts.iter().all(Option::is_none);
        for part in passes.blocks() {
            out.possible.add_block(*part);
            if is_certain {
                out.certain.add_block(*part);
            }
        }
        if !is_certain {
            let depends =
                || format!("whether `{}` matches {} depends on the exact address", rule.resource, other.address).into();
            out.missing.push(doubts.into_iter().flatten().next().unwrap_or_else(depends));
        }
    }
    if let Some(missing) = &rules.more {
        out.possible = headers.clone();
        out.missing.push(missing.clone());
    }
}

fn is_peer(network: &Network, peer: &Peer, other: &Other<'_>) -> (Inside, Option<Missing>) {
    match peer {
        Peer::Range(range) => (inside(other.address, *range), None),
        Peer::List(list) => in_list(list, other.address),
        Peer::Group(name) => match other.member {
            None => (Inside::No, None),
            Some(member) => match (is_member(network, member, name), &other.doubt) {
                (Ok(true), None) => (Inside::Yes, None),
                (Ok(true), Some(missing)) | (Err(missing), _) => (Inside::Maybe, Some(missing.clone())),
                (Ok(false), _) => (Inside::No, None),
            },
        },
    }
}

fn is_member<'m>(network: &Network, member: &'m Interface, name: &Arc<str>) -> Result<bool, &'m Missing> {
    let resource = network.resolve(name);
    if member.groups.iter().any(|group| group.name.resource == *resource || group.name.short == *name) {
        return Ok(true);
    }
    match &member.more_groups {
        Some(missing) => Err(missing),
        None => Ok(false),
    }
}

/// Whether the other side of a rule may be an interface, by any of its addresses or its groups.
pub(super) fn may_mean(network: &Network, peer: &Fact<Peer>, interface: &Interface) -> bool {
    let any = |is_inside: &dyn Fn(IpNet) -> Inside| {
        interface.addresses.iter().any(|own| is_inside(own.private) != Inside::No)
    };
    match peer {
        Ok(Peer::Range(range)) => any(&|own| inside(own, *range)),
        Ok(Peer::List(list)) => any(&|own| in_list(list, own).0),
        Ok(Peer::Group(name)) => is_member(network, interface, name) != Ok(false),
        Err(_) => true,
    }
}

/// Whether an address is in a prefix list.
pub(super) fn in_list(list: &PrefixList, address: IpNet) -> (Inside, Option<Missing>) {
    match &list.ranges {
        Ok(ranges) => (ranges.iter().map(|range| inside(address, *range)).fold(Inside::No, Inside::or), None),
        Err(_) if list.is_service && is_private(address) => (Inside::No, None),
        Err(missing) => (Inside::Maybe, Some(missing.clone())),
    }
}

/// Whether an address is of a range for private networks.
fn is_private(address: IpNet) -> bool {
    PRIVATE.iter().chain([&CARRIER]).any(|range| inside(address, *range) == Inside::Yes)
}

/// What a network ACL lets through: the entry of the lowest number that matches decides, and what none matches is
/// dropped. What is not known is taken once as badly and once as well as it can be.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>
pub(super) fn acl(entries: &[AclEntry], other: IpNet, headers: &Headers) -> Passage {
    let mut out = Passage::default();
    let (mut worst, mut best) = (headers.clone(), headers.clone());
    for entry in entries {
        if worst.is_empty() && best.is_empty() {
            break;
        }
        let (matches, why) = match &entry.peer {
            Ok(range) => (inside(other, *range), None),
            Err(missing) => (Inside::Maybe, Some(missing.clone())),
        };
        if matches == Inside::No {
            continue;
        }
        let block = entry.headers.clone().unwrap_or(Block::ALL);
        let doubts = [
            entry.headers.clone().err(),
            entry.doubt.clone(),
            entry.number.clone().err(),
            entry.allows.clone().err(),
            why,
        ];
        let is_certain = matches == Inside::Yes && doubts.iter().all(Option::is_none);
        let (may_allow, may_deny) = (entry.allows != Ok(false), entry.allows != Ok(true));
        if is_certain || may_allow {
            if may_allow {
                out.possible = std::mem::take(&mut out.possible).join(&best.meet_block(block));
            }
            best = best.without_block(block);
        }
        if is_certain || may_deny {
            if is_certain && may_allow {
                out.certain = std::mem::take(&mut out.certain).join(&worst.meet_block(block));
            }
            worst = worst.without_block(block);
        }
        if !is_certain {
            let depends =
                || format!("whether `{}` matches {other} depends on the exact address", entry.resource).into();
            out.missing.push(doubts.into_iter().flatten().next().unwrap_or_else(depends));
        }
    }
    out
}

/// The longest range of a route's destination in which an address lies, or may.
pub(super) fn longest(destination: &Fact<Destination>, address: IpNet) -> Vec<(u8, Inside, Option<Missing>)> {
    match destination {
        Ok(Destination::Range(range)) => {
            let is_inside = inside(address, *range);
            if is_inside == Inside::No { Vec::new() } else { vec![(range.prefix_len(), is_inside, None)] }
        }
        Ok(Destination::List(list)) => match &list.ranges {
            Ok(ranges) => ranges
                .iter()
                .filter(|range| same_family(**range, address))
                .map(|range| (range.prefix_len(), inside(address, *range), None))
                .filter(|(_, is_inside, _)| *is_inside != Inside::No)
                .collect(),
            Err(_) if list.is_service && is_private(address) => Vec::new(),
            Err(missing) => vec![(u8::MAX, Inside::Maybe, Some(missing.clone()))],
        },
        Err(missing) => vec![(u8::MAX, Inside::Maybe, Some(missing.clone()))],
    }
}
