//! Finds the hops of an estate.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aws_policy::{ContextValues, Principal};
use partywall_model::Inventory;

use super::step::{Asker, Setting};
use super::{Edge, EdgeStep, Node, Way};
use crate::access::estate::{Estate, Holder};
use crate::access::facts::Escalation;
use crate::access::facts::escalation::{Gain, Kind, Path, Resource, Target as Whose};
use crate::access::question::{ActionFilter, Certainty, Target};
use crate::access::view::{Known, View, is_unseen, rows};

/// Every hop, by who takes it.
pub(super) fn all(estate: &Estate, inventory: &Inventory) -> Vec<Vec<Edge>> {
    let asker = Asker::new(estate);
    let finder = Finder::new(estate, inventory, asker);
    (0..estate.principals.len()).map(|at| finder.from(at)).collect()
}

/// Looks for hops.
struct Finder<'a> {
    estate: &'a Estate,
    inventory: &'a Inventory,
    asker: Asker<'a>,
    /// For each action of the catalogue which policies speak of it.
    filters: HashMap<String, ActionFilter>,
    /// Roles by the service that their trust policies let in.
    trusting: HashMap<&'static str, Vec<(usize, Certainty)>>,
    /// Roles by the resources that have them, for each table and column of the catalogue.
    held: HashMap<(&'static str, Option<&'static str>), Resources>,
}

/// Resources through which permissions of roles are had.
struct Resources {
    through: Vec<Through>,
    /// Whether there may be more, with whatever role.
    may_be_more: bool,
}

/// A resource through which a role's permissions are had.
#[derive(Clone)]
struct Through {
    row: Arc<str>,
    role: usize,
}

impl<'a> Finder<'a> {
    fn new(estate: &'a Estate, inventory: &'a Inventory, asker: Asker<'a>) -> Self {
        let mut filters = HashMap::new();
        let mut services = BTreeSet::new();
        let mut held = HashMap::new();
        filters.insert("sts:assumerole".to_owned(), ActionFilter::new(estate, "sts:assumerole"));
        for path in Escalation::shipped() {
            services.extend(path.service.as_deref());
            for step in &path.actions {
                let action = step.action.to_ascii_lowercase();
                filters.entry(action.clone()).or_insert_with(|| ActionFilter::new(estate, &action));
            }
            if let Some(resource) = &path.resource {
                let key = (resource.table.as_str(), resource.role.as_deref());
                held.entry(key).or_insert_with(|| through(estate, inventory, resource));
            }
        }
        let trusting = services.into_iter().map(|service| (service, roles_trusting(estate, service))).collect();
        Self { estate, inventory, asker, filters, trusting, held }
    }

    fn from(&self, at: usize) -> Vec<Edge> {
        let Some(holder) = self.estate.principals.get(at) else { return Vec::new() };
        let own = self.asker.administration(holder);
        let mut edges = Vec::new();
        if let Some(certainty) = own {
            edges.push(Edge {
                from: at,
                to: Node::Administrator(holder.account.clone()),
                way: Way::Own,
                certainty,
                steps: Vec::new(),
                doubt: None,
                only: &[],
            });
        }
        if own == Some(Certainty::Certain) {
            return edges;
        }
        let context = self.estate.context(holder);
        edges.extend(self.assumable(at, holder, &context));
        for path in Escalation::shipped() {
            let kind = if holder.is_user() { Kind::User } else { Kind::Role };
            if path.self_is.contains(&kind) && self.may_take(holder, path) {
                self.along(at, holder, path, &context, &mut edges);
            }
        }
        edges
    }

    fn may_take(&self, holder: &Holder, path: &Path) -> bool {
        path.actions.iter().all(|step| {
            let action = step.action.to_ascii_lowercase();
            // A trust policy may let in whom no policy of its own allows to assume.
            action == "sts:assumerole" || self.filters.get(&action).is_none_or(|filter| filter.may_allow(holder))
        })
    }

    /// Roles that can be assumed.
    fn assumable(&self, at: usize, holder: &Holder, context: &ContextValues) -> Vec<Edge> {
        let may = self.filters.get("sts:assumerole").is_none_or(|filter| filter.may_allow(holder));
        let mut edges = Vec::new();
        for (to, role) in self.estate.principals.iter().enumerate() {
            let Some(trust) = &role.trust else { continue };
            if to == at || !(may || self.asker.is_named(trust, holder)) {
                continue;
            }
            let target = self.estate.holder_as_target(role);
            if let Some(step) = self.asker.ask(holder, "sts:AssumeRole", &target, context) {
                edges.push(Edge {
                    from: at,
                    to: Node::Holder(to),
                    way: Way::Assume,
                    certainty: step.certainty,
                    steps: vec![step],
                    doubt: None,
                    only: &[],
                });
            }
        }
        edges
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
        for setting in self.settings(at, holder, path) {
            let Some(mut certainty) = self.asker.requirements(path, holder, &setting, self.inventory) else { continue };
            let Some(steps) = self.asker.steps(holder, path, &setting, context) else { continue };
            certainty =
                steps.iter().map(|step: &EdgeStep| step.certainty).fold(certainty.min(setting.certainty), Ord::min);
            if path.doubt.is_some() {
                certainty = Certainty::Possible;
            }
            let Some((to, gained)) = self.gained(at, holder, path, &setting) else { continue };
            if to == Node::Holder(at) {
                continue;
            }
            certainty = certainty.min(gained);
            let doubt = path.doubt.clone();
            edges.push(Edge { from: at, to, way: Way::Path(path), certainty, steps, doubt, only: &path.only });
        }
    }

