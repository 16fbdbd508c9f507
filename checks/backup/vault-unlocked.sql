-- title: Backup vault lets its backups be deleted
-- severity: medium
-- layer: backup
-- sensitivity: confidential
-- message: "`{title}` lets backups be deleted before their time"
SELECT resource, title, locked AS ok
FROM aws_backup_vault
