//! Single questions about an estate: may this principal do that?

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_policy::{
    Attached, ContextValues, Decision, Doubt, Layer, Outcome, PolicySet, Principal, Reason, Request, Subject, decide,
    explain,
};

use super::documents::{Document, LetIn};
use super::estate::{Estate, Holder};
use super::names::arn_account;

/// What something is done to.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its ARN, perhaps with placeholders; `*` for actions that are about no resource.
    pub arn: Arc<str>,
    /// The account that owns it; None when the ARN and the inventory do not say.
    pub account: Option<Arc<str>>,
    /// The row; empty when it is none of the inventory.
    pub resource: Arc<str>,
    /// Its policy: a trust policy for a role.
    pub policy: Option<Document>,
}

/// How sure an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Something that is not known decides.
    Possible,
    /// It depends on the circumstances of the request.
    Conditional,
    /// Always.
    Certain,
}

impl Certainty {
    /// A word for output.
    pub fn id(self) -> &'static str {
        match self {
            Self::Possible => "unknown",
            Self::Conditional => "conditional",
            Self::Certain => "allowed",
        }
    }

    /// How sure it is that a request is allowed; None when it is denied.
    pub fn of(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Allowed => Some(Self::Certain),
            Outcome::Undecided(doubt) if doubt.contains(Doubt::UNRESOLVED) || doubt.contains(Doubt::UNDOCUMENTED) => {
                Some(Self::Possible)
            }
            Outcome::Undecided(_) => Some(Self::Conditional),
            Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied => None,
        }
    }
}

/// Somebody who may do something.
#[derive(Debug, Clone)]
pub struct Allowed {
    /// Who: a row, or a name that a resource's policy gives.
    pub who: Arc<str>,
    /// How sure it is.
    pub certainty: Certainty,
    /// The statements that decide.
    pub because: Vec<Reason>,
    /// Whether it is somebody outside of the inventory, whose own policies are not in sight.
    pub is_outsider: bool,
}

impl Estate {
    /// What a person means by a resource: a row, an ARN, or `*`.
    pub fn target(&self, text: &str) -> Target {
        let row = if self.account_of(text).is_some() {
            Some(Arc::from(text))
        } else {
            self.names.resource(text).or_else(|| self.names.resource(container(text))).cloned()
        };
        let arn: Arc<str> = match &row {
            Some(row) if **row == *text => self.names.arn(row).cloned().unwrap_or_else(|| text.into()),
            _ => text.into(),
        };
        let account = row.as_ref().and_then(|row| self.account_of(row)).cloned();
        let account = account.or_else(|| arn_account(&arn).map(Into::into));
        let policy = row.as_ref().and_then(|row| self.policy_of(row)).cloned();
        Target { arn, account, resource: row.unwrap_or_default(), policy }
    }

    /// A user or role as what something is done to.
    pub fn holder_as_target(&self, holder: &Holder) -> Target {
        Target {
            arn: holder.principal.text.as_str().into(),
            account: Some(holder.account.clone()),
            resource: holder.resource.clone(),
            policy: holder.trust.clone(),
        }
    }

    fn policy_of(&self, row: &str) -> Option<&Document> {
        match self.holder(row) {
            Some((_, holder)) => holder.trust.as_ref(),
            None => self.resource_policy(row),
        }
    }

    /// What is known of the requests of a user or role.
    pub fn context(&self, holder: &Holder) -> ContextValues {
        let mut context = ContextValues::open().with("aws:SecureTransport", ["true"]);
        for (key, value) in holder.tags.iter().flatten() {
            context = context.with(&format!("aws:PrincipalTag/{key}"), [value.as_str()]);
        }
        if !self.organization.id.is_empty() {
            context = context.with("aws:PrincipalOrgID", [&*self.organization.id]);
        }
        context
    }

    /// Whether a user or role may do something.
    pub fn decide(&self, holder: &Holder, action: &str, target: &Target, context: &ContextValues) -> Outcome {
        self.asked(holder, action, target, context, decide)
    }

    /// Whether a user or role may do something, and why.
    pub fn explain(&self, holder: &Holder, action: &str, target: &Target, context: &ContextValues) -> Decision {
        self.asked(holder, action, target, context, explain)
    }

    fn asked<T>(
        &self,
        holder: &Holder,
        action: &str,
        target: &Target,
        context: &ContextValues,
        answer: impl Fn(&Request<'_>, &PolicySet<'_>) -> T,
    ) -> T {
        let owner = target.account.clone().unwrap_or_else(|| holder.account.clone());
        let request = Request {
            principal: &holder.principal,
            action,
            resource: Subject::with_placeholders(&*target.arn),
            resource_account: Some(&owner),
            context,
        };
        let policies = PolicySet {
            identity: holder.policies.iter().map(Document::attached).collect(),
            boundary: holder.boundary.as_ref().map(|document| vec![document.attached()]),
            resource: target.policy.as_ref().map(Document::attached),
            service_control: self.organization.service_control(&holder.account),
            resource_control: self.organization.resource_control(&owner),
            management_account: self.organization.management_account.as_deref(),
            ..PolicySet::default()
        };
        answer(&request, &policies)
    }

