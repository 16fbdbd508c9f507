-- title: IAM user has an inline policy
-- severity: low
-- layer: identity
-- message: "`{title}` has a policy written into itself"
SELECT resource, title, NOT has_inline_policy AS ok
FROM aws_iam_user
