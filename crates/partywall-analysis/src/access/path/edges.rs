//! Finds the hops of an estate.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_policy::ContextValues;
use partywall_model::Inventory;

use super::requirement::Requirements;
use super::step::Asker;
use super::surroundings::Surroundings;
use super::{Edge, Node, Setting, Way};
use crate::access::estate::{Estate, Holder};
use crate::access::facts::Escalation;
use crate::access::facts::escalation::{Gain, Kind, On, Path, Target as Whose};
use crate::access::question::Certainty;

/// How many principals a thread takes at a time.
const SHARE: usize = 32;

/// Every hop, by who takes it.
pub(super) fn all(estate: &Estate, inventory: &Inventory) -> Vec<Vec<Edge>> {
    let around = Surroundings::of(estate, inventory, None);
    let everybody: Vec<usize> = (0..estate.principals.len()).collect();
    let found = hops(estate, inventory, &around, &everybody, &|finder, at| finder.from(at));
    found.into_iter().map(|(_, edges)| edges).collect()
}

/// Every hop of the principals of an account, and those by which others assume its roles, by who takes them.
pub(in crate::access) fn of_account(estate: &Estate, inventory: &Inventory, account: &str) -> Vec<(usize, Vec<Edge>)> {
    let around = Surroundings::of(estate, inventory, Some(account));
    let mut found = hops(estate, inventory, &around, estate.of_account(account), &|finder, at| finder.from(at));
    let is_other = |at: &usize| estate.principals.get(*at).is_some_and(|holder| *holder.account != *account);
    let others: Vec<usize> =
        (0..estate.principals.len()).filter(is_other).filter(|at| !around.assumable(*at).is_empty()).collect();
    found.extend(hops(estate, inventory, &around, &others, &|finder, at| finder.assumed(at)));
    found
}

/// What is found for each of some principals.
fn hops(
    estate: &Estate,
    inventory: &Inventory,
    around: &Surroundings<'_>,
    principals: &[usize],
    find: &(impl Fn(&Finder<'_>, usize) -> Vec<Edge> + Sync),
) -> Vec<(usize, Vec<Edge>)> {
    let requirements = Requirements::of(estate, inventory);
    let next = AtomicUsize::new(0);
    let work = || {
        let finder = Finder { estate, around, requirements: &requirements, asker: Asker::new(estate) };
        let mut found: Vec<(usize, Vec<Edge>)> = Vec::new();
        loop {
            let first = next.fetch_add(SHARE, Ordering::Relaxed);
            let share = principals.iter().skip(first).take(SHARE);
            if share.len() == 0 {
                return found;
            }
            found.extend(share.map(|at| (*at, find(&finder, *at))));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut found: Vec<(usize, Vec<Edge>)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        // A thread that fell must not take its principals' hops with it unsaid.
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|payload| resume_unwind(payload))
        };
        running.into_iter().flat_map(join).collect()
    });
    found.sort_unstable_by_key(|(at, _)| *at);
    found
}

/// Looks for hops.
struct Finder<'a> {
    estate: &'a Estate,
    around: &'a Surroundings<'a>,
    requirements: &'a Requirements<'a>,
    asker: Asker<'a>,
}

impl<'a> Finder<'a> {
    fn from(&self, at: usize) -> Vec<Edge> {
        let Some(holder) = self.estate.principals.get(at) else { return Vec::new() };
        let own = self.asker.administration(holder);
        let mut edges = Vec::new();
        if let Some(certainty) = own {
            let to = Node::Administrator(holder.account.clone());
            edges.push(Edge { from: at, to, way: Way::Own, certainty, setting: Setting::default() });
        }
        if own == Some(Certainty::Certain) {
            return edges;
        }
        let context = self.estate.context(holder);
        edges.extend(self.assumable(at, holder, &context));
        for path in Escalation::shipped() {
            let kind = if holder.is_user() { Kind::User } else { Kind::Role };
            if path.self_is.contains(&kind) && self.around.may_take(holder, path) {
                self.along(at, holder, path, &context, &mut edges);
            }
        }
        edges
    }

    /// Roles that can be assumed by somebody to whom nothing else is asked.
    fn assumed(&self, at: usize) -> Vec<Edge> {
        let Some(holder) = self.estate.principals.get(at) else { return Vec::new() };
        match self.asker.administration(holder) {
            Some(Certainty::Certain) => Vec::new(),
            _ => self.assumable(at, holder, &self.estate.context(holder)),
        }
    }

    /// Roles that can be assumed.
    fn assumable(&self, at: usize, holder: &Holder, context: &ContextValues) -> Vec<Edge> {
        let asked = self.around.assumable(at).iter().filter_map(|to| {
            let target = self.estate.holder_as_target(self.estate.principals.get(*to)?);
            let certainty = self.asker.ask(holder, "sts:assumerole", &target, context)?;
            let setting = Setting { target: Some(*to), ..Setting::default() };
            Some(Edge { from: at, to: Node::Holder(*to), way: Way::Assume, certainty, setting })
        });
        asked.collect()
    }

    /// The hops along one path of the catalogue, one for each target.
    fn along(
        &self,
        at: usize,
        holder: &'a Holder,
        path: &'static Path,
        context: &ContextValues,
        edges: &mut Vec<Edge>,
    ) {
        for (setting, sure) in self.settings(at, holder, path) {
            let target = setting.target.and_then(|at| self.estate.principals.get(at));
            let Some(required) = self.requirements.met(path, holder, target) else { continue };
            let Some((to, gained)) = self.gained(at, holder, path, &setting) else { continue };
            if to == Node::Holder(at) {
                continue;
            }
            let Some(allowed) = self.asker.allowed(holder, path, &setting, context) else { continue };
            let certainty = match path.doubt {
                Some(_) => Certainty::Possible,
                None => sure.min(required).min(gained).min(allowed),
            };
            edges.push(Edge { from: at, to, way: Way::Path(path), certainty, setting });
        }
    }

