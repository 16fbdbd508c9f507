//! Laws that hold whatever the graph: the drill and the fault tree say the same, redundancy never hurts.

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_analysis::availability::cuts::{Limits, minimal_cuts};
use partywall_analysis::availability::evaluate::{Scenario, evaluate};
use partywall_analysis::availability::facts::Effect;
use partywall_analysis::availability::graph::{Graph, Need, Node, NodeNumber, Toll};
use partywall_analysis::availability::place::{Atlas, Location, Region, Zone, Zones};
use partywall_analysis::availability::tree::{Event, Tree};
use partywall_analysis::availability::words::Range;
use partywall_analysis::availability::workload::reach;
use partywall_model::{DrillLevel as Level, Span};
use proptest::prelude::*;

const REGIONS: u16 = 2;
const ZONES: u16 = 6;

#[derive(Debug, Clone)]
struct Plain {
    place: u8,
    zones: BTreeSet<u16>,
    unsure: bool,
    toll: (u8, u8),
    holds_data: bool,
    is_managed: bool,
    is_single: bool,
    is_doubtful: bool,
    needs: Vec<(BTreeSet<usize>, u32, bool)>,
}

fn plain() -> impl Strategy<Value = Plain> {
    let needs = prop::collection::vec(
        (prop::collection::btree_set(0_usize..14, 1..4), 1_u32..3, prop::bool::weighted(0.8)),
        0..3,
    );
    (
        0_u8..3,
        prop::collection::btree_set(0_u16..ZONES, 1..4),
        prop::bool::weighted(0.2),
        (0_u8..3, 0_u8..3),
        any::<(bool, bool, bool)>(),
        prop::bool::weighted(0.1),
        needs,
    )
        .prop_map(|(place, zones, unsure, toll, (holds_data, is_managed, is_single), is_doubtful, needs)| Plain {
            place,
            zones,
            unsure,
            toll,
            holds_data,
            is_managed,
            is_single,
            is_doubtful,
            needs,
        })
}

fn effect(number: u8) -> Effect {
    [Effect::None, Effect::Degraded, Effect::Down][usize::from(number)]
}

fn toll((one, other): (u8, u8)) -> Toll {
    Toll {
        least: effect(one.min(other)),
        most: effect(one.max(other)),
        automatic: false,
        rpo: Span::new(0, 5),
        rto: Span::new(1, 60),
        words: Arc::default(),
    }
}

/// The last node is the one that is looked at. Nodes need earlier ones, or later ones too when `cyclic`.
fn graph(plains: &[Plain], cyclic: bool) -> (Graph, NodeNumber) {
    let mut atlas = Atlas::default();
    atlas.regions =
        (0..REGIONS).map(|number| Region { name: format!("region-{number}").into(), is_known: true }).collect();
    let zone = |number: u16| Zone { region: number % REGIONS, name: format!("zone-{number}").into(), is_known: true };
    atlas.zones = (0..ZONES).map(zone).collect();
    let mut graph = Graph { atlas, ..Graph::default() };
    for (plain, number) in plains.iter().zip(0_usize..) {
        let first = *plain.zones.first().unwrap();
        let region = first % REGIONS;
        let certain: Vec<u16> = plain.zones.iter().copied().filter(|zone| zone % REGIONS == region).collect();
        let location = match plain.place {
            0 => Location::Global,
            1 => Location::Region(region),
            _ if plain.unsure => {
                Location::Zones(Zones { region, certain: Vec::new(), perhaps: certain, elsewhere: None })
            }
            _ => Location::Zones(Zones { region, certain, perhaps: Vec::new(), elsewhere: None }),
        };
        let needs = plain.needs.iter().filter_map(|(of, least, is_hard)| {
            let in_sight = |other: &&usize| (cyclic || **other < number) && **other != number && **other < plains.len();
            let of: Vec<NodeNumber> = of.iter().filter(in_sight).map(|other| u32::try_from(*other).unwrap()).collect();
            let least = (*least).min(u32::try_from(of.len()).unwrap());
            (!of.is_empty()).then(|| Need {
                label: "need".into(),
                of,
                least,
                is_hard: *is_hard,
                pause: Span::ZERO,
                first: None,
            })
        });
        let is_zonal = matches!(location, Location::Zones(_));
        graph.add(Node {
            name: format!("node-{number}").into(),
            title: "node".into(),
            table: "",
            whole: None,
            is_managed: plain.is_managed && !is_zonal,
            location,
            zone: toll(plain.toll),
            region: toll((2, plain.toll.1)),
            holds_data: plain.holds_data,
            needs: needs.collect(),
            units: Range::NONE,
            is_single: plain.is_single && is_zonal,
            is_doubtful: plain.is_doubtful,
            workload: None,
        });
    }
    graph.arrange();
    let top = u32::try_from(plains.len() - 1).unwrap();
    (graph, top)
}

