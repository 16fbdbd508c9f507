//! Resources, and what each needs to work.

mod build;
mod data;
mod names;
mod ways_out;

use std::collections::HashMap;
use std::sync::Arc;

use partywall_model::{Inventory, ResourceKey};

use super::facts::Effect;
use super::place::{Atlas, Location};
use super::words::Range;
use partywall_model::Span;

/// The number of a node in a [`Graph`].
pub type NodeNumber = u32;

/// Stands for no region.
pub const NOWHERE: u16 = u16::MAX;

/// Resources, and what each needs to work.
#[derive(Debug, Default)]
pub struct Graph {
    /// Every zone and region that is named.
    pub atlas: Atlas,
    /// The resources, and parts of them by zone.
    pub nodes: Vec<Node>,
    /// The nodes of rows.
    pub numbers: HashMap<ResourceKey, NodeNumber>,
    /// Every node, those that others need first, as far as they do not need each other.
    pub order: Vec<NodeNumber>,
    /// The region of each node; [`NOWHERE`] for those in none. Kept beside the nodes, because every scenario asks.
    pub regions: Vec<u16>,
    /// Nodes of which it is not known whether they exist, in order.
    pub doubtful: Vec<NodeNumber>,
    /// Who needs each node.
    pub needers: Vec<Vec<NodeNumber>>,
    /// Whether some need each other, so that one pass in this order may not be enough.
    pub is_cyclic: bool,
}

/// A resource, a part of one in a zone, or something out of sight that is needed.
#[derive(Debug, Clone)]
pub struct Node {
    /// The row, or the row and its zone.
    pub name: Arc<str>,
    /// As people call it.
    pub title: Arc<str>,
    /// The table; '' for what is out of sight.
    pub table: &'static str,
    /// The whole of which it is a part.
    pub whole: Option<NodeNumber>,
    /// Where it is.
    pub location: Location,
    /// What the loss of one of its zones does.
    pub zone: Toll,
    /// What the loss of its region does.
    pub region: Toll,
    /// Whether it holds data.
    pub holds_data: bool,
    /// Whether its zones are AWS's matter.
    pub is_managed: bool,
    /// What it needs.
    pub needs: Vec<Need>,
    /// Instances or tasks of which it consists.
    pub units: Range,
    /// Whether it is one thing that can break by itself, which AWS does not replace by itself.
    pub is_single: bool,
    /// Whether it is not known that it exists at all.
    pub is_doubtful: bool,
    /// The workload that its tags name, by number.
    pub workload: Option<u32>,
}

/// What a loss does to a node by itself, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Toll {
    /// The least that may happen.
    pub least: Effect,
    /// The most that may happen.
    pub most: Effect,
    /// Whether it recovers without a human.
    pub automatic: bool,
    /// What is lost.
    pub rpo: Span,
    /// After what time it is back.
    pub rto: Span,
    /// What a human does; why; and the page.
    pub words: Arc<TollWords>,
}

/// What is said about a [`Toll`].
#[derive(Debug, Default, PartialEq)]
pub struct TollWords {
    /// What a human does.
    pub manual: Vec<String>,
    /// Why, and what would have to be known.
    pub why: String,
    /// The page that says so.
    pub source: String,
}

/// What a node needs: some of several.
#[derive(Debug, Clone)]
pub struct Need {
    /// What these are to the node.
    pub label: Arc<str>,
    /// The nodes.
    pub of: Vec<NodeNumber>,
    /// How many of them are enough.
    pub least: u32,
    /// Without them the node stops; otherwise it goes on with less.
    pub is_hard: bool,
    /// How long it takes until others stand in for one that falls.
    pub pause: Span,
    /// The one that is used as long as it stands; all are without it.
    pub first: Option<NodeNumber>,
}

/// What a team says about its workloads, as far as the graph depends on it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Keys of tags that name a workload; the first that a resource carries counts, whatever its case.
    pub tag_keys: Vec<String>,
    /// Workloads that stop when they have no way out to the internet.
    pub need_way_out: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let tag_keys = ["workload", "application", "app", "service", "project", "system", "component"];
        Self { tag_keys: tag_keys.map(str::to_owned).into(), need_way_out: Vec::new() }
    }
}

impl Toll {
    /// Nothing happens.
    pub fn none() -> Self {
        Self {
            least: Effect::None,
            most: Effect::None,
            automatic: true,
            rpo: Span::ZERO,
            rto: Span::ZERO,
            words: Arc::default(),
        }
    }
}

impl Graph {
    /// Reads the graph of an estate; then the names of workloads, by number.
    pub fn of(inventory: &Inventory, settings: &Settings) -> (Self, Vec<Arc<str>>) {
        build::build(inventory, settings)
    }

    /// A node.
    pub fn node(&self, number: NodeNumber) -> Option<&Node> {
        self.nodes.get(number as usize)
    }

    /// A node that is made up, for models that come from elsewhere than an estate.
    pub fn add(&mut self, node: Node) -> NodeNumber {
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.numbers.entry(node.name.clone()).or_insert(number);
        self.nodes.push(node);
        number
    }

    fn index(&mut self) {
        let region = |node: &Node| match &node.location {
            Location::Global => NOWHERE,
            Location::Region(region) => *region,
            Location::Zones(zones) => zones.region,
        };
        self.regions = self.nodes.iter().map(region).collect();
        let doubtful = self.nodes.iter().zip(0..).filter(|(node, _)| node.is_doubtful);
        self.doubtful = doubtful.map(|(_, number)| number).collect();
        self.needers = vec![Vec::new(); self.nodes.len()];
        for (node, number) in self.nodes.iter().zip(0..) {
            for needed in node.needs.iter().flat_map(|need| &need.of) {
                if let Some(needers) = self.needers.get_mut(*needed as usize) {
                    needers.push(number);
                }
            }
        }
    }

    /// Finds an order in which what is needed comes first. To be called when all nodes are there.
    pub fn arrange(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Done,
        }
        self.index();
        let mut marks = vec![Mark::New; self.nodes.len()];
        self.order.clear();
        self.is_cyclic = false;
        for start in 0..self.nodes.len() {
            let mut path: Vec<(usize, usize)> = vec![(start, 0)];
            while let Some((at, next)) = path.pop() {
                if next == 0 {
                    match marks.get(at) {
                        Some(Mark::New) => {}
                        _ => continue,
                    }
                    set(&mut marks, at, Mark::Open);
                }
                let needed = self.nodes.get(at).and_then(|node| node.needs.iter().flat_map(|need| &need.of).nth(next));
                match needed {
                    Some(needed) => {
                        path.push((at, next + 1));
                        match marks.get(*needed as usize) {
                            Some(Mark::New) => path.push((*needed as usize, 0)),
                            Some(Mark::Open) => self.is_cyclic = true,
                            _ => {}
                        }
                    }
                    None => {
                        set(&mut marks, at, Mark::Done);
                        self.order.push(u32::try_from(at).unwrap_or(u32::MAX));
                    }
                }
            }
        }
        fn set(marks: &mut [Mark], at: usize, mark: Mark) {
            if let Some(place) = marks.get_mut(at) {
                *place = mark;
            }
        }
    }
}
