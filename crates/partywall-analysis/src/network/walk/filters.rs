//! What filters a packet: security groups, network ACLs, listeners, and whether anybody is there.

use std::sync::Arc;

use ipnet::IpNet;

use super::{Arrival, Place, Walk};
use crate::network::address::everywhere;
use crate::network::model::{Interface, SecurityGroup, Subnet};
use crate::network::passage::{Other, Passage, acl, groups, groups_from_anywhere};

impl<'n> Walk<'n> {
    /// Some interfaces take no connections.
    pub(super) fn pass_kind(&mut self, to: &'n Interface) {
        if let Some(why) = deaf_kind(&to.kind) {
            self.deny("UNSUPPORTED_COMPONENT", &to.name, || why.to_owned());
        }
    }

    /// What packets that come by an unknown way to the interface that they are for would meet there; from an address
    /// that is known, or from any.
    pub(super) fn pass_destination(&mut self, from: Option<IpNet>) {
        let Place::Interface(to) = self.destination.place else { return };
        if self.is_reply {
            return;
        }
        self.touch_groups(to);
        self.pass_kind(to);
        self.pass_listeners(to);
        self.arrival = match from {
            Some(_) => Arrival::Unchanged(self.source.keeps_groups.clone(), false),
            None => Arrival::Somehow,
        };
        if self.ignores_groups {
            return;
        }
        let passage = match from {
            Some(_) => groups(self.network, to, false, &self.as_seen(), self.headers()),
            None => groups_from_anywhere(to, self.headers()),
        };
        let other = from.unwrap_or_else(|| everywhere(self.source.address));
        self.pass_groups(to, "in from", other, passage);
    }

    /// The source as groups at the destination see it.
    pub(super) fn as_seen(&self) -> Other<'n> {
        let (member, doubt) = match (&self.source.place, &self.source.keeps_groups) {
            (Place::Interface(from), Ok(true)) => (Some(*from), None),
            (Place::Interface(from), Err(missing)) => (Some(*from), Some(missing.clone())),
            _ => (None, None),
        };
        Other { address: self.source.address, member, doubt }
    }

    /// A load balancer takes only what it has a listener for.
    pub(super) fn pass_listeners(&mut self, to: &'n Interface) {
        match &to.listens {
            None => {}
            Some(Ok(accepted)) => {
                let taken = self.headers().meet(accepted);
                let passage = Passage { certain: taken.clone(), possible: taken, missing: Vec::new() };
                self.apply(passage, "ELBV2_LISTENER_PORT_RESTRICTION", &to.owner, |lost| {
                    format!("no listener of `{}` takes {lost}", to.owner.short)
                });
            }
            Some(Err(missing)) => self.doubt("ELBV2_LISTENER_PORT_RESTRICTION", &to.owner, missing),
        }
    }

    pub(super) fn check_state(&mut self, interface: &'n Interface) {
        match &interface.runs {
            Ok(true) => {}
            Ok(false) => self.deny("BAD_STATE", &interface.owner, || {
                format!("`{}` does not run, or is attached to nothing", interface.owner.short)
            }),
            Err(missing) => self.doubt("BAD_STATE", &interface.owner, missing),
        }
        if let Some(missing) = &interface.doubt {
            self.doubt("UNKNOWN_RESOURCE", &interface.name, missing);
        }
    }

    pub(super) fn pass_groups(&mut self, interface: &'n Interface, way: &str, other: IpNet, passage: Passage) {
        for group in &interface.groups {
            self.hop("security_group", &group.name);
        }
        let rules = |group: &SecurityGroup| {
            if way.starts_with("out") { group.egress.rules.is_empty() } else { group.ingress.rules.is_empty() }
        };
        let code =
            if interface.groups.iter().all(|group| rules(group)) { "SG_HAS_NO_RULES" } else { "ENI_SG_RULES_MISMATCH" };
        let name = interface.groups.first().map_or_else(|| interface.name.clone(), |group| group.name.clone());
        let all: Vec<&str> = interface.groups.iter().map(|group| &*group.name.short).collect();
        self.apply(passage, code, &name, |lost| {
            format!(
                "no rule of `{}` lets {lost} {way} {other}",
                if all.is_empty() { "any group".to_owned() } else { all.join("`, `") }
            )
        });
    }

    /// Passes the border of a subnet.
    pub(super) fn pass_acl(&mut self, subnet: &'n Arc<Subnet>, is_egress: bool) {
        self.touched.push(&subnet.name.resource);
        let Some(list) = self.filter_fact(&subnet.acl, &subnet.name) else { return };
        self.hop("network_acl", &list.name);
        let (entries, other) =
            if is_egress { (&list.egress, self.destination.address) } else { (&list.ingress, self.source.address) };
        let passage = acl(entries, other, self.headers());
        let way = if is_egress { "out to" } else { "in from" };
        self.apply(passage, "SUBNET_ACL_RESTRICTION", &list.name, |lost| {
            format!("`{}` of `{}` does not let {lost} {way} {other}", list.name.short, subnet.name.short)
        });
    }
}

/// Kinds of interfaces that open no connections.
pub(super) fn silent_kind(kind: &str) -> Option<&'static str> {
    match kind {
        "vpc_endpoint" | "interface_endpoint" => Some("an interface endpoint opens no connections"),
        "nat_gateway" | "natGateway" => Some("a NAT gateway opens no connections of its own"),
        _ => None,
    }
}

/// Kinds of interfaces that take no connections.
fn deaf_kind(kind: &str) -> Option<&'static str> {
    match kind {
        "nat_gateway" | "natGateway" => Some("a NAT gateway takes no connections that nobody behind it opened"),
        "lambda" => Some("the interface of a function takes no connections"),
        _ => None,
    }
}
