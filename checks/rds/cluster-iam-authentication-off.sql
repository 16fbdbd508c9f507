-- title: RDS cluster takes passwords only
-- severity: low
-- layer: identity
-- aliases: [CKV_AWS_162, prowler:rds_cluster_iam_authentication_enabled, securityhub:RDS.12]
-- message: "`{title}` does not let logins use IAM"
SELECT resource, title, iam_database_authentication_enabled AS ok
FROM aws_rds_db_cluster
