-- title: IAM role can be taken on by anybody
-- severity: critical
-- layer: identity
-- aliases: [CKV_AWS_60]
-- message: "anybody with an AWS account can take on `{title}`"
SELECT resource, title, NOT policy_allows_public(assume_role_policy) AS ok
FROM aws_iam_role
