//! One packet at a time, as AWS's pages tell it.

use std::collections::BTreeSet;

use partywall_analysis::network::Answer;

use crate::world::{Entry, HOSTS, PORTS, Peer, Random, Rule, Target, World, address};

/// One end of a conversation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who {
    Nic(usize),
    /// The public address of an interface.
    Public(usize),
    Host(u32),
}

impl Who {
    pub(crate) fn name(self, world: &World) -> String {
        match self {
            Self::Nic(nic) => format!("eni-{nic:08}"),
            Self::Public(nic) => address(world.nics[nic].public.unwrap()),
            Self::Host(host) => address(host),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Packet {
    pub(crate) from: Who,
    pub(crate) to: Who,
    pub(crate) protocol: u8,
    pub(crate) source_port: u16,
    pub(crate) destination_port: u16,
}

impl Packet {
    pub(crate) fn random(world: &World, random: &mut Random) -> Self {
        let nic = |random: &mut Random| random.below(world.nics.len());
        let (from, to) = loop {
            let public: Vec<usize> = (0..world.nics.len()).filter(|nic| world.nics[*nic].public.is_some()).collect();
            let (from, to) = match random.below(10) {
                0..=4 => (Who::Nic(nic(random)), Who::Nic(nic(random))),
                5 | 6 => (Who::Host(random.pick(&HOSTS)), Who::Nic(nic(random))),
                7 => (Who::Nic(nic(random)), Who::Host(random.pick(&HOSTS))),
                8 if !public.is_empty() => (Who::Host(random.pick(&HOSTS)), Who::Public(random.pick(&public))),
                9 if !public.is_empty() => (Who::Nic(nic(random)), Who::Public(random.pick(&public))),
                _ => continue,
            };
            match (from, to) {
                (Who::Nic(left), Who::Nic(right) | Who::Public(right)) if left == right => {}
                _ => break (from, to),
            }
        };
        Self {
            from,
            to,
            protocol: random.pick(&[6, 6, 17, 50]),
            source_port: random.pick(&PORTS),
            destination_port: random.pick(&PORTS),
        }
    }
}

/// What is on the wire.
#[derive(Debug, Clone, Copy)]
struct Wire {
    source: u32,
    destination: u32,
    protocol: u8,
    source_port: u16,
    destination_port: u16,
    /// The interface whose groups a rule may refer to, while its own address is on the packet.
    sender: Option<usize>,
}

impl Wire {
    fn answer(self) -> Self {
        Self {
            source: self.destination,
            destination: self.source,
            source_port: self.destination_port,
            destination_port: self.source_port,
            sender: None,
            ..self
        }
    }
}

/// Where a packet comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Nic(usize),
    Internet,
}

/// A connection that a NAT gateway keeps.
#[derive(Debug, Clone, Copy)]
struct Connection {
    nat: usize,
    source: u32,
    source_port: u16,
}

struct Run<'w> {
    world: &'w World,
    /// The port that NAT gateways choose.
    nat_port: u16,
    is_answer: bool,
    connections: Vec<Connection>,
    steps: usize,
}

/// What becomes of a packet and of its answer. Where it depends on the port that a NAT gateway chooses, it is not known.
pub(crate) fn answers(world: &World, packet: &Packet) -> (Answer, Answer) {
    // A NAT gateway translates to any port from 1024; these are on both sides of every boundary.
    // https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
    let ports: Vec<u16> = vec![1024, 32767, 32768, 39999, 40000, 40001, 60999, 61000, 65535];
    let (mut there, mut back) = (BTreeSet::new(), BTreeSet::new());
    for nat_port in ports {
        let mut run = Run { world, nat_port, is_answer: false, connections: Vec::new(), steps: 0 };
        let forward = send(&mut run, packet);
        there.insert(forward.0);
        back.insert(forward.1);
    }
    let sum = |results: &BTreeSet<bool>| match (results.contains(&true), results.contains(&false)) {
        (true, false) => Answer::Allowed,
        (false, _) => Answer::Denied,
        (true, true) => Answer::Unknown,
    };
    (sum(&there), sum(&back).min(sum(&there)))
}

/// Whether a packet arrives, and whether the answer to it would, with one choice of the NAT gateways' port. The answer
/// to a packet that filters stopped is that to one that they had let pass.
fn send(run: &mut Run<'_>, packet: &Packet) -> (bool, bool) {
    let world = run.world;
    let (destination, to) = match packet.to {
        Who::Nic(nic) => match (packet.from, world.nics[nic].public) {
            // From the internet an interface is reached by its public address.
            (Who::Host(_), public) => (public.unwrap_or(world.nics[nic].address), End::Nic(nic)),
            _ => (world.nics[nic].address, End::Nic(nic)),
        },
        Who::Public(nic) => (world.nics[nic].public.unwrap(), End::Nic(nic)),
        Who::Host(host) => (host, End::Internet),
    };
    let mut wire = Wire {
        source: 0,
        destination,
        protocol: packet.protocol,
        source_port: packet.source_port,
        destination_port: packet.destination_port,
        sender: None,
    };
    let arrived = match packet.from {
        Who::Nic(nic) | Who::Public(nic) => {
            wire.source = world.nics[nic].address;
            wire.sender = Some(nic);
            run.leave_nic(nic, wire)
        }
        Who::Host(host) => {
            wire.source = host;
            run.enter_from_internet(wire)
        }
    };
    let Some((end, seen)) = arrived.filter(|(end, _)| *end == to) else { return (false, false) };
    let mut back = Run { is_answer: true, connections: run.connections.clone(), steps: 0, ..*run };
    let answer = seen.answer();
    let returned = match end {
        End::Nic(nic) => back.leave_nic(nic, answer),
        End::Internet => back.enter_from_internet(answer),
    };
    let home = match packet.from {
        Who::Nic(nic) | Who::Public(nic) => End::Nic(nic),
        Who::Host(_) => End::Internet,
    };
    (true, returned.is_some_and(|(end, _)| end == home))
}

impl<'w> Run<'w> {
    /// Security group, then route; the subnet's ACL only when the packet leaves it.
    fn leave_nic(&mut self, nic: usize, wire: Wire) -> Option<(End, Wire)> {
        let sender = &self.world.nics[nic];
        if !sender.runs || !(self.is_answer || self.groups_pass(nic, true, &wire)) {
            return None;
        }
        self.leave_subnet(sender.subnet, wire)
    }