    /// Whom a path can be taken to, and through what.
    fn settings(&self, at: usize, holder: &'a Holder, path: &'static Path) -> Vec<Setting> {
        let alone = |target: Option<usize>, certainty| Setting { target, row: None, group: None, certainty };
        if let Some(resource) = &path.resource {
            let key = (resource.table.as_str(), resource.role.as_deref());
            let Some(held) = self.held.get(&key) else { return Vec::new() };
            let known = held.through.iter().filter(|through| self.same_account(holder, through.role));
            let known = known.map(|through| Setting {
                row: Some(through.row.clone()),
                ..alone(Some(through.role), Certainty::Certain)
            });
            let others = held.may_be_more.then(|| self.roles_for(at, holder, path)).into_iter().flatten();
            return known.chain(others.map(|(to, _)| alone(Some(to), Certainty::Possible))).collect();
        }
        match path.target {
            Whose::Role => {
                let roles = self.roles_for(at, holder, path).into_iter();
                roles.map(|(to, certainty)| alone(Some(to), certainty)).collect()
            }
            Whose::User => self.others(at, holder, true).map(|to| alone(Some(to), Certainty::Certain)).collect(),
            Whose::Itself => vec![alone(Some(at), Certainty::Certain)],
            Whose::Group => rows(self.inventory, "aws_iam_group")
                .map(|view| Setting { group: Some(view.key().clone()), ..alone(None, Certainty::Certain) })
                .collect(),
            Whose::Account | Whose::Organization | Whose::Resource => vec![alone(None, Certainty::Certain)],
        }
    }

    /// The roles that a path can lead to: those that trust its service, or all others.
    fn roles_for(&self, at: usize, holder: &'a Holder, path: &'static Path) -> Vec<(usize, Certainty)> {
        match &path.service {
            Some(service) => {
                let trusting = self.trusting.get(service.as_str()).into_iter().flatten();
                trusting.filter(|(role, _)| self.same_account(holder, *role)).copied().collect()
            }
            None => self.others(at, holder, false).map(|to| (to, Certainty::Certain)).collect(),
        }
    }

    fn same_account(&self, holder: &Holder, role: usize) -> bool {
        self.estate.principals.get(role).is_some_and(|role| role.account == holder.account)
    }

    /// Users, or roles, of the same account.
    fn others(&self, at: usize, holder: &'a Holder, users: bool) -> impl Iterator<Item = usize> {
        let is_one = move |(to, other): (usize, &Holder)| {
            (to != at && other.is_user() == users && other.account == holder.account).then_some(to)
        };
        self.estate.principals.iter().enumerate().filter_map(is_one).collect::<Vec<_>>().into_iter()
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

/// The roles that a service, or an identity provider, may assume.
fn roles_trusting(estate: &Estate, service: &str) -> Vec<(usize, Certainty)> {
    let Some(principal) = Principal::parse(service) else { return Vec::new() };
    let action = match principal.kind {
        aws_policy::PrincipalKind::Federated => "sts:assumerolewithwebidentity",
        _ => "sts:assumerole",
    };
    let trusts = |(at, role): (usize, &Holder)| {
        role.trust.as_ref()?;
        let target: Target = estate.holder_as_target(role);
        // What a service says about itself is true of its requests; conditions on the source are met by those who
        // make it act within the account.
        let outcome = estate.decide_outsider(&principal, action, &target).outcome;
        let certainty = Certainty::of(outcome)?;
        let certainty = if certainty == Certainty::Conditional { Certainty::Certain } else { certainty };
        Some((at, certainty))
    };
    estate.principals.iter().enumerate().filter_map(trusts).collect()
}

/// The rows of a table with the roles that are had through them.
fn through(estate: &Estate, inventory: &Inventory, resource: &'static Resource) -> Resources {
    let profiles: HashMap<&str, Known<&str>> =
        rows(inventory, "aws_iam_instance_profile").map(|view| (&**view.key(), view.text("role"))).collect();
    let mut found = Resources { through: Vec::new(), may_be_more: is_unseen(inventory, &resource.table) };
    for view in rows(inventory, &resource.table) {
        match &resource.role {
            Some(column) => by_column(estate, &profiles, view, column, &mut found),
            None => {
                let Some(arn) = estate.names.arn(view.key()) else { continue };
                for (at, holder) in estate.principals.iter().enumerate() {
                    if holder.trust.as_ref().is_some_and(|trust| super::step::names_principal(trust, arn)) {
                        found.through.push(Through { row: view.key().clone(), role: at });
                    }
                }
            }
        }
    }
    found
}

/// The roles that a row refers to, itself or by an instance profile.
fn by_column(
    estate: &Estate,
    profiles: &HashMap<&str, Known<&str>>,
    view: View<'_>,
    column: &str,
    found: &mut Resources,
) {
    let (references, is_open) = view.list(column);
    found.may_be_more |= is_open;
    for reference in references {
        let role = match profiles.get(reference) {
            None => Some(reference),
            Some(Known::Yes(role)) => Some(*role),
            Some(Known::No) => None,
        };
        let holder = role.and_then(|role| estate.holder(role).or_else(|| estate.holder(estate.names.resource(role)?)));
        match holder {
            Some((role, _)) => found.through.push(Through { row: view.key().clone(), role }),
            // A role or profile that is referred to and not in sight may be any.
            None => found.may_be_more |= role != Some(""),
        }
    }
}
