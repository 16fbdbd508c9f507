//! Whether packets get from one place to another, and whether the answers get back.

mod regions;
mod services;
mod through;

use std::collections::BTreeSet;
use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::ResourceKey;

use super::address::{Inside, everywhere, inside, is_public, range, same_family};
use super::flows::Exchange;
use super::headers::{Headers, PORTS};
use super::model::{Fact, Interface, Missing, Network};
use super::walk::{End, Hop, Place, Reason, Walk, has_address, vpc_of};
use regions::regions;
use services::to_service;
pub(super) use through::ways_to;

/// Where packets come from or go to.
#[derive(Debug, Clone, Copy)]
pub enum Spot<'n> {
    /// An interface.
    Interface(&'n Interface),
    /// One address of an interface; the public one when `is_public`.
    AddressOf(&'n Interface, IpNet),
    /// An address that is no interface's.
    Address(IpNet),
    /// Any address of the internet.
    Internet,
}

/// The value of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Packets do not get through.
    Denied,
    /// It depends on something that is not known.
    Unknown,
    /// Packets get through.
    Allowed,
}

impl Answer {
    /// `allowed`, `denied` or `unknown`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Unknown => "unknown",
            Self::Allowed => "allowed",
        }
    }
}

/// One direction of a flow.
#[derive(Debug, Clone, Default)]
pub struct Leg {
    /// Headers that surely get through.
    pub certain: Headers,
    /// Headers that get through, or may.
    pub possible: Headers,
    /// What they pass.
    pub path: Vec<Hop>,
    /// Everything that stops some of them: each alone is reason enough.
    pub reasons: Vec<Reason>,
    /// What would have to be known.
    pub unknowns: Vec<Reason>,
}

/// What gets from one place to another, and back. Headers of the answers are those of the answers themselves.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    /// There.
    pub forward: Leg,
    /// Back.
    pub reply: Leg,
    /// Where one end is the internet: the range of it that this is about.
    pub range: Option<IpNet>,
    /// The load balancer through which it goes, by `resource`, if it goes through one.
    pub via: Option<ResourceKey>,
}

impl Flow {
    /// What of it is about some headers.
    fn within(mut self, headers: &Headers) -> Self {
        let answers = headers.reversed();
        for (leg, headers) in [(&mut self.forward, headers), (&mut self.reply, &answers)] {
            leg.certain = leg.certain.meet(headers);
            leg.possible = leg.possible.meet(headers);
        }
        self
    }

    /// Whether these headers get there.
    pub fn forward_answer(&self, headers: &Headers) -> Answer {
        answer(headers, &self.forward.certain, &self.forward.possible)
    }

    /// Whether what these headers ask for is answered. What does not get there has no answer.
    pub fn reply_answer(&self, headers: &Headers) -> Answer {
        let forward = self.forward_answer(headers);
        let asked = match forward {
            Answer::Denied => return Answer::Denied,
            Answer::Allowed => settled(headers, &self.forward.certain),
            Answer::Unknown => self.forward.possible.meet(headers),
        };
        let asked = asked.reversed();
        answer_to(&asked, &self.reply.certain, &self.reply.possible).min(forward)
    }
}

/// Headers of which every source port is among those that get through: a client may choose any.
fn settled(headers: &Headers, certain: &Headers) -> Headers {
    headers.without(&headers.without(certain).with_sources(PORTS))
}

fn answer(headers: &Headers, certain: &Headers, possible: &Headers) -> Answer {
    if !settled(headers, certain).is_empty() {
        Answer::Allowed
    } else if headers.meet(possible).is_empty() {
        Answer::Denied
    } else {
        Answer::Unknown
    }
}

/// As `answer`, for headers of which the destination port is the client's.
fn answer_to(headers: &Headers, certain: &Headers, possible: &Headers) -> Answer {
    let lost = headers.without(certain).with_destinations(PORTS);
    if !headers.without(&lost).is_empty() {
        Answer::Allowed
    } else if headers.meet(possible).is_empty() {
        Answer::Denied
    } else {
        Answer::Unknown
    }
}

/// The place that a name means: an interface's or instance's id, address or `resource`, `internet`, or an address.
///
/// # Errors
/// When nothing is called so, or several things are.
pub fn spot<'n>(network: &'n Network, name: &str, near: Option<&Interface>) -> Fact<Spot<'n>> {
    if name.eq_ignore_ascii_case("internet") {
        return Ok(Spot::Internet);
    }
    if let Some(address) = range(name) {
        return spot_at(network, address, near);
    }
    let key: Arc<str> = name.into();
    let resource = network.resolve(&key);
    if let Some(interface) = network.interfaces.get(resource) {
        return Ok(Spot::Interface(interface));
    }
    let is_owner = |interface: &&Arc<Interface>| {
        *interface.owner.resource == *name || *interface.owner.short == *name || interface.owner.resource == *resource
    };
    let first = network.interfaces.values().find(is_owner);
    first.map(|interface| Spot::Interface(interface)).ok_or_else(|| {
        let why = network.unseen.get("aws_ec2_network_interface");
        why.cloned().unwrap_or_else(|| format!("`{name}` is no interface, instance or address in this source").into())
    })
}

