//! Whether rules decide everything that another is about.

use ipnet::IpNet;
use partywall_model::ResourceKey;

use crate::network::headers::{Block, Headers};
use crate::network::model::{Destination, Fact, Missing, Network, Peer, PrefixList, Route};

/// Whether the other side of one rule is all of another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Covers {
    /// It is not.
    No,
    /// It may be.
    Maybe,
    /// It is.
    Yes,
}

impl Covers {
    pub(super) fn at_most_maybe(self) -> Self {
        if self == Self::Yes { Self::Maybe } else { self }
    }
}

/// Whether all that `inner` means is also meant by `outer`; `has_v6` when some address may be of IPv6.
pub(super) fn peer_covers(network: &Network, has_v6: bool, outer: &Fact<Peer>, inner: &Fact<Peer>) -> Covers {
    let (Ok(outer), Ok(inner)) = (outer, inner) else { return Covers::Maybe };
    let yes = |truth: bool| if truth { Covers::Yes } else { Covers::No };
    match (outer, inner) {
        (Peer::Range(outer), Peer::Range(inner)) => yes(outer.contains(inner)),
        (Peer::Group(outer), Peer::Group(inner)) => yes(network.is_same(outer, inner)),
        // Members are known by their private addresses, of which those of IPv4 are in the range of all.
        (Peer::Range(outer), Peer::Group(_)) if outer.prefix_len() == 0 => {
            if has_v6 {
                Covers::No
            } else {
                yes(matches!(outer, IpNet::V4(_)))
            }
        }
        (Peer::Range(outer), Peer::List(inner)) => in_range(*outer, inner),
        (Peer::List(outer), Peer::Range(inner)) => match &outer.ranges {
            Ok(ranges) => yes(ranges.iter().any(|range| range.contains(inner))),
            Err(_) => Covers::Maybe,
        },
        (Peer::List(outer), Peer::List(inner)) if outer.name == inner.name => Covers::Yes,
        (Peer::List(_), Peer::List(_)) => Covers::Maybe,
        (Peer::Range(_) | Peer::List(_), Peer::Group(_)) | (Peer::Group(_), _) => Covers::No,
    }
}

fn in_range(outer: IpNet, inner: &PrefixList) -> Covers {
    match &inner.ranges {
        Ok(ranges) if ranges.iter().all(|range| outer.contains(range)) => Covers::Yes,
        Ok(_) => Covers::No,
        Err(_) if outer.prefix_len() == 0 => Covers::Maybe,
        Err(_) => Covers::Maybe,
    }
}

/// Whether others decide all headers of a rule, and which do.
pub(super) fn shadow<'r>(
    own: &Fact<Block>,
    others: impl Iterator<Item = (ResourceKey, Covers, &'r Fact<Block>, &'r Option<Missing>)>,
) -> (Fact<bool>, Vec<ResourceKey>) {
    let block = own.clone().unwrap_or(Block::ALL);
    let (mut left, mut best) = (Headers::from(block), Headers::from(block));
    let mut by = Vec::new();
    let mut missing: Option<Missing> = None;
    for (resource, covers, headers, doubt) in others.filter(|(_, covers, ..)| *covers != Covers::No) {
        match (headers, doubt, covers) {
            (Ok(headers), None, Covers::Yes) => {
                if !left.meet_block(*headers).is_empty() {
                    by.push(resource);
                }
                left = left.without_block(*headers);
                best = best.without_block(*headers);
            }
            _ => {
                best = best.without_block(headers.clone().unwrap_or(Block::ALL));
                let unknown = || format!("whether `{resource}` is about all of it is not known").into();
                missing.get_or_insert_with(|| headers.clone().err().or(doubt.clone()).unwrap_or_else(unknown));
            }
        }
    }
    match (left.is_empty(), missing, own) {
        // What covers everything covers also what is not known.
        (true, _, _) => (Ok(true), by),
        (false, Some(missing), _) if best.is_empty() => (Err(missing), Vec::new()),
        (false, _, Err(missing)) if !by.is_empty() => (Err(missing.clone()), Vec::new()),
        _ => (Ok(false), Vec::new()),
    }
}

/// Whether longer routes take all of a route's range, or a static one of the same length does.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>
pub(super) fn ranges_cover<'r>(
    own: IpNet,
    is_propagated: bool,
    others: impl Iterator<Item = &'r Route>,
    more: Option<&Missing>,
) -> (Fact<bool>, Vec<ResourceKey>) {
    let (mut inner, mut may_be, mut by) = (Vec::new(), Vec::new(), Vec::new());
    let mut missing = more.cloned();
    for route in others {
        let ranges: Vec<IpNet> = match &route.destination {
            Ok(Destination::Range(range)) => vec![*range],
            Ok(Destination::List(list)) => list.ranges.clone().unwrap_or_default(),
            Err(unknown) => {
                missing.get_or_insert_with(|| unknown.clone());
                may_be.push(own);
                continue;
            }
        };
        let wins = |range: &IpNet| {
            own.contains(range)
                && (range.prefix_len() > own.prefix_len() || (*range == own && is_propagated && !route.is_propagated))
        };
        let ranges: Vec<IpNet> = ranges.into_iter().filter(wins).collect();
        if ranges.is_empty() {
            continue;
        }
        match &route.doubt {
            None => {
                by.push(route.resource.clone());
                inner.extend(&ranges);
            }
            Some(unknown) => drop(missing.get_or_insert_with(|| unknown.clone())),
        }
        may_be.extend(ranges);
    }
    let takes_all = |ranges: &Vec<IpNet>| IpNet::aggregate(ranges).iter().any(|range| range.contains(&own));
    match missing {
        _ if takes_all(&inner) => (Ok(true), by),
        Some(missing) if more.is_some() || takes_all(&may_be) => (Err(missing), Vec::new()),
        _ => (Ok(false), Vec::new()),
    }
}
