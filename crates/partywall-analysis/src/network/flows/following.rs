//! Flows that follow a network as it is edited.
//!
//! Beside every pair of places stand the names of everything that decided about packets from one to the other. After an
//! edit only those are followed again of which such a name is new, gone or means something else, and exchanges are
//! computed again where the way is another, or groups are that decide about them.

mod walks;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use partywall_model::ResourceKey;

use super::classes::{Named, Place, Traits};
use super::differences::Differences;
use super::partition::Partition;
use super::sight::Sight;
use super::{Exchange, Flows, Pair, Shared, in_parallel, of_members};
use crate::network::model::{GroupRules, Interface, Network};
use crate::network::passage::may_mean;
use crate::network::trace::Touched;
use crate::network::way::Ways;
use walks::Walks;

/// As many pairs are computed by one thread sooner than by several.
const FEW: usize = 256;

/// Flows that follow a network as it is edited.
#[derive(Debug, Default)]
pub struct Following {
    network: Network,
    named: Named,
    classes: Partition<Traits>,
    places: Partition<Place>,
    /// The place of each class.
    homes: Vec<Option<u32>>,
    /// Classes of each place.
    residents: HashMap<u32, BTreeSet<u32>>,
    sight: Sight,
    walks: Walks,
    pairs: BTreeMap<Pair, Arc<Exchange>>,
}

/// What became of flows by an edit.
#[derive(Debug, Default)]
pub struct Changed {
    /// Pairs of classes of which the exchange is another.
    pub changes: Vec<Change>,
    /// Interfaces that are new, or in another class than before.
    pub moved: Vec<ResourceKey>,
    /// How many pairs of classes were computed again.
    pub computed: usize,
}

/// Two classes, by position, of which the exchange is another.
#[derive(Debug)]
pub struct Change {
    /// Who sends.
    pub from: u32,
    /// Who gets.
    pub to: u32,
    /// What got there before.
    pub before: Option<Arc<Exchange>>,
    /// What gets there now.
    pub after: Option<Arc<Exchange>>,
}

/// What an edit leaves to be computed again.
#[derive(Debug)]
#[must_use = "flows are stale until what is pending is computed"]
pub struct Pending {
    /// Pairs of places.
    ways: BTreeSet<Pair>,
    /// Pairs of classes.
    pairs: BTreeSet<Pair>,
    moved: Vec<ResourceKey>,
}

