//! Which places are worth looking at from which.

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::ResourceKey;

use super::joined::Joined;
use crate::network::model::{Interface, Network};
use crate::network::walk::vpc_of;

/// The network that something is in, if that is known.
type Vpc = Option<ResourceKey>;

/// Which places are worth looking at from which.
#[derive(Debug, Default)]
pub(super) struct Sight {
    joined: Joined,
    /// The network of each place; None when nobody is there.
    by_place: Vec<Option<Vpc>>,
    /// The places of each network.
    places: BTreeMap<Vpc, Vec<u32>>,
}

impl Sight {
    /// Which places are worth looking at, where these are the first members of each.
    pub(super) fn new<'n>(network: &'n Network, firsts: impl Iterator<Item = Option<&'n Interface>>) -> Self {
        let vpc = |first: &Interface| vpc_of(&first.subnet).map(|vpc| vpc.name.resource.clone());
        let by_place: Vec<Option<Vpc>> = firsts.map(|first| first.map(vpc)).collect();
        let mut places: BTreeMap<Vpc, Vec<u32>> = BTreeMap::new();
        for (vpc, position) in by_place.iter().zip(0..) {
            if let Some(vpc) = vpc {
                places.entry(vpc.clone()).or_default().push(position);
            }
        }
        Self { joined: Joined::new(network), by_place, places }
    }

    /// The network of a place, if it is known; None when nobody is there.
    pub(super) fn vpc(&self, place: u32) -> Option<&Vpc> {
        self.by_place.get(usize::try_from(place).ok()?)?.as_ref()
    }

    /// Places of a network.
    pub(super) fn within(&self, vpc: &ResourceKey) -> impl Iterator<Item = u32> {
        self.places.get(&Some(vpc.clone())).into_iter().flatten().copied()
    }

    /// Places from which packets may come to a place.
    pub(super) fn sources(&self, to: u32) -> impl Iterator<Item = u32> {
        let own = self.vpc(to);
        let is_near = move |vpc: &Vpc| own.is_some_and(|own| self.joins(vpc, own));
        self.places.iter().filter(move |(vpc, _)| is_near(vpc)).flat_map(|(_, places)| places).copied()
    }

    /// Places to which packets of a place may come.
    pub(super) fn targets(&self, from: u32) -> impl Iterator<Item = u32> {
        let own = self.vpc(from);
        let is_near = move |vpc: &Vpc| own.is_some_and(|own| self.joins(own, vpc));
        self.places.iter().filter(move |(vpc, _)| is_near(vpc)).flat_map(|(_, places)| places).copied()
    }

    fn joins(&self, from: &Vpc, to: &Vpc) -> bool {
        match (from, to) {
            (Some(from), Some(to)) => self.joined.joins(from, to),
            _ => true,
        }
    }

    /// Networks whose packets may find other ways than before.
    pub(super) fn changed<'s>(&'s self, before: &'s Self) -> BTreeSet<&'s ResourceKey> {
        self.joined.changed(&before.joined)
    }
}
