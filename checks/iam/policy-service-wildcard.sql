-- title: IAM policy grants every action of a service
-- severity: medium
-- layer: identity
-- aliases: [AVD-AWS-0057, securityhub:IAM.21]
-- message: "`{title}` allows every action of a service on every resource"
SELECT resource, title, NOT policy_allows_all_of_service(policy) AS ok
FROM aws_iam_policy
WHERE policy_allows_full_administration(policy) IS NOT TRUE AND is_aws_managed IS NOT TRUE
