//! Policy documents, each parsed once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aws_policy::{Attached, Effect, Policy, Scope};
use partywall_model::{Cell, Gap, GapKind, Unknown};

use super::facts::ManagedPolicies;
use super::names::{Names, arn_account};
use super::view::{Known, Part, View};

/// A policy with its name for people and the row that holds it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The policy's name, or what holds it.
    pub name: Arc<str>,
    /// The row that holds it; empty for a policy that AWS manages.
    pub resource: Arc<str>,
    /// The policy.
    pub policy: Arc<Policy>,
    /// Its number among all different policies: the same text has the same number.
    pub number: usize,
    /// How its holder comes by it.
    pub held: Held,
}

/// How somebody comes by a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is written into the holder, or is the policy of a resource.
    Inline,
    /// It is a managed policy that is attached to the holder.
    Attached,
    /// It is written into a group of the holder.
    GroupInline,
    /// It is a managed policy that is attached to a group of the holder.
    GroupAttached,
}

impl Document {
    /// The same policy, as a member of the group comes by it.
    pub(super) fn of_group(&self) -> Self {
        let held = if self.held == Held::Attached { Held::GroupAttached } else { Held::GroupInline };
        Self { held, ..self.clone() }
    }

    /// The policy under its name.
    pub fn attached(&self) -> Attached<'_> {
        Attached { name: &self.name, policy: &self.policy }
    }
}

/// Whose principals the policy of a resource may let in.
pub(super) enum LetIn<'a> {
    /// Anybody's.
    Anybody,
    /// Those of these accounts.
    Accounts(BTreeSet<&'a str>),
}

impl Document {
    /// Whose principals the policy may let in, by the names in the statements that allow.
    pub(super) fn let_in(&self) -> LetIn<'_> {
        if self.policy.has_unresolved_statements {
            return LetIn::Anybody;
        }
        let mut accounts = BTreeSet::new();
        for statement in self.policy.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
            // What a statement without a principal means here is not for a filter to say.
            let Some(Scope::Only(named)) = &statement.principals else { return LetIn::Anybody };
            if named.has_unresolved {
                return LetIn::Anybody;
            }
            for name in named.all() {
                match account_in(name) {
                    Named::Account(account) => drop(accounts.insert(account)),
                    Named::NoAccount => {}
                    Named::Anybody => return LetIn::Anybody,
                }
            }
        }
        LetIn::Accounts(accounts)
    }
}

enum Named<'a> {
    Account(&'a str),
    NoAccount,
    Anybody,
}

/// The account of a name in a `Principal`: an account, an ARN, a service. Ids of principals tell none.
fn account_in(name: &str) -> Named<'_> {
    if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Named::Account(name);
    }
    match arn_account(name) {
        Some(account) if account.bytes().all(|byte| byte.is_ascii_digit()) => Named::Account(account),
        None if name.contains('.') && !name.contains([':', '*']) => Named::NoAccount,
        _ => Named::Anybody,
    }
}

/// Reads documents.
#[derive(Debug)]
pub(super) struct Documents<'a> {
    names: &'a Names,
    parsed: HashMap<Box<str>, (Arc<Policy>, usize)>,
    managed: HashMap<Arc<str>, Document>,
    /// What could not be read.
    pub(super) gaps: Vec<Gap>,
    /// Why policies are not known, with the account of the row that holds each.
    pub(super) unknowns: Vec<(Arc<str>, Arc<Unknown>)>,
    /// The number of the first policy.
    first: usize,
}

impl<'a> Documents<'a> {
    /// Reads the managed policies of a part of an inventory. Policies are numbered from `first` on.
    pub(super) fn new(part: Part<'a>, names: &'a Names, first: usize) -> Self {
        let mut documents = Self {
            names,
            parsed: HashMap::new(),
            managed: HashMap::new(),
            gaps: Vec::new(),
            unknowns: Vec::new(),
            first,
        };
        for view in part.rows(names, "aws_iam_policy") {
            let name = view.given("name").unwrap_or(view.key());
            let document = documents.of(view, "policy", name);
            if let Some(document) = document.map(|document| Document { held: Held::Attached, ..document }) {
                if let Some(arn) = names.arn(view.key()) {
                    documents.managed.insert(arn.clone(), document.clone());
                }
                documents.managed.insert(view.key().clone(), document);
            }
        }
        documents
    }

    /// The document in a column; None when there is none.
    pub(super) fn of(&mut self, view: View<'_>, column: &str, name: &str) -> Option<Document> {
        let document = |(policy, number): (Arc<Policy>, usize)| Document {
            name: name.into(),
            resource: view.key().clone(),
            policy,
            number,
            held: Held::Inline,
        };
        match view.text(column) {
            Known::Yes(text) if text.trim().is_empty() => None,
            Known::Yes(text) => Some(document(self.parse(text, view))),
            Known::No => {
                if let Some(Cell::Unknown(unknown)) = view.row.cell(view.table, column) {
                    let unknown = (self.names.account(view.table, view.row), unknown.clone());
                    if !self.unknowns.contains(&unknown) {
                        self.unknowns.push(unknown);
                    }
                }
                Some(document(self.unknown()))
            }
        }
    }

    fn parse(&mut self, text: &str, view: View<'_>) -> (Arc<Policy>, usize) {
        let text = self.names.resolve(text, view.key());
        if let Some(known) = self.parsed.get(&*text) {
            return known.clone();
        }
        // Only code holds placeholders; in what AWS stores every `${…}` is IAM's.
        let read = match view.key().starts_with("arn:") {
            true => Policy::parse(&text),
            false => Policy::parse_code(&text),
        };
        let policy = read.unwrap_or_else(|error| {
            let (line, _) = view.row.origin.lines();
            self.gaps.push(Gap {
                kind: GapKind::NotEvaluated,
                file: view.row.origin.file().into(),
                line,
                resource: view.key().to_string(),
                cause: error.to_string(),
                cure: "correct the policy; until then what it allows is unknown".into(),
            });
            Policy::unknown()
        });
        let parsed = (Arc::new(policy), self.len());
        self.parsed.insert(text.into_owned().into(), parsed.clone());
        parsed
    }

    fn unknown(&mut self) -> (Arc<Policy>, usize) {
        let number = self.len();
        self.parsed.entry("".into()).or_insert_with(|| (Arc::new(Policy::unknown()), number)).clone()
    }

    /// A managed policy, by the row or ARN that refers to it.
    pub(super) fn managed(&mut self, reference: &str) -> Document {
        if let Some(known) = self.managed.get(reference) {
            return known.clone();
        }
        let shipped = ManagedPolicies::shipped().policy(reference);
        let (policy, number) = match shipped.and_then(|policy| Policy::parse(policy.document).ok()) {
            Some(policy) => {
                let parsed = (Arc::new(policy), self.len());
                self.parsed.insert(reference.into(), parsed.clone());
                parsed
            }
            None => self.unknown(),
        };
        let name = reference.rsplit('/').next().unwrap_or(reference);
        let document = Document { name: name.into(), resource: "".into(), policy, number, held: Held::Attached };
        self.managed.insert(reference.into(), document.clone());
        document
    }

    /// A policy of which only is known that there may be one.
    pub(super) fn unresolved(&mut self, name: &str) -> Document {
        let (policy, number) = self.unknown();
        Document { name: name.into(), resource: "".into(), policy, number, held: Held::Attached }
    }

    /// The number after the last policy's.
    pub(super) fn len(&self) -> usize {
        self.first.saturating_add(self.parsed.len())
    }
}
