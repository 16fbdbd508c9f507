//! Which route a packet takes.

use std::sync::Arc;

use ipnet::IpNet;

use super::address::{Inside, inside};
use super::model::{
    Destination, Fact, Missing, Name, Network, Route, RouteTable, TransitGateway, TransitRoute, TransitTable, Vpc,
};
use super::passage::longest;

/// Where a table may send a packet: one choice, or several of which it is not known which is right.
#[derive(Debug, Clone)]
pub(super) struct Choices<'n> {
    /// The choices, the best first.
    pub(super) choices: Vec<Choice<'n>>,
    /// What would have to be known, when there are several.
    pub(super) missing: Option<Missing>,
}

/// Where a table sends a packet.
#[derive(Debug, Clone)]
pub(super) enum Choice<'n> {
    /// Into the network itself.
    Local,
    /// Along a route.
    Route(&'n Route),
    /// Nowhere: no route matches.
    Nowhere,
}

/// A route that may match, with what decides between several: the longest range wins; of the same range a static
/// route wins over the network's own, that over a prefix list's, that over an announced one.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>
struct Candidate<'n> {
    length: u8,
    rank: u8,
    choice: Choice<'n>,
    is_certain: bool,
    missing: Option<Missing>,
}

/// The range of which VPCs can have the largest.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
const SHORTEST_VPC_PREFIX: u8 = 16;

/// The route that a table has for an address. `is_within` says that the address is known to be of this network.
pub(super) fn choose<'n>(table: &'n RouteTable, vpc: &'n Vpc, address: IpNet, is_within: bool) -> Choices<'n> {
    let mut candidates: Vec<Candidate<'_>> = table.routes.iter().flat_map(|route| candidates(route, address)).collect();
    let own = vpc.ranges.iter().map(|range| (range.prefix_len(), inside(address, *range)));
    let mut own: Vec<(u8, Inside)> = own.filter(|(_, is_inside)| *is_inside != Inside::No).collect();
    if is_within && !own.iter().any(|(_, is_inside)| *is_inside == Inside::Yes) {
        own.clear();
        own.push((SHORTEST_VPC_PREFIX, Inside::Yes));
    } else if !is_within
        && own.is_empty()
        && let Some(missing) = &vpc.more_ranges
        && !super::address::is_public(address)
    {
        candidates.push(Candidate {
            length: u8::MAX,
            rank: 1,
            choice: Choice::Local,
            is_certain: false,
            missing: Some(missing.clone()),
        });
    }
    candidates.extend(own.into_iter().map(|(length, is_inside)| Candidate {
        length,
        rank: 1,
        choice: Choice::Local,
        is_certain: is_inside == Inside::Yes,
        missing: None,
    }));
    if let Some(missing) = &table.more_routes {
        let missing = Some(missing.clone());
        candidates.push(Candidate { length: u8::MAX, rank: 0, choice: Choice::Nowhere, is_certain: false, missing });
    }
    candidates.sort_by_key(|candidate| (u8::MAX - candidate.length, candidate.rank));
    decide(candidates, address)
}

fn candidates(route: &Route, address: IpNet) -> Vec<Candidate<'_>> {
    let is_list = matches!(route.destination, Ok(Destination::List(_)));
    let rank = if route.is_propagated {
        3
    } else if is_list {
        2
    } else {
        0
    };
    let found = longest(&route.destination, address).into_iter();
    found
        .map(|(length, is_inside, missing)| Candidate {
            length,
            rank,
            choice: Choice::Route(route),
            is_certain: is_inside == Inside::Yes && route.doubt.is_none(),
            missing: missing.or_else(|| route.doubt.clone()),
        })
        .collect()
}

/// The first certain candidate, and those that may come before it or tie with it and lead elsewhere.
fn decide<'n>(candidates: Vec<Candidate<'n>>, address: IpNet) -> Choices<'n> {
    let at = candidates.iter().position(|candidate| candidate.is_certain);
    let best = at.and_then(|at| candidates.get(at));
    let (mut choices, mut missing): (Vec<Choice<'n>>, Option<Missing>) = (Vec::new(), None);
    for (position, candidate) in candidates.iter().enumerate() {
        let may_win = at.is_none_or(|at| position < at);
        let ties = best.is_some_and(|best| {
            candidate.is_certain && best.rank > 1 && (candidate.length, candidate.rank) == (best.length, best.rank)
        });
        let is_new = !choices.iter().any(|known| is_same(known, &candidate.choice));
        if Some(position) == at || ((may_win || ties) && is_new) {
            if Some(position) != at {
                let tie = || {
                    format!("two lists or announcements hold {address} in the same range, and AWS takes either").into()
                };
                missing = missing.or_else(|| Some(if may_win { depends(candidate, address) } else { tie() }));
            }
            choices.push(candidate.choice.clone());
        }
    }
    if best.is_none() {
        choices.push(Choice::Nowhere);
    }
    choices.dedup_by(|next, previous| is_same(next, previous));
    if choices.len() == 1 {
        missing = None;
    }
    Choices { choices, missing }
}

