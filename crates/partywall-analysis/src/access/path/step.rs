//! Asks whether the actions of a hop are allowed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use aws_policy::{Answer, ContextValues, Effect, Limits, Policy, Question, ask};

use super::{EdgeStep, Setting};
use crate::access::documents::{Document, Held};
use crate::access::estate::{Estate, Holder};
use crate::access::facts::escalation::{On, Path, Step};
use crate::access::names::arn_account;
use crate::access::question::{Certainty, Target};

/// An action and a resource that no service has: who may do that may do everything.
const ANYTHING: (&str, &str) = ("partywall:anything", "arn:aws:partywall:us-east-1:000000000000:anything/example");

/// Policies by their numbers, with an action and a pattern.
type Asked = (Vec<usize>, String, String);

/// Asks an estate, and remembers.
pub(in crate::access) struct Asker<'a> {
    pub(in crate::access) estate: &'a Estate,
    patterns: RefCell<HashMap<Asked, Option<Arc<str>>>>,
    remembered: RefCell<Remembered>,
}

/// Answers that are the same wherever one principal takes a path.
#[derive(Default)]
struct Remembered {
    holder: Arc<str>,
    /// By where the step of the catalogue is in memory. The inner None: its answers differ.
    answers: HashMap<usize, Option<Option<Certainty>>>,
}

impl<'a> Asker<'a> {
    pub(in crate::access) fn new(estate: &'a Estate) -> Self {
        Self { estate, patterns: RefCell::default(), remembered: RefCell::default() }
    }

    /// Whether a user or role may do everything by its own policies; None when it may not.
    pub(super) fn administration(&self, holder: &Holder) -> Option<Certainty> {
        let (action, arn) = ANYTHING;
        let anything =
            Target { arn: arn.into(), account: Some(holder.account.clone()), resource: "".into(), policy: None };
        let context = self.estate.context(holder);
        let everything = Certainty::of(self.estate.decide(holder, action, &anything, &context))?;
        // Everything but identities is not everything.
        let own = Target { arn: holder.principal.text.as_str().into(), ..anything };
        let change = if holder.is_user() { "iam:putuserpolicy" } else { "iam:putrolepolicy" };
        Some(everything.min(Certainty::of(self.estate.decide(holder, change, &own, &context))?))
    }

    /// Whether the boundary of a user or role leaves everything to it; None when it does not.
    pub(super) fn is_unbounded(&self, holder: &Holder) -> Option<Certainty> {
        match &holder.boundary {
            None => Some(Certainty::Certain),
            Some(document) => allows_anything(&[document]),
        }
    }

    /// Whether the policies of a user or role alone allow everything; None when they do not.
    pub(super) fn is_administrator_without_bounds(&self, holder: &Holder) -> Option<Certainty> {
        allows_anything(&holder.policies.iter().collect::<Vec<_>>())
    }

    /// Whether a user or role may do everything once a path has taken away the policies that deny.
    pub(super) fn is_administrator_without(&self, holder: &Holder, path: &Path) -> Option<Certainty> {
        let takes = |held: Held| {
            path.actions.iter().any(|step| match step.action.as_str() {
                "iam:DeleteUserPolicy" | "iam:DeleteRolePolicy" => held == Held::Inline,
                "iam:DetachUserPolicy" | "iam:DetachRolePolicy" => held == Held::Attached,
                "iam:DeleteGroupPolicy" => held == Held::GroupInline,
                "iam:DetachGroupPolicy" => held == Held::GroupAttached,
                "iam:RemoveUserFromGroup" => matches!(held, Held::GroupInline | Held::GroupAttached),
                _ => false,
            })
        };
        let denies = |document: &Document| document.policy.statements.iter().any(|one| one.effect == Effect::Deny);
        let left: Vec<&Document> =
            holder.policies.iter().filter(|document| !(takes(document.held) && denies(document))).collect();
        allows_anything(&left)
    }

    /// Whether a group's policies allow everything; None when they do not.
    pub(super) fn is_administrators(&self, group: &str) -> Option<Certainty> {
        allows_anything(&self.estate.group_policies(group).iter().collect::<Vec<_>>())
    }

    /// Whether one action, given lower-case, is allowed; None when it is not.
    pub(super) fn ask(
        &self,
        holder: &Holder,
        action: &str,
        target: &Target,
        context: &ContextValues,
    ) -> Option<Certainty> {
        Certainty::of(self.estate.decide(holder, action, target, context))
    }

    /// An action that is allowed, and why.
    pub(super) fn explain(
        &self,
        holder: &Holder,
        action: &str,
        target: &Target,
        context: &ContextValues,
    ) -> Option<EdgeStep> {
        let decision = self.estate.explain(holder, &action.to_ascii_lowercase(), target, context);
        let certainty = Certainty::of(decision.outcome)?;
        let on = if target.resource.is_empty() { target.arn.clone() } else { target.resource.clone() };
        Some(EdgeStep { action: action.into(), on, because: decision.because, certainty })
    }