impl Following {
    /// Computes all flows of a network.
    pub fn new(network: Network) -> Self {
        let mut out = Self::default();
        drop(out.revise(network));
        out
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// All flows as they are now. Classes that are gone have no members.
    pub fn flows(&self) -> Flows {
        Flows { classes: of_members(&self.network, &self.classes), pairs: self.pairs.clone() }
    }

    /// Follows an edit: the network is another now.
    pub fn revise(&mut self, network: Network) -> Changed {
        let pending = self.adopt(network);
        self.compute(pending)
    }

    /// Takes an edit in and finds what it leaves to be computed.
    pub fn adopt(&mut self, network: Network) -> Pending {
        let mut differences = Differences::new(&self.network, &network);
        if differences.is_everything {
            *self = Self::default();
            self.network.unseen.clone_from(&network.unseen);
            self.network.rare.clone_from(&network.rare);
            differences = Differences::new(&self.network, &network);
        }
        let several = |members: &[BTreeSet<ResourceKey>]| -> Vec<bool> {
            members.iter().map(|members| members.len() > 1).collect()
        };
        let sizes = [several(self.classes.members()), several(self.places.members())];
        let named = Named::new(&network);
        let Fresh { classes, mut places, moved } = self.sort(&network, &named, &differences);
        self.named = named;
        let first = |members: &BTreeSet<ResourceKey>| network.interfaces.get(members.first()?).map(|first| &**first);
        let sight = Sight::new(&network, self.places.members().iter().map(first));
        let before = std::mem::replace(&mut self.sight, sight);
        let old = std::mem::replace(&mut self.network, network);
        places.extend((0u32..).take(self.places.members().len()).filter(|at| self.sight.vpc(*at) != before.vpc(*at)));
        let mut pairs: BTreeSet<Pair> = BTreeSet::new();
        for place in &places {
            self.forget(*place);
        }
        self.settle(classes, &places, &mut pairs);
        let mut ways: BTreeSet<Pair> = differences.names.iter().flat_map(|name| self.walks.touching(name)).collect();
        self.add_joined(&before, &mut ways);
        for place in places {
            ways.extend(self.sight.sources(place).map(|source| (source, place)));
            ways.extend(self.sight.targets(place).map(|target| (place, target)));
        }
        let crossed = |before: &[bool], now: Vec<bool>| -> Vec<Pair> {
            let was = |at: usize| before.get(at).copied().unwrap_or_default();
            now.into_iter()
                .enumerate()
                .zip(0u32..)
                .filter(|((at, now), _)| was(*at) != *now)
                .map(|(_, at)| (at, at))
                .collect()
        };
        let [class_sizes, place_sizes] = sizes;
        pairs.extend(crossed(&class_sizes, several(self.classes.members())));
        ways.extend(crossed(&place_sizes, several(self.places.members())));
        self.add_governed(&old, &differences, &mut pairs);
        Pending { ways, pairs, moved }
    }

    /// Computes what is left to be computed.
    pub fn compute(&mut self, pending: Pending) -> Changed {
        let Pending { ways, pairs, moved } = pending;
        let mut pairs: Vec<Pair> = pairs.into_iter().collect();
        let ways: Vec<Pair> = ways.into_iter().collect();
        let found = spread(&ways, |pair, shared| {
            let mut touched = Touched(Some(BTreeSet::new()));
            let ends = self.resident(pair.0, 0).zip(self.resident(pair.1, usize::from(pair.0 == pair.1)));
            let ways = ends.map(|(from, to)| Ways::new(&self.network, from, to, &mut touched));
            let names = touched.0.filter(|_| ends.is_some()).unwrap_or_default();
            (*pair, ways.map(|ways| shared.ways(ways)), shared.names(names))
        });
        for (pair, ways, names) in found {
            let is_empty = ways.as_ref().is_none_or(|ways| ways.is_empty());
            let was_empty = self.walks.ways(pair).is_none_or(Ways::is_empty);
            if self.walks.set(pair, ways, names) && !(is_empty && was_empty) {
                pairs.extend(self.between(pair));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let outcomes = spread(&pairs, |pair, shared| (*pair, self.exchange(*pair).map(|exchange| shared.of(exchange))));
        let mut changes = Vec::new();
        for (pair, after) in outcomes {
            let before = match &after {
                Some(after) => self.pairs.insert(pair, after.clone()),
                None => self.pairs.remove(&pair),
            };
            let is_same = match (&before, &after) {
                (Some(before), Some(after)) => before.is_same(after),
                (before, after) => before.is_none() && after.is_none(),
            };
            if !is_same {
                changes.push(Change { from: pair.0, to: pair.1, before, after });
            }
        }
        changes.sort_by_key(|change| (change.from, change.to));
        Changed { changes, moved, computed: pairs.len() }
    }

    fn exchange(&self, (from, to): Pair) -> Option<Exchange> {
        let member = |class: u32, at: usize| self.network.interfaces.get(self.classes.member(class, at)?);
        let (source, destination) = (member(from, 0)?, member(to, usize::from(from == to))?);
        let place = |interface: &Interface| self.places.part(&interface.name.resource);
        let ways = self.walks.ways((place(source)?, place(destination)?))?;
        ways.exchange(&self.network, source, destination)
    }

    fn resident(&self, place: u32, at: usize) -> Option<&Interface> {
        self.network.interfaces.get(self.places.member(place, at)?).map(|interface| &**interface)
    }

    fn classes_of(&self, place: u32) -> impl Iterator<Item = u32> {
        self.residents.get(&place).into_iter().flatten().copied()
    }

    /// Pairs of classes of two places.
    fn between(&self, (from, to): Pair) -> Vec<Pair> {
        self.classes_of(from).flat_map(|source| self.classes_of(to).map(move |target| (source, target))).collect()
    }

    fn place_of(&self, class: u32) -> Option<u32> {
        self.places.part(self.classes.member(class, 0)?)
    }

    /// Ways from networks whose packets find others than before.
    fn add_joined(&self, before: &Sight, ways: &mut BTreeSet<Pair>) {
        for vpc in self.sight.changed(before) {
            for place in self.sight.within(vpc) {
                ways.extend(self.walks.from(place, self.places.members().len()));
                ways.extend(self.sight.targets(place).map(|target| (place, target)));
            }
        }
    }

    /// Pairs about which groups decide that are different.
    fn add_governed(&self, old: &Network, differences: &Differences, pairs: &mut BTreeSet<Pair>) {
        let none = GroupRules::default();
        let (mut entered, mut left): (BTreeMap<&ResourceKey, Vec<&GroupRules>>, BTreeSet<&ResourceKey>) =
            Default::default();
        for name in &differences.groups {
            let [old, new] = [old, &self.network].map(|network| network.groups.get(name));
            let ingress = [old, new].map(|group| group.map_or(&none, |group| &group.ingress));
            if ingress[0] != ingress[1] {
                entered.insert(name, ingress.to_vec());
            }
            if old.map(|group| &group.egress) != new.map(|group| &group.egress) {
                left.insert(name);
            }
        }
        if entered.is_empty() && left.is_empty() {
            return;
        }
        for class in (0u32..).take(self.classes.members().len()) {
            let Some(traits) = self.classes.key(class) else { continue };
            let Some(place) = self.place_of(class) else { continue };
            if traits.groups.iter().any(|group| left.contains(group)) {
                pairs.extend(self.sight.targets(place).flat_map(|to| self.classes_of(to)).map(|to| (class, to)));
            }
            for rules in traits.groups.iter().filter_map(|group| entered.get(group)) {
                for from in self.sight.sources(place) {
                    let is_plain = self.walks.ways((from, place)).is_none_or(|ways| ways.is_plain());
                    let sources = self.classes_of(from).filter(|source| !is_plain || self.is_meant(rules, *source));
                    pairs.extend(sources.map(|source| (source, class)));
                }
            }
        }
    }

    /// Whether a rule that only one of two states of a group has is about a class.
    fn is_meant(&self, rules: &[&GroupRules], class: u32) -> bool {
        let [old, new] = rules else { return true };
        let Some(member) = self.classes.member(class, 0).and_then(|name| self.network.interfaces.get(name)) else {
            return false;
        };
        let is_about = |own: &GroupRules, other: &GroupRules| {
            own.more != other.more
                || own
                    .rules
                    .iter()
                    .any(|rule| !other.rules.contains(rule) && may_mean(&self.network, &rule.peer, member))
        };
        is_about(old, new) || is_about(new, old)
    }

    /// Forgets everything about a place.
    fn forget(&mut self, place: u32) {
        for pair in self.walks.forget(place, self.places.members().len()) {
            for classes in self.between(pair) {
                self.pairs.remove(&classes);
            }
        }
    }

    /// Puts classes into places anew, and begins anew with those that are new, gone or elsewhere.
    fn settle(&mut self, mut fresh: BTreeSet<u32>, places: &BTreeSet<u32>, pairs: &mut BTreeSet<Pair>) {
        let count = self.classes.members().len();
        let homes: Vec<Option<u32>> = (0u32..).take(count).map(|class| self.place_of(class)).collect();
        self.residents.clear();
        for (home, class) in homes.iter().zip(0u32..) {
            if let Some(place) = home {
                self.residents.entry(*place).or_default().insert(class);
            }
        }
        let before = std::mem::replace(&mut self.homes, homes);
        let has_moved = |at: &u32| usize::try_from(*at).is_ok_and(|at| before.get(at) != self.homes.get(at));
        fresh.extend((0u32..).take(count).filter(has_moved));
        for class in &fresh {
            if self.pairs.is_empty() {
                break;
            }
            let from = self.pairs.range((*class, 0)..=(*class, u32::MAX)).map(|(pair, _)| *pair);
            let to = (0u32..).take(count).map(|source| (source, *class));
            let stale: Vec<Pair> = from.chain(to).collect();
            for pair in stale {
                self.pairs.remove(&pair);
            }
        }
        for class in fresh {
            // All ways from and to a new place are computed anyway, and with them what its classes can say.
            let Some(place) = self.place_of(class).filter(|place| !places.contains(place)) else { continue };
            pairs.extend(self.sight.sources(place).flat_map(|from| self.classes_of(from)).map(|from| (from, class)));
            pairs.extend(self.sight.targets(place).flat_map(|to| self.classes_of(to)).map(|to| (class, to)));
        }
    }

    /// Sorts interfaces into classes and places: those that are different, or all when rules name other things now.
    fn sort(&mut self, network: &Network, named: &Named, differences: &Differences) -> Fresh {
        let mut out = Fresh::default();
        if *named == self.named {
            for name in &differences.gone {
                self.classes.remove(name, &mut out.classes);
                self.places.remove(name, &mut out.places);
            }
            for interface in &differences.interfaces {
                let name = &interface.name.resource;
                let traits = named.traits(interface);
                self.places.place(name, traits.place.clone(), &mut out.places);
                if self.classes.place(name, traits, &mut out.classes) {
                    out.moved.push(name.clone());
                }
            }
            return out;
        }
        let different: BTreeSet<&ResourceKey> =
            differences.interfaces.iter().map(|interface| &interface.name.resource).collect();
        let is_same = |name: &ResourceKey| !different.contains(name);
        let before: Vec<(ResourceKey, Option<u32>)> =
            network.interfaces.keys().map(|name| (name.clone(), self.classes.part(name))).collect();
        let all = network.interfaces.iter();
        out.classes = self.classes.sort(all.clone().map(|(name, one)| (name.clone(), named.traits(one))), is_same);
        out.places = self.places.sort(all.map(|(name, one)| (name.clone(), named.traits(one).place)), is_same);
        let has_moved = |(name, part): &(ResourceKey, Option<u32>)| {
            let now = self.classes.part(name);
            now != *part || now.is_some_and(|now| out.classes.contains(&now))
        };
        out.moved = before.into_iter().filter(has_moved).map(|(name, _)| name).collect();
        out
    }
}

/// What is new or gone, by position.
#[derive(Default)]
struct Fresh {
    classes: BTreeSet<u32>,
    places: BTreeSet<u32>,
    moved: Vec<ResourceKey>,
}

/// What comes of every item, by several threads when there are many.
fn spread<O: Send>(pairs: &[Pair], work: impl Fn(&Pair, &mut Shared) -> O + Sync) -> Vec<O> {
    if pairs.len() > FEW {
        return in_parallel(pairs, |pair, shared| vec![work(pair, shared)]);
    }
    let mut shared = Shared::default();
    pairs.iter().map(|pair| work(pair, &mut shared)).collect()
}
