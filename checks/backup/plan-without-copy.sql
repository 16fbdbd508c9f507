-- title: Backup plan keeps all backups in one place
-- severity: medium
-- layer: backup
-- sensitivity: restricted
-- message: "`{title}` keeps its backups in one vault, without a copy elsewhere"
SELECT resource, title, array_any_match(rules, r -> cardinality(r.copy_destination_vaults) > 0) AS ok
FROM aws_backup_plan
