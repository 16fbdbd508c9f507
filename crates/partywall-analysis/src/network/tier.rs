//! What a subnet's routes make of it.

use super::model::{Fact, Network, Route, Subnet, Target};

/// What a subnet's routes make of it.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// A route leads to an internet gateway.
    Public,
    /// Routes lead out, none of them to an internet gateway.
    Private,
    /// No route leads out of the network, but to services with a gateway endpoint.
    Isolated,
}

impl Tier {
    /// `public`, `private` or `isolated`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Isolated => "isolated",
        }
    }
}

/// The tier of a subnet.
///
/// # Errors
/// When a route that decides is not known.
pub fn tier(network: &Network, subnet: &Subnet) -> Fact<Tier> {
    let table = subnet.routes.as_ref().map_err(Clone::clone)?;
    let live = || table.routes.iter().filter(|route| !route.is_blackhole);
    let is_public = |route: &&Route| match &route.target {
        Ok(Target::InternetGateway(name)) => network.find(&network.internet_gateways, name).is_ok(),
        _ => false,
    };
    if live().any(|route| is_public(&route) && route.doubt.is_none()) {
        return Ok(Tier::Public);
    }
    if let Some(missing) = &table.more_routes {
        return Err(missing.clone());
    }
    for route in live() {
        match (&route.target, &route.doubt) {
            (Err(missing), _) | (Ok(_), Some(missing)) => return Err(missing.clone()),
            // A gateway that is out of sight may be there all the same.
            (Ok(Target::InternetGateway(name)), None) => drop(network.find(&network.internet_gateways, name)?),
            _ => {}
        }
    }
    let leads_out = |route: &Route| !matches!(route.target, Ok(Target::GatewayEndpoint(_) | Target::Local));
    Ok(if live().any(leads_out) { Tier::Private } else { Tier::Isolated })
}
