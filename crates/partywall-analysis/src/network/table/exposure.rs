//! What the internet reaches.

use ipnet::IpNet;
use partywall_model::{Cell, Row};

use super::{Found, ports};
use crate::network::exposure::Exposure;
use crate::network::{Flow, Hop, Reason};

/// Prefixes of ranges that no single organization holds: a registry gives nobody more than a /8, or a /16 of IPv6.
const WIDE_V4: u8 = 8;
const WIDE_V6: u8 = 16;

/// The rows of `network_exposure`.
pub(super) fn rows(found: &Found<'_>) -> Vec<Row> {
    found.exposures.iter().flat_map(|exposure| of(found, exposure)).collect()
}

fn of(found: &Found<'_>, exposure: &Exposure) -> Vec<Row> {
    let Some(resource) = found.resource(&exposure.interface) else { return Vec::new() };
    let doubts = doubts(&exposure.flow);
    let stops = exposure.flow.reply.reasons.iter().map(|reason| reason.message.as_str());
    let path = exposure.flow.forward.path.iter().map(hop).collect();
    let path = Cell::List(path);
    ports::of_exchange(&exposure.exchange)
        .into_iter()
        .filter_map(|ports| {
            let why: Vec<&str> = match (ports.is_reached, ports.is_answered) {
                (Some(_), Some(true)) => Vec::new(),
                (Some(_), Some(false)) => stops.clone().collect(),
                _ => doubts.clone(),
            };
            let mut cells = vec![
                Cell::Text(resource.clone()),
                Cell::text(found.table_of(resource)),
                Cell::Text(exposure.interface.name.resource.clone()),
                Cell::text(exposure.range.to_string()),
                Cell::Boolean(is_wide(exposure.range)),
                via(exposure),
            ];
            cells.extend(found.ports(&ports, &doubts));
            cells.extend([path.clone(), Cell::List(why.into_iter().map(Cell::text).collect())]);
            found.row(resource, cells)
        })
        .collect()
}

/// The load balancer on the way; '' for none.
pub(super) fn via(exposure: &Exposure) -> Cell {
    exposure.flow.via.clone().map_or_else(|| Cell::text(""), Cell::Text)
}

/// Whether a range is so much of the internet that whoever may speak from it is anybody.
pub(super) fn is_wide(range: IpNet) -> bool {
    match range {
        IpNet::V4(range) => range.prefix_len() <= WIDE_V4,
        IpNet::V6(range) => range.prefix_len() <= WIDE_V6,
    }
}

/// What would have to be known of a flow.
pub(super) fn doubts(flow: &Flow) -> Vec<&str> {
    let mut doubts: Vec<&str> =
        flow.forward.unknowns.iter().chain(&flow.reply.unknowns).map(|Reason { message, .. }| &**message).collect();
    doubts.sort_unstable();
    doubts.dedup();
    doubts
}

fn hop(hop: &Hop) -> Cell {
    Cell::text(format!("{} {}", hop.kind, hop.resource))
}