fn is_same(left: &Choice<'_>, right: &Choice<'_>) -> bool {
    match (left, right) {
        (Choice::Local, Choice::Local) | (Choice::Nowhere, Choice::Nowhere) => true,
        (Choice::Route(left), Choice::Route(right)) => {
            left.target.is_ok() && left.target == right.target && left.is_blackhole == right.is_blackhole
        }
        _ => false,
    }
}

fn depends(candidate: &Candidate<'_>, address: IpNet) -> Missing {
    candidate.missing.clone().unwrap_or_else(|| match &candidate.choice {
        Choice::Route(route) => {
            format!("whether `{}` matches {address} depends on the exact address", route.resource).into()
        }
        _ => format!("where {address} is routed depends on the exact address").into(),
    })
}

/// Where a transit gateway sends a packet.
#[derive(Debug, Clone)]
pub(super) enum TransitChoice<'n> {
    /// To the attachments of a route; several share the traffic.
    Attachments(&'n Name, Vec<Fact<Arc<str>>>),
    /// Nowhere, by a blackhole of this table.
    Blackhole(&'n Name),
    /// Nowhere: the table has no route.
    Nowhere(&'n Name),
    /// Nowhere: the attachment is associated with no table.
    Unassociated,
}

/// Where a transit gateway sends what comes from an attachment.
/// <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview>
///
/// # Errors
/// When it depends on something that is not known.
pub(super) fn choose_attachment<'n>(
    network: &'n Network,
    gateway: &'n TransitGateway,
    from: &Name,
    address: IpNet,
) -> Fact<TransitChoice<'n>> {
    if let Some(missing) = &gateway.more {
        return Err(missing.clone());
    }
    let Some(table) = associated(gateway, from)? else { return Ok(TransitChoice::Unassociated) };
    let mut found: Vec<Found<'n>> = Vec::new();
    for route in &table.routes {
        let is_list = matches!(route.destination, Ok(Destination::List(_)));
        let rank = if route.is_propagated {
            2
        } else if is_list {
            1
        } else {
            0
        };
        for (length, is_inside, missing) in longest(&route.destination, address) {
            let is_certain = is_inside == Inside::Yes && route.doubt.is_none();
            let missing = missing.or_else(|| route.doubt.clone());
            found.push((length, rank, is_certain, Some(route), route.attachments.clone(), missing));
        }
    }
    if !table.lists_propagated {
        announced(network, gateway, table, address, &mut found)?;
    }
    found.sort_by_key(|(length, rank, ..)| (u8::MAX - length, *rank));
    let Some((_, _, is_certain, route, attachments, missing)) = found.first() else {
        return Ok(TransitChoice::Nowhere(&table.name));
    };
    if !is_certain {
        let depends = || format!("where `{}` sends {address} depends on the exact address", table.name.short).into();
        return Err(missing.clone().unwrap_or_else(depends));
    }
    match route {
        Some(route) if route.attachments.is_empty() => Ok(TransitChoice::Blackhole(&table.name)),
        _ => Ok(TransitChoice::Attachments(&table.name, attachments.clone())),
    }
}

fn associated<'n>(gateway: &'n TransitGateway, from: &Name) -> Fact<Option<&'n TransitTable>> {
    let is_from = |name: &Arc<str>| *name == from.resource || *name == from.short;
    let own =
        gateway.tables.iter().find(|table| table.associations.iter().any(|name| name.as_ref().is_ok_and(is_from)));
    if let Some(missing) = own.and_then(|table| table.more.as_ref()) {
        return Err(missing.clone());
    }
    let unknown = gateway.tables.iter().flat_map(|table| &table.associations).find_map(|name| name.as_ref().err());
    match (own, unknown) {
        (None, Some(missing)) => Err(missing.clone()),
        (own, _) => Ok(own),
    }
}

/// A route that may match: its length, rank, whether it surely does, itself, its attachments, and what is missing.
type Found<'n> = (u8, u8, bool, Option<&'n TransitRoute>, Vec<Fact<Arc<str>>>, Option<Missing>);

/// Adds what attached networks announce, where the source does not list it.
fn announced<'n>(
    network: &'n Network,
    gateway: &'n TransitGateway,
    table: &'n TransitTable,
    address: IpNet,
    found: &mut Vec<Found<'n>>,
) -> Fact<()> {
    for name in &table.propagations {
        let name = name.as_ref().map_err(Clone::clone)?;
        let is_it = |other: &Name| other.resource == *name || other.short == *name;
        let Some(attachment) = gateway.attachments.iter().find(|attachment| is_it(&attachment.name)) else { continue };
        let super::model::AttachedTo::Vpc { vpc, .. } = &attachment.to else { continue };
        let vpc = network.find(&network.vpcs, vpc.as_ref().map_err(Clone::clone)?)?;
        if matches!(address, IpNet::V6(_)) && attachment.announces_v6 == Ok(false) {
            continue;
        }
        for range in &vpc.ranges {
            match inside(address, *range) {
                Inside::No => {}
                is_inside => {
                    let to = vec![Ok(attachment.name.resource.clone())];
                    found.push((range.prefix_len(), 2, is_inside == Inside::Yes, None, to, None));
                }
            }
        }
        if let Some(missing) = &vpc.more_ranges {
            found.push((SHORTEST_VPC_PREFIX, 2, false, None, Vec::new(), Some(missing.clone())));
        }
    }
    Ok(())
}
