//! Everything that everybody can say to everybody.
//!
//! Interfaces that no rule tells apart form a class, and one of a class speaks for all. Classes that only their security
//! groups tell apart are in one place, and packets are followed from place to place; what groups say is added for each
//! pair of classes. Places whose networks nothing joins are never looked at.

mod classes;
mod differences;
mod following;
mod joined;
mod partition;
mod sight;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use partywall_model::ResourceKey;

use super::address::same_family;
use super::headers::Headers;
use super::model::{Interface, Network};
use super::trace::{Flow, Touched, exchange_at};
use super::way::{Ways, first_of_each_family};
use classes::{Named, Place, Traits};
pub use following::{Change, Changed, Following, Pending};
use partition::Partition;
use sight::Sight;

/// Interfaces that no rule tells apart.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its members, by `resource`.
    pub members: Vec<Arc<Interface>>,
}

/// What one can say to another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Exchange {
    /// What surely gets there.
    pub certain: Headers,
    /// What gets there, or may.
    pub possible: Headers,
    /// What surely gets there, and its answers surely back.
    pub answered: Headers,
    /// What gets there, or may, and its answers as well.
    pub maybe_answered: Headers,
}

impl Exchange {
    /// What a flow amounts to.
    pub fn of(flow: &Flow) -> Self {
        Self {
            answered: flow.forward.certain.answered_by(&flow.reply.certain),
            maybe_answered: flow.forward.possible.answered_by(&flow.reply.possible),
            certain: flow.forward.certain.clone(),
            possible: flow.forward.possible.clone(),
        }
    }

    /// What gets through one way or the other.
    #[must_use]
    pub(super) fn join(self, other: &Self) -> Self {
        Self {
            certain: self.certain.join(&other.certain),
            possible: self.possible.join(&other.possible),
            answered: self.answered.join(&other.answered),
            maybe_answered: self.maybe_answered.join(&other.maybe_answered),
        }
    }

    /// Whether nothing gets there.
    pub fn is_empty(&self) -> bool {
        self.possible.is_empty()
    }

    /// Whether both are the same, however their sets are cut.
    pub fn is_same(&self, other: &Self) -> bool {
        self.certain.is_same(&other.certain)
            && self.possible.is_same(&other.possible)
            && self.answered.is_same(&other.answered)
            && self.maybe_answered.is_same(&other.maybe_answered)
    }
}

/// Everything that everybody can say to everybody by private addresses. What is not listed gets nothing through.
#[derive(Debug, Default)]
pub struct Flows {
    /// The classes.
    pub classes: Vec<Class>,
    /// Exchanges by the positions of two classes, from and to. A class and itself stands for its different members.
    pub pairs: BTreeMap<(u32, u32), Arc<Exchange>>,
}

/// Sorts interfaces into classes, by the name of the first of each.
pub fn classes(network: &Network) -> Vec<Class> {
    let named = Named::new(network);
    let traits = network.interfaces.iter().map(|(name, interface)| (name.clone(), named.traits(interface)));
    let mut sorted = Partition::default();
    sorted.sort(traits, |_| false);
    of_members(network, &sorted)
}

fn of_members(network: &Network, sorted: &Partition<Traits>) -> Vec<Class> {
    let class = |members: &BTreeSet<ResourceKey>| Class {
        members: members.iter().filter_map(|name| network.interfaces.get(name)).cloned().collect(),
    };
    sorted.members().iter().map(class).collect()
}

/// Everything that everybody can say to everybody.
pub fn flows(network: &Network) -> Flows {
    let classes = classes(network);
    let named = Named::new(network);
    // Classes that only groups tell apart are in one place, and how packets get from place to place they share.
    let mut order: Vec<Vec<u32>> = Vec::new();
    let mut known: HashMap<Place, usize> = HashMap::new();
    for (class, position) in classes.iter().zip(0u32..) {
        let Some(first) = class.members.first() else { continue };
        let at = *known.entry(named.traits(first).place).or_insert(order.len());
        match order.get_mut(at) {
            Some(place) => place.push(position),
            None => order.push(vec![position]),
        }
    }
    let members = |place: &Vec<u32>| -> Vec<&Interface> {
        let all = place.iter().filter_map(|class| classes.get(usize::try_from(*class).ok()?));
        all.flat_map(|class| class.members.iter().take(2)).map(|member| &**member).take(2).collect()
    };
    let firsts: Vec<Vec<&Interface>> = order.iter().map(members).collect();
    let sight = Sight::new(network, firsts.iter().map(|members| members.first().copied()));
    let targets: Vec<u32> = (0u32..).take(order.len()).collect();
    let all = All { network, classes: &classes, places: &order, firsts: &firsts };
    let pairs = in_parallel(&targets, |target, shared| {
        sight.sources(*target).flat_map(|source| all.between(source, *target, shared)).collect()
    });
    Flows { pairs: pairs.into_iter().collect(), classes }
}

