//! Decides one request over every kind of policy.
//!
//! The logic is that of <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

mod layer;
mod special;

use crate::document::Effect;
use crate::principal::PrincipalKind;
use crate::request::{PolicySet, Request};
use crate::truth::{Doubt, Truth};

use layer::{Evaluator, Verdict};

/// A kind of policy that has a say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Policies of the principal.
    Identity,
    /// The principal's permissions boundary.
    Boundary,
    /// Policies of the session.
    Session,
    /// The policy of the resource.
    Resource,
    /// Service control policies.
    ServiceControl,
    /// Resource control policies.
    ResourceControl,
    /// The policy of the VPC endpoint.
    Endpoint,
    /// S3's block of public access.
    BlockPublicAccess,
}

impl Layer {
    /// A short name for output.
    pub fn id(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Boundary => "pb",
            Self::Session => "session",
            Self::Resource => "resource",
            Self::ServiceControl => "scp",
            Self::ResourceControl => "rcp",
            Self::Endpoint => "vpce",
            Self::BlockPublicAccess => "s3-bpa",
        }
    }
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is allowed.
    Allowed,
    /// Something that must allow it does not.
    ImplicitlyDenied,
    /// A statement denies it.
    ExplicitlyDenied,
    /// It depends.
    Undecided(Doubt),
}

/// What becomes of a request, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of it.
    pub outcome: Outcome,
    /// Layers that deny, do not allow, or may not.
    pub blocked_by: Vec<Layer>,
    /// The statements that decided.
    pub because: Vec<Reason>,
}

/// A statement that had a part in a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The kind of policy.
    pub layer: Layer,
    /// The policy's name.
    pub policy: String,
    /// Which of its statements, counted from 0.
    pub statement: usize,
    /// The statement's effect.
    pub effect: Effect,
    /// Whether it applies: never [`Truth::False`].
    pub applies: Truth,
}

/// Takes note of statements that apply, for explanations.
pub(crate) trait Notes {
    /// Whether statements matter beyond the first that denies.
    const WANTED: bool = true;

    fn note(&mut self, reason: impl FnOnce() -> Reason);
}

impl Notes for () {
    const WANTED: bool = false;

    fn note(&mut self, _: impl FnOnce() -> Reason) {}
}

impl Notes for Vec<Reason> {
    fn note(&mut self, reason: impl FnOnce() -> Reason) {
        self.push(reason());
    }
}

/// Decides a request.
pub fn decide(request: &Request<'_>, policies: &PolicySet<'_>) -> Outcome {
    if special::is_always_allowed(request) {
        return Outcome::Allowed;
    }
    let layers = Layers::of(request, policies, &mut ());
    outcome(layers.deny(), layers.allow(request, policies))
}

/// Decides a request and says why.
pub fn explain(request: &Request<'_>, policies: &PolicySet<'_>) -> Decision {
    if special::is_always_allowed(request) {
        return Decision { outcome: Outcome::Allowed, blocked_by: Vec::new(), because: Vec::new() };
    }
    let mut notes = Vec::new();
    let layers = Layers::of(request, policies, &mut notes);
    let outcome = outcome(layers.deny(), layers.allow(request, policies));
    notes.retain(|reason: &Reason| match outcome {
        Outcome::Allowed => reason.effect == Effect::Allow && reason.applies.is_true(),
        Outcome::ExplicitlyDenied => reason.effect == Effect::Deny && reason.applies.is_true(),
        Outcome::ImplicitlyDenied => false,
        Outcome::Undecided(_) => !reason.applies.is_true() || reason.effect == Effect::Allow,
    });
    let blocked_by = if outcome == Outcome::Allowed { Vec::new() } else { layers.blocked_by(request, policies) };
    Decision { outcome, blocked_by, because: notes }
}

/// What follows from whether anything denies, and whether everything that must allow does.
fn outcome(deny: Truth, allow: Truth) -> Outcome {
    match (deny, allow) {
        (Truth::True, _) => Outcome::ExplicitlyDenied,
        (_, Truth::False) => Outcome::ImplicitlyDenied,
        (Truth::False, Truth::True) => Outcome::Allowed,
        (Truth::Open(one), Truth::Open(two)) => Outcome::Undecided(one.with(two)),
        (Truth::Open(doubt), _) | (_, Truth::Open(doubt)) => Outcome::Undecided(doubt),
    }
}

/// What each layer says.
struct Layers {
    identity: Verdict,
    boundary: Verdict,
    session: Verdict,
    resource: layer::ResourceVerdict,
    service_control: Verdict,
    resource_control: Verdict,
    endpoint: Verdict,
    /// Whether S3's block of public access lets the request through.
    block_public_access: Truth,
}

impl Layers {
    fn of(request: &Request<'_>, policies: &PolicySet<'_>, notes: &mut impl Notes) -> Self {
        Self::evaluate(&mut Evaluator::new(request, policies), request, policies, notes)
    }

