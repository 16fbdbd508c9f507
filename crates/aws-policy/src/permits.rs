//! What one policy says about a request when it is alone.

use crate::context::Context;
use crate::document::{Effect, Policy, Scope, Statement, Version};
use crate::grant::naming;
use crate::request::Request;
use crate::truth::{Doubt, Truth};

impl Policy {
    /// Whether the policy alone permits a request: a statement allows it and none denies it.
    pub fn permits(&self, request: &Request<'_>) -> Truth {
        let context = request.keys();
        let open = match self.has_unresolved_statements {
            true => Truth::Open(Doubt::UNRESOLVED),
            false => Truth::False,
        };
        let (mut allow, mut deny) = (open, open);
        let mut about = Vec::new();
        self.index.about(request.action, &mut about);
        for (at, by_action) in about {
            let Some(statement) = self.statements.get(at as usize) else { continue };
            let applies = by_action & statement.names(request, &context) & statement.covers(request, &context);
            match statement.effect {
                Effect::Allow => allow = allow | applies,
                Effect::Deny => deny = deny | applies,
            }
        }
        allow & !deny
    }
}

impl Statement {
    /// Whether the statement is about the principal; one without a principal is about whoever holds it.
    pub(crate) fn names(&self, request: &Request<'_>, context: &Context<'_>) -> Truth {
        match &self.principals {
            None => Truth::True,
            scope => naming(scope.as_ref(), self.effect, request.principal, false, context).at_all(),
        }
    }

    /// Whether resource and conditions fit.
    pub(crate) fn covers(&self, request: &Request<'_>, context: &Context<'_>) -> Truth {
        let matches = |patterns: &[crate::ArnPattern]| {
            Truth::any(patterns.iter().map(|pattern| pattern.matches(&request.resource, context)))
        };
        let resource = match &self.resources {
            Scope::Only(patterns) => matches(patterns),
            Scope::AllBut(patterns) => !matches(patterns),
        };
        if resource.is_false() {
            return resource;
        }
        resource & Truth::all(self.conditions.iter().map(|condition| condition.holds(context)))
    }
}

impl Policy {
    /// Whether a statement allows an action, given lower-case, on something, or may.
    pub fn may_allow(&self, action: &str) -> bool {
        let mut about = Vec::new();
        self.index.about(action, &mut about);
        let allows = |at: u32| self.statements.get(at as usize).is_some_and(|one| one.effect == Effect::Allow);
        self.has_unresolved_statements || about.into_iter().any(|(at, _)| allows(at))
    }

    /// Whether what the policy says about an action, given lower-case, is the same for every resource of an account.
    pub fn is_indifferent_to_resource(&self, action: &str) -> bool {
        let mut about = Vec::new();
        self.index.about(action, &mut about);
        about.into_iter().filter_map(|(at, _)| self.statements.get(at as usize)).all(|statement| {
            let Scope::Only(patterns) = &statement.resources else { return false };
            patterns.iter().any(crate::ArnPattern::is_everything)
        })
    }

    /// The policy that has the statements of several: it permits what they permit when they stand side by side.
    pub fn union<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> Self {
        let mut statements = Vec::new();
        let mut has_unresolved = false;
        for policy in policies {
            statements.extend(policy.statements.iter().cloned());
            has_unresolved |= policy.has_unresolved_statements;
        }
        Self::assemble(Version::V2012, statements, has_unresolved)
    }
}