    /// Whom a path can be taken to, and through what, with how sure it is that it can be taken there at all.
    fn settings(&self, at: usize, holder: &'a Holder, path: &'static Path) -> Vec<(Setting, Certainty)> {
        let alone = |target: Option<usize>| Setting { target, ..Setting::default() };
        if let Some(resource) = &path.resource {
            let Some(ways) = self.around.ways(holder, resource) else { return Vec::new() };
            let known = ways.through.iter().map(|through| {
                (Setting { row: Some(through.row.clone()), ..alone(Some(through.role)) }, Certainty::Certain)
            });
            let others = ways.may_be_more.then(|| self.roles_for(at, holder, path)).into_iter().flatten();
            return known.chain(others.map(|(to, _)| (alone(Some(to)), Certainty::Possible))).collect();
        }
        match path.target {
            Whose::Role => {
                let roles = self.roles_for(at, holder, path).into_iter();
                roles.map(|(to, certainty)| (alone(Some(to)), certainty)).collect()
            }
            Whose::User => self.others(at, holder, true).map(|to| (alone(Some(to)), Certainty::Certain)).collect(),
            Whose::Itself => vec![(alone(Some(at)), Certainty::Certain)],
            Whose::Group => {
                let groups = self.around.groups(holder).iter();
                groups
                    .map(|group| (Setting { group: Some(group.clone()), ..alone(None) }, Certainty::Certain))
                    .collect()
            }
            Whose::Account | Whose::Organization | Whose::Resource => vec![(alone(None), Certainty::Certain)],
        }
    }

    /// The roles that a path can lead to: those that trust its service, or all others.
    fn roles_for(&self, at: usize, holder: &'a Holder, path: &'static Path) -> Vec<(usize, Certainty)> {
        match &path.service {
            Some(service) => self.around.trusting(holder, service).to_vec(),
            // Nobody else needs to be asked whose trust policy does not name the caller.
            None if path.actions.iter().any(|step| step.on == On::Target && step.action == "sts:AssumeRole") => {
                let roles = self.around.assumable(at).iter().copied();
                roles.filter(|to| self.same_account(holder, *to)).map(|to| (to, Certainty::Certain)).collect()
            }
            None => self.others(at, holder, false).map(|to| (to, Certainty::Certain)).collect(),
        }
    }

    fn same_account(&self, holder: &Holder, role: usize) -> bool {
        self.estate.principals.get(role).is_some_and(|role| role.account == holder.account)
    }

    /// Users, or roles, of the same account.
    fn others(&self, at: usize, holder: &'a Holder, users: bool) -> impl Iterator<Item = usize> {
        self.around.neighbours(holder, users).iter().copied().filter(move |to| *to != at)
    }

    /// What a path leads to, and how sure it is.
    fn gained(&self, at: usize, holder: &Holder, path: &Path, setting: &Setting) -> Option<(Node, Certainty)> {
        let administrator = |certainty| (Node::Administrator(holder.account.clone()), certainty);
        let surely = |node| Some((node, Certainty::Certain));
        let target = setting.target.and_then(|target| Some((target, self.estate.principals.get(target)?)));
        match (path.gains, path.target, target) {
            (_, Whose::Organization, _) => surely(Node::Organization),
            (Gain::Resource, _, _) => setting.row.clone().and_then(|row| surely(Node::Resource(row))),
            (Gain::Administrator, Whose::Group, _) => {
                let is_member = setting.group.as_ref().is_some_and(|group| holder.groups.contains(group));
                let joins = path.actions.iter().any(|step| step.action == "iam:AddUserToGroup");
                if is_member || joins { Some(self.within_boundary(at, holder)) } else { None }
            }
            (_, Whose::Group, _) => {
                let group = setting.group.as_ref()?;
                match self.asker.is_administrators(group) {
                    Some(certainty) => {
                        let (node, bound) = self.within_boundary(at, holder);
                        Some((node, certainty.min(bound)))
                    }
                    None => surely(Node::Resource(group.clone())),
                }
            }
            (Gain::Administrator, _, Some((to, target))) => Some(self.within_boundary(to, target)),
            (Gain::Target, _, Some((to, _))) => surely(Node::Holder(to)),
            (Gain::Unbounded, _, Some((to, target))) => match self.asker.is_administrator_without_bounds(target) {
                Some(certainty) => Some(administrator(certainty)),
                None => surely(Node::Holder(to)),
            },
            (Gain::Undenied, Whose::Account, None) => {
                let free = self.asker.is_administrator_without_bounds(holder)?;
                Some(administrator(free.min(self.asker.is_unbounded(holder)?)))
            }
            (Gain::Undenied, _, Some((_, target))) => {
                let free = self.asker.is_administrator_without(target, path)?;
                Some(administrator(free.min(self.asker.is_unbounded(target)?)))
            }
            (Gain::Administrator | Gain::Target, Whose::Account, None) => Some(administrator(Certainty::Certain)),
            _ => None,
        }
    }

    /// Everything, as far as the boundary of the one who gains it leaves it.
    fn within_boundary(&self, to: usize, target: &Holder) -> (Node, Certainty) {
        match self.asker.is_unbounded(target) {
            Some(certainty) => (Node::Administrator(target.account.clone()), certainty),
            None => (Node::Holder(to), Certainty::Certain),
        }
    }
}
