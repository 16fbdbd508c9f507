//! What paths lead to and through, by account.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use aws_policy::{Principal, PrincipalKind, Scope};
use partywall_model::Inventory;

use crate::access::documents::{Document, LetIn};
use crate::access::estate::{Estate, Holder};
use crate::access::facts::Escalation;
use crate::access::facts::escalation::{Path, Resource};
use crate::access::question::{ActionFilter, Certainty, Target};
use crate::access::view::{Known, View, is_unseen, rows};

use super::step::names_principal;

/// Resources of one table by one of its columns: the catalogue's way to name them.
type Kind = (&'static str, Option<&'static str>);

/// What is around the principals of an estate.
pub(super) struct Surroundings<'a> {
    /// For each action of the catalogue which policies speak of it.
    filters: HashMap<String, ActionFilter>,
    /// Roles by the service that their trust policies let in, and by account.
    trusting: HashMap<&'static str, ByAccount<'a, (usize, Certainty)>>,
    /// Roles by the resources that have them.
    held: HashMap<Kind, Resources<'a>>,
    groups: ByAccount<'a, Arc<str>>,
    users: ByAccount<'a, usize>,
    roles: ByAccount<'a, usize>,
    /// The roles that each principal may assume, as far as their trust policies name it.
    assumable: Vec<Vec<usize>>,
}

type ByAccount<'a, T> = HashMap<&'a str, Vec<T>>;

/// Resources through which permissions of roles are had.
struct Resources<'a> {
    through: ByAccount<'a, Through>,
    /// Accounts in which there may be more, with whatever role.
    may_be_more: BTreeSet<&'a str>,
    /// Whether rows may be missing anywhere.
    is_unseen: bool,
}

/// A resource through which a role's permissions are had.
#[derive(Clone)]
pub(super) struct Through {
    pub(super) row: Arc<str>,
    pub(super) role: usize,
}

/// The resources of an account through which permissions are had.
pub(super) struct Ways<'s> {
    pub(super) through: &'s [Through],
    pub(super) may_be_more: bool,
}

impl<'a> Surroundings<'a> {
    /// Finds what is around the principals of one account, or of all.
    pub(super) fn of(estate: &'a Estate, inventory: &'a Inventory, only: Option<&str>) -> Self {
        let mut around = Self {
            filters: filters(estate),
            trusting: trusting(estate, only),
            held: HashMap::new(),
            groups: HashMap::new(),
            users: HashMap::new(),
            roles: HashMap::new(),
            assumable: Vec::new(),
        };
        for (at, holder) in estate.some(only) {
            let kind = if holder.is_user() { &mut around.users } else { &mut around.roles };
            kind.entry(&holder.account).or_default().push(at);
        }
        for view in rows(inventory, "aws_iam_group") {
            if let Some(account) = estate.account_of(view.key()) {
                around.groups.entry(account).or_default().push(view.key().clone());
            }
        }
        let named = named_in_trusts(estate, only);
        for resource in Escalation::shipped().iter().filter_map(|path| path.resource.as_ref()) {
            let kind = (resource.table.as_str(), resource.role.as_deref());
            around.held.entry(kind).or_insert_with(|| through(estate, inventory, resource, &named, only));
        }
        around.assumable = assumable(estate, &around, only);
        around
    }

    /// Whether policies of a principal speak of every action of a path.
    pub(super) fn may_take(&self, holder: &Holder, path: &Path) -> bool {
        path.actions.iter().all(|step| {
            // A trust policy may let in whom no policy of its own allows to assume.
            step.action.eq_ignore_ascii_case("sts:AssumeRole") || self.speaks_of(holder, &step.action)
        })
    }

    fn speaks_of(&self, holder: &Holder, action: &str) -> bool {
        self.filters.get(action).is_none_or(|filter| filter.may_allow(holder))
    }

    /// The roles that a principal may assume, as far as their trust policies name it.
    pub(super) fn assumable(&self, at: usize) -> &[usize] {
        self.assumable.get(at).map_or(&[], Vec::as_slice)
    }

    /// The roles of the holder's account that let a service in.
    pub(super) fn trusting(&self, holder: &Holder, service: &str) -> &[(usize, Certainty)] {
        self.trusting.get(service).and_then(|roles| roles.get(&*holder.account)).map_or(&[], Vec::as_slice)
    }

