-- title: Secret can be read by anybody
-- severity: critical
-- layer: identity
-- aliases: [prowler:secretsmanager_not_publicly_accessible]
-- message: "the policy of `{title}` allows any principal"
SELECT resource, title, NOT policy_allows_public(policy) AS ok
FROM aws_secretsmanager_secret
