-- title: Inline IAM policy grants every action of a service
-- severity: medium
-- layer: identity
-- message: "`{title}` allows every action of a service on every resource"
SELECT resource, title, NOT policy_allows_all_of_service(policy) AS ok
FROM aws_iam_inline_policy
WHERE policy_allows_full_administration(policy) IS NOT TRUE
