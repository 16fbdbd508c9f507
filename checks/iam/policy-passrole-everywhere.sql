-- title: IAM policy passes any role on
-- severity: high
-- layer: identity
-- message: "`{title}` allows iam:PassRole on every role"
SELECT resource, title, NOT policy_allows_action(policy, 'iam:PassRole') AS ok
FROM aws_iam_policy
WHERE policy_allows_full_administration(policy) IS NOT TRUE AND is_aws_managed IS NOT TRUE