/// Classes, and the places that they are in.
struct All<'a> {
    network: &'a Network,
    classes: &'a [Class],
    places: &'a [Vec<u32>],
    /// One or two interfaces of each place.
    firsts: &'a [Vec<&'a Interface>],
}

impl All<'_> {
    /// Exchanges between the classes of two places.
    fn between(&self, from: u32, to: u32, shared: &mut Shared) -> Vec<(Pair, Arc<Exchange>)> {
        let firsts = |place: u32| self.firsts.get(usize::try_from(place).ok()?);
        let first = firsts(from).and_then(|firsts| firsts.first());
        let second = firsts(to).and_then(|firsts| firsts.get(usize::from(from == to)));
        let (Some(first), Some(second)) = (first, second) else { return Vec::new() };
        let ways = Ways::new(self.network, first, second, &mut Touched::default());
        if ways.is_empty() {
            return Vec::new();
        }
        let classes = |place: u32| usize::try_from(place).ok().and_then(|at| self.places.get(at)).into_iter().flatten();
        let mut out = Vec::new();
        for (source, target) in classes(from).flat_map(|source| classes(to).map(move |target| (*source, *target))) {
            let member = |class: u32, at: usize| self.classes.get(usize::try_from(class).ok()?)?.members.get(at);
            let ends = member(source, 0).zip(member(target, usize::from(source == target)));
            let Some(exchange) = ends.and_then(|(from, to)| ways.exchange(self.network, from, to)) else { continue };
            out.push(((source, target), shared.of(exchange)));
        }
        out
    }
}

/// Two classes, or two places, by position: from and to.
type Pair = (u32, u32);

/// What is known of many pairs, which is one of little.
#[derive(Default)]
struct Shared {
    exchanges: HashSet<Arc<Exchange>>,
    ways: HashSet<Arc<Ways>>,
    names: HashSet<Arc<BTreeSet<ResourceKey>>>,
}

impl Shared {
    fn of(&mut self, exchange: Exchange) -> Arc<Exchange> {
        one_of(&mut self.exchanges, exchange)
    }

    fn ways(&mut self, ways: Ways) -> Arc<Ways> {
        one_of(&mut self.ways, ways)
    }

    fn names(&mut self, names: BTreeSet<ResourceKey>) -> Arc<BTreeSet<ResourceKey>> {
        one_of(&mut self.names, names)
    }
}

fn one_of<T: Eq + Hash>(known: &mut HashSet<Arc<T>>, one: T) -> Arc<T> {
    if let Some(shared) = known.get(&one) {
        return shared.clone();
    }
    let shared = Arc::new(one);
    known.insert(shared.clone());
    shared
}

/// What comes of every item, by as many threads as there are processors, in no order.
fn in_parallel<I: Sync, O: Send>(items: &[I], work: impl Fn(&I, &mut Shared) -> Vec<O> + Sync) -> Vec<O> {
    let next = AtomicUsize::new(0);
    let run = || {
        let (mut out, mut shared) = (Vec::new(), Shared::default());
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            out.append(&mut work(item, &mut shared));
        }
        out
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(items.len());
    if threads < 2 {
        return run();
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        // A thread that fell must not take its pairs with it unsaid.
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload))
        };
        running.into_iter().flat_map(join).collect()
    })
}

/// What one interface can say to another by private addresses of either family.
pub fn exchange(network: &Network, from: &Interface, to: &Interface) -> Exchange {
    let families = first_of_each_family(to).into_iter();
    let shared = families.filter(|address| first_of_each_family(from).iter().any(|own| same_family(*own, *address)));
    let all = shared.map(|address| exchange_at(network, from, to, address));
    all.reduce(|known, one| known.join(&one)).unwrap_or_default()
}