    fn leave_subnet(&mut self, subnet: usize, wire: Wire) -> Option<(End, Wire)> {
        self.steps += 1;
        if self.steps > 20 {
            return None;
        }
        let world = self.world;
        if world.subnets[subnet].range.holds(wire.destination) {
            return self.within(subnet, wire);
        }
        if !acl_passes(&world.acls[world.subnets[subnet].acl].egress, wire.destination, &wire) {
            return None;
        }
        self.routed(subnet, wire)
    }

    /// The longest range wins; the network's own ranges are always local.
    /// https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
    fn routed(&mut self, subnet: usize, wire: Wire) -> Option<(End, Wire)> {
        let world = self.world;
        let vpc = world.subnets[subnet].vpc;
        let local = world.vpcs[vpc].range;
        let routes = &world.tables[world.subnets[subnet].table].routes;
        let best = routes.iter().filter(|(range, _)| range.holds(wire.destination)).max_by_key(|(range, _)| range.1);
        let is_local = local.holds(wire.destination) && best.is_none_or(|(range, _)| range.1 <= local.1);
        if is_local {
            return self.enter_vpc(vpc, wire);
        }
        match best?.1 {
            Target::Blackhole => None,
            Target::Internet => self.out_to_internet(subnet, wire),
            Target::Nat(nat) => self.through_nat(nat, subnet, wire),
            Target::Peering => {
                // Only between the two networks' own addresses.
                // https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
                let other = 1 - vpc;
                let fits = world.vpcs[other].range.holds(wire.destination) && local.holds(wire.source);
                if world.peering != Some(true) || !fits { None } else { self.enter_vpc(other, wire) }
            }
            Target::Transit => self.through_transit(subnet, wire),
        }
    }

