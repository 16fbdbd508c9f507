//! What is asked, and the policies that have a say.

use crate::context::{Context, ContextValues};
use crate::document::Policy;
use crate::principal::Principal;
use crate::text::Subject;

/// One request.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The action, lower-case: `s3:getobject`.
    pub action: &'a str,
    /// The resource: an ARN, or `*` for actions that are about none.
    pub resource: Subject<'a>,
    /// Account that owns the resource; when it is not given, the one in its ARN, or else the principal's.
    pub resource_account: Option<&'a str>,
    /// Condition keys.
    pub context: &'a ContextValues,
}

/// A policy and its name for people.
#[derive(Debug, Clone, Copy)]
pub struct Attached<'a> {
    /// Its name or ARN.
    pub name: &'a str,
    /// The policy.
    pub policy: &'a Policy,
}

/// Policies of one level of an organization: the root, a unit, or the account.
#[derive(Debug, Clone)]
pub struct Level<'a> {
    /// What the level is called.
    pub name: &'a str,
    /// The policies that are attached to it.
    pub policies: Vec<Attached<'a>>,
}

/// Every policy that has a say in a request.
#[derive(Debug, Clone, Default)]
pub struct PolicySet<'a> {
    /// Of the principal, its groups included.
    pub identity: Vec<Attached<'a>>,
    /// The principal's permissions boundary; None when it has none.
    pub boundary: Option<Vec<Attached<'a>>>,
    /// Policies with which the session was made; None when there are none.
    pub session: Option<Vec<Attached<'a>>>,
    /// Of the resource; None when it has none.
    pub resource: Option<Attached<'a>>,
    /// Service control policies of the principal's account, from the root down; empty outside of an organization.
    pub service_control: Vec<Level<'a>>,
    /// Resource control policies of the resource's account, likewise. AWS's own one that allows everything is implied.
    pub resource_control: Vec<Level<'a>>,
    /// Of the VPC endpoint that the request takes; None when it takes none.
    pub endpoint: Option<Vec<Attached<'a>>>,
    /// The management account of the organization, to which neither kind of control policy applies.
    pub management_account: Option<&'a str>,
    /// Whether S3's `RestrictPublicBuckets` is on for the bucket or its account.
    pub restricts_public_buckets: bool,
}

impl<'a> Request<'a> {
    /// The account that owns the resource.
    pub fn owner(&self) -> Option<&str> {
        self.resource_account.filter(|account| !account.is_empty()).or_else(|| {
            let in_arn = self.resource.text().split(':').nth(4).filter(|account| !account.is_empty());
            in_arn.or_else(|| self.principal.account())
        })
    }

    /// The condition keys, with those that follow from principal and resource.
    pub(crate) fn keys(&self) -> Context<'_> {
        Context::new(self.context, self.principal, self.owner())
    }

    pub(crate) fn service(&self) -> &str {
        self.action.split_once(':').map_or(self.action, |(service, _)| service)
    }
}
