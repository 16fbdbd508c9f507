-- title: IAM role trusts every user of an identity provider
-- severity: high
-- layer: identity
-- message: "`{title}` trusts whoever holds a token of the identity provider, without asking for whom it was made"
SELECT resource, title,
    assume_role_policy LIKE '%:sub":%' AND NOT (assume_role_policy LIKE '%:sub":"*"%' OR assume_role_policy LIKE '%:sub":"repo:*"%') AS ok
FROM aws_iam_role
WHERE (assume_role_policy LIKE '%AssumeRoleWithWebIdentity%') IS NOT FALSE
