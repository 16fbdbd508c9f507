//! What of a network the internet reaches.

use std::sync::Arc;

use ipnet::IpNet;

use super::flows::{Class, Exchange, classes};
use super::headers::Headers;
use super::model::{Interface, Network};
use super::trace::{Flow, Spot, trace, ways_to};

/// What the internet, or a range of it, can say to an interface.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// The interface.
    pub interface: Arc<Interface>,
    /// The range of the internet.
    pub range: IpNet,
    /// What it can say.
    pub exchange: Arc<Exchange>,
    /// Everything that is known of how.
    pub flow: Arc<Flow>,
}

/// Every interface that something of the internet reaches, or may reach, by interface and range.
pub fn exposures(network: &Network) -> Vec<Exposure> {
    let mut out: Vec<Exposure> = classes(network).iter().flat_map(|class| of_class(network, class)).collect();
    if !network.nodes.is_empty() {
        out.extend(network.interfaces.values().flat_map(|interface| behind(network, interface)));
    }
    out.sort_by(|left, right| {
        (&left.interface.name, left.range.prefix_len(), left.range).cmp(&(
            &right.interface.name,
            right.range.prefix_len(),
            right.range,
        ))
    });
    out
}

fn of_class(network: &Network, class: &Class) -> Vec<Exposure> {
    let Some(first) = class.members.first() else { return Vec::new() };
    let mut out = Vec::new();
    for (flow, exchange) in directly(network, first) {
        let (flow, exchange) = (Arc::new(flow), Arc::new(exchange));
        let Some(range) = flow.range else { continue };
        for interface in &class.members {
            out.push(Exposure { interface: interface.clone(), range, exchange: exchange.clone(), flow: flow.clone() });
        }
    }
    out
}

/// What of the internet reaches an interface through load balancers.
fn behind(network: &Network, interface: &Arc<Interface>) -> Vec<Exposure> {
    let mut out = Vec::new();
    for flow in ways_to(network, Spot::Internet, interface, true) {
        let exchange = Exchange::of(&flow);
        if let Some(range) = flow.range.filter(|_| !exchange.is_empty()) {
            out.push(Exposure {
                interface: interface.clone(),
                range,
                exchange: Arc::new(exchange),
                flow: Arc::new(flow),
            });
        }
    }
    out
}

/// What the internet can say to one interface, by range, over IPv4 and over IPv6, directly and through load balancers.
pub fn reaching(network: &Network, interface: &Interface) -> Vec<(Flow, Exchange)> {
    let mut out = directly(network, interface);
    for flow in ways_to(network, Spot::Internet, interface, true) {
        let exchange = Exchange::of(&flow);
        out.extend((!exchange.is_empty()).then_some((flow, exchange)));
    }
    out
}

fn directly(network: &Network, interface: &Interface) -> Vec<(Flow, Exchange)> {
    let may_be_reached =
        |address: &&super::model::Address| matches!(address.private, IpNet::V6(_)) || address.public != Ok(None);
    let mut spots: Vec<Spot<'_>> = Vec::new();
    for address in interface.addresses.iter().filter(may_be_reached) {
        let is_v6 = matches!(address.private, IpNet::V6(_));
        let known = spots.iter().any(|spot| matches!(spot, Spot::AddressOf(_, IpNet::V6(_))) == is_v6);
        if !known {
            let public = address.public.clone().ok().flatten().filter(|_| !is_v6);
            spots.push(Spot::AddressOf(interface, public.unwrap_or(address.private)));
        }
    }
    let flows =
        spots.into_iter().filter_map(|spot| trace(network, Spot::Internet, spot, &Headers::all(), true).ok()).flatten();
    flows
        .map(|flow| {
            let exchange = Exchange::of(&flow);
            (flow, exchange)
        })
        .filter(|(_, exchange)| !exchange.is_empty())
        .collect()
}
