//! Who makes a request.

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// What kind it is.
    pub kind: PrincipalKind,
    /// As the request names it: an ARN, a service's name, or `*` for nobody known.
    pub text: String,
}

/// Kinds of principals.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalKind {
    /// A request without a signature.
    Anonymous,
    /// An AWS service that acts on its own behalf: `cloudtrail.amazonaws.com`.
    Service,
    /// The root user of an account.
    Root {
        /// Its account.
        account: String,
    },
    /// An IAM user.
    User {
        /// Its account.
        account: String,
        /// Its name, without the path.
        name: String,
    },
    /// A role, through whichever of its sessions.
    Role {
        /// Its account.
        account: String,
        /// Its name, without the path.
        name: String,
    },
    /// A session of a role.
    RoleSession {
        /// Its account.
        account: String,
        /// The role's name, without the path.
        role: String,
        /// The session's name.
        session: String,
    },
    /// A session that an IAM user made with `sts:GetFederationToken`.
    FederatedUser {
        /// Its account.
        account: String,
        /// The session's name.
        name: String,
    },
    /// Somebody whom an identity provider vouches for, before any role is assumed.
    Federated,
    /// A canonical user id of S3.
    CanonicalUser,
}

impl Principal {
    /// Nobody known.
    pub fn anonymous() -> Self {
        Self { kind: PrincipalKind::Anonymous, text: "*".to_owned() }
    }

    /// Reads a principal: an ARN, an account's number, a service's name, or `*` for nobody known.
    /// None when it is none of these.
    pub fn parse(text: &str) -> Option<Self> {
        let kind = if text == "*" || text.eq_ignore_ascii_case("anonymous") {
            PrincipalKind::Anonymous
        } else if is_account(text) {
            PrincipalKind::Root { account: text.to_owned() }
        } else if text.starts_with("arn:") {
            kind_of_arn(text)?
        } else if is_service(text) {
            PrincipalKind::Service
        } else if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            PrincipalKind::CanonicalUser
        } else if text.contains('.') {
            // Public identity providers such as accounts.google.com have no ARN.
            PrincipalKind::Federated
        } else {
            return None;
        };
        Some(Self { kind, text: text.to_owned() })
    }

    /// Its account, when it belongs to one.
    pub fn account(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::Root { account }
            | PrincipalKind::User { account, .. }
            | PrincipalKind::Role { account, .. }
            | PrincipalKind::RoleSession { account, .. }
            | PrincipalKind::FederatedUser { account, .. } => Some(account),
            _ => None,
        }
    }

    /// The name of the role whose permissions it has.
    pub fn role_name(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::Role { name, .. } => Some(name),
            PrincipalKind::RoleSession { role, .. } => Some(role),
            _ => None,
        }
    }

    /// The partition of its ARN; `aws` when it has none.
    pub fn partition(&self) -> &str {
        self.text.strip_prefix("arn:").and_then(|rest| rest.split(':').next()).unwrap_or("aws")
    }

    /// Whether it is a role that only a service can assume, to which service and resource control policies do not
    /// apply. Its path tells; the ARN of a session has none, so there the name must.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
    pub fn is_service_linked_role(&self) -> bool {
        match &self.kind {
            PrincipalKind::Role { .. } => self.text.contains(":role/aws-service-role/"),
            PrincipalKind::RoleSession { role, .. } => role.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }
}

/// Whether a text is an account's number.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_service(text: &str) -> bool {
    text.ends_with(".amazonaws.com") && text != "cognito-identity.amazonaws.com"
        || text.ends_with(".amazonaws.com.cn")
        || text.ends_with(".aws.internal")
}

fn kind_of_arn(arn: &str) -> Option<PrincipalKind> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, service, _, account, resource] = parts.as_slice() else { return None };
    let account = (*account).to_owned();
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    let last = name.rsplit('/').next().unwrap_or(name).to_owned();
    match (*service, kind) {
        ("iam", "root") => Some(PrincipalKind::Root { account }),
        ("iam", "user") => Some(PrincipalKind::User { account, name: last }),
        ("iam", "role") => Some(PrincipalKind::Role { account, name: last }),
        ("iam", "saml-provider" | "oidc-provider") => Some(PrincipalKind::Federated),
        ("sts", "assumed-role") => {
            let (role, session) = name.split_once('/').unwrap_or((name, ""));
            Some(PrincipalKind::RoleSession { account, role: role.to_owned(), session: session.to_owned() })
        }
        ("sts", "federated-user") => Some(PrincipalKind::FederatedUser { account, name: name.to_owned() }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Principal, PrincipalKind};

    #[test]
    fn principals_are_read_as_aws_writes_them() {
        let account = || "123456789012".to_owned();
        for (text, expected) in [
            ("*", PrincipalKind::Anonymous),
            ("123456789012", PrincipalKind::Root { account: account() }),
            ("arn:aws:iam::123456789012:root", PrincipalKind::Root { account: account() }),
            (
                "arn:aws:iam::123456789012:user/people/ada",
                PrincipalKind::User { account: account(), name: "ada".into() },
            ),
            (
                "arn:aws-cn:iam::123456789012:role/ci/deploy",
                PrincipalKind::Role { account: account(), name: "deploy".into() },
            ),
            (
                "arn:aws:sts::123456789012:assumed-role/deploy/run-7",
                PrincipalKind::RoleSession { account: account(), role: "deploy".into(), session: "run-7".into() },
            ),
            (
                "arn:aws:sts::123456789012:federated-user/ada",
                PrincipalKind::FederatedUser { account: account(), name: "ada".into() },
            ),
            ("cloudtrail.amazonaws.com", PrincipalKind::Service),
            ("accounts.google.com", PrincipalKind::Federated),
            ("arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com", PrincipalKind::Federated),
        ] {
            assert_eq!(Principal::parse(text).map(|principal| principal.kind), Some(expected), "{text}");
        }
        assert_eq!(Principal::parse("arn:aws:s3:::bucket"), None);
        assert_eq!(Principal::parse("somebody"), None);
    }
}
