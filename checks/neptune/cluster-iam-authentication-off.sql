-- title: Neptune cluster asks for no login
-- severity: medium
-- layer: identity
-- aliases: [CKV_AWS_359, prowler:neptune_cluster_iam_authentication_enabled, securityhub:Neptune.7]
-- message: "`{title}` asks for no login"
SELECT resource, title, iam_database_authentication_enabled AS ok
FROM aws_neptune_db_cluster