    /// To an address of a network, from another subnet or from a gateway.
    fn enter_vpc(&mut self, vpc: usize, wire: Wire) -> Option<(End, Wire)> {
        let world = self.world;
        let position = world.subnets.iter().position(|own| own.vpc == vpc && own.range.holds(wire.destination))?;
        if !acl_passes(&world.acls[world.subnets[position].acl].ingress, wire.source, &wire) {
            return None;
        }
        self.within(position, wire)
    }

    fn within(&mut self, subnet: usize, wire: Wire) -> Option<(End, Wire)> {
        let world = self.world;
        if let Some(nat) = world.nats.iter().position(|nat| nat.address == wire.destination) {
            return self.back_through_nat(nat, wire);
        }
        let nic = world.nics.iter().position(|nic| nic.subnet == subnet && nic.address == wire.destination)?;
        let passes = world.nics[nic].runs && (self.is_answer || self.groups_pass(nic, false, &wire));
        passes.then_some((End::Nic(nic), wire))
    }

    /// One to one translation of addresses; without a public address nothing leaves.
    /// https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
    fn out_to_internet(&mut self, subnet: usize, wire: Wire) -> Option<(End, Wire)> {
        let world = self.world;
        let vpc = &world.vpcs[world.subnets[subnet].vpc];
        let nat = world.nats.iter().find(|nat| nat.address == wire.source);
        let nic = world
            .nics
            .iter()
            .find(|nic| nic.address == wire.source && world.subnets[nic.subnet].vpc == world.subnets[subnet].vpc);
        let public = nat.map_or_else(|| nic.and_then(|nic| nic.public), |nat| nat.public)?;
        // https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
        let is_open = vpc.blocks == 0 || (vpc.blocks == 1 && nat.is_some());
        if !vpc.has_gateway || !is_open || world.vpcs.iter().any(|vpc| vpc.range.holds(wire.destination)) {
            return None;
        }
        let wire = Wire { source: public, sender: None, ..wire };
        let is_ours = world.nics.iter().any(|nic| nic.public == Some(wire.destination))
            || world.nats.iter().any(|nat| nat.public == Some(wire.destination));
        if is_ours { self.enter_from_internet(wire) } else { Some((End::Internet, wire)) }
    }

    fn enter_from_internet(&mut self, wire: Wire) -> Option<(End, Wire)> {
        let world = self.world;
        let nic = world
            .nics
            .iter()
            .find(|nic| nic.public == Some(wire.destination))
            .map(|nic| (nic.subnet, nic.address, false));
        let nat = world
            .nats
            .iter()
            .find(|nat| nat.public == Some(wire.destination))
            .map(|nat| (nat.subnet, nat.address, true));
        let (subnet, private, is_nat) = nic.or(nat)?;
        let vpc = &world.vpcs[world.subnets[subnet].vpc];
        let is_open = vpc.blocks == 0 || (vpc.blocks == 1 && is_nat);
        if !vpc.has_gateway || !is_open {
            return None;
        }
        self.enter_vpc(world.subnets[subnet].vpc, Wire { destination: private, ..wire })
    }

    /// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
    fn through_nat(&mut self, nat: usize, from: usize, wire: Wire) -> Option<(End, Wire)> {
        let world = self.world;
        let gateway = &world.nats[nat];
        if self.is_answer || ![1, 6, 17].contains(&wire.protocol) {
            return None;
        }
        let acl = &world.acls[world.subnets[gateway.subnet].acl];
        if gateway.subnet != from && !acl_passes(&acl.ingress, wire.source, &wire) {
            return None;
        }
        self.connections.push(Connection { nat, source: wire.source, source_port: wire.source_port });
        let wire = Wire { source: gateway.address, source_port: self.nat_port, sender: None, ..wire };
        if !acl_passes(&acl.egress, wire.destination, &wire) {
            return None;
        }
        self.steps += 1;
        if self.steps > 20 {
            return None;
        }
        self.routed(gateway.subnet, wire)
    }

