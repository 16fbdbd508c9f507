//! What two readings of a network do not have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use partywall_model::ResourceKey;

use crate::network::model::{AttachedTo, Interface, Name, Network};
use crate::network::walk::{INTERNET_GATEWAYS, PEERINGS, SUBNETS};

/// What two readings of a network do not have in common.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// Names of things that are new, gone or different, and names that mean something else now.
    pub(super) names: BTreeSet<ResourceKey>,
    /// Security groups that are new, gone or different.
    pub(super) groups: BTreeSet<ResourceKey>,
    /// Interfaces that are new or different.
    pub(super) interfaces: Vec<Arc<Interface>>,
    /// Interfaces that are gone.
    pub(super) gone: Vec<ResourceKey>,
    /// Whether so much is different that nothing that is known holds.
    pub(super) is_everything: bool,
}

impl Differences {
    pub(super) fn new(old: &Network, new: &Network) -> Self {
        let mut out = Self { is_everything: old.unseen != new.unseen || old.rare != new.rare, ..Self::default() };
        if out.is_everything {
            return out;
        }
        out.add(&old.subnets, &new.subnets, |thing| &thing.name, Some(SUBNETS));
        out.add(&old.vpcs, &new.vpcs, |thing| &thing.name, None);
        let internet = Some(INTERNET_GATEWAYS);
        out.add(&old.internet_gateways, &new.internet_gateways, |thing| &thing.name, internet);
        out.add(&old.egress_only_gateways, &new.egress_only_gateways, |thing| &thing.name, None);
        out.add(&old.nat_gateways, &new.nat_gateways, |thing| &thing.name, None);
        out.add(&old.endpoints, &new.endpoints, |thing| &thing.name, None);
        out.add(&old.firewall_endpoints, &new.firewall_endpoints, |thing| &thing.name, None);
        out.add(&old.vpn_gateways, &new.vpn_gateways, |thing| &thing.name, None);
        let before = out.names.len();
        out.add(&old.groups, &new.groups, |thing| &thing.name, None);
        if out.names.len() > before {
            out.groups = out.names.iter().filter(|name| is_group(old, new, name)).cloned().collect();
        }
        out.add(&old.peerings, &new.peerings, |thing| &thing.name, Some(PEERINGS));
        out.add(&old.transit_gateways, &new.transit_gateways, |thing| &thing.name, None);
        out.add_interfaces(old, new);
        out.add_indirect(new);
        out
    }

    fn add<T: Eq>(
        &mut self,
        old: &BTreeMap<ResourceKey, Arc<T>>,
        new: &BTreeMap<ResourceKey, Arc<T>>,
        name: impl Fn(&T) -> &Name,
        all: Option<&str>,
    ) {
        for (left, right) in merged(old, new) {
            if left == right {
                continue;
            }
            for thing in [left, right].into_iter().flatten() {
                let Name { resource, short } = name(thing);
                self.names.extend([resource.clone(), short.clone()]);
                self.names.extend(all.map(Into::into));
            }
        }
    }

    fn add_interfaces(&mut self, old: &Network, new: &Network) {
        for (left, right) in merged(&old.interfaces, &new.interfaces) {
            match (left, right) {
                (Some(left), Some(right)) if is_same(left, right) => continue,
                (_, Some(right)) => self.interfaces.push(right.clone()),
                (Some(left), None) => self.gone.push(left.name.resource.clone()),
                (None, None) => {}
            }
            for Interface { name, owner, .. } in [left, right].into_iter().flatten().map(|interface| &**interface) {
                let names = [&name.resource, &name.short, &owner.resource, &owner.short];
                self.names.extend(names.into_iter().cloned());
            }
        }
    }

    /// Things that name something else by a name that means something else now.
    fn add_indirect(&mut self, new: &Network) {
        let mut more = Vec::new();
        let is_changed = |name: &Arc<str>| self.names.contains(name);
        for peering in new.peerings.values() {
            if peering.sides.iter().flatten().any(is_changed) {
                more.extend([peering.name.resource.clone(), peering.name.short.clone(), PEERINGS.into()]);
            }
        }
        for gateway in new.transit_gateways.values() {
            let is_about = |to: &AttachedTo| match to {
                AttachedTo::Vpc { vpc: Ok(name), .. } | AttachedTo::Gateway(Ok(name)) => is_changed(name),
                _ => false,
            };
            if gateway.attachments.iter().any(|attachment| is_about(&attachment.to)) {
                more.extend([gateway.name.resource.clone(), gateway.name.short.clone()]);
            }
        }
        self.names.extend(more);
    }
}

fn is_group(old: &Network, new: &Network, name: &ResourceKey) -> bool {
    old.groups.contains_key(name) || new.groups.contains_key(name)
}

/// The values of two maps, side by side.
fn merged<'m, T>(
    old: &'m BTreeMap<ResourceKey, Arc<T>>,
    new: &'m BTreeMap<ResourceKey, Arc<T>>,
) -> impl Iterator<Item = (Option<&'m Arc<T>>, Option<&'m Arc<T>>)> {
    let (mut left, mut right) = (old.iter().peekable(), new.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return None,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((left, _)), Some((right, _))) => left.cmp(right),
        };
        let old = if order.is_le() { left.next() } else { None };
        let new = if order.is_ge() { right.next() } else { None };
        Some((old.map(|(_, thing)| thing), new.map(|(_, thing)| thing)))
    })
}

/// Whether an interface itself is the same; its subnet and groups are compared on their own.
fn is_same(left: &Arc<Interface>, right: &Arc<Interface>) -> bool {
    if Arc::ptr_eq(left, right) {
        return true;
    }
    let places =
        |interface: &Interface| interface.subnet.as_ref().map(|subnet| subnet.name.clone()).map_err(Clone::clone);
    let same_groups = left.groups.len() == right.groups.len()
        && left.groups.iter().zip(&right.groups).all(|(left, right)| left.name == right.name);
    left.name == right.name
        && left.owner == right.owner
        && places(left) == places(right)
        && same_groups
        && left.more_groups == right.more_groups
        && left.is_unfiltered == right.is_unfiltered
        && left.addresses == right.addresses
        && left.delegated == right.delegated
        && left.listens == right.listens
        && left.checks_addresses == right.checks_addresses
        && left.runs == right.runs
        && left.refuses_internet_v6 == right.refuses_internet_v6
        && left.balancer == right.balancer
        && left.kind == right.kind
        && left.doubt == right.doubt
}
