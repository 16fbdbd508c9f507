//! What happens on a topology, from one change to the next, when elements fail.

use std::collections::BTreeSet;

use super::topology::{Element, FOREVER, Kind, Topology};

/// Changes of one scenario after which it is given up; each is a start, the end of a battery or of a transfer.
const CHANGES_MAX: usize = 10_000;

/// Share of a capacity that a sum of watts may exceed it by, for what adding fractions loses.
const ROUNDING: f64 = 1e-9;

/// Which side of a number that nobody gave to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Batteries hold, generators start at once, nothing is overloaded.
    Best,
    /// Batteries are empty, generators do not start, everything is overloaded.
    Worst,
}

/// What is out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outage {
    /// Elements without output.
    pub failed: BTreeSet<usize>,
    /// Elements whose input is gone, as that of a UPS that says that it lives on its battery.
    pub starved: BTreeSet<usize>,
    /// The element that is maintained.
    pub maintained: Option<usize>,
}

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    now: u64,
    /// The source that each element is switched to, by its place among its sources.
    position: Vec<usize>,
    /// When a change of source is done.
    changing_until: Vec<Option<u64>>,
    /// Milliseconds left.
    battery: Vec<u64>,
    /// When a generator that was called has power.
    ready_at: Vec<Option<u64>>,
}

/// What became of the loads.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Course {
    /// For each load: the longest time without power in milliseconds, and all of them together; [`FOREVER`] when it
    /// does not come back.
    pub dark: Vec<(usize, u64, u64)>,
    /// Elements that carried more than they can, each with a load that drew on it then.
    pub overloaded: BTreeSet<(usize, usize)>,
    /// Looks at an element: what it cost.
    pub steps: u64,
    /// Set when there were too many changes.
    pub is_given_up: bool,
}

/// A topology with a side taken for its missing numbers.
#[derive(Debug, Clone, Copy)]
pub struct Player<'t> {
    topology: &'t Topology,
    bound: Bound,
}

/// Loads that no power can reach, whatever the times: neither grid nor generator, nor a battery of unknown length.
pub fn cut_off(topology: &Topology, outage: &Outage) -> BTreeSet<usize> {
    let mut reached: Vec<bool> = Vec::new();
    for (at, element) in topology.elements.iter().enumerate() {
        let declared = &element.declared;
        let fed = element.sources.iter().filter(|source| reached.get(**source) == Some(&true)).count();
        let is_maintained = outage.maintained == Some(at);
        let is_apart = outage.failed.contains(&at) || is_maintained && !declared.maintenance_bypass;
        reached.push(match declared.kind {
            Kind::Utility | Kind::Generator => !outage.failed.contains(&at) && !is_maintained,
            Kind::Load => fed >= declared.sources_needed.max(1),
            kind => {
                let may_hold = kind == Kind::Ups && declared.ride_through.is_none() && !is_maintained;
                !is_apart && (may_hold || fed > 0 && !outage.starved.contains(&at))
            }
        });
    }
    topology.of(Kind::Load).filter(|load| reached.get(*load) == Some(&false)).collect()
}

/// What has power at an instant.
struct Picture {
    live: Vec<bool>,
    /// The source that carries each element.
    carrier: Vec<Option<usize>>,
}

/// Dark times of a load while they are counted.
#[derive(Clone, Copy, Default)]
struct Dark {
    since: Option<u64>,
    longest: u64,
    all: u64,
}

impl<'t> Player<'t> {
    /// For a topology.
    pub fn new(topology: &'t Topology, bound: Bound) -> Self {
        Self { topology, bound }
    }

    fn number(&self, known: Option<u64>, best: u64, worst: u64) -> u64 {
        known.unwrap_or(match self.bound {
            Bound::Best => best,
            Bound::Worst => worst,
        })
    }

    fn full(&self) -> Vec<u64> {
        let of = |element: &Element| match element.declared.kind {
            Kind::Ups => self.number(element.declared.ride_through, FOREVER, 0),
            _ => 0,
        };
        self.topology.elements.iter().map(of).collect()
    }

