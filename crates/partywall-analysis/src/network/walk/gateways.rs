//! Gateways, and what they do to a packet.

use std::sync::Arc;

use ipnet::IpNet;

use super::{Exit, INTERNET_GATEWAYS, Place, SUBNETS, Walk, has_address, may_be_public, shown, vpc_of};
use crate::network::address::{CARRIER, Inside, PRIVATE, everywhere, inside};
use crate::network::headers::{Block, ICMP, Span, TCP};
use crate::network::lookup::{Choice, Choices, choose};
use crate::network::model::{
    Address, Fact, Interface, InternetGateway, Name, NatGateway, PublicAccess, Subnet, Target, Vpc,
};
use crate::network::passage::Passage;

impl<'n> Walk<'n> {
    /// Leaves for the internet.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>
    pub(super) fn through_internet_gateway(&mut self, name: &'n Arc<str>, vpc: &'n Arc<Vpc>, subnet: &'n Arc<Subnet>) {
        let shown = shown(self.network, name);
        self.hop("internet_gateway", &shown);
        self.check_gateway(name, &shown, vpc, "aws_vpc_internet_gateway");
        self.check_public_access(subnet, matches!(self.source.place, Place::Nat(_)));
        if !self.check_routable(&shown, self.destination.address, true) {
            self.exit = None;
            return;
        }
        let is_v6 = matches!(self.destination.address, IpNet::V6(_));
        let public = match self.source.place {
            Place::Interface(from) if is_v6 => {
                if from.refuses_internet_v6 {
                    self.deny("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", &from.name, || {
                        format!("`{}` refuses the IPv6 traffic of internet gateways", from.name.short)
                    });
                }
                Some(self.source.address)
            }
            Place::Interface(from) => self.public_address(from),
            Place::Nat(nat) => self.public_of_nat(nat),
            Place::Outside => {
                self.stop_with("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", &shown, || {
                    "an internet gateway forwards nothing for addresses outside of its network".to_owned()
                });
                return;
            }
        };
        let Some(public) = public else { return };
        self.is_entangled |= public != self.source.address;
        self.source.address = public;
        self.source.keeps_groups = Ok(false);
        match self.destination.place {
            Place::Outside => self.exit = Some(Exit::Internet),
            Place::Interface(_) | Place::Nat(_) => self.enter_from_internet(),
        }
    }

    /// The public address that leads to the source.
    fn public_address(&mut self, from: &'n Interface) -> Option<IpNet> {
        let own = from.addresses.iter().find(|address| address.private == self.source.address);
        match own.map(|own| &own.public) {
            Some(Ok(Some(public))) => Some(*public),
            Some(Err(missing)) => {
                self.wonder("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", &from.name, missing);
                None
            }
            Some(Ok(None)) | None => {
                self.stop_with("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", &from.name, || {
                    format!(
                        "`{}` has no public address, so that an internet gateway forwards nothing for it",
                        from.name.short
                    )
                });
                None
            }
        }
    }

    fn public_of_nat(&mut self, nat: &'n NatGateway) -> Option<IpNet> {
        match &nat.is_public {
            Ok(true) => nat.public.first().copied().or_else(|| nat.private.first().map(|own| everywhere(*own))),
            Ok(false) => {
                self.stop_with("NGW_SOURCE_ADDRESS_REASSIGN", &nat.name, || {
                    format!("`{}` is private: an internet gateway drops what it sends", nat.name.short)
                });
                None
            }
            Err(missing) => {
                self.wonder("UNKNOWN_RESOURCE", &nat.name, missing);
                None
            }
        }
    }