fn spot_at<'n>(network: &'n Network, address: IpNet, near: Option<&Interface>) -> Fact<Spot<'n>> {
    let is_at = |interface: &&Arc<Interface>| {
        interface.addresses.iter().any(|own| own.private == address || own.public == Ok(Some(address)))
    };
    let mut found: Vec<&Arc<Interface>> = network.interfaces.values().filter(is_at).collect();
    if found.len() > 1
        && let Some(vpc) = near.and_then(|near| vpc_of(&near.subnet))
    {
        let is_near = |interface: &&Arc<Interface>| vpc_of(&interface.subnet).is_some_and(|own| own.name == vpc.name);
        if found.iter().any(is_near) {
            found.retain(is_near);
        }
    }
    match found.as_slice() {
        [] => match network
            .interfaces
            .values()
            .find(|interface| interface.delegated.iter().any(|range| range.contains(&address)))
        {
            Some(interface) => Ok(Spot::AddressOf(interface, address)),
            None => Ok(Spot::Address(address)),
        },
        [one] => Ok(Spot::AddressOf(one, address)),
        [one, other, ..] => {
            Err(format!("`{address}` is an address of `{}` and of `{}`", one.name.short, other.name.short).into())
        }
    }
}

/// What of some headers gets from one place to another, and back. Where one place is the internet there is one flow for
/// each range of it that rules tell apart, the widest first.
///
/// # Errors
/// When it cannot be told where packets would start.
pub fn trace<'n>(
    network: &'n Network,
    from: Spot<'n>,
    to: Spot<'n>,
    headers: &Headers,
    explains: bool,
) -> Fact<Vec<Flow>> {
    let mut flows = direct(network, from, to, headers, explains)?;
    // Whoever is behind a load balancer is reached through it, unless one of its addresses is asked for.
    if let Spot::Interface(target) = to {
        for flow in through::ways_to(network, from, target, explains) {
            flows.push(flow.within(headers));
        }
    }
    if explains && let Spot::Interface(node) | Spot::AddressOf(node, _) = to {
        for flow in &mut flows {
            through::go_on(network, node, flow, headers);
        }
    }
    Ok(flows)
}

/// As `trace`, without load balancers.
fn direct<'n>(
    network: &'n Network,
    from: Spot<'n>,
    to: Spot<'n>,
    headers: &Headers,
    explains: bool,
) -> Fact<Vec<Flow>> {
    let like = family(from, to);
    match (from, to) {
        (Spot::Internet, Spot::Internet) => Err("neither end is in a network".into()),
        (Spot::Internet, Spot::Interface(end) | Spot::AddressOf(end, _)) => Ok(regions(network, &[end], like)
            .into_iter()
            .map(|(address, range)| Flow {
                range: Some(range),
                ..from_outside(network, address, to, like, headers, explains)
            })
            .collect()),
        (Spot::Interface(end) | Spot::AddressOf(end, _), Spot::Internet) => Ok(regions(network, &[end], like)
            .into_iter()
            .map(|(address, range)| Flow {
                range: Some(range),
                ..one(network, from, Spot::Address(address), like, headers, explains)
            })
            .collect()),
        (Spot::Address(address), _) if is_public(address) => {
            Ok(vec![from_outside(network, address, to, like, headers, explains)])
        }
        (Spot::Address(address), _) => from_elsewhere(network, address, to, like, headers, explains),
        (_, Spot::Address(address)) if matches!(from, Spot::Internet) => {
            Err(format!("`{address}` is no address of an interface in this source").into())
        }
        _ => Ok(vec![one(network, from, to, like, headers, explains)]),
    }
}

/// An address of the family that both ends have.
fn family(from: Spot<'_>, to: Spot<'_>) -> IpNet {
    let v4 = everywhere(IpNet::V4(ipnet::Ipv4Net::default()));
    for spot in [to, from] {
        if let Spot::AddressOf(_, address) | Spot::Address(address) = spot {
            return everywhere(address);
        }
    }
    let has_v4 = |spot: Spot<'_>| match spot {
        Spot::Interface(interface) => interface.addresses.iter().any(|own| same_family(own.private, v4)),
        _ => true,
    };
    if has_v4(from) && has_v4(to) { v4 } else { everywhere(IpNet::V6(ipnet::Ipv6Net::default())) }
}

