-- title: FSx file system keeps backups for less than a week
-- severity: medium
-- layer: backup
-- message: "`{title}` keeps automatic backups for {automatic_backup_retention_days} days"
SELECT resource, title, automatic_backup_retention_days, automatic_backup_retention_days >= 7 AS ok
FROM aws_fsx_file_system