    /// Whether every action of a path is allowed; None when one is not.
    pub(super) fn allowed(
        &self,
        holder: &Holder,
        path: &'static Path,
        setting: &Setting,
        context: &ContextValues,
    ) -> Option<Certainty> {
        let mut least = Certainty::Certain;
        for step in &path.actions {
            let certainty = match self.anywhere(holder, step, setting, context) {
                Some(answer) => answer,
                None => self.best(holder, step, setting, context).map(|(certainty, ..)| certainty),
            };
            least = least.min(certainty?);
        }
        Some(least)
    }

    /// Whether an action is allowed, when that is the same wherever the path is taken; else None.
    fn anywhere(
        &self,
        holder: &Holder,
        step: &'static Step,
        setting: &Setting,
        context: &ContextValues,
    ) -> Option<Option<Certainty>> {
        let mut remembered = self.remembered.borrow_mut();
        if remembered.holder != holder.resource {
            *remembered = Remembered { holder: holder.resource.clone(), answers: HashMap::new() };
        }
        let is_same = match &step.on {
            On::Itself | On::Any | On::Group | On::Pattern(_) => true,
            // Trust policies say nothing about actions of IAM.
            On::Target => setting.target.is_some() && setting.group.is_none() && step.action.starts_with("iam:"),
            On::Resource | On::Policy | On::Boundary => false,
        };
        if !is_same {
            return None;
        }
        let place = std::ptr::from_ref(step).addr();
        if let Some(known) = remembered.answers.get(&place) {
            return *known;
        }
        let is_indifferent = step.on != On::Target || self.is_indifferent_to_resource(holder, &step.action);
        let answer = is_indifferent.then(|| self.best(holder, step, setting, context).map(|(certainty, ..)| certainty));
        remembered.answers.insert(place, answer);
        answer
    }

    /// Whether what the policies of a principal say about an action is the same for every resource of its account.
    fn is_indifferent_to_resource(&self, holder: &Holder, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        let mut documents = holder.policies.iter().chain(&holder.boundary);
        documents.all(|document| document.policy.is_indifferent_to_resource(&action))
            && self.estate.organization.is_indifferent_to_resource(&holder.account, &action)
    }

    /// The actions of a path that is open, and why they are allowed.
    pub(super) fn steps(
        &self,
        holder: &Holder,
        path: &Path,
        setting: &Setting,
        context: &ContextValues,
    ) -> Vec<EdgeStep> {
        let explained = path.actions.iter().filter_map(|step| {
            let (_, target, context) = self.best(holder, step, setting, context)?;
            self.explain(holder, &step.action, &target, &context)
        });
        explained.collect()
    }

