-- title: Secret is never renewed
-- severity: medium
-- layer: identity
-- aliases: [CKV2_AWS_57, prowler:secretsmanager_automatic_rotation_enabled, securityhub:SecretsManager.1]
-- message: "`{title}` has no rotation"
SELECT resource, title, rotation_enabled AS ok
FROM aws_secretsmanager_secret