fn scenario(events: &[Event]) -> Scenario {
    let mut scenario = Scenario::default();
    for event in events {
        match event {
            Event::Region(region) => drop(scenario.regions.insert(*region)),
            Event::Zone(zone) => drop(scenario.zones.insert(*zone)),
            Event::Node(node) => drop(scenario.nodes.insert(*node)),
        }
    }
    scenario
}

fn level(graph: &Graph, top: NodeNumber, events: &[Event]) -> Level {
    evaluate(graph, &scenario(events))[top as usize].level
}

fn ordered(graph: &Graph, top: NodeNumber) -> Vec<NodeNumber> {
    let within = reach(graph, top);
    graph.order.iter().copied().filter(|number| within.contains(number)).collect()
}

fn all_events(graph: &Graph) -> Vec<Event> {
    let singles = graph.nodes.iter().zip(0..).filter(|(node, _)| node.is_single).map(|(_, number)| Event::Node(number));
    (0..REGIONS).map(Event::Region).chain((0..ZONES).map(Event::Zone)).chain(singles).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_drill_falls_with_every_cut_set_and_with_nothing_less(
        plains in prop::collection::vec(plain(), 2..14),
        cyclic in any::<bool>(),
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let (graph, top) = graph(&plains, cyclic);
        let events = all_events(&graph);
        let failed: Vec<Event> = chosen.iter().map(|index| *index.get(&events)).collect();
        let found = level(&graph, top, &failed);
        for wanted in [Level::Down, Level::Unknown] {
            let tree = Tree::of(&graph, &ordered(&graph, top), top, wanted);
            let cuts = minimal_cuts(&tree, Limits { size_max: usize::MAX, sets_max: 500 }).unwrap();
            let named = |set: &Vec<usize>| -> Vec<Event> { set.iter().map(|event| tree.events[*event]).collect() };
            for set in &cuts.sets {
                let set = named(set);
                prop_assert!(level(&graph, top, &set) >= wanted, "{set:?} is no cut");
                for left_out in 0..set.len() {
                    let mut fewer = set.clone();
                    fewer.remove(left_out);
                    prop_assert!(level(&graph, top, &fewer) < wanted, "{set:?} is not minimal");
                }
            }
            if cuts.sets.len() as u128 == cuts.count {
                let holds = cuts.sets.iter().any(|set| named(set).iter().all(|event| failed.contains(event)
                    || matches!(event, Event::Zone(zone) if failed.contains(&Event::Region(zone % REGIONS)))));
                prop_assert_eq!(holds, found >= wanted, "{:?}: {:?}", failed, found);
            }
        }
    }

    #[test]
    fn more_failures_never_help(
        plains in prop::collection::vec(plain(), 2..14),
        cyclic in any::<bool>(),
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
    ) {
        let (graph, top) = graph(&plains, cyclic);
        let events = all_events(&graph);
        let failed: Vec<Event> = chosen.iter().map(|index| *index.get(&events)).collect();
        let (_, fewer) = failed.split_last().unwrap();
        prop_assert!(level(&graph, top, fewer) <= level(&graph, top, &failed));
    }

    #[test]
    fn redundancy_never_hurts_and_its_loss_never_helps(
        plains in prop::collection::vec(plain(), 3..14),
        node in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        // Beside something that may not exist, another one turns what would not be missed into what is counted on.
        let plains: Vec<Plain> = plains.into_iter().map(|plain| Plain { is_doubtful: false, ..plain }).collect();
        let (before, top) = graph(&plains, false);
        let events = all_events(&before);
        let failed: Vec<Event> = chosen.iter().map(|index| *index.get(&events)).collect();
        let mut after = graph(&plains, false).0;
        let at = 1 + node.index(plains.len() - 1);
        let more = u32::try_from(other.index(at)).unwrap();
        // One more that would do is redundancy, as far as the need stays as it was.
        for need in &mut after.nodes[at].needs {
            if !need.of.contains(&more) {
                need.of.push(more);
            }
        }
        after.arrange();
        let is_worse = |level: Level| level > Level::Degraded;
        let (old, new) = (level(&before, top, &failed), level(&after, top, &failed));
        prop_assert!(!is_worse(new) || is_worse(old), "{:?}: {:?} became {:?}", failed, old, new);
        prop_assert!(new != Level::Down || old == Level::Down, "{:?}: {:?} became {:?}", failed, old, new);
    }
}
