-- title: Secret's value is written in code
-- severity: high
-- layer: data
-- message: "the value of `{title}` is written in the source"
SELECT resource, title, NOT secret_value_literal AS ok
FROM aws_secretsmanager_secret