/// The end at an interface: its first address of the family, or the one that is asked for.
fn end<'n>(spot: Spot<'n>, like: IpNet, wants_public: bool) -> Option<End<'n>> {
    match spot {
        Spot::Interface(interface) => {
            let own = interface.addresses.iter().find(|own| same_family(own.private, like))?;
            let public = own.public.clone().ok().flatten().filter(|public| wants_public && same_family(*public, like));
            Some(End {
                address: public.unwrap_or(own.private),
                place: Place::Interface(interface),
                keeps_groups: Ok(public.is_none()),
            })
        }
        Spot::AddressOf(interface, address) => {
            let is_private = has_address(interface, address);
            Some(End { address, place: Place::Interface(interface), keeps_groups: Ok(is_private) })
        }
        Spot::Address(address) => Some(End { address, place: Place::Outside, keeps_groups: Ok(false) }),
        Spot::Internet => None,
    }
}

fn one<'n>(network: &'n Network, from: Spot<'n>, to: Spot<'n>, like: IpNet, headers: &Headers, explains: bool) -> Flow {
    let (Spot::Interface(interface) | Spot::AddressOf(interface, _)) = from else { return Flow::default() };
    // Whoever asks by its public address is known inside by the private one.
    let source = match end(from, like, false) {
        Some(end) if end.keeps_groups == Ok(true) => Some(end),
        Some(end) => interface.addresses.iter().find(|own| own.public == Ok(Some(end.address))).map(|own| End {
            address: own.private,
            keeps_groups: Ok(true),
            ..end
        }),
        None => None,
    };
    let (Some(source), Some(destination)) = (source, end(to, like, false)) else {
        return nowhere(&interface.name.resource, "no address of this family");
    };
    if let Some(flow) = to_service(interface, destination.address, headers) {
        return flow;
    }
    let mut walk = Walk::new(network, source, destination, headers.clone(), explains);
    walk.depart(interface);
    finish(&walk, headers)
}

/// What one interface can say to a private address of another.
pub(super) fn exchange_at(network: &Network, from: &Interface, to: &Interface, address: IpNet) -> Exchange {
    let spots = (Spot::Interface(from), Spot::AddressOf(to, address));
    Exchange::of(&one(network, spots.0, spots.1, everywhere(address), &Headers::all(), false))
}

/// The walk of everything from an interface to another's address, and its answer, without the security groups of both;
/// None when it is not that alone that decides. Notes what decided about it.
pub(super) fn plain_walk<'n>(
    network: &'n Network,
    from: &'n Interface,
    to: Spot<'n>,
    like: IpNet,
    touched: &mut Touched,
) -> Option<(Walk<'n>, Walk<'n>)> {
    if let (Some(names), Ok(subnet)) = (&mut touched.0, &from.subnet) {
        names.insert(subnet.name.resource.clone());
    }
    let (source, destination) = (end(Spot::Interface(from), like, false)?, end(to, like, false)?);
    if to_service(from, destination.address, &Headers::none()).is_some() {
        return None;
    }
    let mut walk = Walk::new(network, source, destination, Headers::all(), false);
    walk.ignores_groups = true;
    walk.depart(from);
    let mut all = Vec::new();
    ways(&walk, &mut all);
    let mut answer = None;
    for way in all {
        touched.note(way);
        let back = way.answer();
        let mut backs = Vec::new();
        ways(&back, &mut backs);
        backs.iter().for_each(|back| touched.note(back));
        answer = Some(back);
    }
    let answer = answer.filter(|answer| answer.is_plain() && walk.is_plain())?;
    Some((walk, answer))
}

fn nowhere(resource: &Arc<str>, why: &str) -> Flow {
    let reason = Reason {
        code: "ENI_ADDRESS_RESTRICTION",
        resource: resource.clone(),
        message: format!("`{resource}` has {why}"),
    };
    Flow { forward: Leg { reasons: vec![reason], ..Leg::default() }, ..Flow::default() }
}

fn from_outside<'n>(
    network: &'n Network,
    address: IpNet,
    to: Spot<'n>,
    like: IpNet,
    headers: &Headers,
    explains: bool,
) -> Flow {
    let source = End { address, place: Place::Outside, keeps_groups: Ok(false) };
    let Some(destination) = end(to, like, true).filter(|end| matches!(end.place, Place::Interface(_))) else {
        return nowhere(&address.to_string().into(), "nobody in this source to talk to");
    };
    let mut walk = Walk::new(network, source, destination, headers.clone(), explains);
    walk.enter_from_internet();
    finish(&walk, headers)
}