    /// Where everything stands long after an outage began, with batteries full again where there is input.
    pub fn settled(&self, outage: &Outage) -> State {
        let count = self.topology.elements.len();
        let mut state = State {
            now: 0,
            position: vec![0; count],
            changing_until: vec![None; count],
            battery: self.full(),
            ready_at: vec![None; count],
        };
        self.play(&mut state, outage);
        let picture = self.look(&mut state, outage);
        for ((battery, full), carrier) in state.battery.iter_mut().zip(self.full()).zip(&picture.carrier) {
            if carrier.is_some() {
                *battery = full;
            }
        }
        state.ready_at.iter_mut().flatten().for_each(|ready| *ready = if *ready <= state.now { 0 } else { FOREVER });
        state.changing_until.iter_mut().for_each(|until| *until = until.filter(|until| *until >= FOREVER));
        state.now = 0;
        state
    }

    /// Plays an outage from a state to its end.
    pub fn play(&self, state: &mut State, outage: &Outage) -> Course {
        let mut course = Course::default();
        let loads: Vec<usize> = self.topology.of(Kind::Load).collect();
        let mut dark = vec![Dark::default(); loads.len()];
        for change in 0.. {
            if change == CHANGES_MAX {
                course.is_given_up = true;
                break;
            }
            course.steps += self.topology.elements.len() as u64;
            let picture = self.look(state, outage);
            if self.call_generators(state, outage, &picture) {
                continue;
            }
            self.weigh(&picture, &mut course);
            for (load, dark) in loads.iter().zip(&mut dark) {
                dark.note(state.now, picture.live.get(*load) == Some(&true));
            }
            let Some(next) = self.next(state, outage, &picture) else { break };
            self.drain(state, outage, &picture, next);
        }
        course.dark = loads.into_iter().zip(dark).map(|(load, dark)| dark.end(load)).collect();
        course
    }

    /// What has power now. Elements whose source is gone begin to change to another one.
    fn look(&self, state: &mut State, outage: &Outage) -> Picture {
        let mut picture = Picture { live: Vec::new(), carrier: Vec::new() };
        for (at, element) in self.topology.elements.iter().enumerate() {
            let is_out = outage.failed.contains(&at);
            let is_maintained = outage.maintained == Some(at);
            let is_fed = |source: &usize| picture.live.get(*source) == Some(&true);
            let (live, carrier) = match element.declared.kind {
                Kind::Utility => (!is_out && !is_maintained, None),
                Kind::Generator => {
                    let is_ready = state.ready_at.get(at).copied().flatten().is_some_and(|ready| ready <= state.now);
                    (!is_out && !is_maintained && is_ready, None)
                }
                Kind::Load => {
                    let count = element.sources.iter().filter(|source| is_fed(source)).count();
                    (count >= element.declared.sources_needed.max(1), None)
                }
                kind => {
                    let is_apart = is_out || is_maintained && !element.declared.maintenance_bypass;
                    let input = if is_apart || outage.starved.contains(&at) {
                        None
                    } else {
                        self.input(at, element, state, &picture.live)
                    };
                    let has_battery =
                        kind == Kind::Ups && !is_maintained && state.battery.get(at).is_some_and(|left| *left > 0);
                    (!is_apart && (input.is_some() || has_battery), input)
                }
            };
            picture.live.push(live);
            picture.carrier.push(carrier);
        }
        picture
    }

    /// The source that feeds an element now.
    fn input(&self, at: usize, element: &Element, state: &mut State, live: &[bool]) -> Option<usize> {
        let (position, changing) = (state.position.get_mut(at)?, state.changing_until.get_mut(at)?);
        if changing.is_some_and(|until| until > state.now) {
            return None;
        }
        *changing = None;
        let is_live = |place: usize| element.sources.get(place).is_some_and(|source| live.get(*source) == Some(&true));
        if !is_live(*position) {
            let other = (0..element.sources.len()).find(|place| is_live(*place))?;
            *position = other;
            let transfer = self.number(element.declared.transfer, 0, FOREVER);
            if transfer > 0 {
                *changing = Some(state.now.saturating_add(transfer));
                return None;
            }
        }
        element.sources.get(*position).copied()
    }

    /// Calls the generators that somebody looks for. Answers whether one of them has power at once.
    fn call_generators(&self, state: &mut State, outage: &Outage, picture: &Picture) -> bool {
        let mut wanted = vec![false; self.topology.elements.len()];
        let mut is_new = false;
        for (at, element) in self.topology.elements.iter().enumerate().rev() {
            let kind = element.declared.kind;
            let is_out = outage.failed.contains(&at) || outage.starved.contains(&at);
            let is_apart = outage.maintained == Some(at) && !element.declared.maintenance_bypass;
            let is_wanted = kind == Kind::Load || wanted.get(at) == Some(&true);
            if !is_wanted || is_out || is_apart {
                continue;
            }
            if kind == Kind::Generator {
                if let Some(ready @ None) = state.ready_at.get_mut(at) {
                    let start = self.number(element.declared.start, 0, FOREVER);
                    *ready = Some(state.now.saturating_add(start));
                    is_new |= start == 0;
                }
                continue;
            }
            let carrier = picture.carrier.get(at).copied().flatten();
            let looked_for = element.sources.iter().filter(|source| carrier.is_none_or(|carrier| carrier == **source));
            looked_for.for_each(|source| wanted.iter_mut().skip(*source).take(1).for_each(|wanted| *wanted = true));
        }
        is_new
    }