    fn evaluate(
        evaluator: &mut Evaluator<'_>,
        request: &Request<'_>,
        policies: &PolicySet<'_>,
        notes: &mut impl Notes,
    ) -> Self {
        let resource = match &policies.resource {
            Some(attached) => evaluator.resource(attached, notes),
            None => layer::ResourceVerdict::NONE,
        };
        let of = |list: &Option<Vec<_>>, layer, evaluator: &mut Evaluator<'_>, notes: &mut _| match list {
            Some(list) => evaluator.list(list, layer, notes),
            None => Verdict::SILENT_ALLOW,
        };
        Self {
            identity: evaluator.list(&policies.identity, Layer::Identity, notes),
            boundary: of(&policies.boundary, Layer::Boundary, evaluator, notes),
            session: of(&policies.session, Layer::Session, evaluator, notes),
            resource,
            service_control: match special::service_control_applies(request, policies) {
                true => evaluator.levels(&policies.service_control, Layer::ServiceControl, notes),
                false => Verdict::SILENT_ALLOW,
            },
            resource_control: match !policies.resource_control.is_empty()
                && special::resource_control_applies(request, policies)
            {
                // AWS's own policy that allows everything is on every level and cannot be taken away.
                true => Verdict {
                    allow: Truth::True,
                    ..evaluator.levels(&policies.resource_control, Layer::ResourceControl, notes)
                },
                false => Verdict::SILENT_ALLOW,
            },
            endpoint: of(&policies.endpoint, Layer::Endpoint, evaluator, notes),
            block_public_access: special::passes_block_public_access(request, policies),
        }
    }

    fn deny(&self) -> Truth {
        self.identity.deny
            | self.boundary.deny
            | self.session.deny
            | self.resource.deny
            | self.service_control.deny
            | self.resource_control.deny
            | self.endpoint.deny
    }

    fn allow(&self, request: &Request<'_>, policies: &PolicySet<'_>) -> Truth {
        self.service_control.allow
            & self.resource_control.allow
            & self.endpoint.allow
            & self.block_public_access
            & self.principal_and_resource(request, policies)
    }

    /// What the policies of the principal allow, within its boundary and session.
    fn identity_side(&self, request: &Request<'_>, policies: &PolicySet<'_>) -> Truth {
        match request.principal.kind {
            PrincipalKind::Root { .. } => Truth::True,
            // A federated user without a session policy has nothing but what resources grant it.
            PrincipalKind::FederatedUser { .. } if policies.session.is_none() => Truth::False,
            _ => self.identity.allow & self.boundary.allow & self.session.allow,
        }
    }

    fn principal_and_resource(&self, request: &Request<'_>, policies: &PolicySet<'_>) -> Truth {
        let grant = &self.resource.grant;
        match &request.principal.kind {
            PrincipalKind::Anonymous
            | PrincipalKind::Service
            | PrincipalKind::Federated
            | PrincipalKind::CanonicalUser => return grant.at_all(),
            PrincipalKind::Root { .. } if special::root_cannot(request) => return Truth::False,
            _ => {}
        }
        let identity = self.identity_side(request, policies);
        if request.principal.account() != request.owner() {
            return grant.at_all() & identity;
        }
        // What the resource grants to a role counts beside the role's own policies, within boundary and session.
        let by_role = grant.by_role & self.boundary.allow & self.session.allow;
        let by_identity = match special::needs_resource_policy(request) {
            true => grant.at_all() & identity,
            false => identity | special::needs_no_permission(request),
        };
        grant.directly | by_role | by_identity
    }

    fn blocked_by(&self, request: &Request<'_>, policies: &PolicySet<'_>) -> Vec<Layer> {
        let has_identity = request.principal.account().is_some();
        let crosses = request.principal.account() != request.owner();
        let core = self.principal_and_resource(request, policies).is_true();
        let blocks =
            |verdict: Verdict, must_allow: bool| !verdict.deny.is_false() || (must_allow && !verdict.allow.is_true());
        let needs_grant = !has_identity || crosses || special::needs_resource_policy(request);
        let resource_blocks =
            !self.resource.deny.is_false() || (!core && needs_grant && !self.resource.grant.at_all().is_true());
        let is_root = matches!(request.principal.kind, PrincipalKind::Root { .. });
        [
            (Layer::Identity, has_identity && blocks(self.identity, !core && !is_root)),
            (Layer::Boundary, blocks(self.boundary, !core)),
            (Layer::Session, blocks(self.session, !core)),
            (Layer::Resource, resource_blocks),
            (Layer::ServiceControl, blocks(self.service_control, true)),
            (Layer::ResourceControl, blocks(self.resource_control, true)),
            (Layer::Endpoint, blocks(self.endpoint, true)),
            (Layer::BlockPublicAccess, !self.block_public_access.is_true()),
        ]
        .into_iter()
        .filter_map(|(layer, blocks)| blocks.then_some(layer))
        .collect()
    }
}

#[cfg(test)]
mod tests;
