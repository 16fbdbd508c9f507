//! Small random networks.

/// A generator of numbers that are the same on every machine.
/// <https://prng.di.unimi.it/splitmix64.c>
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ 0x9E37_79B9_7F4A_7C15)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// A range: its first address and the length of its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range(pub(crate) u32, pub(crate) u8);

impl Range {
    pub(crate) fn holds(self, address: u32) -> bool {
        self.1 == 0 || (address ^ self.0) >> (32 - u32::from(self.1)) == 0
    }

    pub(crate) fn text(self) -> String {
        format!("{}/{}", address(self.0), self.1)
    }
}

pub(crate) fn address(number: u32) -> String {
    std::net::Ipv4Addr::from(number).to_string()
}

const fn ip(a: u32, b: u32, c: u32, d: u32) -> u32 {
    a << 24 | b << 16 | c << 8 | d
}

#[derive(Debug, Clone)]
pub(crate) struct Vpc {
    pub(crate) range: Range,
    pub(crate) has_gateway: bool,
    /// 0 off, 1 block-ingress, 2 block-bidirectional
    pub(crate) blocks: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Subnet {
    pub(crate) vpc: usize,
    pub(crate) range: Range,
    pub(crate) acl: usize,
    pub(crate) table: usize,
    pub(crate) zone: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) number: u32,
    pub(crate) allows: bool,
    /// None for all.
    pub(crate) protocol: Option<u8>,
    pub(crate) range: Range,
    pub(crate) ports: (u16, u16),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Acl {
    pub(crate) ingress: Vec<Entry>,
    pub(crate) egress: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Internet,
    Nat(usize),
    Peering,
    Transit,
    Blackhole,
}

#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) vpc: usize,
    pub(crate) routes: Vec<(Range, Target)>,
}

#[derive(Debug, Clone)]
pub(crate) enum Peer {
    Range(Range),
    Group(usize),
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) peer: Peer,
    pub(crate) protocol: Option<u8>,
    pub(crate) ports: (u16, u16),
}

#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) vpc: usize,
    pub(crate) ingress: Vec<Rule>,
    pub(crate) egress: Vec<Rule>,
}

#[derive(Debug, Clone)]
pub(crate) struct Nic {
    pub(crate) subnet: usize,
    pub(crate) address: u32,
    pub(crate) public: Option<u32>,
    pub(crate) groups: Vec<usize>,
    pub(crate) runs: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Nat {
    pub(crate) subnet: usize,
    pub(crate) address: u32,
    pub(crate) public: Option<u32>,
}

#[derive(Debug, Clone)]
pub(crate) struct Transit {
    /// For each VPC its subnets, when it is attached.
    pub(crate) attached: [Vec<usize>; 2],
    pub(crate) associated: [bool; 2],
    /// Where a route leads: to a VPC's attachment, or nowhere.
    pub(crate) routes: Vec<(Range, Option<usize>)>,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) vpcs: [Vpc; 2],
    pub(crate) subnets: Vec<Subnet>,
    pub(crate) acls: Vec<Acl>,
    pub(crate) tables: Vec<Table>,
    pub(crate) groups: Vec<Group>,
    pub(crate) nics: Vec<Nic>,
    pub(crate) nats: Vec<Nat>,
    /// Whether the two networks are peered, and whether that is active.
    pub(crate) peering: Option<bool>,
    pub(crate) transit: Option<Transit>,
}

/// Ports on both sides of every boundary that rules use.
pub(crate) const PORTS: [u16; 8] = [22, 80, 443, 1023, 1024, 32768, 50000, 65535];
const SPANS: [(u16, u16); 8] =
    [(0, 65535), (0, 65535), (443, 443), (80, 443), (1024, 65535), (32768, 60999), (22, 22), (1024, 40000)];
const PROTOCOLS: [Option<u8>; 5] = [None, Some(6), Some(6), Some(17), None];
pub(crate) const HOSTS: [u32; 3] = [ip(203, 0, 113, 9), ip(203, 0, 113, 200), ip(8, 8, 8, 8)];

impl World {
    pub(crate) fn random(random: &mut Random) -> Self {
        let vpc = |random: &mut Random, second: u32| Vpc {
            range: Range(ip(10, second, 0, 0), 16),
            has_gateway: random.chance(80),
            blocks: if random.chance(15) { 1 + random.below(2) } else { 0 },
        };
        // Block Public Access is one setting for both.
        let mut vpcs = [vpc(random, 0), vpc(random, 1)];
        vpcs[1].blocks = vpcs[0].blocks;
        let mut world = Self {
            vpcs,
            subnets: Vec::new(),
            acls: Vec::new(),
            tables: Vec::new(),
            groups: Vec::new(),
            nics: Vec::new(),
            nats: Vec::new(),
            peering: random.chance(50).then(|| random.chance(85)),
            transit: None,
        };
        world.add_subnets(random);
        world.add_gateways(random);
        world.add_routes(random);
        world.add_filters(random);
        world.add_nics(random);
        world
    }

    fn add_subnets(&mut self, random: &mut Random) {
        for vpc in 0..2 {
            let count = 2 + random.below(2);
            for third in 0..count {
                self.tables.push(Table { vpc, routes: Vec::new() });
                self.subnets.push(Subnet {
                    vpc,
                    range: Range(ip(10, u32::try_from(vpc).unwrap(), u32::try_from(third).unwrap(), 0), 24),
                    acl: 0,
                    table: self.tables.len() - 1,
                    zone: random.below(2),
                });
            }
        }
    }

