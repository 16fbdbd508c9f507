//! Transit gateways.

use std::sync::Arc;

use super::{Exit, FORK_STEPS, Place, STEPS_MAX, Walk, shown};
use crate::network::lookup::{TransitChoice, choose_attachment};
use crate::network::model::{AttachedTo, Attachment, Fact, Missing, Name, Subnet, TransitGateway, Vpc};

/// Transit gateways that a packet may pass; peering is not followed further.
const GATEWAYS_MAX: usize = 8;

impl<'n> Walk<'n> {
    /// Leaves a network through a transit gateway.
    /// <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>
    pub(super) fn through_transit_gateway(&mut self, name: &'n Arc<str>, vpc: &'n Arc<Vpc>, subnet: &'n Arc<Subnet>) {
        self.touched.push(name);
        let gateway = match self.network.find(&self.network.transit_gateways, name) {
            Ok(gateway) => gateway,
            Err(missing) => {
                let shown = shown(self.network, name);
                return self.wonder_unchanged("UNKNOWN_RESOURCE", &shown, &missing);
            }
        };
        let Some((attachment, subnets)) = self.attachment_of(gateway, vpc) else { return };
        self.check_attachment(attachment);
        match entry(subnets, subnet) {
            // https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
            Ok(Some(entry)) => self.pass_acl(entry, false),
            Ok(None) => self.deny("TGW_ATTACH_VPC_AZ_RESTRICTION", &attachment.name, || {
                format!("`{}` has no subnet in the zone of `{}`", attachment.name.short, subnet.name.short)
            }),
            Err(missing) => self.doubt("TGW_ATTACH_VPC_AZ_RESTRICTION", &attachment.name, &missing),
        }
        self.zone = subnet.zone.clone().ok();
        self.limit_groups(&both(&gateway.references_groups, &attachment.references_groups));
        self.cross(gateway, attachment);
    }

    fn attachment_of(
        &mut self,
        gateway: &'n TransitGateway,
        vpc: &Vpc,
    ) -> Option<(&'n Attachment, &'n [Fact<Arc<Subnet>>])> {
        let mut unknown = gateway.more.as_ref();
        for attachment in &gateway.attachments {
            if let AttachedTo::Vpc { vpc: attached, subnets } = &attachment.to {
                match attached {
                    Ok(name) if self.network.is_same(name, &vpc.name.resource) => return Some((attachment, subnets)),
                    Ok(_) => {}
                    Err(missing) => unknown = Some(missing),
                }
            }
        }
        match unknown {
            Some(missing) => self.wonder_unchanged("UNASSOCIATED_COMPONENT", &gateway.name, missing),
            None => self.stop_with("UNASSOCIATED_COMPONENT", &gateway.name, || {
                format!("`{}` is not attached to `{}`", vpc.name.short, gateway.name.short)
            }),
        }
        None
    }

    fn check_attachment(&mut self, attachment: &'n Attachment) {
        self.hop("transit_gateway_attachment", &attachment.name);
        match &attachment.is_available {
            Ok(true) => {}
            Ok(false) => self.deny("BAD_STATE_ATTACHMENT", &attachment.name, || {
                format!("`{}` is not available", attachment.name.short)
            }),
            Err(missing) => self.doubt("BAD_STATE_ATTACHMENT", &attachment.name, missing),
        }
    }

    /// Crosses transit gateways, from one attachment to the next, until it is in a network or outside.
    fn cross(&mut self, gateway: &'n TransitGateway, attachment: &'n Attachment) {
        let (mut gateway, mut from) = (gateway, &attachment.name);
        for _ in 0..GATEWAYS_MAX {
            self.hop("transit_gateway", &gateway.name);
            let Some(next) = self.next_attachment(gateway, from) else { return };
            self.check_attachment(next);
            match &next.to {
                AttachedTo::Vpc { vpc, subnets } => {
                    self.limit_groups(&both(&gateway.references_groups, &next.references_groups));
                    let Some(vpc) = self.fact(vpc, &next.name) else { return };
                    self.touched.push(vpc);
                    return match self.network.find(&self.network.vpcs, vpc) {
                        Ok(vpc) => self.enter_from_transit(vpc, subnets, next),
                        Err(missing) => self.wonder_unchanged("UNKNOWN_RESOURCE", &next.name, &missing),
                    };
                }
                AttachedTo::Gateway(other) => {
                    self.limit_groups(&Ok(false));
                    let Some(other) = self.fact(other, &next.name) else { return };
                    self.touched.push(other);
                    match self.network.find(&self.network.transit_gateways, other) {
                        Ok(found) => (gateway, from) = (found, &next.name),
                        Err(missing) => return self.wonder_unchanged("UNKNOWN_RESOURCE", &next.name, &missing),
                    }
                }
                AttachedTo::Other(kind) => {
                    let missing = format!("what is behind an attachment of the kind `{kind}` is not known").into();
                    return self.wonder("UNKNOWN_DESTINATION", &next.name, &missing);
                }
            }
        }
        self.stop_with("NO_PATH", &gateway.name, || "packets run in circles between transit gateways".to_owned());
    }

