//! What a request says about itself: condition keys and their values.

use hashbrown::HashMap;
use std::borrow::Cow;

use crate::principal::{Principal, PrincipalKind};
use crate::truth::Doubt;

/// The condition keys of a request.
///
/// Keys that follow from the principal and the resource (`aws:PrincipalArn`, `aws:ResourceAccount` …) are there without
/// being given, unless they are given.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Debug, Clone)]
pub struct Context<'a> {
    values: Cow<'a, ContextValues>,
    principal: Option<&'a Principal>,
    resource_account: Option<&'a str>,
}

/// Keys that are given, lower-case, with their values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContextValues {
    given: HashMap<Box<str>, Vec<String>>,
    unknown: HashMap<Box<str>, Doubt>,
    is_open: bool,
    is_complete: bool,
}

/// What a request says about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// It has these values.
    Values(Cow<'a, [String]>),
    /// It does not have the key.
    Absent,
    /// Nobody knows, and why.
    Open(Doubt),
}

impl ContextValues {
    /// A context that has no key but those that are given.
    pub fn closed() -> Self {
        Self::default()
    }

    /// A context of which nothing is known but the keys that are given.
    pub fn open() -> Self {
        Self { is_open: true, ..Self::default() }
    }

    /// A context that has no key but those that are given, not even those that follow from principal and resource.
    pub fn complete() -> Self {
        Self { is_complete: true, ..Self::default() }
    }

    /// Gives a key.
    #[must_use]
    pub fn with<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.given.insert(key.to_ascii_lowercase().into(), values.into_iter().map(Into::into).collect());
        self
    }

    /// Says that a key's value is not known.
    #[must_use]
    pub fn with_unknown(mut self, key: &str, doubt: Doubt) -> Self {
        self.unknown.insert(key.to_ascii_lowercase().into(), doubt);
        self
    }

    /// The keys that are given, in alphabetical order.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.given.keys().map(AsRef::as_ref).collect();
        keys.sort_unstable();
        keys
    }

    /// The values of a key that is given.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.given.get(key).map(Vec::as_slice)
    }
}

impl<'a> Context<'a> {
    /// The context of a request.
    pub fn new(values: &'a ContextValues, principal: &'a Principal, resource_account: Option<&'a str>) -> Self {
        Self { values: Cow::Borrowed(values), principal: Some(principal), resource_account }
    }

    /// The context of a request by nobody in particular.
    pub fn of_keys(values: &'a ContextValues) -> Self {
        Self { values: Cow::Borrowed(values), principal: None, resource_account: None }
    }

    /// A context of which nothing is known.
    pub fn unknown() -> Self {
        Self { values: Cow::Owned(ContextValues::open()), principal: None, resource_account: None }
    }

    /// What the request says about a key, which is given lower-case.
    pub fn lookup(&self, key: &str) -> Lookup<'_> {
        if let Some(values) = self.values.given.get(key) {
            return if values.is_empty() { Lookup::Absent } else { Lookup::Values(Cow::Borrowed(values)) };
        }
        if let Some(doubt) = self.values.unknown.get(key) {
            return Lookup::Open(*doubt);
        }
        if self.values.is_complete {
            return Lookup::Absent;
        }
        match self.principal.map(|principal| derived(key, principal, self.resource_account)) {
            Some(Derived::Value(value)) => Lookup::Values(Cow::Owned(vec![value])),
            Some(Derived::Absent) => Lookup::Absent,
            _ if self.values.is_open => Lookup::Open(Doubt::CONDITION),
            _ => Lookup::Absent,
        }
    }
}

/// What follows from principal and resource about a key.
enum Derived {
    Value(String),
    Absent,
    Unrelated,
}

fn derived(key: &str, principal: &Principal, resource_account: Option<&str>) -> Derived {
    let or_absent = |value: Option<String>| value.map_or(Derived::Absent, Derived::Value);
    match key {
        "aws:principalarn" => or_absent(principal_arn(principal)),
        "aws:principalaccount" => or_absent(principal.account().map(str::to_owned)),
        "aws:principaltype" => or_absent(principal_type(principal).map(str::to_owned)),
        "aws:principalisawsservice" => Derived::Value((principal.kind == PrincipalKind::Service).to_string()),
        "aws:principalservicename" => {
            or_absent((principal.kind == PrincipalKind::Service).then(|| principal.text.clone()))
        }
        "aws:username" => match &principal.kind {
            PrincipalKind::User { name, .. } => Derived::Value(name.clone()),
            _ => Derived::Absent,
        },
        "aws:resourceaccount" => match resource_account {
            Some(account) => Derived::Value(account.to_owned()),
            None => Derived::Unrelated,
        },
        _ => Derived::Unrelated,
    }
}

/// For a session of a role the ARN of the role. A session's ARN does not tell the role's path.
fn principal_arn(principal: &Principal) -> Option<String> {
    match &principal.kind {
        PrincipalKind::RoleSession { account, role, .. } => {
            Some(format!("arn:{}:iam::{account}:role/{role}", principal.partition()))
        }
        PrincipalKind::Root { account } => Some(format!("arn:{}:iam::{account}:root", principal.partition())),
        PrincipalKind::User { .. } | PrincipalKind::Role { .. } | PrincipalKind::FederatedUser { .. } => {
            Some(principal.text.clone())
        }
        _ => None,
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn principal_type(principal: &Principal) -> Option<&'static str> {
    match principal.kind {
        PrincipalKind::Anonymous => Some("Anonymous"),
        PrincipalKind::Root { .. } => Some("Account"),
        PrincipalKind::User { .. } => Some("User"),
        PrincipalKind::Role { .. } | PrincipalKind::RoleSession { .. } => Some("AssumedRole"),
        PrincipalKind::FederatedUser { .. } => Some("FederatedUser"),
        _ => None,
    }
}