/// From an address that is neither an interface's nor the internet's: from behind a VPN, if anything.
fn from_elsewhere<'n>(
    network: &'n Network,
    address: IpNet,
    to: Spot<'n>,
    like: IpNet,
    headers: &Headers,
    explains: bool,
) -> Fact<Vec<Flow>> {
    let (Spot::Interface(interface) | Spot::AddressOf(interface, _)) = to else {
        return Err(format!("`{address}` is no address of an interface in this source").into());
    };
    let own = network
        .interfaces
        .values()
        .find(|interface| interface.addresses.iter().any(|own| inside(own.private, address) == Inside::Maybe));
    let is_inside =
        network.vpcs.values().any(|vpc| vpc.ranges.iter().any(|range| inside(address, *range) == Inside::Yes));
    if let Some(own) = own {
        return Err(format!("the address of `{}` may be {address}", own.name.short).into());
    }
    if is_inside {
        let missing: Missing = format!("no interface with the address {address} is in this source").into();
        return Err(missing);
    }
    let Some(vpc) = vpc_of(&interface.subnet) else { return Err("the network of the destination is not known".into()) };
    let joined =
        network.vpn_gateways.values().find(|gateway| gateway.vpc.as_ref() == Ok(&Some(vpc.name.resource.clone())));
    let Some(_) = joined.filter(|gateway| gateway.has_connection) else {
        return Err(
            format!("nothing in this source tells how packets of {address} come to `{}`", vpc.name.short).into()
        );
    };
    let source = End { address, place: Place::Outside, keeps_groups: Ok(false) };
    let Some(destination) = end(to, like, false) else {
        return Ok(vec![nowhere(&interface.name.resource, "no address of this family")]);
    };
    let mut walk = Walk::new(network, source, destination, headers.clone(), explains);
    walk.enter(vpc);
    Ok(vec![finish(&walk, headers)])
}

/// Names of what decided about packets, where somebody keeps them.
#[derive(Debug, Default)]
pub(super) struct Touched(pub(super) Option<BTreeSet<ResourceKey>>);

impl Touched {
    fn note(&mut self, walk: &Walk<'_>) {
        if let Some(names) = &mut self.0 {
            for name in &walk.touched {
                if !names.contains(*name) {
                    names.insert((*name).into());
                }
            }
        }
    }
}

/// What comes of a walk and of the ways that it may have gone instead: sure is only what all of them let through.
fn finish(walk: &Walk<'_>, headers: &Headers) -> Flow {
    let mut forks = Vec::new();
    ways(walk, &mut forks);
    let mut flow: Option<Flow> = None;
    for way in forks {
        let forward = leg(way, headers);
        let mut backs = Vec::new();
        let answer = way.answer();
        ways(&answer, &mut backs);
        let reply = backs.into_iter().map(|back| leg(back, &headers.reversed())).reduce(either).unwrap_or_default();
        let one = Flow { forward, reply, ..Flow::default() };
        flow = Some(match flow {
            None => one,
            Some(known) => Flow {
                forward: either(known.forward, one.forward),
                reply: either(known.reply, one.reply),
                ..Flow::default()
            },
        });
    }
    flow.unwrap_or_default()
}

/// A walk and all its forks.
fn ways<'w, 'n>(walk: &'w Walk<'n>, out: &mut Vec<&'w Walk<'n>>) {
    out.push(walk);
    walk.forks.iter().for_each(|fork| ways(fork, out));
}

fn leg(walk: &Walk<'_>, headers: &Headers) -> Leg {
    let outcome = walk.outcome(headers);
    Leg {
        path: walk.hops.clone(),
        reasons: distinct(&walk.reasons),
        unknowns: distinct(&walk.unknowns),
        certain: outcome.certain,
        possible: outcome.possible,
    }
}

/// One of two legs, of which it is not known which. The one that lets more through is shown.
fn either(left: Leg, right: Leg) -> Leg {
    let certain = left.certain.meet(&right.certain);
    let possible = left.possible.clone().join(&right.possible);
    let is_same = left.certain.is_same(&right.certain) && left.possible.is_same(&right.possible);
    let (shown, other) = if left.possible.holds(&right.possible) { (left, right) } else { (right, left) };
    let mut unknowns = shown.unknowns;
    if !is_same {
        unknowns.extend(other.unknowns.into_iter().chain(other.reasons));
    }
    Leg { certain, possible, path: shown.path, reasons: shown.reasons, unknowns: distinct(&unknowns) }
}

fn distinct(reasons: &[Reason]) -> Vec<Reason> {
    let mut seen = BTreeSet::new();
    reasons.iter().filter(|reason| seen.insert(*reason)).cloned().collect()
}
