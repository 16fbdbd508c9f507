#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{AccessLevel, Actions, compare};

/// Rows of the reference: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html> and
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>.
#[test]
fn actions_are_as_the_reference_says() {
    let actions = Actions::shipped();
    let read = actions.action("S3:getobject").unwrap();
    assert_eq!((read.id, read.level, read.service()), ("s3:GetObject", AccessLevel::Read, "s3"));
    assert!(read.resources().any(|resource| resource == ("object", false)));
    assert!(read.condition_keys().any(|key| key == "s3:ExistingObjectTag/<key>"));
    let patterns: Vec<&str> = actions.resource_patterns("s3:GetObject").collect();
    assert!(patterns.contains(&"arn:${Partition}:s3:::${BucketName}/${ObjectName}"), "{patterns:?}");

    assert!(actions.action("s3:DeleteBucket").unwrap().resources().any(|resource| resource == ("bucket", true)));
    assert!(actions.action("s3:ListAllMyBuckets").unwrap().is_on_everything_only());
    assert_eq!(actions.resource_patterns("s3:ListAllMyBuckets").count(), 0);
    for (name, level) in [
        ("iam:CreatePolicyVersion", AccessLevel::PermissionsManagement),
        ("iam:TagRole", AccessLevel::Tagging),
        ("iam:ListUsers", AccessLevel::List),
        ("ec2:RunInstances", AccessLevel::Write),
    ] {
        assert_eq!(actions.action(name).map(|action| action.level), Some(level), "{name}");
    }
    let attach = actions.action("iam:AttachRolePolicy").unwrap();
    for key in ["iam:PolicyARN", "iam:PermissionsBoundary"] {
        assert!(attach.condition_keys().any(|other| other == key), "{key}");
    }
    assert!(actions.action("s3:GetObjekt").is_none() && actions.action("GetObject").is_none());
}

#[test]
fn patterns_stand_for_the_actions_that_they_match() {
    let actions = Actions::shipped();
    let expanded = |pattern: &str| actions.expand(pattern).map(|action| action.id).collect::<Vec<_>>();
    assert_eq!(expanded("IAM:createpolicy*"), ["iam:CreatePolicy", "iam:CreatePolicyVersion"]);
    assert_eq!(expanded("sts:AssumeRole"), ["sts:AssumeRole"]);
    assert_eq!(expanded("s3:G?tObject"), ["s3:GetObject"]);
    assert!(expanded("nowhere:*").is_empty());
    let every: usize = actions.services().iter().map(|service| service.actions().len()).sum();
    assert!(every > 22_000);
    assert!(!expanded("*:CreateRole").is_empty() && !expanded("ia?:CreateRole").is_empty());
    assert_eq!(expanded("*").len(), every);
    assert_eq!(expanded("*:*").len(), every);
}

#[test]
fn keys_have_types() {
    let actions = Actions::shipped();
    for (name, value_type) in [
        ("aws:SourceIp", "IPAddress"),
        ("AWS:sourcearn", "ARN"),
        ("s3:prefix", "String"),
        ("aws:TagKeys", "ArrayOfString"),
        ("iam:PassedToService", "String"),
    ] {
        assert_eq!(actions.condition_key(name).map(|key| key.value_type), Some(value_type), "{name}");
    }
    assert!(actions.of_service("s3").unwrap().obeys_resource_control_policies);
    assert!(!actions.of_service("ec2").unwrap().obeys_resource_control_policies);
}

/// The look-ups bisect.
#[test]
fn the_list_is_sorted_and_whole() {
    let actions = Actions::shipped();
    assert!(actions.services().is_sorted_by(|left, right| compare(left.prefix, right.prefix).is_lt()));
    for service in actions.services() {
        assert!(service.actions().is_sorted_by(|left, right| compare(left.id, right.id).is_lt()), "{}", service.prefix);
        for action in service.actions() {
            assert_eq!(action.service(), service.prefix);
            for (resource, _) in action.resources() {
                assert!(service.resource(resource).is_some(), "{}: {resource}", action.id);
            }
        }
    }
}