    /// A gateway works only for the network that it is attached to.
    fn check_gateway(&mut self, name: &'n Arc<str>, shown: &Name, vpc: &Vpc, table: &str) {
        self.touched.push(name);
        let gateways = match table {
            "aws_vpc_internet_gateway" => &self.network.internet_gateways,
            _ => &self.network.egress_only_gateways,
        };
        match self.network.find(gateways, name) {
            // A live table would show the route as a blackhole if the gateway were gone.
            Err(_) if self.network.unseen.contains_key(table) || self.network.rare.contains(table) => {}
            Err(missing) => self.doubt("UNKNOWN_RESOURCE", shown, &missing),
            Ok(gateway) => match &gateway.vpc {
                Ok(Some(attached)) if *attached == vpc.name.resource => {}
                Ok(_) => self
                    .deny("BAD_STATE", shown, || format!("`{}` is not attached to `{}`", shown.short, vpc.name.short)),
                Err(missing) => self.doubt("BAD_STATE", shown, missing),
            },
        }
    }

    /// Block Public Access. What a NAT gateway or an egress-only gateway sends counts as going out, and so do answers.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html>
    fn check_public_access(&mut self, subnet: &'n Subnet, only_goes_out: bool) {
        match &subnet.public_access {
            PublicAccess::Open => {}
            PublicAccess::EgressOnly if only_goes_out => {}
            PublicAccess::EgressOnly | PublicAccess::Blocked => {
                self.deny("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", &subnet.name, || {
                    format!("Block Public Access shuts the internet gateway for `{}`", subnet.name.short)
                });
            }
            PublicAccess::Unknown(missing) => self.doubt("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", &subnet.name, missing),
        }
    }

    /// The internet routes no private addresses, and an internet gateway drops them.
    fn check_routable(&mut self, gateway: &Name, address: IpNet, is_destination: bool) -> bool {
        let (private, carrier) = if is_destination {
            ("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS")
        } else {
            ("IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS", "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS")
        };
        let code = if PRIVATE.iter().any(|range| inside(address, *range) == Inside::Yes) {
            private
        } else if inside(address, CARRIER) == Inside::Yes {
            carrier
        } else if matches!(address, IpNet::V6(_)) && !may_be_public(address) {
            "GATEWAY_REJECTS_SPOOFED_TRAFFIC"
        } else {
            return true;
        };
        self.deny(code, gateway, || {
            format!("`{}` drops packets of {address}, which the internet does not route", gateway.short)
        });
        false
    }

    /// Comes in from the internet, for the public address of an interface or of a NAT gateway.
    pub(in crate::network) fn enter_from_internet(&mut self) {
        let (subnet, name) = match self.destination.place {
            Place::Interface(to) => (&to.subnet, &to.name),
            Place::Nat(nat) => (&nat.subnet, &nat.name),
            Place::Outside => return self.stop(),
        };
        let Some(subnet) = self.fact(subnet, name) else { return };
        self.touched.push(&subnet.name.resource);
        let Some(vpc) = self.fact(&subnet.vpc, &subnet.name) else { return };
        let gateway = self.attached_gateway(vpc);
        if let Some(gateway) = gateway {
            self.hop("internet_gateway", &gateway.name);
            self.check_routable(&gateway.name, self.source.address, false);
        }
        self.check_public_access(subnet, matches!(self.destination.place, Place::Nat(_)));
        if !self.turn_inwards(name) {
            return;
        }
        if let Some(Some(routes)) = gateway.map(|gateway| &gateway.routes)
            && !self.directed_inwards(routes, vpc)
        {
            return;
        }
        if !self.is_over() {
            self.deliver(vpc, None);
        }
    }

