//! Services of the network itself.

use std::sync::Arc;

use ipnet::IpNet;

use super::Flow;
use crate::network::address::{Inside, inside, range};
use crate::network::headers::Headers;
use crate::network::model::Interface;
use crate::network::walk::{Hop, Reason, vpc_of};

/// Services that the hypervisor itself answers for, which neither security groups nor network ACLs filter: the resolver,
/// instance and task metadata, time. Nothing else of these ranges is ever forwarded.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>
pub(super) fn to_service(from: &Interface, address: IpNet, headers: &Headers) -> Option<Flow> {
    const SERVICES: [&str; 8] = [
        "169.254.169.253",
        "169.254.169.254",
        "169.254.169.123",
        "169.254.170.2",
        "fd00:ec2::253",
        "fd00:ec2::254",
        "fd00:ec2::123",
        "fd00:ec2::23",
    ];
    let may_be = match address {
        IpNet::V4(address) => address.addr().is_link_local(),
        IpNet::V6(address) => address.addr().segments().starts_with(&[0xfd00]),
    };
    if !may_be && !is_resolver(from, address) && !may_be_resolver(from, address) {
        return None;
    }
    let is_service = SERVICES.iter().any(|service| range(service) == Some(address)) || is_resolver(from, address);
    let is_reserved = ["169.254.0.0/16", "fd00:ec2::/32"]
        .iter()
        .any(|text| range(text).is_some_and(|range| inside(address, range) == Inside::Yes));
    // Lattice has link-local addresses too, and its own rules.
    let is_lattice = range("169.254.171.0/24").is_some_and(|range| inside(address, range) == Inside::Yes);
    let resource: Arc<str> = address.addr().to_string().into();
    let mut flow = Flow::default();
    if !is_service && !is_reserved && may_be_resolver(from, address) {
        let message = format!("whether {resource} is the resolver of `{}`'s network is not known", from.name.resource);
        flow.forward.possible = headers.clone();
        flow.reply.possible = headers.reversed();
        flow.forward.unknowns = vec![Reason { code: "UNKNOWN_RESOURCE", resource, message }];
        return Some(flow);
    }
    if !is_service && !is_reserved {
        return None;
    }
    if is_service {
        for (leg, headers) in [(&mut flow.forward, headers.clone()), (&mut flow.reply, headers.reversed())] {
            leg.certain.clone_from(&headers);
            leg.possible = headers;
            leg.path = vec![
                Hop { kind: "interface", resource: from.name.resource.clone() },
                Hop { kind: "service", resource: resource.clone() },
            ];
        }
    } else if is_lattice {
        let message = "what Amazon VPC Lattice lets through is not modelled".to_owned();
        flow.forward.possible = headers.clone();
        flow.reply.possible = headers.reversed();
        flow.forward.unknowns = vec![Reason { code: "UNKNOWN_RESOURCE", resource, message }];
    } else {
        let message = format!("{address} is of a range that is never forwarded");
        flow.forward.reasons = vec![Reason { code: "NO_POSSIBLE_DESTINATION", resource, message }];
    }
    Some(flow)
}

/// The resolver is at the third address of a network's first range; in a range that is not known it may be anywhere.
fn is_resolver(from: &Interface, address: IpNet) -> bool {
    let Some(vpc) = vpc_of(&from.subnet) else { return false };
    vpc.ranges.iter().any(|range| match (range, address) {
        (IpNet::V4(range), IpNet::V4(address)) => {
            u32::from(range.network()).checked_add(2) == Some(u32::from(address.addr()))
        }
        _ => false,
    })
}

/// Whether an address may be that of the resolver of a network whose ranges are not all known. Ranges begin at multiples
/// of sixteen addresses.
fn may_be_resolver(from: &Interface, address: IpNet) -> bool {
    let is_open = vpc_of(&from.subnet).is_none_or(|vpc| vpc.more_ranges.is_some());
    is_open && matches!(address, IpNet::V4(address) if u32::from(address.addr()) & 0xF == 2)
}