    /// Adds up what every element carries, and notes what is more than it can.
    fn weigh(&self, picture: &Picture, course: &mut Course) {
        let count = self.topology.elements.len();
        let mut flow = vec![0.0_f64; count];
        let mut drawn_by: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (at, element) in self.topology.elements.iter().enumerate().rev() {
            let is_live = picture.live.get(at) == Some(&true);
            if element.declared.kind == Kind::Load {
                let fed = element.sources.iter().filter(|source| picture.live.get(**source) == Some(&true));
                let fed: Vec<usize> = fed.copied().collect();
                let watts = self.watts(element.declared.load_watts, 0.0, f64::INFINITY);
                for source in fed.iter().filter(|_| is_live) {
                    pass(&mut flow, &mut drawn_by, *source, watts / fed.len() as f64, &[at]);
                }
                continue;
            }
            let own = flow.get(at).copied().unwrap_or(0.0);
            let loads = drawn_by.get(at).cloned().unwrap_or_default();
            let capacity = self.watts(element.declared.capacity_watts, f64::INFINITY, 0.0);
            if own > capacity * (1.0 + ROUNDING) {
                course.overloaded.extend(loads.iter().map(|load| (at, *load)));
            }
            if let Some(carrier) = picture.carrier.get(at).copied().flatten() {
                pass(&mut flow, &mut drawn_by, carrier, own, &loads);
            }
        }
    }

    fn watts(&self, known: Option<f64>, best: f64, worst: f64) -> f64 {
        known.unwrap_or(match self.bound {
            Bound::Best => best,
            Bound::Worst => worst,
        })
    }

    /// Whether an element lives on its battery.
    fn drains(&self, at: usize, outage: &Outage, picture: &Picture) -> bool {
        let is_ups = self.topology.elements.get(at).is_some_and(|element| element.declared.kind == Kind::Ups);
        let has_input = picture.carrier.get(at).is_some_and(Option::is_some);
        is_ups && !has_input && !outage.failed.contains(&at) && outage.maintained != Some(at)
    }

    /// The instant of the next change.
    fn next(&self, state: &State, outage: &Outage, picture: &Picture) -> Option<u64> {
        let instants = state.ready_at.iter().chain(&state.changing_until).filter_map(|instant| *instant);
        let ends =
            state.battery.iter().enumerate().filter(|(at, left)| **left > 0 && self.drains(*at, outage, picture));
        let ends = ends.map(|(_, left)| state.now.saturating_add(*left));
        instants.chain(ends).filter(|instant| *instant > state.now && *instant < FOREVER).min()
    }

    fn drain(&self, state: &mut State, outage: &Outage, picture: &Picture, next: u64) {
        let passed = next - state.now;
        for (at, left) in state.battery.iter_mut().enumerate() {
            if *left < FOREVER && self.drains(at, outage, picture) {
                *left = left.saturating_sub(passed);
            }
        }
        state.now = next;
    }
}

fn pass(flow: &mut [f64], drawn_by: &mut [Vec<usize>], source: usize, watts: f64, loads: &[usize]) {
    if let (Some(sum), Some(list)) = (flow.get_mut(source), drawn_by.get_mut(source)) {
        *sum += watts;
        for load in loads {
            if !list.contains(load) {
                list.push(*load);
            }
        }
    }
}

impl Dark {
    fn note(&mut self, now: u64, is_live: bool) {
        match (self.since, is_live) {
            (None, false) => self.since = Some(now),
            (Some(since), true) => {
                self.longest = self.longest.max(now - since);
                self.all += now - since;
                self.since = None;
            }
            _ => {}
        }
    }

    fn end(self, load: usize) -> (usize, u64, u64) {
        match self.since {
            Some(_) => (load, FOREVER, FOREVER),
            None => (load, self.longest, self.all),
        }
    }
}
