//! Who is there, with every policy that has a say about them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aws_policy::{Policy, PolicyIndex, Principal};
use partywall_model::{Gap, Inventory, Unknown};

use super::documents::{Document, Documents};
use super::names::Names;
use super::organization::Organization;
use super::view::{Known, Part, View};

/// The principals and resources of an inventory.
#[derive(Debug)]
pub struct Estate {
    /// Users and roles, by row.
    pub principals: Vec<Holder>,
    /// What rows are called.
    pub names: Names,
    /// The organization's policies.
    pub organization: Organization,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// Why policies are not known, with the account of the row that holds each.
    pub(super) unknowns: Vec<(Arc<str>, Arc<Unknown>)>,
    /// How many different policies there are.
    pub documents: usize,
    /// Which of the policies of principals, by number, may allow an action.
    pub(super) policies: PolicyIndex,
    by_key: HashMap<Arc<str>, usize>,
    by_account: HashMap<Arc<str>, Vec<usize>>,
    pub(super) groups: HashMap<Arc<str>, Policies>,
    pub(super) resource_policies: HashMap<Arc<str>, Document>,
    pub(super) resources: HashMap<Arc<str>, Arc<str>>,
}

/// A user or role with its policies.
#[derive(Debug)]
pub struct Holder {
    /// The row.
    pub resource: Arc<str>,
    /// Its table: `aws_iam_user` or `aws_iam_role`.
    pub table: &'static str,
    /// As requests name it.
    pub principal: Principal,
    /// Its account.
    pub account: Arc<str>,
    /// Its policies, those of its groups included.
    pub policies: Vec<Document>,
    /// Its permissions boundary.
    pub boundary: Option<Document>,
    /// A role's trust policy.
    pub trust: Option<Document>,
    /// A user's groups, by row.
    pub groups: Vec<Arc<str>>,
    /// Its customer managed policies, by row: attached to itself or to its groups.
    pub managed: Vec<Arc<str>>,
    /// Its tags; None when they are not known.
    pub tags: Option<BTreeMap<String, String>>,
}

impl Holder {
    /// Whether it is a user.
    pub fn is_user(&self) -> bool {
        self.table == "aws_iam_user"
    }
}

impl Estate {
    /// Reads the principals of an inventory.
    pub fn of(inventory: &Inventory) -> Self {
        let names = Names::of(inventory);
        let read = Read::of(Part { inventory, account: None }, &names, 0);
        let mut estate = Self {
            policies: PolicyIndex::new(numbered(&read.principals)),
            principals: read.principals,
            organization: read.organization,
            gaps: read.gaps,
            unknowns: read.unknowns,
            documents: read.documents,
            by_key: HashMap::new(),
            by_account: HashMap::new(),
            groups: read.groups,
            resource_policies: read.resource_policies,
            resources: read.resources,
            names,
        };
        estate.find_places();
        estate
    }

    /// Finds the places of principals, by row and by account.
    pub(super) fn find_places(&mut self) {
        let places = self.principals.iter().enumerate();
        self.by_key = places.clone().map(|(at, holder)| (holder.resource.clone(), at)).collect();
        self.by_account.clear();
        for (at, holder) in places {
            self.by_account.entry(holder.account.clone()).or_default().push(at);
        }
    }

    /// The user or role of a row.
    pub fn holder(&self, resource: &str) -> Option<(usize, &Holder)> {
        let at = *self.by_key.get(resource)?;
        Some((at, self.principals.get(at)?))
    }

    /// The user or role that a person means: by row, ARN, or name when only one has it.
    pub fn find(&self, text: &str) -> Vec<(usize, &Holder)> {
        if let Some(found) = self.holder(text).or_else(|| self.holder(self.names.resource(text)?)) {
            return vec![found];
        }
        let named = |holder: &Holder| {
            holder.principal.text == text
                || holder.principal.text.rsplit('/').next() == Some(text)
                || holder.resource.ends_with(text) && holder.resource.ends_with(&format!(".{text}"))
        };
        self.principals.iter().enumerate().filter(|(_, holder)| named(holder)).collect()
    }

