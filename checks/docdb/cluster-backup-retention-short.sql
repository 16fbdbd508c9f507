-- title: DocumentDB cluster keeps backups for less than a week
-- severity: medium
-- layer: backup
-- aliases: [CKV_AWS_360, prowler:documentdb_cluster_backup_enabled, securityhub:DocumentDB.2]
-- message: "`{title}` keeps backups for {backup_retention_period} days"
SELECT resource, title, backup_retention_period, backup_retention_period >= 7 AS ok
FROM aws_docdb_cluster
