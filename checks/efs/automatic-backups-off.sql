-- title: EFS file system is not backed up
-- severity: medium
-- layer: backup
-- aliases: [prowler:efs_have_backup_enabled, securityhub:EFS.7]
-- message: "`{title}` is not backed up by itself"
SELECT resource, title, automatic_backups IN ('ENABLED', 'ENABLING') AS ok
FROM aws_efs_file_system
