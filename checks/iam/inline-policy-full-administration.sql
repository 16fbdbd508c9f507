-- title: Inline IAM policy grants full administration
-- severity: high
-- layer: identity
-- aliases: [prowler:iam_inline_policy_no_administrative_privileges]
-- message: "`{title}` allows every action on every resource"
SELECT resource, title, NOT policy_allows_full_administration(policy) AS ok
FROM aws_iam_inline_policy