    /// The users and roles of an account, by their places.
    pub fn of_account(&self, account: &str) -> &[usize] {
        self.by_account.get(account).map_or(&[], Vec::as_slice)
    }

    /// The users and roles of one account, or of all, with their places.
    pub(super) fn some<'a>(&'a self, account: Option<&str>) -> impl Iterator<Item = (usize, &'a Holder)> {
        let everybody = (0..self.principals.len()).filter(move |_| account.is_none());
        let places = account.map_or(&[][..], |account| self.of_account(account)).iter().copied();
        everybody.chain(places).filter_map(|at| Some((at, self.principals.get(at)?)))
    }

    /// The policies of a group, by row.
    pub(super) fn group_policies(&self, group: &str) -> &[Document] {
        self.groups.get(group).map_or(&[], |group| group.policies.as_slice())
    }

    /// The policy of a resource, by row.
    pub fn resource_policy(&self, resource: &str) -> Option<&Document> {
        self.resource_policies.get(resource)
    }

    /// The account of a resource, by row.
    pub fn account_of(&self, resource: &str) -> Option<&Arc<str>> {
        self.resources.get(resource)
    }
}

/// What is read of an inventory, or of one account.
pub(super) struct Read {
    pub(super) principals: Vec<Holder>,
    pub(super) organization: Organization,
    pub(super) gaps: Vec<Gap>,
    pub(super) unknowns: Vec<(Arc<str>, Arc<Unknown>)>,
    pub(super) documents: usize,
    pub(super) groups: HashMap<Arc<str>, Policies>,
    pub(super) resource_policies: HashMap<Arc<str>, Document>,
    pub(super) resources: HashMap<Arc<str>, Arc<str>>,
}

impl Read {
    pub(super) fn of<'a>(part: Part<'a>, names: &'a Names, first_document: usize) -> Self {
        let mut documents = Documents::new(part, names, first_document);
        let mut assembly = Assembly::read(part, names, &mut documents);
        let groups = assembly.groups(part, names, &mut documents);
        let mut principals = Vec::new();
        for (table, trust) in [("aws_iam_role", Some("assume_role_policy")), ("aws_iam_user", None)] {
            for view in part.rows(names, table) {
                principals.extend(assembly.holder(view, trust, &groups, names, &mut documents));
            }
        }
        let organization = Organization::of(part.inventory, &mut documents);
        let resource_policies = super::resource::policies(part, names, &mut documents);
        Self {
            principals,
            organization,
            gaps: std::mem::take(&mut documents.gaps),
            unknowns: std::mem::take(&mut documents.unknowns),
            documents: documents.len(),
            groups,
            resource_policies,
            resources: super::resource::accounts(part, names),
        }
    }
}

/// The different policies of principals, by number.
pub(super) fn numbered(principals: &[Holder]) -> BTreeMap<u32, &Policy> {
    let documents = principals.iter().flat_map(|holder| &holder.policies);
    documents.filter_map(|document| Some((u32::try_from(document.number).ok()?, &*document.policy))).collect()
}

/// Policies by the row that holds them.
#[derive(Default)]
struct Assembly {
    inline: HashMap<Arc<str>, Vec<Document>>,
    attached: HashMap<Arc<str>, Vec<Arc<str>>>,
    /// Holders of which policies may be missing, and why.
    unresolved: HashMap<Arc<str>, &'static str>,
}

