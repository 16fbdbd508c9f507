-- title: RDS cluster keeps automatic backups for less than a week
-- severity: medium
-- layer: backup
-- message: "`{title}` keeps automatic backups for {backup_retention_period} days"
SELECT resource, title, backup_retention_period, backup_retention_period >= 7 AS ok
FROM aws_rds_db_cluster
