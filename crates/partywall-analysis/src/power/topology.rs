//! Utility feeds, generators, switches, batteries, distribution and loads, and what feeds what.

use std::collections::BTreeMap;

use thiserror::Error;

/// Elements of a topology.
pub const ELEMENTS_MAX: usize = 2_000;

/// Sources of one element.
pub const SOURCES_MAX: usize = 16;

/// Milliseconds that stand for ever: a thousand years.
pub const FOREVER: u64 = 1_000 * 366 * 86_400_000;

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A feed from the grid: there unless it fails.
    Utility,
    /// Starts when a switch finds no other source, and needs `start` for that.
    Generator,
    /// Changes to another source when its own is gone, and has no output for `transfer` meanwhile.
    TransferSwitch,
    /// Lives on its battery for `ride_through` when its input is gone.
    Ups,
    /// Busbar, panel, transformer, power distribution unit.
    Distribution,
    /// A rack, a machine, a chiller: what must not go dark for longer than `ride_through`.
    Load,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Utility, Self::Generator, Self::TransferSwitch, Self::Ups, Self::Distribution, Self::Load];

    /// Its name in `site.toml`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Utility => "utility",
            Self::Generator => "generator",
            Self::TransferSwitch => "transfer_switch",
            Self::Ups => "ups",
            Self::Distribution => "distribution",
            Self::Load => "load",
        }
    }

    /// The kind of this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// An element as it is declared. None is a number that nobody gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Its name.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Names of what feeds it, the preferred one first. A load draws on all of them at once.
    pub sources: Vec<String>,
    /// Watts that it can carry.
    pub capacity_watts: Option<f64>,
    /// Watts that a load draws.
    pub load_watts: Option<f64>,
    /// Milliseconds that its battery, or a load's supply, bridges.
    pub ride_through: Option<u64>,
    /// Milliseconds from the call for a generator to its power.
    pub start: Option<u64>,
    /// Milliseconds without output while it changes to another source.
    pub transfer: Option<u64>,
    /// Sources that a load needs at once.
    pub sources_needed: usize,
    /// Whether power flows around it while it is maintained.
    pub maintenance_bypass: bool,
}

/// An element with its sources by position.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// What was declared.
    pub declared: Declared,
    /// Positions of its sources, all before its own.
    pub sources: Vec<usize>,
}

/// Elements, each after those that feed it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Topology {
    /// The elements.
    pub elements: Vec<Element>,
}

/// What makes elements no topology.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TopologyError {
    /// Power would flow in a circle.
    #[error("the power topology goes in a circle: {}", .0.join(" feeds "))]
    Cycle(Vec<String>),
    /// A source that is not there.
    #[error("`{element}` is fed by `{source_name}`, which is not there")]
    NoSuchSource {
        /// The element.
        element: String,
        /// The name.
        source_name: String,
    },
    /// An element that no power can reach.
    #[error("`{0}` is fed by nothing, and is neither a utility feed nor a generator")]
    Unfed(String),
    /// A source of power that is fed itself, or a load that feeds others.
    #[error("`{0}`: utility feeds and generators are fed by nothing, and loads feed nothing")]
    Misplaced(String),
    /// Two elements of one name.
    #[error("there are two elements `{0}`")]
    Twice(String),
    /// More than can be enumerated.
    #[error("{0}")]
    TooLarge(String),
}

impl Topology {
    /// Puts elements in the order in which power flows.
    ///
    /// # Errors
    /// When they are no topology.
    pub fn new(declared: Vec<Declared>) -> Result<Self, TopologyError> {
        if declared.len() > ELEMENTS_MAX {
            let count = declared.len();
            return Err(TopologyError::TooLarge(format!("{count} elements; at most {ELEMENTS_MAX} are enumerated")));
        }
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for (at, element) in declared.iter().enumerate() {
            if names.insert(element.id.clone(), at).is_some() {
                return Err(TopologyError::Twice(element.id.clone()));
            }
        }
        let sources = declared.iter().map(|element| sources(element, &names, &declared));
        let sources = sources.collect::<Result<Vec<_>, _>>()?;
        let order = order(&declared, &sources)?;
        let mut places = vec![0; declared.len()];
        for (place, at) in order.iter().enumerate() {
            if let Some(slot) = places.get_mut(*at) {
                *slot = place;
            }
        }
        let element = |at: &usize| {
            let of = sources.get(*at)?.iter().filter_map(|source| places.get(*source).copied()).collect();
            Some(Element { declared: declared.get(*at)?.clone(), sources: of })
        };
        Ok(Self { elements: order.iter().filter_map(element).collect() })
    }

