-- title: Backup plan drops backups within a week
-- severity: medium
-- layer: backup
-- message: "`{title}` drops backups within a week"
SELECT resource, title, NOT array_any_match(rules, r -> r.delete_after_days > 0 AND r.delete_after_days < 7) AS ok
FROM aws_backup_plan
