//! One second at a time: whoever needs power asks its sources for it, and they ask theirs.

use std::collections::{BTreeMap, BTreeSet};

use partywall_analysis::power::course::Outage;
use partywall_analysis::power::topology::{Declared, Kind, Topology};

/// Seconds after which nothing changes any more: more than all delays of a small topology together.
const SECONDS: u64 = 400;

/// What became of a load that was harmed.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Told {
    pub(crate) load: String,
    pub(crate) is_lost: bool,
    /// None for ever.
    pub(crate) dark_seconds: Option<u64>,
    pub(crate) overloaded: BTreeSet<String>,
}

/// What is remembered of an element from one second to the next.
#[derive(Debug, Clone, Default, PartialEq)]
struct Memory {
    chosen: usize,
    /// Seconds until a change of source is done.
    changing: u64,
    /// Seconds that are left.
    battery: u64,
    /// Seconds until a called generator runs; None when nobody called.
    starting: Option<u64>,
}

pub(crate) struct Clockwork<'t> {
    elements: BTreeMap<&'t str, &'t Declared>,
    names: Vec<&'t str>,
    memories: BTreeMap<&'t str, Memory>,
}

/// Answers of this second: whether an element has power, and from where.
type Answers<'t> = BTreeMap<&'t str, (bool, Option<&'t str>)>;

impl<'t> Clockwork<'t> {
    pub(crate) fn new(topology: &'t Topology) -> Self {
        let elements: BTreeMap<&str, &Declared> =
            topology.elements.iter().map(|element| (element.declared.id.as_str(), &element.declared)).collect();
        let names = topology.elements.iter().map(|element| element.declared.id.as_str()).collect();
        let full = |declared: &Declared| Memory {
            battery: if declared.kind == Kind::Ups { declared.ride_through.unwrap() / 1000 } else { 0 },
            ..Memory::default()
        };
        let memories = elements.iter().map(|(name, declared)| (*name, full(declared))).collect();
        Self { elements, names, memories }
    }

    /// First everything sound, or with an element maintained, until nothing changes; then the outage.
    pub(crate) fn play(mut self, outage: &Outage) -> BTreeSet<Told> {
        let planned = Outage { maintained: outage.maintained, ..Outage::default() };
        self.run(&planned);
        let answers = self.ask_all(&planned);
        let full = Self { memories: BTreeMap::new(), elements: self.elements.clone(), names: self.names.clone() };
        for (name, memory) in &mut self.memories {
            if answers[name].1.is_some() {
                memory.battery = full.elements[name].ride_through.unwrap_or(0) / 1000;
            }
        }
        self.run(outage)
    }

    fn is_out(&self, name: &str, outage: &Outage) -> (bool, bool, bool) {
        let at = self.names.iter().position(|other| *other == name).unwrap();
        (outage.failed.contains(&at), outage.starved.contains(&at), outage.maintained == Some(at))
    }

    fn ask_all(&mut self, outage: &Outage) -> Answers<'t> {
        let mut answers = Answers::new();
        for name in self.names.clone() {
            self.ask(name, outage, &mut answers);
        }
        answers
    }

    /// Whether an element has power in this second. Its sources are asked first.
    fn ask(&mut self, name: &'t str, outage: &Outage, answers: &mut Answers<'t>) -> bool {
        if let Some((answer, _)) = answers.get(name) {
            return *answer;
        }
        let declared = self.elements[name];
        let fed: Vec<bool> = declared.sources.iter().map(|source| self.ask(source, outage, answers)).collect();
        let (failed, starved, maintained) = self.is_out(name, outage);
        let memory = self.memories.get_mut(name).unwrap();
        let mut from = None;
        let answer = match declared.kind {
            Kind::Utility => !failed && !maintained,
            Kind::Generator => !failed && !maintained && memory.starting == Some(0),
            Kind::Load => fed.iter().filter(|fed| **fed).count() >= declared.sources_needed,
            _ if failed || (maintained && !declared.maintenance_bypass) => false,
            _ => {
                if !starved && memory.changing == 0 {
                    if !fed[memory.chosen] && fed.contains(&true) {
                        memory.chosen = fed.iter().position(|fed| *fed).unwrap();
                        memory.changing = declared.transfer.unwrap() / 1000;
                    }
                    if memory.changing == 0 && fed[memory.chosen] {
                        from = Some(declared.sources[memory.chosen].as_str());
                    }
                }
                from.is_some() || (declared.kind == Kind::Ups && !maintained && memory.battery > 0)
            }
        };
        answers.insert(name, (answer, from));
        answer
    }

    /// Generators that a load asks for, by the chain of those who look for a source.
    fn call(&mut self, name: &'t str, outage: &Outage, answers: &Answers<'t>) -> bool {
        let declared = self.elements[name];
        let (failed, starved, maintained) = self.is_out(name, outage);
        if failed || starved || (maintained && !declared.maintenance_bypass) {
            return false;
        }
        if declared.kind == Kind::Generator {
            let memory = self.memories.get_mut(name).unwrap();
            let is_new = memory.starting.is_none();
            memory.starting.get_or_insert(declared.start.unwrap() / 1000);
            return is_new && memory.starting == Some(0);
        }
        match answers[name].1 {
            Some(source) => self.call(source, outage, answers),
            None => {
                let called = declared.sources.iter().map(|source| self.call(source, outage, answers));
                called.fold(false, |any, one| any | one)
            }
        }
    }

    fn run(&mut self, outage: &Outage) -> BTreeSet<Told> {
        let loads: Vec<&str> =
            self.names.iter().copied().filter(|name| self.elements[name].kind == Kind::Load).collect();
        let mut dark: BTreeMap<&str, Vec<u64>> = loads.iter().map(|load| (*load, Vec::new())).collect();
        let mut overloaded: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut second = 0;
        while second < SECONDS {
            let answers = self.ask_all(outage);
            if loads.iter().fold(false, |any, load| any | self.call(load, outage, &answers)) {
                continue;
            }
            self.weigh(&loads, &answers, &mut overloaded);
            for load in loads.iter().filter(|load| !answers[*load].0) {
                dark.get_mut(load).unwrap().push(second);
            }
            if !self.tick(outage, &answers) {
                // Nothing will change: what is dark now stays dark.
                for load in loads.iter().filter(|load| !answers[*load].0) {
                    dark.get_mut(load).unwrap().push(SECONDS);
                }
                break;
            }
            second += 1;
        }
        loads.iter().filter_map(|load| self.told(load, &dark[load], &overloaded)).collect()
    }

    /// Lets a second pass. Answers whether anything is still on its way.
    fn tick(&mut self, outage: &Outage, answers: &Answers<'t>) -> bool {
        let mut moves = false;
        for name in self.names.clone() {
            let (failed, _, maintained) = self.is_out(name, outage);
            let is_ups = self.elements[name].kind == Kind::Ups;
            let memory = self.memories.get_mut(name).unwrap();
            if is_ups && answers[name].1.is_none() && !failed && !maintained && memory.battery > 0 {
                memory.battery -= 1;
                moves = true;
            }
            if memory.changing > 0 {
                memory.changing -= 1;
                moves = true;
            }
            if let Some(left @ 1..) = memory.starting {
                memory.starting = Some(left - 1);
                moves = true;
            }
        }
        moves
    }

    /// Each load sends its share down the way that its power comes.
    fn weigh(&self, loads: &[&'t str], answers: &Answers<'t>, overloaded: &mut BTreeSet<(&'t str, &'t str)>) {
        let mut carried: BTreeMap<&str, f64> = BTreeMap::new();
        let mut ways: Vec<(&str, &str)> = Vec::new();
        for load in loads.iter().filter(|load| answers[*load].0) {
            let fed: Vec<&str> =
                self.elements[load].sources.iter().map(String::as_str).filter(|source| answers[source].0).collect();
            for source in &fed {
                let mut next = Some(*source);
                while let Some(at) = next {
                    *carried.entry(at).or_default() += self.elements[load].load_watts.unwrap() / fed.len() as f64;
                    ways.push((at, load));
                    next = answers[at].1;
                }
            }
        }
        let is_over = |at: &str| carried[at] > self.elements[at].capacity_watts.unwrap() + 1e-6;
        overloaded.extend(ways.into_iter().filter(|(at, _)| is_over(at)));
    }

    fn told(&self, load: &str, dark: &[u64], overloaded: &BTreeSet<(&str, &str)>) -> Option<Told> {
        let bears = self.elements[load].ride_through.unwrap() / 1000;
        let is_for_good = dark.last() == Some(&SECONDS);
        let (mut longest, mut run) = (0, 0);
        for (at, second) in dark.iter().enumerate() {
            run = if at > 0 && dark[at - 1] + 1 == *second { run + 1 } else { 1 };
            longest = longest.max(run);
        }
        let is_lost = is_for_good || longest > bears;
        let overloaded: BTreeSet<String> =
            overloaded.iter().filter(|(_, of)| *of == load).map(|(at, _)| (*at).to_owned()).collect();
        let dark_seconds = if is_for_good { None } else { Some(dark.len() as u64) };
        (is_lost || !overloaded.is_empty()).then(|| Told { load: load.to_owned(), is_lost, dark_seconds, overloaded })
    }
}
