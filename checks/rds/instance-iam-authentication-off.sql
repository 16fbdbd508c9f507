-- title: RDS instance takes passwords only
-- severity: low
-- layer: identity
-- aliases: [CKV_AWS_161, AVD-AWS-0176, prowler:rds_instance_iam_authentication_enabled, securityhub:RDS.10]
-- message: "`{title}` does not let logins use IAM"
SELECT resource, title, engine,
  db_cluster_identifier <> '' OR iam_database_authentication_enabled
    OR CASE WHEN engine IN ('postgres', 'mysql', 'mariadb') THEN FALSE END AS ok
FROM aws_rds_db_instance
WHERE (db_cluster_identifier = '') IS NOT FALSE
  AND (engine IN ('postgres', 'mysql', 'mariadb')) IS NOT FALSE
