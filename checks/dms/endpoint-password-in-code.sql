-- title: DMS endpoint has a password written in code
-- severity: high
-- layer: identity
-- message: "`{title}` has a database password written in code"
SELECT resource, title, NOT password_literal AS ok
FROM aws_dms_endpoint
WHERE status = ''
