//! Where services and principals differ from the general rule.

use crate::document::Effect;
use crate::principal::PrincipalKind;
use crate::request::{PolicySet, Request};
use crate::truth::Truth;

/// Services whose resources resource control policies apply to, sorted; as of September 2026.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services>
const RESOURCE_CONTROL_SERVICES: [&str; 62] = [
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// Actions that manage the policy of a bucket, which the root user of its account can always use.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>
const BUCKET_POLICY_ACTIONS: [&str; 3] = ["s3:deletebucketpolicy", "s3:getbucketpolicy", "s3:putbucketpolicy"];

/// `sts:GetCallerIdentity` needs credentials but no permission, and cannot be denied.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
pub(super) fn is_always_allowed(request: &Request<'_>) -> bool {
    request.action == "sts:getcalleridentity" && request.principal.kind != PrincipalKind::Anonymous
}

/// `sts:GetSessionToken` needs no permission of a user, though it may be denied.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
pub(super) fn needs_no_permission(request: &Request<'_>) -> Truth {
    (request.action == "sts:getsessiontoken" && matches!(request.principal.kind, PrincipalKind::User { .. })).into()
}

/// Keys and roles let nobody in whom their own policy does not name, not even through the account.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html>
pub(super) fn needs_resource_policy(request: &Request<'_>) -> bool {
    let resource = request.resource.text();
    match request.service() {
        "kms" => resource.contains(":key/"),
        "sts" => resource.contains(":role/"),
        _ => false,
    }
}

/// The root user cannot assume roles.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub(super) fn root_cannot(request: &Request<'_>) -> bool {
    request.action == "sts:assumerole"
}

/// Whether the denials of a bucket's policy do not count.
pub(super) fn is_immune_to_bucket_policy(request: &Request<'_>) -> bool {
    matches!(request.principal.kind, PrincipalKind::Root { .. })
        && BUCKET_POLICY_ACTIONS.contains(&request.action)
        && request.principal.account() == request.owner()
}

/// Whether service control policies have a say: they bind users and roles of member accounts, root users included.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
pub(super) fn service_control_applies(request: &Request<'_>, policies: &PolicySet<'_>) -> bool {
    request.principal.account().is_some()
        && !request.principal.is_service_linked_role()
        && (policies.management_account.is_none() || policies.management_account != request.principal.account())
}

/// Whether resource control policies have a say.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
pub(super) fn resource_control_applies(request: &Request<'_>, policies: &PolicySet<'_>) -> bool {
    RESOURCE_CONTROL_SERVICES.binary_search(&request.service()).is_ok()
        && !request.principal.is_service_linked_role()
        && (policies.management_account.is_none() || policies.management_account != request.owner())
}

/// Whether S3's `RestrictPublicBuckets` lets the request through: it shuts out everybody but services and principals
/// of the owner's account from a bucket whose policy is public.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
pub(super) fn passes_block_public_access(request: &Request<'_>, policies: &PolicySet<'_>) -> Truth {
    let is_insider = request.principal.kind == PrincipalKind::Service
        || (request.principal.account().is_some() && request.principal.account() == request.owner());
    if !policies.restricts_public_buckets || request.service() != "s3" || is_insider {
        return Truth::True;
    }
    let Some(attached) = &policies.resource else { return Truth::True };
    let allows = attached.policy.statements.iter().any(|statement| statement.effect == Effect::Allow);
    if !allows && !attached.policy.has_unresolved_statements {
        return Truth::True;
    }
    !crate::public::is_public(attached.policy)
}