    fn add_gateways(&mut self, random: &mut Random) {
        for subnet in 0..self.subnets.len() {
            if random.chance(40) {
                let public = random.chance(85).then(|| ip(54, 2, 0, 1 + u32::try_from(subnet).unwrap()));
                self.nats.push(Nat { subnet, address: self.subnets[subnet].range.0 + 200, public });
            }
        }
        if random.chance(60) {
            let mut transit = Transit { attached: [Vec::new(), Vec::new()], associated: [true; 2], routes: Vec::new() };
            for vpc in 0..2 {
                transit.associated[vpc] = random.chance(90);
                let mut zones = Vec::new();
                for (position, subnet) in self.subnets.iter().enumerate().filter(|(_, subnet)| subnet.vpc == vpc) {
                    if !zones.contains(&subnet.zone) && random.chance(70) {
                        zones.push(subnet.zone);
                        transit.attached[vpc].push(position);
                    }
                }
                if !transit.attached[vpc].is_empty() && random.chance(90) {
                    let range =
                        if random.chance(80) { self.vpcs[vpc].range } else { Range(self.vpcs[vpc].range.0, 24) };
                    transit.routes.push((range, random.chance(90).then_some(vpc)));
                }
            }
            self.transit = Some(transit);
        }
    }

    fn add_routes(&mut self, random: &mut Random) {
        for table in 0..self.tables.len() {
            let vpc = self.tables[table].vpc;
            let other = self.vpcs[1 - vpc].range;
            let ranges = [
                Range(0, 0),
                Range(0, 0),
                other,
                other,
                Range(other.0, 24),
                Range(HOSTS[0] & 0xffff_ff00, 24),
                Range(ip(10, 0, 0, 0), 8),
            ];
            let nats: Vec<usize> =
                (0..self.nats.len()).filter(|nat| self.subnets[self.nats[*nat].subnet].vpc == vpc).collect();
            let mut routes: Vec<(Range, Target)> = Vec::new();
            for _ in 0..random.below(4) {
                let range = random.pick(&ranges);
                if routes.iter().any(|(known, _)| *known == range) {
                    continue;
                }
                let target = match random.below(10) {
                    0..=3 if self.vpcs[vpc].has_gateway => Target::Internet,
                    4 | 5 if !nats.is_empty() => Target::Nat(random.pick(&nats)),
                    6 | 7 if self.peering.is_some() => Target::Peering,
                    8 if self.transit.as_ref().is_some_and(|transit| !transit.attached[vpc].is_empty()) => {
                        Target::Transit
                    }
                    9 => Target::Blackhole,
                    _ => continue,
                };
                routes.push((range, target));
            }
            self.tables[table].routes = routes;
        }
    }

    fn range(&self, random: &mut Random) -> Range {
        match random.below(6) {
            0 | 1 => Range(0, 0),
            2 => random.pick(&[self.vpcs[0].range, self.vpcs[1].range]),
            3 => self.subnets[random.below(self.subnets.len())].range,
            4 => random.pick(&[Range(ip(203, 0, 113, 0), 24), Range(ip(203, 0, 113, 128), 25), Range(HOSTS[2], 32)]),
            _ => Range(ip(10, 0, 0, 0), 8),
        }
    }

    fn add_filters(&mut self, random: &mut Random) {
        for subnet in 0..self.subnets.len() {
            let mut acl = Acl::default();
            for entries in [&mut acl.ingress, &mut acl.egress] {
                let mut number = 0;
                for _ in 0..random.below(3) {
                    number += 1 + u32::try_from(random.below(50)).unwrap();
                    let (protocol, ports) = (random.pick(&PROTOCOLS), random.pick(&SPANS));
                    entries.push(Entry {
                        number,
                        allows: random.chance(50),
                        protocol,
                        range: self.range(random),
                        ports,
                    });
                }
                if random.chance(85) {
                    entries.push(Entry {
                        number: 1000,
                        allows: true,
                        protocol: None,
                        range: Range(0, 0),
                        ports: (0, 65535),
                    });
                }
            }
            self.acls.push(acl);
            self.subnets[subnet].acl = self.acls.len() - 1;
        }
        for vpc in 0..2 {
            for _ in 0..2 {
                self.groups.push(Group { vpc, ingress: Vec::new(), egress: Vec::new() });
            }
        }
        for group in 0..self.groups.len() {
            let rules = |random: &mut Random, world: &Self, open: u64| {
                let mut rules = Vec::new();
                for _ in 0..random.below(3) {
                    let peer = if random.chance(30) {
                        Peer::Group(random.below(world.groups.len()))
                    } else {
                        Peer::Range(world.range(random))
                    };
                    rules.push(Rule { peer, protocol: random.pick(&PROTOCOLS), ports: random.pick(&SPANS) });
                }
                if random.chance(open) {
                    rules.push(Rule { peer: Peer::Range(Range(0, 0)), protocol: None, ports: (0, 65535) });
                }
                rules
            };
            self.groups[group].ingress = rules(random, self, 50);
            self.groups[group].egress = rules(random, self, 80);
        }
    }

    fn add_nics(&mut self, random: &mut Random) {
        for subnet in 0..self.subnets.len() {
            for host in 0..1 + random.below(2) {
                let vpc = self.subnets[subnet].vpc;
                let number = u32::try_from(self.nics.len()).unwrap();
                let own: Vec<usize> = (0..self.groups.len()).filter(|group| self.groups[*group].vpc == vpc).collect();
                let groups = if random.chance(30) { own } else { vec![random.pick(&own)] };
                self.nics.push(Nic {
                    subnet,
                    address: self.subnets[subnet].range.0 + 10 + u32::try_from(host).unwrap(),
                    public: random.chance(50).then(|| ip(54, 1, 0, 10 + number)),
                    groups,
                    runs: random.chance(95),
                });
            }
        }
    }
}
