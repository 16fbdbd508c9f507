//! Ways between places, and what decided about each.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use partywall_model::ResourceKey;

use crate::network::flows::Pair;
use crate::network::way::Ways;

/// Ways between places, and what decided about each, which many share.
#[derive(Debug, Default)]
pub(super) struct Walks {
    by_pair: HashMap<Pair, (Arc<Ways>, u32)>,
    /// The pairs about which the same names decided.
    sets: Vec<HashSet<Pair>>,
    positions: HashMap<Arc<BTreeSet<ResourceKey>>, u32>,
    by_name: HashMap<ResourceKey, Vec<u32>>,
}

impl Walks {
    /// The ways from one place to another.
    pub(super) fn ways(&self, pair: Pair) -> Option<&Ways> {
        self.by_pair.get(&pair).map(|(ways, _)| &**ways)
    }

    /// Pairs about which a name decided.
    pub(super) fn touching(&self, name: &ResourceKey) -> impl Iterator<Item = Pair> {
        let sets = self.by_name.get(name).into_iter().flatten();
        sets.filter_map(|position| self.sets.get(usize::try_from(*position).ok()?)).flatten().copied()
    }

    /// Pairs from a place, where there are so many places.
    pub(super) fn from(&self, place: u32, count: usize) -> impl Iterator<Item = Pair> {
        let all = (0u32..).take(count).map(move |other| (place, other));
        all.filter(|pair| self.by_pair.contains_key(pair))
    }

    /// Notes the ways of a pair and what decided about them; None when there is no pair. Whether they are others than
    /// before.
    pub(super) fn set(&mut self, pair: Pair, ways: Option<Arc<Ways>>, names: Arc<BTreeSet<ResourceKey>>) -> bool {
        let before = self.take(pair);
        let Some(ways) = ways else { return before.is_some() };
        let is_same = before.is_some_and(|before| before == ways);
        // Ways that look at every pair of interfaces may lead to another end though they are called the same.
        let is_settled = is_same && ways.is_plain_throughout();
        let position = self.position(names);
        if let Some(set) = usize::try_from(position).ok().and_then(|at| self.sets.get_mut(at)) {
            set.insert(pair);
        }
        self.by_pair.insert(pair, (ways, position));
        !is_settled
    }

    /// Forgets a place; answers the pairs that it was in.
    pub(super) fn forget(&mut self, place: u32, count: usize) -> Vec<Pair> {
        let all = (0u32..).take(count).flat_map(|other| [(place, other), (other, place)]);
        let known: Vec<Pair> = all.filter(|pair| self.by_pair.contains_key(pair)).collect();
        for pair in &known {
            self.take(*pair);
        }
        known
    }

    fn take(&mut self, pair: Pair) -> Option<Arc<Ways>> {
        let (ways, position) = self.by_pair.remove(&pair)?;
        if let Some(set) = usize::try_from(position).ok().and_then(|at| self.sets.get_mut(at)) {
            set.remove(&pair);
        }
        Some(ways)
    }

    fn position(&mut self, names: Arc<BTreeSet<ResourceKey>>) -> u32 {
        if let Some(position) = self.positions.get(&names) {
            return *position;
        }
        let position = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        self.sets.push(HashSet::new());
        for name in &*names {
            self.by_name.entry(name.clone()).or_default().push(position);
        }
        self.positions.insert(names, position);
        position
    }
}
