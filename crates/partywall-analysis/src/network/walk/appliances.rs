//! Interfaces that forward what is not for them.

use std::sync::Arc;

use super::{Place, Walk, has_address, shown};
use crate::network::model::Subnet;
use crate::network::passage::{Other, groups};

impl<'n> Walk<'n> {
    /// Goes to an interface that forwards what is not for it, such as a NAT instance's.
    pub(super) fn through_appliance(&mut self, name: &'n Arc<str>, subnet: &'n Arc<Subnet>) {
        self.through_appliance_interface(name, Some(subnet));
    }

    pub(super) fn through_appliance_interface(&mut self, name: &'n Arc<str>, from: Option<&'n Arc<Subnet>>) {
        let shown = shown(self.network, name);
        let resource = self.network.resolve(name);
        self.touched.extend([&**name, &**resource]);
        let interfaces = &self.network.interfaces;
        let own = interfaces
            .get(resource)
            .or_else(|| interfaces.values().find(|interface| interface.owner.resource == *resource));
        let Some(appliance) = own else {
            return self.wonder("UNKNOWN_RESOURCE", &shown, &format!("`{name}` is not in this source").into());
        };
        // A packet that is for the appliance itself is no business of its forwarding.
        if let Place::Interface(to) = self.destination.place
            && to.name == appliance.name
            && has_address(to, self.destination.address)
        {
            return self.arrive(to, from.is_none_or(|from| to.subnet.as_ref().map(|own| &own.name) != Ok(&from.name)));
        }
        self.hop("interface", &appliance.name);
        self.is_entangled = true;
        self.touched.extend(appliance.groups.iter().map(|group| &*group.name.resource));
        match &appliance.checks_addresses {
            Ok(true) => self.deny("ENI_SOURCE_DEST_CHECK_RESTRICTION", &appliance.name, || {
                format!("`{}` drops what is not for it: its source and destination check is on", appliance.name.short)
            }),
            Ok(false) => {}
            Err(missing) => self.doubt("ENI_SOURCE_DEST_CHECK_RESTRICTION", &appliance.name, missing),
        }
        if let Ok(subnet) = &appliance.subnet
            && from.is_none_or(|from| from.name != subnet.name)
        {
            self.pass_acl(subnet, false);
        }
        if !self.is_reply {
            let member = match (self.source.place, &self.source.keeps_groups) {
                (Place::Interface(from), Ok(true)) => Some(from),
                _ => None,
            };
            let other = Other { address: self.source.address, member, doubt: None };
            let passage = groups(self.network, appliance, false, &other, self.headers());
            self.pass_groups(appliance, "in from", self.source.address, passage);
        }
        self.check_state(appliance);
        self.wonder(
            "UNKNOWN_RESOURCE",
            &appliance.name,
            &format!("what `{}` forwards is not known", appliance.name.short).into(),
        );
    }
}