    /// What an action is most surely allowed on, and in which context.
    fn best<'c>(
        &self,
        holder: &Holder,
        step: &Step,
        setting: &Setting,
        context: &'c ContextValues,
    ) -> Option<(Certainty, Target, Cow<'c, ContextValues>)> {
        let contexts = chosen(context, step, holder);
        let action = step.action.to_ascii_lowercase();
        let mut best: Option<(Certainty, Target, Cow<'c, ContextValues>)> = None;
        for target in self.targets(holder, step, setting) {
            for context in &contexts {
                if let Some(certainty) = self.ask(holder, &action, &target, context)
                    && best.as_ref().is_none_or(|(other, ..)| *other < certainty)
                {
                    best = Some((certainty, target.clone(), context.clone()));
                }
            }
        }
        best
    }

    /// What an action of a path is asked of; one that is allowed suffices.
    fn targets(&self, holder: &Holder, step: &Step, setting: &Setting) -> Vec<Target> {
        let principal = |at: usize| self.estate.principals.get(at).map(|holder| self.estate.holder_as_target(holder));
        let of_rows = |rows: &[Arc<str>]| rows.iter().map(|row| self.estate.target(row)).collect();
        match &step.on {
            On::Target => match (&setting.group, setting.target) {
                (Some(group), _) => vec![self.estate.target(group)],
                (None, target) => target.and_then(principal).into_iter().collect(),
            },
            On::Itself => vec![self.estate.holder_as_target(holder)],
            On::Resource => match &setting.row {
                Some(row) => vec![self.estate.target(row)],
                // A resource out of sight, whose own policy is not known either.
                None => {
                    let found = self.some(holder, &step.action, "*");
                    found.map(|arn| self.of_account(holder, &arn)).into_iter().collect()
                }
            },
            On::Policy => {
                let target = setting.target.and_then(|at| self.estate.principals.get(at)).unwrap_or(holder);
                of_rows(&target.managed)
            }
            On::Boundary => {
                let target = setting.target.and_then(|at| self.estate.principals.get(at)).unwrap_or(holder);
                let rows: Vec<Arc<str>> =
                    target.boundary.iter().map(|one| one.resource.clone()).filter(|row| !row.is_empty()).collect();
                of_rows(&rows)
            }
            On::Group => of_rows(&holder.groups),
            On::Any => vec![self.of_account(holder, "*")],
            On::Pattern(pattern) => {
                let pattern = in_place(pattern, holder);
                let found = self.some(holder, &step.action, &pattern);
                found.map(|arn| self.out_of_sight(holder, &step.action, &arn)).into_iter().collect()
            }
        }
    }

    /// Something that is not of the inventory. What the trust policy of a role out of sight says is not known.
    fn out_of_sight(&self, holder: &Holder, action: &str, arn: &str) -> Target {
        let target = self.of_account(holder, arn);
        if !action.starts_with("sts:Assume") {
            return target;
        }
        let trust = Document {
            name: "a trust policy that is not known".into(),
            resource: "".into(),
            policy: Arc::new(Policy::unknown()),
            number: usize::MAX,
            held: Held::Inline,
        };
        let account = arn_account(arn).map_or_else(|| holder.account.clone(), Into::into);
        Target { policy: Some(trust), account: Some(account), ..target }
    }

    fn of_account(&self, holder: &Holder, arn: &str) -> Target {
        Target { arn: arn.into(), account: Some(holder.account.clone()), resource: "".into(), policy: None }
    }

    /// An ARN of a pattern on which an action is allowed, as far as the policies of the principal say.
    fn some(&self, holder: &Holder, action: &str, pattern: &str) -> Option<Arc<str>> {
        let mut numbers: Vec<usize> = holder.policies.iter().map(|document| document.number).collect();
        numbers.sort_unstable();
        let key = (numbers, action.to_owned(), pattern.to_owned());
        if let Some(known) = self.patterns.borrow().get(&key) {
            return known.clone();
        }
        let policy = Policy::union(holder.policies.iter().map(|document| &*document.policy));
        let question = Question {
            permitted_by: vec![&policy],
            not_permitted_by: Vec::new(),
            limits: Limits::of_patterns(action, pattern),
        };
        let found: Option<Arc<str>> = match ask(&question) {
            Answer::Yes(witness) => Some(witness.resource.into()),
            Answer::No => None,
            // Whether it is allowed there is decided afterwards, with what is not known in view.
            Answer::Unknown(_) => Some(pattern.replace('*', "example").into()),
        };
        self.patterns.borrow_mut().insert(key, found.clone());
        found
    }
}

/// The contexts in which an action can be asked: a value that the caller chooses makes one each.
fn chosen<'c>(context: &'c ContextValues, step: &Step, holder: &Holder) -> Vec<Cow<'c, ContextValues>> {
    let mut contexts = vec![Cow::Borrowed(context)];
    for (key, values) in &step.context {
        contexts = match values.is_empty() {
            true => contexts
                .into_iter()
                .map(|context| Cow::Owned(context.into_owned().with(key, Vec::<String>::new())))
                .collect(),
            false => contexts
                .iter()
                .flat_map(|context| values.iter().map(|value| (**context).clone().with(key, [in_place(value, holder)])))
                .map(Cow::Owned)
                .collect(),
        };
    }
    contexts
}

/// A pattern of the catalogue with the caller's partition and account in place.
fn in_place(pattern: &str, holder: &Holder) -> String {
    pattern
        .replace("{partition}", holder.principal.partition())
        .replace("{region}", "*")
        .replace("{account}", &holder.account)
}

/// Whether policies side by side allow everything; None when they do not.
fn allows_anything(documents: &[&Document]) -> Option<Certainty> {
    let context = ContextValues::open();
    let (action, arn) = ANYTHING;
    let principal = aws_policy::Principal::parse("arn:aws:iam::000000000000:user/example")?;
    let request = aws_policy::Request {
        principal: &principal,
        action,
        resource: aws_policy::Subject::plain(arn),
        resource_account: None,
        context: &context,
    };
    let policies = aws_policy::PolicySet {
        identity: documents.iter().map(|document| document.attached()).collect(),
        ..aws_policy::PolicySet::default()
    };
    Certainty::of(aws_policy::decide(&request, &policies))
}

/// Whether a policy names an ARN, or everybody, as a principal.
pub(super) fn names_principal(document: &Document, arn: &str) -> bool {
    let scopes = document.policy.statements.iter().filter_map(|statement| statement.principals.as_ref());
    scopes.into_iter().any(|scope| {
        scope.is_negated()
            || scope.named().has_unresolved
            || scope
                .named()
                .all()
                .any(|name| name == arn || name == "*" || name.starts_with("AIDA") || name.starts_with("AROA"))
    })
}