    /// The resources of the holder's account through which permissions are had.
    pub(super) fn ways(&self, holder: &Holder, resource: &'static Resource) -> Option<Ways<'_>> {
        let held = self.held.get(&(resource.table.as_str(), resource.role.as_deref()))?;
        let through = held.through.get(&*holder.account).map_or(&[][..], Vec::as_slice);
        Some(Ways { through, may_be_more: held.is_unseen || held.may_be_more.contains(&*holder.account) })
    }

    /// The groups of the holder's account.
    pub(super) fn groups(&self, holder: &Holder) -> &[Arc<str>] {
        self.groups.get(&*holder.account).map_or(&[], Vec::as_slice)
    }

    /// The users, or the roles, of the holder's account.
    pub(super) fn neighbours(&self, holder: &Holder, users: bool) -> &[usize] {
        let kind = if users { &self.users } else { &self.roles };
        kind.get(&*holder.account).map_or(&[], Vec::as_slice)
    }
}

fn filters(estate: &Estate) -> HashMap<String, ActionFilter> {
    let steps = Escalation::shipped().iter().flat_map(|path| &path.actions).map(|step| step.action.as_str());
    let actions: BTreeSet<&str> = steps.chain(["sts:AssumeRole"]).collect();
    let filter = |action: &str| ActionFilter::new(estate, &action.to_ascii_lowercase());
    actions.into_iter().map(|action| (action.to_owned(), filter(action))).collect()
}

/// Who may assume whom, as far as trust policies say: each must be asked.
fn assumable(estate: &Estate, around: &Surroundings<'_>, only: Option<&str>) -> Vec<Vec<usize>> {
    let may: Vec<bool> = estate.principals.iter().map(|holder| around.speaks_of(holder, "sts:AssumeRole")).collect();
    let mut assumable = vec![Vec::new(); estate.principals.len()];
    let everybody: Vec<usize> = (0..estate.principals.len()).collect();
    for (to, role) in estate.principals.iter().enumerate() {
        let Some(trust) = &role.trust else { continue };
        let candidates: Vec<&[usize]> = match trust.let_in() {
            LetIn::Anybody => vec![&everybody],
            LetIn::Accounts(mut accounts) => {
                // The roles of others matter to the principals of the account only.
                if let Some(only) = only.filter(|only| *role.account != **only) {
                    accounts.retain(|account| *account == only);
                }
                accounts.into_iter().map(|account| estate.of_account(account)).collect()
            }
        };
        for at in candidates.into_iter().flatten().copied().filter(|at| *at != to) {
            let (Some(holder), Some(may)) = (estate.principals.get(at), may.get(at)) else { continue };
            if only.is_some_and(|only| *holder.account != *only && *role.account != *only) {
                continue;
            }
            if *may || trust.policy.has_unresolved_statements || names_principal(trust, &holder.principal.text) {
                assumable.get_mut(at).into_iter().for_each(|roles: &mut Vec<usize>| roles.push(to));
            }
        }
    }
    assumable
}

/// Names in trust policies.
struct Trusts<'a> {
    /// Roles by a name that their trust policies have.
    by_name: BTreeMap<&'a str, Vec<usize>>,
    /// Roles whose trust policies may mean anybody.
    of_anybody: Vec<usize>,
}

fn named_in_trusts<'a>(estate: &'a Estate, only: Option<&str>) -> Trusts<'a> {
    let mut trusts = Trusts { by_name: BTreeMap::new(), of_anybody: Vec::new() };
    for (at, role) in estate.some(only) {
        match role.trust.as_ref().map(names) {
            None => {}
            Some(None) => trusts.of_anybody.push(at),
            Some(Some(names)) => names.into_iter().for_each(|name| trusts.by_name.entry(name).or_default().push(at)),
        }
    }
    trusts
}

/// The names in a trust policy; None when it may mean anybody.
fn names(trust: &Document) -> Option<BTreeSet<&str>> {
    if trust.policy.has_unresolved_statements {
        return None;
    }
    let mut names = BTreeSet::new();
    for statement in &trust.policy.statements {
        match &statement.principals {
            Some(Scope::Only(named)) if !named.has_unresolved => names.extend(named.all().map(String::as_str)),
            _ => return None,
        }
    }
    let is_open = |name: &&str| *name == "*" || name.starts_with("AIDA") || name.starts_with("AROA");
    (!names.iter().any(is_open)).then_some(names)
}

