//! A generated estate: networks of 1,000 interfaces in three zones and four tiers, with twenty services whose groups
//! let each other in, NAT gateways, a network ACL for each tier, peered neighbours, and a transit gateway for every
//! twenty networks.

use std::error::Error;

use partywall_model::{Cell, Inventory};

use crate::rows::{permission, row, text, texts};

/// Interfaces of one network.
const INTERFACES: usize = 1_000;

/// Networks that share a transit gateway.
const SHARED: usize = 20;

const ZONES: usize = 3;
const TIERS: usize = 4;
const SERVICES: usize = 20;

/// One interface in so many is watched, which its further group says.
const WATCHED: usize = 7;

type Done = Result<(), Box<dyn Error>>;

/// One network while it is made.
struct Vpc<'i> {
    out: &'i mut Inventory,
    number: usize,
}

/// An estate of so many interfaces.
pub(crate) fn estate(size: usize) -> Result<Inventory, Box<dyn Error>> {
    let mut out = Inventory::default();
    let count = size.div_ceil(INTERFACES);
    for number in 0..count {
        let mut vpc = Vpc { out: &mut out, number };
        vpc.places()?;
        vpc.gateways()?;
        vpc.routes(count)?;
        vpc.filters()?;
        vpc.groups()?;
        vpc.interfaces(INTERFACES.min(size - number * INTERFACES))?;
        vpc.transit(count)?;
    }
    out.sort();
    Ok(out)
}

/// The name of the group of a service, or of those that are watched.
pub(crate) fn group(vpc: usize, service: usize) -> String {
    format!("sg-{vpc:05}{service:03}")
}

/// What a group lets in.
pub(crate) fn permissions(vpc: usize, service: usize) -> Result<Vec<Cell>, Box<dyn Error>> {
    let port = 8000 + i64::try_from(service)?;
    let own = |part: usize| format!("10.{}.{}.0/20", vpc % 256, part * 16);
    let before = group(vpc, (service + SERVICES - 5) % SERVICES);
    Ok(match service {
        0 => vec![permission(443, Some("10.0.0.0/8".to_owned()), None)?],
        1..=3 => {
            vec![permission(port, Some(format!("10.{}.0.0/16", vpc % 256)), None)?, permission(22, Some(own(9)), None)?]
        }
        SERVICES => vec![permission(9100, Some(format!("10.{}.0.0/20", vpc / SHARED * SHARED % 256)), None)?],
        _ if service.is_multiple_of(3) => {
            vec![permission(port, None, Some(before))?, permission(22, Some(own(service % 12)), None)?]
        }
        _ => vec![permission(port, None, Some(before))?, permission(port, None, Some(group(vpc, service)))?],
    })
}

