-- title: Backup vault lets everybody in
-- severity: critical
-- layer: backup
-- message: "`{title}` has a policy that lets everybody in"
SELECT resource, title, NOT policy_allows_public(policy) AS ok
FROM aws_backup_vault