    fn next_attachment(&mut self, gateway: &'n TransitGateway, from: &Name) -> Option<&'n Attachment> {
        let address = self.destination.address;
        let (table, attachments) = match choose_attachment(self.network, gateway, from, address) {
            Ok(TransitChoice::Attachments(table, attachments)) => (table, attachments),
            Ok(TransitChoice::Unassociated) => {
                self.stop_with("TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", from, || {
                    format!("`{}` is associated with no route table of `{}`", from.short, gateway.name.short)
                });
                return None;
            }
            Ok(TransitChoice::Nowhere(table)) => {
                self.stop_with("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", table, || {
                    format!("`{}` has no route to {address}", table.short)
                });
                return None;
            }
            Ok(TransitChoice::Blackhole(table)) => {
                self.stop_with("TGW_RTB_BAD_STATE_ROUTE", table, || {
                    format!("`{}` drops what is for {address}", table.short)
                });
                return None;
            }
            Err(missing) => {
                self.wonder_unchanged("TGW_RTB_ROUTES_ARE_UNKNOWN", &gateway.name, &missing);
                return None;
            }
        };
        self.hop("transit_gateway_route_table", table);
        let [Ok(name)] = attachments.as_slice() else {
            let missing: Missing = match attachments.iter().find_map(|name| name.as_ref().err()) {
                Some(missing) => missing.clone(),
                None => format!("`{}` spreads what is for {address} over several attachments", table.short).into(),
            };
            self.wonder_unchanged("TGW_RTB_ROUTES_ARE_UNKNOWN", table, &missing);
            return None;
        };
        let is_it = |attachment: &&Arc<Attachment>| attachment.name.resource == *name || attachment.name.short == *name;
        let found = gateway.attachments.iter().find(is_it);
        if found.is_none() {
            self.wonder_unchanged(
                "UNKNOWN_RESOURCE",
                table,
                &format!("the attachment `{name}` is not in this source").into(),
            );
        }
        found.map(|attachment| &**attachment)
    }

    /// Enters a network in one of the attachment's subnets.
    fn enter_from_transit(&mut self, vpc: &'n Arc<Vpc>, subnets: &'n [Fact<Arc<Subnet>>], attachment: &'n Attachment) {
        let known: Vec<&'n Arc<Subnet>> = subnets.iter().filter_map(|subnet| subnet.as_ref().ok()).collect();
        let are_all_known = subnets.len() == known.len();
        match &attachment.keeps_zone {
            Ok(true) if are_all_known => return self.enter_any_zone(vpc, &known, attachment),
            Err(missing) if !are_alike(&known) => {
                return self.wonder_unchanged("TGW_ROUTE_AZ_RESTRICTION", &attachment.name, missing);
            }
            _ => {}
        }
        let is_near = |subnet: &&&Arc<Subnet>| match (&subnet.zone, &self.zone) {
            (Ok(zone), Some(own)) => zone.is(own) == Ok(true),
            _ => false,
        };
        let nearest = known.iter().find(is_near);
        let any = known.first().filter(|_| are_all_known && are_alike(&known));
        match nearest.filter(|_| attachment.keeps_zone != Ok(true)).or(any) {
            Some(entry) => self.enter_through(vpc, entry),
            None => {
                let missing = subnets.iter().find_map(|subnet| subnet.as_ref().err()).cloned();
                let depends = || "which zone's subnet the packet enters through depends on where it comes from".into();
                self.wonder_unchanged("TGW_ROUTE_AZ_RESTRICTION", &attachment.name, &missing.unwrap_or_else(depends));
            }
        }
    }

    /// Enters through a zone of the transit gateway's choice, through which the answer comes too.
    /// <https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html>
    fn enter_any_zone(&mut self, vpc: &'n Arc<Vpc>, subnets: &[&'n Arc<Subnet>], attachment: &'n Attachment) {
        let known = self.entrances.iter().find(|(of, _)| **of == attachment.name);
        if let Some((_, entry)) = known.filter(|_| self.is_reply) {
            return self.enter_through(vpc, entry);
        }
        let Some((first, rest)) = subnets.split_first() else {
            return self.stop_with("TGW_ATTACH_VPC_AZ_RESTRICTION", &attachment.name, || {
                format!("`{}` has no subnet", attachment.name.short)
            });
        };
        for entry in rest {
            self.steps += FORK_STEPS;
            if self.steps > STEPS_MAX {
                let missing = "too many ways may be taken".into();
                return self.wonder_unchanged("TGW_ROUTE_AZ_RESTRICTION", &attachment.name, &missing);
            }
            let mut fork = Self { forks: Vec::new(), ..self.clone() };
            fork.entrances.push((&attachment.name, entry));
            fork.enter_through(vpc, entry);
            self.forks.push(fork);
        }
        self.entrances.push((&attachment.name, first));
        self.enter_through(vpc, first);
    }

