//! Who can do what: what the analysis of access found, ready to be reported.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::ResourceKey;

/// What the analysis of access found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AccessReport {
    /// Principals that may do everything by their own policies, and how sure that is.
    pub administrators: BTreeMap<ResourceKey, AccessCertainty>,
    /// Chains by which principals come to more than their own permissions.
    pub paths: Vec<AccessPath>,
    /// Whom resources let in from outside of their account.
    pub exposures: Vec<Exposure>,
    /// Principals that hold duties together which belong apart.
    pub conflicts: Vec<DutyConflict>,
    /// Permissions that nobody uses.
    pub unused: Vec<UnusedAccess>,
}

/// How sure an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessCertainty {
    /// Something that is not known decides.
    Unknown,
    /// It depends on the circumstances of the request.
    Conditional,
    /// Whatever the circumstances.
    Allowed,
}

impl AccessCertainty {
    /// A word for output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Conditional => "conditional",
            Self::Allowed => "allowed",
        }
    }
}

/// A chain from one principal to another one, or to everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessPath {
    /// Who takes it.
    pub from: ResourceKey,
    /// What is reached: a row, or a name for everything in an account.
    pub to: Arc<str>,
    /// Whether everything in an account is reached.
    pub reaches_administrator: bool,
    /// How sure its least sure hop is.
    pub certainty: AccessCertainty,
    /// The hops, the first one first.
    pub hops: Vec<AccessHop>,
}

/// One hop of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessHop {
    /// Who takes it.
    pub from: ResourceKey,
    /// What is reached.
    pub to: Arc<str>,
    /// The id of the way in the catalogue of escalations.
    pub way: &'static str,
    /// What is done.
    pub title: &'static str,
    /// What ends it; '' when nothing is catalogued.
    pub cure: &'static str,
    /// A page about it; '' when nothing is catalogued.
    pub source: &'static str,
    /// How sure it is.
    pub certainty: AccessCertainty,
    /// What else must be true and is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
    /// Every action that it needs.
    pub actions: Vec<AccessAction>,
}

/// One action that somebody may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessAction {
    /// The action.
    pub action: Arc<str>,
    /// On what: a row or an ARN.
    pub on: Arc<str>,
    /// How sure it is.
    pub certainty: AccessCertainty,
    /// The statements that decide, in words.
    pub statements: Vec<String>,
}

/// Somebody whom a resource lets in from outside of its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// The resource.
    pub resource: ResourceKey,
    /// Its table.
    pub table: &'static str,
    /// Who is let in.
    pub audience: Audience,
    /// Who exactly: an account, an ARN, a service; `*` for everybody.
    pub who: Arc<str>,
    /// Whether the organization in sight holds them; None when none is in sight or they belong to none.
    pub is_in_organization: Option<bool>,
    /// How sure it is.
    pub certainty: AccessCertainty,
    /// What they can do: read, write, administer.
    pub access: Vec<&'static str>,
    /// How access is given: the column.
    pub through: &'static str,
    /// An action that shows it; '' where access is no matter of actions.
    pub action: Arc<str>,
    /// A page about it.
    pub source: &'static str,
}

/// Kinds of outsiders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody.
    Public,
    /// Another account, or principals of it.
    Account,
    /// Whoever an identity provider vouches for.
    Federated,
    /// A service of AWS that is not tied to those for whom it acts.
    UnboundService,
    /// An organization or a unit of one.
    Organization,
}

impl Audience {
    /// A word for output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Account => "account",
            Self::Federated => "federated",
            Self::UnboundService => "unbound_service",
            Self::Organization => "organization",
        }
    }
}

/// A principal that holds duties together which belong apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DutyConflict {
    /// Who.
    pub principal: ResourceKey,
    /// The rule.
    pub rule: String,
    /// What somebody does who breaks it.
    pub title: String,
    /// Why the duties belong apart.
    pub why: String,
    /// The controls that ask for it.
    pub controls: Vec<String>,
    /// How sure the least sure side is.
    pub certainty: AccessCertainty,
    /// The duties, and how each is had.
    pub sides: Vec<ConflictSide>,
}

/// One of the duties of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConflictSide {
    /// What is done.
    pub name: String,
    /// An action that shows it; None for whoever may do everything.
    pub action: Option<AccessAction>,
    /// With whose permissions: a row, or a name for everything in an account.
    pub through: Arc<str>,
}

/// Permissions that a principal does not use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnusedAccess {
    /// Who.
    pub principal: ResourceKey,
    /// Services that it may use and has not used within AWS's tracking period.
    pub unused_services: Vec<String>,
    /// Services that it has used.
    pub used_services: Vec<String>,
    /// A policy that allows what its policies allow of the services that it has used.
    pub smaller_policy: String,
}
