//! Topologies that are made up, the same for a seed.

use partywall_analysis::power::course::Outage;
use partywall_analysis::power::proof::Already;
use partywall_analysis::power::topology::{Declared, Kind, Topology};

/// Numbers that look random: SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// Up to ten elements; every number is a whole second or watt.
pub(crate) fn declared(random: &mut Random) -> Vec<Declared> {
    let mut elements: Vec<Declared> = Vec::new();
    let origins = 1 + random.below(3);
    for at in 0..origins {
        let kind = if at == 0 || random.below(2) == 0 { Kind::Utility } else { Kind::Generator };
        elements.push(element(random, at, kind, Vec::new()));
    }
    let middle = 1 + random.below(5);
    for at in origins..origins + middle {
        let kind = [Kind::TransferSwitch, Kind::Ups, Kind::Distribution][random.below(3) as usize];
        let sources = sources(random, &elements);
        elements.push(element(random, at, kind, sources));
    }
    let loads = 1 + random.below(2);
    let feeders = elements.clone();
    for at in origins + middle..origins + middle + loads {
        let sources = sources(random, &feeders);
        elements.push(element(random, at, Kind::Load, sources));
    }
    // The order of declaration is not that of power.
    let turn = random.below(elements.len() as u64) as usize;
    elements.rotate_left(turn);
    elements
}

fn sources(random: &mut Random, elements: &[Declared]) -> Vec<String> {
    let count = 1 + random.below(3);
    let mut sources: Vec<String> = Vec::new();
    for _ in 0..count {
        let source = elements[random.below(elements.len() as u64) as usize].id.clone();
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}

fn element(random: &mut Random, at: u64, kind: Kind, sources: Vec<String>) -> Declared {
    let is_load = kind == Kind::Load;
    let seconds = |number: u64| Some(number * 1000);
    let needed = if random.below(4) == 0 { sources.len() } else { 1 };
    Declared {
        id: format!("e{at}"),
        kind,
        capacity_watts: (!is_load).then(|| 60.0 + 60.0 * random.below(6) as f64),
        load_watts: is_load.then(|| 60.0 + 60.0 * random.below(3) as f64),
        ride_through: match kind {
            Kind::Ups => seconds(random.below(6)),
            Kind::Load => seconds(random.below(2)),
            _ => None,
        },
        start: (kind == Kind::Generator).then(|| random.below(5) * 1000),
        transfer: (!is_load).then(|| random.below(3) * 1000),
        sources_needed: needed,
        maintenance_bypass: random.below(3) == 0,
        sources,
    }
}

/// One time in three something has failed already.
pub(crate) fn already(random: &mut Random, topology: &Topology) -> Already {
    let mut already = Already { outage: Outage::default(), ..Already::default() };
    if random.below(3) > 0 {
        return already;
    }
    let at = random.below(topology.elements.len() as u64) as usize;
    match (topology.elements[at].declared.kind, random.below(3)) {
        (Kind::Load, _) => false,
        (Kind::Ups, 0 | 1) => already.outage.starved.insert(at),
        (_, 2) => already.weakened.insert(at),
        _ => already.outage.failed.insert(at),
    };
    already
}
