-- title: Secret is renewed less than every 90 days
-- severity: low
-- layer: identity
-- aliases: [securityhub:SecretsManager.4]
-- message: "`{title}` is renewed only every {rotation_automatically_after_days} days"
SELECT resource, title, rotation_automatically_after_days,
    rotation_schedule_expression <> '' OR rotation_automatically_after_days BETWEEN 1 AND 90 AS ok
FROM aws_secretsmanager_secret
WHERE rotation_enabled IS NOT FALSE
