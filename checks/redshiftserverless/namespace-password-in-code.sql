-- title: Redshift Serverless namespace has its password written in code
-- severity: high
-- layer: identity
-- message: "`{title}` has its administrator's password written in code"
SELECT resource, title, NOT admin_user_password_literal AS ok
FROM aws_redshiftserverless_namespace
WHERE status = ''
