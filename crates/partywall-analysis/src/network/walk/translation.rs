//! NAT gateways, which speak for somebody else.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::{End, Place, Translation, Walk, shown};
use crate::network::address::is_public;
use crate::network::headers::{Block, EPHEMERAL_PORTS, Headers, ICMP, ICMPV6, TCP, UDP};
use crate::network::model::{NatGateway, Subnet};
use crate::network::passage::Passage;

/// What a NAT gateway translates.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>
const TRANSLATED: [u8; 4] = [TCP, UDP, ICMP, ICMPV6];

impl<'n> Walk<'n> {
    /// Is given another source by a NAT gateway.
    pub(super) fn through_nat(&mut self, name: &'n Arc<str>, subnet: &'n Arc<Subnet>) {
        self.touched.push(name);
        let nat = match self.network.find(&self.network.nat_gateways, name) {
            Ok(nat) => nat,
            Err(missing) => {
                let shown = shown(self.network, name);
                return self.wonder("UNKNOWN_RESOURCE", &shown, &missing);
            }
        };
        self.hop("nat_gateway", &nat.name);
        if self.is_reply {
            return self.stop_with("NO_PATH", &nat.name, || {
                format!(
                    "the answer would leave through `{}`, which lets out only what was opened behind it",
                    nat.name.short
                )
            });
        }
        let asked = self.destination.address;
        if !self.turn_to_v4(nat) {
            return;
        }
        if let Some(missing) = &nat.doubt {
            self.doubt("BAD_STATE", &nat.name, missing);
        }
        let mut translated = Headers::none();
        for protocol in TRANSLATED {
            for block in self.headers().meet_block(Block::of_protocol(protocol)).blocks() {
                translated.add_block(*block);
            }
        }
        let passage = Passage { certain: translated.clone(), possible: translated, missing: Vec::new() };
        self.apply(passage, "PROTOCOL_RESTRICTION", &nat.name, |lost| {
            format!("`{}` translates TCP, UDP and ICMP only, not {lost}", nat.name.short)
        });
        let Some(own) = self.fact(&nat.subnet, &nat.name) else { return };
        if let (Ok(here), Ok(there)) = (&subnet.vpc, &own.vpc)
            && here.name != there.name
        {
            return self.stop_with("NGW_REQUIRES_SOURCE_IN_VPC", &nat.name, || {
                format!("`{}` serves only `{}`", nat.name.short, there.name.short)
            });
        }
        if own.name != subnet.name {
            self.pass_acl(own, false);
        }
        let Some(private) = nat.private.first().copied() else { return self.stop() };
        let original = std::mem::replace(
            &mut self.source,
            End { address: private, place: Place::Nat(nat), keeps_groups: Ok(false) },
        );
        let answers = self.headers().reversed();
        self.translations.push(Translation { gateway: nat, original, asked, answers });
        self.translate_ports(EPHEMERAL_PORTS);
        self.zone = own.zone.clone().ok();
        self.pass_acl(own, true);
        if !self.is_over() {
            self.route(own);
        }
    }

    /// Translates from IPv6 to IPv4 where the destination is an IPv4 address behind the well-known prefix. False when
    /// the way ends here.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html>
    fn turn_to_v4(&mut self, nat: &'n NatGateway) -> bool {
        let IpNet::V6(asked) = self.destination.address else { return true };
        let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = asked.addr().segments() else {
            self.stop_with("CANNOT_ROUTE", &nat.name, || {
                format!("`{}` translates IPv6 only to what is behind 64:ff9b::/96, not {asked}", nat.name.short)
            });
            return false;
        };
        let [high, low] = [high.to_be_bytes(), low.to_be_bytes()];
        self.destination.address = IpNet::from(IpAddr::from([high[0], high[1], low[0], low[1]]));
        let passage = {
            let ports = self
                .headers()
                .meet_block(Block::of_protocol(TCP))
                .join(&self.headers().meet_block(Block::of_protocol(UDP)));
            let pings = self.headers().meet_block(Block::of_protocol(ICMPV6));
            let missing = vec!["how messages of ICMP for IPv6 are translated is not modelled".into()];
            Passage { possible: ports.clone().join(&pings), certain: ports, missing }
        };
        self.apply(passage, "PROTOCOL_RESTRICTION", &nat.name, |lost| {
            format!("`{}` translates TCP, UDP and ICMP only, not {lost}", nat.name.short)
        });
        if is_public(self.destination.address) {
            return true;
        }
        let missing = "who has a private address behind a NAT gateway's IPv6 prefix is not looked for".into();
        self.wonder("UNKNOWN_DESTINATION", &nat.name, &missing);
        false
    }

    /// An answer comes back to the NAT gateway, which gives it its own destination.
    pub(super) fn untranslate(&mut self, nat: &'n NatGateway, crosses: bool) {
        let Some(own) = self.fact(&nat.subnet, &nat.name) else { return };
        if crosses {
            self.pass_acl(own, false);
        }
        self.hop("nat_gateway", &nat.name);
        match self.translations.pop() {
            Some(translation) if self.is_reply && translation.gateway.name == nat.name => {
                self.destination = translation.original;
                self.source.address = translation.asked;
                self.reframe(|_| translation.answers.clone());
                self.leave_translator(own);
            }
            _ => self.stop_with("NGW_DEST_ADDRESS_PRESERVATION", &nat.name, || {
                format!("`{}` takes no connections that nobody behind it opened", nat.name.short)
            }),
        }
    }

    fn leave_translator(&mut self, subnet: &'n Arc<Subnet>) {
        if !self.is_over() {
            self.zone = subnet.zone.clone().ok();
            self.leave(subnet);
        }
    }
}
