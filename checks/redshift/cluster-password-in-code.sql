-- title: Redshift cluster has its password written in code
-- severity: high
-- layer: identity
-- message: "`{title}` has its administrator's password written in code"
SELECT resource, title, NOT master_password_literal AS ok
FROM aws_redshift_cluster
WHERE cluster_status = ''