impl Vpc<'_> {
    fn push(&mut self, name: &str, resource: &str, set: &[(&str, Cell)]) -> Done {
        Ok(self.out.push(name, row(name, resource, set)?)?)
    }

    fn id(&self) -> String {
        format!("vpc-{:08}", self.number)
    }

    /// Networks of different transit gateways may have the same ranges.
    fn base(&self) -> String {
        format!("10.{}", self.number % 256)
    }

    fn subnet(&self, tier: usize, zone: usize) -> String {
        format!("subnet-{:05}{:03}", self.number, tier * ZONES + zone)
    }

    fn places(&mut self) -> Done {
        let (id, base) = (self.id(), self.base());
        self.push("aws_vpc", &id, &[("vpc_id", text(&*id)), ("cidr_block", text(format!("{base}.0.0/16")))])?;
        for part in 0..TIERS * ZONES {
            let name = self.subnet(part / ZONES, part % ZONES);
            self.push(
                "aws_vpc_subnet",
                &name,
                &[
                    ("subnet_id", text(&*name)),
                    ("vpc_id", text(&*id)),
                    ("cidr_block", text(format!("{base}.{}.0/20", part * 16))),
                    ("availability_zone", text(format!("zone-{}", part % ZONES))),
                ],
            )?;
        }
        Ok(())
    }

    fn gateways(&mut self) -> Done {
        let (id, gateway) = (self.id(), format!("igw-{:08}", self.number));
        let set =
            [("internet_gateway_id", text(&*gateway)), ("vpc_id", text(id)), ("attachment_state", text("available"))];
        self.push("aws_vpc_internet_gateway", &gateway, &set)?;
        for zone in 0..ZONES {
            let name = format!("nat-{:05}{zone:03}", self.number);
            let subnet = self.subnet(0, zone);
            let private = format!("{}.{}.250", self.base(), zone * 16);
            self.push(
                "aws_vpc_nat_gateway",
                &name,
                &[
                    ("nat_gateway_id", text(&*name)),
                    ("subnet_id", text(subnet)),
                    ("connectivity_type", text("public")),
                    ("availability_mode", text("zonal")),
                    ("private_ip_addresses", texts([private])),
                    ("public_ip_addresses", texts([format!("52.{zone}.{}.{}", self.number / 256, self.number % 256)])),
                ],
            )?;
        }
        let (own, next) = (id_of(self.number), id_of(self.number ^ 1));
        if self.number.is_multiple_of(2) {
            let name = format!("pcx-{:08}", self.number);
            self.push(
                "aws_vpc_peering_connection",
                &name,
                &[
                    ("vpc_peering_connection_id", text(&*name)),
                    ("requester_vpc_id", text(own)),
                    ("accepter_vpc_id", text(next)),
                    ("status_code", text("active")),
                ],
            )?;
        }
        Ok(())
    }

    /// A table for the public tier, and one for the others in each zone.
    fn routes(&mut self, count: usize) -> Done {
        let neighbour = self.number ^ 1;
        for part in 0..=ZONES {
            let table = format!("rtb-{:05}{part:03}", self.number);
            let id = self.id();
            self.push("aws_vpc_route_table", &table, &[("route_table_id", text(&*table)), ("vpc_id", text(id))])?;
            let out = match part {
                0 => ("gateway_id", text(format!("igw-{:08}", self.number))),
                zone => ("nat_gateway_id", text(format!("nat-{:05}{:03}", self.number, zone - 1))),
            };
            let hub = ("transit_gateway_id", text(format!("tgw-{:08}", self.number / SHARED)));
            let mut routes = vec![("0.0.0.0/0".to_owned(), out), ("10.0.0.0/8".to_owned(), hub)];
            if neighbour < count {
                let link = text(format!("pcx-{:08}", self.number / 2 * 2));
                routes.push((format!("10.{}.0.0/16", neighbour % 256), ("vpc_peering_connection_id", link)));
            }
            for (position, (destination, target)) in routes.into_iter().enumerate() {
                let set = [
                    ("route_table_id", text(&*table)),
                    ("destination_cidr_block", text(destination)),
                    target,
                    ("state", text("active")),
                ];
                self.push("aws_vpc_route", &format!("{table}/{position}"), &set)?;
            }
            let subnets: Vec<String> = match part {
                0 => (0..ZONES).map(|zone| self.subnet(0, zone)).collect(),
                zone => (1..TIERS).map(|tier| self.subnet(tier, zone - 1)).collect(),
            };
            for subnet in subnets {
                let set = [("route_table_id", text(&*table)), ("subnet_id", text(&*subnet))];
                self.push("aws_vpc_route_table_association", &format!("{table}/{subnet}"), &set)?;
            }
        }
        Ok(())
    }

    /// A network ACL for each tier; those behind let in what is of private networks, and answers.
    fn filters(&mut self) -> Done {
        for tier in 0..TIERS {
            let acl = format!("acl-{:05}{tier:03}", self.number);
            let subnets = texts((0..ZONES).map(|zone| self.subnet(tier, zone)));
            self.push("aws_vpc_network_acl", &acl, &[("network_acl_id", text(&*acl)), ("subnet_ids", subnets)])?;
            let public = format!("{}.0.0/18", self.base());
            let everywhere = || "0.0.0.0/0".to_owned();
            let inwards = match tier {
                0 => vec![("allow", "-1", everywhere(), (-1, -1))],
                3 => vec![
                    ("deny", "6", public, (0, 1023)),
                    ("allow", "-1", "10.0.0.0/8".to_owned(), (-1, -1)),
                    ("allow", "6", everywhere(), (1024, 65535)),
                ],
                _ => vec![
                    ("allow", "-1", "10.0.0.0/8".to_owned(), (-1, -1)),
                    ("allow", "6", everywhere(), (1024, 65535)),
                    ("allow", "17", everywhere(), (1024, 65535)),
                ],
            };
            let outwards = vec![("allow", "-1", everywhere(), (-1, -1))];
            for (is_egress, entries) in [(false, inwards), (true, outwards)] {
                for (position, entry) in entries.into_iter().enumerate() {
                    self.entry(&acl, is_egress, position, entry)?;
                }
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        acl: &str,
        is_egress: bool,
        position: usize,
        (action, protocol, range, (first, last)): (&str, &str, String, (i64, i64)),
    ) -> Done {
        self.push(
            "aws_vpc_network_acl_entry",
            &format!("{acl}/{is_egress}/{position}"),
            &[
                ("network_acl_id", text(acl)),
                ("is_egress", Cell::Boolean(is_egress)),
                ("rule_number", Cell::Integer(100 + i64::try_from(position)?)),
                ("rule_action", text(action)),
                ("protocol", text(protocol)),
                ("cidr_block", text(range)),
                ("from_port", Cell::Integer(first)),
                ("to_port", Cell::Integer(last)),
            ],
        )
    }

    fn groups(&mut self) -> Done {
        for service in 0..=SERVICES {
            let (id, name) = (self.id(), group(self.number, service));
            let entries = permissions(self.number, service)?;
            self.push(
                "aws_vpc_security_group",
                &name,
                &[
                    ("group_id", text(&*name)),
                    ("vpc_id", text(id)),
                    ("ip_permissions", Cell::List(entries)),
                    ("ip_permissions_egress", Cell::List(vec![permission(-1, Some("0.0.0.0/0".to_owned()), None)?])),
                ],
            )?;
        }
        Ok(())
    }

    fn interfaces(&mut self, count: usize) -> Done {
        for host in 0..count {
            let (service, zone) = (host % SERVICES, host / SERVICES % ZONES);
            let tier = service % TIERS;
            let name = format!("eni-{:05}{host:05}", self.number);
            let mut groups = vec![group(self.number, service)];
            if host.is_multiple_of(WATCHED) {
                groups.push(group(self.number, SERVICES));
            }
            let (third, fourth) = ((tier * ZONES + zone) * 16 + host / 250 + 1, host % 250 + 4);
            let subnet = self.subnet(tier, zone);
            let private = format!("{}.{third}.{fourth}", self.base());
            let public = format!("54.{}.{}.{}", host / 250, self.number / 256 * 4 + host % 4, self.number % 256);
            let mut set = vec![
                ("network_interface_id", text(&*name)),
                ("subnet_id", text(subnet)),
                ("security_groups", texts(groups)),
                ("private_ip_address", text(private)),
                ("status", text("in-use")),
            ];
            if service == 0 {
                set.push(("association_public_ip", text(public)));
            }
            self.push("aws_ec2_network_interface", &name, &set)?;
        }
        Ok(())
    }

    fn transit(&mut self, count: usize) -> Done {
        let (attachment, table) =
            (format!("tgw-attach-{:08}", self.number), format!("tgw-rtb-{:08}", self.number / SHARED));
        let hub = format!("tgw-{:08}", self.number / SHARED);
        let (id, subnets) = (self.id(), texts((0..ZONES).map(|zone| self.subnet(1, zone))));
        self.push(
            "aws_ec2_transit_gateway_vpc_attachment",
            &attachment,
            &[
                ("transit_gateway_attachment_id", text(&*attachment)),
                ("transit_gateway_id", text(&*hub)),
                ("vpc_id", text(id)),
                ("subnet_ids", subnets),
                ("state", text("available")),
            ],
        )?;
        let range = format!("{}.0.0/16", self.base());
        self.push(
            "aws_ec2_transit_gateway_route",
            &format!("{table}/{}", self.number),
            &[
                ("transit_gateway_route_table_id", text(&*table)),
                ("destination_cidr_block", text(range)),
                ("transit_gateway_attachment_ids", texts([attachment])),
                ("type", text("static")),
            ],
        )?;
        if self.number.is_multiple_of(SHARED) {
            let members = self.number..count.min(self.number + SHARED);
            let members = texts(members.map(|vpc| format!("tgw-attach-{vpc:08}")));
            let set = [
                ("transit_gateway_route_table_id", text(&*table)),
                ("transit_gateway_id", text(hub)),
                ("associations", members),
            ];
            self.push("aws_ec2_transit_gateway_route_table", &table, &set)?;
        }
        Ok(())
    }
}

fn id_of(vpc: usize) -> String {
    format!("vpc-{vpc:08}")
}
