//! A packet on its way: from an interface or from outside, hop by hop, to where it was meant for or as far as it gets.
//!
//! Whole sets of headers travel together. A filter that stops some of them is noted and the walk goes on, so that every
//! obstacle of the way is found, not only the first.

mod appliances;
mod filters;
mod firewalls;
mod gateways;
mod packet;
mod transit;
mod translation;

use std::sync::Arc;

use ipnet::IpNet;

use super::address::{Inside, inside, is_public};
use super::headers::{Headers, PORTS, Span};
use super::lookup::{Choice, Choices, choose};
use super::model::{Fact, Interface, Missing, Name, Network, RouteTable, Subnet, Target, Vpc, Zone};
use super::passage::{Other, Passage, groups};
use filters::silent_kind;
use firewalls::Inspection;
pub(super) use packet::{Arrival, End, Exit, Outcome, Place};
use packet::{Frame, Translation};
pub use packet::{Hop, Reason};

/// Steps after which a packet is taken to run in circles: more than the hops that a packet may make.
const STEPS_MAX: u32 = 64;

/// What stands for every peering connection among the names of what decided about a packet.
pub(super) const PEERINGS: &str = "peering connections";

/// What stands for every internet gateway.
pub(super) const INTERNET_GATEWAYS: &str = "internet gateways";

/// What stands for every subnet.
pub(super) const SUBNETS: &str = "subnets";

/// Steps that a fork costs, so that ways that may be taken do not multiply without end.
const FORK_STEPS: u32 = 8;

/// A packet on its way.
#[derive(Debug, Clone)]
pub(super) struct Walk<'n> {
    network: &'n Network,
    /// Whether to say why; else the walk ends where nothing gets through.
    explains: bool,
    is_reply: bool,
    pub(super) source: End<'n>,
    pub(super) destination: End<'n>,
    frames: Vec<Frame>,
    translations: Vec<Translation<'n>>,
    /// What firewalls on the way keep of it.
    inspections: Vec<Inspection<'n>>,
    /// The subnets through which it entered networks whose attachments keep a flow to one zone, by the attachment.
    entrances: Vec<(&'n Name, &'n Arc<Subnet>)>,
    steps: u32,
    /// Names of what decided about it, as they were looked up.
    pub(super) touched: Vec<&'n str>,
    /// Whether security groups are left out, except those of appliances on the way.
    pub(super) ignores_groups: bool,
    /// Whether a load balancer sends it, to which answers come back whatever their address.
    pub(super) is_balanced: bool,
    /// Whether network ACLs are applied within a subnet too.
    pub(super) always_crosses: bool,
    /// Whether the groups of its source decided on the way.
    pub(super) is_entangled: bool,
    /// How it came to where it was meant for, as that one's groups see it.
    pub(super) arrival: Arrival,
    /// Whether it is not known where it went.
    is_lost: bool,
    /// Other ways that it may have gone.
    pub(super) forks: Vec<Walk<'n>>,
    /// The zone that the packet is in, when it is known.
    zone: Option<Zone>,
    pub(super) exit: Option<Exit<'n>>,
    pub(super) hops: Vec<Hop>,
    pub(super) reasons: Vec<Reason>,
    pub(super) unknowns: Vec<Reason>,
}

impl<'n> Walk<'n> {
    /// A packet that somebody sends of their own accord.
    pub(super) fn new(
        network: &'n Network,
        source: End<'n>,
        destination: End<'n>,
        headers: Headers,
        explains: bool,
    ) -> Self {
        Self {
            network,
            explains,
            is_reply: false,
            source,
            destination,
            frames: vec![Frame::new(headers)],
            translations: Vec::new(),
            inspections: Vec::new(),
            entrances: Vec::new(),
            steps: 0,
            touched: Vec::new(),
            ignores_groups: false,
            is_balanced: false,
            always_crosses: false,
            is_entangled: false,
            arrival: Arrival::Never,
            is_lost: false,
            forks: Vec::new(),
            zone: None,
            exit: None,
            hops: Vec::new(),
            reasons: Vec::new(),
            unknowns: Vec::new(),
        }
    }