    /// Whether somebody of whom no policy is in sight may do something that the resource's policy decides alone.
    pub fn decide_outsider(&self, principal: &Principal, action: &str, target: &Target) -> Decision {
        let context = ContextValues::open().with("aws:SecureTransport", ["true"]);
        let owner = target.account.clone().unwrap_or_default();
        let request = Request {
            principal,
            action,
            resource: Subject::with_placeholders(&*target.arn),
            resource_account: Some(&owner),
            context: &context,
        };
        let policies = PolicySet {
            // What an outsider's own account allows it is nobody's to see here.
            identity: vec![Attached { name: "its own account", policy: everything() }],
            resource: target.policy.as_ref().map(Document::attached),
            resource_control: self.organization.resource_control(&owner),
            management_account: self.organization.management_account.as_deref(),
            ..PolicySet::default()
        };
        explain(&request, &policies)
    }

    /// Everybody who may do something to a resource.
    pub fn who_can(&self, action: &str, target: &Target) -> Vec<Allowed> {
        let action = action.to_ascii_lowercase();
        let filter = ActionFilter::new(self, &action);
        let mut allowed = Vec::new();
        for at in self.who_may_be_allowed(target) {
            let Some(holder) = self.principals.get(at) else { continue };
            // Without a policy of either side that speaks of the action nobody needs to be asked.
            if !filter.may_allow(holder) && target.policy.is_none() {
                continue;
            }
            let context = self.context(holder);
            if Certainty::of(self.decide(holder, &action, target, &context)).is_none() {
                continue;
            }
            let decision = self.explain(holder, &action, target, &context);
            if let Some(certainty) = Certainty::of(decision.outcome) {
                let who = holder.resource.clone();
                allowed.push(Allowed { who, certainty, because: decision.because, is_outsider: false });
            }
        }
        allowed.extend(self.outsiders(&action, target));
        allowed
    }

    /// The users and roles of whom any may be allowed something: those of the account that owns the target, and those
    /// whom its policy lets in from others.
    fn who_may_be_allowed(&self, target: &Target) -> Vec<usize> {
        let everybody = || (0..self.principals.len()).collect();
        let Some(owner) = &target.account else { return everybody() };
        let mut accounts: BTreeSet<&str> = BTreeSet::from([&**owner]);
        if let Some(document) = &target.policy {
            match document.let_in() {
                LetIn::Anybody => return everybody(),
                LetIn::Accounts(named) => accounts.extend(named),
            }
        }
        let mut found: Vec<usize> =
            accounts.into_iter().flat_map(|account| self.of_account(account)).copied().collect();
        found.sort_unstable();
        found
    }

    /// Those whom the policy of a resource names and who are not of the inventory.
    fn outsiders(&self, action: &str, target: &Target) -> Vec<Allowed> {
        let Some(document) = &target.policy else { return Vec::new() };
        let named = document.policy.statements.iter().filter_map(|statement| statement.principals.as_ref());
        let mut names: Vec<&String> = named.flat_map(|scope| scope.named().all()).collect();
        names.sort_unstable();
        names.dedup();
        names
            .into_iter()
            .filter(|name| self.names.resource(name).is_none())
            .filter_map(|name| {
                let principal = Principal::parse(name)?;
                if principal.account().is_some() && principal.account() == target.account.as_deref() {
                    return None;
                }
                let decision = self.decide_outsider(&principal, action, target);
                let certainty = Certainty::of(decision.outcome)?;
                let because = decision.because.into_iter().filter(|reason| reason.layer != Layer::Identity).collect();
                Some(Allowed { who: name.as_str().into(), certainty, because, is_outsider: true })
            })
            .collect()
    }
}

/// Which policies speak of an action at all.
pub(super) struct ActionFilter {
    numbers: Vec<u32>,
}

impl ActionFilter {
    pub(super) fn new(estate: &Estate, action: &str) -> Self {
        Self { numbers: estate.policies.may_allow(action) }
    }

    /// Whether a policy of a user or role may allow the action on something.
    pub(super) fn may_allow(&self, holder: &Holder) -> bool {
        let speaks = |document: &Document| {
            u32::try_from(document.number).is_ok_and(|number| self.numbers.binary_search(&number).is_ok())
        };
        !self.numbers.is_empty() && holder.policies.iter().any(speaks)
    }
}

/// The resource that holds another one: the bucket of an object, the log group of a stream.
fn container(arn: &str) -> &str {
    match arn.starts_with("arn:aws:s3:::")
        || arn.starts_with("arn:aws-cn:s3:::")
        || arn.starts_with("arn:aws-us-gov:s3:::")
    {
        true => arn.split_once('/').map_or(arn, |(bucket, _)| bucket),
        false => arn,
    }
}

/// The policy that allows everything.
fn everything() -> &'static aws_policy::Policy {
    static EVERYTHING: std::sync::OnceLock<aws_policy::Policy> = std::sync::OnceLock::new();
    EVERYTHING.get_or_init(|| {
        aws_policy::Policy::parse(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        )
        .unwrap_or_else(|_| aws_policy::Policy::unknown())
    })
}