    fn back_through_nat(&mut self, nat: usize, wire: Wire) -> Option<(End, Wire)> {
        let connection = self.connections.pop().filter(|own| self.is_answer && own.nat == nat)?;
        let wire = Wire { destination: connection.source, destination_port: connection.source_port, ..wire };
        self.leave_subnet(self.world.nats[nat].subnet, wire)
    }

    /// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
    fn through_transit(&mut self, from: usize, wire: Wire) -> Option<(End, Wire)> {
        let world = self.world;
        let transit = world.transit.as_ref()?;
        let subnet = &world.subnets[from];
        let zone = subnet.zone;
        let entry = *transit.attached[subnet.vpc].iter().find(|entry| world.subnets[**entry].zone == zone)?;
        // https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
        if !acl_passes(&world.acls[world.subnets[entry].acl].ingress, wire.source, &wire)
            || !transit.associated[subnet.vpc]
        {
            return None;
        }
        let route =
            transit.routes.iter().filter(|(range, _)| range.holds(wire.destination)).max_by_key(|(range, _)| range.1);
        let vpc = route?.1?;
        let subnets = &transit.attached[vpc];
        let exit = *subnets.iter().find(|exit| world.subnets[**exit].zone == zone).or(subnets.first())?;
        let wire = Wire { sender: None, ..wire };
        if world.subnets[exit].range.holds(wire.destination) {
            return self.within(exit, wire);
        }
        if !acl_passes(&world.acls[world.subnets[exit].acl].egress, wire.destination, &wire) {
            return None;
        }
        self.steps += 1;
        if self.steps > 20 {
            return None;
        }
        self.routed(exit, wire)
    }

    /// Any rule of any group; a group means the private addresses of its members.
    /// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    fn groups_pass(&self, nic: usize, is_egress: bool, wire: &Wire) -> bool {
        let world = self.world;
        let own = &world.nics[nic];
        let rules = own.groups.iter().flat_map(|group| {
            let group = &world.groups[*group];
            if is_egress { &group.egress } else { &group.ingress }
        });
        let matches = |rule: &Rule| {
            let is_peer = match &rule.peer {
                Peer::Range(range) => range.holds(if is_egress { wire.destination } else { wire.source }),
                Peer::Group(group) => {
                    let member = if is_egress {
                        let vpc = world.subnets[own.subnet].vpc;
                        let is_near = |other: usize| other == vpc || world.peering.is_some();
                        world
                            .nics
                            .iter()
                            .position(|nic| nic.address == wire.destination && is_near(world.subnets[nic.subnet].vpc))
                    } else {
                        wire.sender
                    };
                    member.is_some_and(|member| world.nics[member].groups.contains(group))
                }
            };
            is_peer && speaks(rule.protocol, rule.ports, wire)
        };
        rules.into_iter().any(matches)
    }
}

fn speaks(protocol: Option<u8>, ports: (u16, u16), wire: &Wire) -> bool {
    let has_ports = [6, 17].contains(&wire.protocol);
    match protocol {
        None => true,
        Some(protocol) => {
            protocol == wire.protocol && (!has_ports || (ports.0..=ports.1).contains(&wire.destination_port))
        }
    }
}

/// The first entry that matches decides; what none matches is dropped.
/// https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
fn acl_passes(entries: &[Entry], other: u32, wire: &Wire) -> bool {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by_key(|entry| entry.number);
    let first = sorted.into_iter().find(|entry| entry.range.holds(other) && speaks(entry.protocol, entry.ports, wire));
    first.is_some_and(|entry| entry.allows)
}
