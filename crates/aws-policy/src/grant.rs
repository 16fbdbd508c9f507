//! How a statement of a resource's policy names a principal, which decides what the grant is worth.

use crate::context::{Context, Lookup};
use crate::document::{Effect, Principals, Scope};
use crate::pattern::{Item, accepts};
use crate::principal::{Principal, PrincipalKind};
use crate::text::{Subject, Symbol};
use crate::truth::{Doubt, Truth};

/// By which names a statement names a principal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Naming {
    /// By its own name, or as everybody.
    pub(crate) directly: Truth,
    /// By the role whose session it is, or by the user whose federated session it is.
    pub(crate) by_role: Truth,
    /// By its account.
    pub(crate) by_account: Truth,
}

impl Naming {
    const NOT_AT_ALL: Self = Self { directly: Truth::False, by_role: Truth::False, by_account: Truth::False };

    /// As whoever holds the policy.
    pub(crate) const AS_HOLDER: Self = Self { directly: Truth::True, ..Self::NOT_AT_ALL };

    /// By any of its names.
    pub(crate) fn at_all(self) -> Truth {
        self.directly | self.by_role | self.by_account
    }

    /// By the names of either.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            directly: self.directly | other.directly,
            by_role: self.by_role | other.by_role,
            by_account: self.by_account | other.by_account,
        }
    }

    /// The naming, where something else holds as well.
    pub(crate) fn and(self, truth: Truth) -> Self {
        Self { directly: self.directly & truth, by_role: self.by_role & truth, by_account: self.by_account & truth }
    }
}

/// How a statement names a principal.
pub(crate) fn naming(
    scope: Option<&Scope<Principals>>,
    effect: Effect,
    principal: &Principal,
    has_boundary: bool,
    context: &Context<'_>,
) -> Naming {
    match (scope, effect) {
        (None, _) => Naming::NOT_AT_ALL,
        (Some(Scope::Only(principals)), _) => named(principals, principal, context),
        (Some(Scope::AllBut(principals)), Effect::Allow) => {
            Naming { directly: !named(principals, principal, context).at_all(), ..Naming::NOT_AT_ALL }
        }
        // AWS documents that such a statement denies every principal with a boundary, whomever it excepts.
        (Some(Scope::AllBut(_)), Effect::Deny) if has_boundary => {
            Naming { directly: Truth::True, ..Naming::NOT_AT_ALL }
        }
        (Some(Scope::AllBut(principals)), Effect::Deny) => {
            Naming { directly: !excepted(principals, principal, context), ..Naming::NOT_AT_ALL }
        }
    }
}

/// Whether `NotPrincipal` spares a principal. All of its names must be listed: the account, the role, the session.
/// What happens when the account or the role is left out depends on the service, says
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>.
fn excepted(principals: &Principals, principal: &Principal, context: &Context<'_>) -> Truth {
    let naming = named(principals, principal, context);
    let undocumented = |listed: Truth| if listed.is_false() { Truth::Open(Doubt::UNDOCUMENTED) } else { listed };
    match &principal.kind {
        PrincipalKind::User { .. } | PrincipalKind::FederatedUser { .. } => {
            naming.directly & undocumented(naming.by_account)
        }
        PrincipalKind::Role { .. } => naming.by_role & undocumented(naming.by_account),
        PrincipalKind::RoleSession { .. } => {
            (naming.directly | naming.by_role)
                & undocumented(naming.directly & naming.by_role)
                & undocumented(naming.by_account)
        }
        _ => naming.at_all(),
    }
}

fn named(principals: &Principals, principal: &Principal, context: &Context<'_>) -> Naming {
    let by_kind = |names: &[String], kind: bool| {
        Truth::any(names.iter().map(|name| match kind {
            true if name == "*" => Truth::True,
            true => same(name, &principal.text, principals.has_unresolved),
            false => Truth::False,
        }))
    };
    let directly = by_kind(&principals.service, principal.kind == PrincipalKind::Service)
        | by_kind(&principals.federated, principal.kind == PrincipalKind::Federated)
        | by_kind(&principals.canonical_user, principal.kind == PrincipalKind::CanonicalUser);
    let mut naming = Naming { directly, ..Naming::NOT_AT_ALL };
    for name in &principals.aws {
        naming = naming.or(named_by(name, principal, principals.has_unresolved, context));
    }
    naming
}

