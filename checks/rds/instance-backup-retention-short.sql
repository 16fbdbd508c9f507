-- title: RDS instance keeps automatic backups for less than a week
-- severity: medium
-- layer: backup
-- aliases: [CKV_AWS_133, AVD-AWS-0077, prowler:rds_instance_backup_enabled, securityhub:RDS.11]
-- message: "`{title}` keeps automatic backups for {backup_retention_period} days"
SELECT resource, title, backup_retention_period,
  db_cluster_identifier <> '' OR backup_retention_period >= 7
    OR CASE WHEN replicate_source_db = '' THEN FALSE END AS ok
FROM aws_rds_db_instance
WHERE (db_cluster_identifier = '') IS NOT FALSE
  AND (replicate_source_db = '') IS NOT FALSE