    /// Enters through a subnet of an attachment.
    fn enter_through(&mut self, vpc: &'n Arc<Vpc>, entry: &'n Arc<Subnet>) {
        let to = match self.destination.place {
            Place::Interface(to) => to.subnet.as_ref().ok(),
            Place::Nat(nat) => nat.subnet.as_ref().ok(),
            Place::Outside => None,
        };
        // Where the attachment's subnet is also the destination's, neither direction of its ACL is applied.
        if to.is_some_and(|to| to.name == entry.name) && self.is_within(vpc) {
            return match self.destination.place {
                Place::Interface(to) => self.arrive(to, false),
                Place::Nat(nat) => self.untranslate(nat, false),
                Place::Outside => self.exit = Some(Exit::Gateway(vpc)),
            };
        }
        self.zone = entry.zone.clone().ok();
        self.pass_acl(entry, true);
        if !self.is_over() {
            self.route(entry);
        }
    }
}

/// Whether subnets treat packets alike.
fn are_alike(subnets: &[&Arc<Subnet>]) -> bool {
    subnets.split_first().is_some_and(|(first, rest)| rest.iter().all(|other| is_alike(first, other)))
}

/// Whether two subnets treat packets alike.
fn is_alike(left: &Subnet, right: &Subnet) -> bool {
    let same = |left: Option<&Name>, right: Option<&Name>| left.is_some() && left == right;
    same(left.acl.as_ref().ok().map(|acl| &acl.name), right.acl.as_ref().ok().map(|acl| &acl.name))
        && same(left.routes.as_ref().ok().map(|table| &table.name), right.routes.as_ref().ok().map(|table| &table.name))
}

/// The attachment's subnet in the zone of a subnet.
fn entry<'n>(subnets: &'n [Fact<Arc<Subnet>>], of: &Subnet) -> Fact<Option<&'n Arc<Subnet>>> {
    let mut unknown = None;
    for subnet in subnets {
        match subnet {
            Ok(subnet) if subnet.name == of.name => return Ok(Some(subnet)),
            Ok(subnet) => match (&subnet.zone, &of.zone) {
                (Ok(left), Ok(right)) => match left.is(right) {
                    Ok(true) => return Ok(Some(subnet)),
                    Ok(false) => {}
                    Err(missing) => unknown = Some(missing),
                },
                (Err(missing), _) | (_, Err(missing)) => unknown = Some(missing.clone()),
            },
            Err(missing) => unknown = Some(missing.clone()),
        }
    }
    unknown.map_or(Ok(None), Err)
}

fn both(left: &Fact<bool>, right: &Fact<bool>) -> Fact<bool> {
    match (left, right) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Err(missing), _) | (_, Err(missing)) => Err(missing.clone()),
        (Ok(true), Ok(true)) => Ok(true),
    }
}