/// How one entry under `AWS` names a principal.
fn named_by(name: &str, principal: &Principal, may_be_unresolved: bool, context: &Context<'_>) -> Naming {
    if name == "*" {
        return Naming { directly: Truth::True, ..Naming::NOT_AT_ALL };
    }
    let own = same(name, &principal.text, may_be_unresolved);
    // A name that is not resolved at all may turn out to be everybody.
    let as_everybody = match may_be_unresolved && may_be_everybody(name) {
        true => Truth::Open(Doubt::UNRESOLVED),
        false => Truth::False,
    };
    let mut naming = Naming { directly: as_everybody, ..Naming::NOT_AT_ALL };
    match principal.kind {
        PrincipalKind::Anonymous | PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::CanonicalUser => {
        }
        PrincipalKind::Role { .. } => naming.by_role = own,
        _ => naming.directly = naming.directly | own,
    }
    if let Some(account) = principal.account() {
        let is_account = name == account || in_account(name, principal) == Some("root");
        let by_account = Truth::from(is_account)
            | unless_resolved(name, may_be_unresolved, || format!("arn:{}:iam::{account}:root", principal.partition()));
        match principal.kind {
            PrincipalKind::Root { .. } => naming.directly = naming.directly | by_account,
            _ => naming.by_account = by_account,
        }
    }
    match principal.kind {
        PrincipalKind::RoleSession { .. } => {
            naming.by_role = naming.by_role | names_role(name, principal, may_be_unresolved);
        }
        PrincipalKind::FederatedUser { .. } => naming.by_role = may_be_user_of(name, principal),
        _ => {}
    }
    naming.or(named_by_id(name, principal, context))
}

/// Whether an ARN is that of the role whose session a principal is. A session's ARN does not tell the role's path.
fn names_role(name: &str, principal: &Principal, may_be_unresolved: bool) -> Truth {
    let (Some(account), Some(role)) = (principal.account(), principal.role_name()) else { return Truth::False };
    let path = in_account(name, principal).and_then(|resource| resource.strip_prefix("role/"));
    let by_name = path.is_some_and(|path| path.rsplit('/').next() == Some(role));
    let arn = || format!("arn:{}:iam::{account}:role/{role}", principal.partition());
    Truth::from(by_name) | unless_resolved(name, may_be_unresolved, arn)
}

/// What an ARN names in the principal's account, if it is one of IAM.
fn in_account<'a>(name: &'a str, principal: &Principal) -> Option<&'a str> {
    let rest = name.strip_prefix("arn:")?.strip_prefix(principal.partition())?.strip_prefix(":iam::")?;
    rest.strip_prefix(principal.account()?)?.strip_prefix(':')
}

/// Whether a name that is not resolved may be this one.
fn unless_resolved(name: &str, may_be_unresolved: bool, expected: impl FnOnce() -> String) -> Truth {
    if may_be_unresolved { same(name, &expected(), true) } else { Truth::False }
}

/// Whether an ARN is that of the user whose federated session a principal is, which the session's ARN does not tell.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
fn may_be_user_of(name: &str, principal: &Principal) -> Truth {
    match in_account(name, principal) {
        Some(resource) if resource.starts_with("user/") => Truth::Open(Doubt::CONDITION),
        _ => Truth::False,
    }
}

/// Whether a name is the unique id of a user or role, which stays in a policy when its ARN goes.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
fn named_by_id(name: &str, principal: &Principal, context: &Context<'_>) -> Naming {
    let (is_user, is_role) = (name.starts_with("AIDA"), name.starts_with("AROA"));
    if !is_user && !is_role {
        return Naming::NOT_AT_ALL;
    }
    let same = match context.lookup("aws:userid") {
        Lookup::Absent => Truth::False,
        Lookup::Open(doubt) => Truth::Open(doubt),
        Lookup::Values(values) => {
            values.iter().any(|id| id == name || id.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'))).into()
        }
    };
    match principal.kind {
        PrincipalKind::User { .. } if is_user => Naming { directly: same, ..Naming::NOT_AT_ALL },
        PrincipalKind::Role { .. } | PrincipalKind::RoleSession { .. } if is_role => {
            Naming { by_role: same, ..Naming::NOT_AT_ALL }
        }
        _ => Naming::NOT_AT_ALL,
    }
}

/// Whether a statement is about everybody, strangers included.
pub(crate) fn names_everybody(scope: Option<&Scope<Principals>>) -> Truth {
    match scope {
        None => Truth::False,
        Some(Scope::AllBut(_)) => Truth::True,
        Some(Scope::Only(principals)) => Truth::any(principals.aws.iter().map(|name| match name.as_str() {
            "*" => Truth::True,
            name if principals.has_unresolved && may_be_everybody(name) => Truth::Open(Doubt::UNRESOLVED),
            _ => Truth::False,
        })),
    }
}

/// Whether a name is a placeholder as a whole. One for an ARN never is `*`.
fn may_be_everybody(name: &str) -> bool {
    name.starts_with("${") && name.ends_with('}') && !name.to_ascii_lowercase().ends_with("arn}")
}

/// Whether a name in a policy is this one. Names have no wildcards.
fn same(name: &str, expected: &str, may_be_unresolved: bool) -> Truth {
    if name == expected {
        return Truth::True;
    }
    if !may_be_unresolved {
        return Truth::False;
    }
    let subject = Subject::with_placeholders(name);
    if !subject.has_unresolved() {
        return Truth::False;
    }
    let items: Vec<Item> = Subject::with_placeholders(expected)
        .symbols()
        .into_iter()
        .map(|symbol| match symbol {
            Symbol::Char(character) => Item::Char(character),
            Symbol::Unresolved(name) => Item::Unresolved(name),
        })
        .collect();
    accepts(&items, &subject.symbols(), Doubt::UNRESOLVED)
}