/// Roles by the service, or identity provider, that may assume them, and by account.
fn trusting<'a>(estate: &'a Estate, only: Option<&str>) -> HashMap<&'static str, ByAccount<'a, (usize, Certainty)>> {
    let services: BTreeSet<&'static str> =
        Escalation::shipped().iter().filter_map(|path| path.service.as_deref()).collect();
    let mut trusting: HashMap<&'static str, ByAccount<'a, (usize, Certainty)>> = HashMap::new();
    for (at, role) in estate.some(only) {
        let Some(trust) = &role.trust else { continue };
        let named = names(trust);
        for service in &services {
            if named.as_ref().is_some_and(|named| !named.contains(service)) {
                continue;
            }
            if let Some(certainty) = trusts(estate, role, service) {
                trusting.entry(service).or_default().entry(&role.account).or_default().push((at, certainty));
            }
        }
    }
    trusting
}

fn trusts(estate: &Estate, role: &Holder, service: &str) -> Option<Certainty> {
    let principal = Principal::parse(service)?;
    let action = match principal.kind {
        PrincipalKind::Federated => "sts:assumerolewithwebidentity",
        _ => "sts:assumerole",
    };
    let target: Target = estate.holder_as_target(role);
    // What a service says about itself is true of its requests; conditions on the source are met by those who make it
    // act within the account.
    let certainty = Certainty::of(estate.decide_outsider(&principal, action, &target).outcome)?;
    Some(if certainty == Certainty::Conditional { Certainty::Certain } else { certainty })
}

/// The rows of a table with the roles that are had through them.
fn through<'a>(
    estate: &'a Estate,
    inventory: &Inventory,
    resource: &'static Resource,
    trusts: &Trusts<'_>,
    only: Option<&str>,
) -> Resources<'a> {
    let profiles: HashMap<&str, Known<&str>> =
        rows(inventory, "aws_iam_instance_profile").map(|view| (&**view.key(), view.text("role"))).collect();
    let mut may_be_more = BTreeSet::new();
    let mut found: Vec<Through> = Vec::new();
    for view in rows(inventory, &resource.table) {
        let Some(account) = estate.account_of(view.key()) else { continue };
        if only.is_some_and(|only| **account != *only) {
            continue;
        }
        match &resource.role {
            Some(column) => {
                if by_column(estate, &profiles, view, column, &mut found) {
                    may_be_more.insert(&**account);
                }
            }
            None => {
                let Some(arn) = estate.names.arn(view.key()) else { continue };
                let mut roles = trusts.by_name.get(&**arn).cloned().unwrap_or_default();
                roles.extend(&trusts.of_anybody);
                roles.sort_unstable();
                found.extend(roles.into_iter().map(|role| Through { row: view.key().clone(), role }));
            }
        }
    }
    let mut through: ByAccount<'a, Through> = HashMap::new();
    for one in found {
        if let Some(role) = estate.principals.get(one.role) {
            through.entry(&role.account).or_default().push(one);
        }
    }
    Resources { through, may_be_more, is_unseen: is_unseen(inventory, &resource.table) }
}

/// The roles that a row refers to, itself or by an instance profile; true when there may be more.
fn by_column(
    estate: &Estate,
    profiles: &HashMap<&str, Known<&str>>,
    view: View<'_>,
    column: &str,
    found: &mut Vec<Through>,
) -> bool {
    let (references, mut may_be_more) = view.list(column);
    for reference in references {
        let role = match profiles.get(reference) {
            None => Some(reference),
            Some(Known::Yes(role)) => Some(*role),
            Some(Known::No) => None,
        };
        let holder = role.and_then(|role| estate.holder(role).or_else(|| estate.holder(estate.names.resource(role)?)));
        match holder {
            Some((role, _)) => found.push(Through { row: view.key().clone(), role }),
            // A role or profile that is referred to and not in sight may be any.
            None => may_be_more |= role != Some(""),
        }
    }
    may_be_more
}
