//! What follows when one account changes, without reading and asking everything anew.
//!
//! Hops of the catalogue stay within an account, so that an edit touches the hops of the account's own principals and
//! the roles of the account that others assume. Control policies of the organization hold in many accounts: when one of
//! them changes, every account that it holds in has changed.

use std::collections::HashMap;
use std::sync::Arc;

use partywall_model::Inventory;

use super::estate::{Estate, Holder, Read};
use super::path::{Edge, Node, Paths, edges};
use super::view::{Part, rows};

/// Where principals went.
#[derive(Debug)]
pub struct Moved {
    /// The new place of each old one; None for a principal that is gone, or that is of the account that changed.
    places: Vec<Option<usize>>,
}

impl Estate {
    /// Reads one account anew from an inventory in which it changed.
    pub fn revise(&mut self, inventory: &Inventory, account: &str) -> Moved {
        let part = Part { inventory, account: Some(account) };
        let gone: Vec<Arc<str>> =
            self.resources.iter().filter(|(_, of)| ***of == *account).map(|(row, _)| row.clone()).collect();
        self.gaps.retain(|gap| self.resources.get(gap.resource.as_str()).is_none_or(|of| **of != *account));
        for row in gone {
            self.names.remove(&row);
            self.resources.remove(&row);
            self.groups.remove(&row);
            self.resource_policies.remove(&row);
        }
        for (table, rows) in inventory.resource_tables() {
            for row in rows {
                if *self.names.account(table, row) == *account {
                    self.names.add(table, row);
                }
            }
        }
        let read = Read::of(part, &self.names, self.documents);
        self.policies.extend(super::estate::numbered(&read.principals));
        self.organization = read.organization;
        self.documents = read.documents;
        self.groups.extend(read.groups);
        self.resource_policies.extend(read.resource_policies);
        self.resources.extend(read.resources);
        self.gaps.extend(read.gaps);
        self.unknowns.retain(|(of, _)| **of != *account);
        self.unknowns.extend(read.unknowns);
        self.replace(inventory, account, read.principals)
    }

    /// Puts the principals of one account in the place of those that were there, in the order of the rows.
    fn replace(&mut self, inventory: &Inventory, account: &str, fresh: Vec<Holder>) -> Moved {
        let mut places = vec![None; self.principals.len()];
        let old = std::mem::take(&mut self.principals).into_iter().enumerate();
        let kept = old.filter(|(_, holder)| *holder.account != *account).map(|(at, holder)| (Some(at), holder));
        let mut holders: HashMap<Arc<str>, (Option<usize>, Holder)> = kept
            .chain(fresh.into_iter().map(|holder| (None, holder)))
            .map(|(at, holder)| (holder.resource.clone(), (at, holder)))
            .collect();
        for view in ["aws_iam_role", "aws_iam_user"].into_iter().flat_map(|table| rows(inventory, table)) {
            let Some((before, holder)) = holders.remove(view.key()) else { continue };
            if let Some(place) = before.and_then(|before| places.get_mut(before)) {
                *place = Some(self.principals.len());
            }
            self.principals.push(holder);
        }
        self.find_places();
        Moved { places }
    }
}

impl Paths {
    /// Finds the hops of one account anew, after [`Estate::revise`].
    pub fn revise(&mut self, estate: &Estate, inventory: &Inventory, account: &str, moved: &Moved) {
        let mut edges: Vec<Vec<Edge>> = Vec::with_capacity(estate.principals.len());
        edges.resize_with(estate.principals.len(), Vec::new);
        for (before, of_one) in std::mem::take(&mut self.edges).into_iter().enumerate() {
            let Some(now) = moved.place(before) else { continue };
            if let Some(place) = edges.get_mut(now) {
                place.extend(of_one.into_iter().filter_map(|edge| moved.edge(edge)));
            }
        }
        for (at, of_one) in edges::of_account(estate, inventory, account) {
            if let Some(place) = edges.get_mut(at) {
                place.extend(of_one);
                place.sort_by_key(|edge| edge.order());
            }
        }
        self.edges = edges;
    }
}

impl Moved {
    fn place(&self, before: usize) -> Option<usize> {
        self.places.get(before).copied().flatten()
    }

    /// A hop between principals that are where they were, or have moved; None when it leads into the account that
    /// changed.
    fn edge(&self, mut edge: Edge) -> Option<Edge> {
        edge.from = self.place(edge.from)?;
        if let Node::Holder(to) = &mut edge.to {
            *to = self.place(*to)?;
        }
        if let Some(target) = &mut edge.setting.target {
            *target = self.place(*target)?;
        }
        Some(edge)
    }
}

#[cfg(test)]
mod tests;
