//! Interfaces, sorted by what they have in common, into parts that keep their positions as interfaces change.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use partywall_model::ResourceKey;

/// Interfaces, sorted by what they have in common. A part that is gone has no members, and its position is given to a
/// new one.
#[derive(Debug)]
pub(super) struct Partition<K> {
    positions: HashMap<K, u32>,
    keys: Vec<Option<K>>,
    members: Vec<BTreeSet<ResourceKey>>,
    by_member: HashMap<ResourceKey, u32>,
    free: Vec<u32>,
}

impl<K> Default for Partition<K> {
    fn default() -> Self {
        Self {
            positions: HashMap::new(),
            keys: Vec::new(),
            members: Vec::new(),
            by_member: HashMap::new(),
            free: Vec::new(),
        }
    }
}

impl<K: Clone + Eq + Hash> Partition<K> {
    /// The members of every part.
    pub(super) fn members(&self) -> &[BTreeSet<ResourceKey>] {
        &self.members
    }

    /// What the members of a part have in common; None for a part that is gone.
    pub(super) fn key(&self, position: u32) -> Option<&K> {
        self.keys.get(index(position)?)?.as_ref()
    }

    /// The part that an interface is in.
    pub(super) fn part(&self, name: &ResourceKey) -> Option<u32> {
        self.by_member.get(name).copied()
    }

    /// One of the members of a part.
    pub(super) fn member(&self, position: u32, at: usize) -> Option<&ResourceKey> {
        self.members.get(index(position)?)?.iter().nth(at)
    }

    /// Takes an interface out. Notes the part when that is gone.
    pub(super) fn remove(&mut self, name: &ResourceKey, fresh: &mut BTreeSet<u32>) {
        let Some(position) = self.by_member.remove(name) else { return };
        let Some(at) = index(position) else { return };
        let Some(members) = self.members.get_mut(at) else { return };
        members.remove(name);
        if members.is_empty() {
            fresh.insert(position);
            self.free.push(position);
            if let Some(key) = self.keys.get_mut(at).and_then(Option::take) {
                self.positions.remove(&key);
            }
        }
    }

    /// Puts an interface where it belongs now. Notes parts that are new or gone; whether it moved.
    pub(super) fn place(&mut self, name: &ResourceKey, key: K, fresh: &mut BTreeSet<u32>) -> bool {
        let known = self.positions.get(&key).copied();
        if known.is_some() && known == self.part(name) {
            return false;
        }
        self.remove(name, fresh);
        let position = self.positions.get(&key).copied().unwrap_or_else(|| {
            let position = self.add(key);
            fresh.insert(position);
            position
        });
        self.join(name.clone(), position);
        true
    }

    /// Sorts all interfaces anew. A part keeps its position when one of its members that `is_same` as before was in it.
    /// Answers which parts are new or gone.
    pub(super) fn sort(
        &mut self,
        interfaces: impl Iterator<Item = (ResourceKey, K)>,
        is_same: impl Fn(&ResourceKey) -> bool,
    ) -> BTreeSet<u32> {
        let mut order: Vec<(K, Vec<ResourceKey>)> = Vec::new();
        let mut sorted: HashMap<K, usize> = HashMap::new();
        for (name, key) in interfaces {
            let at = *sorted.entry(key.clone()).or_insert(order.len());
            match order.get_mut(at) {
                Some((_, members)) => members.push(name),
                None => order.push((key, vec![name])),
            }
        }
        let before = std::mem::take(self);
        let mut unclaimed: BTreeSet<u32> = (0u32..).take(before.members.len()).collect();
        self.members = vec![BTreeSet::new(); before.members.len()];
        self.keys = vec![None; before.members.len()];
        let mut homeless = Vec::new();
        for (key, members) in order {
            let known = members.iter().find(|name| is_same(name) && before.by_member.contains_key(*name));
            let claimed = known.and_then(|name| before.part(name)).filter(|position| unclaimed.remove(position));
            match claimed {
                Some(position) => self.fill(key, members, position),
                None => homeless.push((key, members)),
            }
        }
        self.free = unclaimed.iter().copied().collect();
        let mut fresh = unclaimed;
        for (key, members) in homeless {
            let position = self.add(key.clone());
            fresh.insert(position);
            self.fill(key, members, position);
        }
        fresh
    }

    fn fill(&mut self, key: K, members: Vec<ResourceKey>, position: u32) {
        if let Some(own) = index(position).and_then(|at| self.keys.get_mut(at)) {
            *own = Some(key.clone());
        }
        self.positions.insert(key, position);
        members.into_iter().for_each(|name| self.join(name, position));
    }

    fn add(&mut self, key: K) -> u32 {
        let position = self.free.pop().unwrap_or_else(|| {
            self.members.push(BTreeSet::new());
            self.keys.push(None);
            u32::try_from(self.members.len() - 1).unwrap_or(u32::MAX)
        });
        self.fill(key, Vec::new(), position);
        position
    }

    fn join(&mut self, name: ResourceKey, position: u32) {
        if let Some(members) = index(position).and_then(|at| self.members.get_mut(at)) {
            members.insert(name.clone());
        }
        self.by_member.insert(name, position);
    }
}

fn index(position: u32) -> Option<usize> {
    usize::try_from(position).ok()
}
