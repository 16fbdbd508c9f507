-- title: IAM role trusts every user of an identity provider
-- severity: high
-- layer: identity
-- message: "`{title}` trusts whoever holds a token of the identity provider, without asking for whom it was made"
SELECT resource, title,
    CASE WHEN assume_role_policy LIKE '%cognito-identity.amazonaws.com%' THEN assume_role_policy LIKE '%cognito-identity.amazonaws.com:aud":%'
        ELSE assume_role_policy LIKE '%:sub":%' AND NOT (assume_role_policy LIKE '%:sub":"*"%' OR assume_role_policy LIKE '%:sub":"repo:*"%') END AS ok
FROM aws_iam_role
WHERE (assume_role_policy LIKE '%AssumeRoleWithWebIdentity%') IS NOT FALSE