    /// The answer to a packet that has arrived.
    pub(super) fn answer(&self) -> Self {
        let frame = self.frames.last().map(|frame| frame.headers.reversed()).unwrap_or_default();
        let mut walk = Self::new(self.network, self.destination.clone(), self.source.clone(), frame, self.explains);
        walk.is_reply = true;
        walk.translations.clone_from(&self.translations);
        walk.inspections.clone_from(&self.inspections);
        walk.entrances.clone_from(&self.entrances);
        walk.is_balanced = self.is_balanced;
        walk.always_crosses = self.always_crosses;
        match &self.exit {
            Some(Exit::Interface(interface)) => walk.depart(interface),
            Some(Exit::Internet) => walk.enter_from_internet(),
            Some(Exit::Gateway(vpc)) => walk.deliver(vpc, None),
            None if self.is_lost => walk.lose(),
            None => walk.stop(),
        }
        walk.check_inspections();
        walk
    }

    /// What got through, in the ports that the packet set out with (for answers: that it has to come back with).
    pub(super) fn outcome(&self, original: &Headers) -> Outcome {
        let mut total = Outcome { certain: original.clone(), possible: original.clone() };
        let own = if self.is_reply {
            self.translations.is_empty().then(|| self.frames.len().saturating_sub(1))
        } else {
            Some(0)
        };
        for (position, frame) in self.frames.iter().enumerate() {
            if Some(position) == own {
                total.certain = total.certain.meet(&frame.certain);
                total.possible = total.possible.meet(&frame.possible);
            } else {
                // Any of the translator's ports may be used: what surely passes passes with each of them.
                let lost = self.any_port(&frame.headers.without(&frame.certain));
                total.certain = total.certain.without(&lost);
                total.possible = total.possible.meet(&self.any_port(&frame.possible));
            }
        }
        total
    }

    fn any_port(&self, headers: &Headers) -> Headers {
        if self.is_reply { headers.with_destinations(PORTS) } else { headers.with_sources(PORTS) }
    }

    /// Whether security groups alone are between this and the whole truth: no translator, no choice of ways.
    pub(super) fn is_plain(&self) -> bool {
        self.forks.is_empty() && self.frames.len() == 1 && self.translations.is_empty() && !self.is_entangled
    }

    /// Sets out from an interface.
    pub(super) fn depart(&mut self, from: &'n Interface) {
        self.hop("interface", &from.name);
        self.touch_groups(from);
        self.check_state(from);
        if !self.is_reply
            && let Some(why) = silent_kind(&from.kind)
        {
            self.deny("UNSUPPORTED_COMPONENT", &from.name, || why.to_owned());
        }
        if !self.is_reply && !self.ignores_groups {
            let other = Other { member: self.member_for_egress(from), address: self.destination.address, doubt: None };
            let passage = |headers: &Headers| groups(self.network, from, true, &other, headers);
            let passage = passage(self.headers());
            self.pass_groups(from, "out to", self.destination.address, passage);
        }
        match self.fact(&from.subnet, &from.name) {
            Some(subnet) if !self.is_over() => {
                self.zone = subnet.zone.clone().ok();
                self.leave(subnet);
            }
            _ => {}
        }
    }

