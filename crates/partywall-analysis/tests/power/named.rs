//! Topologies that people know by name, and those that are none.

use std::collections::BTreeSet;

use partywall_analysis::power::proof::{Already, Proof, Scenario};
use partywall_analysis::power::topology::{Declared, FOREVER, Kind, Topology, TopologyError};

fn element(id: &str, kind: Kind, sources: &[&str]) -> Declared {
    Declared {
        id: id.to_owned(),
        kind,
        sources: sources.iter().map(|source| (*source).to_owned()).collect(),
        capacity_watts: (kind != Kind::Load).then_some(10_000.0),
        load_watts: (kind == Kind::Load).then_some(8_000.0),
        ride_through: match kind {
            Kind::Ups => Some(300_000),
            Kind::Load => Some(20),
            _ => None,
        },
        start: (kind == Kind::Generator).then_some(12_000),
        transfer: (kind == Kind::TransferSwitch).then_some(100),
        sources_needed: 1,
        maintenance_bypass: false,
    }
}

/// Two lines from one feed and one generator each.
fn two_lines() -> Vec<Declared> {
    let mut elements = Vec::new();
    for line in ["a", "b"] {
        let name = |what: &str| format!("{what}-{line}");
        let (grid, generator, switch, ups) = (name("grid"), name("gen"), name("ats"), name("ups"));
        elements.push(element(&grid, Kind::Utility, &[]));
        elements.push(element(&generator, Kind::Generator, &[]));
        elements.push(element(&switch, Kind::TransferSwitch, &[&grid, &generator]));
        elements.push(element(&ups, Kind::Ups, &[&switch]));
    }
    elements.push(element("rack", Kind::Load, &["ups-a", "ups-b"]));
    elements
}

fn proof(elements: Vec<Declared>) -> (Topology, Proof) {
    let topology = Topology::new(elements).unwrap();
    let proof = Proof::of(&topology, &Already::default());
    (topology, proof)
}

#[test]
fn two_independent_lines_survive_everything_but_both_at_once() {
    let (topology, proof) = proof(two_lines());
    let harmful: BTreeSet<Scenario> = proof.harms.iter().map(|harm| harm.scenario).collect();
    let at = |id: &str| topology.position(id).unwrap();
    // With one line opened for maintenance, only a failure on the other one is felt, and only below its switch.
    let expected = ["a", "b"].into_iter().flat_map(|line| {
        let other = if line == "a" { "b" } else { "a" };
        ["ats", "ups"]
            .into_iter()
            .flat_map(move |own| ["ats", "ups"].map(|of| (format!("{own}-{line}"), format!("{of}-{other}"))))
    });
    let expected: BTreeSet<Scenario> =
        expected.map(|(own, of)| Scenario::Maintenance(at(&own), Some(at(&of)))).collect();
    assert_eq!(harmful, expected);
    // A switch that fails leaves the UPS on its battery: five minutes, then dark.
    let dark = proof.harms.iter().all(|harm| harm.dark == Some(FOREVER));
    assert!(dark, "{:#?}", proof.harms);
}

#[test]
fn a_battery_shorter_than_the_start_of_the_generator_leaves_a_hole() {
    let mut elements = two_lines();
    for element in elements.iter_mut().filter(|element| element.kind == Kind::Ups) {
        element.ride_through = Some(8_000);
    }
    let (_, proof) = proof(elements);
    let hole = proof.harms.iter().find(|harm| harm.scenario == Scenario::UtilityLoss).unwrap();
    // Twelve seconds of start and a tenth of transfer, less eight seconds of battery.
    assert_eq!((hole.is_lost, hole.dark), (Some(true), Some(4_100)));
}

#[test]
fn the_line_that_is_left_must_carry_all() {
    let mut elements = two_lines();
    elements.push(element("rack-2", Kind::Load, &["ups-a", "ups-b"]));
    let (topology, proof) = proof(elements);
    let at = topology.position("ups-a").unwrap();
    let harm = proof.harms.iter().find(|harm| harm.scenario == Scenario::Single(at)).unwrap();
    let names: Vec<&str> = harm.overloaded.iter().map(|at| topology.elements[*at].declared.id.as_str()).collect();
    assert_eq!((harm.is_lost, names.contains(&"ups-b")), (Some(false), true));
}

#[test]
fn what_is_no_topology_is_refused() {
    let circle = vec![
        element("a", Kind::Distribution, &["c"]),
        element("b", Kind::Distribution, &["a"]),
        element("c", Kind::Distribution, &["b"]),
    ];
    let error = Topology::new(circle).unwrap_err();
    assert_eq!(error.to_string(), "the power topology goes in a circle: a feeds b feeds c feeds a");
    let own = Topology::new(vec![element("a", Kind::Ups, &["a"])]).unwrap_err();
    assert_eq!(own, TopologyError::Cycle(vec!["a".to_owned(), "a".to_owned()]));
    let unfed = Topology::new(vec![element("a", Kind::Load, &[])]).unwrap_err();
    assert_eq!(unfed, TopologyError::Unfed("a".to_owned()));
    let many = (0..3_000).map(|at| element(&at.to_string(), Kind::Utility, &[])).collect();
    assert!(matches!(Topology::new(many), Err(TopologyError::TooLarge(_))));
    let long = (0..1_900).map(|at| match at {
        0 => element("0", Kind::Utility, &[]),
        at => element(&at.to_string(), Kind::Distribution, &[&(at - 1).to_string()]),
    });
    assert_eq!(Topology::new(long.collect()).unwrap().elements.len(), 1_900);
}