impl Assembly {
    fn read<'a>(part: Part<'a>, names: &'a Names, documents: &mut Documents<'a>) -> Self {
        let mut assembly = Self::default();
        for view in part.rows(names, "aws_iam_inline_policy") {
            let name = view.given("policy_name").unwrap_or(view.key());
            let Some(document) = documents.of(view, "policy", name) else { continue };
            for column in ["principal", "users", "groups", "roles"] {
                for holder in view.list(column).0 {
                    assembly.inline.entry(holder.into()).or_default().push(document.clone());
                }
            }
        }
        for view in part.rows(names, "aws_iam_policy_attachment") {
            let Some(holder) = view.given("principal") else { continue };
            match view.text("policy_arn") {
                Known::Yes("") => {}
                Known::Yes(policy) => assembly.attached.entry(holder.into()).or_default().push(policy.into()),
                Known::No => {
                    assembly.unresolved.insert(holder.into(), "attached policy");
                }
            }
        }
        for view in part.rows(names, "aws_iam_policy") {
            for column in ["attached_users", "attached_groups", "attached_roles"] {
                for holder in view.list(column).0 {
                    assembly.attached.entry(holder.into()).or_default().push(view.key().clone());
                }
            }
        }
        assembly
    }

    /// The policies of each group, with the customer managed ones among them, by row.
    fn groups<'a>(
        &mut self,
        part: Part<'a>,
        names: &'a Names,
        documents: &mut Documents<'a>,
    ) -> HashMap<Arc<str>, Policies> {
        part.rows(names, "aws_iam_group").map(|view| (view.key().clone(), self.held(view, documents))).collect()
    }

    /// The policies of a user, group or role itself.
    fn held(&mut self, view: View<'_>, documents: &mut Documents<'_>) -> Policies {
        let mut held =
            Policies { policies: self.inline.get(view.key()).cloned().unwrap_or_default(), managed: Vec::new() };
        let (listed, is_open) = view.list("attached_policy_arns");
        let mut references: Vec<Arc<str>> = listed.into_iter().map(Into::into).collect();
        references.extend(self.attached.get(view.key()).cloned().unwrap_or_default());
        references.sort_unstable();
        references.dedup();
        for reference in references {
            let document = documents.managed(&reference);
            if !document.resource.is_empty() {
                held.managed.push(document.resource.clone());
            }
            held.policies.push(document);
        }
        if is_open || self.unresolved.contains_key(view.key()) || view.row.unseen.is_some() {
            held.policies.push(documents.unresolved("an attached policy that is not known"));
        }
        let has_inline = view.boolean("has_inline_policy");
        if has_inline == Known::No || (has_inline == Known::Yes(true) && !self.inline.contains_key(view.key())) {
            held.policies.push(documents.unresolved("an inline policy that is not known"));
        }
        held
    }

    fn holder(
        &mut self,
        view: View<'_>,
        trust: Option<&str>,
        groups: &HashMap<Arc<str>, Policies>,
        names: &Names,
        documents: &mut Documents<'_>,
    ) -> Option<Holder> {
        let arn = names.arn(view.key())?;
        let mut held = self.held(view, documents);
        let mut member_of = Vec::new();
        let (listed, is_open) = view.list("groups");
        for group in listed {
            match groups.get(group) {
                Some(group) => {
                    held.policies.extend(group.policies.iter().map(Document::of_group));
                    held.managed.extend(group.managed.iter().cloned());
                }
                None => held.policies.push(documents.unresolved("the policies of a group that is not in sight")),
            }
            member_of.push(group.into());
        }
        if is_open {
            held.policies.push(documents.unresolved("the policies of groups that are not known"));
        }
        let boundary = match view.text("permissions_boundary_arn") {
            Known::Yes("") => None,
            Known::Yes(reference) => Some(documents.managed(reference)),
            Known::No => Some(documents.unresolved("a permissions boundary that is not known")),
        };
        Some(Holder {
            resource: view.key().clone(),
            table: view.table.name,
            principal: Principal::parse(arn)?,
            account: names.account(view.table, view.row),
            policies: held.policies,
            boundary,
            trust: trust.and_then(|column| documents.of(view, column, "trust policy")),
            groups: member_of,
            managed: held.managed,
            tags: view
                .map("tags")
                .map(|tags| tags.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()),
        })
    }
}

/// Policies that somebody holds.
#[derive(Debug)]
pub(super) struct Policies {
    policies: Vec<Document>,
    managed: Vec<Arc<str>>,
}