    /// The interface at the destination as the source's egress rules see it: groups of the same network, or of one that
    /// is peered within the region.
    pub(super) fn member_for_egress(&mut self, from: &Interface) -> Option<&'n Interface> {
        let Place::Interface(to) = self.destination.place else { return None };
        if self.destination.keeps_groups != Ok(true) {
            return None;
        }
        self.touched.push(PEERINGS);
        let (Ok(own), Ok(other)) = (&from.subnet, &to.subnet) else { return None };
        let (Ok(own), Ok(other)) = (&own.vpc, &other.vpc) else { return None };
        let pair = (own.name.resource.clone(), other.name.resource.clone());
        (own.name == other.name || self.network.peered.contains(&pair)).then_some(to)
    }

    /// Comes into a network through a gateway that is joined to it.
    pub(super) fn enter(&mut self, vpc: &'n Arc<Vpc>) {
        self.deliver(vpc, None);
        if let Some(Exit::Interface(_)) = self.exit {
            self.hop("vpc", &vpc.name);
        }
    }

    /// Leaves a subnet, or stays in it when the destination is there.
    fn leave(&mut self, subnet: &'n Arc<Subnet>) {
        self.touched.push(&subnet.name.resource);
        match self.destination.place {
            Place::Interface(to) if self.is_for(to) && is_in(&to.subnet, subnet) => {
                if self.always_crosses {
                    self.pass_acl(subnet, true);
                }
                return self.arrive(to, self.always_crosses);
            }
            // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
            Place::Interface(to) if self.is_reply && self.is_balanced => {
                self.pass_acl(subnet, true);
                return self.arrive(to, true);
            }
            Place::Nat(nat) if nat.private.contains(&self.destination.address) && is_in(&nat.subnet, subnet) => {
                return self.untranslate(nat, false);
            }
            _ => {}
        }
        self.pass_acl(subnet, true);
        self.route(subnet);
    }

    /// Whether it is meant for an interface by one of its own addresses, or because it answers what that passed on.
    fn is_for(&self, to: &Interface) -> bool {
        has_address(to, self.destination.address) || (self.is_reply && self.is_balanced)
    }

    /// Takes the route that a subnet's table has.
    fn route(&mut self, subnet: &'n Arc<Subnet>) {
        self.touched.push(&subnet.name.resource);
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return self.stop_with("NO_PATH", &subnet.name, || "packets run in circles".to_owned());
        }
        let Some(vpc) = self.fact(&subnet.vpc, &subnet.name) else { return };
        let Some(table) = self.fact(&subnet.routes, &subnet.name) else { return };
        if self.is_over() {
            return;
        }
        self.hop("route_table", &table.name);
        let is_within = self.is_within(vpc);
        let Choices { choices, missing } = choose(table, vpc, self.destination.address, is_within);
        if let Some(missing) = missing.filter(|_| self.explains) {
            let resource = table.name.resource.clone();
            self.unknowns.push(Reason { code: "MORE_SPECIFIC_ROUTE", resource, message: missing.to_string() });
        }
        let mut ways = choices.into_iter();
        let first = ways.next();
        for way in ways {
            self.steps += FORK_STEPS;
            if self.steps > STEPS_MAX {
                return self.wonder("MORE_SPECIFIC_ROUTE", &table.name, &"too many routes may be taken".into());
            }
            let mut fork = Self { forks: Vec::new(), ..self.clone() };
            fork.take(&way, table, vpc, subnet);
            self.forks.push(fork);
        }
        if let Some(first) = first {
            self.take(&first, table, vpc, subnet);
        }
    }

    fn take(&mut self, way: &Choice<'n>, table: &'n RouteTable, vpc: &'n Arc<Vpc>, subnet: &'n Arc<Subnet>) {
        match way {
            Choice::Local => self.deliver(vpc, Some(subnet)),
            Choice::Nowhere => {
                let address = self.destination.address;
                self.stop_with("NO_ROUTE_TO_DESTINATION", &table.name, || {
                    format!("`{}` has no route to {address}", table.name.short)
                });
            }
            Choice::Route(route) if route.is_blackhole => {
                let name = Name { resource: route.resource.clone(), short: table.name.short.clone() };
                self.stop_with("BAD_STATE_ROUTE", &name, || {
                    format!("a route of `{}` leads nowhere: its target is gone", table.name.short)
                });
            }
            Choice::Route(route) => match &route.target {
                Ok(target) => self.follow(target, vpc, subnet),
                Err(missing) => {
                    let name = Name { resource: route.resource.clone(), short: table.name.short.clone() };
                    self.wonder("UNKNOWN_DESTINATION", &name, missing);
                }
            },
        }
    }

    fn follow(&mut self, target: &'n Target, vpc: &'n Arc<Vpc>, subnet: &'n Arc<Subnet>) {
        match target {
            Target::Local => self.deliver(vpc, Some(subnet)),
            Target::InternetGateway(name) => self.through_internet_gateway(name, vpc, subnet),
            Target::EgressOnly(name) => self.through_egress_only(name, vpc, subnet),
            Target::Nat(name) => self.through_nat(name, subnet),
            Target::Peering(name) => self.through_peering(name, vpc),
            Target::TransitGateway(name) => self.through_transit_gateway(name, vpc, subnet),
            Target::GatewayEndpoint(name) => self.through_endpoint(name, vpc),
            Target::VpnGateway(name) => self.through_vpn(name, vpc),
            Target::Interface(name) => self.through_appliance(name, subnet),
            Target::ApplianceEndpoint(name) => self.through_appliance_endpoint(name, Some(subnet)),
            Target::Other(kind, name) => {
                let name = shown(self.network, name);
                self.wonder("UNKNOWN_RESOURCE", &name, &format!("where a {kind} leads is not known").into());
            }
        }
    }

    /// Whether the destination's private address is known to be of this network.
    fn is_within(&self, vpc: &Vpc) -> bool {
        match self.destination.place {
            Place::Interface(to) => {
                has_address(to, self.destination.address)
                    && vpc_of(&to.subnet).is_some_and(|other| other.name == vpc.name)
            }
            Place::Nat(nat) => {
                nat.private.contains(&self.destination.address)
                    && vpc_of(&nat.subnet).is_some_and(|other| other.name == vpc.name)
            }
            Place::Outside => false,
        }
    }

    /// Delivers within a network, from one of its subnets or from one of its gateways.
    fn deliver(&mut self, vpc: &'n Arc<Vpc>, _from: Option<&'n Arc<Subnet>>) {
        match self.destination.place {
            Place::Interface(to) if self.is_within(vpc) => self.arrive(to, true),
            Place::Nat(nat) if self.is_within(vpc) => self.untranslate(nat, true),
            Place::Interface(to) if vpc_of(&to.subnet).is_none() => {
                self.wonder("UNKNOWN_RESOURCE", &to.name, &"the subnet of the destination is not known".into());
            }
            _ => {
                let address = self.destination.address;
                let is_nobody = matches!(self.destination.place, Place::Outside);
                if let Some(missing) = self.network.unseen.get("aws_ec2_network_interface").filter(|_| is_nobody) {
                    return self.wonder("UNKNOWN_DESTINATION", &vpc.name, missing);
                }
                let may_be = self.network.interfaces.values().filter(|_| is_nobody).find(|interface| {
                    vpc_of(&interface.subnet).is_none_or(|other| other.name == vpc.name)
                        && interface
                            .addresses
                            .iter()
                            .any(|own| inside(own.private, address) != Inside::No && own.private != address)
                });
                match may_be {
                    Some(interface) => {
                        let missing = format!("the address of `{}` may be {address}", interface.name.short);
                        self.wonder("UNKNOWN_DESTINATION", &interface.name, &missing.into());
                    }
                    None => self.stop_with("NO_POSSIBLE_DESTINATION", &vpc.name, || {
                        format!("no interface of `{}` that is meant has the address {address}", vpc.name.short)
                    }),
                }
            }
        }
    }

    /// Comes to the interface that it is meant for.
    fn arrive(&mut self, to: &'n Interface, crosses: bool) {
        if crosses {
            let Some(subnet) = self.fact(&to.subnet, &to.name) else { return };
            self.pass_acl(subnet, false);
        }
        if self.is_over() {
            return;
        }
        self.touch_groups(to);
        self.check_state(to);
        if !self.is_reply {
            self.pass_kind(to);
            self.pass_listeners(to);
            self.arrival = Arrival::Unchanged(self.source.keeps_groups.clone(), true);
        }
        if !self.is_reply && !self.ignores_groups {
            let other = self.as_seen();
            let passage = groups(self.network, to, false, &other, self.headers());
            self.pass_groups(to, "in from", self.source.address, passage);
        }
        self.hop("interface", &to.name);
        self.exit = Some(Exit::Interface(to));
    }

    fn headers(&self) -> &Headers {
        const NONE: &Headers = &Headers::none();
        self.frames.last().map_or(NONE, |frame| &frame.headers)
    }

    fn apply(&mut self, passage: Passage, code: &'static str, name: &Name, message: impl Fn(&Headers) -> String) {
        let Some(frame) = self.frames.last_mut() else { return };
        let lost = frame.headers.without(&passage.possible);
        frame.possible = frame.possible.meet(&passage.possible);
        frame.certain = frame.certain.meet(&passage.certain);
        let is_unsure = !passage.possible.without(&passage.certain).is_empty();
        if !self.explains {
            return;
        }
        if !lost.is_empty() {
            self.reasons.push(Reason { code, resource: name.resource.clone(), message: message(&lost) });
        }
        if is_unsure {
            for missing in passage.missing {
                self.unknowns.push(Reason { code, resource: name.resource.clone(), message: missing.to_string() });
            }
        }
    }

    /// Nothing of what is under way passes here; the walk goes on to find further obstacles.
    fn deny(&mut self, code: &'static str, name: &Name, message: impl FnOnce() -> String) {
        if let Some(frame) = self.frames.last_mut() {
            frame.certain = Headers::none();
            frame.possible = Headers::none();
        }
        if self.explains {
            self.reasons.push(Reason { code, resource: name.resource.clone(), message: message() });
        }
    }

    /// Whether anything passes here is not known; the walk goes on.
    fn doubt(&mut self, code: &'static str, name: &Name, missing: &Missing) {
        if let Some(frame) = self.frames.last_mut() {
            frame.certain = Headers::none();
        }
        if self.explains {
            self.unknowns.push(Reason { code, resource: name.resource.clone(), message: missing.to_string() });
        }
    }

    /// Where the way leads, and what is done to packets there, is not known; the walk ends. Whoever they are for still
    /// lets in only what its groups do.
    fn wonder(&mut self, code: &'static str, name: &Name, missing: &Missing) {
        self.doubt(code, name, missing);
        self.pass_destination(None);
        self.lose();
    }

    /// As `wonder`, where packets stay as they are.
    fn wonder_unchanged(&mut self, code: &'static str, name: &Name, missing: &Missing) {
        self.doubt(code, name, missing);
        self.pass_destination(Some(self.source.address));
        self.lose();
    }

    /// Nobody knows where it goes.
    fn lose(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.certain = Headers::none();
        }
        self.is_lost = true;
        self.exit = None;
    }

    /// The way ends here.
    fn stop_with(&mut self, code: &'static str, name: &Name, message: impl FnOnce() -> String) {
        self.deny(code, name, message);
        self.exit = None;
    }

    fn stop(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.certain = Headers::none();
            frame.possible = Headers::none();
        }
    }

    /// Whether nothing gets through any more and nobody asks why.
    fn is_over(&self) -> bool {
        !self.explains && self.frames.last().is_none_or(|frame| frame.possible.is_empty())
    }

    /// What is known; else the walk ends, and it is said what is missing.
    fn fact<T>(&mut self, fact: &'n Fact<T>, of: &Name) -> Option<&'n T> {
        match fact {
            Ok(value) => Some(value),
            Err(missing) => {
                self.wonder("UNKNOWN_RESOURCE", of, missing);
                None
            }
        }
    }

    /// A filter that is known; else it is said what is missing and the walk goes on.
    fn filter_fact<T>(&mut self, fact: &'n Fact<T>, of: &Name) -> Option<&'n T> {
        match fact {
            Ok(value) => Some(value),
            Err(missing) => {
                self.doubt("UNKNOWN_RESOURCE", of, missing);
                None
            }
        }
    }

    fn touch_groups(&mut self, interface: &'n Interface) {
        if self.ignores_groups {
            return;
        }
        self.touched.extend(interface.groups.iter().map(|group| &*group.name.resource));
    }

    fn hop(&mut self, kind: &'static str, name: &Name) {
        if self.explains {
            self.hops.push(Hop { kind, resource: name.resource.clone() });
        }
    }

    /// Goes on with other ports.
    fn reframe(&mut self, change: impl Fn(&Headers) -> Headers) {
        let headers = change(self.headers());
        self.frames.push(Frame::new(headers));
    }

    /// Goes on with the source ports that a translator chooses.
    fn translate_ports(&mut self, ports: Span<u16>) {
        self.reframe(|headers| headers.with_sources(ports));
    }
}

/// What a name is called: the id in an ARN, else the name itself.
fn shown(network: &Network, name: &Arc<str>) -> Name {
    Name { resource: network.resolve(name).clone(), short: name.rsplit('/').next().unwrap_or(name).into() }
}

/// Whether an address is an interface's own, or of a range that is delegated to it.
pub(super) fn has_address(interface: &Interface, address: IpNet) -> bool {
    interface.addresses.iter().any(|own| own.private == address)
        || interface.delegated.iter().any(|range| range.contains(&address))
}

fn is_in(subnet: &Fact<Arc<Subnet>>, other: &Subnet) -> bool {
    subnet.as_ref().is_ok_and(|subnet| subnet.name == other.name)
}

pub(super) fn vpc_of(subnet: &Fact<Arc<Subnet>>) -> Option<&Arc<Vpc>> {
    subnet.as_ref().ok()?.vpc.as_ref().ok()
}

/// Whether an address is one that the internet routes, as far as it is known.
fn may_be_public(address: IpNet) -> bool {
    is_public(address)
}