    /// The internet gateway of a network, as far as the source shows it.
    fn attached_gateway(&mut self, vpc: &'n Arc<Vpc>) -> Option<&'n Arc<InternetGateway>> {
        self.touched.push(INTERNET_GATEWAYS);
        let gateways = &self.network.internet_gateways;
        let own = gateways.values().find(|gateway| gateway.vpc.as_ref() == Ok(&Some(vpc.name.resource.clone())));
        if own.is_some() {
            return own;
        }
        let unknown = gateways.values().find_map(|gateway| gateway.vpc.as_ref().err());
        // An active route to a gateway says as much as the gateway itself.
        if self.network.unseen.contains_key("aws_vpc_internet_gateway") && self.has_route_to_internet(vpc) {
            return None;
        }
        match unknown.or_else(|| self.network.unseen.get("aws_vpc_internet_gateway")) {
            Some(missing) => self.doubt("UNASSOCIATED_COMPONENT", &vpc.name, missing),
            None => self.deny("UNASSOCIATED_COMPONENT", &vpc.name, || {
                format!("no internet gateway is attached to `{}`", vpc.name.short)
            }),
        }
        None
    }

    fn has_route_to_internet(&mut self, vpc: &Vpc) -> bool {
        self.touched.push(SUBNETS);
        let subnets =
            self.network.subnets.values().filter(|subnet| subnet.vpc.as_ref().is_ok_and(|own| own.name == vpc.name));
        let mut routes = subnets.filter_map(|subnet| subnet.routes.as_ref().ok()).flat_map(|table| &table.routes);
        routes.any(|route| !route.is_blackhole && matches!(route.target, Ok(Target::InternetGateway(_))))
    }

    /// Replaces the public address of the destination by the private one that it leads to. False when there is none.
    fn turn_inwards(&mut self, name: &Name) -> bool {
        let is_v6 = matches!(self.destination.address, IpNet::V6(_));
        match self.destination.place {
            Place::Interface(to) if is_v6 => {
                if to.refuses_internet_v6 {
                    self.deny("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", name, || {
                        format!("`{}` refuses the IPv6 traffic of internet gateways", name.short)
                    });
                }
                has_address(to, self.destination.address)
            }
            Place::Interface(to) => {
                let address = self.destination.address;
                let is_meant = |own: &&Address| match &own.public {
                    Ok(public) => *public == Some(address) || (public.is_none() && own.private == address),
                    Err(_) => own.private == address,
                };
                let own = to.addresses.iter().find(is_meant);
                match own.map(|own| (&own.public, own.private)) {
                    Some((Ok(Some(_)), private)) => self.destination.address = private,
                    Some((Err(missing), private)) => {
                        self.doubt("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", name, missing);
                        self.destination.address = private;
                    }
                    Some((Ok(None), _)) | None => {
                        self.deny("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", name, || {
                            format!(
                                "`{}` has no public address, so that nothing comes to it through an internet gateway",
                                name.short
                            )
                        });
                    }
                }
                true
            }
            Place::Nat(nat) => {
                match nat.private.first() {
                    Some(private) => self.destination.address = *private,
                    None => self.stop(),
                }
                !nat.private.is_empty()
            }
            Place::Outside => false,
        }
    }

    /// The table of an internet gateway may send what enters to an appliance first.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html>
    fn directed_inwards(
        &mut self,
        routes: &'n Fact<Arc<crate::network::model::RouteTable>>,
        vpc: &'n Arc<Vpc>,
    ) -> bool {
        let table = match routes {
            Ok(table) => table,
            Err(missing) => {
                self.wonder("UNKNOWN_RESOURCE", &vpc.name, missing);
                return false;
            }
        };
        self.hop("route_table", &table.name);
        let Choices { choices, missing } = choose(table, vpc, self.destination.address, true);
        if let Some(missing) = missing {
            self.wonder("MORE_SPECIFIC_ROUTE", &table.name, &missing);
            return false;
        }
        match choices.first() {
            None | Some(Choice::Local | Choice::Nowhere) => return true,
            Some(Choice::Route(route)) if route.is_blackhole => {
                self.stop_with("BAD_STATE_ROUTE", &table.name, || {
                    format!("a route of `{}` leads nowhere", table.name.short)
                });
            }
            Some(Choice::Route(route)) => match &route.target {
                Ok(Target::Local) => return true,
                Ok(Target::Interface(name)) => self.through_appliance_interface(name, None),
                Ok(Target::ApplianceEndpoint(name)) => self.through_appliance_endpoint(name, None),
                Ok(_) => {
                    let missing = "what the appliance behind it lets through is not modelled".into();
                    self.wonder("UNKNOWN_RESOURCE", &table.name, &missing);
                }
                Err(missing) => self.wonder("UNKNOWN_DESTINATION", &table.name, missing),
            },
        }
        false
    }

    /// Leaves for the IPv6 internet, through a gateway that lets nothing in but answers.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>
    pub(super) fn through_egress_only(&mut self, name: &'n Arc<str>, vpc: &'n Arc<Vpc>, subnet: &'n Arc<Subnet>) {
        let shown = shown(self.network, name);
        self.hop("egress_only_internet_gateway", &shown);
        self.check_gateway(name, &shown, vpc, "aws_vpc_egress_only_internet_gateway");
        self.check_public_access(subnet, true);
        self.check_routable(&shown, self.destination.address, true);
        if self.is_reply {
            return self.stop_with("NO_PATH", &shown, || {
                format!(
                    "the answer would leave through `{}`, which lets out only what was opened from inside",
                    shown.short
                )
            });
        }
        if matches!(self.destination.address, IpNet::V4(_)) {
            return self.stop_with("CANNOT_ROUTE", &shown, || format!("`{}` is for IPv6 only", shown.short));
        }
        match self.destination.place {
            Place::Outside => self.exit = Some(Exit::Gateway(vpc)),
            Place::Interface(_) | Place::Nat(_) => self.enter_from_internet(),
        }
    }

    /// Crosses to a peered network.
    /// <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>
    pub(super) fn through_peering(&mut self, name: &'n Arc<str>, vpc: &'n Arc<Vpc>) {
        self.touched.push(name);
        let peering = match self.network.find(&self.network.peerings, name) {
            Ok(peering) => peering,
            Err(missing) => {
                let shown = shown(self.network, name);
                return self.wonder("UNKNOWN_RESOURCE", &shown, &missing);
            }
        };
        self.hop("peering_connection", &peering.name);
        match &peering.is_active {
            Ok(true) => {}
            Ok(false) => self.deny("BAD_STATE", &peering.name, || format!("`{}` is not active", peering.name.short)),
            Err(missing) => self.doubt("BAD_STATE", &peering.name, missing),
        }
        let [left, right] = &peering.sides;
        let is_own =
            |side: &Fact<Arc<str>>| side.as_ref().is_ok_and(|side| self.network.is_same(side, &vpc.name.resource));
        let (other, ranges) = if is_own(left) { (right, &peering.ranges[1]) } else { (left, &peering.ranges[0]) };
        if !is_own(left) && !is_own(right) {
            return self.stop_with("DISCONNECTED_VPCS", &peering.name, || {
                format!("`{}` does not join `{}`", peering.name.short, vpc.name.short)
            });
        }
        if !self.is_from(vpc) {
            self.deny("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", &peering.name, || {
                format!("`{}` takes only what comes from `{}` itself", peering.name.short, vpc.name.short)
            });
        }
        let Some(other) = self.fact(other, &peering.name) else { return };
        self.touched.push(other);
        match self.network.find(&self.network.vpcs, other) {
            Ok(vpc) if self.is_within(vpc) => {
                self.limit_groups(&peering.is_regional);
                self.deliver(vpc, None);
            }
            Ok(vpc) => {
                let is_there = vpc.ranges.iter().any(|range| inside(self.destination.address, *range) != Inside::No);
                if is_there {
                    return self.deliver(vpc, None);
                }
                let address = self.destination.address;
                self.stop_with("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", &peering.name, || {
                    format!("{address} is not of `{}`, and a peering connection leads no further", vpc.name.short)
                });
            }
            Err(missing) => {
                let is_there = ranges.is_empty()
                    || ranges.iter().any(|range| inside(self.destination.address, *range) != Inside::No);
                if is_there {
                    return self.wonder("UNKNOWN_RESOURCE", &peering.name, &missing);
                }
                let address = self.destination.address;
                self.stop_with("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", &peering.name, || {
                    format!("{address} is not of `{other}`, and a peering connection leads no further")
                });
            }
        }
    }

    /// Whether the source is of a network itself, not of something behind it.
    fn is_from(&self, vpc: &Vpc) -> bool {
        let subnet = match self.source.place {
            Place::Interface(from) => &from.subnet,
            Place::Nat(nat) => &nat.subnet,
            Place::Outside => return false,
        };
        vpc_of(subnet).is_some_and(|own| own.name == vpc.name)
    }

    /// Groups of the source may be referred to only as far as this holds.
    pub(super) fn limit_groups(&mut self, holds: &Fact<bool>) {
        let own = std::mem::replace(&mut self.source.keeps_groups, Ok(false));
        self.source.keeps_groups = match (own, holds) {
            (Ok(false), _) | (_, Ok(false)) => Ok(false),
            (Err(missing), _) => Err(missing),
            (Ok(true), holds) => holds.clone(),
        };
    }

    /// Goes to a service through its gateway endpoint.
    /// <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>
    pub(super) fn through_endpoint(&mut self, name: &'n Arc<str>, vpc: &'n Arc<Vpc>) {
        self.touched.push(name);
        let shown = shown(self.network, name);
        self.hop("gateway_endpoint", &shown);
        if !self.is_from(vpc) {
            return self.stop_with("VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION", &shown, || {
                format!("`{}` serves only `{}` itself", shown.short, vpc.name.short)
            });
        }
        let echo = Block { source: Span::one(8), ..Block::of_protocol(ICMP) };
        let taken = self.headers().meet_block(Block::of_protocol(TCP)).join(&self.headers().meet_block(echo));
        let passage = Passage { certain: taken.clone(), possible: taken, missing: Vec::new() };
        self.apply(passage, "VPCE_GATEWAY_PROTOCOL_RESTRICTION", &shown, |lost| {
            format!("`{}` takes TCP and echo requests only, not {lost}", shown.short)
        });
        match self.destination.place {
            Place::Outside => self.exit = Some(Exit::Gateway(vpc)),
            _ => self.stop_with("CANNOT_ROUTE", &shown, || format!("`{}` leads to a service", shown.short)),
        }
    }

    /// Leaves over a VPN or a dedicated line.
    pub(super) fn through_vpn(&mut self, name: &'n Arc<str>, vpc: &'n Arc<Vpc>) {
        let shown = shown(self.network, name);
        self.hop("vpn_gateway", &shown);
        if !self.is_from(vpc) {
            return self.stop_with("VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS", &shown, || {
                format!("`{}` takes only what comes from `{}` itself", shown.short, vpc.name.short)
            });
        }
        self.touched.push(name);
        let is_joined = match self.network.find(&self.network.vpn_gateways, name) {
            Ok(gateway) if gateway.has_connection => {
                gateway.vpc.clone().map(|attached| attached.as_ref() == Some(&vpc.name.resource))
            }
            Ok(gateway) => Err(format!("no VPN connection of `{}` is in this source", gateway.name.short).into()),
            Err(missing) => Err(missing),
        };
        match (is_joined, self.destination.place) {
            (Ok(true), Place::Outside) => self.exit = Some(Exit::Gateway(vpc)),
            (Ok(true), _) => self.wonder(
                "UNKNOWN_DESTINATION",
                &shown,
                &"what the other side of the link forwards is not known".into(),
            ),
            (Ok(false), _) => self.stop_with("BAD_STATE", &shown, || {
                format!("`{}` is not attached to `{}`", shown.short, vpc.name.short)
            }),
            (Err(missing), _) => self.wonder("BAD_STATE_VPN", &shown, &missing),
        }
    }
}
