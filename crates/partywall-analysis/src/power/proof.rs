//! Every single failure, now and while each element is maintained, and what it does to each load.

use std::collections::BTreeSet;

use super::course::{Bound, Course, Outage, Player, State, cut_off};
use super::topology::{FOREVER, Kind, Topology};

/// Looks at elements after which a proof is given up: some seconds. 150 elements need about 20 million.
const STEPS_MAX: u64 = 30_000_000;

/// Harms that are kept; further ones are counted.
const HARMS_MAX: usize = 20_000;

/// What is wrong already, as devices say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Already {
    /// Elements without output, and elements without input.
    pub outage: Outage,
    /// Elements that work and have lost their spare part: in the proof they count as failed.
    pub weakened: BTreeSet<usize>,
}

/// What a scenario is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    /// Only what has failed already.
    Now,
    /// Every feed from the grid fails.
    UtilityLoss,
    /// This element fails.
    Single(usize),
    /// The first element is maintained while the second one fails; None for the maintenance alone.
    Maintenance(usize, Option<usize>),
}

/// A load that is harmed, or may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Harm {
    /// In which scenario.
    pub scenario: Scenario,
    /// The load.
    pub load: usize,
    /// Whether it loses power for longer than its supplies bear; None when a number that decides is not known.
    pub is_lost: Option<bool>,
    /// Milliseconds without power; None when that is not known, [`FOREVER`] when it does not come back.
    pub dark: Option<u64>,
    /// Elements that feed it and certainly carry more than they can.
    pub overloaded: Vec<usize>,
    /// Whether something is certainly wrong: it is lost, or what feeds it is overloaded.
    pub is_certain: bool,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proof {
    /// Every harm, by scenario and load.
    pub harms: Vec<Harm>,
    /// Harms beyond those.
    pub harms_left_out: usize,
    /// Scenarios that were played.
    pub scenarios: usize,
    /// Set when the enumeration was given up, so that what is not harmed may be.
    pub is_given_up: bool,
}

impl Proof {
    /// Plays every scenario.
    pub fn of(topology: &Topology, already: &Already) -> Self {
        let mut proof = Self::default();
        let bounds: &[Bound] =
            if topology.missing().is_empty() { &[Bound::Best] } else { &[Bound::Best, Bound::Worst] };
        let players: Vec<Player<'_>> = bounds.iter().map(|bound| Player::new(topology, *bound)).collect();
        let sound: Vec<State> = players.iter().map(|player| player.settled(&Outage::default())).collect();
        let mut steps = 0;
        let mut base = already.outage.clone();
        proof.add(topology, &players, &sound, &base, Scenario::Now, &mut steps);
        base.failed.extend(&already.weakened);
        let mut dark_grid = base.clone();
        dark_grid.failed.extend(topology.of(Kind::Utility));
        proof.add(topology, &players, &sound, &dark_grid, Scenario::UtilityLoss, &mut steps);
        let elements: Vec<usize> = (0..topology.elements.len()).filter(|at| topology.can_fail(*at)).collect();
        for at in &elements {
            let mut outage = base.clone();
            outage.failed.insert(*at);
            proof.add(topology, &players, &sound, &outage, Scenario::Single(*at), &mut steps);
        }
        for maintained in &elements {
            let mut outage = base.clone();
            outage.maintained = Some(*maintained);
            let planned = Outage { maintained: Some(*maintained), ..Outage::default() };
            let states: Vec<State> = players.iter().map(|player| player.settled(&planned)).collect();
            proof.add(topology, &players, &states, &outage, Scenario::Maintenance(*maintained, None), &mut steps);
            for at in elements.iter().filter(|at| *at != maintained) {
                if steps > STEPS_MAX {
                    proof.is_given_up = true;
                    return proof;
                }
                let mut outage = outage.clone();
                outage.failed.insert(*at);
                let scenario = Scenario::Maintenance(*maintained, Some(*at));
                proof.add(topology, &players, &states, &outage, scenario, &mut steps);
            }
        }
        proof
    }

    fn add(
        &mut self,
        topology: &Topology,
        players: &[Player<'_>],
        states: &[State],
        outage: &Outage,
        scenario: Scenario,
        steps: &mut u64,
    ) {
        let courses: Vec<Course> =
            players.iter().zip(states).map(|(player, state)| player.play(&mut state.clone(), outage)).collect();
        *steps += courses.iter().map(|course| course.steps).sum::<u64>();
        self.is_given_up |= courses.iter().any(|course| course.is_given_up);
        self.scenarios += 1;
        let harms = match topology.lacks_times() {
            true => open_harms(topology, outage, scenario),
            false => harms(topology, &courses, scenario),
        };
        let room = HARMS_MAX.saturating_sub(self.harms.len());
        self.harms_left_out += harms.len().saturating_sub(room);
        self.harms.extend(harms.into_iter().take(room));
    }
}

/// With a time missing, only what no power can reach is certain.
fn open_harms(topology: &Topology, outage: &Outage, scenario: Scenario) -> Vec<Harm> {
    let cut_off = cut_off(topology, outage);
    let harm = |load| {
        let is_lost = cut_off.contains(&load).then_some(true);
        let (dark, is_certain) = (is_lost.map(|_| FOREVER), is_lost.is_some());
        Harm { scenario, load, is_lost, dark, overloaded: Vec::new(), is_certain }
    };
    topology.of(Kind::Load).map(harm).collect()
}

/// The loads that some side of the missing numbers harms.
fn harms(topology: &Topology, courses: &[Course], scenario: Scenario) -> Vec<Harm> {
    let (Some(best), Some(worst)) = (courses.first(), courses.last()) else { return Vec::new() };
    let mut harms = Vec::new();
    for ((load, longest, all), (_, longest_worst, all_worst)) in best.dark.iter().zip(&worst.dark) {
        let bears = topology.elements.get(*load).and_then(|element| element.declared.ride_through);
        let (is_lost, may_be_lost) = (*longest > bears.unwrap_or(FOREVER - 1), *longest_worst > bears.unwrap_or(0));
        let over = |course: &Course| -> Vec<usize> {
            course.overloaded.iter().filter(|(_, of)| of == load).map(|(at, _)| *at).collect()
        };
        let overloaded = over(best);
        let may_be_harmed = may_be_lost || !over(worst).is_empty();
        if !is_lost && overloaded.is_empty() && !may_be_harmed {
            continue;
        }
        harms.push(Harm {
            scenario,
            load: *load,
            is_lost: (is_lost == may_be_lost).then_some(is_lost),
            dark: (all == all_worst).then_some(*all),
            is_certain: is_lost || !overloaded.is_empty(),
            overloaded,
        });
    }
    harms
}
