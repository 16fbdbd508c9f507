//! The proof of power beside a second implementation: one second at a time, from the words of docs/sites.md.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod clockwork;
mod named;
mod random;

use std::collections::BTreeSet;

use partywall_analysis::power::course::Outage;
use partywall_analysis::power::proof::{Already, Proof, Scenario};
use partywall_analysis::power::topology::{FOREVER, Kind, Topology};

use clockwork::{Clockwork, Told};
use random::{Random, already, declared};

/// Random topologies; `PARTYWALL_POWER_TOPOLOGIES` tries as many.
const TOPOLOGIES: u64 = 10_000;

fn topologies() -> u64 {
    std::env::var("PARTYWALL_POWER_TOPOLOGIES").ok().map_or(TOPOLOGIES, |text| text.parse().unwrap())
}

/// What the proof says of one scenario, in the words of the second implementation.
fn proven(topology: &Topology, proof: &Proof, scenario: Scenario) -> BTreeSet<Told> {
    let name = |at: usize| topology.elements[at].declared.id.clone();
    let harms = proof.harms.iter().filter(|harm| harm.scenario == scenario);
    harms
        .map(|harm| Told {
            load: name(harm.load),
            is_lost: harm.is_lost.unwrap(),
            dark_seconds: harm.dark.filter(|dark| *dark < FOREVER).map(|dark| dark / 1000),
            overloaded: harm.overloaded.iter().map(|at| name(*at)).collect(),
        })
        .collect()
}

fn scenarios(topology: &Topology, base: &Outage, weakened: &BTreeSet<usize>) -> Vec<(Scenario, Outage)> {
    let elements: Vec<usize> = (0..topology.elements.len()).filter(|at| topology.can_fail(*at)).collect();
    let mut weak = base.clone();
    weak.failed.extend(weakened);
    let with = |more: &[usize], maintained| {
        let mut outage = weak.clone();
        outage.failed.extend(more);
        Outage { maintained, ..outage }
    };
    let utilities: Vec<usize> = topology.of(Kind::Utility).collect();
    let mut all = vec![(Scenario::Now, base.clone()), (Scenario::UtilityLoss, with(&utilities, None))];
    for at in &elements {
        all.push((Scenario::Single(*at), with(&[*at], None)));
        all.push((Scenario::Maintenance(*at, None), with(&[], Some(*at))));
        let others = elements.iter().filter(|other| *other != at);
        all.extend(others.map(|other| (Scenario::Maintenance(*at, Some(*other)), with(&[*other], Some(*at)))));
    }
    all
}

#[test]
fn the_proof_is_that_of_a_second_implementation() {
    let (mut harmed, mut played) = (0, 0);
    for seed in 0..topologies() {
        let mut random = Random::new(seed);
        let elements = declared(&mut random);
        let topology = Topology::new(elements.clone()).unwrap();
        let already = already(&mut random, &topology);
        let proof = Proof::of(&topology, &already);
        for (scenario, outage) in scenarios(&topology, &already.outage, &already.weakened) {
            let told = Clockwork::new(&topology).play(&outage);
            let found = proven(&topology, &proof, scenario);
            assert_eq!(found, told, "seed {seed}, {scenario:?}, {outage:?} of {elements:#?}");
            (harmed, played) = (harmed + usize::from(!told.is_empty()), played + 1);
        }
    }
    println!("{played} scenarios of {} topologies, {harmed} with harm", topologies());
    assert!(harmed * 10 > played, "only {harmed} of {played} scenarios harm a load");
    assert!(harmed * 10 < played * 9, "{harmed} of {played} scenarios harm a load");
}

/// A number that nobody gave leaves open what it decides, and nothing else.
#[test]
fn what_a_missing_number_leaves_certain_holds_for_every_number() {
    let mut open = 0;
    for seed in 0..topologies() / 5 {
        let mut random = Random::new(seed);
        let full = declared(&mut random);
        let topology = Topology::new(full.clone()).unwrap();
        let mut less = full;
        for element in &mut less {
            for slot in [&mut element.ride_through, &mut element.start, &mut element.transfer] {
                *slot = slot.filter(|_| random.below(5) > 0);
            }
            for slot in [&mut element.capacity_watts, &mut element.load_watts] {
                *slot = slot.filter(|_| random.below(5) > 0);
            }
        }
        let bare = Topology::new(less).unwrap();
        let (known, unsure) = (Proof::of(&topology, &Already::default()), Proof::of(&bare, &Already::default()));
        let key = |harm: &partywall_analysis::power::proof::Harm| (harm.scenario, harm.load);
        let known: BTreeSet<_> = known.harms.iter().map(key).collect();
        let certain: BTreeSet<_> = unsure.harms.iter().filter(|harm| harm.is_certain).map(key).collect();
        let possible: BTreeSet<_> = unsure.harms.iter().map(key).collect();
        assert!(certain.is_subset(&known), "seed {seed}: {:?}", certain.difference(&known).next());
        assert!(known.is_subset(&possible), "seed {seed}: {:?}", known.difference(&possible).next());
        open += possible.len() - certain.len();
    }
    assert!(open > 100, "{open} open harms");
}