    /// The position of the element of this name.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.elements.iter().position(|element| element.declared.id == id)
    }

    /// Positions of the elements of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = usize> + '_ {
        self.elements.iter().enumerate().filter(move |(_, element)| element.declared.kind == kind).map(|(at, _)| at)
    }

    /// Whether an element can fail or be maintained: everything but loads, whose own failure is another matter.
    pub fn can_fail(&self, at: usize) -> bool {
        self.elements.get(at).is_some_and(|element| element.declared.kind != Kind::Load)
    }

    /// Whether a time is missing. More time for one thing may be more or less darkness elsewhere, so that no side of
    /// the number is the safe one.
    pub fn lacks_times(&self) -> bool {
        let is_missing = |element: &Element| {
            let Element { declared, sources } = element;
            match declared.kind {
                Kind::Utility | Kind::Load => false,
                Kind::Generator => declared.start.is_none(),
                Kind::Ups if declared.ride_through.is_none() => true,
                _ => sources.len() > 1 && declared.transfer.is_none(),
            }
        };
        self.elements.iter().any(is_missing)
    }

    /// Numbers that nobody gave and that may decide.
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for Element { declared, sources } in &self.elements {
            let is_load = declared.kind == Kind::Load;
            let wanted = [
                ("capacity_watts", !is_load && declared.capacity_watts.is_none()),
                ("load_watts", is_load && declared.load_watts.is_none()),
                ("ride_through_seconds", declared.kind == Kind::Ups && declared.ride_through.is_none()),
                ("start_seconds", declared.kind == Kind::Generator && declared.start.is_none()),
                ("transfer_seconds", !is_load && sources.len() > 1 && declared.transfer.is_none()),
            ];
            let names = wanted.iter().filter(|(_, is_missing)| *is_missing);
            missing.extend(names.map(|(name, _)| format!("`{}`.{name}", declared.id)));
        }
        missing
    }
}

fn sources(element: &Declared, names: &BTreeMap<String, usize>, all: &[Declared]) -> Result<Vec<usize>, TopologyError> {
    let is_origin = matches!(element.kind, Kind::Utility | Kind::Generator);
    match (is_origin, element.sources.len()) {
        (true, 0) => return Ok(Vec::new()),
        (true, _) => return Err(TopologyError::Misplaced(element.id.clone())),
        (false, 0) => return Err(TopologyError::Unfed(element.id.clone())),
        (false, count) if count > SOURCES_MAX => {
            let id = &element.id;
            return Err(TopologyError::TooLarge(format!(
                "`{id}` has {count} sources; at most {SOURCES_MAX} are enumerated"
            )));
        }
        (false, _) => {}
    }
    let of = |name: &String| {
        let missing = || TopologyError::NoSuchSource { element: element.id.clone(), source_name: name.clone() };
        let at = *names.get(name).ok_or_else(missing)?;
        match all.get(at) {
            Some(source) if source.kind == Kind::Load => Err(TopologyError::Misplaced(source.id.clone())),
            _ => Ok(at),
        }
    };
    element.sources.iter().map(of).collect()
}

/// Positions in an order in which sources come first: elements are taken when all of their sources are (Kahn).
fn order(declared: &[Declared], sources: &[Vec<usize>]) -> Result<Vec<usize>, TopologyError> {
    let mut feeds: Vec<Vec<usize>> = vec![Vec::new(); declared.len()];
    let mut open: Vec<usize> = sources.iter().map(Vec::len).collect();
    for (at, of) in sources.iter().enumerate() {
        for source in of {
            if let Some(list) = feeds.get_mut(*source) {
                list.push(at);
            }
        }
    }
    let mut ready: Vec<usize> = (0..declared.len()).rev().filter(|at| open.get(*at) == Some(&0)).collect();
    let mut order = Vec::new();
    while let Some(at) = ready.pop() {
        order.push(at);
        for next in feeds.get(at).into_iter().flatten() {
            if let Some(count) = open.get_mut(*next) {
                *count -= 1;
                if *count == 0 {
                    ready.push(*next);
                }
            }
        }
    }
    match order.len() == declared.len() {
        true => Ok(order),
        false => Err(TopologyError::Cycle(circle(declared, sources, &open))),
    }
}

/// One circle, in the direction in which power would flow: whoever waits for a source that waits is followed upstream.
fn circle(declared: &[Declared], sources: &[Vec<usize>], open: &[usize]) -> Vec<String> {
    let waits = |at: usize| open.get(at).is_some_and(|count| *count > 0);
    let mut path: Vec<usize> = Vec::new();
    let mut next = (0..declared.len()).find(|at| waits(*at));
    while let Some(at) = next {
        if let Some(begin) = path.iter().position(|other| *other == at) {
            path = path.split_off(begin);
            break;
        }
        path.push(at);
        next = sources.get(at).and_then(|of| of.iter().copied().find(|source| waits(*source)));
    }
    path.extend(path.first().copied());
    path.iter().rev().filter_map(|at| declared.get(*at)).map(|element| element.id.clone()).collect()
}
