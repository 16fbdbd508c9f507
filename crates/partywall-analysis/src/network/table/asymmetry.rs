//! Packets that arrive while their answers do not.

use std::sync::Arc;

use partywall_model::{Cell, ResourceKey, Row};

use super::exposure::doubts;
use super::ports::{self, Ports};
use super::{Found, endpoint};
use crate::network::flows::{Class, Exchange};
use crate::network::headers::{Block, Headers, PORTS, Span, TCP, UDP};
use crate::network::{Flow, Spot, trace};

/// Answers that do not get back, or may not.
#[derive(Debug)]
pub(super) struct Asymmetry {
    /// The resource that is asked; the one that asks where the internet is asked.
    pub(super) resource: ResourceKey,
    to: Arc<str>,
    from: Arc<str>,
    from_resource: Arc<str>,
    ports: Ports,
    /// TRUE when they surely do not.
    pub(super) is_lost: Option<bool>,
    why: Vec<String>,
}

/// The rows of `network_asymmetry`.
pub(super) fn rows(found: &Found<'_>) -> Vec<Row> {
    found.asymmetries.iter().filter_map(|one| row(found, one)).collect()
}

fn row(found: &Found<'_>, one: &Asymmetry) -> Option<Row> {
    let why: Vec<&str> = one.why.iter().map(String::as_str).collect();
    let is_lost = one.is_lost.map_or_else(|| found.doubts.cell(why.iter().copied()), Cell::Boolean);
    let cells = vec![
        Cell::Text(one.resource.clone()),
        Cell::Text(one.to.clone()),
        Cell::Text(one.from.clone()),
        Cell::Text(one.from_resource.clone()),
        Cell::text(one.ports.protocol.as_str()),
        Cell::Integer(one.ports.from.into()),
        Cell::Integer(one.ports.to.into()),
        is_lost,
        Cell::List(why.into_iter().map(Cell::text).collect()),
    ];
    found.row(&one.resource, cells)
}

/// Every asymmetry between classes, from the internet, and towards it.
pub(super) fn asymmetries(found: &Found<'_>) -> Vec<Asymmetry> {
    let mut out = Vec::new();
    for ((from, to), exchange) in &found.flows.pairs {
        let class = |at: &u32| found.flows.classes.get(*at as usize);
        if let (Some(from), Some(to), true) = (class(from), class(to), may_be_lost(exchange)) {
            between(found, from, to, &mut out);
        }
    }
    // Whoever is behind a load balancer answers to that.
    for exposure in found.exposures.iter().filter(|exposure| exposure.flow.via.is_none()) {
        let Some(resource) = found.resource(&exposure.interface) else { continue };
        let (from, to) = (exposure.range.to_string().into(), exposure.interface.name.resource.clone());
        add(&exposure.flow, &mut out, resource, (from, "".into()), to);
    }
    for class in &found.flows.classes {
        towards_internet(found, class, &mut out);
    }
    out
}

/// Ports that both Linux and Windows take for connections that they open.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports>
const CLIENT_PORTS: Span<u16> = Span { first: 49152, last: 60999 };

/// Whether anything that gets there, or may, is not surely answered.
fn may_be_lost(exchange: &Exchange) -> bool {
    !connections(&exchange.answered).holds(&connections(&exchange.possible))
}

/// What clients ask: only what has ports can be answered.
fn connections(headers: &Headers) -> Headers {
    let of = |protocol| headers.meet_block(Block { source: CLIENT_PORTS, ..Block::of_protocol(protocol) });
    of(TCP).join(&of(UDP))
}

/// What members of a class lose is alike, so that one pair is followed for all.
fn between(found: &Found<'_>, from: &Class, to: &Class, out: &mut Vec<Asymmetry>) {
    let mut flows: Option<Vec<Flow>> = None;
    for target in &to.members {
        let source = from.members.iter().find(|source| source.name != target.name);
        let (Some(source), Some(resource)) = (source, found.resource(target)) else { continue };
        let from = (source.name.resource.clone(), found.resource(source).cloned().unwrap_or_default());
        let flows = flows.get_or_insert_with(|| endpoint::flows_between(found.network, source, target));
        for flow in flows {
            add(flow, out, resource, from.clone(), target.name.resource.clone());
        }
    }
}

fn towards_internet(found: &Found<'_>, class: &Class, out: &mut Vec<Asymmetry>) {
    let Some(first) = class.members.first() else { return };
    let flows = trace(found.network, Spot::Interface(first), Spot::Internet, &Headers::all(), true).unwrap_or_default();
    for flow in flows.iter().filter(|flow| may_be_lost(&Exchange::of(flow))) {
        let to: Arc<str> = flow.range.map(|range| range.to_string()).unwrap_or_default().into();
        for member in &class.members {
            let Some(resource) = found.resource(member) else { continue };
            add(flow, out, resource, (member.name.resource.clone(), resource.clone()), to.clone());
        }
    }
}

fn add(
    flow: &Flow,
    out: &mut Vec<Asymmetry>,
    resource: &ResourceKey,
    (from, from_resource): (Arc<str>, Arc<str>),
    to: Arc<str>,
) {
    let asked = connections(&flow.forward.possible);
    let (answered, maybe) = (asked.answered_by(&flow.reply.certain), asked.answered_by(&flow.reply.possible));
    let lost = connections(&flow.forward.certain).without(&maybe).with_sources(PORTS);
    let unsure = asked.without(&answered).with_sources(PORTS).without(&lost);
    let reasons: Vec<String> = flow.reply.reasons.iter().map(|reason| reason.message.clone()).collect();
    let unknowns: Vec<String> = doubts(flow).into_iter().map(str::to_owned).collect();
    for (headers, is_lost, why) in [(lost, Some(true), reasons), (unsure, None, unknowns)] {
        for ports in ports::of_headers(&headers) {
            out.push(Asymmetry {
                resource: resource.clone(),
                to: to.clone(),
                from: from.clone(),
                from_resource: from_resource.clone(),
                ports,
                is_lost,
                why: why.clone(),
            });
        }
    }
}

/// Whether answers of a resource are lost that somebody waits for: those of TCP.
pub(super) fn loses(asymmetries: &[&Asymmetry]) -> Option<bool> {
    match asymmetries.iter().filter(|one| one.ports.protocol == "tcp").map(|one| one.is_lost).max() {
        Some(Some(true)) => Some(true),
        Some(_) => None,
        None => Some(false),
    }
}

/// What would have to be known of a resource's answers.
pub(super) fn unknowns<'a>(asymmetries: &[&'a Asymmetry]) -> Vec<&'a str> {
    let mut out: Vec<&str> = asymmetries.iter().flat_map(|one| &one.why).map(String::as_str).collect();
    out.sort_unstable();
    out.dedup();
    out
}
