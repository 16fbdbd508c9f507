//! How one principal comes to act with the permissions of another.
//!
//! Principals are the nodes of a graph; an edge is a role that can be assumed, or a path of the catalogue of
//! escalations of which every action is allowed. An edge is as sure as the least sure of its actions.

pub(super) mod edges;
mod requirement;
mod step;
mod surroundings;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use aws_policy::Reason;
use partywall_model::Inventory;

use super::estate::Estate;
use super::facts::escalation;
use super::question::Certainty;
pub(super) use step::Asker;

/// Somebody or something that is reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A user or role, by its place in the estate.
    Holder(usize),
    /// Everything in an account.
    Administrator(Arc<str>),
    /// Everything in the organization.
    Organization,
    /// A resource, by row.
    Resource(Arc<str>),
}

/// How an edge works.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// The role is assumed.
    Assume,
    /// A path of the catalogue.
    Path(&'static escalation::Path),
    /// Its own policies allow everything.
    Own,
}

impl Way {
    /// A name for output.
    pub fn id(self) -> &'static str {
        match self {
            Self::Assume => "sts-assume-role",
            Self::Path(path) => &path.id,
            Self::Own => "own-policies",
        }
    }

    /// What is done.
    pub fn title(self) -> &'static str {
        match self {
            Self::Assume => "assume the role",
            Self::Path(path) => &path.title,
            Self::Own => "use its own policies",
        }
    }
}

/// One hop.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Who takes it, by its place in the estate.
    pub from: usize,
    /// What is reached.
    pub to: Node,
    /// How.
    pub way: Way,
    /// How sure it is.
    pub certainty: Certainty,
    /// To whom the way is taken, and through what.
    pub setting: Setting,
}

/// To whom a path is taken, and through what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setting {
    /// The target's place in the estate.
    pub target: Option<usize>,
    /// The resource, by row.
    pub row: Option<Arc<str>>,
    /// The group, by row.
    pub group: Option<Arc<str>>,
}

impl Edge {
    /// Where it stands among the hops of its principal: those by its own policies, then roles that it assumes, then
    /// the others.
    pub(super) fn order(&self) -> (u8, Option<usize>) {
        match self.way {
            Way::Own => (0, None),
            Way::Assume => (1, self.setting.target),
            Way::Path(_) => (2, None),
        }
    }

    /// What else must be true and is not known.
    pub fn doubt(&self) -> Option<&'static str> {
        match self.way {
            Way::Path(path) => path.doubt.as_deref(),
            Way::Assume | Way::Own => None,
        }
    }

    /// Patterns of the actions for which what is reached can be used; any when empty.
    pub fn only(&self) -> &'static [String] {
        match self.way {
            Way::Path(path) => &path.only,
            Way::Assume | Way::Own => &[],
        }
    }

    /// Every action that is needed, with the statements that allow it. They are asked for anew: a large estate has too
    /// many hops to keep the reasons of each.
    pub(super) fn steps(&self, asker: &Asker<'_>) -> Vec<EdgeStep> {
        let estate = asker.estate;
        let Some(holder) = estate.principals.get(self.from) else { return Vec::new() };
        let context = estate.context(holder);
        match self.way {
            Way::Own => Vec::new(),
            Way::Path(path) => asker.steps(holder, path, &self.setting, &context),
            Way::Assume => {
                let role = self.setting.target.and_then(|target| estate.principals.get(target));
                let step = role
                    .and_then(|role| asker.explain(holder, "sts:AssumeRole", &estate.holder_as_target(role), &context));
                step.into_iter().collect()
            }
        }
    }
}

/// One action of a hop.
#[derive(Debug, Clone)]
pub struct EdgeStep {
    /// The action.
    pub action: Arc<str>,
    /// On what.
    pub on: Arc<str>,
    /// The statements that allow it.
    pub because: Vec<Reason>,
    /// How sure it is.
    pub certainty: Certainty,
}

/// Every hop of an estate.
#[derive(Debug)]
pub struct Paths {
    /// Hops by who takes them.
    pub edges: Vec<Vec<Edge>>,
}

/// What is reached from one principal: the last hop to each node.
#[derive(Debug, Default)]
pub struct Reach {
    came_by: BTreeMap<Node, (usize, usize)>,
    certainty: HashMap<Node, Certainty>,
}

impl Paths {
    /// Finds every hop.
    pub fn of(estate: &Estate, inventory: &Inventory) -> Self {
        Self { edges: edges::all(estate, inventory) }
    }

    /// Everything that one principal reaches, by the shortest chains among the surest.
    pub fn reach(&self, from: usize) -> Reach {
        let mut reach = Reach::default();
        // The surest chains first: a chain of certain hops is worth more than a short one that may not exist.
        for floor in [Certainty::Certain, Certainty::Conditional, Certainty::Possible] {
            let mut queue: VecDeque<usize> = std::iter::once(from)
                .chain(reach.came_by.keys().filter_map(|node| match node {
                    Node::Holder(at) => Some(*at),
                    _ => None,
                }))
                .collect();
            while let Some(at) = queue.pop_front() {
                for (number, edge) in self.edges.get(at).into_iter().flatten().enumerate() {
                    let is_new = edge.to != Node::Holder(from) && !reach.came_by.contains_key(&edge.to);
                    if edge.certainty < floor || !is_new {
                        continue;
                    }
                    reach.came_by.insert(edge.to.clone(), (at, number));
                    reach.certainty.insert(edge.to.clone(), floor);
                    if let Node::Holder(next) = edge.to
                        && edge.only().is_empty()
                    {
                        queue.push_back(next);
                    }
                }
            }
        }
        reach
    }
}

impl Reach {
    /// Everything that is reached, with how sure it is.
    pub fn nodes(&self) -> impl Iterator<Item = (&Node, Certainty)> {
        self.came_by.keys().map(|node| (node, self.certainty.get(node).copied().unwrap_or(Certainty::Possible)))
    }

    /// How sure it is that a node is reached; None when it is not.
    pub fn certainty(&self, node: &Node) -> Option<Certainty> {
        self.certainty.get(node).copied()
    }

    /// The hops to a node, the first one first.
    pub fn chain<'p>(&self, paths: &'p Paths, node: &Node) -> Vec<&'p Edge> {
        let mut chain = Vec::new();
        let mut at = node.clone();
        while let Some((from, number)) = self.came_by.get(&at) {
            let Some(edge) = paths.edges.get(*from).and_then(|edges| edges.get(*number)) else { break };
            chain.push(edge);
            at = Node::Holder(*from);
            if chain.len() > self.came_by.len() {
                break;
            }
        }
        chain.reverse();
        chain
    }
}

#[cfg(test)]
mod tests;
