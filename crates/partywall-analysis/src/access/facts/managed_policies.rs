//! The documents of the policies that AWS manages.
//!
//! An estate names them by ARN and holds no copy. There are 1,582 of them, 3.4 MB, of which the program carries 0.5 MB
//! deflated; reading them takes 7 ms and happens once, when first asked. AWS changes them without notice: an account's
//! own answer, where there is one, is newer.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::inflate::inflate;

/// What the ARN of every policy that AWS manages begins with, in the commercial partition.
const PREFIX: &str = "arn:aws:iam::aws:policy/";

/// The policies that AWS manages.
#[derive(Debug, Default)]
pub struct ManagedPolicies {
    by_name: BTreeMap<&'static str, ManagedPolicy>,
}

/// One policy, in its default version.
#[derive(Debug)]
pub struct ManagedPolicy {
    /// `arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`.
    pub arn: &'static str,
    /// The default version: `v3`.
    pub version: &'static str,
    /// Its document, as JSON.
    pub document: &'static str,
}

impl ManagedPolicies {
    /// The policies as of when this program was made.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<ManagedPolicies> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let text = inflate(include_bytes!(concat!(env!("OUT_DIR"), "/managed_policies.deflate")));
            Self::read(text.leak())
        })
    }

    /// The policy of this name or ARN, in whatever partition: `AdministratorAccess`,
    /// `arn:aws-cn:iam::aws:policy/AdministratorAccess`. No two differ in their paths only.
    pub fn policy(&self, name_or_arn: &str) -> Option<&ManagedPolicy> {
        if !name_or_arn.contains(':') {
            return self.by_name.get(name_or_arn);
        }
        let (_, path) = name_or_arn.split_once(":iam::aws:policy/")?;
        let policy = self.by_name.get(path.rsplit('/').next()?)?;
        (policy.arn.strip_prefix(PREFIX) == Some(path)).then_some(policy)
    }

    /// The document of the policy of this name or ARN, as JSON.
    pub fn document(&self, name_or_arn: &str) -> Option<&'static str> {
        self.policy(name_or_arn).map(|policy| policy.document)
    }

    /// Every policy, by name.
    pub fn iter(&self) -> impl Iterator<Item = &ManagedPolicy> {
        self.by_name.values()
    }

    fn read(text: &'static str) -> Self {
        let policies = text.lines().filter_map(|line| {
            let mut fields = line.splitn(3, '\t');
            let (arn, version, document) = (fields.next()?, fields.next()?, fields.next()?);
            Some((arn.rsplit('/').next()?, ManagedPolicy { arn, version, document }))
        });
        Self { by_name: policies.collect() }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::ManagedPolicies;

    /// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html>
    #[test]
    fn a_policy_is_found_by_name_and_by_arn() {
        let policies = ManagedPolicies::shipped();
        for name in ["AdministratorAccess", "arn:aws:iam::aws:policy/AdministratorAccess"] {
            let document: serde_json::Value = serde_json::from_str(policies.document(name).unwrap()).unwrap();
            let expected = serde_json::json!({
                "Version": "2012-10-17",
                "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }],
            });
            assert_eq!(document, expected);
        }
        let with_path = "arn:aws-us-gov:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
        assert!(policies.document(with_path).unwrap().contains("logs:CreateLogStream"));
        for wrong in ["arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", "arn:aws:iam::1:policy/ReadOnlyAccess", ""]
        {
            assert!(policies.document(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_policy_is_a_policy() {
        let policies = ManagedPolicies::shipped();
        assert_eq!(policies.iter().count(), 1582, "no two share a name");
        for policy in policies.iter() {
            aws_policy::Policy::parse(policy.document).unwrap();
            assert!(policy.version.starts_with('v'), "{}", policy.arn);
        }
    }
}
