//! What the policies of one layer say about a request.

use super::{Layer, Notes, Reason};
use crate::context::Context;
use crate::document::{Effect, Statement};
use crate::grant::{Naming, naming};
use crate::request::{Attached, Level, PolicySet, Request};
use crate::truth::{Doubt, Truth};

/// What a layer says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdict {
    /// Whether a statement allows.
    pub(super) allow: Truth,
    /// Whether a statement denies.
    pub(super) deny: Truth,
}

impl Verdict {
    /// What a layer says that is not there.
    pub(super) const SILENT_ALLOW: Self = Self { allow: Truth::True, deny: Truth::False };
}

/// What the policy of the resource says.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResourceVerdict {
    /// Whom it allows by which name.
    pub(super) grant: Naming,
    /// Whether a statement denies.
    pub(super) deny: Truth,
}

impl ResourceVerdict {
    /// What a resource without a policy says.
    pub(super) const NONE: Self = Self {
        grant: Naming { directly: Truth::False, by_role: Truth::False, by_account: Truth::False },
        deny: Truth::False,
    };
}

/// Evaluates policies for one request.
pub(super) struct Evaluator<'a> {
    request: &'a Request<'a>,
    context: Context<'a>,
    has_boundary: bool,
    /// Whether a statement denied for certain, and nobody asks for more.
    is_settled: bool,
    about: Vec<(u32, Truth)>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(request: &'a Request<'a>, policies: &PolicySet<'_>) -> Self {
        Self {
            request,
            context: request.keys(),
            has_boundary: policies.boundary.is_some(),
            is_settled: false,
            about: Vec::new(),
        }
    }

    /// Policies of which one must allow.
    pub(super) fn list(&mut self, policies: &[Attached<'_>], layer: Layer, notes: &mut impl Notes) -> Verdict {
        let mut verdict = Verdict { allow: Truth::False, deny: Truth::False };
        for attached in policies {
            let one = self.policy(attached, layer, notes);
            verdict = Verdict { allow: verdict.allow | one.allow, deny: verdict.deny | one.deny };
        }
        verdict
    }

    /// Levels of which each must allow.
    pub(super) fn levels(&mut self, levels: &[Level<'_>], layer: Layer, notes: &mut impl Notes) -> Verdict {
        let mut verdict = Verdict::SILENT_ALLOW;
        for level in levels {
            let one = self.list(&level.policies, layer, notes);
            verdict = Verdict { allow: verdict.allow & one.allow, deny: verdict.deny | one.deny };
        }
        verdict
    }

    fn policy<N: Notes>(&mut self, attached: &Attached<'_>, layer: Layer, notes: &mut N) -> Verdict {
        if self.is_settled {
            return Verdict::SILENT_ALLOW;
        }
        let open = unresolved(attached);
        let mut verdict = Verdict { allow: open, deny: open };
        self.heed(attached, layer, notes, |effect, named| match effect {
            Effect::Allow => verdict.allow = verdict.allow | named.at_all(),
            Effect::Deny => verdict.deny = verdict.deny | named.at_all(),
        });
        self.is_settled = !N::WANTED && verdict.deny.is_true();
        verdict
    }

    /// The policy of the resource.
    pub(super) fn resource<N: Notes>(&mut self, attached: &Attached<'_>, notes: &mut N) -> ResourceVerdict {
        let open = unresolved(attached);
        let mut grant = Naming { directly: open, by_role: open, by_account: open };
        let mut deny = open;
        let is_immune = super::special::is_immune_to_bucket_policy(self.request);
        self.heed(attached, Layer::Resource, notes, |effect, named| match effect {
            Effect::Allow => grant = grant.or(named),
            Effect::Deny if is_immune => {}
            Effect::Deny => deny = deny | named.at_all(),
        });
        self.is_settled = !N::WANTED && deny.is_true();
        ResourceVerdict { grant, deny }
    }

    /// Walks the statements of a policy that apply, or may, each with how it names the principal.
    fn heed<N: Notes>(
        &mut self,
        attached: &Attached<'_>,
        layer: Layer,
        notes: &mut N,
        mut heed: impl FnMut(Effect, Naming),
    ) {
        let mut about = std::mem::take(&mut self.about);
        attached.policy.index.about(self.request.action, &mut about);
        for (at, by_action) in &about {
            let at = *at as usize;
            let Some(statement) = attached.policy.statements.get(at) else { continue };
            let named = self.named(layer, statement);
            if named.at_all().is_false() {
                continue;
            }
            let applies = *by_action & statement.covers(self.request, &self.context);
            if applies.is_false() {
                continue;
            }
            notes.note(|| reason(layer, attached, at, statement, applies & named.at_all()));
            heed(statement.effect, named.and(applies));
        }
        self.about = about;
    }

    /// How a statement names the principal. Identity policies and service control policies are about their holder.
    fn named(&self, layer: Layer, statement: &Statement) -> Naming {
        let scope = statement.principals.as_ref();
        match (layer, scope) {
            (Layer::Resource, _) | (Layer::ResourceControl | Layer::Endpoint, Some(_)) => {
                naming(scope, statement.effect, self.request.principal, self.has_boundary, &self.context)
            }
            _ => Naming::AS_HOLDER,
        }
    }
}

/// What a policy says by the statements that are not resolved.
fn unresolved(attached: &Attached<'_>) -> Truth {
    match attached.policy.has_unresolved_statements {
        true => Truth::Open(Doubt::UNRESOLVED),
        false => Truth::False,
    }
}

fn reason(layer: Layer, attached: &Attached<'_>, at: usize, statement: &Statement, applies: Truth) -> Reason {
    Reason { layer, policy: attached.name.to_owned(), statement: at, effect: statement.effect, applies }
}
